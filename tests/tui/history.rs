//! The history of calls in the whole program: look again, send again, compare; two instances share one.

use tempfile::TempDir;

use crate::driver::{Start, Tui};
use crate::rig::Rig;

/// The rows of the table of calls that are on the screen.
fn calls(tui: &Tui) -> usize {
    let is_call = |line: &&str| line.contains(" GET ") && line.contains('●');
    tui.screen().lines().filter(is_call).count()
}

/// Makes the first preset's call with the grant under the cursor, and goes back to the list.
fn make_a_call(tui: &mut Tui) {
    tui.press("c");
    tui.wait_for("▶ Send");
    tui.press("s");
    tui.wait_for("provider 200");
    tui.press("esc");
    tui.wait_for("ACCOUNT");
}

#[test]
fn a_newcomer_looks_at_a_call_again_sends_it_again_and_compares_both() {
    let home = TempDir::new().unwrap();
    let mut tui = Start::program(&["--demo"]).home(home.path()).spawn();
    tui.wait_for("of 500");
    tui.press("ctrl-r");
    tui.wait_for("No calls or writes yet.");
    tui.press("esc");
    make_a_call(&mut tui);
    tui.press("ctrl-r");
    tui.wait_for("1–1 of 1");
    tui.press("enter");
    tui.wait_for("from the history, just now");
    tui.wait_for("provider 200");
    tui.press("s");
    tui.wait_gone("from the history, just now");
    tui.wait_for("provider 200");
    tui.settle();
    tui.press("(");
    tui.wait_for("from the history, just now");
    tui.press("esc");
    tui.wait_gone("from the history, just now");
    tui.press("esc");
    tui.wait_for("1–2 of 2");
    assert_eq!(calls(&tui), 2, "{}", tui.screen());
    tui.press("d");
    tui.press("j");
    tui.press("d");
    tui.wait_for("Two calls compared");
    tui.wait_for("Body");
    let words = tui.words();
    assert!(words.contains("Request equal") && words.contains("Body equal"), "{words}");
    tui.press("esc");
    tui.press("/");
    tui.type_text("nothing like it");
    tui.wait_for("No calls or writes match.");
    tui.press("esc");
    tui.wait_for("1–2 of 2");
    tui.press("X");
    tui.type_text("forget");
    tui.wait_for("enter delete all");
    tui.press("enter");
    tui.wait_for("No calls or writes yet.");
    tui.press("q");
    assert_eq!(tui.exit_status().exit_code(), 0);
    assert!(!home.path().join(".local").exists(), "something of a demonstration stayed");
}

#[test]
fn a_call_in_retrieve_mode_stays_in_the_demonstration() {
    // A proxy that nobody serves: whatever leaves this machine fails.
    let mut tui = Start::program(&["--demo"])
        .env("HTTPS_PROXY", "http://127.0.0.1:9")
        .env("HTTP_PROXY", "http://127.0.0.1:9")
        .spawn();
    tui.wait_for("of 500");
    tui.press("c");
    tui.wait_for("▶ Send");
    tui.press("m");
    tui.wait_for("retrieve");
    tui.press("s");
    tui.wait_for("provider 200");
    tui.press("q");
    assert_eq!(tui.exit_status().exit_code(), 0);
}

#[test]
fn two_instances_keep_the_calls_of_both() {
    let rig = Rig::new(6, &[]);
    let mut first = rig.open();
    let mut second = rig.open();
    for tui in [&mut first, &mut second] {
        tui.wait_for("of 6");
        tui.wait_for_words("you see the grants of every user");
        tui.press("esc");
        make_a_call(tui);
    }
    // Nobody waits for the disk: each instance is sure of its own calls only, once it has read them.
    first.press("ctrl-r");
    first.wait_for("1–");
    second.press("ctrl-r");
    second.wait_for("1–2 of 2");
    first.press("r");
    first.wait_for("1–2 of 2");
    first.press("x");
    first.wait_for("Delete this call?");
    first.answer("y");
    first.wait_for("1–1 of 1");
    second.press("r");
    second.wait_for("1–1 of 1");
    for mut tui in [first, second] {
        tui.press("q");
        assert_eq!(tui.exit_status().exit_code(), 0);
    }
    let mut third = rig.open();
    third.wait_for("of 6");
    third.press("ctrl-r");
    third.wait_for("1–1 of 1");
    third.press("q");
    third.exit_status();
}

#[test]
fn a_history_that_cannot_be_read_is_explained_and_left_as_it_is() {
    let rig = Rig::new(6, &[]);
    let folder = rig.home.path().join(".local/state/grantdeck");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("history.db");
    std::fs::write(&file, "no history of anything, and long enough to be looked at".repeat(40)).unwrap();
    let before = std::fs::read(&file).unwrap();
    let mut tui = rig.open();
    tui.wait_for("of 6");
    tui.wait_for_words("you see the grants of every user");
    tui.press("esc");
    tui.press("ctrl-r");
    tui.wait_for("Calls are not stored in the history.");
    tui.wait_for_words("is damaged or not a grantdeck history; left unchanged");
    tui.press("esc");
    tui.wait_for("ACCOUNT");
    tui.press("q");
    tui.exit_status();
    assert!(std::fs::read(&file).unwrap() == before);
}

#[test]
fn a_grant_that_was_revoked_in_the_shell_is_in_the_history_of_the_screen() {
    let rig = Rig::new(20, &[]);
    let revoke = ["revoke", "github:octo-acme", "--reason", "left the team", "--yes"];
    let mut shell = rig.start(&revoke).spawn();
    assert_eq!(shell.exit_status().exit_code(), 0, "{}", shell.screen());
    let mut tui = rig.open();
    tui.wait_for("of 20");
    tui.wait_for_words("you see the grants of every user");
    tui.press("esc");
    tui.press("ctrl-r");
    tui.wait_for("1–1 of 1");
    tui.wait_for("reason: left the team");
    tui.press("s");
    tui.wait_for("Only calls can be sent again.");
    tui.press("enter");
    tui.wait_for("It was carried out.");
    assert!(tui.screen().contains("octo-acme"), "{}", tui.screen());
    tui.press("esc");
    tui.wait_gone("It was carried out.");
    tui.press("/");
    tui.type_text("TEAM revoke");
    tui.settle();
    tui.wait_for("1–1 of 1");
    tui.type_text(" nothing like it");
    tui.wait_for("No calls or writes match.");
    tui.press("esc");
    tui.wait_for("1–1 of 1");
    tui.press("q");
    assert_eq!(tui.exit_status().exit_code(), 0);
}
