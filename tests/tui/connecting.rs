//! Connecting, reconnecting and signing in, from a key to a grant that works.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use grantdeck::sandbox::{Options, SessionEnd};

use crate::driver::{Start, Tui};
use crate::rig::Rig;

/// A browser whose user accepts at once whatever page is opened.
fn browser(folder: &Path) -> PathBuf {
    let path = folder.join("browser");
    let script = r#"#!/bin/bash
url=${1%%#*}; rest=${url#http://}; host=${rest%%/*}
exec 3<>"/dev/tcp/${host%:*}/${host#*:}"
printf 'POST /%s/accept HTTP/1.1\r\nHost: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n' "${rest#*/}" "$host" >&3
cat <&3 >/dev/null
"#;
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// Sessions are accepted by themselves.
fn accepting(grants: u32) -> Rig {
    Rig::with(&Options { grants, sessions: SessionEnd::Accept, ..Options::default() })
}

fn find(tui: &mut Tui, text: &str) {
    tui.press("/");
    tui.type_text(text);
    tui.press("enter");
    tui.wait_for(&format!("“{text}”"));
    tui.settle();
}

#[test]
fn a_broken_grant_works_again_after_four_keys_and_a_click() {
    let home = tempfile::tempdir().unwrap();
    let browser = browser(home.path()).display().to_string();
    let start = Start::program(&["--demo"]).home(home.path()).size(140, 40).env("BROWSER", &browser);
    let mut tui = start.env("DISPLAY", ":7").spawn();
    tui.wait_for("of 500");
    tui.settle();
    find(&mut tui, "salesforce ops@northwind.example");
    tui.wait_for("✗ reconnect");
    tui.press("R");
    tui.wait_for("Reconnect?");
    tui.wait_for("your application, not a person");
    tui.answer("y");
    tui.wait_for("Waiting; the link expires in");
    tui.press("o");
    tui.wait_for("(id kept, ok)");
    tui.press("t");
    tui.wait_for_words("Test ✓ works");
    tui.press("esc");
    tui.wait_for("● ok");
    tui.settle();
    tui.press("q");
    assert!(tui.exit_status().success());
}

#[test]
fn a_new_account_is_connected_and_shown_in_the_history() {
    let rig = accepting(20);
    let mut tui = rig.start(&[]).size(140, 40).spawn();
    tui.wait_for("of 20");
    tui.settle();
    tui.press("m");
    tui.press("n");
    tui.wait_for("Connect which provider?");
    tui.type_text("github");
    tui.press("enter");
    tui.wait_for("Scopes of github");
    tui.press("enter");
    tui.wait_for("New connection to github");
    tui.answer("y");
    tui.wait_for("(new id, ok)");
    tui.press("esc");
    tui.wait_for("of 21");
    tui.settle();
    tui.press("ctrl-r");
    tui.wait_for("connect");
    tui.settle();
    let screen = tui.screen();
    assert!(screen.contains("github") && !screen.contains("sess_"), "{screen}");
    assert_eq!(
        rig.backend.journal().iter().filter(|entry| entry.target == "/sdk/oauth/connect/session").count(),
        1
    );
}

#[test]
fn somebody_signs_in_sees_own_grants_and_signs_out() {
    let rig = accepting(200);
    let mut tui = rig.start(&[]).size(120, 36).spawn();
    tui.wait_for("of 200");
    tui.settle();
    tui.press("U");
    tui.wait_for("Signed in as ");
    tui.wait_for("  as ");
    tui.wait_until("the list is narrowed", |screen| {
        let screen = screen.contents();
        screen.contains("Grants") && !screen.contains("of 200")
    });
    tui.settle();
    tui.press("U");
    tui.wait_for("of 200");
    tui.settle();
    assert!(!tui.screen().contains("  as "), "{}", tui.screen());
}

#[test]
fn a_terminal_that_is_closed_while_a_link_waits_leaves_nothing_of_it_behind() {
    let rig = Rig::new(20, &[]);
    let mut tui = rig.start(&[]).size(140, 40).spawn();
    tui.wait_for("of 20");
    tui.settle();
    tui.press("m");
    tui.press("n");
    tui.wait_for("Connect which provider?");
    tui.type_text("github");
    tui.press("enter");
    tui.wait_for("Scopes of github");
    tui.press("enter");
    tui.wait_for("New connection to github");
    tui.answer("y");
    tui.wait_for("#session=");
    tui.hang_up();
    tui.exit_status();
    let mut folders = vec![rig.home.path().to_owned()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else if entry.file_type().unwrap().is_file() {
                files += 1;
                let bytes = std::fs::read(entry.path()).unwrap();
                assert!(memchr::memmem::find(&bytes, b"sess_").is_none(), "{}", entry.path().display());
            }
        }
    }
    assert!(files > 0, "the history was to be looked through");
}
