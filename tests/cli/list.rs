//! What `grantdeck list` prints.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use grantdeck::sandbox::Options;
use serde_json::Value;

use crate::rig::{Rig, bare, configure, now, run};

type Test<'a> = &'a dyn Fn(&Value) -> bool;

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn values_are_those_of_the_wire() {
    let rig = Rig::new(700, &[]);
    let ran = rig.run(&["list", "--all", "--page-size", "100", "--output", "json"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let printed: Vec<BTreeMap<String, Value>> = serde_json::from_str(&ran.out).unwrap();
    let printed: BTreeMap<String, BTreeMap<String, Value>> =
        printed.into_iter().map(|row| (row["grant_id"].as_str().unwrap().to_owned(), row)).collect();
    let truth = rig.backend.world().items(now());
    assert_eq!(printed.len(), truth.len());
    assert_eq!(truth.len(), 700);
    let mut kinds = BTreeSet::new();
    for item in truth {
        let row = &printed[item["grant_id"].as_str().unwrap()];
        kinds.insert(item["grant_kind"].to_string());
        for (field, value) in item.as_object().unwrap() {
            assert_eq!(&row[field], value, "{field} of {item}");
        }
    }
    assert_eq!(kinds.len(), 2, "both kinds were compared");
}

#[test]
fn each_format_is_what_its_readers_expect() {
    let rig = Rig::new(40, &[]);
    let arguments =
        |format: &'static str| ["list", "--all", "--fields", "grant_id,account,depth", "-o", format];
    let array: Vec<Value> = serde_json::from_str(&rig.run(&arguments("json")).out).unwrap();
    let jsonl = rig.run(&arguments("jsonl"));
    assert_eq!(lines(&jsonl.out), array);
    // In a pipe, JSON Lines is what comes unasked.
    assert_eq!(rig.run(&["list", "--all", "--fields", "grant_id,account,depth"]).out, jsonl.out);
    let csv = rig.run(&arguments("csv")).out;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(reader.headers().unwrap(), &["grant_id", "account", "depth"][..]);
    let records: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
    assert_eq!(records.len(), 40);
    for (record, row) in records.iter().zip(&array) {
        assert_eq!(&record[0], row["grant_id"].as_str().unwrap());
        assert_eq!(record[2], row["depth"].to_string());
    }
    let table = rig.run(&arguments("table")).out;
    assert_eq!(table.lines().count(), 41);
    assert!(table.starts_with("GRANT ID "), "{table}");
    assert!(array.iter().all(|row| table.contains(row["grant_id"].as_str().unwrap())));
    let keys: Vec<&String> = array[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["grant_id", "account", "depth"]);
}

#[test]
fn a_list_that_was_asked_for_may_spend_the_whole_budget() {
    // 17 pages of 20 rows: more than three quarters of 17 requests in a minute, and not one to spare.
    let rig = Rig::with(&Options { grants: 340, rate_limit: Some(17), ..Options::default() });
    let ran = rig.run(&["list", "--all", "--page-size", "20", "--fields", "grant_id"]);
    assert_eq!((ran.code, ran.out.lines().count(), ran.err.as_str()), (0, 340, ""));
    assert_eq!(rig.backend.journal().len(), 17);
}

#[test]
fn an_empty_account_is_an_empty_list() {
    let rig = Rig::new(0, &[]);
    for (format, want) in [("json", "[]\n"), ("jsonl", ""), ("csv", "grant_id\n")] {
        let ran = rig.run(&["list", "-o", format, "--fields", "grant_id"]);
        assert_eq!(
            (ran.code, ran.out.as_str(), ran.err.as_str()),
            (0, want, "grantdeck: no grants yet\n"),
            "{format}"
        );
    }
}

#[test]
fn a_partial_list_says_so_and_a_whole_one_does_not() {
    let rig = Rig::new(150, &[]);
    let cases: [(&[&str], usize, &str); 6] = [
        (&["list"], 100, "100 of 150 grants"),
        (&["list", "--limit", "7"], 7, "7 of 150 grants"),
        (&["list", "--limit", "150"], 150, ""),
        (&["list", "--all"], 150, ""),
        (&["list", "--limit", "3", "--kind", "oauth"], 3, "first 3 shown"),
        (&["list", "--limit", "3", "--sort", "account"], 3, "first 3 shown"),
    ];
    for (arguments, rows, said) in cases {
        let ran = rig.run(arguments);
        assert_eq!((ran.code, ran.out.lines().count()), (0, rows), "{arguments:?} {}", ran.err);
        assert!(ran.err.contains(said), "{arguments:?} {}", ran.err);
        assert_eq!(ran.err.is_empty(), said.is_empty(), "{arguments:?} {}", ran.err);
    }
}

#[test]
fn filters_and_orders_hold_for_every_row() {
    let rig = Rig::new(300, &[]);
    let all = lines(&rig.run(&["list", "--all"]).out);
    let count = |test: Test<'_>| all.iter().filter(|row| test(row)).count();
    let cases: [(&[&str], Test<'_>); 6] = [
        (&["--provider", "google"], &|row| row["provider_id"] == "google"),
        (&["--status", "revoked"], &|row| row["status"] == "revoked"),
        (&["--kind", "managed_secret"], &|row| row["grant_kind"] == "managed_secret"),
        (&["--health", "expired,missing_scopes"], &|row| {
            row["health"] == "expired" || row["health"] == "missing_scopes"
        }),
        (&["--search", "provider:google -health:ok"], &|row| {
            row["provider_id"] == "google" && row["health"] != "ok"
        }),
        (&["--search", "scope:calendar", "--health", "ok"], &|row| {
            row["health"] == "ok" && row["scopes"].to_string().to_lowercase().contains("calendar")
        }),
    ];
    for (arguments, test) in cases {
        let ran = rig.run(&[&["list", "--all"][..], arguments].concat());
        let rows = lines(&ran.out);
        assert!(rows.iter().all(test), "{arguments:?}");
        assert_eq!(rows.len(), count(test), "{arguments:?}");
        assert!(
            !rows.is_empty() && rows.len() < all.len(),
            "{arguments:?}: {} rows prove nothing",
            rows.len()
        );
    }
    let sorted = lines(&rig.run(&["list", "--all", "--sort", "used"]).out);
    let used: Vec<Option<&str>> = sorted.iter().map(|row| row["last_used_at"].as_str()).collect();
    assert_eq!(sorted.len(), all.len());
    assert!(used.windows(2).all(|pair| pair[0] >= pair[1]), "latest first, never used last");
    assert_eq!(lines(&rig.run(&["list", "--all", "--sort", "used:desc"]).out), sorted);
    let oldest = lines(&rig.run(&["list", "--all", "--sort", "used:asc"]).out);
    assert!(oldest[0]["last_used_at"].as_str() < oldest[9]["last_used_at"].as_str(), "oldest first");
    let id = all[33]["grant_id"].as_str().unwrap();
    assert_eq!(lines(&rig.run(&["list", "--search", &id[..13]]).out)[0]["grant_id"], id);
}

#[test]
fn wrong_arguments_are_usage_and_name_what_was_meant() {
    let rig = Rig::new(1, &[]);
    let cases: [(&[&str], &str); 18] = [
        (&["list", "--fields", "grant_id,acount"], "did you mean `account`?"),
        (&["list", "--sort", "helth"], "did you mean `health`?"),
        (&["list", "--search", "helth:ok"], "did you mean health:ok?"),
        (&["list", "--health", "brokn"], "did you mean `broken`?"),
        (
            &["list", "--health", "well"],
            "choose from broken, revoked, expired, needs_reconnect, missing_scopes",
        ),
        (&["list", "--status", "revokd"], "choose from active, expired, revoked; did you mean `revoked`?"),
        (&["list", "--kind", "managed-secret"], "choose from oauth, managed_secret; did you mean"),
        (&["list", "--provider", ""], "omit the option"),
        (&["list", "--sort", "nope"], "choose from provider, account, label"),
        (&["list", "--sort", "account:up"], "only `:desc` or `:asc`"),
        (&["list", "--limit", "-1"], "expected a whole number, 1 or more"),
        (&["sandbox", "--demo"], "--demo does not apply to `sandbox`"),
        (&["--profile", "acme", "sandbox"], "--profile does not apply to `sandbox`"),
        (&["list", "--limit", "0"], "must be 1 or more"),
        (&["--theme", "drak", "list"], "did you mean `dark`?"),
        (&["list", "--page-size", "1001"], "1..=1000"),
        (&["list", "--all", "--limit", "3"], "cannot be used with"),
        (&["sandbox", "--fault", "latncy=3"], "latncy"),
    ];
    for (arguments, said) in cases {
        let ran = rig.run(arguments);
        assert_eq!((ran.code, ran.rows()), (2, ""), "{arguments:?}");
        assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
    }
    assert!(rig.backend.journal().is_empty(), "nothing was sent");
}

#[test]
fn broken_grants_are_asked_for_by_one_word() {
    let rig = Rig::new(500, &[]);
    let healths = |wanted: &str| -> Vec<String> {
        let ran = rig.run(&["list", "--all", "--health", wanted, "--fields", "health"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        lines(&ran.out).iter().map(|row| row["health"].as_str().unwrap().to_owned()).collect()
    };
    let broken = healths("broken");
    assert!(broken.iter().all(|health| health != "ok" && health != "expiring"), "{broken:?}");
    assert_eq!(broken.len() + healths("ok,expiring").len(), 500);
}

#[test]
fn no_rows_differ_from_no_answer() {
    let rig = Rig::new(20, &[]);
    for (arguments, said) in [
        (&["list", "--search", "nothing-is-called-this"][..], "no match among 20 grants"),
        (&["list", "--label", "nothing-is-called-this"], "no grant matches"),
        (&["list", "--provider", "nobody", "--output", "table"], "no grant matches"),
        (&["list", "--status", "deprovisioned"], "`deprovisioned` is not one of active, expired, revoked"),
        (&["list", "--kind", "quantum"], "`quantum` is not one of oauth, managed_secret"),
    ] {
        let ran = rig.run(arguments);
        assert_eq!(ran.code, 0, "{arguments:?}");
        assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn a_key_on_its_way_out_is_reported_once() {
    let rig = Rig::new(1_500, &["key-deprecated"]);
    let ran = rig.run(&["list", "--all"]);
    assert_eq!((ran.code, ran.out.lines().count()), (0, 1_500));
    assert_eq!(ran.err.matches("This API key is being replaced.").count(), 1, "{}", ran.err);
}

#[test]
fn help_goes_to_standard_output() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [&["--help"][..], &["list", "--help"], &["sandbox", "--help"], &["--version"]] {
        let ran = run(&mut bare(&home, arguments));
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{arguments:?}");
        assert!(ran.out.contains("grantdeck"), "{arguments:?}");
    }
}

#[test]
fn help_shows_what_can_be_used_and_by_what_it_is_about() {
    let home = tempfile::tempdir().unwrap();
    let help = |arguments: &[&str]| run(&mut bare(&home, arguments)).out;
    let sandbox = help(&["sandbox", "--help"]);
    for useless in ["--demo", "--profile", "--config"] {
        assert!(!sandbox.contains(useless), "{useless}: {sandbox}");
    }
    assert!(sandbox.contains("--grants") && sandbox.contains("no-has-more"), "{sandbox}");
    let list = help(&["list", "--help"]);
    let heads: Vec<&str> =
        list.lines().filter(|line| line.ends_with(':') && !line.starts_with(' ')).collect();
    assert_eq!(heads, ["Options:", "Filters:", "Output:", "How many:", "Source:", "Examples:"], "{list}");
    assert!(list.contains("--demo") && list.contains("filters by provider"), "{list}");
}

#[test]
fn no_foreign_control_reaches_a_table() {
    let rig = Rig::new(500, &[]);
    let ran = rig.run(&["list", "--all", "-o", "table", "--color", "never"]);
    assert_eq!(ran.out.lines().count(), 501);
    let raw = rig.run(&["list", "--all", "--fields", "account"]).out;
    let is_bad = |character: char| {
        (character.is_control() && character != '\n')
            || matches!(character, '\u{202a}'..='\u{202e}' | '\u{200b}')
    };
    assert!(raw.contains("\\u001b") || raw.contains(is_bad), "the backend has a hostile name to show");
    assert!(!ran.out.contains(is_bad), "{:?}", ran.out.lines().find(|line| line.contains(is_bad)));
}

#[test]
fn colours_are_only_where_they_are_wanted() {
    let rig = Rig::new(5, &[]);
    let coloured = |arguments: &[&str], variables: &[&str]| {
        let mut command = rig.command(&[&["list", "-o", "table"][..], arguments].concat());
        command.envs(variables.iter().map(|name| (name, "1")));
        run(&mut command).out.contains('\u{1b}')
    };
    assert!(!coloured(&[], &[]), "a pipe has no colours");
    assert!(coloured(&[], &["CLICOLOR_FORCE"]), "unless they are forced");
    assert!(!coloured(&[], &["CLICOLOR_FORCE", "NO_COLOR"]), "or refused");
    assert!(coloured(&["--color", "always"], &["NO_COLOR"]), "what was asked for counts most");
    assert!(!coloured(&["--color", "never"], &["CLICOLOR_FORCE"]));
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let rig = Rig::new(3000, &[]);
    for format in ["jsonl", "csv", "table", "json"] {
        let mut child = rig
            .command(&["list", "--all", "--page-size", "200", "-o", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{format}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{format}");
    }
}

#[test]
fn the_readme_s_spreadsheet_has_no_blank_cells() {
    let readme = include_str!("../../README.md");
    let line = readme.lines().find(|line| line.starts_with("grantdeck list --all --output csv")).unwrap();
    let arguments: Vec<&str> = line.split_whitespace().skip(1).collect();
    let rig = Rig::new(60, &[]);
    assert!(rig.run(&["list", "--all"]).out.contains("managed_secret"), "both kinds are there");
    let csv = rig.run(&arguments).out;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let mut records = 0;
    for record in reader.records().map(Result::unwrap) {
        assert!(record.iter().all(|cell| !cell.is_empty()), "{record:?}");
        records += 1;
    }
    assert_eq!(records, 60);
}

#[test]
fn names_for_a_shell_are_kept_only_where_other_things_are() {
    let rig = Rig::new(5, &[]);
    let profile = |top: &str, more: &str| {
        format!(
            "{top}\n[profiles.shop]\nbase_url = '{}'\nkey_env = 'SHOP_KEY'\n{more}",
            rig.backend.base_url()
        )
    };
    let file = rig.home.path().join(".local/state/grantdeck/selectors-shop.tsv");
    let list = || {
        let ran = run(rig.command(&["list", "--profile", "shop"]).env("SHOP_KEY", rig.key()));
        assert_eq!(ran.code, 0, "{}", ran.err);
        file.exists()
    };
    for (top, more) in [
        ("", "remember = false"),
        ("", "history = false"),
        ("", "production = true"),
        ("remember = false", ""),
        ("history = false", ""),
    ] {
        configure(&rig.home, &profile(top, more));
        assert!(!list(), "{top} {more}");
        configure(&rig.home, &profile("", ""));
        assert!(list());
        configure(&rig.home, &profile(top, more));
        assert!(!list(), "{top} {more}: those of before go too");
    }
}
