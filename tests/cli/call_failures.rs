//! Every end of a call × every output, for a call that reads and one that writes.

use std::path::Path;

use grantdeck::sandbox::FaultSpec;
use serde_json::{Value, json};

use crate::failures::Leaves::Object;
use crate::failures::{CALLS, ID, ISSUES, OCTO, USER, Wanted, checked, wanted};
use crate::rig::Rig;

/// A call that did not go well: what of the provider's answer is there.
#[derive(Clone, Copy, PartialEq)]
enum Came {
    /// All of it, with a status that is an error.
    Whole,
    /// Its beginning.
    Cut,
    /// Nothing.
    None,
}

/// Faults, how the call ends, and whether a write may have happened then.
fn calls() -> Vec<(&'static [&'static str], Wanted, Came, bool)> {
    let alter = |exit, code| wanted(exit, code, "alter", json!({}));
    let refused = |fault: &'static [&'static str], exit, code| (fault, alter(exit, code), Came::None, false);
    let provider = |code, more| wanted(8, code, "provider", more);
    let network = |code| wanted(9, code, "network", json!({}));
    vec![
        refused(&["call-error=grant_revoked"], 11, "grant_revoked"),
        refused(&["call-error=credential_revoked"], 11, "credential_revoked"),
        refused(&["call-error=grant_expired"], 11, "grant_expired"),
        refused(&["call-error=grant_deleted"], 11, "grant_deleted"),
        refused(&["call-error=scope_mismatch"], 11, "scope_mismatch"),
        refused(&["call-error=insufficient_scope"], 7, "insufficient_scope"),
        refused(&["call-error=step_up_required"], 7, "step_up_required"),
        refused(&["call-error=ip_not_allowed"], 7, "policy_violation"),
        refused(&["call-error=blocked_destination"], 7, "blocked_destination"),
        refused(&["call-error=grant_not_found"], 4, "grant_not_found"),
        refused(&["call-error=ambiguous_grant"], 5, "ambiguous_grant"),
        refused(&["call-error=quota_exceeded"], 6, "quota_exceeded"),
        refused(&["call-error=approval_denied"], 7, "approval_denied"),
        refused(&["call-error=approval_expired"], 12, "approval_expired"),
        (&["call-error=bad_gateway"], alter(8, "bad_gateway"), Came::None, true),
        (&["call-error=service_unavailable"], alter(8, "service_unavailable"), Came::None, true),
        (&["call-error=upstream_timeout"], alter(8, "gateway_timeout"), Came::None, true),
        (&["html=502,path=/sdk/proxy"], alter(8, "bad_gateway"), Came::None, true),
        (&["refuse,path=/sdk/proxy"], network("connection_lost"), Came::None, true),
        (&["cut-body,path=/sdk/proxy"], network("connection_lost"), Came::None, true),
        (&["provider-hang"], network("timed_out"), Came::None, true),
        (&["needs-approval=1"], alter(12, "approval_still_open"), Came::None, false),
        (
            &["provider-status=404"],
            provider("provider_refused", json!({ "http_status": 404 })),
            Came::Whole,
            false,
        ),
        (&["provider-status=401"], provider("provider_unauthorized", json!({})), Came::Whole, false),
        (
            &["provider-status=429"],
            provider("provider_refused", json!({ "retryable": true, "retry_after": 30 })),
            Came::Whole,
            false,
        ),
        (
            &["provider-status=503"],
            provider("provider_failed", json!({ "http_status": 503 })),
            Came::Whole,
            true,
        ),
        (&["truncate-result=10"], wanted(8, "answer_cut", "alter", json!({})), Came::Cut, false),
    ]
}

