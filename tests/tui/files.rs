//! Ids on their way into files: the whole program, real files, no clipboard.

use std::fs;

use serde_json::Value;

use crate::driver::Start;
use crate::rig::Rig;

#[test]
fn a_newcomer_without_a_clipboard_gets_an_id_into_a_real_env_in_three_keys() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join(".env");
    fs::write(&file, "SECRET=hunter2\n").unwrap();
    let demo =
        Start::shell(&format!("cd '{}' && exec \"$0\" --demo", home.path().display())).home(home.path());
    let mut tui =
        demo.env("TERM", "linux").env("TMUX", "").env("DISPLAY", "").env("WAYLAND_DISPLAY", "").spawn();
    tui.wait_for("work@acme.example");
    tui.settle();
    tui.press("Y");
    tui.press("w");
    tui.wait_for("+ GOOGLE_WORK_ACME_GRANT_ID=");
    assert!(!tui.screen().contains("hunter2"), "{}", tui.screen());
    tui.answer("y");
    tui.wait_for("Wrote ");
    let text = fs::read_to_string(&file).unwrap();
    let (before, id) = text.split_once("GOOGLE_WORK_ACME_GRANT_ID=").unwrap();
    assert_eq!(before, "SECRET=hunter2\n# google · work@acme.example\n");
    assert_eq!(id.trim().len(), 36);

    // And the bare id is shown to be selected.
    tui.press("y");
    tui.wait_for("No clipboard");
    assert!(tui.screen().lines().any(|line| line.trim_end() == id.trim()), "{}", tui.screen());
    tui.press("esc");
    tui.wait_gone("No clipboard");
    tui.press("q");
    assert!(tui.exit_status().success());
}

#[test]
fn stale_ids_of_a_project_are_found_and_repaired_on_the_screen() {
    let rig = Rig::new(500, &[]);
    let in_home = Start::shell(&format!("cd '{}' && exec \"$0\"", rig.home.path().display()));
    let in_home = in_home.home(rig.home.path()).env("ALTER_API_KEY", &rig.key());
    let mut tui = in_home.env("ALTER_BASE_URL", rig.backend.base_url()).spawn();
    // An account was connected again: its old id is stale, and one healthy grant takes its place.
    let items = rig.backend.world().items(crate::rig::now());
    let names = ["grant_kind", "provider_id", "account_identifier", "principal_type", "label"];
    let is_over = |item: &Value| item["status"] == "revoked" || item["status"] == "expired";
    let is_well = |item: &Value| item["needs_reconnect"] == false && item["scope_mismatch"] == false;
    let id = |item: &Value| item["grant_id"].as_str().unwrap().to_owned();
    let pairs = items
        .iter()
        .filter(|item| is_over(item) && item["account_identifier"].is_string())
        .filter_map(|old| {
            let relatives = items
                .iter()
                .filter(|item| names.iter().all(|name| item[*name] == old[*name]) && !is_over(item));
            match relatives.collect::<Vec<_>>().as_slice() {
                [new] if is_well(new) && new["parent_grant_id"].is_null() => Some((id(old), id(new))),
                _ => None,
            }
        });
    let (old, new) = pairs.into_iter().next().unwrap();
    let project = rig.home.path().join("project");
    fs::create_dir_all(&project).unwrap();
    fs::write(project.join(".env"), format!("A={old}\n")).unwrap();
    fs::write(project.join("b.py"), format!("GRANT = '{old}'\n")).unwrap();
    tui.wait_for("of 500 ");
    tui.wait_for_words("you see the grants of every user");
    tui.press("esc");
    tui.settle();
    tui.wait_gone("loaded");
    tui.press("i");
    tui.type_text("/project");
    tui.press("enter");
    tui.wait_for("2 stale");
    // What is found so far is shown before the scan is over.
    tui.settle();
    tui.press("R");
    tui.wait_for("Replace 2 ids in 2 files?");
    tui.answer("y");
    tui.wait_for("2 alive");
    assert_eq!(fs::read_to_string(project.join(".env")).unwrap(), format!("A={new}\n"));
    assert_eq!(fs::read_to_string(project.join("b.py")).unwrap(), format!("GRANT = '{new}'\n"));
}
