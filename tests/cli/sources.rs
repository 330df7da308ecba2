//! Where key and backend come from, and that they are never mixed.

use std::net::TcpListener;

use crate::rig::{Rig, bare, configure, run};

/// An address on this machine at which nobody listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn a_missing_key_names_the_variable_and_the_demonstration() {
    let home = tempfile::tempdir().unwrap();
    for value in [None, Some("")] {
        let mut command = bare(&home, &["list"]);
        command.envs(value.map(|value| ("ALTER_API_KEY", value)));
        let ran = run(&mut command);
        assert_eq!((ran.code, ran.rows()), (3, ""));
        assert!(ran.err.contains("ALTER_API_KEY") && ran.err.contains("--demo"), "{}", ran.err);
    }
}

#[test]
fn the_screen_complains_in_the_words_of_the_subcommands() {
    let home = tempfile::tempdir().unwrap();
    let (screen, list) = (run(&mut bare(&home, &["--demo"])), run(&mut bare(&home, &["list"])));
    assert_eq!((screen.code, screen.out.as_str(), list.code), (2, "", 3));
    let labels = |message: &str| -> Vec<String> {
        let words = message.lines().skip(1).filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
        words.map(str::to_owned).filter(|label| !matches!(label.as_str(), "variable" | "problem")).collect()
    };
    assert_eq!(labels(&screen.err), ["failed", "cause", "fix", "code"], "{}", screen.err);
    assert_eq!(labels(&screen.err), labels(&list.err), "{} {}", screen.err, list.err);
}

#[test]
fn a_wrong_key_is_reported_before_anything_is_sent() {
    let rig = Rig::new(1, &[]);
    let key = rig.key();
    let last = if key.ends_with('a') { "b" } else { "a" };
    let cases = [
        (key[..key.len() - 3].to_owned(), "cut off"),
        (format!("{}{last}", &key[..key.len() - 1]), "mistyped"),
        (key.replace("alter_rk_", "alter_zz_"), "does not begin"),
        (format!("\"{key}\""), "quotes"),
        (format!("{key}\n"), "line break"),
        ("sk-live-123".to_owned(), "does not begin"),
    ];
    for (wrong, said) in cases {
        let ran = run(rig.command(&["list"]).env("ALTER_API_KEY", &wrong));
        assert_eq!((ran.code, ran.rows()), (3, ""), "{said}");
        assert!(ran.err.contains(said), "{said}: {}", ran.err);
        assert!(!ran.err.contains(&wrong[..wrong.len() - 1]), "the key is not printed");
    }
    assert!(rig.backend.journal().is_empty(), "nothing was sent");
}

#[test]
fn a_profile_ignores_the_environment() {
    let rig = Rig::new(3, &[]);
    let profile = format!("[profiles.here]\nbase_url = '{}'\nkey_env = 'HERE_KEY'\n", rig.backend.base_url());
    configure(&rig.home, &profile);
    let mut command = bare(&rig.home, &["list", "--profile", "here"]);
    command.env("HERE_KEY", rig.key()).env("ALTER_API_KEY", "nonsense").env("ALTER_BASE_URL", nobody());
    let ran = run(command.env("ALTER_USER_TOKEN", "nonsense token"));
    assert_eq!((ran.code, ran.out.lines().count(), ran.err.as_str()), (0, 3, ""));

    // The other way round: the profile's backend is down, and the one of the environment hears nothing.
    configure(&rig.home, &format!("[profiles.gone]\nbase_url = '{}'\nkey_env = 'HERE_KEY'\n", nobody()));
    rig.backend.world().clear_journal();
    let ran = run(rig.command(&["list", "--profile", "gone"]).env("HERE_KEY", rig.key()));
    assert_eq!(ran.code, 9, "{}", ran.err);
    assert!(rig.backend.journal().is_empty());
    let ran = run(&mut rig.command(&["list", "--profile", "gon"]));
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("gone"), "{}", ran.err);
}

#[test]
fn what_a_profile_lacks_is_named_by_the_profiles_own_variables() {
    let rig = Rig::new(1, &[]);
    let url = rig.backend.base_url();
    let text = format!("[profiles.p]\nbase_url = '{url}'\nkey_env = 'P_KEY'\nuser_token_env = 'P_TOKEN'\n");
    configure(&rig.home, &text);
    let key = rig.key();
    let cases: [(&[(&str, &str)], &str); 4] = [
        (&[("P_TOKEN", "token")], "P_KEY"),
        (&[("P_TOKEN", "token"), ("P_KEY", "")], "P_KEY"),
        (&[("P_KEY", &key)], "P_TOKEN"),
        (&[("P_KEY", &key), ("P_TOKEN", "a token")], "P_TOKEN"),
    ];
    for (variables, wrong) in cases {
        let ran = run(rig.command(&["list", "--profile", "p"]).envs(variables.iter().copied()));
        assert_eq!((ran.code, ran.rows()), (3, ""), "{variables:?}");
        assert!(ran.err.contains(&format!("variable  {wrong}\n")), "{}", ran.err);
        assert!(!ran.err.contains("ALTER_"), "a profile ignores what begins so: {}", ran.err);
    }
    assert!(rig.backend.journal().is_empty(), "nothing was sent");
}

