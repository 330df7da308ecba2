//! Where key and backend come from, seen on the screen.

use std::net::{Ipv4Addr, TcpListener};

use secrecy::ExposeSecret;

use crate::driver::{LIMIT, Start};
use crate::rig::{Rig, nobody};

#[test]
fn a_wrong_key_is_reported_before_anything_is_sent() {
    let rig = Rig::new(1, &[]);
    let key = rig.key();
    let last = if key.ends_with('a') { "b" } else { "a" };
    let cases = [
        (key[..key.len() - 3].to_owned(), "This is not a complete Alter API key."),
        (format!("{}{last}", &key[..key.len() - 1]), "The API key has a typo."),
        (format!("\"{key}\""), "quotes"),
        (String::new(), "Welcome to grantdeck."),
    ];
    for (wrong, said) in cases {
        let mut tui = rig.start(&[]).env("ALTER_API_KEY", &wrong).spawn();
        tui.wait_for_words(said);
        tui.settle();
        let words = tui.words();
        assert!(words.contains("ALTER_API_KEY") && words.contains("demo"), "{said}: {words}");
        assert!(
            wrong.is_empty() || !tui.raw().contains(&wrong[..wrong.len() - 1]),
            "{said}: the key is shown"
        );
        tui.press("r");
        tui.press("?");
        tui.wait_for("Keys of the list");
        tui.press("esc");
        tui.press("q");
        assert_eq!(tui.exit_status().exit_code(), 3, "{said}: as for `grantdeck list`");
    }
    assert!(rig.backend.journal().is_empty(), "nothing was sent");
}

#[test]
fn dead_keys_are_told_apart() {
    let rig = Rig::new(1, &[]);
    let headlines = [
        ("key_revoked", "This API key was revoked."),
        ("key_expired", "This API key has expired."),
        ("key_rotated_grace_expired", "This API key was replaced by a newer one."),
    ];
    for (code, headline) in headlines {
        let dead = &rig.backend.credentials().dead_keys;
        let (_, key) = dead.iter().find(|(state, _)| state.code() == code).unwrap();
        let key = key.expose_secret();
        let tui = rig.start(&[]).env("ALTER_API_KEY", key).spawn();
        tui.wait_for_words(headline);
        tui.settle();
        let words = tui.words();
        assert!(words.contains(&format!("key …{}", &key[key.len() - 4..])), "which key: {words}");
        assert!(words.contains("Alter said:") && !tui.raw().contains(key), "{words}");
    }
}

#[test]
fn a_key_revoked_meanwhile_is_reported_and_the_rows_stay() {
    let rig = Rig::new(8, &[]);
    let mut tui = rig.open();
    tui.wait_for("1–8 of 8");
    tui.settle();
    rig.faults(&["key-revoked"]);
    tui.press("r");
    tui.wait_for_words("This API key was revoked.");
    assert!(tui.screen().contains("1–8 of 8"), "{}", tui.screen());
}

#[test]
fn files_of_the_folder_are_not_read_and_a_profile_ignores_the_environment() {
    let rig = Rig::new(6, &[]);
    let elsewhere = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", elsewhere.local_addr().unwrap());
    let folder = tempfile::tempdir().unwrap();
    for name in [".env", ".envrc"] {
        std::fs::write(folder.path().join(name), format!("export ALTER_BASE_URL={url}\n")).unwrap();
    }
    let config = rig.home.path().join("config.toml");
    let profile = format!("[profiles.here]\nbase_url = '{}'\nkey_env = 'HERE_KEY'\n", rig.backend.base_url());
    std::fs::write(&config, profile).unwrap();
    let script = "cd \"$FOLDER\" && exec \"$0\" --profile here --config \"$CONFIG\"";
    // What direnv would have made of the file is set too.
    let tui = Start::shell(script)
        .env("FOLDER", &folder.path().display().to_string())
        .env("CONFIG", &config.display().to_string())
        .env("HERE_KEY", &rig.key())
        .env("ALTER_BASE_URL", &url)
        .env("ALTER_API_KEY", "alter_rk_nonsense")
        .env("ALTER_USER_TOKEN", "nonsense token")
        .spawn();
    tui.wait_for("1–6 of 6");
    tui.settle();
    assert!(tui.screen().contains("127.0.0.1"), "{}", tui.screen());
    assert!(!tui.screen().contains("one user"), "the token of the environment narrows nothing");
    assert_nobody_called(&elsewhere);
}

#[test]
fn the_demonstration_heeds_no_proxy_and_no_key() {
    let proxy = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", proxy.local_addr().unwrap());
    let mut start = Start::program(&["--demo", "--grants", "30"])
        .env("ALTER_API_KEY", "nonsense")
        .env("ALTER_BASE_URL", &format!("http://{}", nobody()));
    for variable in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        start = start.env(variable, &url);
    }
    let mut tui = start.env("NO_PROXY", "").env("no_proxy", "").spawn();
    tui.wait_for("of 30 ");
    tui.press("r");
    tui.wait_for("nothing changed");
    tui.settle();
    assert_nobody_called(&proxy);
}

fn assert_nobody_called(listener: &TcpListener) {
    listener.set_nonblocking(true).unwrap();
    let called = listener.accept();
    assert_eq!(called.map(|_| ()).unwrap_err().kind(), std::io::ErrorKind::WouldBlock, "somebody called");
}

