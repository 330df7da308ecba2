use std::collections::BTreeMap;

use proptest::prelude::*;
use strum::IntoEnumIterator;
use uuid::Uuid;

use super::*;

const ID: &str = "7c1f0a52-1111-4222-8333-444455559e2a";

fn named(name: &str, provider: &str, account: &str) -> Named {
    let (name, provider, account) = (name.to_owned(), provider.to_owned(), account.to_owned());
    Named { name, id: GrantId(Uuid::try_parse(ID).unwrap()), provider, account }
}

fn google() -> Named {
    named("GOOGLE_WORK_ACME_GRANT_ID", "google", "work@acme.com")
}

/// Parses a block of a format with a parser for its syntax. Returns names and ids in order, or `None` if
/// there is no parser for the syntax here.
fn read(format: CopyFormat, text: &str) -> Option<Vec<(String, String)>> {
    let pairs = |map: BTreeMap<String, String>| map.into_iter().collect();
    Some(match format {
        CopyFormat::Toml => {
            fn flat(prefix: &str, table: &toml::Table, out: &mut Vec<(String, String)>) {
                for (name, value) in table {
                    match value {
                        toml::Value::Table(inner) => flat(&format!("{prefix}{name}."), inner, out),
                        value => out.push((format!("{prefix}{name}"), value.as_str().unwrap().to_owned())),
                    }
                }
            }
            let mut out = Vec::new();
            flat("", &text.parse().unwrap(), &mut out);
            out
        }
        CopyFormat::Json => pairs(serde_json::from_str(text).unwrap()),
        CopyFormat::Yaml => pairs(yaml_serde::from_str(text).unwrap()),
        CopyFormat::Mcp => {
            let value: serde_json::Value = serde_json::from_str(text).unwrap();
            let env = value["mcpServers"]["alter-grants"]["env"].clone();
            pairs(serde_json::from_value(env).unwrap())
        }
        CopyFormat::Env | CopyFormat::Shell => {
            // In both, a comment is a complete line.
            let lines = text.lines().filter(|line| !line.starts_with("# "));
            let words = lines.map(|line| shell_words::split(line).unwrap());
            words
                .map(|words| {
                    let (last, before) = words.split_last().unwrap();
                    let want: &[&str] = if format == CopyFormat::Shell { &["export"] } else { &[] };
                    assert_eq!(before, want, "{text}");
                    let (name, value) = last.split_once('=').unwrap();
                    (name.to_owned(), value.to_owned())
                })
                .collect()
        }
        _ => return None,
    })
}

#[test]
fn every_format_has_a_row_and_every_row_a_format() {
    let formats: Vec<&str> = CopyFormat::iter().map(CopyFormat::name).collect();
    let mut rows: Vec<&str> = rows().collect();
    rows.sort_by_key(|row| formats.iter().position(|format| format == row));
    assert_eq!(rows, formats);
    for format in CopyFormat::iter() {
        let row = format.row();
        assert!(!row.label.is_empty() && row.help.ends_with('.') && row.parts().is_some(), "{format}");
        assert_eq!(format.name().parse(), Ok(format));
        assert_eq!(render(format, &[]), "", "{format}");
        assert!(
            !render(format, &[google()]).contains(['[', '|']) || format == CopyFormat::Python,
            "{format}"
        );
    }
}

#[test]
fn a_grant_looks_as_each_syntax_wants_it() {
    for (format, want) in [
        (CopyFormat::Uuid, ID.to_owned()),
        (CopyFormat::Env, format!("# google · work@acme.com\nGOOGLE_WORK_ACME_GRANT_ID={ID}\n")),
        (CopyFormat::Shell, format!("# google · work@acme.com\nexport GOOGLE_WORK_ACME_GRANT_ID='{ID}'\n")),
        (CopyFormat::Toml, format!("# google · work@acme.com\nGOOGLE_WORK_ACME_GRANT_ID = \"{ID}\"\n")),
        (CopyFormat::Yaml, format!("# google · work@acme.com\nGOOGLE_WORK_ACME_GRANT_ID: \"{ID}\"\n")),
        (CopyFormat::Json, format!("{{\n  \"GOOGLE_WORK_ACME_GRANT_ID\": \"{ID}\"\n}}\n")),
        (
            CopyFormat::Rust,
            format!("// google · work@acme.com\npub const GOOGLE_WORK_ACME_GRANT_ID: &str = \"{ID}\";\n"),
        ),
    ] {
        assert_eq!(render(format, &[google()]), want);
    }
    let command = render(CopyFormat::Command, &[named("", "github", "octo"), named("", "nobody", "")]);
    let lines: Vec<&str> = command.lines().collect();
    assert!(command.contains(&format!("grantdeck call {ID} GET https://api.github.com/user")), "{command}");
    assert_eq!(lines.first(), Some(&"# github · octo"));
    assert!(command.ends_with(&format!("# nobody\ngrantdeck call {ID} GET /\n")), "{command}");
    let python = render(CopyFormat::Python, &[google(), named("OTHER", "slack", "")]);
    assert!(
        python.contains("# slack\nOTHER = ") && python.contains("grant_id: str = GOOGLE_WORK"),
        "{python}"
    );
}

