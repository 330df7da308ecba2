//! What `grantdeck call` leaves in the history, looked at from outside.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use grantdeck::domain::{Audited, CallRecord, Ending, Outcome, RecordQuery};
use grantdeck::sandbox::FaultSpec;
use grantdeck::store::{History, Retention};
use tempfile::TempDir;

use crate::rig::{Rig, bare, configure, run};

const USER: &str = "https://api.github.com/user";
const ISSUES: &str = "https://api.github.com/repos/acme/site/issues";
const OCTO: &str = "github:octo-acme";

fn folder(home: &TempDir) -> PathBuf {
    home.path().join(".local/state/grantdeck")
}

/// All calls, the oldest first.
fn kept(home: &TempDir) -> Vec<CallRecord> {
    let history = History::open(&folder(home).join("history.db"), Retention::default()).unwrap();
    let all = history.list(&RecordQuery::default()).unwrap();
    all.iter().rev().map(|summary| history.get(summary.id).unwrap().unwrap()).collect()
}

#[test]
fn calls_of_both_modes_are_kept_without_secrets() {
    let rig = Rig::new(40, &[]);
    let simulated = rig.backend.provider_url(ISSUES).unwrap();
    let note = format!("X-Note: {}", rig.key());
    for (mode, url) in [("proxy", ISSUES), ("retrieve", simulated.as_str())] {
        let body = r#"{"title":"visible","password":"hunter2"}"#;
        let arguments =
            ["call", OCTO, "POST", url, "--mode", mode, "--yes", "-d", body, "-q", "api_key=hunter2"];
        let ran = rig.run(&[&arguments[..], &["-H", "X-Secret: hunter2", "-H", &note]].concat());
        assert_eq!((ran.code, ran.err.contains("history")), (0, false), "{}", ran.err);
        assert!(ran.out.contains("hunter2"), "it is shown as it was answered: {}", ran.out);
    }
    let bytes: Vec<u8> = fs::read_dir(folder(&rig.home))
        .unwrap()
        .flat_map(|file| fs::read(file.unwrap().path()).unwrap())
        .collect();
    let holds = |text: &str| memchr::memmem::find(&bytes, text.as_bytes()).is_some();
    assert!(holds("visible") && !holds("hunter2") && !holds(&rig.key()) && !holds("Bearer"));
    let kept = kept(&rig.home);
    assert_eq!(
        kept.iter().map(|record| record.audited).collect::<Vec<_>>(),
        [Audited::ByAlter, Audited::Yes]
    );
    for record in kept {
        assert_eq!((record.profile.as_str(), record.provider.as_deref()), ("environment", Some("github")));
        assert!(matches!(record.outcome, Outcome::Answered { provider_status: 201, .. }), "{record:?}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(folder(&rig.home)), 0o700);
        assert_eq!(mode(folder(&rig.home).join("history.db")), 0o600);
    }
}

#[test]
fn profiles_and_settings_decide() {
    let rig = Rig::new(40, &[]);
    let profile = |more: &str| {
        format!("[profiles.here]\nbase_url = '{}'\nkey_env = 'HERE_KEY'\n{more}", rig.backend.base_url())
    };
    let call = || {
        let arguments = ["call", OCTO, "GET", USER, "--profile", "here"];
        let ran = run(rig.command(&arguments).env("HERE_KEY", rig.key()));
        assert_eq!(ran.code, 0, "{}", ran.err);
    };
    configure(&rig.home, &profile("history = false\n"));
    call();
    configure(&rig.home, &format!("history = false\n{}", profile("")));
    call();
    assert!(!folder(&rig.home).exists(), "off is off");
    configure(&rig.home, &profile("production = true\n"));
    call();
    configure(&rig.home, &profile(""));
    call();
    let lengths: Vec<(String, bool)> = kept(&rig.home)
        .into_iter()
        .map(|record| {
            let Outcome::Answered { body: Some(body), .. } = record.outcome else {
                panic!("{:?}", record.outcome)
            };
            (record.profile, body.bytes.is_empty())
        })
        .collect();
    assert_eq!(lengths, [("here".to_owned(), true), ("here".to_owned(), false)]);
}

#[test]
fn nothing_of_a_demonstration_stays() {
    let home = tempfile::tempdir().unwrap();
    let ran = run(&mut bare(&home, &["call", "--demo", OCTO, "GET", USER]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn a_call_goes_on_without_a_history_and_says_so() {
    let rig = Rig::new(40, &[]);
    fs::create_dir_all(folder(&rig.home).parent().unwrap()).unwrap();
    fs::write(folder(&rig.home), "a file where the folder should be").unwrap();
    let ran = rig.run(&["call", OCTO, "GET", USER]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("octo-acme"));
    assert!(ran.err.contains("not stored in the history") && ran.err.contains("grantdeck"), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn an_interrupted_call_is_kept_as_one_that_may_have_happened() {
    let rig = Rig::new(40, &[]);
    rig.backend.set_faults(["provider-hang".parse::<FaultSpec>().unwrap()]);
    let mut child = rig.command(&["call", OCTO, "POST", ISSUES, "-d", "{}", "--yes"]).spawn().unwrap();
    while rig.backend.journal().iter().all(|entry| entry.target != "/sdk/proxy") {
        std::thread::yield_now();
    }
    let process = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    rustix::process::kill_process(process, rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let kept = kept(&rig.home);
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].outcome, Outcome::Cancelled { may_have_happened: true });

    // Killed without a word: it was begun, and nobody knows how it ended.
    rig.backend.world().clear_journal();
    let mut child = rig.command(&["call", OCTO, "POST", ISSUES, "-d", "{}", "--yes"]).spawn().unwrap();
    while self::kept(&rig.home).len() < 2 {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(self::kept(&rig.home)[1].outcome.ending(), Ending::Unfinished);
}

#[test]
fn two_programs_at_once_lose_nothing() {
    let rig = Rig::new(40, &[]);
    let mut children: Vec<_> = (0..6)
        .map(|_| rig.command(&["call", OCTO, "GET", USER]).stdout(Stdio::null()).spawn().unwrap())
        .collect();
    for child in &mut children {
        assert!(child.wait().unwrap().success());
    }
    let kept = kept(&rig.home);
    assert_eq!(kept.len(), 6);
    assert!(kept.iter().all(|record| record.outcome.ending() == Ending::Answered));
}

#[test]
fn what_was_called_is_kept_not_the_template() {
    let rig = Rig::new(40, &[]);
    let template = "https://api.github.com/repos/{owner}/{repo}/issues";
    let with = ["--param", "owner=acme", "--param", "repo=site", "--yes", "-d", "{}"];
    let ran = rig.run(&[&["call", OCTO, "POST", template][..], &with].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let history = History::open(&folder(&rig.home).join("history.db"), Retention::default()).unwrap();
    let found =
        |text: &str| history.list(&RecordQuery { text: text.to_owned(), ..RecordQuery::default() }).unwrap();
    let all = found("");
    assert_eq!((all.len(), all[0].called.as_str()), (1, ISSUES));
    assert_eq!(all[0].url, template, "it can be sent again with other values");
    assert_eq!((found("acme/site").len(), found("acme/other").len()), (1, 0));
}

#[test]
fn a_call_that_cannot_be_kept_is_said() {
    let rig = Rig::new(40, &[]);
    assert_eq!(rig.run(&["call", OCTO, "GET", USER]).code, 0);
    let other = rusqlite::Connection::open(folder(&rig.home).join("history.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let ran = rig.run(&["call", OCTO, "GET", USER]);
    assert_eq!(ran.code, 0, "the call itself went well: {}", ran.err);
    assert!(ran.err.contains("not stored in the history"), "{}", ran.err);
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(kept(&rig.home).len(), 1);
}

#[test]
fn a_call_by_an_id_alone_is_found_by_the_account_that_an_earlier_one_knew() {
    let rig = Rig::new(40, &[]);
    let listed = rig.run(&["id", OCTO]).out;
    let id = listed.trim();
    let asked = || rig.backend.journal().len();
    for selector in [id, OCTO, id] {
        let before = asked();
        let ran = rig.run(&["call", selector, "GET", USER]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(selector != id || asked() == before + 1, "nobody is asked whose it is");
    }
    let whose: Vec<_> = kept(&rig.home).into_iter().map(|record| (record.provider, record.account)).collect();
    let octo = (Some("github".to_owned()), Some("octo-acme".to_owned()));
    assert_eq!(whose, [(None, None), octo.clone(), octo]);
    let history = History::open(&folder(&rig.home).join("history.db"), Retention::default()).unwrap();
    let query = RecordQuery { text: "octo-acme".to_owned(), ..RecordQuery::default() };
    assert_eq!(history.list(&query).unwrap().len(), 2);
}
