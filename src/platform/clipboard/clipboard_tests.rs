//! Broken clipboards, simulated by shell scripts in place of the helper processes. Real ones are tested in
//! `tests/cli/clipboard.rs`.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;

use super::*;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);
/// For what has to time out.
const SHORT: Duration = Duration::from_millis(300);

/// A desktop whose clipboard owner and verifier are shell scripts.
struct Fake {
    folder: TempDir,
    environment: Environment,
}

impl Fake {
    fn new(owner: &str, verifier: &str, limit: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("program");
        let script = format!(
            "#!/bin/sh\ncd {}\ncase $1 in\n{OWNER})\necho $$ > pid\n{owner}\n;;\n{VERIFIER})\n{verifier}\n;;\nesac\n",
            folder.path().display()
        );
        // Written by another process: if this one had the file open, a concurrent `fork` in another test could make
        // starting it fail (ETXTBSY).
        let mut writer = Command::new("/bin/sh");
        writer.args(["-c", "cat > \"$0\" && chmod +x \"$0\""]).arg(&program).stdin(Stdio::piped());
        let mut writer = writer.spawn().unwrap();
        writer.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        assert!(writer.wait().unwrap().success());
        let display = |name: &str| (name == "DISPLAY").then(|| ":7".into());
        let environment = Environment {
            platform: Platform::Unix,
            limit,
            program: Some(program),
            ..Environment::read(display)
        };
        Self { folder, environment }
    }

    fn copies(&self, choice: CopyChoice) -> CopyOutcome {
        copy_blocking(&text(), &self.environment, choice, &["HOME".to_owned()]).unwrap()
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap().trim_end().to_owned()
    }

    fn owner_lives(&self) -> bool {
        let pid = self.file("pid").parse().ok().and_then(rustix::process::Pid::from_raw).unwrap();
        rustix::process::test_kill_process(pid).is_ok()
    }

    fn end_owner(&self) {
        let pid = self.file("pid").parse().ok().and_then(rustix::process::Pid::from_raw).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    }
}

fn text() -> CopyText {
    CopyText::sensitive("7c1f0a52-0000-4000-8000-000000009e2a", Clean::from("the id"))
}

const GOOD: &str = "cat > text; echo \"$2 $3 $DISPLAY ${HOME-none}\" > seen; echo ok; exec sleep 600";

#[test]
fn a_text_that_another_process_finds_is_copied_and_its_owner_lives_on() {
    let fake = Fake::new(GOOD, "exit 0", PATIENCE);
    let outcome = fake.copies(CopyChoice::Auto);
    let want = Copied {
        route: CopyRoute::Native,
        verified: true,
        clears_after: Some(Duration::from_mins(1)),
        note: None,
    };
    assert_eq!(outcome, CopyOutcome { copied: want, sequence: None });
    assert_eq!(fake.file("text"), *text().text);
    assert_eq!(fake.file("seen"), "secret 60000 :7 none");
    assert!(fake.owner_lives());
    fake.end_owner();
}

#[test]
fn only_sensitive_texts_are_cleared() {
    let fake = Fake::new(GOOD, "exit 0", PATIENCE);
    let plain = CopyText::plain("curl", Clean::from("the command"));
    let outcome = copy_blocking(&plain, &fake.environment, CopyChoice::Native, &[]).unwrap();
    assert_eq!(outcome.copied.clears_after, None);
    assert!(fake.file("seen").starts_with("plain never :7 "), "{}", fake.file("seen"));
    fake.end_owner();
}

