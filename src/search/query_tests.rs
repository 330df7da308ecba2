use proptest::prelude::*;

use super::*;

fn word(text: &str) -> Word {
    Word { text: text.to_owned(), negated: false, whole: false }
}

#[test]
fn facets_words_and_quotes_are_told_apart() {
    let query =
        Query::parse(r#"goo provider:google,Slack -label:"old one" "two words" -dead https://x.test/a"#);
    assert_eq!(query.mistakes, []);
    assert_eq!(
        query.words,
        [
            word("goo"),
            Word { text: "two words".into(), negated: false, whole: true },
            Word { text: "dead".into(), negated: true, whole: false },
            word("https://x.test/a"),
        ]
    );
    assert_eq!(
        query.facets,
        [
            Facet { negated: false, want: Want::Provider(vec!["google".into(), "slack".into()]) },
            Facet { negated: true, want: Want::Label(vec!["old one".into()]) },
        ]
    );
}

#[test]
fn health_is_found_by_name_word_or_beginning() {
    let cases: [(&str, &[Health]); 7] = [
        ("missing_scopes", &[Health::MissingScopes]),
        ("missing-scopes", &[Health::MissingScopes]),
        ("scopes", &[Health::MissingScopes]),
        ("reconnect", &[Health::NeedsReconnect]),
        ("expi", &[Health::Expired, Health::Expiring]),
        ("OK,revoked", &[Health::Ok, Health::Revoked]),
        ("broken", HealthGroup::BROKEN.members),
    ];
    for (value, want) in cases {
        let query = Query::parse(&format!("health:{value}"));
        assert_eq!(query.facets, [Facet { negated: false, want: Want::Health(want.to_vec()) }], "{value}");
        assert_eq!(query.mistakes, [], "{value}");
    }
}

#[test]
fn mistakes_are_kept_with_what_was_meant() {
    let cases = [
        ("provder:google", Some("provider:google"), 0, 1, Taken::AsWord),
        ("health:expird", Some("health:expired"), 1, 0, Taken::AsNothing),
        ("health:brokn", Some("health:broken"), 1, 0, Taken::AsNothing),
        ("-health:brokn", Some("-health:broken"), 1, 0, Taken::AsNothing),
        ("health:reconect", Some("health:reconnect"), 1, 0, Taken::AsNothing),
        ("health:wonderful", None, 1, 0, Taken::AsNothing),
        ("id:xyz", None, 1, 0, Taken::AsNothing),
        ("status:actve", Some("status:active"), 1, 0, Taken::AsTyped),
    ];
    for (text, suggestion, facets, words, taken) in cases {
        let query = Query::parse(text);
        assert_eq!(query.mistakes.len(), 1, "{text}");
        assert_eq!(query.mistakes[0].part, text);
        assert_eq!(query.mistakes[0].taken, taken, "{text}");
        assert_eq!(query.mistakes[0].suggestion.as_deref(), suggestion, "{text}");
        assert_eq!(query.facets.len(), facets, "{text}");
        assert_eq!(query.words.len(), words, "{text}");
    }
    assert_eq!(
        Query::parse("a helth:ok").mistakes[0].to_string(),
        "helth:ok: unknown filter, searched as text, did you mean health:ok?"
    );
    assert_eq!(Query::parse(&"x ".repeat(33)).mistakes[0].taken, Taken::LeftOut);
}

#[test]
fn one_wrong_value_of_several_is_named_alone() {
    let query = Query::parse("-health:reconnect,brokn id:7c,zz");
    let parts: Vec<&str> = query.mistakes.iter().map(|mistake| mistake.part.as_str()).collect();
    assert_eq!(parts, ["-health:brokn", "id:zz"]);
}

#[test]
fn a_health_that_is_near_none_brings_the_whole_list() {
    let reported = Query::parse("health:wonderful").mistakes[0].to_string();
    for group in HealthGroup::all() {
        let word =
            group.members.first().filter(|_| group.members.len() == 1).map_or("broken", |one| one.word());
        assert!(reported.contains(word), "{word} is not in {reported}");
    }
}

#[test]
fn a_colon_that_makes_no_facet_is_part_of_a_word() {
    let query = Query::parse("chat:write");
    assert_eq!(query.words, [Word { text: "chat:write".into(), negated: false, whole: true }]);
    assert_eq!((query.facets.len(), query.mistakes.len()), (0, 0));
    assert_eq!(query.unknown_filters[0].to_string(), "chat:write: unknown filter, searched as text");
}

#[test]
fn a_part_that_is_being_typed_is_no_mistake() {
    for text in
        ["", "  ", "provider:", "health: ", "-", "-health:", "label:\"", "\"", "status:act", "kind:sec"]
    {
        assert_eq!(Query::parse(text).mistakes, [], "{text:?}");
    }
    assert!(Query::parse(" provider: ").is_empty());
    assert_eq!(Query::parse("-").words, [word("-")]);
    assert_eq!(
        Query::parse("status:deprovisioned").facets,
        [Facet { negated: false, want: Want::Status(vec!["deprovisioned".into()]) }]
    );
    assert_eq!(
        Query::parse("kind:secret").facets,
        [Facet { negated: false, want: Want::Kind(vec!["managed_secret".into()]) }]
    );
}

#[test]
fn ids_are_known_by_their_digits() {
    let id = 0x2a60_b3ed_2485_535b_8dd1_9f04_e567_f3a1_u128;
    for (text, matches, printed) in [
        ("2a60", true, 4),
        ("2A60B3ED", true, 8),
        ("2a60b3ed-", true, 8),
        ("2a60b3ed-2", true, 10),
        ("2a60b3ed2485", true, 13),
        ("2a60b3ed-2485-535b-8dd1-9f04e567f3a1", true, 36),
        ("2a61", false, 4),
    ] {
        let prefix = IdPrefix::new(text).unwrap();
        assert_eq!((prefix.matches(id), prefix.printed()), (matches, printed), "{text}");
    }
    for text in ["", "-", "-2a60", "xyz", "2a60 ", &"0".repeat(33)] {
        assert_eq!(IdPrefix::new(text), None, "{text}");
    }
    assert!(word("2a60").id_prefix().is_some() && word("2a-6").id_prefix().is_none());
}

#[test]
fn a_search_narrows_only_when_it_cannot_find_more() {
    let cases = [
        ("goog", "googl", false), // a longer word may match better
        ("\"goog\"", "\"googl\"", true),
        ("\"goo\"", "\"goog\"", false), // from four letters on scopes are searched too
        ("", "a", true),
        ("a", "", false),
        ("a", "a b", true),
        ("-de", "-dea", false),
        ("health:exp", "health:expired", true),
        ("-health:exp", "-health:expired", false),
        ("provider:goo", "provider:google", true),
        ("provider:google", "provider:google,slack", false),
        ("id:2a", "id:2a6", true),
        ("id:2a6", "id:2a", false),
        ("provder:x", "provider:x", false),
        ("provider:x", "provder:x", false),
    ];
    for (last, next, want) in cases {
        assert_eq!(Query::parse(next).narrows(&Query::parse(last)), want, "{last} -> {next}");
    }
}

proptest! {
    #[test]
    fn any_text_is_taken_apart(text in any::<String>()) {
        let query = Query::parse(&text);
        prop_assert_eq!(&query.text, &text);
        prop_assert!(query.narrows(&query));
    }

    #[test]
    fn any_line_of_its_own_grammar_is_taken_apart(
        text in r#"(-?(provider|health|id|scope|kind|x)?:?"?[a-f0-9 ,"-]{0,6}"?){0,8}"#
    ) {
        let query = Query::parse(&text);
        prop_assert!(query.words.iter().all(|word| !word.text.is_empty()));
    }
}
