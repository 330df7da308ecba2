//! Answers without the credential that was sent for them: some providers say back what they refuse.

use std::borrow::Cow;

use memchr::{memchr, memmem};

use super::redact::{REDACTED, Redactor};
use crate::domain::ProviderAnswer;

/// What is said of an answer out of which something was taken.
const TOLD: &str = "The provider sent the credential back; it is taken out of what you see here.";

impl Redactor {
    /// What a provider answered, without the credential in any form that is [known](Redactor). All else stays byte for
    /// byte. Where something was taken out, the answer's hint says so.
    pub fn answer(&self, answer: ProviderAnswer) -> ProviderAnswer {
        let ProviderAnswer { headers: came, body: whole, credential_hint: hint, .. } = answer;
        let headers: Vec<(String, String)> =
            came.iter().map(|(name, value)| (self.text(name), self.line(value))).collect();
        let cleaned = match self.bytes(&whole) {
            Cow::Owned(bytes) => Some(bytes),
            Cow::Borrowed(_) => None,
        };
        let found = cleaned.is_some() || headers != came;
        ProviderAnswer {
            headers,
            body: cleaned.map_or(whole, Into::into),
            credential_hint: if found { Some(TOLD.to_owned()) } else { hint },
            ..answer
        }
    }

    /// A header's value; one that hides the credential behind percent signs is taken out whole.
    fn line(&self, value: &str) -> String {
        self.piece(&self.text(value))
    }

    /// Bytes of any kind, also text with two bytes for each character.
    fn bytes<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let wide = memchr(0, bytes).is_some();
        self.forms().fold(Cow::Borrowed(bytes), |bytes, form| {
            let bytes = replaced(bytes, form.as_bytes(), REDACTED.as_bytes());
            if !wide {
                return bytes;
            }
            [u16::to_le_bytes, u16::to_be_bytes].into_iter().fold(bytes, |bytes, write| {
                let spread = |text: &str| text.encode_utf16().flat_map(write).collect::<Vec<u8>>();
                replaced(bytes, &spread(form), &spread(REDACTED))
            })
        })
    }
}

/// All of `bytes` with something else in place of a part, wherever it is.
fn replaced<'a>(bytes: Cow<'a, [u8]>, part: &[u8], other: &[u8]) -> Cow<'a, [u8]> {
    let mut out = Vec::new();
    let mut from = 0;
    for at in memmem::find_iter(&bytes, part) {
        out.extend_from_slice(bytes.get(from..at).unwrap_or_default());
        out.extend_from_slice(other);
        from = at + part.len();
    }
    if from == 0 {
        return bytes;
    }
    out.extend_from_slice(bytes.get(from..).unwrap_or_default());
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    use super::*;

    const SECRET: &str = "ya29.a0Af/H6S+MBqk9";

    fn answer(body: &[u8], headers: &[(&str, &str)]) -> ProviderAnswer {
        ProviderAnswer {
            approval: None,
            status: 401,
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: body.to_vec().into(),
            truncated: false,
            cut_here: None,
            duration_ms: None,
            credential_hint: None,
        }
    }

    fn redactor() -> Redactor {
        Redactor::without_credential().and([SECRET])
    }

    #[test]
    fn what_a_provider_says_back_is_taken_out_in_every_form() {
        let wide = |write: fn(u16) -> [u8; 2]| SECRET.encode_utf16().flat_map(write).collect::<Vec<u8>>();
        let shifted = |before: &str| STANDARD.encode(format!("{before}{SECRET}, too")).into_bytes();
        for (what, form) in [
            ("itself", SECRET.as_bytes().to_vec()),
            ("percent in lower case", b"ya29.a0Af%2fH6S%2bMBqk9".to_vec()),
            ("percent", b"ya29.a0Af%2FH6S%2BMBqk9".to_vec()),
            ("little", wide(u16::to_le_bytes)),
            ("big", wide(u16::to_be_bytes)),
            ("base64", shifted("")),
            ("base64 behind one", shifted("a")),
            ("base64 behind two", shifted("ab")),
            ("base64 of a line", shifted("authorization: Bearer ")),
            ("base64 for URLs", URL_SAFE.encode(format!("a{SECRET}b")).into_bytes()),
        ] {
            let whole = [b"before \xff ", form.as_slice(), b" \xff after"].concat();
            let clean = redactor().answer(answer(&whole, &[]));
            assert!(memmem::find(&clean.body, &form).is_none(), "{what}");
            assert!(
                clean.body.starts_with(b"before \xff ") && clean.body.ends_with(b" \xff after"),
                "{what}"
            );
            assert!(clean.credential_hint.is_some(), "{what}: it is said");
            let again = redactor().answer(ProviderAnswer { credential_hint: None, ..clean });
            assert_eq!(again.credential_hint, None, "{what}: nothing of it is left");
        }
    }

    #[test]
    fn headers_lose_it_too() {
        let mut whole = String::new();
        for byte in SECRET.bytes() {
            write!(whole, "%{byte:02x}").unwrap();
        }
        let hidden = format!("https://evil.example/?t={whole}");
        let plain = format!("https://evil.example/?t={SECRET}&page=2");
        let clean =
            redactor().answer(answer(b"", &[("Location", &plain), ("X-Other", &hidden), ("Date", "now")]));
        let values: Vec<&str> = clean.headers.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, ["https://evil.example/?t=[redacted]&page=2", "[redacted]", "now"]);
    }

    #[test]
    fn an_answer_without_it_stays_as_it_is() {
        let before = answer(
            b"{\"access_token\": \"another\", \"x\": \"\0\xff\"}",
            &[("set-cookie", "a=b"), ("x", "100%")],
        );
        assert_eq!(redactor().answer(before.clone()), before);
    }
}
