use proptest::prelude::*;

use super::*;
use crate::domain::{Choice, CopyChoice, Filters, Mode, Preset, ThemeName};
use crate::{KeySource, TokenSource};
use HistoryPolicy::{Everything, Nothing, WithoutBodies};

fn facts(mistake: &Diagnosis) -> Vec<(&str, &str)> {
    mistake
        .facts
        .iter()
        .map(|(label, value)| (*label, value.as_str()))
        .filter(|(l, _)| *l != "file")
        .collect()
}

#[test]
fn a_whole_file_is_read() {
    let text = r#"
theme = "light"
columns = ["account", "id"]
sort = "used:desc"
watch_seconds = 0x100
clipboard = "osc52"
clipboard_clear_seconds = 0
[profiles.acme]
base_url = "https://alter.acme.test"
key_env = "ACME_KEY"
user_token_env = "ACME_TOKEN"
[profiles.plain]
key_env = "PLAIN_KEY"
"#;
    let config = Config::read(text, "config.toml");
    assert_eq!(config.mistakes, []);
    assert_eq!(config.preferences.theme, Some(ThemeName::Light));
    assert_eq!(config.preferences.columns, Some(vec![Column::Account, Column::Id]));
    assert_eq!(config.preferences.sort, Some(Order::By { column: Column::Used, descending: true }));
    assert_eq!(config.watch_seconds, 256);
    assert_eq!((config.preferences.clipboard, config.clipboard_clear_seconds), (Some(CopyChoice::Osc52), 0));
    let plain = Profile { key: KeySource::Variable("PLAIN_KEY".into()), ..Profile::default() };
    assert_eq!(config.profiles["plain"], Ok(plain));
    let acme = config.profiles["acme"].as_ref().unwrap();
    assert_eq!(acme.base_url.as_deref(), Some("https://alter.acme.test"));
    assert_eq!(acme.user_token, Some(TokenSource::Variable("ACME_TOKEN".into())));
}

#[test]
fn what_is_wrong_about_copying_keeps_the_default() {
    for text in [
        "clipboard = \"osc\"",
        "clipboard = true",
        "clipboard_clear_seconds = 86401",
        "clipboard_clear_seconds = -1",
        "clipboard_clear_seconds = \"60\"",
    ] {
        let config = Config::read(text, "config.toml");
        assert_eq!(config.mistakes.len(), 1, "{text}");
        assert_eq!((config.preferences.clipboard, config.clipboard_clear_seconds), (None, 60), "{text}");
    }
}

#[test]
fn an_order_without_a_direction_goes_the_way_the_screen_starts() {
    let cases = [
        ("used", Column::Used, true),
        ("created", Column::Created, true),
        ("scopes", Column::Scopes, true),
        ("used:asc", Column::Used, false),
        ("used:desc", Column::Used, true),
        ("account", Column::Account, false),
        ("account:desc", Column::Account, true),
        ("health", Column::Health, false),
        ("ends", Column::Ends, false),
    ];
    for (text, column, descending) in cases {
        assert_eq!(parse_order(text), Ok(Order::By { column, descending }), "{text}");
    }
}

#[test]
fn each_mistake_names_its_line_and_what_was_meant_and_costs_one_key() {
    let text = r#"theme = "light"
colums = ["id"]
sort = "usd"
columns = ["id", "acount"]
watch_seconds = 5
"#;
    let config = Config::read(text, "/home/me/config.toml");
    let found: Vec<_> = config.mistakes.iter().map(facts).collect();
    assert_eq!(
        found,
        [
            vec![("line", "2"), ("key", "colums"), ("problem", "no such key"), ("did you mean", "columns")],
            vec![
                ("line", "3"),
                ("key", "sort"),
                (
                    "problem",
                    "expected a column name, with `:asc` or `:desc` behind it or nothing, found `usd`"
                ),
                ("did you mean", "used"),
            ],
            vec![
                ("line", "4"),
                ("key", "columns"),
                ("problem", "expected a list of column names, each once, found `acount`"),
                ("did you mean", "account"),
            ],
            vec![
                ("line", "5"),
                ("key", "watch_seconds"),
                ("problem", "expected a whole number of seconds, 60 or more, found an integer"),
            ],
        ]
    );
    assert_eq!(config.preferences.theme, Some(ThemeName::Light));
    assert_eq!((config.preferences.columns, config.preferences.sort, config.watch_seconds), (None, None, 60));
    assert!(config.mistakes.iter().all(|mistake| mistake.facts[0].1.as_str() == "/home/me/config.toml"));
}