fn call_in_every_output(post: bool) {
    let rig = Rig::new(40, &[]);
    let id = rig.run(&["id", OCTO]).out.trim().to_owned();
    let answer = rig.home.path().join("answer");
    for (faults, wanted, came, may_have_happened) in calls() {
        rig.backend.set_faults(faults.iter().map(|fault| fault.parse::<FaultSpec>().unwrap()));
        for (output, leaves) in CALLS {
            let call = if post { &["POST", ISSUES, "--yes", "-d", "{}"][..] } else { &["GET", USER] };
            let arguments = [&["call", &id], call, &["--timeout", "700ms"], output].concat();
            let what = format!("{arguments:?} {faults:?}");
            let ran = rig.run(&arguments);
            assert_eq!(ran.code, wanted.exit, "{what}: {} {}", ran.out, ran.err);
            let saved = std::fs::read(&answer).ok();
            let _ = std::fs::remove_file(&answer);
            // Into a file goes what the provider answered, and nothing else.
            let is_saved = output.contains(&"--out") && came != Came::None;
            assert_eq!(saved.is_some(), is_saved, "{what}");
            let text = saved.map_or(ran.out.clone(), |saved| String::from_utf8(saved).unwrap());
            assert!(!is_saved || ran.out.is_empty(), "{what}: {}", ran.out);
            if *leaves == Object {
                let object: Value = serde_json::from_str(&text).unwrap();
                checked(&ran, &object, &wanted, &what);
                let error = &object["error"];
                assert_eq!(error["may_have_happened"], post && may_have_happened, "{what}: {error}");
                assert_eq!(object.get("provider_status").is_some(), came != Came::None, "{what}: {object}");
                assert_eq!(object["truncated"] == true, came == Came::Cut, "{what}: {object}");
            } else {
                // Half of a document is nothing that a filter could read.
                let is_printed = came == Came::Whole || came == Came::Cut && !output.contains(&"--jq");
                assert_eq!(text.is_empty(), !is_printed, "{what}: {text} {}", ran.err);
            }
        }
    }
}

#[test]
fn every_end_of_a_call_that_reads() {
    call_in_every_output(false);
}

#[test]
fn every_end_of_a_call_that_writes() {
    call_in_every_output(true);
}

/// What the call needs on this side is looked at before it is sent.
#[test]
fn a_file_that_cannot_be_written_is_reported_before_the_call() {
    let rig = Rig::new(40, &[]);
    let at = |name: &str| rig.home.path().join(name);
    std::fs::write(at("there"), "kept").unwrap();
    std::fs::create_dir(at("folder")).unwrap();
    let post =
        |more: &[&str]| rig.run(&[&["call", OCTO, "POST", ISSUES, "-d", "{}", "--yes"], more].concat());
    for (path, force, code) in [
        ("there", false, "file_exists"),
        ("no/such/answer", false, "folder_missing"),
        ("there/answer", false, "folder_missing"),
        ("folder", true, "file_not_writable"),
        ("/dev/full", false, "file_exists"),
    ] {
        let force: &[&str] = if force { &["--force"] } else { &[] };
        let plain = post(&[&["--out", path], force].concat());
        assert_eq!((plain.code, plain.out.as_str()), (1, ""), "{path}: {}", plain.err);
        let message = post(&[&["--out", path, "-o", "json"], force].concat());
        let object = serde_json::from_str(&message.out).unwrap();
        checked(&message, &object, &wanted(1, code, "you", json!({})), path);
    }
    assert!(rig.backend.journal().is_empty(), "nothing was sent");
    assert_eq!(std::fs::read(at("there")).unwrap(), b"kept");
    assert_eq!(std::fs::read_dir(rig.home.path()).unwrap().count(), 2, "nothing is left over");
}

/// An answer that cannot be saved all the same is not lost.
#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_saved_is_printed_or_rescued() {
    let rig = Rig::new(40, &[]);
    let post = ["call", OCTO, "POST", ISSUES, "-d", "{}", "--yes"];
    let full = ["--out", "/dev/full", "--force"];
    let usual = rig.run(&post);
    assert_eq!(usual.code, 0, "{}", usual.err);
    let ran = rig.run(&[&post[..], &full].concat());
    assert_eq!((ran.code, ran.out.is_empty()), (1, false), "{}", ran.err);
    assert!(ran.err.contains("disk_full") && ran.err.contains("standard output instead"), "{}", ran.err);
    let ran = rig.run(&[&post[..], &full, &["-o", "json"]].concat());
    let object: Value = serde_json::from_str(&ran.out).unwrap();
    checked(&ran, &object, &wanted(1, "disk_full", "you", json!({})), "full");
    assert!(object["body"].is_object() && object["provider_status"].is_number(), "{object}");

    let mut command = rig.command(&post);
    let device = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ended = command.env("TMPDIR", rig.home.path()).stdout(device).output().unwrap();
    let message = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{message}");
    let (_, kept) = message.trim_end().split_once("kept in ").unwrap_or_else(|| panic!("{message}"));
    let kept = std::fs::read_to_string(Path::new(kept)).unwrap();
    assert_eq!(kept.lines().count(), usual.out.lines().count(), "{kept}");
    assert!(serde_json::from_str::<Value>(&kept).unwrap().is_object(), "{kept}");
    assert_eq!(rig.backend.provider_calls().len(), 4, "each was sent once");
}

