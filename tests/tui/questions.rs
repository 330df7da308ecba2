//! Questions, with keys as a terminal sends them: several in one write.

use crate::driver::Tui;
use crate::rig::Rig;

/// A call that would delete something, put together and not sent.
fn deleting(rig: &Rig) -> Tui {
    let mut tui = rig.open();
    tui.wait_for("of 20");
    tui.press("/");
    tui.type_text("octo-acme");
    tui.press("enter");
    tui.settle();
    tui.press("c");
    tui.wait_for("Request");
    tui.paste("curl -X DELETE https://api.github.com/repos/octo-acme/site");
    tui.settle();
    tui
}

fn calls(rig: &Rig) -> usize {
    rig.backend.journal().iter().filter(|entry| entry.target.starts_with("/sdk/proxy")).count()
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
    tui.press("s");
    tui.answer("y");
    tui.wait_for_words("Alter 200");
    assert_eq!(calls(&rig), 1);
}
