//! `grantdeck call` with answers that are large, endless, packed or broken.

use grantdeck::sandbox::FaultSpec;

use crate::rig::{Rig, Run};

const USER: &str = "https://api.github.com/user";
const OCTO: &str = "github:octo-acme";
/// The most of a body that is kept.
const KEPT: usize = 64 << 20;

fn faults(rig: &Rig, faults: &[&str]) {
    rig.backend.set_faults(faults.iter().map(|fault| fault.parse::<FaultSpec>().unwrap()));
}

/// A call whose body goes to a file, and the file.
fn into_file(rig: &Rig, mode: &str, arguments: &[&str]) -> (Run, Vec<u8>) {
    let url = if mode == "proxy" { USER.to_owned() } else { rig.backend.provider_url(USER).unwrap() };
    let file = rig.home.path().join("body");
    let shared = ["call", OCTO, "GET", &url, "--mode", mode, "--force", "--out", file.to_str().unwrap()];
    let ran = rig.run(&[&shared[..], arguments].concat());
    (ran, std::fs::read(&file).unwrap_or_default())
}

#[test]
fn fifty_megabytes_come_whole() {
    let rig = Rig::new(40, &[]);
    for (mode, fault) in [("proxy", "proxy-large=50000000"), ("retrieve", "provider-large=50000000")] {
        faults(&rig, &[fault]);
        let (ran, body) = into_file(&rig, mode, &[]);
        assert_eq!((ran.code, body.len()), (0, 50_000_000), "{mode}: {}", ran.err);
        assert!(body.starts_with(b"{\"items\":[{\"id\":0") && body.ends_with(b"\"}]}"), "{mode}");
        assert!(!ran.err.contains("truncated"), "{mode}: {}", ran.err);
    }
}

#[test]
fn what_never_ends_is_cut_here_and_said_to_be() {
    let rig = Rig::new(40, &[]);
    for (mode, fault, size) in [
        // What was announced is told; of what is packed or wrapped, what was seen.
        ("proxy", "proxy-large=100000000", "100,000,000 bytes"),
        ("retrieve", "provider-large=10000000000", "10,000,000,000 bytes"),
        ("retrieve", "provider-gzip=1000000000", "at least 67,"),
    ] {
        faults(&rig, &[fault]);
        let (ran, body) = into_file(&rig, mode, &[]);
        // A cut end that could be the beginning of a credential is left out too.
        let kept = KEPT - 64..=KEPT;
        assert!(ran.code == 8 && kept.contains(&body.len()), "{mode} {fault}: {} {}", body.len(), ran.err);
        assert!(ran.err.contains("Truncated: first 67,108,8"), "{mode} {fault}: {}", ran.err);
        assert!(ran.err.contains(&format!(" of {size}")), "{mode} {fault}: {}", ran.err);
        assert!(!ran.err.contains("echoed the credential"), "{mode} {fault}: {}", ran.err);
    }
    // An answer of Alter's own that unpacks to anything is none.
    faults(&rig, &["answer-gzip=100000000,path=/sdk/proxy"]);
    let (ran, _) = into_file(&rig, "proxy", &[]);
    assert_eq!(ran.code, 8, "{}", ran.err);
    assert!(ran.err.contains("answer_too_large"), "{}", ran.err);
}

#[test]
fn one_object_says_who_cut() {
    let rig = Rig::new(40, &[]);
    let message = |fault: &str| {
        faults(&rig, &[fault]);
        let ran = rig.run(&["call", OCTO, "GET", USER, "--output", "json"]);
        serde_json::from_str::<serde_json::Value>(&ran.out).unwrap()
    };
    let whole = message("provider-large=1000");
    assert_eq!((&whole["truncated"], whole.get("truncated_by")), (&false.into(), None));
    let theirs = message("truncate-result=10");
    assert_eq!((&theirs["truncated"], &theirs["truncated_by"]), (&true.into(), &"alter".into()));
    assert_eq!((&theirs["error"]["code"], &theirs["error"]["who"]), (&"answer_cut".into(), &"alter".into()));
    // Who takes what there is says so.
    for (arguments, code) in [(&[][..], 8), (&["--allow-truncated"][..], 0)] {
        let ran = rig.run(&[&["call", OCTO, "GET", USER], arguments].concat());
        assert_eq!((ran.code, ran.out.len()), (code, 10), "{}", ran.err);
        assert!(ran.err.contains("truncated"), "{}", ran.err);
    }
}

#[test]
fn a_body_that_breaks_off_names_what_came() {
    let rig = Rig::new(40, &[]);
    for (mode, path) in [("proxy", "/sdk/proxy"), ("retrieve", "/provider/")] {
        faults(&rig, &["provider-large=3000000", &format!("cut-body,path={path}")]);
        let (ran, body) = into_file(&rig, mode, &[]);
        assert_eq!((ran.code, body.len()), (9, 0), "{mode}: {}", ran.err);
        let line = ran.err.lines().find(|line| line.contains("received")).unwrap_or_default();
        let want =
            if mode == "proxy" { "bytes of the body" } else { "1,500,000 of 3,000,000 bytes of the body" };
        assert!(line.contains(want), "{mode}: {}", ran.err);

        faults(&rig, &[&format!("stall,path={path}")]);
        let (ran, _) = into_file(&rig, mode, &["--timeout", "500ms"]);
        assert_eq!(ran.code, 9, "{mode}: {}", ran.err);
        assert!(ran.err.contains("waited    0.5 s") && ran.err.contains("received"), "{mode}: {}", ran.err);

        // Nor is it another time where the grant itself does not come.
        faults(&rig, &["hang"]);
        let (ran, _) = into_file(&rig, mode, &["--timeout", "500ms"]);
        assert_eq!(ran.code, 9, "{mode}: {}", ran.err);
        assert!(ran.err.lines().any(|line| line.ends_with("waited    0.5 s")), "{mode}: {}", ran.err);
    }
}

/// A body of 300 MB is 400 MB of base64: the most of it that ever stood in memory is a fraction.
#[cfg(target_os = "linux")]
#[test]
fn memory_is_bounded_whatever_comes() {
    use std::io::Read as _;
    use std::process::Stdio;

    let rig = Rig::new(40, &["proxy-large=300000000"]);
    let mut child = rig
        .command(&["call", OCTO, "GET", USER])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    // It prints only once all is read, and cannot end before its output is taken.
    let mut some = [0; 1024];
    out.read_exact(&mut some).unwrap();
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!((64 << 10..200 << 10).contains(&kilobytes), "{kilobytes} kB");
    let rest = std::io::copy(&mut out, &mut std::io::sink()).unwrap();
    assert_eq!(rest + 1024, KEPT as u64);
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(8), "{said}");
    // Nobody reads 300 MB for the sake of a number.
    assert!(said.contains("Truncated: first 67,108,864 of at least 201,"), "{said}");
}
