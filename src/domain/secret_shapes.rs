//! Detects text that looks like a credential, regardless of its name.

use std::ops::Range;

use super::percent;
use super::secret_names::{Place, is_secret_name};

/// Prefixes of well-known credentials, with the minimum number of characters `[A-Za-z0-9_.-]` that follow.
const PREFIXES: [(&str, usize); 42] = [
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

/// Words that precede a credential.
const SCHEMES: [&str; 4] = ["bearer", "basic", "token", "bot"];

/// Finds the first credential in a text: a well-known prefix, the value after a scheme name, or the user
/// information of a URL.
pub fn find(text: &str) -> Option<Range<usize>> {
    let mut inside = false;
    for (at, character) in text.char_indices() {
        let starts = !inside;
        inside = character.is_ascii_alphanumeric();
        let rest = text.get(at..).unwrap_or_default();
        let found = match character {
            ':' => user_info(rest),
            '-' => rest.starts_with("-----BEGIN ").then_some(0..rest.len()),
            _ if starts && inside => well_known(rest).or_else(|| after_scheme(rest)),
            _ => None,
        };
        if let Some(found) = found {
            return Some(at + found.start..at + found.end);
        }
    }
    None
}

/// Replaces every credential in a text by `mask`.
pub fn masked(text: &str, mask: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(found) = find(rest) {
        out.push_str(rest.get(..found.start).unwrap_or_default());
        out.push_str(mask);
        rest = rest.get(found.end..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// Whether a word is a URL, or a path with parameters.
pub fn is_url(word: &str) -> bool {
    word.contains("://") || (word.starts_with('/') && word.contains('?'))
}

/// Whether a text contains a credential or a URL with a secret parameter, percent-encoded or not.
pub fn holds(text: &str) -> bool {
    let here =
        |text: &str| -> bool { find(text).is_some() || text.split_whitespace().any(has_secret_parameter) };
    here(text)
        || (text.contains(['%', '+'])
            && percent::decode(text, true).is_some_and(|decoded: String| here(&decoded)))
}

/// Whether a part of a URL, or of a URL nested in it, has a secret name and a value.
fn has_secret_parameter(word: &str) -> bool {
    is_url(word)
        && word.split(['?', '&', '#']).skip(1).any(|piece| {
            let (name, value) = percent::pair(piece);
            !value.is_empty() && is_secret_name(&name, Place::Parameter)
        })
}

fn well_known(rest: &str) -> Option<Range<usize>> {
    PREFIXES.iter().find_map(|(head, least)| length(rest, head, *least)).map(|length| 0..length)
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

/// Returns the range after a scheme name, without surrounding punctuation.
fn after_scheme(rest: &str) -> Option<Range<usize>> {
    let scheme = SCHEMES.iter().find(|scheme| {
        rest.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
            && rest.get(scheme.len()..).is_some_and(|after| after.starts_with(char::is_whitespace))
    })?;
    let after = rest.get(scheme.len()..)?;
    let word = after.trim_start().trim_start_matches(['"', '\'', '(']);
    let start = scheme.len() + after.len() - word.len();
    let legal = |character: char| character.is_ascii_alphanumeric() || "-._~+/=".contains(character);
    let token = word.get(..word.find(|character| !legal(character)).unwrap_or(word.len()))?;
    let token = token.trim_end_matches('.');
    looks_random(token).then(|| start..start + token.len())
}

/// Whether a word does not look like natural language: it is long, with digits or inner capitals.
fn looks_random(word: &str) -> bool {
    let any = |is: fn(&char) -> bool| word.chars().any(|character| is(&character));
    let odd = any(char::is_ascii_digit) || (any(char::is_ascii_uppercase) && any(char::is_ascii_lowercase));
    word.len() >= 8 && odd
}

/// Returns the range between `://` and `@` if it contains a password.
fn user_info(rest: &str) -> Option<Range<usize>> {
    let authority = rest.strip_prefix("://")?;
    let end = authority.find(|character: char| "/?#".contains(character) || character.is_whitespace());
    let (user, _) = authority.get(..end.unwrap_or(authority.len()))?.rsplit_once('@')?;
    let (_, password) = user.split_once(':')?;
    (!password.is_empty()).then(|| 3..3 + user.len())
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "see https://ann:hunter2@h.example/",
            "it says basic dXNlcjpwYXNz.",
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
            "the bearer thereof, and basic knowledge",
            "https://ann@h.example/ and https://h:8080/a@b",
            "",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    #[test]
    fn an_encoded_credential_is_seen_too() {
        for text in ["a%20sk_live_51H8xZc2eZ", "https%3A%2F%2Fh%2F%3Fapi_key%3Dx", "/a?b=c&otp=1"] {
            assert!(holds(text), "{text}");
        }
        for text in ["100%", "https://h/?page=2&next_page_token=3", "a?token=x"] {
            assert!(!holds(text), "{text}");
        }
    }

    #[test]
    fn only_the_credential_itself_is_masked() {
        let text = "Authorization: Bearer abcDEF123, then (AKIAIOSFODNN7EXAMPLE) é";
        assert_eq!(masked(text, "*"), "Authorization: Bearer *, then (*) é");
    }
}
