//! Questions, with keys as a terminal sends them: several in one write.

use std::fs;

use crate::driver::{Start, Tui};
use crate::rig::Rig;

/// A call that would delete something, put together and not sent.
fn deleting(rig: &Rig) -> Tui {
    rig.composed("curl -X DELETE https://api.github.com/repos/octo-acme/site")
}

fn calls(rig: &Rig) -> usize {
    rig.backend.journal().iter().filter(|entry| entry.target.starts_with("/sdk/proxy")).count()
}

fn sends_once_after_a_yes(rig: &Rig, tui: &mut Tui) {
    tui.press("s");
    tui.answer("y");
    tui.wait_for_words("Alter 200");
    assert_eq!(calls(rig), 1);
}

#[test]
fn keys_that_come_in_one_write_send_nothing() {
    let rig = Rig::new(20, &[]);
    let mut tui = deleting(&rig);
    for burst in [&b"\r\r"[..], b"\r\r\r\r\r\r\r\r", b"sy", b"syy\r", b"\ry\r"] {
        tui.send(burst, burst.len() as u64);
        tui.wait_for("Send a call that may change data?");
        tui.settle();
        assert_eq!(calls(&rig), 0, "{burst:?}: {}", tui.screen());
        tui.press("esc");
        tui.wait_gone("Send a call");
    }
    sends_once_after_a_yes(&rig, &mut tui);
}

#[test]
fn what_comes_in_a_burst_answers_no_question() {
    let rig = Rig::new(20, &[]);
    let mut tui = deleting(&rig);
    for (burst, events) in [
        (&b"yes\n"[..], 4),
        (b"yyyyyyyyyyyyyyyy", 16),
        (b"yellow cake", 11),
        (b"\x1b[200~hello \x1b[201~y\x1b[201~", 2),
        (b"\x1b[121;1:2u", 1),
    ] {
        tui.press("s");
        tui.wait_for_open("y");
        tui.send(burst, events);
        tui.settle();
        let shown = burst.escape_ascii();
        assert!(tui.screen().contains("Send a call that may change data?"), "{shown}: {}", tui.screen());
        assert_eq!(calls(&rig), 0, "{shown}");
        tui.press("esc");
        tui.wait_gone("Send a call");
    }
    sends_once_after_a_yes(&rig, &mut tui);
}

#[test]
fn a_yes_typed_before_the_question_writes_nothing() {
    let rig = Rig::new(20, &[]);
    let script = "echo waiting; until [ -e \"$HOME/go\" ]; do sleep 0.02; done; \
                  cd \"$HOME\"; exec \"$0\" id github:octo-acme --write .env";
    let mut tui = Start::shell(script)
        .home(rig.home.path())
        .env("ALTER_API_KEY", &rig.key())
        .env("ALTER_BASE_URL", rig.backend.base_url())
        .spawn();
    tui.wait_for("waiting");
    tui.send(b"yes\n", 0);
    // The terminal has it once it is echoed.
    tui.wait_for("yes");
    fs::write(rig.home.path().join("go"), "").unwrap();
    tui.wait_for("[y/N]");
    tui.send(b"n\n", 0);
    tui.wait_for_words("nothing was written");
    assert!(!rig.home.path().join(".env").exists(), "{}", tui.screen());
}
