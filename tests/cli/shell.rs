//! What grantdeck does for a shell: completions, manual pages, providers, operations.

use std::ffi::OsStr;

use crate::rig::{Rig, bare, run};

/// What a shell is offered behind these words.
fn offered(rig: &Rig, words: &[&str]) -> Vec<String> {
    let arguments: Vec<&str> = ["--", "grantdeck"].iter().chain(words).copied().collect();
    let mut command = bare(&rig.home, &arguments);
    command.env("GRANTDECK_COMPLETE", "bash").env("_CLAP_IFS", "\n");
    command.env("_CLAP_COMPLETE_INDEX", words.len().to_string());
    command.env("_CLAP_COMPLETE_COMP_TYPE", "9").env("_CLAP_COMPLETE_SPACE", "true");
    let ran = run(&mut command);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    ran.out.lines().map(str::to_owned).collect()
}

#[test]
fn commands_providers_and_grants_are_completed() {
    let rig = Rig::new(40, &[]);
    assert!(offered(&rig, &["li"]).contains(&"list".to_owned()));
    let providers = offered(&rig, &["list", "--provider", "githu"]);
    assert_eq!(providers, ["github"]);
    assert_eq!(offered(&rig, &["call", "git"]), [""; 0], "nothing was seen yet");

    let seen = rig.run(&[
        "list",
        "--all",
        "--provider",
        "github",
        "--fields",
        "provider,account",
        "--output",
        "csv",
    ]);
    let mut known: Vec<String> = seen.out.lines().skip(1).map(|line| line.replacen(',', ":", 1)).collect();
    known.sort();
    known.dedup();
    assert!(!known.is_empty(), "{}", seen.out);
    let names = offered(&rig, &["call", "github:"]);
    for name in &names {
        assert_eq!(names.iter().filter(|other| *other == name).count(), 1, "{name} is offered once");
        let account = name.split('#').next().unwrap();
        assert!(known.iter().any(|known| known == account), "{name} is no grant: {known:?}");
    }
    assert!(!names.is_empty());
    for other in [
        &["--profile", "live", "call", "github:"][..],
        &["--profile=live", "call", "github:"],
        &["--demo", "call", "github:"],
    ] {
        assert_eq!(offered(&rig, other), [""; 0], "{other:?} is offered names of another application");
    }
}

#[test]
fn the_words_that_options_take_are_completed() {
    let rig = Rig::new(5, &[]);
    for (words, wanted) in [
        (&["list", "--health", "mis"][..], "missing_scopes"),
        (&["list", "--health", "expired,mis"], "expired,missing_scopes"),
        (&["list", "--status", "act"], "active"),
        (&["list", "--kind", "managed"], "managed_secret"),
        (&["list", "--sort", "hea"], "health"),
        (&["list", "--fields", "provider,grant_i"], "provider,grant_id"),
        (&["call", "--mode", "re"], "retrieve"),
        (&["id", "--as", "typ"], "typescript"),
        (&["scan", "--fail-on", "stale,unk"], "stale,unknown"),
        (&["smoke", "--fail-on", "needs_r"], "needs_reconnect"),
        (&["--theme", "mo"], "mono"),
    ] {
        assert_eq!(offered(&rig, words), [wanted], "{words:?}");
    }
}

#[test]
fn each_shell_gets_a_script_that_names_the_program() {
    let home = tempfile::tempdir().unwrap();
    for (shell, asks) in
        [("bash", true), ("zsh", true), ("fish", true), ("powershell", false), ("elvish", true)]
    {
        let ran = run(&mut bare(&home, &["completions", shell]));
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{shell}");
        assert!(ran.out.contains("grantdeck"), "{shell}");
        assert_eq!(ran.out.contains("GRANTDECK_COMPLETE"), asks, "{shell}");
    }
    let ran = run(&mut bare(&home, &["completions", "cmd"]));
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("powershell"), "{}", ran.err);
}

#[test]
fn every_subcommand_has_a_manual_page() {
    let home = tempfile::tempdir().unwrap();
    let ran = run(&mut bare(&home, &["man", "--dir", "pages/man1"]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let help = run(&mut bare(&home, &["--help"])).out;
    let commands = help.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
    let commands: Vec<&str> = commands
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !name.is_empty() && *name != "help")
        .collect();
    assert!(commands.len() > 5, "{help}");
    for name in commands {
        let page = home.path().join(format!("pages/man1/grantdeck-{name}.1"));
        let text = std::fs::read_to_string(&page).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(text.contains(".SH SYNOPSIS"), "{name}: {text}");
    }
    let page = run(&mut bare(&home, &["man"])).out;
    assert!(page.contains(".TH grantdeck 1") && page.contains("grantdeck\\-doctor"), "{page}");
    std::fs::write(home.path().join("file"), "").unwrap();
    let ran = run(&mut bare(&home, &["man", "--dir", "file/below"]));
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("file/below"), "{}", ran.err);
}

#[test]
fn the_catalog_is_printed_without_a_key() {
    let home = tempfile::tempdir().unwrap();
    let ran = run(&mut bare(&home, &["providers", "--output", "json"]));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let all: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(all.as_array().unwrap().len(), grantdeck::domain::provider::table().len());
    let ran = run(&mut bare(&home, &["providers", "github", "--output", "table"]));
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(lines[0].starts_with("PROVIDER") && lines[1].contains("https://api.github.com"), "{lines:?}");
    let ran = run(&mut bare(&home, &["providers", "nobody-has-this", "--output", "json"]));
    assert_eq!((ran.code, ran.out.as_str()), (0, "[]\n"));
    assert!(ran.err.contains("nobody-has-this"), "{}", ran.err);
}

#[test]
fn operations_can_be_searched_and_called() {
    let rig = Rig::new(10, &[]);
    let ran = rig.run(&["ops", "github", "--search", "repos/get", "--output", "json"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let ids: Vec<&str> =
        found.as_array().unwrap().iter().map(|row| row["operation_id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"repos/get"), "{ids:?}");
    let ran = rig.run(&["ops", "no-such-provider"]);
    assert_eq!((ran.code, ran.rows()), (4, ""));
    assert!(ran.err.contains("no-such-provider"), "{}", ran.err);
}

#[test]
fn an_empty_question_of_a_shell_is_an_ordinary_start() {
    let home = tempfile::tempdir().unwrap();
    let ran = run(bare(&home, &["--version"]).env("GRANTDECK_COMPLETE", OsStr::new("")));
    assert_eq!(ran.out, format!("grantdeck {}\n", env!("CARGO_PKG_VERSION")));
    let ran = run(bare(&home, &["--version"]).env("GRANTDECK_COMPLETE", OsStr::new("tcsh")));
    assert_eq!((ran.code, ran.rows()), (1, ""), "a shell that cannot be answered gets no words");
}
