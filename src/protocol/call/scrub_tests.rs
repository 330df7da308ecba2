use proptest::prelude::*;

use super::*;

fn scrubbed(text: &str) -> String {
    json(text, &|text| text.replace("CREDENTIAL", REDACTED))
}

#[test]
fn values_of_secret_names_go_and_the_rest_stays_as_it_is_written() {
    let cases = [
        (r#"{ "password" : "x" , "n": [1.50, 1e2] }"#, r#"{ "password" : "[redacted]" , "n": [1.50, 1e2] }"#),
        (r#"{"token":123,"ok":true,"a":"b"}"#, r#"{"token":"[redacted]","ok":true,"a":"b"}"#),
        (r#"{"pass\u0077ord":"x"}"#, r#"{"pass\u0077ord":"[redacted]"}"#),
        (r#"{"password":"","token":null}"#, r#"{"password":"","token":null}"#),
        (r#"{"secret":["a",{"b":"c"}],"d":"e"}"#, r#"{"secret":["[redacted]",{"b":"[redacted]"}],"d":"e"}"#),
        (r#"{"a":"\"password\":\"x\""}"#, r#"{"a":"\"password\":\"x\""}"#),
        (r#"["CREDENTIAL","a CREDENTIAL\n"]"#, r#"["[redacted]","a [redacted]\n"]"#),
        // Pairs of a name and a value, in either order.
        (r#"[{"name":"password","value":"x"}]"#, r#"[{"name":"password","value":"[redacted]"}]"#),
        (r#"{"Value": "x", "Key":"API_KEY"}"#, r#"{"Value":"[redacted]", "Key":"API_KEY"}"#),
        (r#"{"key":"token","value":{"s":["x"]}}"#, r#"{"key":"token","value":{"s":["[redacted]"]}}"#),
        (r#"{"value":{"s":1},"n":2,"name":"token"}"#, r#"{"value":"[redacted]","n":2,"name":"token"}"#),
        (r#"{"name":"password","value":"x"#, r#"{"name":"password","value":"[redacted]"#),
        (r#"{"name":"password","value":null}"#, r#"{"name":"password","value":null}"#),
        (
            r#"[{"name":"password"},{"value":"x"},{"name":"n","value":"y"}]"#,
            r#"[{"name":"password"},{"value":"x"},{"name":"n","value":"y"}]"#,
        ),
        // Broken and cut.
        (r#"{"password":"x"#, r#"{"password":"[redacted]"#),
        (r#"{"password":"x\"#, r#"{"password":"[redacted]"#),
        (r#"{"password":12"#, r#"{"password":"[redacted]""#),
        (r#"{"a":"say CREDENTIAL\u00"#, r#"{"a":"say [redacted]"#),
        (r#"{"password" "x","token":"y"}"#, r#"{"password" "x","token":"[redacted]"}"#),
        (
            "{\"password\":\"x\"}\n{\"token\":\"y\"}",
            "{\"password\":\"[redacted]\"}\n{\"token\":\"[redacted]\"}",
        ),
        ("]]}}", "]]}}"),
    ];
    for (text, want) in cases {
        assert_eq!(scrubbed(text), want, "{text}");
    }
}

#[test]
fn elements_of_secret_names_lose_their_text() {
    let cases = [
        (
            "<a><SecretAccessKey>x</SecretAccessKey><b>y</b></a>",
            "<a><SecretAccessKey>[redacted]</SecretAccessKey><b>y</b></a>",
        ),
        ("<w:Password w:Type=\"t\">x</w:Password>", "<w:Password w:Type=\"t\">[redacted]</w:Password>"),
        ("<token><![CDATA[x]]></token>", "<token><![CDATA[[redacted]]]></token>"),
        ("<Credentials>\n <Name>n</Name></Credentials>", "<Credentials>\n <Name>n</Name></Credentials>"),
        ("<password>cut", "<password>[redacted]"),
        ("a < b > c", "a < b > c"),
    ];
    for (text, want) in cases {
        assert_eq!(markup(text), want, "{text}");
    }
}

proptest! {
    #[test]
    fn a_secret_goes_wherever_the_text_is_cut(
        before in proptest::collection::vec("[a-z\"\\\\é]{0,5}", 0..4),
        secret in "[A-Z0-9\"\\\\é]{4,12}",
        cut in 0_usize..400,
    ) {
        let whole = serde_json::json!({ "list": before, "deep": { "client_secret": secret }, "after": 1 }).to_string();
        let scrubbed = scrubbed(&whole);
        let value: serde_json::Value = serde_json::from_str(&scrubbed).expect("still JSON");
        prop_assert_eq!(&value["deep"]["client_secret"], REDACTED);
        prop_assert_eq!(&value["list"], &serde_json::json!(before));
        let cut: String = whole.chars().take(cut).collect();
        let scrubbed = json(&cut, &|text| text.to_owned());
        prop_assert!(!scrubbed.contains(|character: char| character.is_ascii_uppercase()), "{}", scrubbed);
    }

    #[test]
    fn what_holds_no_secret_is_left_alone(text in "[ -~é\n]{0,60}") {
        prop_assume!(!text.to_lowercase().contains(['k', 't', 'p', 's', 'o', 'j', 'c']));
        prop_assert_eq!(json(&text, &|text| text.to_owned()), text.clone());
        prop_assert_eq!(markup(&text), text);
    }
}
