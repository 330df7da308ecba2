//! jq filters: `grantdeck call --jq`, and the process that runs them with all that a filter can do to it.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use grantdeck::domain::{JqOutput, JqRequest};
use grantdeck::platform::jq::{JqError, Limits, run_by};
use grantdeck::sandbox::FaultSpec;
use serde_json::{Value, json};

use crate::rig::{Rig, Run};

const OCTO: &str = "github:octo-acme";
const USER: &str = "https://api.github.com/user";
const REPOSITORIES: &str = "https://api.github.com/user/repos";

fn call(rig: &Rig, url: &str, arguments: &[&str]) -> Run {
    rig.run(&[&["call", OCTO, "GET", url], arguments].concat())
}

fn object(ran: &Run) -> Value {
    serde_json::from_str(&ran.out).map_err(|error| format!("{error}: {} {}", ran.out, ran.err)).unwrap()
}

#[test]
fn results_take_the_place_of_the_body_in_every_format() {
    let rig = Rig::new(40, &[]);
    let out = |arguments: &[&str]| {
        let ran = call(&rig, USER, arguments);
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains("github answered 200"), "{}", ran.err);
        ran.out
    };
    assert_eq!(out(&["--jq", ".login"]), "\"octo-acme\"\n");
    assert_eq!(out(&["--jq", ".login", "-r"]), "octo-acme\n");
    assert_eq!(
        out(&["--jq", "{login}, [1, 2]"]),
        "{\"login\":\"octo-acme\"}\n[1,2]\n",
        "one a line in a pipe"
    );
    assert_eq!(out(&["--jq", "empty"]), "");
    let head = out(&["--jq", ".login", "--include"]);
    assert!(head.starts_with("200\n") && head.ends_with("\n\n\"octo-acme\"\n"), "{head}");
    let file = rig.home.path().join("login");
    assert_eq!(out(&["--jq", ".login", "-r", "--out", file.to_str().unwrap()]), "");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "octo-acme\n");

    let body = |filter: &str| {
        let ran = call(&rig, USER, &["--jq", filter, "--output", "json"]);
        let object = object(&ran);
        assert_eq!((ran.code, &object["provider_status"]), (0, &json!(200)), "{}", ran.err);
        (object["body"].clone(), ran.out)
    };
    assert_eq!(body(".login").0, "octo-acme");
    assert_eq!(body(".login, 1").0, json!(["octo-acme", 1]), "several are a list");
    assert_eq!(body("[.login]").0, json!(["octo-acme"]));
    assert_eq!(body("empty").0, Value::Null);
    let long = body("12345678901234567890123, 1.10").1;
    assert!(long.contains("\"body\":[12345678901234567890123,1.10],"), "numbers keep their text: {long}");
    let deep = call(&rig, USER, &["--jq", "reduce range(300) as $i (1; [.])", "--output", "json"]);
    assert!(deep.out.contains(&format!("{}1{}", "[".repeat(300), "]".repeat(300))), "{}", deep.out);
}

#[test]
fn a_mistake_in_a_filter_is_reported_before_anything_is_sent() {
    let rig = Rig::new(40, &[]);
    for (arguments, said) in [
        (&["--jq", ".a | | .b"][..], "jq: unexpected `|` at column 6"),
        (&["--jq", "nosuch"], "there is no filter `nosuch`"),
        (&["--jq", "input_filename"], "not available here"),
        (&["--jq", "include \"a\"; ."], "modules cannot be loaded here"),
        (&["-r"], "--jq"),
        (&["--jq", ".", "-r", "--output", "json"], "cannot be used with"),
    ] {
        let ran = call(&rig, USER, arguments);
        assert_eq!((ran.code, ran.rows()), (2, ""), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
    }
    let ran = call(&rig, USER, &["--jq", "(", "--output", "json"]);
    let error = &object(&ran)["error"];
    assert_eq!((ran.code, &error["code"]), (2, &json!("jq_filter_refused")));
    assert_eq!(error["message"], "jq: a bracket is not closed: `(` at column 1");
    assert!(rig.backend.journal().is_empty(), "not even the list was asked for");
}

#[test]
fn an_answer_that_does_not_fit_is_no_success() {
    let rig = Rig::new(40, &[]);
    let message = |arguments: &[&str], code: i32, said: &str| {
        let ran = call(&rig, USER, arguments);
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
    };
    message(&["--jq", ".login.name"], 1, "cannot index \"octo-acme\" with \"name\"");
    message(&["--jq", ".login, error(\"mine\")"], 1, "results   1 before it failed");
    message(&["--jq", "def f: 1 + f; f"], 1, "jq: recursion too deep");
    let failed = call(&rig, USER, &["--jq", ".login[]", "--output", "json"]);
    let failed = (failed.code, object(&failed));
    assert_eq!((failed.0, &failed.1["error"]["code"]), (1, &json!("jq_filter_failed")));
    assert_eq!((&failed.1["body"], &failed.1["provider_status"]), (&Value::Null, &json!(200)));

    let fault = |fault: &str| rig.backend.set_faults([fault.parse::<FaultSpec>().unwrap()]);
    fault("provider-html");
    message(&["--jq", "."], 1, "the input is not JSON: expected value at line 1, column 1");
    let html = call(&rig, USER, &["--jq", ".", "--output", "json"]);
    assert_eq!((html.code, &object(&html)["error"]["code"]), (1, &json!("jq_input_refused")));
    rig.backend.set_faults([]);
    let missing = call(&rig, "https://api.github.com/nosuch", &["--jq", ".message", "-r"]);
    assert_eq!(
        (missing.code, missing.out.is_empty()),
        (8, false),
        "a refusal has a body too: {}",
        missing.err
    );
    let failed = call(&rig, "https://api.github.com/nosuch", &["--jq", ".message[]"]);
    assert_eq!((failed.code, failed.out.as_str()), (8, ""), "{}", failed.err);
}

#[test]
fn a_filter_sees_no_environment() {
    let rig = Rig::new(40, &[]);
    let ran = call(&rig, REPOSITORIES, &["--jq", "env, $ENV, env.ALTER_API_KEY, $ENV.HOME"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "{}\n{}\nnull\nnull\n"), "{}", ran.err);
}

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_grantdeck"))
}