#[test]
fn a_profile_with_a_mistake_is_not_used_at_all() {
    let cases = [
        ("base_url = 5\nkey_env = \"K\"", "profiles.p.base_url"),
        ("base_ulr = \"https://x.test\"\nkey_env = \"K\"", "profiles.p.base_ulr"),
        ("base_url = \"\"\nkey_env = \"K\"", "profiles.p.base_url"),
        ("base_url = \"https://x.test\"", "profiles.p.key_env"),
        ("key_env = \"ALTER_API_KEY\"", "profiles.p.key_env"),
        ("key_env = \"K\"\nuser_token_env = \"alter_user_token\"", "profiles.p.user_token_env"),
    ];
    for (body, key) in cases {
        let config = Config::read(&format!("[profiles.p]\n{body}\n"), "c");
        let mistake = config.profiles["p"].as_ref().unwrap_err();
        assert!(facts(mistake).contains(&("key", key)), "{body}: {mistake:?}");
        assert_eq!(config.mistakes, std::slice::from_ref(mistake), "{body}");
    }
    let pasted = Config::read("profiles.p.key_env = 'alter_rk_secret'", "c");
    assert!(!format!("{pasted:?}").contains("secret"), "{pasted:?}");
    assert!(Config::read("profiles = 3", "c").profiles.is_empty());
    assert!(Config::read("profiles.p = 3", "c").profiles["p"].is_err());
}

#[test]
fn a_file_that_is_no_toml_is_named_with_its_line() {
    let config = Config::read("theme = \"dark\"\nsort = \n", "c");
    assert_eq!(config.mistakes.len(), 1);
    assert_eq!(facts(&config.mistakes[0])[0], ("line", "2"));
    assert_eq!(config.unreadable, Some(config.mistakes[0].clone()));
}

#[test]
fn files_may_be_missing_but_a_named_one_may_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    let load = |named| Config::load(Some(&Location { file: file.clone(), named }));
    assert_eq!(load(false), Ok(Config::default()));
    assert_eq!(facts(&load(true).unwrap_err()), [("problem", "does not exist")]);
    std::fs::write(&file, "theme = 'light'").unwrap();
    std::fs::write(folder.path().join("keymap.toml"), "# mine").unwrap();
    let config = load(true).unwrap();
    assert_eq!(config.keymap.unwrap().text, "# mine");
    assert_eq!(config.preferences.theme, Some(ThemeName::Light));
    std::fs::write(&file, [0xff, 0xfe]).unwrap();
    assert!(load(false).unwrap().unreadable.is_some() && load(true).is_err());
    let directory = Location { file: folder.path().to_owned(), named: false };
    assert!(Config::load(Some(&directory)).unwrap().unreadable.is_some());
}

proptest! {
    #[test]
    fn any_text_is_read_or_reported(text in "[a-z.\\[\\]=\"0-9\n ]{0,80}") {
        let config = Config::read(&text, "c");
        prop_assert!(config.watch_seconds >= WATCH_AT_LEAST);
    }
}

#[test]
fn what_is_kept_is_said_for_all_and_for_each_profile() {
    let profiles = "
[profiles.plain]
key_env = 'K'
[profiles.off]
key_env = 'K'
history = false
[profiles.on]
key_env = 'K'
history = true
[profiles.real]
key_env = 'K'
production = true
";
    let cases = [
        ("", [Everything, Everything, Nothing, Everything, WithoutBodies]),
        ("history = true", [Everything, Everything, Nothing, Everything, WithoutBodies]),
        ("history = false", [Nothing, Nothing, Nothing, Everything, Nothing]),
        ("history = 'no'", [Nothing, Nothing, Nothing, Everything, Nothing]),
    ];
    for (text, want) in cases {
        let config = Config::read(&format!("{text}\n{profiles}"), "c");
        assert_eq!(config.mistakes.len(), usize::from(text.ends_with('\'')), "{text}");
        let named = ["plain", "off", "on", "real"].map(|name| Source::Profile(name.to_owned()));
        let have: Vec<HistoryPolicy> =
            [Source::Environment].iter().chain(&named).map(|source| config.keep(source)).collect();
        assert_eq!(have, want, "{text}");
        assert_eq!(config.keep(&Source::Demo), Everything);
    }
    assert_eq!(Config::read("x = ", "c").keep(&Source::Environment), Nothing, "nobody knows what it said");
    let kept = Config::read("history_days = 7\nhistory_megabytes = 2", "c").retention;
    assert_eq!(kept, Retention { days: 7, bytes: 2 << 20 });
    for wrong in [
        "history_days = 0",
        "history_days = -1",
        "history_megabytes = 0",
        "history_megabytes = 9223372036854775807",
    ] {
        let config = Config::read(wrong, "c");
        assert_eq!((config.mistakes.len(), config.retention), (1, Retention::default()), "{wrong}");
    }
    let broken = Config::read("[profiles.p]\nkey_env = 'K'\nproduction = 'yes'", "c");
    assert!(broken.profiles["p"].is_err(), "what was meant to be careful is not used carelessly");
}

