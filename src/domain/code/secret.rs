//! What looks like a credential, by the name it stands under or by its own shape.

use std::ops::Range;

use super::percent;

/// What stands where a credential was cut out of a URL: a place that nothing fills, so that the call cannot be
/// sent before somebody has looked at it.
const PLACE: &str = "{credential}";

/// Names of headers without case, `-` and `_`, beside those that end in [`TAILS`].
const HEADERS: [&str; 8] = [
    "authorization",
    "proxyauthorization",
    "authentication",
    "cookie",
    "setcookie",
    "xauth",
    "xgoogauthorization",
    "xamzsignature",
];

/// Ends of such names.
const TAILS: [&str; 12] = [
    "apikey",
    "apisecret",
    "authkey",
    "accesskey",
    "appkey",
    "applicationkey",
    "subscriptionkey",
    "token",
    "secret",
    "password",
    "signature",
    "session",
];

/// Names of parameters and fields, folded the same way.
const PARAMETERS: [&str; 38] = [
    "accesskey",
    "accesstoken",
    "apikey",
    "apisecret",
    "apitoken",
    "appkey",
    "applicationkey",
    "assertion",
    "auth",
    "authkey",
    "authorization",
    "authtoken",
    "bearertoken",
    "clientassertion",
    "clientsecret",
    "codeverifier",
    "idtoken",
    "jwt",
    "key",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "privatetoken",
    "pwd",
    "refreshtoken",
    "secret",
    "secretaccesskey",
    "secretkey",
    "sessiontoken",
    "sig",
    "signature",
    "token",
    "xamzcredential",
    "xamzsecuritytoken",
    "xamzsignature",
    "xgoogcredential",
    "xgoogsignature",
];

/// Heads of well-known credentials, with how many further characters of `[A-Za-z0-9_.-]` make one.
const HEADS: [(&str, usize); 42] = [
    ("sk_live_", 8),
    ("sk_test_", 8),
    ("rk_live_", 8),
    ("rk_test_", 8),
    ("whsec_", 12),
    ("ghp_", 16),
    ("gho_", 16),
    ("ghu_", 16),
    ("ghs_", 16),
    ("ghr_", 16),
    ("github_pat_", 16),
    ("glpat-", 12),
    ("xoxb-", 8),
    ("xoxp-", 8),
    ("xoxa-", 8),
    ("xoxr-", 8),
    ("xoxs-", 8),
    ("xoxe.", 8),
    ("xapp-", 8),
    ("AKIA", 16),
    ("ASIA", 16),
    ("AIza", 30),
    ("ya29.", 16),
    ("GOCSPX-", 16),
    ("sk-", 20),
    ("SG.", 20),
    ("shpat_", 16),
    ("shpss_", 16),
    ("shppa_", 16),
    ("lin_api_", 16),
    ("lin_oauth_", 16),
    ("ntn_", 20),
    ("secret_", 30),
    ("pat-na1-", 16),
    ("pat-eu1-", 16),
    ("npm_", 30),
    ("pypi-", 30),
    ("dop_v1_", 16),
    ("hf_", 30),
    ("figd_", 16),
    ("alter_", 20),
    ("eyJ", 30),
];

fn folded(name: &str) -> String {
    let kept = name.trim().chars().filter(|character| !matches!(character, '-' | '_' | '.' | '[' | ']'));
    kept.flat_map(char::to_lowercase).collect()
}

/// Whether a header of that name holds a credential.
pub(super) fn is_telling_header(name: &str) -> bool {
    let folded = folded(name);
    HEADERS.contains(&folded.as_str()) || TAILS.iter().any(|tail| folded.ends_with(tail))
}

/// Whether a parameter or field of that name holds a credential.
pub(super) fn is_telling_parameter(name: &str) -> bool {
    PARAMETERS.binary_search(&folded(name).as_str()).is_ok()
}

/// Where the first well-known credential stands in a text.
pub(super) fn find(text: &str) -> Option<Range<usize>> {
    let mut inside = false;
    for (at, character) in text.char_indices() {
        let starts = !inside;
        inside = character.is_ascii_alphanumeric();
        if starts && inside {
            let rest = text.get(at..).unwrap_or_default();
            if let Some(length) = HEADS.iter().find_map(|(head, least)| length(rest, head, *least)) {
                return Some(at..at + length);
            }
        }
    }
    text.find("-----BEGIN ").map(|at| at..text.len())
}

fn length(rest: &str, head: &str, least: usize) -> Option<usize> {
    let tail = rest.strip_prefix(head)?;
    let legal = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-".contains(byte);
    let count = tail.bytes().take_while(|byte| legal(byte)).count();
    let body = tail.get(..count).unwrap_or_default();
    let fits = match head {
        "AKIA" | "ASIA" => body.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()),
        "eyJ" => body.contains('.'),
        _ => true,
    };
    (count >= least && fits).then_some(head.len() + count)
}