#[test]
fn several_grants_are_one_block() {
    let grants = [google(), google(), named("google_work_acme_grant_id_2", "slack", "")];
    for format in CopyFormat::iter() {
        let text = render(format, &grants);
        assert_eq!(text.matches(ID).count(), 3, "{format}: {text}");
        if let Some(read) = read(format, &text) {
            let mut names: Vec<String> = read.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), 3, "{format}: {text}");
        }
    }
    // If `a` is a string, `a.b` is impossible.
    let nested = ["a", "a.b", "a_b"].map(|name| named(name, "google", ""));
    assert_eq!(read(CopyFormat::Toml, &render(CopyFormat::Toml, &nested)).unwrap().len(), 3);
    let nested = ["a.b", "a", "a"].map(|name| named(name, "google", ""));
    assert_eq!(read(CopyFormat::Toml, &render(CopyFormat::Toml, &nested)).unwrap().len(), 3);
}

#[test]
fn many_grants_of_one_name_are_numbered() {
    let grants: Vec<Named> = (0..20_000).map(|_| google()).collect();
    let names = names(CopyFormat::Toml, &grants);
    assert_eq!(names.last().unwrap(), "GOOGLE_WORK_ACME_GRANT_ID_20000");
    assert_eq!(super::names(CopyFormat::Uuid, &grants[..2]), [google().name, google().name]);
}

#[test]
fn a_masked_block_holds_no_id() {
    for format in CopyFormat::iter() {
        let grants = [google(), named("x", ID, "")];
        let text = render_masked(format, &grants, "(masked)");
        assert!(!text.contains(ID), "{format}: {text}");
        assert_eq!(text.replace("(masked)", ID), render(format, &grants), "{format}");
    }
}

/// The names of a block, computed naively: each is compared with all previous ones.
fn names_by_trial(format: CopyFormat, names: &[String]) -> Vec<String> {
    let tables = format == CopyFormat::Toml;
    let is_inside = |one: &str, other: &str| one.starts_with(&format!("{other}."));
    let mut taken: Vec<String> = Vec::new();
    for name in names {
        let mut name = format.row().names.valid_name(name);
        if tables && taken.iter().any(|one| is_inside(one, &name) || is_inside(&name, one)) {
            name = name.replace('.', "_");
        }
        let clash = |name: &str| {
            taken.iter().any(|one| one.eq_ignore_ascii_case(name) || tables && is_inside(one, name))
        };
        let mut tries =
            (1..).map(|number| if number == 1 { name.clone() } else { format!("{name}_{number}") });
        let free = tries.find(|name| !clash(name)).unwrap();
        taken.push(free);
    }
    taken
}

#[test]
fn names_come_from_provider_and_account() {
    for (provider, account, want) in [
        ("google", "work@acme.com", "GOOGLE_WORK_ACME_GRANT_ID"),
        ("google", "zoe.lindqvist@mail.mossgate.example", "GOOGLE_ZOE_LINDQVIST_MAIL_MOSSGATE_GRANT_ID"),
        ("google", "root@localhost", "GOOGLE_ROOT_LOCALHOST_GRANT_ID"),
        ("stripe-production", "", "STRIPE_PRODUCTION_GRANT_ID"),
        ("slack", "acme-hq", "SLACK_ACME_HQ_GRANT_ID"),
        ("notion", "東京オフィス", "NOTION_GRANT_ID"),
        ("", "", "GRANT_ID"),
        ("1password", "x", "GRANT_1PASSWORD_X_GRANT_ID"),
        ("x", "a@b@c.d", "X_A_B_C_GRANT_ID"),
    ] {
        assert_eq!(suggest(provider, account), want);
    }
    assert!(suggest("google", &"a-".repeat(400)).len() < 80);
}