#[test]
fn a_key_comes_from_one_place_and_never_from_the_working_directory() {
    let cases = [
        ("key_env = \"A\"\nkey = \"prompt\"", "profiles.p.key"),
        ("key_command = [\"a\"]\nkey_env = \"A\"", "profiles.p.key_env"),
        ("key = \"keychain\"", "profiles.p.key"),
        ("key_command = []", "profiles.p.key_command"),
        ("key_command = \"op read x\"", "profiles.p.key_command"),
        ("key_command = [\"./get-key\"]", "profiles.p.key_command"),
        ("key_command = [\"op\", 1]", "profiles.p.key_command"),
        ("production = true", "profiles.p.key_env"),
        ("key = \"prompt\"\nread_only = \"yes\"", "profiles.p.read_only"),
        (
            "key = \"prompt\"\nuser_token_env = \"A\"\nuser_token_command = [\"a\"]",
            "profiles.p.user_token_command",
        ),
    ];
    for (text, key) in cases {
        let config = Config::read(&format!("[profiles.p]\n{text}\n"), "config.toml");
        assert!(config.profiles["p"].is_err(), "{text}");
        let named: Vec<_> = config.mistakes.iter().map(|mistake| facts(mistake)[1]).collect();
        assert_eq!(named, [("key", key)], "{text}");
    }
    let config = Config::read("[profiles.p]\nkey_command = [\"/usr/bin/op\", \"\"]\nread_only = true", "c");
    let profile = config.profiles["p"].as_ref().unwrap();
    assert_eq!(profile.key, KeySource::Command(vec!["/usr/bin/op".into(), String::new()]));
    assert!(profile.read_only && !profile.production);
}

#[test]
fn a_profile_says_otherwise_for_itself_alone() {
    let text = r#"
theme = "light"
sort = "used"
caller = "everybody"
remember = false
[profiles.shop]
key_env = "K"
theme = "contrast"
keymap = "vim"
filters = { provider = "google", health = "broken" }
columns = ["id"]
call_mode = "retrieve"
caller = "on-call"
clipboard = "print"
remember = true
"#;
    let config = Config::read(text, "c");
    assert_eq!(config.mistakes, []);
    let shop = config.of(&Source::Profile("shop".to_owned()));
    let mut filters = Filters::default();
    filters.set(Choice::Provider, "google");
    filters.set(Choice::Health, "broken");
    assert_eq!((shop.theme, shop.keymap), (Some(ThemeName::Contrast), Some(Preset::Vim)));
    assert_eq!((shop.caller.as_deref(), shop.call_mode), (Some("on-call"), Some(Mode::Retrieve)));
    assert_eq!((shop.clipboard, shop.remember), (Some(CopyChoice::Print), Some(true)));
    let look = shop.look();
    assert_eq!((look.filters, look.columns), (filters, vec![Column::Id]));
    assert_eq!(look.order, Order::By { column: Column::Used, descending: true }, "as for everything");
    for source in [Source::Environment, Source::Demo, Source::Profile("none".to_owned())] {
        assert_eq!(config.of(&source), config.preferences, "{source:?}");
        assert!(!config.remembers(&source), "{source:?}");
    }
    assert_eq!(config.preferences.caller.as_deref(), Some("everybody"));
    assert!(!Config::read("remember = 'no'", "c").remembers(&Source::Environment), "less was wanted");
    assert!(!Config::read("x = ", "c").remembers(&Source::Environment), "nobody knows what it said");
}

#[test]
fn a_mistake_in_what_may_stand_everywhere_is_reported_in_both_places() {
    let long = format!("caller = \"{}\"", "x".repeat(256));
    let cases = [
        ("theme = \"drak\"", "theme", "dark"),
        ("keymap = \"vi\"", "keymap", "vim"),
        ("filters = { helth = \"ok\" }", "filters.helth", "health"),
        ("filters = { health = \"brokn\" }", "filters.health", "broken"),
        ("filters = { provider = \"\" }", "filters.provider", ""),
        ("filters = [\"ok\"]", "filters", ""),
        ("columns = []", "columns", ""),
        ("call_mode = \"proxi\"", "call_mode", "proxy"),
        ("caller = \"é\"", "caller", ""),
        (&long, "caller", ""),
        ("remember = 1", "remember", ""),
        ("themee = \"dark\"", "themee", "theme"),
    ];
    for (line, key, near) in cases {
        for (text, path) in [
            (line.to_owned(), key.to_owned()),
            (format!("[profiles.p]\nkey_env = \"K\"\n{line}"), format!("profiles.p.{key}")),
        ] {
            let config = Config::read(&text, "c");
            assert_eq!(config.mistakes.len(), 1, "{text}");
            let found = facts(&config.mistakes[0]);
            assert!(found.contains(&("key", path.as_str())), "{text}: {found:?}");
            assert_eq!(
                near.is_empty(),
                !found.iter().any(|(label, _)| *label == "did you mean"),
                "{text}: {found:?}"
            );
            assert!(near.is_empty() || found.contains(&("did you mean", near)), "{text}: {found:?}");
            assert!(path == key || config.profiles["p"].is_err(), "{text}");
        }
    }
}

#[test]
fn two_profiles_with_one_name_are_a_mistake_and_neither_is_used() {
    let config = Config::read("[profiles.p]\nkey_env = 'A'\n[profiles.p]\nkey_env = 'B'\n", "c");
    assert!(config.unreadable.is_some() && config.profiles.is_empty());
    assert_eq!(facts(&config.mistakes[0])[0], ("line", "3"));
}
