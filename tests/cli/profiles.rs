//! Profiles: where their keys come from, and what they keep from being written.

use std::fs;

use crate::rig::{Rig, bare, configure, run};

fn config(rig: &Rig) -> String {
    fs::read_to_string(rig.home.path().join("grantdeck/config.toml")).unwrap()
}

#[test]
fn profiles_are_added_chosen_and_removed_beside_what_the_user_wrote() {
    let rig = Rig::new(3, &[]);
    configure(&rig.home, "# mine\ntheme = \"dark\"   # at night\n");
    let url = rig.backend.base_url();
    let plain = |arguments: &[&str]| run(bare(&rig.home, arguments).env("SHOP_KEY", rig.key()));
    let added = plain(&["profiles", "add", "shop", "--key-env", "SHOP_KEY", "--base-url", url]);
    assert_eq!((added.code, added.out.as_str()), (0, ""), "{}", added.err);
    assert!(config(&rig).starts_with("# mine\ntheme = \"dark\"   # at night\n"), "{}", config(&rig));

    assert_eq!(plain(&["--profile", "shop", "list"]).code, 0);
    assert_eq!(plain(&["list"]).code, 3, "nothing is used until it is chosen");
    assert_eq!(plain(&["profiles", "use", "shop"]).code, 0);
    let listed = plain(&["list", "--output", "jsonl"]);
    assert_eq!((listed.code, listed.out.lines().count()), (0, 3), "{}", listed.err);
    let shown = plain(&["profiles", "list", "--output", "json"]);
    let shown: serde_json::Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!((&shown[0]["name"], &shown[0]["used"]), (&"shop".into(), &true.into()));

    let other = run(bare(&rig.home, &["list"]).env("ALTER_API_KEY", "alter_rk_x"));
    assert_eq!(other.code, 3, "a key that was named counts before the profile");
    assert_eq!(plain(&["profiles", "remove", "shop"]).code, 2, "it is confirmed");
    assert_eq!(plain(&["profiles", "remove", "shop", "--yes"]).code, 0);
    assert_eq!(plain(&["list"]).code, 3);
    assert_eq!(config(&rig).trim_end(), "# mine\ntheme = \"dark\"   # at night");
}

