//! Machines that are not as one would expect: no home, nothing that can be written, lines of Windows, commands that fail.
#![cfg(unix)]

use std::fs;
use std::process::{Command, Stdio};

use crate::rig::{Rig, Run, bare, configure, run};

/// The program with nothing but what is named.
fn naked(rig: &Rig, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grantdeck"));
    command.env_clear().current_dir(rig.home.path()).args(arguments).stdin(Stdio::null());
    command.env("ALTER_API_KEY", rig.key()).env("ALTER_BASE_URL", rig.backend.base_url());
    run(command.envs(variables.iter().copied()))
}

#[test]
fn where_nothing_can_be_kept_everything_else_works_and_that_is_reported() {
    let rig = Rig::new(40, &[]);
    // Neither root nor anybody else can make a folder there.
    let home = [("HOME", "/dev/null")];
    for arguments in [
        &["list"][..],
        &["id", "github:octo-acme"],
        &["scan", "."],
        &["call", "github:octo-acme", "GET", "/user"],
    ] {
        let ran = naked(&rig, arguments, &home);
        assert_eq!(ran.code, 0, "{arguments:?} {}", ran.err);
        assert_eq!(
            ran.err.contains("Calls are not stored"),
            arguments[0] == "call",
            "{arguments:?} {}",
            ran.err
        );
    }
    let ran = naked(&rig, &["profiles", "add", "a", "--key-env", "A_KEY"], &home);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("/dev/null/.config/grantdeck"), "{}", ran.err);
    let doctor = naked(&rig, &["doctor"], &home);
    assert!(doctor.out.contains("/dev/null/.local/state/grantdeck cannot be created: "), "{}", doctor.out);
}

#[test]
fn any_locale_and_terminal_will_do_for_a_subcommand() {
    let rig = Rig::new(40, &[]);
    let home = rig.home.path().to_str().unwrap().to_owned();
    let show = |variables: &[(&str, &str)]| {
        let all = [&[("HOME", home.as_str())], variables].concat();
        naked(&rig, &["show", "github:octo-acme", "-o", "table"], &all)
    };
    let usual = show(&[("LC_ALL", "C.UTF-8"), ("TERM", "xterm-256color")]);
    assert!(usual.out.contains("● ok"), "{}", usual.out);
    for variables in
        [[("LC_ALL", "C"), ("TERM", "dumb")], [("LC_ALL", "de_DE.ISO-8859-1"), ("TERM", "xterm-color")]]
    {
        assert_eq!(show(&variables).out, usual.out, "bytes do not depend on it: {variables:?}");
    }
    let doctor = naked(&rig, &["doctor"], &[("HOME", &home), ("LC_ALL", "C"), ("TERM", "dumb")]);
    assert!(doctor.out.contains("! warning  text             C\n"), "{}", doctor.out);
}

#[test]
fn a_configuration_with_the_lines_of_windows_is_read_and_kept() {
    let rig = Rig::new(10, &[]);
    let url = rig.backend.base_url();
    let text = format!(
        "theme = \"light\"\r\n# mine\r\n[profiles.shop]\r\nbase_url = \"{url}\"\r\nkey_env = \"K\"\r\n"
    );
    configure(&rig.home, &text);
    let ran = run(bare(&rig.home, &["--profile", "shop", "list", "--limit", "1"]).env("K", rig.key()));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let ran = run(&mut bare(&rig.home, &["profiles", "add", "lab", "--key-env", "LAB_KEY"]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let after = fs::read_to_string(rig.home.path().join("grantdeck/config.toml")).unwrap();
    assert!(after.starts_with(&text), "{after:?}");
    assert_eq!(after.matches('\n').count(), after.matches("\r\n").count(), "{after:?}");
    let wrong = text.replace("theme = \"light\"", "theme = \"lihgt\"");
    configure(&rig.home, &wrong);
    let ran = run(bare(&rig.home, &["--profile", "shop", "list", "--limit", "1"]).env("K", rig.key()));
    assert!(ran.err.contains("line      1\n") && !ran.err.contains('\r'), "{:?}", ran.err);
}

#[test]
fn a_command_that_gives_no_key_is_reported_as_that() {
    let home = tempfile::tempdir().unwrap();
    for (words, said) in [
        (r#"["/bin/sh", "-c", "echo one; echo two"]"#, "printed more than one line"),
        (r#"["/bin/sh", "-c", "exit 3"]"#, "3"),
        (r#"["/no/such/command"]"#, "`/no/such/command`"),
        (r#"["/bin/true"]"#, "`/bin/true`"),
    ] {
        configure(&home, &format!("[profiles.vault]\nkey_command = {words}\n"));
        let ran = run(&mut bare(&home, &["--profile", "vault", "list"]));
        assert_eq!((ran.code, ran.rows()), (3, ""), "{words} {}", ran.err);
        assert!(
            ran.err.starts_with("grantdeck: The profile's command gave no key.\n"),
            "{words} {}",
            ran.err
        );
        assert!(ran.err.contains(said) && ran.err.contains("profile   vault"), "{words} {}", ran.err);
    }
    configure(&home, "[profiles.vault]\nkey_command = [\"/bin/sh\", \"-c\", \"echo sk-mark\"]\n");
    let ran = run(&mut bare(&home, &["--profile", "vault", "list"]));
    assert!(ran.code == 3 && !ran.err.contains("sk-mark"), "what it printed is no key: {}", ran.err);
}