#[test]
fn files_of_the_folder_are_not_read() {
    let rig = Rig::new(1, &[]);
    let text = format!(
        "export ALTER_BASE_URL={}\nexport ALTER_API_KEY={}\nALTER_API_KEY={}\n",
        rig.backend.base_url(),
        rig.key(),
        rig.key()
    );
    for name in [".env", ".envrc", "config.toml", "grantdeck.toml"] {
        std::fs::write(rig.home.path().join(name), &text).unwrap();
    }
    let ran = run(&mut bare(&rig.home, &["list"]));
    assert_eq!(ran.code, 3);
    assert!(rig.backend.journal().is_empty());
}

#[test]
fn the_demonstration_needs_nothing_and_heeds_nothing() {
    let rig = Rig::new(1, &[]);
    let mut command = rig.command(&["list", "--demo", "--grants", "12"]);
    for variable in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"] {
        command.env(variable, rig.backend.base_url());
    }
    let ran = run(&mut command);
    assert_eq!((ran.code, ran.out.lines().count(), ran.err.as_str()), (0, 12, ""));
    assert!(rig.backend.journal().is_empty(), "neither backend nor proxy heard anything");
}

#[test]
fn mistakes_in_the_configuration_are_reported_and_survived() {
    let rig = Rig::new(2, &[]);
    configure(&rig.home, "theme = 'dark'\nsrot = 'used'\n");
    let ran = rig.run(&["list"]);
    assert_eq!((ran.code, ran.out.lines().count()), (0, 2));
    assert!(
        ran.err.contains("config.toml") && ran.err.contains("srot") && ran.err.contains("sort"),
        "{}",
        ran.err
    );
    configure(&rig.home, "\ntheme = 'drak'\n");
    let ran = rig.run(&["list"]);
    assert!(ran.err.contains("line      2") && ran.err.contains("did you mean dark"), "{}", ran.err);
}

#[test]
fn a_configuration_that_was_named_must_be_there() {
    let rig = Rig::new(2, &[]);
    let missing: [&[&str]; 3] = [&["list"], &["list", "--demo"], &["list", "--profile", "acme"]];
    for arguments in missing {
        let ran = rig.run(&[arguments, &["--config", "/nowhere/config.toml"]].concat());
        assert_eq!((ran.code, ran.rows()), (2, ""), "{arguments:?}");
        assert!(
            ran.err.contains("/nowhere/config.toml") && ran.err.contains("does not exist"),
            "{}",
            ran.err
        );
        assert!(ran.err.contains("cannot be read") && !ran.err.contains("line"), "{}", ran.err);
    }
    let ran = run(rig.command(&["list"]).env("GRANTDECK_CONFIG", "/nowhere/config.toml"));
    assert_eq!((ran.code, ran.rows()), (2, ""), "{}", ran.err);
    assert!(rig.backend.journal().is_empty(), "nothing was sent");
    // The demonstration looks at no file that it was not told to look at.
    let ran =
        run(rig.command(&["list", "--demo", "--grants", "3"]).env("GRANTDECK_CONFIG", "/nowhere/c.toml"));
    assert_eq!((ran.code, ran.out.lines().count(), ran.err.as_str()), (0, 3, ""));
}

#[test]
fn base_urls_that_would_leak_the_key_are_refused() {
    let rig = Rig::new(1, &[]);
    for wrong in ["http://alter.example", "https://user:hunter2@alter.example", "", "ftp://x"] {
        let ran = run(rig.command(&["list"]).env("ALTER_BASE_URL", wrong));
        assert_eq!(ran.code, 2, "{wrong}");
        assert!(ran.err.contains("ALTER_BASE_URL") && !ran.err.contains("hunter2"), "{}", ran.err);
    }
}

/// A home that is relative would be another in each folder: whoever wrote that folder would choose the command.
#[cfg(unix)]
#[test]
fn a_relative_home_gives_no_configuration() {
    let home = tempfile::tempdir().unwrap();
    let place = |path: &str, text: &str| {
        let file = home.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    let profile = "profile = \"a\"\n[profiles.a]\nkey_command = [\"/usr/bin/touch\", \"ran\"]\n";
    place(".config/grantdeck/config.toml", profile);
    place("sub/.config/grantdeck/config.toml", profile);
    let with = |name: &str, value: &str, arguments: &[&str]| {
        let mut command = bare(&home, arguments);
        run(command.env_remove("XDG_CONFIG_HOME").env_remove("HOME").env(name, value))
    };
    for relative in [".", "./", "sub", "sub/../", "..//x/../."] {
        let ran = with("HOME", relative, &["list"]);
        assert_eq!((ran.code, ran.rows()), (3, ""), "{relative}: {}", ran.err);
        assert!(!home.path().join("ran").exists(), "{relative}: the command ran");
        assert!(ran.err.contains("ALTER_API_KEY"), "{relative}: {}", ran.err);
        let listed = with("HOME", relative, &["profiles", "list", "-o", "jsonl"]);
        assert_eq!(listed.out, "", "{relative}");
        let added = with("HOME", relative, &["profiles", "add", "b", "--prompt"]);
        assert_eq!(added.code, 2, "{relative}: {}", added.err);
    }
    // The same file counts where the home is a whole path, and where it is named.
    let whole = home.path().to_str().unwrap();
    assert_ne!(with("HOME", whole, &["list"]).code, 0, "it prints no key");
    assert!(home.path().join("ran").exists());
    std::fs::remove_file(home.path().join("ran")).unwrap();
    with("HOME", ".", &["list", "--config", ".config/grantdeck/config.toml"]);
    assert!(home.path().join("ran").exists(), "an explicit path is the user's choice");
}
