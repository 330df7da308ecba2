//! From a grant to an answer, and everything that is done with it, in the demonstration.

use std::os::unix::fs::PermissionsExt;

use crate::driver::{Start, Tui};

fn demo(home: &std::path::Path) -> Start {
    Start::program(&["--demo"]).home(home)
}

/// The demonstration with the answer of a provider on the screen.
fn answered(home: &std::path::Path) -> Tui {
    let mut tui = demo(home).size(140, 40).spawn();
    tui.wait_for("octo-acme");
    tui.press("/");
    tui.type_text("octo-acme");
    tui.press("enter");
    tui.settle();
    tui.press("c");
    tui.wait_for("Send");
    tui.press("s");
    tui.wait_for("provider 200");
    tui.settle();
    tui
}

#[test]
fn an_answer_is_searched_filtered_and_saved() {
    let home = tempfile::tempdir().unwrap();
    let mut tui = answered(home.path());
    tui.press("/");
    tui.type_text("login");
    tui.wait_for("1 of ");
    tui.press("enter");
    tui.press("esc");
    tui.settle();
    tui.press("|");
    tui.type_text("{login, n: (1 + 1)}");
    tui.wait_for("1 result");
    tui.wait_for("\"n\": 2");
    tui.type_text(" | nope");
    tui.wait_for("jq: ");
    for _ in 0..7 {
        tui.press("backspace");
    }
    tui.wait_for("1 result");
    tui.press("enter");
    tui.press("S");
    tui.wait_for("Save to a file");
    let path = home.path().join("answer.json");
    tui.press("ctrl-u");
    tui.type_text("~/no/answer.json");
    tui.press("enter");
    tui.wait_for("The folder does not exist");
    tui.press("ctrl-u");
    tui.type_text("~/answer.json");
    tui.press("enter");
    tui.wait_for("Saved ");
    let saved: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(saved["n"], 2, "{saved}");
    assert!(saved["login"].is_string(), "{saved}");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);

    // The same file again, after a yes; then the whole body, in its place.
    tui.press("esc");
    tui.settle();
    tui.wait_gone("| {login");
    tui.press("S");
    tui.press("ctrl-u");
    tui.type_text("~/answer.json");
    tui.press("enter");
    tui.wait_for("Replace the file?");
    tui.answer("y");
    tui.wait_gone("Replace the file?");
    tui.wait_for("Saved ");
    let saved: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert!(saved["n"].is_null() && saved["login"].is_string(), "{saved}");
    tui.press("q");
    assert!(tui.exit_status().success());
}

#[test]
fn without_a_clipboard_the_text_is_selected_from_a_bare_screen() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config.toml");
    std::fs::write(&config, "clipboard = \"print\"\n").unwrap();
    let mut tui = demo(home.path()).env("GRANTDECK_CONFIG", config.to_str().unwrap()).size(140, 40).spawn();
    tui.wait_for("octo-acme");
    tui.press("c");
    tui.press("s");
    tui.wait_for("provider 200");
    tui.settle();
    let takes_mouse =
        |tui: &Tui| tui.look(vt100::Screen::mouse_protocol_mode) != vt100::MouseProtocolMode::None;
    assert!(takes_mouse(&tui));
    tui.press("H");
    tui.wait_for("No clipboard");
    tui.settle();
    assert!(!takes_mouse(&tui) && !tui.screen().contains('│'), "{}", tui.screen());
    assert!(tui.screen().starts_with("content-type: "), "{}", tui.screen());
    tui.press("esc");
    tui.wait_for("Response");
    assert!(takes_mouse(&tui));
}
