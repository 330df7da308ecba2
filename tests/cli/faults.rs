//! Exit codes under faults, and the sandbox as a service.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use secrecy::ExposeSecret;

use crate::rig::{Rig, bare, run};

#[test]
fn each_failure_has_its_exit_code() {
    let cases = [
        ("key-revoked", 3, "revoked"),
        ("throttle-header=7200", 6, "429"),
        ("throttle-body=7200", 6, "429"),
        ("truncated-json", 8, "POST /sdk/grants/list"),
        ("odd-envelope=grants-null", 8, "POST /sdk/grants/list"),
        ("clock-skew=-900", 3, "clock"),
    ];
    for (fault, code, said) in cases {
        let rig = Rig::new(5, &[fault]);
        let ran = rig.run(&["list"]);
        assert_eq!((ran.code, ran.rows()), (code, ""), "{fault}: {}", ran.err);
        assert!(ran.err.contains(said) && ran.err.contains("127.0.0.1"), "{fault}: {}", ran.err);
        assert!(!ran.err.contains(&rig.key()), "{fault}");
        assert!(ran.err.contains(&rig.key()[rig.key().len() - 4..]), "the masked key is named: {}", ran.err);
    }
}

#[test]
fn dead_keys_are_told_apart() {
    let rig = Rig::new(1, &[]);
    let dead = &rig.backend.credentials().dead_keys;
    assert!(dead.len() > 3, "{} ways to die", dead.len());
    for (state, key) in dead {
        let ran = run(rig.command(&["list"]).env("ALTER_API_KEY", key.expose_secret()));
        assert_eq!((ran.code, ran.rows()), (3, ""), "{}: {}", state.code(), ran.err);
        let message = ran.err.lines().find_map(|line| line.trim().strip_prefix("code")).map(str::trim);
        assert_eq!(message, Some(state.code()), "{}", ran.err);
    }
}

#[test]
fn a_key_on_its_way_out_is_reported_last_and_changes_nothing_else() {
    let rig = Rig::new(60, &[]);
    let list: &[&str] = &["list", "--all", "--page-size", "10"];
    let plain = rig.run(list);
    assert_eq!((plain.code, plain.err.as_str()), (0, ""));
    let old = rig.backend.credentials().deprecated_app_key.expose_secret().to_owned();
    let ran = run(rig.command(list).env("ALTER_API_KEY", &old));
    assert_eq!((ran.code, &ran.out), (0, &plain.out));
    assert_eq!(ran.err.lines().count(), 1, "six answers said so: {}", ran.err);
    assert!(ran.err.contains("is being replaced"), "{}", ran.err);
    assert!(ran.err.contains(&old[old.len() - 4..]) && !ran.err.contains(&old), "which key: {}", ran.err);

    let rig = Rig::new(60, &["key-deprecated"]);
    let ran = rig.run(&["list", "--limit", "7"]);
    let said: Vec<&str> = ran.err.lines().collect();
    assert_eq!((ran.code, said.len()), (0, 2), "{said:?}");
    assert!(said[0].contains("7 of 60") && said[1].contains("is being replaced"), "{said:?}");
    let rig = Rig::new(5, &["key-deprecated", "truncated-json"]);
    let ran = rig.run(&["list"]);
    assert_eq!((ran.code, ran.err.matches("is being replaced").count()), (8, 1), "{}", ran.err);
}

#[test]
fn what_came_before_a_failure_is_printed_and_named_partial() {
    // Without a known budget one request is under way at a time, so that the third one is the third page.
    let rig = Rig::new(50, &["no-budget-headers", "throttle-header=7200,after=2"]);
    let ran = rig.run(&["list", "--all", "--page-size", "10", "-o", "json"]);
    assert_eq!(ran.code, 6);
    // The array is left open: nobody may take it for the whole list.
    assert!(serde_json::from_str::<serde_json::Value>(&ran.out).is_err(), "{}", ran.out);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&format!("{}]", ran.out)).unwrap();
    assert_eq!((rows.len(), rows[20]["error"]["code"].as_str()), (21, Some("rate_limit_exceeded")));
    assert!(ran.err.contains("20 grants printed before the failure"), "{}", ran.err);
}

