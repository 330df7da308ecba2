//! Valid and invalid attribution.

use proptest::prelude::*;

use super::*;

fn environment(name: &str) -> Option<String> {
    match name {
        "USER" => Some("ann".to_owned()),
        "LONG" => Some("x".repeat(513)),
        "EMPTY" => Some(String::new()),
        "SHOP_KEY" => Some("alter_rk_secret".to_owned()),
        _ => None,
    }
}

fn said(text: &str, source: &Source) -> (Attribution, Vec<String>) {
    let config = Config::read(text, "c.toml");
    assert_eq!(config.mistakes, [], "{text}");
    let (attribution, mistakes) = config.attribution(source, &environment);
    let reported = |mistake: &Diagnosis| {
        mistake.facts.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(": ")
    };
    (attribution, mistakes.iter().map(reported).collect())
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

const BOTH: &str = "reason = \"on call\"\n\
    context = { operator = { env = \"USER\" }, tool = \"grantdeck\" }\n\
    [profiles.shop]\nkey_env = \"SHOP_KEY\"\nreason = \"the shop\"\n\
    context = { tool = \"shop deck\", team = \"shop\" }\n\
    [profiles.lab]\nkey = \"prompt\"\n";

#[test]
fn a_profile_adds_to_what_is_said_for_everything() {
    let profile = |name: &str| Source::Profile(name.to_owned());
    let (all, mistakes) = said(BOTH, &Source::Environment);
    assert_eq!((all.reason.as_deref(), mistakes.len()), (Some("on call"), 0));
    assert_eq!(all.context, pairs(&[("operator", "ann"), ("tool", "grantdeck")]));
    assert_eq!(said(BOTH, &profile("lab")).0, all);
    let (shop, _) = said(BOTH, &profile("shop"));
    assert_eq!(shop.reason.as_deref(), Some("the shop"));
    assert_eq!(shop.context, pairs(&[("operator", "ann"), ("tool", "shop deck"), ("team", "shop")]));
}

#[test]
fn what_cannot_be_said_is_left_out_and_reported() {
    let with = |value: &str| {
        let text =
            format!("context = {{ tool = \"t\", a = {value} }}\n[profiles.shop]\nkey_env = \"SHOP_KEY\"\n");
        let (attribution, reported) = said(&text, &Source::Environment);
        assert_eq!(attribution.context, pairs(&[("tool", "t")]), "{value}");
        reported.join("\n")
    };
    for (value, problem) in [
        ("{ env = \"NOWHERE\" }", "context.a: the environment variable NOWHERE is not set"),
        ("{ env = \"EMPTY\" }", "EMPTY is not set"),
        ("{ env = \"LONG\" }", "at most 512 characters"),
        ("{ env = \"SHOP_KEY\" }", "SHOP_KEY holds a secret"),
    ] {
        let reported = with(value);
        assert!(reported.contains(problem) && !reported.contains("alter_rk"), "{value}: {reported}");
    }
}

#[test]
fn a_mistake_is_reported_with_its_line_and_costs_no_more() {
    let long = |length: usize| "x".repeat(length);
    let many = |count: usize| (0..count).map(|key| format!("k{key} = \"\"")).collect::<Vec<_>>().join("\n");
    let large = (0..9).map(|key| format!("k{key} = \"{}\"", long(500))).collect::<Vec<_>>().join("\n");
    for (text, line, problem) in [
        ("context = \"ann\"".to_owned(), 1, "expected a table"),
        ("[context]\na = \"\"\nb = 1".to_owned(), 3, "expected a table"),
        ("[context]\nb = { env = \"ALTER_API_KEY\" }".to_owned(), 2, "does not begin with ALTER_"),
        ("[context]\nb = { env = \"USER\", or = \"x\" }".to_owned(), 2, "expected a table"),
        ("[context]\nb = { file = \"x\" }".to_owned(), 2, "expected a table"),
        (format!("[context]\na = \"\"\n{} = \"\"", long(65)), 3, "at most 64 characters"),
        (format!("[context]\na = \"\"\nb = \"{}\"", long(513)), 3, "at most 512 characters"),
        (format!("[context]\n{}", many(21)), 22, "at most 20 keys"),
        (format!("[context]\n{large}"), 10, "at most 4096 characters"),
        ("reason = \"\"".to_owned(), 1, "one line of text"),
        ("reason = \"a\\nb\"".to_owned(), 1, "one line of text"),
        (format!("reason = \"{}\"", long(513)), 1, "one line of text"),
    ] {
        let config = Config::read(&text, "c.toml");
        let facts: Vec<&str> = config
            .mistakes
            .iter()
            .flat_map(|mistake| &mistake.facts)
            .map(|(_, value)| value.as_str())
            .collect();
        assert_eq!(config.mistakes.len(), 1, "{text}");
        assert_eq!(facts[1], line.to_string(), "{facts:?}");
        assert!(facts.iter().any(|fact| fact.contains(problem)), "{facts:?}");
        assert_eq!((&config.preferences.context, &config.preferences.reason), (&None, &None));
    }
}

proptest! {
    /// Whatever is configured, the attribution is within the limits of the protocol.
    #[test]
    fn what_is_said_can_be_sent(
        global in prop::collection::vec(("[a-z]{1,3}", "[a-zé]{0,400}"), 0..20),
        own in prop::collection::vec(("[a-z]{1,3}", "[a-zé]{0,400}"), 0..20),
    ) {
        let preferences = |pairs: Vec<(String, String)>| {
            let texts = pairs.into_iter().map(|(key, text)| (key, ContextValue::Text(text)));
            let mut once: Vec<(String, ContextValue)> = Vec::new();
            for (key, text) in texts {
                if !once.iter().any(|(known, _)| *known == key) {
                    once.push((key, text));
                }
            }
            crate::Preferences { context: Some(once), ..Default::default() }
        };
        let config = Config { preferences: preferences(own).over(&preferences(global)), ..Config::default() };
        let (attribution, _) = config.attribution(&Source::Environment, &environment);
        let said: Vec<(&str, &str)> =
            attribution.context.iter().map(|(key, text)| (key.as_str(), text.as_str())).collect();
        prop_assert!(encode_context(&said).is_ok());
    }
}