#[test]
fn a_user_token_narrows_and_an_expired_one_never_widens() {
    let rig = Rig::new(120, &[]);
    let tokens = rig.backend.credentials().user_tokens.clone();
    let valid = tokens.iter().find(|token| token.valid).unwrap();
    let tui = rig.start(&[]).env("ALTER_USER_TOKEN", valid.token.expose_secret()).spawn();
    tui.wait_for("one user");
    tui.wait_for("ACCOUNT");
    tui.settle();
    let shown = total(&tui.screen());
    assert!((1..120).contains(&shown), "{}", tui.screen());
    assert!(!tui.screen().contains("every user"), "{}", tui.screen());
    let expired = tokens.iter().find(|token| !token.valid).unwrap();
    let tui = rig.start(&[]).env("ALTER_USER_TOKEN", expired.token.expose_secret()).spawn();
    tui.wait_for_words("The end user's sign-in is no longer valid.");
    // An empty one is a mistake, not a wish for everything.
    let tui = rig.start(&[]).env("ALTER_USER_TOKEN", "").spawn();
    tui.wait_for_words("The user token cannot be used.");
}

#[test]
fn an_app_key_says_once_that_it_sees_everyone_and_an_agent_key_names_its_agent() {
    let rig = Rig::new(120, &[]);
    let mut tui = rig.open();
    tui.wait_for_words("you see the grants of every user");
    tui.wait_for("app key");
    tui.wait_for(" of 120");
    assert_eq!(total(&tui.screen()), 120);
    tui.press("esc");
    tui.wait_gone("every user");
    tui.settle();
    tui.press("r");
    tui.wait_for("nothing changed");
    let everyone = tui.raw().matches("every user").count();
    assert_eq!(everyone, 1, "it is said once");

    rig.faults(&["key-deprecated"]);
    let tui = rig.open();
    tui.wait_for("This API key is being replaced.");

    let agent =
        rig.backend.credentials().agent_keys.iter().find(|agent| agent.status == "active").unwrap().clone();
    let tui = rig.start(&[]).env("ALTER_API_KEY", agent.key.expose_secret()).spawn();
    tui.wait_for("agent ");
    tui.wait_for("ACCOUNT");
    tui.settle();
    let header = tui.screen().lines().next().unwrap().to_owned();
    assert!(header.contains("agent") && !header.contains("app key"), "{header}");
    assert!((1..120).contains(&total(&tui.screen())), "{}", tui.screen());
}

/// The total that the list's title bar tells.
fn total(screen: &str) -> usize {
    let bar = screen.lines().find(|line| line.contains("Grants ─")).unwrap_or_else(|| panic!("{screen}"));
    let (_, rest) = bar.split_once(" of ").unwrap_or_else(|| panic!("{screen}"));
    let digits: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == ',').collect();
    digits.replace(',', "").parse().unwrap()
}

/// The browser writes its environment down.
#[test]
fn a_browser_inherits_no_key_whatever_its_variable_is_called() {
    use std::os::unix::fs::PermissionsExt as _;
    let rig = Rig::new(40, &[]);
    let file = |name: &str| rig.home.path().join(name);
    let (browser, written) = (file("browser"), file("written"));
    let script = format!(
        "#!/bin/sh\n{{ echo \"LINK=$1\"; env; }} > '{0}.part' && mv '{0}.part' '{0}'\n",
        written.display()
    );
    std::fs::write(&browser, script).unwrap();
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).unwrap();
    let config = format!(
        "[profiles.here]\nbase_url = '{}'\nkey_env = 'HERE_KEY'\n\
         [profiles.other]\nkey_env = 'OTHER_KEY'\nuser_token_env = 'OTHER_TOKEN'\n\
         [profiles.broken]\nkey_env = 'BROKEN_KEY'\nbase_url = 7\n",
        rig.backend.base_url()
    );
    std::fs::write(file("config.toml"), config).unwrap();
    let config = file("config.toml").display().to_string();
    let mut start = rig.start(&["--profile", "here", "--config", &config]);
    let hidden = ["ALTER_API_KEY", "ALTER_OTHER", "HERE_KEY", "OTHER_KEY", "OTHER_TOKEN", "BROKEN_KEY"];
    for name in hidden {
        start = start.env(name, &rig.key());
    }
    let mut tui = start
        .env("UNSUSPICIOUS", "inherited")
        .env("BROWSER", &browser.display().to_string())
        .env("PATH", "/usr/bin:/bin")
        .spawn();
    tui.wait_for("of 40");
    tui.press("/");
    tui.type_text("github");
    tui.press("enter");
    tui.settle();
    tui.press("o");
    tui.settle();
    let since = std::time::Instant::now();
    let seen = loop {
        match std::fs::read_to_string(&written) {
            Ok(seen) => break seen,
            Err(_) => assert!(since.elapsed() < LIMIT, "no browser was started: {}", tui.screen()),
        }
        std::thread::yield_now();
    };
    assert!(seen.contains("LINK=https://") && seen.contains("UNSUSPICIOUS=inherited"), "{seen}");
    assert!(!seen.contains(&rig.key()) && !seen.contains("ALTER_"), "{seen}");
    for name in hidden {
        assert!(!seen.contains(name), "{name}: {seen}");
    }
}
