//! What was chosen is there again at the next start, for each profile on its own.

use std::fs;
use std::path::{Path, PathBuf};

use crate::driver::{Start, Tui};
use crate::rig::Rig;

/// Two profiles of one backend, and a home of their own.
struct Two {
    rig: Rig,
    home: tempfile::TempDir,
}

impl Two {
    fn new(settings: &str) -> Self {
        let two = Self { rig: Rig::new(5, &[]), home: tempfile::tempdir().unwrap() };
        two.configure(settings);
        two
    }

    fn configure(&self, settings: &str) {
        let folder = self.home.path().join("grantdeck");
        fs::create_dir_all(&folder).unwrap();
        let url = self.rig.backend.base_url();
        let profile = |name: &str| format!("[profiles.{name}]\nkey_env = \"SHOP\"\nbase_url = \"{url}\"\n");
        let text = format!("{settings}\n{}{}", profile("shop"), profile("lab"));
        fs::write(folder.join("config.toml"), text).unwrap();
    }

    fn start(&self, arguments: &[&str]) -> Start {
        let home = self.home.path().display().to_string();
        let start = Start::program(arguments).home(self.home.path()).env("SHOP", &self.rig.key());
        start.env("XDG_CONFIG_HOME", &home).env("XDG_STATE_HOME", &home)
    }

    fn open(&self, arguments: &[&str]) -> Tui {
        let mut tui = self.start(arguments).spawn();
        tui.wait_for("of 5");
        tui.wait_for_words("you see the grants of every user");
        tui.press("esc");
        tui.settle();
        tui
    }

    fn file(&self, name: &str) -> PathBuf {
        self.home.path().join("grantdeck/remembered").join(name)
    }
}

fn leave(mut tui: Tui) {
    tui.press("q");
    assert_eq!(tui.exit_status().exit_code(), 0);
}

/// The sign at the head of the column that the list is sorted by.
fn sorted_by(tui: &Tui, column: &str) -> bool {
    tui.screen().contains(&format!("{column}▲"))
}

#[test]
fn the_order_and_the_format_are_there_again_after_a_restart_of_that_profile_alone() {
    let two = Two::new("");
    let mut tui = two.open(&["--profile", "shop"]);
    assert!(!sorted_by(&tui, "ACCOUNT"));
    tui.press("s");
    tui.wait_for("Sort by");
    tui.type_text("account");
    tui.press("enter");
    tui.wait_for("ACCOUNT▲");
    tui.press("Y");
    tui.wait_for("GRANT_ID=");
    tui.press("j");
    tui.wait_for("export ");
    tui.press("enter");
    tui.wait_gone("export ");
    leave(tui);

    let mut tui = two.open(&["--profile", "shop"]);
    assert!(sorted_by(&tui, "ACCOUNT"), "{}", tui.screen());
    tui.press("Y");
    tui.wait_for("export ");
    tui.press("esc");
    leave(tui);

    let tui = two.open(&["--profile", "lab"]);
    assert!(!sorted_by(&tui, "ACCOUNT"), "another profile: {}", tui.screen());
    leave(tui);

    // What is written into the configuration now is newer than the choice.
    two.configure("sort = \"provider\"");
    let tui = two.open(&["--profile", "shop"]);
    assert!(sorted_by(&tui, "PROVIDER"), "{}", tui.screen());
    leave(tui);
}

#[test]
fn the_last_profile_is_opened_where_nothing_else_is_named() {
    let two = Two::new("");
    let named = |tui: &Tui, name: &str| {
        assert!(tui.screen().lines().next().unwrap_or_default().contains(name), "{}", tui.screen());
    };
    let tui = two.open(&["--profile", "lab"]);
    leave(tui);
    let tui = two.open(&[]);
    named(&tui, "lab");
    leave(tui);
    let tui = two.open(&["--profile", "shop"]);
    leave(tui);
    two.configure("profile = \"lab\"");
    let tui = two.open(&[]);
    named(&tui, "lab");
    leave(tui);
    // A demonstration neither asks nor leaves a trace.
    let before = fs::read(two.file("last.json")).unwrap();
    let mut tui = two.start(&["--demo"]).spawn();
    tui.wait_for("octo-acme");
    tui.press("W");
    tui.wait_for("HEALTH▲");
    leave(tui);
    assert_eq!(fs::read(two.file("last.json")).unwrap(), before);
    let files = fs::read_dir(two.file("")).unwrap().count();
    // An order of words, not of the demonstration: nothing but the profiles' own files.
    assert!(files <= 4, "{files} files");
}

#[test]
fn what_cannot_be_used_is_reported_and_stops_nothing() {
    let two = Two::new("");
    let file = two.file("profile-shop.json");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "{\"version\": 1, \"sort\":").unwrap();
    let mut tui = two.start(&["--profile", "shop"]).spawn();
    tui.wait_for("of 5");
    tui.wait_for_words("Your choices are not saved.");
    tui.press("W");
    tui.wait_for("HEALTH▲");
    leave(tui);
    let aside: &Path = &file.with_extension("json.damaged");
    assert!(aside.exists() && fs::read_to_string(&file).unwrap().contains("health:asc"));
    let tui = two.open(&["--profile", "shop"]);
    assert!(sorted_by(&tui, "HEALTH") && !tui.words().contains("not remembered"), "{}", tui.screen());
    leave(tui);

    // A folder that cannot be: told with the first choice, once.
    fs::remove_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file.parent().unwrap(), "").unwrap();
    let mut tui = two.open(&["--profile", "shop"]);
    tui.press("W");
    tui.wait_for_words("Your choices are not saved.");
    leave(tui);
}

#[test]
fn remember_false_leaves_no_file() {
    let two = Two::new("remember = false");
    let mut tui = two.open(&["--profile", "shop"]);
    tui.press("W");
    tui.wait_for("HEALTH▲");
    leave(tui);
    assert!(!two.file("").exists());
}