#[test]
fn odd_rows_are_shown_with_what_could_not_be_read() {
    let rig = Rig::new(20, &["odd-row=bad-id"]);
    let ran = rig.run(&["list", "--all"]);
    assert_eq!(ran.out.lines().count(), 20, "{}", ran.err);
    let rows: Vec<serde_json::Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let odd: Vec<_> = rows.iter().filter(|row| row.get("unreadable").is_some()).collect();
    assert_eq!(odd.len(), 1);
    assert!(odd[0]["unreadable"][0].as_str().unwrap().starts_with("grant_id"), "{}", odd[0]);
    assert!(odd[0]["grant_id"].is_string(), "the text that came is kept: {}", odd[0]);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_hanging_walk() {
    let rig = Rig::new(5, &["hang"]);
    let child = rig.command(&["list"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The request that hangs has been sent once the backend knows of it.
    rig.wait_for_request();
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    let message = String::from_utf8(output.stdout).unwrap();
    assert!(message.starts_with("{\"error\":") && message.contains("\"code\":\"cancelled\""), "{message}");
    assert_eq!((output.status.code(), message.lines().count()), (Some(130), 1));
}

#[cfg(unix)]
#[test]
fn the_sandbox_serves_until_ctrl_c_and_its_lines_can_be_pasted() {
    let home = tempfile::tempdir().unwrap();
    let mut child = bare(&home, &["sandbox", "--port", "0", "--grants", "9"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut exported = Vec::new();
    while exported.len() < 2 {
        let mut line = String::new();
        assert!(reader.read_line(&mut line).unwrap() > 0, "it ended early");
        if let Some((name, value)) = line.trim().strip_prefix("export ").and_then(|line| line.split_once('='))
        {
            exported.push((name.to_owned(), value.trim_matches('\'').to_owned()));
        }
    }
    let ran = run(bare(&home, &["list"]).envs(exported));
    assert_eq!((ran.code, ran.out.lines().count(), ran.err.as_str()), (0, 9, ""));
    interrupt(&child);
    let mut rest = String::new();
    reader.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("ALTER_USER_TOKEN='") && rest.contains("As an agent"), "{rest}");
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""));
}

#[cfg(unix)]
#[test]
fn the_sandbox_writes_its_keys_for_scripts_and_takes_them_away() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let (ready, env) = (home.path().join("ready.json"), home.path().join("sandbox.env"));
    // What one that was killed left behind.
    std::fs::write(&ready, "{\"written_by\":\"grantdeck sandbox\",\"base_url\":\"old\"}").unwrap();
    let paths = [&ready, &env].map(|path| path.to_str().unwrap().to_owned());
    let arguments =
        ["sandbox", "--port", "0", "--connect", "accept", "--ready-file", &paths[0], "--env-file", &paths[1]];
    let mut child = bare(&home, &arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let reported: serde_json::Value = loop {
        assert!(child.try_wait().unwrap().is_none(), "it ended early");
        let text = std::fs::read_to_string(&ready).unwrap_or_default();
        if !text.is_empty() && !text.contains("\"old\"") {
            break serde_json::from_str(&text).unwrap();
        }
        std::thread::yield_now();
    };
    for path in [&ready, &env] {
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let lines = std::fs::read_to_string(&env).unwrap();
    assert!(
        lines.contains(&format!("\nALTER_API_KEY={}\n", reported["app_key"].as_str().unwrap())),
        "{lines}"
    );
    assert_eq!(reported["agent_keys"].as_array().map(Vec::len), Some(8));
    let exported =
        [("ALTER_BASE_URL", &reported["base_url"]), ("ALTER_API_KEY", &reported["agent_keys"][0]["key"])];
    let exported = exported.map(|(name, value)| (name, value.as_str().unwrap()));
    assert_eq!(run(bare(&home, &["list"]).envs(exported)).code, 0);
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(!ready.exists() && !env.exists());
}

#[test]
fn the_sandbox_touches_no_file_that_it_did_not_write() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join(".env");
    std::fs::write(&file, "SECRET=1\n").unwrap();
    for option in ["--env-file", "--ready-file"] {
        let ran = run(&mut bare(&home, &["sandbox", "--port", "0", option, file.to_str().unwrap()]));
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.err);
        assert!(ran.err.contains("did not write it"), "{}", ran.err);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "SECRET=1\n");
    }
}

#[cfg(unix)]
fn interrupt(child: &std::process::Child) {
    let id = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
}

#[test]
fn a_list_that_moves_is_printed_once_a_row_and_said_to_move() {
    for fault in ["shifting", "total-drifts", "total-off=-3"] {
        let rig = Rig::new(300, &[fault]);
        let ran = rig.run(&["list", "--all", "--page-size", "20", "--fields", "grant_id"]);
        assert_eq!(ran.code, 8, "{fault}: {}", ran.err);
        let rows: Vec<&str> = ran.rows().lines().collect();
        let unique: std::collections::BTreeSet<&str> = rows.iter().copied().collect();
        assert_eq!(rows.len(), unique.len(), "{fault}: a row was printed twice");
        // Some rows really go while they are looked at; one goes or comes with each page.
        assert!(rows.len() >= 300 - 32, "{fault}: {} rows", rows.len());
        assert!(ran.err.contains("loading it again"), "{fault}: {}", ran.err);
        assert!(ran.err.contains("may be incomplete"), "{fault}: {}", ran.err);
    }
}