#[test]
fn a_clipboard_that_does_not_hold_the_text_is_left_for_the_next_way_and_says_so() {
    let ready = "echo ok; exec sleep 600";
    let cases = [
        ("exec sleep 600", "exit 0", SHORT, "the native clipboard did not answer in time"),
        (ready, "exec sleep 600", SHORT, "the native clipboard did not answer in time"),
        (ready, "exit 3", PATIENCE, "the native clipboard contains something else"),
        (ready, "exit 4", PATIENCE, "the native clipboard cannot be used (it cannot be read back)"),
        ("echo no server", "exit 0", PATIENCE, "the native clipboard cannot be used (no server)"),
        ("exit 101", "exit 0", PATIENCE, "the native clipboard cannot be used (its clipboard owner crashed)"),
        (
            "echo ok; exit 1",
            // The text found was put there by another program.
            "while kill -0 $(cat pid) 2> nowhere && ! grep -q zombie /proc/$(cat pid)/status; do :; done; exit 0",
            PATIENCE,
            "the native clipboard cannot be used (its clipboard owner crashed)",
        ),
    ];
    for (owner, verifier, limit, reason) in cases {
        let fake = Fake::new(owner, verifier, limit);
        let outcome = fake.copies(CopyChoice::Auto);
        assert_eq!(outcome.copied.route, CopyRoute::Osc52, "{owner} / {verifier}");
        assert!(!outcome.copied.verified && outcome.copied.clears_after.is_none());
        assert_eq!(outcome.sequence, sequence(&text().text, false));
        let note = outcome.copied.note.unwrap();
        let stays = "not cleared automatically";
        assert_eq!(note.as_str(), format!("{reason}; {stays}"), "{owner} / {verifier}");
        // The owner was killed: an abandoned clipboard must not get the text later on.
        if fake.folder.path().join("pid").exists() {
            assert!(!fake.owner_lives(), "{owner} / {verifier}");
        }

        let outcome = fake.copies(CopyChoice::Native);
        assert_eq!((outcome.copied.route, outcome.sequence), (CopyRoute::Shown, None));
        assert_eq!(outcome.copied.note.unwrap().as_str(), reason);
    }
}

#[test]
fn a_program_that_cannot_be_started_is_reported() {
    let fake = Fake::new("", "", PATIENCE);
    let environment =
        Environment { program: Some(PathBuf::from("/nonexistent")), ..fake.environment.clone() };
    let outcome = copy_blocking(&text(), &environment, CopyChoice::Native, &[]).unwrap();
    let note = outcome.copied.note.unwrap();
    assert!(note.as_str().starts_with("the native clipboard does not respond ("), "{note}");
}

#[test]
fn a_tmux_that_is_gone_is_passed_over() {
    let tmux = |name: &str| (name == "TMUX").then(|| "/nonexistent/tmux,1,0".into());
    let environment = Environment { platform: Platform::Unix, limit: PATIENCE, ..Environment::read(tmux) };
    let plain = CopyText::plain("hello", Clean::from("a word"));
    let outcome = copy_blocking(&plain, &environment, CopyChoice::Auto, &[]).unwrap();
    assert_eq!(outcome.copied.route, CopyRoute::Osc52);
    assert_eq!(outcome.copied.note.unwrap().as_str(), "tmux cannot be used (tmux did not accept the buffer)");
}

#[tokio::test]
async fn what_is_not_copied_is_shown_or_refused() {
    let environment = Environment { platform: Platform::Unix, ..Environment::read(|_| None) };
    let shown = |note: Option<&str>| CopyOutcome {
        copied: Copied { note: note.map(Clean::from), ..unverified(CopyRoute::Shown) },
        sequence: None,
    };
    assert_eq!(copy(text(), &environment, CopyChoice::Print, &[]).await.unwrap(), shown(None));
    let long = CopyText::plain("x".repeat(56_245), Clean::from("a novel"));
    let outcome = copy(long, &environment, CopyChoice::Auto, &[]).await.unwrap();
    assert_eq!(outcome, shown(Some("the text is too long for OSC 52 (at most 56,244 bytes)")));
    let nothing = CopyText::plain("", Clean::from("nothing"));
    let refused = copy(nothing, &environment, CopyChoice::Auto, &[]).await.unwrap_err();
    assert_eq!(refused.code, Code::ArgumentRefused);
}

#[test]
fn no_report_shows_what_is_sent() {
    let copied = unverified(CopyRoute::Osc52);
    let outcome = CopyOutcome { copied, sequence: sequence("hello", false) };
    assert!(!format!("{outcome:?}").contains("aGVsbG8"), "{outcome:?}");
    assert!(format!("{outcome:?}").contains("Some(16)"), "{outcome:?}");
}