fn request(filter: &str, input: impl Into<Vec<u8>>) -> JqRequest {
    let input = input.into().into();
    JqRequest { filter: filter.to_owned(), input, raw: false, pretty: false, most: 64 << 20 }
}

fn on_runtime<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn run(request: JqRequest, limits: Limits) -> Result<JqOutput, JqError> {
    on_runtime(run_by(program(), request, limits))
}

#[test]
fn what_breaks_a_program_breaks_the_child_only() {
    let short = Limits { time: Duration::from_millis(300), ..Limits::default() };
    let small = Limits { memory: 16 << 20, ..Limits::default() };
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let failed = |filter: &str, input: &str, limits| {
        run(request(filter, input), limits).expect_err(filter).to_string()
    };
    assert_eq!(failed("last(repeat(1))", "0", short), JqError::TimedOut.to_string());
    assert_eq!(failed("def f: f; f", "0", short), JqError::TimedOut.to_string());
    assert_eq!(failed("[range(3e8)]", "0", small), JqError::Memory.to_string());
    assert_eq!(failed("\"x\" * 1000000000000", "0", small), JqError::Memory.to_string());
    assert_eq!(failed("\"xx\" * 9223372036854775807", "0", small), JqError::Memory.to_string());
    assert_eq!(failed("def f: 1 + f; f", "0", Limits::default()), JqError::TooDeep.to_string());
    let minus = "-".repeat(500_000) + "1";
    assert_eq!(failed(&minus, "0", Limits::default()), JqError::TooDeep.to_string());
    let deep = "(".repeat(50_000) + "1" + &")".repeat(50_000);
    assert!(failed(&deep, "0", Limits::default()).contains("brackets nest more than"));
    let message = failed(".", &nested(200_000), Limits::default());
    assert!(message.contains("nested more than 10000 levels deep at line 1, column 10001"), "{message}");
    let whole = run(request(".", nested(10_000)), Limits::default()).unwrap();
    assert_eq!(whole.text, (nested(10_000) + "\n").into_bytes());
    let long = run(request(&".".repeat((1 << 20) + 1), "0"), Limits::default());
    assert!(matches!(long, Err(JqError::Filter { offset: None, .. })), "{long:?}");
    let nowhere = on_runtime(run_by(Path::new("/nowhere/grantdeck"), request(".", "0"), Limits::default()));
    assert!(matches!(nowhere, Err(JqError::Io(_))), "{nowhere:?}");
}

#[test]
fn odd_bytes_are_read_or_reported() {
    let text =
        |filter: &str, input: &[u8]| run(request(filter, input), Limits::default()).map(|output| output.text);
    assert_eq!(text(".[0]", b"[\"\xff\"]").unwrap(), "\"\u{fffd}\"\n".as_bytes());
    assert_eq!(text(".", b"\"\\u0000\"").unwrap(), b"\"\\u0000\"\n");
    assert!(matches!(text(".", b"\0"), Err(JqError::Input { line: 1, column: 1, .. })));
    assert!(matches!(text(".\0", b"1"), Err(JqError::Filter { offset: Some(1), column: 2, .. })));
    let several = run(request(".a", "{\"a\":1}\n{\"a\":2} {\"b\":3}"), Limits::default()).unwrap();
    assert_eq!((several.text.as_slice(), several.values), (&b"1\n2\nnull\n"[..], 3));
    let cut = run(JqRequest { most: 7, ..request("repeat(\"é\")", "1") }, Limits::default()).unwrap();
    assert_eq!(
        (String::from_utf8(cut.text).unwrap(), cut.values, cut.truncated),
        ("\"é\"\n\"".into(), 1, true)
    );
}