/// A credential that was fetched for a call that writes does not make its loss harmless.
#[test]
fn a_lost_write_of_our_own_is_never_to_be_repeated() {
    let rig = Rig::new(40, &[]);
    let url = rig.backend.provider_url(ISSUES).unwrap();
    for (fault, wanted, may_have_happened) in [
        ("refuse,path=/provider/", wanted(9, "connection_lost", "network", json!({})), true),
        ("cut-body,path=/provider/", wanted(9, "connection_lost", "network", json!({})), true),
        ("stall,path=/provider/", wanted(9, "timed_out", "network", json!({})), true),
        ("call-error=grant_revoked", wanted(11, "grant_revoked", "alter", json!({})), false),
        ("provider-status=502", wanted(8, "provider_failed", "provider", json!({})), true),
    ] {
        rig.backend.set_faults([fault.parse::<FaultSpec>().unwrap()]);
        for (method, is_write) in [("POST", true), ("GET", false)] {
            let call = [
                "call",
                OCTO,
                method,
                &url,
                "--mode",
                "retrieve",
                "--yes",
                "--timeout",
                "700ms",
                "-o",
                "json",
            ];
            let ran = rig.run(&call);
            let object: Value = serde_json::from_str(&ran.out).unwrap();
            checked(&ran, &object, &wanted, fault);
            let message = &object["error"]["may_have_happened"];
            assert_eq!(message, is_write && may_have_happened, "{method} {fault}: {object}");
        }
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_write_may_have_happened() {
    use std::process::Stdio;

    use rustix::process::{Pid, Signal, kill_process};
    for (method, may_have_happened) in [("POST", true), ("GET", false)] {
        let rig = Rig::new(3, &["latency=60s,path=/sdk/proxy"]);
        let call = ["call", ID, method, ISSUES, "--yes", "-o", "json", "--out", "answer"];
        let child = rig.command(&call).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        rig.wait_for_request();
        kill_process(Pid::from_child(&child), Signal::INT).unwrap();
        let ended = child.wait_with_output().unwrap();
        let object: Value = serde_json::from_slice(&ended.stdout).unwrap();
        let error = &object["error"];
        assert_eq!((ended.status.code(), &error["code"]), (Some(130), &json!("cancelled")), "{object}");
        assert_eq!(error["may_have_happened"], may_have_happened, "{object}");
        assert_eq!(
            std::fs::read_dir(rig.home.path())
                .unwrap()
                .flatten()
                .filter(|entry| entry.path().is_file())
                .count(),
            0
        );
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_wait_for_an_approval_keeps_its_id() {
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::process::Stdio;

    use rustix::process::{Pid, Signal, kill_process};
    for signal in [Signal::INT, Signal::TERM] {
        let rig = Rig::new(3, &["needs-approval=2", "approve-after=300"]);
        let id = rig.run(&["id", OCTO]).out.trim().to_owned();
        let call = ["call", &*id, "POST", ISSUES, "--yes", "-o", "json", "--wait-approval", "5m"];
        let mut child = rig.command(&call).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut message = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("held for approval") {
            assert!(message.read_line(&mut said).unwrap() > 0, "it was never held: {said}");
        }
        kill_process(Pid::from_child(&child), signal).unwrap();
        let mut rest = String::new();
        message.read_to_string(&mut rest).unwrap();
        let ended = child.wait_with_output().unwrap();
        let object: Value = serde_json::from_slice(&ended.stdout).unwrap();
        let held = object["approval_id"].as_str().unwrap();
        assert_eq!(object["error"]["approval_id"], held, "{object}");
        assert_eq!(object["grant_id"], id, "{object}");
        assert!(rest.contains(&format!("stays held: grantdeck approvals {held}")), "{rest}");
        assert!(rig.run(&["approvals"]).out.contains(held), "the history has it");
    }
}
