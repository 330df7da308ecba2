//! Revoking from the screen: grants, and the access of an agent.

use grantdeck::sandbox::Options;
use rustix::process::Signal;

use crate::driver::{Start, Tui};
use crate::rig::Rig;

/// Types what a question asks for, once it is there, and answers it.
fn answer_with(tui: &mut Tui, word: &str) {
    tui.wait_for(&format!("Type {word} "));
    tui.type_text(word);
    tui.wait_for("enter revoke them");
    tui.press("enter");
}

/// Shows what a search finds.
fn search(tui: &mut Tui, words: &str) {
    tui.press("/");
    tui.press("ctrl-u");
    tui.type_text(words);
    tui.press("enter");
    tui.wait_for(&format!("“{words}”"));
    tui.settle();
}

/// Requests to revoke a grant that the backend got.
fn revocations(rig: &Rig) -> usize {
    let is_one = |target: &str| target.starts_with("/sdk/oauth/grants/") && target.ends_with("/revoke");
    rig.backend.journal().iter().filter(|entry| is_one(&entry.target)).count()
}

#[test]
fn marked_grants_end_and_an_agent_loses_another() {
    let home = tempfile::tempdir().unwrap();
    let mut tui = Start::program(&["--demo"]).home(home.path()).size(140, 44).spawn();
    tui.wait_for("of 500");
    tui.settle();
    // The first two of the list.
    tui.press("space");
    tui.press("space");
    tui.wait_for("2 marked");
    tui.press("m");
    tui.press("r");
    tui.wait_for("Revoke 2 marked grants");
    tui.wait_for("nothing is sent yet");
    tui.type_text("left the team");
    tui.press("enter");
    answer_with(&mut tui, "2");
    tui.wait_for("2 revoked");
    tui.wait_for("Access can come back by consent, under a new id.");
    tui.press("esc");
    tui.wait_gone("Access can come back");
    tui.wait_gone("2 marked");
    assert_eq!(tui.screen().matches("⊘ revoked").count(), 3, "two rows, and the detail: {}", tui.screen());

    // A grant that an agent has.
    search(&mut tui, "b967ecb6");
    tui.wait_for("has access");
    tui.press("m");
    tui.press("a");
    tui.wait_for("Agents of slack");
    tui.settle();
    tui.press("enter");
    tui.wait_for_words("The grant stays;");
    tui.answer("y");
    tui.wait_for("lost access; the grant stays.");
    tui.wait_gone("has access");
    tui.wait_for("● ok");
    // Its agent's grant ended before it.
    tui.press("m");
    tui.press("r");
    tui.wait_for("nothing is sent yet");
    tui.wait_for("1 other grant on the same credential");
    assert!(!tui.screen().contains("Below"), "{}", tui.screen());
    tui.press("esc");
    tui.wait_gone("nothing is sent yet");

    // Nobody knows whether siblings survive: they are tested.
    search(&mut tui, "a43db2c6");
    tui.press("m");
    tui.press("r");
    tui.wait_for("4 other grants on the same credential");
    tui.press("enter");
    tui.wait_for("Revoke this grant?");
    tui.answer("y");
    tui.wait_for("1 revoked");
    tui.wait_for("tests 4 siblings");
    tui.press("t");
    tui.wait_for("4 grants on the same credential");
    tui.wait_for("done in ");
    tui.settle();
    tui.press("esc");
    tui.wait_for("4 siblings were tested and do not fail.");
    tui.press("esc");
    tui.wait_for("⊘ revoked");
    tui.settle();
    tui.press("q");
    assert!(tui.exit_status().success());
}

#[test]
fn a_run_is_stopped_between_two_and_the_rest_stays_marked() {
    let options = Options { grants: 200, rate_limit: None, ..Options::default() };
    let rig = Rig::with(&options);
    rig.faults(&["latency=120ms,path=/sdk/oauth/grants/"]);
    let mut tui = rig.start(&[]).size(120, 36).spawn();
    tui.wait_for("of 200");
    tui.settle();
    tui.press("*");
    tui.wait_for("200 marked");
    tui.press("m");
    tui.press("r");
    tui.wait_for("nothing is sent yet");
    let targets = tui.look(|screen| screen.contents().matches(" grants · ").count());
    assert_eq!(targets, 1, "{}", tui.screen());
    tui.press("enter");
    tui.wait_for("to revoke them.");
    let screen = tui.screen();
    let number = screen.split("Type ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap().to_owned();
    answer_with(&mut tui, &number);
    // Outcomes come one by one, and leaving asks.
    tui.wait_for("✓ revoked");
    tui.press("q");
    tui.wait_for("Grants are being revoked");
    tui.press("esc");
    tui.wait_gone("Grants are being revoked");
    tui.press("esc");
    tui.wait_for("stopped");
    tui.wait_for("not tried");
    tui.settle();
    let sent = revocations(&rig);
    assert!((1..150).contains(&sent), "{sent}");
    let words = tui.words();
    assert!(words.contains(&format!("{sent} revoked")), "{sent}: {words}");
    tui.press("esc");
    tui.wait_for(" marked");
    tui.press("q");
    assert!(tui.exit_status().success());
}

/// What was sent when the program is told to end is decided before it does, and kept.
#[test]
fn a_signal_during_a_revocation_waits_for_what_was_sent() {
    let rig = Rig::new(40, &["latency=400ms,path=/sdk/oauth/grants/"]);
    let mut tui = rig.start(&[]).spawn();
    tui.wait_for("of 40");
    tui.settle();
    tui.press("m");
    tui.press("r");
    tui.wait_for("nothing is sent yet");
    tui.press("enter");
    tui.wait_for("Revoke this grant?");
    tui.answer("y");
    tui.wait_for("The request is under way.");
    tui.signal(Signal::TERM);
    tui.exit_status();
    assert_eq!(revocations(&rig), 1);
    let kept = std::process::Command::new(env!("CARGO_BIN_EXE_grantdeck"))
        .args(["history", "--output", "jsonl"])
        .env("HOME", rig.home.path())
        .env("ALTER_API_KEY", rig.key())
        .env("ALTER_BASE_URL", rig.backend.base_url())
        .output()
        .unwrap();
    let kept = String::from_utf8_lossy(&kept.stdout).into_owned();
    assert!(kept.contains("\"revoke\"") && kept.contains("\"done\""), "{kept}");
}
