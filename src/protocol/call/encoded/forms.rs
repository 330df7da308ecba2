//! Encodings of a whole secret, which cannot be decoded character by character. Each form is then searched in every
//! encoding of its characters.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use data_encoding::{BASE32_NOPAD, HEXLOWER, HEXUPPER};
use zeroize::Zeroizing;

/// Shorter secrets are indistinguishable from chance: a token `ab` would be found in every sentence.
pub(super) const SHORTEST: usize = 4;

/// Secrets shorter than this, in bytes, are searched in few forms: not within base64, where only some of their digits
/// are known, nor as lists of numbers, which may be coincidences. A user name shorter than this is not treated as a
/// secret.
const SHORTEST_WITHIN: usize = 8;

/// Secrets shorter than this, in characters, are only searched in their own case: words in capitals are coincidences.
const SHORTEST_IN_ANOTHER_CASE: usize = 16;

/// A form of a secret.
pub(crate) struct Form {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    /// It may contain line breaks.
    pub(super) folds: bool,
}

/// All forms of some secrets, deduplicated and sorted. None is shorter than [`SHORTEST`].
pub(crate) fn derive<'a>(secrets: impl Iterator<Item = &'a str>) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let long = |text: &str| text.chars().count() >= SHORTEST;
    for secret in secrets.filter(|secret| long(secret)) {
        forms.extend(of_one(secret));
        for part in parts(secret).iter().filter(|part| long(part)) {
            forms.extend(of_one(part));
        }
    }
    forms.retain(|form| form.bytes.len() >= SHORTEST);
    forms.sort_by(|a, b| a.bytes.cmp(&b.bytes));
    forms.dedup_by(|a, b| a.bytes == b.bytes);
    forms
}

fn of_one(secret: &str) -> Vec<Form> {
    let plain = |bytes: Vec<u8>| Form { bytes: Zeroizing::new(bytes), folds: false };
    let mut forms = vec![plain(secret.as_bytes().to_vec())];
    // In a charset with one byte per character.
    let narrow: Option<Vec<u8>> = secret.chars().map(|character| u8::try_from(character).ok()).collect();
    forms.extend(narrow.filter(|_| !secret.is_ascii()).map(plain));
    if secret.contains(' ') {
        forms.push(plain(secret.replace(' ', "+").into_bytes()));
    }
    if secret.chars().count() >= SHORTEST_IN_ANOTHER_CASE {
        forms.extend([secret.to_uppercase(), secret.to_lowercase()].map(|other| plain(other.into_bytes())));
    }
    for hexadecimal in [numbers(secret, "", hex), numbers(secret, "", upper_hex)] {
        forms.push(folding(hexadecimal));
    }
    forms.push(folding(STANDARD.encode(secret).trim_end_matches('=').to_owned()));
    if secret.len() >= SHORTEST_WITHIN {
        for (between, number) in NUMBERS {
            forms.push(folding(numbers(secret, between, number)));
            // As encoded in a form.
            if between.contains(' ') {
                forms.push(folding(numbers(secret, &between.replace(' ', "+"), number)));
            }
        }
        forms.extend(
            within_base32(secret).flat_map(|digits| [folding(digits.to_lowercase()), folding(digits)]),
        );
        let inner: Vec<Zeroizing<String>> = within_base64(secret).collect();
        let twice = inner.iter().flat_map(|digits| within_base64(digits).collect::<Vec<_>>());
        forms.extend(twice.chain(within_base64(secret)).map(|digits| folding(digits.to_string())));
    }
    forms
}

/// A form that may contain line breaks.
fn folding(text: String) -> Form {
    Form { bytes: Zeroizing::new(text.into_bytes()), folds: true }
}

/// Writes a byte as a number.
type Number = fn(&mut String, u8);

/// Lists of numbers: the separator and the number format. They may contain line breaks too.
const NUMBERS: [(&str, Number); 18] = [
    (",", decimal),
    (", ", decimal),
    (" ", decimal),
    (":", hex),
    (":", upper_hex),
    (" ", hex),
    (" ", upper_hex),
    ("-", hex),
    ("-", upper_hex),
    (",", hex),
    (", ", hex),
    (", ", upper_hex),
    (",", prefixed),
    (",", upper_prefixed),
    (", ", prefixed),
    (", ", upper_prefixed),
    (" ", prefixed),
    (" ", upper_prefixed),
];