#[test]
fn fifty_megabytes_pass_through() {
    let mut input = String::from("[0");
    while input.len() < 50_000_000 {
        write!(input, ",\"{}\"", "0123456789".repeat(100)).unwrap();
    }
    input.push(']');
    let items = input.matches(',').count() + 1;
    let input = grantdeck::domain::Body::from(input.into_bytes());
    let asked = |filter: &str| {
        let request = JqRequest { input: input.clone(), ..request(filter, "") };
        run(request, Limits { time: Duration::from_mins(5), ..Limits::default() })
    };
    let output = asked("., length").unwrap();
    assert_eq!(output.values, 2);
    assert_eq!(output.text, [&input[..], format!("\n{items}\n").as_bytes()].concat());
    let message = asked(". | |");
    assert!(
        matches!(message, Err(JqError::Filter { .. })),
        "nobody waits for the rest of the input: {message:?}"
    );
}

/// A place of its own for the program, by which its processes can be told from those of other tests.
#[cfg(target_os = "linux")]
fn own_program(home: &tempfile::TempDir) -> std::path::PathBuf {
    let own = home.path().join("grantdeck-of-this-test");
    std::os::unix::fs::symlink(program(), &own).unwrap();
    own
}

#[cfg(target_os = "linux")]
async fn until<T>(what: impl Fn() -> Option<T>) -> T {
    loop {
        if let Some(found) = what() {
            return found;
        }
        // The system announces neither; this is only how often is looked.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[cfg(target_os = "linux")]
#[test]
fn nobody_waits_and_the_process_is_gone() {
    let home = tempfile::tempdir().unwrap();
    let own = own_program(&home);
    let wanted = own.to_str().unwrap().to_owned();
    let find = move || {
        let processes = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
        let mut ours = processes.filter(|process| {
            let line = std::fs::read(process.join("cmdline")).unwrap_or_default();
            line.starts_with(wanted.as_bytes())
        });
        ours.next()
    };
    let endless = || request("last(repeat(1))", "0");
    // Longer than is waited: its own limits must not end it.
    let long = Limits { time: Duration::from_hours(1), ..Limits::default() };
    on_runtime(async {
        let process = tokio::select! {
            ended = run_by(&own, endless(), long) => panic!("{ended:?}"),
            found = until(&find) => found,
        };
        // Not even as one whose end nobody asked for.
        let gone =
            tokio::time::timeout(Duration::from_mins(1), until(|| (!process.exists()).then_some(()))).await;
        assert!(gone.is_ok(), "{} stays", process.display());

        let short = Limits { time: Duration::from_millis(200), ..Limits::default() };
        assert!(matches!(run_by(&own, endless(), short).await, Err(JqError::TimedOut)));
        assert_eq!(find(), None, "it was waited for");
    });
}

#[cfg(unix)]
#[test]
fn the_child_inherits_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let program = home.path().join("tells");
    let message = r#"{"done":{"values":0,"truncated":false}}"#;
    std::fs::write(&program, format!("#!/bin/sh\n/usr/bin/env\necho \"$@\"\necho '{message}' >&2\n"))
        .unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    assert!(std::env::vars_os().count() > 3, "this test has something to inherit");
    // More than a pipe holds, and nobody reads it.
    let output = on_runtime(run_by(&program, request(".", vec![b' '; 1 << 20]), Limits::default())).unwrap();
    let text = String::from_utf8(output.text).unwrap();
    // What a shell sets itself.
    let own = ["PWD=", "OLDPWD=", "SHLVL=", "_="];
    let foreign: Vec<&str> =
        text.lines().filter(|line| !own.iter().any(|name| line.starts_with(name))).collect();
    assert_eq!(foreign, ["__jq"], "{text}");
}

/// The children of a process that were started for a filter.
#[cfg(target_os = "linux")]
fn filters_of(parent: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let processes = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let is_child = |process: &u32| {
        let read =
            |file: &str| std::fs::read_to_string(format!("/proc/{process}/{file}")).unwrap_or_default();
        let stat = read("stat");
        let parent_of = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1));
        parent_of.and_then(|text| text.parse().ok()) == Some(parent) && read("cmdline").contains("__jq")
    };
    processes.filter(is_child).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn a_filter_ends_with_the_program_that_was_killed() {
    let rig = Rig::new(40, &[]);
    let mut child = rig.command(&["call", OCTO, "GET", USER, "--jq", "last(range(1e18))"]).spawn().unwrap();
    let begun = loop {
        if let [filter] = filters_of(child.id())[..] {
            break filter;
        }
        assert!(child.try_wait().unwrap().is_none(), "it ended before there was a filter");
        std::thread::yield_now();
    };
    child.kill().unwrap();
    child.wait().unwrap();
    // Its own limit is 30 s.
    let is_there =
        || std::fs::read_to_string(format!("/proc/{begun}/cmdline")).is_ok_and(|text| text.contains("__jq"));
    let gone = rig.block_on(async {
        tokio::time::timeout(Duration::from_secs(10), async {
            while is_there() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await
    });
    assert!(gone.is_ok(), "the filter outlives the program");
}
