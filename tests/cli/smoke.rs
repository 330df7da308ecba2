//! What `grantdeck smoke` prints, writes and exits with.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use grantdeck::sandbox::{FaultSpec, Options};
use serde_json::Value;

use crate::rig::{Rig, Run, rows, run};

const OCTO: &str = "github:octo-acme";

fn smoke(rig: &Rig, arguments: &[&str]) -> Run {
    rig.run(&[&["smoke"], arguments].concat())
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn verdicts(ran: &Run) -> Vec<String> {
    lines(&ran.out).iter().map(|row| row["verdict"].as_str().unwrap().to_owned()).collect()
}

impl Rig {
    fn faults(&self, faults: &[&str]) {
        self.backend.set_faults(faults.iter().map(|fault| fault.parse::<FaultSpec>().unwrap()));
    }
}

/// What a real XML parser finds: suites, cases, failures, skipped; and every name.
fn parsed(xml: &str) -> (Vec<u64>, String) {
    let script = "import sys, xml.etree.ElementTree as tree\n\
        root = tree.fromstring(sys.stdin.buffer.read())\n\
        assert root.tag == 'testsuites'\n\
        cases = list(root.iter('testcase'))\n\
        count = lambda tag: sum(1 for case in cases for _ in case.iter(tag))\n\
        total = lambda name: sum(int(suite.get(name)) for suite in root)\n\
        assert (total('tests'), total('failures'), total('skipped')) == (len(cases), count('failure'), count('skipped'))\n\
        assert int(root.get('tests')) == len(cases) and int(root.get('failures')) == count('failure')\n\
        assert all(case.get('classname') and float(case.get('time')) >= 0 for case in cases)\n\
        print(len(root), len(cases), count('failure'), count('skipped'))\n\
        print('\\n'.join(ascii(case.get('name')) for case in cases))";
    let mut python = Command::new("python3")
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(xml.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "{xml}");
    let text = String::from_utf8(output.stdout).unwrap();
    let (counts, names) = text.split_once('\n').unwrap();
    (counts.split(' ').map(|count| count.parse().unwrap()).collect(), names.to_owned())
}

#[test]
fn each_format_is_what_its_readers_expect() {
    let rig = Rig::new(60, &[]);
    let jsonl = smoke(&rig, &[]);
    assert_eq!(jsonl.code, 10, "{}", jsonl.err);
    let rows = lines(&jsonl.out);
    assert_eq!(rows.len(), 60);
    let count = |verdicts: &[&str]| {
        rows.iter().filter(|row| verdicts.contains(&row["verdict"].as_str().unwrap())).count() as u64
    };
    let fine = count(&["works", "works_but"]);
    let skipped = count(&["no_probe", "needs_approval", "skipped"]);
    assert!(fine > 40 && skipped > 0, "{}", jsonl.err);
    assert!(jsonl.err.contains(&format!("{} of 60 fail", 60 - fine - skipped)), "{}", jsonl.err);
    // Those that fail come first.
    assert!(rows[0]["verdict"] == "needs_reconnect" && rows[59]["verdict"] == "works");

    let array: Vec<Value> = serde_json::from_str(&smoke(&rig, &["-o", "json"]).out).unwrap();
    let key = |rows: &[Value]| {
        rows.iter().map(|row| (row["grant_id"].clone(), row["verdict"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(key(&array), key(&rows), "the same order again");
    let (counts, names) = parsed(&smoke(&rig, &["-o", "junit"]).out);
    assert_eq!(counts[1..], [60, 60 - fine - skipped, skipped]);
    assert!(names.contains("octo-acme") && !names.contains("\\x1b"), "{names}");
    let table = smoke(&rig, &["-o", "table"]).out;
    // The sum stays on the screen where the table is long.
    let last = table.lines().last().unwrap_or_default();
    assert!(last.starts_with(&format!("{} of 60 fail", 60 - fine - skipped)), "{table}");
    assert!(table.starts_with("✗ reconnect  2\n  Reconnect the account"), "{table}");
    let row = table.lines().find(|line| line.contains("octo-acme")).unwrap_or_default();
    let head = row.trim_start().get(..8).unwrap_or_default();
    assert!(head.chars().all(|digit| digit.is_ascii_hexdigit()), "each line has the head of its id: {row}");
    assert!(table.find("✗ gone") < table.find("✓ works"), "{table}");
    let csv = smoke(&rig, &["-o", "csv"]).out;
    assert_eq!(csv::Reader::from_reader(csv.as_bytes()).records().flatten().count(), 60);
    let markdown = smoke(&rig, &["-o", "markdown"]).out;
    assert!(markdown.contains("### ✗ scopes") && markdown.contains("`octo-acme`"), "{markdown}");
}

#[test]
fn exit_codes_say_what_was_found() {
    let rig = Rig::new(40, &[]);
    let cases: [(&[&str], i32); 14] = [
        (&[OCTO], 0),
        (&["--provider", "github", "--status", "active"], 0),
        (&["slack:acme-hq"], 10),
        (&["slack:acme-hq", OCTO], 10),
        (&["slack:acme-hq", "--fail-on", "needs-reconnect,expired"], 0),
        (&[OCTO, "--fail-on", "works"], 10),
        (&["github:nobody"], 4),
        (&["--provider", "nobody"], 4),
        (&["--provider", "nobody", "--allow-empty"], 0),
        (&["--search", ""], 2),
        (&["--search", " "], 2),
        (&["--provider", ""], 2),
        (&[OCTO, "--provider", "github"], 2),
        (&["github"], 5),
    ];
    for (arguments, code) in cases {
        let ran = smoke(&rig, arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {} {}", ran.out, ran.err);
    }
    rig.faults(&["key-revoked,path=/sdk/proxy"]);
    let ran = smoke(&rig, &[OCTO]);
    assert_eq!((ran.code, ran.rows().lines().count()), (3, 1), "{}", ran.err);
    assert!(ran.rows().contains("not tested: the run was aborted"), "{}", ran.out);
    assert!(ran.err.contains("1 grants were not tested"), "{}", ran.err);
    rig.faults(&["provider-status=503"]);
    assert_eq!(verdicts(&smoke(&rig, &[OCTO])), ["provider_down"]);
    let mut nowhere = rig.command(&["smoke"]);
    nowhere.env("ALTER_BASE_URL", "http://127.0.0.1:9");
    assert_eq!(run(&mut nowhere).code, 9);
}

#[test]
fn wrong_arguments_are_usage_and_send_nothing() {
    let rig = Rig::new(5, &[]);
    let cases: [(&[&str], &str); 8] = [
        (&["--fail-on", "wroks"], "did you mean `works`?"),
        (&["--concurrency", "65"], "1..=64"),
        (&["--concurrency", "0"], "1..=64"),
        (&["--report", "smoke.pdf"], "must end in .xml, .md"),
        (&["--timeout", "soon"], "expected a length of time"),
        (&["--mode", "prox"], "did you mean `proxy`?"),
        (&["--provider-file", "missing.toml"], "missing.toml"),
        (&["--report", "no/such/folder/smoke.xml"], "smoke.xml"),
    ];
    for (arguments, said) in cases {
        let ran = smoke(&rig, arguments);
        assert_eq!(ran.rows(), "", "{arguments:?}");
        assert!(ran.code == 2 || (ran.code == 1 && arguments[0] == "--report"), "{arguments:?} {}", ran.code);
        assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
    }
    assert!(rig.backend.journal().is_empty(), "nothing was sent");
}

#[test]
fn a_provider_file_adds_probes_and_its_mistakes_are_reported_with_line_and_key() {
    let rig = Rig::new(200, &[]);
    let file = rig.home.path().join("probes.toml");
    let with = |text: &str| {
        std::fs::write(&file, text).unwrap();
        smoke(&rig, &["--provider", "warehouse-readonly", "--provider-file", "probes.toml"])
    };
    let plain = smoke(&rig, &["--provider", "warehouse-readonly", "--status", "active"]);
    assert!(
        !plain.out.is_empty() && verdicts(&plain).iter().all(|verdict| verdict == "no_probe"),
        "{}",
        plain.out
    );
    let good = "[warehouse-readonly]\nname = \"Warehouse\"\nbase = \"https://warehouse.acme.example\"\n\
                probe = { path = \"/me\", assert = [{ at = \"/ok\", equals = true }] }\n";
    let own = verdicts(&with(good));
    // No such service is simulated: what counts is that it was asked.
    assert!(!own.is_empty() && own.iter().all(|verdict| verdict == "provider_refused"), "{own:?}");
    let reached = rig.backend.provider_calls();
    assert!(reached.iter().any(|call| call.url == "https://warehouse.acme.example/me"), "{reached:?}");
    for (text, said) in [
        (good.replace("/me", "me"), "line 4, warehouse-readonly.probe.path: must begin with a slash"),
        (good.replace("equals", "eqals"), "line 4, warehouse-readonly.probe"),
        (good.replace("https://w", "http://w"), "line 3, warehouse-readonly.base: must be https://host"),
        (format!("{good}[other]\nnam = \"x\"\n"), "line 6, other.nam"),
        ("[broken".to_owned(), "line 1: this is not TOML"),
        (good.replace("path", "method = \"DELETE\", path"), "a probe only reads"),
    ] {
        let before = rig.backend.journal().len();
        let ran = with(&text);
        assert_eq!((ran.code, ran.rows()), (2, ""), "{text}");
        assert!(ran.err.contains(said) && ran.err.contains("probes.toml"), "{text}: {}", ran.err);
        assert_eq!(rig.backend.journal().len(), before, "nothing was sent");
    }
}

#[test]
fn the_report_is_written_beside_what_is_printed() {
    let rig = Rig::new(30, &[]);
    for (name, begins) in [
        ("r.xml", "<?xml version=\"1.0\""),
        ("r.md", "## Smoke test of "),
        ("r.json", "[\n{\"grant_id\""),
        ("r.JSONL", "{\"grant_id\""),
        ("r.csv", "grant_id,provider"),
        ("r.txt", "✗ reconnect  "),
    ] {
        let ran = smoke(&rig, &["--report", name]);
        assert_eq!((ran.code, lines(&ran.out).len()), (10, 30), "{name}: {}", ran.err);
        let text = std::fs::read_to_string(rig.home.path().join(name)).unwrap();
        assert!(text.starts_with(begins), "{name}: {text}");
    }
}

#[test]
fn a_report_replaces_nothing_unasked() {
    let rig = Rig::new(3, &[]);
    let at = |name: &str| rig.home.path().join(name);
    std::fs::write(at("mine.xml"), "mine").unwrap();
    std::fs::create_dir(at("folder.json")).unwrap();
    let mut there = vec!["mine.xml"];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("mine.xml", at("link.md")).unwrap();
        std::os::unix::fs::symlink("nothing", at("dangling.md")).unwrap();
        there.extend(["link.md", "dangling.md"]);
    }
    let asked = rig.backend.journal().len();
    for name in there {
        let ran = smoke(&rig, &["--report", name]);
        assert_eq!((ran.code, ran.rows()), (1, ""), "{name}: {}", ran.err);
        assert!(ran.err.contains(name) && ran.err.contains("--force overwrites it"), "{name}: {}", ran.err);
        // What it says beside it fits: neither the disk nor a permission is in the way.
        assert!(ran.err.contains("file_exists") && !ran.err.contains("disk"), "{name}: {}", ran.err);
    }
    assert_eq!(rig.backend.journal().len(), asked, "it is said before anything is asked");
    assert_eq!(std::fs::read_to_string(at("mine.xml")).unwrap(), "mine");
    assert!(!at("nothing").exists());
    let ran = smoke(&rig, &["--report", "folder.json", "--force"]);
    assert!(ran.code == 1 && ran.err.contains("not a file"), "{}", ran.err);

    smoke(&rig, &["--report", "mine.xml", "--force"]);
    assert!(std::fs::read_to_string(at("mine.xml")).unwrap().starts_with("<?xml"));
    #[cfg(unix)]
    {
        smoke(&rig, &["--report", "link.md", "--force"]);
        assert!(at("link.md").is_symlink(), "a link stays one");
        assert!(std::fs::read_to_string(at("mine.xml")).unwrap().starts_with("## Smoke test"));
    }
    assert_eq!(smoke(&rig, &["--force"]).code, 2, "it is about the report");
}

#[test]
fn the_last_time_is_remembered() {
    let rig = Rig::new(40, &[]);
    assert_eq!(
        smoke(&rig, &["--only-failed", "--allow-empty"]).err,
        "grantdeck: nothing failed in the last run on this machine\ngrantdeck: nothing was tested\n"
    );
    assert_eq!(smoke(&rig, &[OCTO]).code, 0);
    rig.faults(&["provider-status=401"]);
    let broke = smoke(&rig, &[OCTO, "-o", "table"]);
    assert!(broke.out.contains("Since the last run 1 broke"), "{}", broke.out);
    rig.faults(&[]);
    let healed = smoke(&rig, &["--only-failed"]);
    assert_eq!(verdicts(&healed), ["works"], "{}", healed.err);
    assert!(healed.err.contains("Since the last run 1 healed"), "{}", healed.err);
    let none = smoke(&rig, &["--only-failed"]);
    assert_eq!((none.code, none.rows()), (4, ""), "nothing was checked: {}", none.err);
    assert!(none.err.contains("nothing failed in the last run"), "{}", none.err);
    let other = rig.run(&["smoke", OCTO, "--config", "/nonexistent"]);
    assert_ne!(other.code, 0);
}

/// Waits until the providers has made so many calls.
fn wait_for_calls(rig: &Rig, count: usize) {
    let called = async {
        while rig.backend.provider_calls().len() < count {
            // Nothing announces them; this is only how often it is looked.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let patient = rig.block_on(async { tokio::time::timeout(Duration::from_mins(1), called).await });
    assert!(patient.is_ok(), "{count} calls never came");
}

#[cfg(unix)]
#[test]
fn ctrl_c_prints_what_is_known_and_resume_goes_on() {
    let rig = Rig::with(&Options {
        grants: 200,
        provider_latency: Duration::from_millis(60),
        ..Options::default()
    });
    let child = rig
        .command(&["smoke", "--concurrency", "2", "--report", "r.xml"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_for_calls(&rig, 12);
    let pid = rustix::process::Pid::from_raw(child.id().cast_signed()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    let all = lines(rows(&out));
    let is_untested = |row: &&Value| row["reason"].as_str().is_some_and(|why| why.starts_with("not tested"));
    let known: Vec<&Value> = all.iter().filter(|row| !is_untested(row)).collect();
    let called = known.iter().filter(|row| row["attempts"].as_u64() > Some(0)).count();
    assert!((8..100).contains(&called), "{called}: {err}");
    assert!(err.contains("grants were not tested (continue with --resume)"), "{err}");
    let (counts, _) = parsed(&std::fs::read_to_string(rig.home.path().join("r.xml")).unwrap());
    assert_eq!(
        (all.len(), counts[1] as usize),
        (200, 201),
        "the report has what is known too, and that it ended"
    );

    // A part of it does not end it.
    let part = smoke(&rig, &["--resume", "--provider", "discord"]);
    let new = lines(&part.out).iter().filter(|row| row["resumed"] != true).count();
    let known = known.len() + new;
    assert!(new > 0, "{}", part.err);
    let rest = smoke(&rig, &["--resume", "--concurrency", "32"]);
    assert_eq!((rest.code, lines(&rest.out).len()), (10, 200), "{}", rest.err);
    let resumed = lines(&rest.out).iter().filter(|row| row["resumed"] == true).count();
    assert_eq!(resumed, known, "nothing that was known is lost");
    assert!(rest.err.contains(&format!("resuming the last run: {resumed} of 200")), "{}", rest.err);
}

#[test]
fn the_demonstration_is_tested_without_a_network() {
    let home = tempfile::tempdir().unwrap();
    for mode in ["proxy", "retrieve"] {
        let mut command = crate::rig::bare(
            &home,
            &["smoke", "--demo", "--grants", "40", OCTO, "--mode", mode, "-o", "table"],
        );
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
            command.env(name, "http://127.0.0.1:1");
        }
        let ran = run(&mut command);
        assert_eq!(ran.code, 0, "{mode}: {} {}", ran.out, ran.err);
        let (head, end) = ("✓ works  1\n", "\n\n1 works.\n");
        assert!(ran.out.starts_with(head) && ran.out.ends_with(end), "{mode}: {}", ran.out);
    }
}

#[cfg(unix)]
#[test]
fn a_long_run_says_how_long_it_takes_before_it_begins() {
    let rig = Rig::with(&Options { grants: 200, rate_limit: Some(60), ..Options::default() });
    let mut command = rig.command(&["smoke"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_for_calls(&rig, 25);
    let pid = rustix::process::Pid::from_raw(child.id().cast_signed()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(143), "{err}");
    assert!(err.contains("rate budget: 45 calls a minute"), "{err}");
    assert!(err.matches("waiting").count() <= 1, "a log is not filled with pauses that were foretold: {err}");
    assert!(lines(&String::from_utf8(output.stdout).unwrap()).len() > 25);
    assert!(rig.backend.provider_calls().len() <= 45, "a quarter is left to others");
}

#[test]
fn a_probe_of_ones_own_that_may_write_is_never_sent() {
    let rig = Rig::new(60, &[]);
    let probes = "[github.probe]\npath = \"/user\"\nmethod = \"DELETE\"\nreads = true\nreads_because = \"so it says\"\n\
                  state = \"documented, not run\"\n";
    std::fs::write(rig.home.path().join("probes.toml"), probes).unwrap();
    let arguments = ["smoke", "github:octo-acme", "--provider-file", "probes.toml", "--output", "jsonl"];
    let ran = run(&mut rig.command(&arguments));
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("line 3, github.probe.method: a probe only reads"), "{}", ran.err);
    assert!(rig.backend.provider_calls().is_empty(), "{}", ran.err);
}