fn decimal(out: &mut String, byte: u8) {
    for unit in [100, 10, 1] {
        if byte >= unit || unit == 1 {
            out.push(char::from(b'0' + byte / unit % 10));
        }
    }
}

fn hex(out: &mut String, byte: u8) {
    HEXLOWER.encode_append(&[byte], out);
}

fn upper_hex(out: &mut String, byte: u8) {
    HEXUPPER.encode_append(&[byte], out);
}

fn prefixed(out: &mut String, byte: u8) {
    out.push_str("0x");
    hex(out, byte);
}

fn upper_prefixed(out: &mut String, byte: u8) {
    out.push_str("0x");
    upper_hex(out, byte);
}

fn numbers(secret: &str, between: &str, number: Number) -> String {
    let mut out = String::with_capacity(secret.len() * (between.len() + 4));
    for (index, byte) in secret.bytes().enumerate() {
        if index > 0 {
            out.push_str(between);
        }
        number(&mut out, byte);
    }
    out
}

/// The digits of a text within the base64 of a longer text, at any offset: those that do not depend on its
/// surroundings.
fn within_base64(secret: &str) -> impl Iterator<Item = Zeroizing<String>> {
    let shifts = [("", 0), ("x", 2), ("xx", 3)];
    shifts.into_iter().flat_map(move |(before, first)| {
        let text = Zeroizing::new(format!("{before}{secret}"));
        let last = text.len() / 3 * 4;
        [STANDARD, URL_SAFE].map(|engine| {
            let digits = Zeroizing::new(engine.encode(text.as_bytes()));
            Zeroizing::new(digits.get(first..last).unwrap_or_default().to_owned())
        })
    })
}

/// The same for base32.
fn within_base32(secret: &str) -> impl Iterator<Item = String> {
    let shifts = [("", 0), ("x", 2), ("xx", 4), ("xxx", 5), ("xxxx", 7)];
    shifts.into_iter().map(move |(before, first)| {
        let text = Zeroizing::new(format!("{before}{secret}"));
        let digits = Zeroizing::new(BASE32_NOPAD.encode(text.as_bytes()));
        digits.get(first..text.len() * 8 / 5).unwrap_or_default().to_owned()
    })
}

/// The parts of a stored `user:password` that are as secret as the whole: the pair, the password, and a user name that
/// is long or, as a key, stands alone.
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

    /// Whether a text is searched as it is.
    fn finds(secret: &str, text: impl AsRef<[u8]>) -> bool {
        derive(std::iter::once(secret)).iter().any(|form| form.bytes.as_slice() == text.as_ref())
    }

    #[test]
    fn what_is_too_short_is_not_looked_for() {
        assert!(finds("ab1!", "ab1!") && derive(std::iter::once("ab1")).is_empty());
        assert!(finds("1234567", STANDARD_NO_PAD.encode("1234567")));
        // Eight bytes are recognised within base64 at any offset.
        let within = |secret: &str| {
            let digits = STANDARD_NO_PAD.encode(format!("x{secret}yz"));
            derive(std::iter::once(secret)).iter().any(|form| {
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
        // A pair that is not encoded could be any text with a colon.
        assert!(finds("user:12345678", "12345678") && !finds("user:1234567", "1234567"));
        let stored = |pair: &str| STANDARD.encode(pair);
        assert!(finds(&stored("user:1234567"), "1234567") && finds(&stored("user:1234567"), "user:1234567"));
        assert!(!finds(&stored("user:pw"), "pw"), "too short to be told from chance");
        assert!(finds(&stored("longuser:password"), "longuser"));
        assert!(!finds(&stored("longuse:password"), "longuse"), "a name is no secret");
        assert!(finds(&stored("key-alone:"), "key-alone"), "which stands alone as a key does");
        assert!(finds(&stored("user:pass:word"), "pass:word"), "the first colon parts them");
        // Binary data that happens to contain a colon.
        assert!(!finds(&stored("us\u{1}er:password"), "password"));
    }
}
