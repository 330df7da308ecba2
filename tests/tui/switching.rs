//! Beginning with nothing, and going on with another session.
//!
//! The driver counts keys of one session: nothing here waits for a count.

use crate::driver::Start;
use crate::rig::Rig;

#[test]
fn who_has_nothing_set_up_is_shown_how_to_begin() {
    let mut tui = Start::program(&[]).spawn();
    tui.wait_for_words("Welcome to grantdeck.");
    let words = tui.words();
    for said in ["try the demo", "type a key", "ALTER_API_KEY", "profiles add"] {
        assert!(words.contains(said), "{said}: {words}");
    }
    tui.press("D");
    tui.wait_for("octo-acme");
    let words = tui.words();
    assert!(words.contains("demo") && !words.contains("Welcome"), "{words}");
    tui.press("q");
    assert_eq!(tui.exit_status().exit_code(), 0);
}

#[test]
fn a_typed_key_is_checked_here_and_never_shown() {
    let mut tui = Start::program(&[]).spawn();
    tui.wait_for_words("Welcome to grantdeck.");
    tui.press("I");
    tui.wait_for("Alter API key (");
    tui.press("enter");
    // Who types nothing is where they were.
    tui.wait_gone("Alter API key (");
    tui.wait_for_words("Welcome to grantdeck.");
    tui.press("I");
    // The first question is still above the second one.
    tui.wait_until("it is asked again", |screen| screen.contents().matches("Alter API key (").count() == 2);
    tui.type_text("alter_rk_never-shown");
    tui.press("enter");
    tui.wait_for_words("This is not a complete Alter API key.");
    assert!(!tui.raw().contains("never-shown"), "what was typed is shown");
    tui.press("q");
}

#[test]
fn profiles_are_chosen_on_the_screen_and_privacy_goes_along() {
    let rig = Rig::new(5, &[]);
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("grantdeck");
    std::fs::create_dir(&folder).unwrap();
    let text = format!(
        "[profiles.shop]\nkey_env = \"SHOP\"\nbase_url = \"{0}\"\nproduction = true\n\n[profiles.torn]\nkey_env = 1\n",
        rig.backend.base_url()
    );
    std::fs::write(folder.join("config.toml"), text).unwrap();
    let start = Start::program(&["--demo"]).env("SHOP", &rig.key());
    let mut tui = start.env("XDG_CONFIG_HOME", &home.path().display().to_string()).spawn();
    tui.wait_for("octo-acme");
    tui.press("z");
    tui.wait_for("private");
    tui.press("@");
    // The profiles are read while the others stand there already.
    tui.wait_for(rig.backend.base_url());
    tui.wait_for("torn");
    let words = tui.words();
    let (_, demo) = words.split_once("embedded sandbox").unwrap();
    assert!(demo.contains("in use") && words.matches("in use").count() == 1, "{words}");
    tui.type_text("shop");
    tui.wait_gone("torn");
    tui.press("enter");
    tui.wait_for("PRODUCTION shop");
    tui.wait_for("of 5");
    let words = tui.words();
    assert!(words.contains("private") && !words.contains("octo-acme"), "{words}");
    assert!(!rig.backend.journal().is_empty(), "the profile's backend was asked");
    tui.press("@");
    tui.wait_for_words("production, in use");
    assert_eq!(tui.words().matches("in use").count(), 1, "{}", tui.words());
    tui.press("ctrl-c");
    tui.wait_gone("in use");
    tui.press("q");
    assert_eq!(tui.exit_status().exit_code(), 0);
}
