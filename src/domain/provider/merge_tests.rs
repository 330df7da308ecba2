//! The user's own rows.

use pretty_assertions::assert_eq;
use proptest::prelude::*;

use super::*;
use crate::provider::{Answers, Basis, table};

fn merged(text: &str) -> Merged {
    merge(table(), text)
}

fn reported(text: &str) -> Vec<String> {
    merged(text).mistakes.iter().map(Mistake::to_string).collect()
}

#[test]
fn a_row_is_laid_over_and_the_rest_stays() {
    let text = "[github]\nname = \"Our GitHub\"\nbase = \"https://git.acme.example/api/v3\"\n\
                headers = { x-github-api-version = \"2026-01-01\" }\n\
                presets = [{ name = \"Ours\", help = \"Ours.\", method = \"GET\", path = \"/ours\" }]\n";
    let merged = merged(text);
    assert_eq!(merged.mistakes, []);
    let (before, after) = (&table()["github"], &merged.table["github"]);
    assert_eq!(
        (after.name.as_str(), after.base.as_deref()),
        ("Our GitHub", Some("https://git.acme.example/api/v3"))
    );
    assert_eq!(after.headers.len(), before.headers.len());
    assert_eq!(after.headers["x-github-api-version"], "2026-01-01");
    assert_eq!(after.presets.len(), before.presets.len() + 1);
    assert_eq!((&after.hosts, &after.console), (&before.hosts, &before.console));
    let (probe, known) = (after.probe.as_ref().unwrap(), before.probe.as_ref().unwrap());
    assert_eq!((probe.request(), probe.state), (known.request(), Basis::Yours), "it is asked elsewhere");
    assert_eq!(merged.table.len(), table().len());
}

#[test]
fn a_new_row_needs_little_and_gets_no_hosts() {
    let text = "[warehouse]\nname = \"Warehouse\"\nbase = \"https://warehouse.acme.example\"\n\
                [warehouse.probe]\npath = \"/v1/tables\"\nassert = [{ at = \"/tables\", kind = \"array\" }]\n";
    let merged = merged(text);
    assert_eq!(merged.mistakes, []);
    let row = &merged.table["warehouse"];
    assert!(row.hosts.is_empty() && !row.serves("warehouse.acme.example"));
    let probe = row.probe.as_ref().unwrap();
    assert_eq!((probe.state, probe.answers), (Basis::Yours, Answers::Json));
    assert_eq!(row.base_url(None).as_deref(), Some("https://warehouse.acme.example"));
}

#[test]
fn a_slug_starts_from_its_service() {
    let merged = merged("[stripe-eu]\nname = \"Stripe EU\"\n");
    assert_eq!(merged.mistakes, []);
    let (row, stripe) = (&merged.table["stripe-eu"], &table()["stripe"]);
    assert_eq!((&row.hosts, &row.probe), (&stripe.hosts, &stripe.probe));
}

#[test]
fn nobody_but_the_table_vouches_that_a_call_only_reads() {
    let probe = |lines: &str| format!("[github.probe]\npath = \"/user\"\n{lines}");
    for lines in [
        "method = \"DELETE\"\nreads = true\nreads_because = \"so it says\"\n",
        "method = \"DELETE\"\nreads = true\nreads_because = \"so it says\"\nstate = \"documented, not run\"\n",
        "method = \"POST\"\n",
        "headers = { X_HTTP_Method = \"DELETE\" }\nreads = true\nreads_because = \"so it says\"\n",
        "query = { _method = \"DELETE\" }\nreads = true\nreads_because = \"so it says\"\n",
    ] {
        let reported = reported(&probe(lines));
        assert!(
            reported.iter().any(|line| line.contains("probe.method: a probe only reads")),
            "{lines}{reported:?}"
        );
        assert_eq!(merged(&probe(lines)).table, *table(), "{lines}");
    }
    let own = merged(&probe(""));
    assert_eq!(own.table["github"].probe.as_ref().unwrap().state, Basis::Yours);
    // A probe that the file changes no longer counts as built-in.
    for line in ["base = \"https://linear.acme.example\"", "headers = { X-HTTP-Method = \"DELETE\" }"] {
        let merged = merged(&format!("[linear]\n{line}\n"));
        assert_eq!((&merged.mistakes, &merged.held), (&Vec::new(), &vec!["linear".to_owned()]), "{line}");
        let row = &merged.table["linear"];
        assert!(row.probe.is_none() && row.probe_missing.is_some(), "{line}");
    }
    let renamed = merged("[linear]\nname = \"Ours\"\n");
    assert!(renamed.held.is_empty() && renamed.table["linear"].probe.as_ref().unwrap().is_vouched_for());
}

