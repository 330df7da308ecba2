//! Copying to real clipboards, and what other programs find there.

use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use grantdeck::domain::{Clean, Copied, CopyChoice, CopyRoute, CopyText};
use grantdeck::platform::clipboard::{Environment, copy_blocking};
use rustix::process::{Pid, Signal, kill_process_group};

use super::desktop::{Desktop, Tmux, until};

const ID: &str = "7c1f0a52-1111-4222-8333-444455559e2a";
/// How a clipboard is told that a text is not for its history.
const HINT: &str = "x-kde-passwordManagerHint";

fn id() -> CopyText {
    CopyText::sensitive(ID, Clean::from("the id"))
}

fn copy(text: &CopyText, environment: &Environment) -> Copied {
    let outcome = copy_blocking(text, environment, CopyChoice::Auto, &[]).unwrap();
    assert_eq!(outcome.sequence.is_some(), outcome.copied.route == CopyRoute::Osc52);
    outcome.copied
}

#[test]
fn a_copy_is_found_by_other_programs_whatever_it_says() {
    let desktop = Desktop::start();
    let texts = [ID.to_owned(), "# Müller & 田中\r\nA='x'\n\n".to_owned(), "0123456789abcdef".repeat(12_500)];
    for text in texts {
        let text = CopyText::plain(text, Clean::from("a text"));
        let copied = copy(&text, &desktop.environment());
        let want = Copied { route: CopyRoute::Native, verified: true, clears_after: None, note: None };
        assert_eq!(copied, want);
        assert_eq!(desktop.holds(None).as_ref(), Some(&*text.text));
        assert_eq!(desktop.holds(Some(HINT)), None);
    }
}

#[test]
fn a_sensitive_copy_is_no_history_and_is_cleared_in_time() {
    let desktop = Desktop::start();
    let copied = copy(&id(), &desktop.environment());
    assert_eq!(copied.clears_after, Some(Duration::from_mins(1)));
    assert_eq!(desktop.holds(Some(HINT)).as_deref(), Some("secret"));
    assert_eq!(desktop.holds(None).as_deref(), Some(ID));

    let native = |clears_after| Copied { route: CopyRoute::Native, verified: true, clears_after, note: None };
    let copied = copy(&id(), &desktop.environment().clearing_after(3));
    assert_eq!(copied, native(Some(Duration::from_secs(3))));
    until("the text is cleared", || desktop.holds(None).is_none());

    let copied = copy(&id(), &desktop.environment().clearing_after(0));
    assert_eq!(copied, native(None));
}

#[test]
fn what_another_program_copied_is_not_cleared() {
    let desktop = Desktop::start();
    let mut owner = desktop.owner(ID, "secret", "1500");
    desktop.other_copies("another text");
    assert!(owner.wait().unwrap().success());
    assert_eq!(desktop.holds(None).as_deref(), Some("another text"));
    // One that still holds its text clears it and ends.
    let mut owner = desktop.owner(ID, "secret", "300");
    assert!(owner.wait().unwrap().success());
    assert_eq!(desktop.holds(None), None);
}

#[test]
fn an_owner_survives_the_end_of_its_starter_and_of_the_terminal() {
    let desktop = Desktop::start();
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text");
    std::fs::write(&text, ID).unwrap();
    let mut shell = Command::new("/bin/sh");
    shell.args([
        "-c",
        "\"$0\" __clipboard-owner plain never < \"$1\" > \"$2\" & until grep -qs ok \"$2\"; do :; done",
    ]);
    shell.arg(env!("CARGO_BIN_EXE_grantdeck")).arg(&text).arg(folder.path().join("said"));
    shell
        .env("DISPLAY", &desktop.name)
        .env_remove("WAYLAND_DISPLAY")
        .process_group(0)
        .stderr(Stdio::null())
        .stdout(Stdio::null());
    let mut shell = shell.spawn().unwrap();
    let group = Pid::from_child(&shell);
    assert!(shell.wait().unwrap().success());
    for signal in [Signal::INT, Signal::HUP] {
        // Nobody may be left in it, which is the point.
        let _ = kill_process_group(group, signal);
    }
    until("the text is in the clipboard", || desktop.holds(None).as_deref() == Some(ID));
    // And it ends when something else is copied.
    desktop.other_copies("another text");
}

#[test]
fn an_owner_ends_with_its_desktop() {
    let mut desktop = Desktop::start();
    let mut owner = desktop.owner(ID, "plain", "never");
    desktop.end();
    until("the owner has ended", || owner.try_wait().unwrap().is_some());
}

#[test]
fn a_desktop_that_is_gone_is_passed_over_with_its_reason() {
    let mut desktop = Desktop::start();
    desktop.end();
    let copied = copy(&id(), &desktop.environment());
    assert_eq!((copied.route, copied.verified), (CopyRoute::Osc52, false));
    let note = copied.note.unwrap();
    assert!(
        note.as_str().starts_with("the native clipboard cannot be used (") && !note.as_str().contains(ID)
    );
}

#[test]
fn a_verifier_distinguishes_another_text_from_none_and_from_no_desktop() {
    let mut desktop = Desktop::start();
    let reads = |desktop: &Desktop| {
        let mut verifier = Command::new(env!("CARGO_BIN_EXE_grantdeck"));
        verifier.args(["__clipboard-verifier", "0"]).env("DISPLAY", &desktop.name);
        verifier.env_remove("WAYLAND_DISPLAY").stdin(Stdio::null());
        verifier.status().unwrap().code()
    };
    assert_eq!(reads(&desktop), Some(3));
    desktop.other_copies("another text");
    assert_eq!(reads(&desktop), Some(3));
    desktop.end();
    assert_eq!(reads(&desktop), Some(4));
}

#[test]
fn tmux_holds_what_was_copied_and_deletes_it_in_time() {
    let tmux = Tmux::start();
    let long = CopyText::plain("0123456789abcdef\n".repeat(12_500), Clean::from("a text"));
    let copied = copy(&long, &tmux.environment());
    let want = Copied { route: CopyRoute::Tmux, verified: true, clears_after: None, note: None };
    assert_eq!(copied, want);
    assert_eq!(tmux.ask(&["show-buffer"]).as_ref(), Some(&*long.text));

    let copied = copy(&id(), &tmux.environment().clearing_after(1));
    assert_eq!((copied.verified, copied.clears_after), (true, Some(Duration::from_secs(1))));
    assert!(copied.note.unwrap().as_str().contains("passed to its terminal"));
    // Others copy on top of it.
    tmux.ask(&["set-buffer", "another text"]).unwrap();
    let all = || tmux.ask(&["list-buffers", "-F", "#{buffer_sample}"]).unwrap();
    until("the buffer is deleted", || !all().contains("7c1f0a52"));
    assert_eq!(tmux.ask(&["show-buffer"]).as_deref(), Some("another text"));
    assert_eq!(all().lines().count(), 2);
}

#[test]
fn a_buffer_of_tmux_with_another_text_is_not_deleted() {
    let tmux = Tmux::start();
    tmux.ask(&["set-buffer", "-b", "mine", "another text"]).unwrap();
    let mut cleaner = Command::new(env!("CARGO_BIN_EXE_grantdeck"));
    cleaner.args(["__clipboard-tmux", "mine", "1"]).stdin(Stdio::null()).stdout(Stdio::null());
    cleaner.env("TMUX", tmux.environment().tmux.unwrap());
    assert!(cleaner.status().unwrap().success());
    assert_eq!(tmux.ask(&["show-buffer", "-b", "mine"]).as_deref(), Some("another text"));
}