/// Whether a text holds a well-known credential, percent-encoded or not.
pub(super) fn holds(text: &str) -> bool {
    find(text).is_some()
        || (text.contains(['%', '+'])
            && percent::decode(text, true).is_some_and(|text| find(&text).is_some()))
}

/// A name from outside as a sentence may say it; None where it could hold a credential itself.
pub(super) fn sayable(name: &str) -> Option<&str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.[]$".contains(&byte);
    ((1..=40).contains(&name.len()) && name.bytes().all(plain) && !holds(name)).then_some(name)
}

/// A URL without user information, telling parameters and well-known credentials; what was taken out is said to
/// `dropped`.
pub(super) fn clean_url(url: &str, dropped: &mut impl FnMut(String)) -> String {
    let (place, query, fragment) = percent::parts(url);
    let mut out = clean_place(place, dropped);
    for (mark, part) in [('?', query), ('#', fragment)] {
        let Some(part) = part else { continue };
        let mut lost = false;
        let kept: Vec<&str> = part
            .split('&')
            .filter(|piece| {
                let (name, value) = percent::pair(piece);
                let telling = (is_telling_parameter(&name) && !value.is_empty()) || holds(piece);
                if telling {
                    lost = true;
                    dropped(parameter(&name));
                }
                !telling
            })
            .collect();
        if !(lost && kept.is_empty()) {
            out.push(mark);
            out.push_str(&kept.join("&"));
        }
    }
    out
}

/// How a parameter that was taken out is called.
pub(super) fn parameter(name: &str) -> String {
    sayable(name).map_or_else(|| "a parameter of the URL".to_owned(), |name| format!("the parameter {name}"))
}

fn clean_place(place: &str, dropped: &mut impl FnMut(String)) -> String {
    let (scheme, rest) = match place.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, place),
    };
    let mut segments = rest.split('/');
    let authority = segments.next().unwrap_or_default();
    let host = match authority.rsplit_once('@') {
        Some((_, host)) => {
            dropped("the user information of the URL".to_owned());
            host
        }
        None => authority,
    };
    let mut cut = |segment: &str| {
        let mut out = String::with_capacity(segment.len());
        let mut rest = segment;
        while let Some(found) = find(rest) {
            out.push_str(rest.get(..found.start).unwrap_or_default());
            out.push_str(PLACE);
            rest = rest.get(found.end..).unwrap_or_default();
        }
        out.push_str(rest);
        if holds(&out) {
            PLACE.clone_into(&mut out);
        }
        if out != segment {
            dropped("a credential in the URL".to_owned());
        }
        out
    };
    let mut out = scheme.map(|scheme| cut(scheme) + "://").unwrap_or_default();
    out.push_str(&cut(host));
    for segment in segments {
        out.push('/');
        out.push_str(&cut(segment));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_in_order() {
        assert!(PARAMETERS.is_sorted());
    }

    #[test]
    fn shapes_are_known_and_words_are_not_taken_for_them() {
        let real = [
            "sk_live_51H8xZc2eZ",
            "x=ghp_0123456789abcdefABCD",
            "Bearer xoxb-123-456-abc",
            "AKIAIOSFODNN7EXAMPLE",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln",
            "alter_rk_hjw52w67h7kd7qevze2avf_26kyip",
            "/bot/sk-ant-api03-abcdefghijklmnop",
            "-----BEGIN RSA PRIVATE KEY-----",
        ];
        for text in real {
            assert!(find(text).is_some(), "{text}");
        }
        for text in [
            "risk_live_51H8xZc2eZ",
            "AKIA is a prefix",
            "alter_ego",
            "eyJust a word that is long enough to be",
            "sk-1",
            "",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
        assert!(holds("a%20sk_live_51H8xZc2eZ") && !holds("100%"));
    }

    #[test]
    fn telling_names_are_known() {
        for name in
            ["Authorization", "X-API-Key", "cookie", "PRIVATE-TOKEN", "DD-APPLICATION-KEY", "x-csrf-token"]
        {
            assert!(is_telling_header(name), "{name}");
        }
        for name in ["Idempotency-Key", "Accept", "Notion-Version", "X-Request-Id"] {
            assert!(!is_telling_header(name), "{name}");
        }
        assert!(is_telling_parameter("access_token") && is_telling_parameter("X-Amz-Signature"));
        assert!(!is_telling_parameter("pageToken") && !is_telling_parameter("q"));
    }

    #[test]
    fn a_url_loses_its_credentials_only() {
        let mut lost = Vec::new();
        let url = "https://me:pw@h/bot/sk_live_51H8xZc2eZ/x?a=1&api_key=zz&b=#access_token=q";
        assert_eq!(clean_url(url, &mut |what| lost.push(what)), "https://h/bot/{credential}/x?a=1&b=");
        assert_eq!(
            lost,
            [
                "the user information of the URL",
                "a credential in the URL",
                "the parameter api_key",
                "the parameter access_token"
            ]
        );
        for url in ["https://h/a?key=", "/relative?x", "https://h?", "h:8080/a#b"] {
            assert_eq!(clean_url(url, &mut |what| panic!("{what}")), url);
        }
    }
}