#[test]
fn a_mistake_costs_its_own_row_and_says_where_and_what_is_allowed() {
    for (text, want) in [
        ("[github]\nhots = []\n", "line 2, github.hots: unknown field `hots`, expected one of"),
        ("[github]\nhots = []\n", "did you mean `hosts`?"),
        (
            "[github]\nhosts = [\"evil.example\"]\n",
            "line 2, github.hosts: `evil.example` cannot be added here",
        ),
        ("[new]\nname = \"N\"\nhosts = [\"evil.example\"]\n", "line 3, new.hosts:"),
        ("x = 1\n", "line 1, x: a row must be a table"),
        ("[\"A b\"]\nname = \"x\"\n", "line 1, A b: a row is named by"),
        ("[new]\nbase = \"https://a.example\"\n", "line 1, new.name: must be one line of text"),
        ("[github]\nbase = \"http://a.example\"\n", "line 2, github.base: must be https://"),
        (
            "[github.probe]\npath = \"/u\"\nmethod = \"POST\"\n",
            "line 3, github.probe.method: a probe only reads",
        ),
        (
            "[github.probe]\npath = \"/u\"\nexpect = [\"ok\"]\n",
            "line 3, github.probe.expect[0]: invalid type",
        ),
        ("[github.probe]\npath = \"/u\"\nassert = [{ at = \"/a\" }]\n", "exactly one of `equals`"),
        ("[github]\nkind = \"both ways\"\n", "expected one of `oauth`, `secret`, `both`"),
        (
            "[github]\n\n[[github.presets]]\nname = \"a\"\nhelp = \"b\"\nmethod = \"GET\"\npath = \"x\"\n",
            "line 7, github.presets[0].path: must begin with a slash",
        ),
        ("[github\n", "line 1: this is not TOML"),
    ] {
        let reported = reported(text);
        assert!(reported.iter().any(|line| line.contains(want)), "{text}\n{reported:#?}\n{want}");
        assert_eq!(merged(text).table, *table(), "{text}");
    }
    let both = merged("[github]\nbase = \"x\"\n[slack]\nname = \"Ours\"\n");
    assert_eq!((both.mistakes.len(), both.table["slack"].name.as_str()), (1, "Ours"));
}

#[test]
fn the_file_of_the_program_is_a_good_file() {
    let merged = merged(grantdeck_assets::PROVIDERS);
    assert_eq!(merged.mistakes, []);
    assert_eq!(merged.table, *table());
}

proptest! {
    #[test]
    fn no_file_widens_where_credentials_go(
        id in "(github|aws|shopify|google|stripe-eu|new|other-x)",
        host in "[a-z*.]{1,12}",
        field in "(hosts = \\[\"H\"\\]|base = \"https://H\"|base_from_grant = true|presets = \\[\\]|name = \"n\")",
        probed in "[a-z]{1,8}\\.(example|com|amazonaws\\.com)",
    ) {
        let text = format!("[{id}]\nname = \"x\"\n{}\n", field.replace('H', &host));
        let merged = merged(&text);
        for (row_id, row) in &merged.table {
            let own = known_in(table(), row_id);
            let before = own.is_some_and(|own| own.serves(&probed));
            prop_assert!(before || !row.serves(&probed), "{text} {probed}");
            prop_assert!(row.hosts.iter().all(|host| own.is_some_and(|own| own.hosts.contains(host))));
        }
    }
}