#[test]
fn a_profile_that_cannot_be_meant_is_refused_and_nothing_is_written() {
    let home = tempfile::tempdir().unwrap();
    configure(&home, "[profiles.shop]\nkey = \"prompt\"\n");
    let before = fs::read_to_string(home.path().join("grantdeck/config.toml")).unwrap();
    let cases: [(&[&str], &str); 7] = [
        (&["add", "x"], "--key-env"),
        (&["add", "x", "--key-env", "ALTER_API_KEY"], "ALTER_"),
        (&["add", "x", "--key-command", "./key"], "absolute path"),
        (&["add", "x", "--key-command", "op 'read"], "--key-command"),
        (&["add", "x", "--prompt", "--base-url", "http://alter.example.com"], "--base-url"),
        (&["add", "shop", "--prompt"], "already"),
        (&["use", "shpo"], "shop"),
    ];
    for (arguments, said) in cases {
        let all: Vec<&str> = ["profiles"].iter().chain(arguments).copied().collect();
        let ran = run(&mut bare(&home, &all));
        assert_eq!((ran.code, ran.rows()), (2, ""), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
        assert_eq!(fs::read_to_string(home.path().join("grantdeck/config.toml")).unwrap(), before);
    }
}

#[cfg(unix)]
#[test]
fn a_command_gives_the_key_unless_others_could_have_written_it() {
    use std::os::unix::fs::PermissionsExt;

    let rig = Rig::new(2, &[]);
    let secret = rig.home.path().join("secret");
    fs::write(&secret, format!("{}\n", rig.key())).unwrap();
    let text = format!(
        "[profiles.vault]\nbase_url = \"{}\"\nkey_command = [\"/bin/cat\", \"{}\"]\n",
        rig.backend.base_url(),
        secret.display()
    );
    configure(&rig.home, &text);
    let file = rig.home.path().join("grantdeck/config.toml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let vault = || run(&mut bare(&rig.home, &["--profile", "vault", "list", "--output", "jsonl"]));
    let ran = vault();
    assert_eq!((ran.code, ran.out.lines().count()), (0, 2), "{}", ran.err);

    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
    let ran = vault();
    assert_eq!((ran.code, ran.rows()), (3, ""));
    assert!(ran.err.contains("others may write") && ran.err.contains("chmod go-w"), "{}", ran.err);

    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(&secret, "one\ntwo\n").unwrap();
    let ran = vault();
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("more than one line") && !ran.err.contains("one\n"), "{}", ran.err);
}

#[cfg(target_os = "linux")]
#[test]
fn a_key_is_not_asked_for_where_nobody_sits() {
    let home = tempfile::tempdir().unwrap();
    configure(&home, "[profiles.asked]\nkey = \"prompt\"\n");
    let inner = bare(&home, &["--profile", "asked", "list"]);
    // In a session of its own it has no terminal, whatever runs this test.
    let mut command = std::process::Command::new("setsid");
    command.arg("--wait").arg(inner.get_program()).args(inner.get_args());
    command.env_clear().current_dir(home.path()).stdin(std::process::Stdio::null());
    command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let ran = run(&mut command);
    assert_eq!((ran.code, ran.rows()), (3, ""));
    assert!(ran.err.contains("could not be asked for"), "{}", ran.err);
}

#[test]
fn a_read_only_profile_and_a_production_one_keep_from_writing() {
    let rig = Rig::new(5, &[]);
    let url = rig.backend.base_url();
    configure(
        &rig.home,
        &format!(
            "[profiles.looks]\nkey_env = \"K\"\nbase_url = \"{url}\"\nread_only = true\n\n[profiles.live]\nkey_env = \"K\"\nbase_url = \"{url}\"\nproduction = true\n"
        ),
    );
    let run_with = |profile: &str, more: &[&str]| {
        let call = ["--profile", profile, "call", "github:octo-acme"];
        let all: Vec<&str> = call.iter().chain(more).copied().collect();
        run(bare(&rig.home, &all).env("K", rig.key()))
    };
    let get = ["GET", "https://api.github.com/user"];
    let post = ["POST", "https://api.github.com/user/repos", "-d", "{\"name\":\"x\"}", "--yes"];
    let calls = || rig.backend.journal().iter().filter(|request| request.target == "/sdk/proxy").count();

    let read = run_with("looks", &get);
    assert_eq!(read.code, 0, "{}", read.err);
    let before = calls();
    let ran = run_with("looks", &post);
    assert_eq!((ran.code, ran.rows()), (7, ""));
    assert!(ran.err.contains("read_only") && ran.err.contains("looks"), "{}", ran.err);

    let ran = run_with("live", &post);
    assert_eq!((ran.code, ran.rows()), (2, ""));
    assert!(ran.err.contains("--confirm live"), "{}", ran.err);
    let wrong: Vec<&str> = post.iter().copied().chain(["--confirm", "looks"]).collect();
    assert_eq!(run_with("live", &wrong).code, 2);
    // A GET that may write is no way around it, confirmed by anything less or in a profile that only looks.
    let posts = ["GET", "https://slack.com/api/chat.postMessage?channel=C1&text=hi", "--yes"];
    let asks = ["GET", "https://api.github.com/user", "-q", "_method=DELETE", "--yes"];
    let overrides =
        ["GET", "https://api.github.com/user", "--mode", "retrieve", "-H", "X_HTTP_Method_Override: DELETE"];
    let spelled = ["GET", "https://ｓlack。%63om/api/chat.postMessage?channel=C1&text=hi", "--yes"];
    let nested = ["GET", "https://api.github.com/user", "-q", "method[]=DELETE", "--yes"];
    let cases: [(&[&str], &str); 5] = [
        (&posts, "chat.postMessage"),
        (&spelled, "chat.postMessage"),
        (&asks, "_method"),
        (&nested, "method[]"),
        (&overrides, "X_HTTP_Method_Override"),
    ];
    for (more, named) in cases {
        for (profile, code) in [("live", 2), ("looks", 7)] {
            let ran = run_with(profile, more);
            assert_eq!((ran.code, ran.rows()), (code, ""), "{profile} {more:?}: {}", ran.err);
            assert!(ran.err.contains(named), "{}", ran.err);
        }
    }
    assert_eq!(calls(), before, "nothing was sent");
    let targets =
        |journal: &str| rig.backend.journal().iter().filter(|request| request.target == journal).count();
    assert_eq!(targets("/sdk/token"), 0, "no credential was fetched for it");
    let right: Vec<&str> = post.iter().copied().chain(["--confirm", "live"]).collect();
    let ran = run_with("live", &right);
    assert!(ran.err.contains("Alter 200"), "{}", ran.err);
    assert_eq!(calls(), before + 1);
}

#[test]
fn what_a_change_of_profiles_means_is_said_at_once() {
    let home = tempfile::tempdir().unwrap();
    configure(
        &home,
        "[profiles.vault]\nkey_command = [\"pass\", \"alter\"]\n\n[profiles.lab]\nkey_env = \"K\"\n",
    );
    let file = home.path().join("grantdeck/config.toml");
    let before = fs::read_to_string(&file).unwrap();
    let ran = run(&mut bare(&home, &["profiles", "login", "vault"]));
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("takes its key from a command pass"), "{}", ran.err);
    assert_eq!(fs::read_to_string(&file).unwrap(), before, "its command stays");

    let ran = run(&mut bare(&home, &["profiles", "logout", "nobody"]));
    assert!(ran.code == 2 && ran.err.contains("no profile `nobody`"), "{}", ran.err);

    let ran = run(bare(&home, &["profiles", "use", "lab"]).env("ALTER_API_KEY", "something"));
    assert!(ran.code == 0 && ran.err.contains("ALTER_API_KEY is set and takes precedence"), "{}", ran.err);
    let ran = run(&mut bare(&home, &["profiles", "use", "lab"]));
    assert!(ran.code == 0 && !ran.err.contains("ALTER_API_KEY"), "{}", ran.err);

    let ran = run(&mut bare(&home, &["profiles", "add", "kept", "--keyring"]));
    assert!(ran.code == 0 && ran.err.contains("grantdeck profiles login kept"), "{}", ran.err);
    let ran = run(&mut bare(&home, &["profiles", "remove", "lab", "--yes"]));
    assert!(ran.code == 0 && ran.err.contains("its stored key stays"), "{}", ran.err);
}

#[cfg(not(feature = "keyring"))]
#[test]
fn a_build_without_a_keyring_says_so_before_it_asks_for_a_key() {
    let rig = Rig::new(1, &[]);
    configure(&rig.home, "[profiles.held]\nkey = \"keyring\"\n");
    for arguments in
        [&["--profile", "held", "list"][..], &["profiles", "login", "held"], &["profiles", "logout", "held"]]
    {
        let ran = run(&mut bare(&rig.home, arguments));
        assert_eq!((ran.code, ran.rows()), (3, ""), "{arguments:?}");
        assert!(ran.err.contains("--features keyring") && ran.err.contains("key_command"), "{}", ran.err);
    }
    let ran = rig.run(&["doctor", "--offline", "--output", "json"]);
    assert_eq!(ran.code, 10, "a profile needs what is not there");
    assert!(rig.backend.journal().is_empty(), "nobody was asked");
}
