use super::*;
use crate::page::Page;

const PAGE: &str = r#"{"grants":[
{"grant_kind":"oauth","grant_id":"2a60b3ed-2485-535b-8dd1-9f04e567f3a1","provider_id":"google",
"scopes":["https://www.example.com/auth/calendar","openid"],"account_identifier":"work@acme.example",
"account_display_name":"Zoë 東京","api_base_url":null,"status":"active","scope_mismatch":false,
"needs_reconnect":true,"expires_at":null,"created_at":"2026-01-01T08:00:00Z","last_used_at":"soon",
"principal_type":"user","access_via":"ownership","delegated_agent_ids":[],"label":"a \"b\" \\ \u00e9",
"credential_id":"x","grant_policy":{"max" : [1, 2.5e3]},"depth":0,"delegable":false,"scope_constraint":null},
{ "grant_kind" : "managed_secret" , "grant_id":"3a60b3ed-2485-535b-8dd1-9f04e567f3a1","x_new":{"a":[{}]},
"managed_secret_id":"i","managed_secret_slug":"s","managed_secret_name":"n","status":"active","depth":-12,
"created_at":"2026-01-01T08:00:00.5Z","principal_type":"group","access_via":"ms_delegation","label":null,
"scope_constraint":[ "a", "b" ],"depth":3, "scopes":["openid"],"credential_kind":7.5},
{"grant_kind":"oauth","scopes":["https://www.example.com/auth/calendar","openid"],"scopes":["\ud83d\ude00",1]}
],"total":3,"limit":1000,"more":[],"offset":0,"has_more":false} "#;

#[test]
fn a_page_as_backends_write_it_is_taken() {
    let (fast, slow) = Page::parse_both(PAGE.as_bytes());
    assert_eq!(fast.unwrap(), slow);
    assert_eq!(slow.unwrap().grants.len(), 3);
    for text in [r#"{"grants":[],"total":0,"limit":1,"offset":0,"has_more":false}"#, r#"{"grants": [ ] }"#] {
        let (fast, slow) = Page::parse_both(text.as_bytes());
        assert_eq!(fast.unwrap(), slow);
    }
}

#[test]
fn whatever_is_answered_is_what_the_general_reader_answers() {
    let mut taken = 0;
    let mut check = |text: &str| {
        let (fast, slow) = Page::parse_both(text.as_bytes());
        if let Some(fast) = fast {
            taken += 1;
            assert_eq!(fast, slow, "{text}");
        }
    };
    let breaks =
        ["", "\"", "\\", "\n", "\u{1}", ",", "]", "}", "{", "[", "0", "-", ".", "e", "é", "null", "\\ud800"];
    let mut buffer = [0; 4];
    for (at, character) in PAGE.char_indices() {
        let (before, after) = PAGE.split_at(at);
        let after = after.strip_prefix(character).unwrap();
        check(before);
        for (number, instead) in breaks.iter().enumerate() {
            // Instead of the character, or before it.
            let kept = if (at + number) % 2 == 0 { "" } else { character.encode_utf8(&mut buffer) };
            check(&format!("{before}{instead}{kept}{after}"));
        }
    }
    // Most changes are within strings, where they change only the text.
    assert!(taken > 10_000, "{taken}");
}

#[test]
fn the_end_of_a_plain_text_is_found_wherever_it_is() {
    for stop in ["\"", "\\", "\u{0}", "\u{1f}", "\n"] {
        for before in 0..40 {
            for filler in ["a", " ", "!", "\u{7f}", "é", "\u{a2}", "東", "[", "\u{10ffff}"] {
                let text = filler.repeat(before);
                assert_eq!(
                    unescaped_length(format!("{text}{stop}\"\\\u{1}x").as_bytes()),
                    text.len(),
                    "{text}{stop:?}"
                );
                assert_eq!(unescaped_length(text.as_bytes()), text.len());
            }
        }
    }
}
