//! The ways in which a whole secret is written that no table of characters covers. Each of them is then looked for in
//! every way in which characters are written.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

/// Shorter secrets cannot be told from chance: a token `ab` would be found in every sentence.
const SHORTEST: usize = 4;

/// Shorter ones, in bytes, are not looked for in the middle of base64, where only a part of their digits is known; nor
/// is a user's name taken for a secret.
const SHORTEST_WITHIN: usize = 8;

/// One way.
pub(crate) struct Form {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    /// Lines may end in its middle.
    pub(super) folds: bool,
}

/// All ways of some secrets, each once.
pub(crate) fn of<'a>(secrets: impl Iterator<Item = &'a str>) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let long = |text: &str| text.chars().count() >= SHORTEST;
    for secret in secrets.filter(|secret| long(secret)) {
        forms.extend(of_one(secret));
        for part in parts(secret).iter().filter(|part| long(part)) {
            forms.extend(of_one(part));
        }
    }
    forms.sort_by(|a, b| a.bytes.cmp(&b.bytes));
    forms.dedup_by(|a, b| a.bytes == b.bytes);
    forms
}

fn of_one(secret: &str) -> Vec<Form> {
    let plain = |bytes: Vec<u8>| Form { bytes: Zeroizing::new(bytes), folds: false };
    let mut forms = vec![plain(secret.as_bytes().to_vec())];
    // In a charset with one byte for each character.
    let narrow: Option<Vec<u8>> = secret.chars().map(|character| u8::try_from(character).ok()).collect();
    forms.extend(narrow.filter(|_| !secret.is_ascii()).map(plain));
    if secret.contains(' ') {
        forms.push(plain(secret.replace(' ', "+").into_bytes()));
    }
    for hexadecimal in [hexadecimal(secret, false), hexadecimal(secret, true)] {
        forms.push(plain(hexadecimal.into_bytes()));
    }
    let whole = STANDARD.encode(secret).trim_end_matches('=').as_bytes().to_vec();
    forms.push(Form { bytes: Zeroizing::new(whole), folds: true });
    if secret.len() >= SHORTEST_WITHIN {
        forms.extend(within_base64(secret));
    }
    forms
}

fn hexadecimal(secret: &str, upper: bool) -> String {
    secret.bytes().fold(String::with_capacity(secret.len() * 2), |mut out, byte| {
        // Writing to a text cannot fail.
        let _ = if upper { write!(out, "{byte:02X}") } else { write!(out, "{byte:02x}") };
        out
    })
}

/// The digits that a text has within base64 of something longer, wherever it begins there: those that depend on
/// nothing else.
fn within_base64(secret: &str) -> impl Iterator<Item = Form> {
    let shifts = [("", 0), ("x", 2), ("xx", 3)];
    shifts.into_iter().flat_map(move |(before, first)| {
        let text = Zeroizing::new(format!("{before}{secret}"));
        let last = text.len() / 3 * 4;
        [STANDARD, URL_SAFE].map(|engine| {
            let digits = Zeroizing::new(engine.encode(text.as_bytes()));
            let digits = digits.get(first..last).unwrap_or_default().as_bytes().to_vec();
            Form { bytes: Zeroizing::new(digits), folds: true }
        })
    })
}

/// What is as secret as a stored `user:password` of basic authentication: both together, the password, and a user's
/// name that is long, or stands alone as a key does.
fn parts(secret: &str) -> Vec<Zeroizing<String>> {
    let engines = [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD];
    let decoded = engines.into_iter().find_map(|engine| String::from_utf8(engine.decode(secret).ok()?).ok());
    let pair = Zeroizing::new(decoded.unwrap_or_else(|| secret.to_owned()));
    let is_plain = *pair == secret;
    let Some((user, password)) = pair.split_once(':') else { return Vec::new() };
    if pair.chars().any(char::is_control) || (is_plain && password.len() < SHORTEST_WITHIN) {
        return Vec::new();
    }
    let mut parts = vec![Zeroizing::new(password.to_owned())];
    if password.is_empty() || user.len() >= SHORTEST_WITHIN {
        parts.push(Zeroizing::new(user.to_owned()));
    }
    parts.push(Zeroizing::new(pair.to_string()));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a text is looked for as it stands.
    fn finds(secret: &str, text: impl AsRef<[u8]>) -> bool {
        of(std::iter::once(secret)).iter().any(|form| form.bytes.as_slice() == text.as_ref())
    }

    #[test]
    fn what_is_too_short_is_not_looked_for() {
        assert!(finds("ab1!", "ab1!") && of(std::iter::once("ab1")).is_empty());
        assert!(finds("1234567", STANDARD_NO_PAD.encode("1234567")));
        // Eight bytes are known in the middle of base64, wherever they begin there.
        let within = |secret: &str| {
            let digits = STANDARD_NO_PAD.encode(format!("x{secret}yz"));
            of(std::iter::once(secret)).iter().any(|form| {
                form.bytes.len() > 6
                    && digits.get(2..).is_some_and(|rest| rest.as_bytes().starts_with(&form.bytes))
            })
        };
        assert!(within("12345678") && !within("1234567"));
    }

    #[test]
    fn a_secret_is_known_in_a_charset_of_one_byte_and_in_a_form() {
        assert!(finds("zoë-token", b"zo\xeb-token"));
        assert!(finds("two words", "two+words") && !finds("one-word", "one+word"));
    }

    #[test]
    fn the_parts_of_a_pair_are_secret_where_they_are_long_enough_for_it() {
        // A pair that is not encoded may be anything with a colon in it.
        assert!(finds("user:12345678", "12345678") && !finds("user:1234567", "1234567"));
        let stored = |pair: &str| STANDARD.encode(pair);
        assert!(finds(&stored("user:1234567"), "1234567") && finds(&stored("user:1234567"), "user:1234567"));
        assert!(!finds(&stored("user:pw"), "pw"), "too short to be told from chance");
        assert!(finds(&stored("longuser:password"), "longuser"));
        assert!(!finds(&stored("longuse:password"), "longuse"), "a name is no secret");
        assert!(finds(&stored("key-alone:"), "key-alone"), "which stands alone as a key does");
        assert!(finds(&stored("user:pass:word"), "pass:word"), "the first colon parts them");
        // Bytes that happen to have a colon.
        assert!(!finds(&stored("us\u{1}er:password"), "password"));
    }
}