#[test]
fn names_that_a_syntax_does_not_allow_are_refused_with_one_that_would_do() {
    for (format, name, want) in [
        (CopyFormat::Env, "A_1", None),
        (CopyFormat::Env, "1A", Some("GRANT_1A")),
        (CopyFormat::Env, "my-grant", Some("my_grant")),
        (CopyFormat::Shell, "a b;c", Some("a_b_c")),
        (CopyFormat::Toml, "alter.grants.google", None),
        (CopyFormat::Toml, "a..b", Some("a_b")),
        (CopyFormat::Toml, "a b", Some("a_b")),
        (CopyFormat::Yaml, "my-grant", None),
        (CopyFormat::Yaml, "Yes", Some("Yes_GRANT_ID")),
        (CopyFormat::Yaml, "a: b", Some("a_b")),
        (CopyFormat::Json, "any thing \"at\" all", None),
        (CopyFormat::Json, "a\u{202e}b", Some("a\u{fffd}b")),
        (CopyFormat::Json, "", Some("GRANT_ID")),
        (CopyFormat::Python, "class", Some("class_GRANT_ID")),
        (CopyFormat::TypeScript, "new", Some("new_GRANT_ID")),
        (CopyFormat::Rust, "_", Some("GRANT_ID")),
        (CopyFormat::Rust, "fn", Some("fn_GRANT_ID")),
        (CopyFormat::Uuid, "", None),
        (CopyFormat::Command, "a b", None),
    ] {
        let suggested = check(format, name).err().map(|refused| refused.suggestion);
        assert_eq!(suggested.as_deref(), want, "{format} {name}");
    }
    let words = check(CopyFormat::Env, "my-grant").unwrap_err().to_string();
    assert!(words.ends_with("; try `my_grant`"), "{words}");
}

/// Mostly hostile texts, and some ordinary ones.
fn foreign() -> impl Strategy<Value = String> {
    let pieces: &'static [&'static str] = &[
        "\n",
        "\r\n",
        "\u{2028}",
        "\u{85}",
        "\u{b}",
        "\"",
        "'",
        "\"\"\"",
        "'''",
        "\\",
        "*/",
        "#",
        " #",
        "//",
        "`",
        "$(x)",
        "{id}",
        "{name}",
        "[[",
        "]]",
        "[|",
        "}",
        ": ",
        "- ",
        "&a",
        "%",
        "EVIL=1",
        "\u{202e}",
        "\0",
        "a",
        "@",
        ".",
        "é",
        "東",
        "-->",
        "export X=1",
    ];
    prop_oneof![
        proptest::collection::vec(proptest::sample::select(pieces), 0..12).prop_map(|pieces| pieces.concat()),
        any::<String>(),
    ]
}

proptest! {
    #[test]
    fn whatever_a_grant_is_called_the_block_says_what_it_should(
        grants in proptest::collection::vec((foreign(), foreign(), foreign(), any::<bool>()), 1..4)
    ) {
        let grants: Vec<Named> = grants
            .into_iter()
            .map(|(name, provider, account, suggested)| {
                let name = if suggested { suggest(&provider, &account) } else { name };
                named(&name, &provider, &account)
            })
            .collect();
        let honest: Vec<Named> = grants.iter().map(|_| named("X", "x", "")).collect();
        for format in CopyFormat::iter() {
            let text = render(format, &grants);
            if let Some(read) = read(format, &text) {
                prop_assert_eq!(read.len(), grants.len(), "{} {}", format, text);
                prop_assert!(read.iter().all(|(_, id)| id == ID), "{} {}", format, text);
            }
            // Foreign text never starts or ends a line: the number of lines outside comments is constant.
            let code = |text: &str| {
                let mark = format.row().comment.clone().unwrap_or_default();
                let is_code = |line: &&str| mark.is_empty() || !line.starts_with(&format!("{mark} "));
                text.lines().filter(is_code).count()
            };
            if format != CopyFormat::Command {
                prop_assert_eq!(code(&text), code(&render(format, &honest)), "{} {}", format, text);
            }
            let is_safe = |one: char| one == '\n' || crate::clean::is_harmless(one);
            prop_assert!(text.chars().all(is_safe), "{} {:?}", format, text);
            // A comment is on its own line, which starts with the comment marker.
            for line in text.lines().filter(|line| line.contains(" · ") && format != CopyFormat::Json) {
                let mark = format.row().comment.clone().unwrap_or_default();
                prop_assert!(!mark.is_empty() && line.starts_with(&mark), "{} {}", format, text);
            }
        }
    }

    #[test]
    fn names_are_those_that_trial_finds(given in prop::collection::vec("[aAbB](\\.[aA2]|_2|_3){0,2}", 0..14)) {
        let grants: Vec<Named> = given.iter().map(|name| named(name, "google", "")).collect();
        for format in CopyFormat::iter().filter(|format| format.is_named()) {
            prop_assert_eq!(names(format, &grants), names_by_trial(format, &given), "{}", format);
        }
    }

    #[test]
    fn a_suggested_name_is_valid_everywhere(provider in foreign(), account in foreign()) {
        let name = suggest(&provider, &account);
        for format in CopyFormat::iter() {
            prop_assert_eq!(check(format, &name), Ok(()));
        }
    }

    #[test]
    fn what_is_suggested_in_the_place_of_a_name_is_valid(name in foreign()) {
        for format in CopyFormat::iter() {
            if let Err(refused) = check(format, &name) {
                prop_assert_eq!(check(format, &refused.suggestion), Ok(()), "{}", format);
            }
        }
    }
}
