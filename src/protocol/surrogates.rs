//! Unpaired surrogates in JSON (`\ud800` alone): valid there, but not representable in a string. They are replaced by
//! U+FFFD, so that one loses a character and not the answer.

use std::borrow::Cow;

use memchr::memchr;

/// The replacement, as long as what it replaces, so that positions stay the same.
const REPLACEMENT: &[u8; 6] = b"\\ufffd";

/// Replaces unpaired surrogates.
pub(crate) fn paired(json: &[u8]) -> Cow<'_, [u8]> {
    let mut out = Cow::Borrowed(json);
    let mut at = 0;
    while let Some(found) = json.get(at..).and_then(|rest| memchr(b'\\', rest)) {
        let here = at + found;
        at = match unit(json, here) {
            // Skip whatever is escaped, including a backslash.
            None => here + 2,
            Some(0xD800..0xDC00) if matches!(unit(json, here + 6), Some(0xDC00..0xE000)) => here + 12,
            Some(0xD800..0xE000) => {
                if let Some(half) = out.to_mut().get_mut(here..here + 6) {
                    half.copy_from_slice(REPLACEMENT);
                }
                here + 6
            }
            Some(_) => here + 6,
        };
    }
    out
}

/// Like [`paired`], for a text.
pub(crate) fn paired_text(json: Cow<'_, str>) -> Cow<'_, str> {
    match paired(json.as_bytes()) {
        Cow::Borrowed(_) => json,
        // Escapes are ASCII, so this is still valid UTF-8.
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

/// The code unit of an escape `\uXXXX` at this offset.
fn unit(json: &[u8], at: usize) -> Option<u16> {
    let digits = json.get(at..at + 6)?.strip_prefix(b"\\u")?;
    let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn halves_become_a_sign_and_pairs_stay() {
        for (json, want) in [
            (r#""\ud800""#, "\"\u{fffd}\""),
            (r#""a\uDC00b""#, "\"a\u{fffd}b\""),
            (r#""\ud83d\ude00""#, "\"\u{1f600}\""),
            (r#""\ud800\ud83d\ude00""#, "\"\u{fffd}\u{1f600}\""),
            (r#""\ud800\u0041""#, "\"\u{fffd}A\""),
            (r#""\\ud800""#, r#""\\ud800""#),
            (r#""\ud80""#, r#""\ud80""#),
        ] {
            let read = |json: &[u8]| serde_json::from_slice::<String>(json).ok();
            let paired = paired(json.as_bytes());
            assert_eq!(read(&paired), read(want.as_bytes()), "{json}");
            assert_eq!(paired.len(), json.len(), "{json}: nothing moves");
        }
    }

    #[test]
    fn a_half_costs_a_character_and_not_the_answer() {
        use crate::call::{Credential, proxy};
        use crate::envelope::Envelope;
        use crate::{Page, catalog};
        let providers = br#"{"providers":{"x":{"name":"a\ud800b"},"y":{"name":"Y"}}}"#;
        let catalog = catalog::parse(providers).unwrap();
        assert_eq!((&*catalog.providers["x"].display_name, catalog.providers.len()), ("a\u{fffd}b", 2));
        let rows = br#"{"grants":[{"label":"\udc00x","note":"\ud800"}],"total":1,"limit":1,"offset":0,"has_more":false}"#;
        let page = Page::parse(rows).unwrap();
        assert!(format!("{:?}", page.grants[0]).contains("\u{fffd}x"), "{:?}", page.grants[0]);
        let answer = br#"{"status_code":200,"headers":{"x":"\ud800"},"body_b64":"e30="}"#;
        let proxy::ProxyReply::Done(answer) = proxy::parse(200, answer).unwrap() else { panic!("an answer") };
        assert_eq!((answer.header("x"), &*answer.body), (Some("\u{fffd}"), &b"{}"[..]));
        assert_eq!(Envelope::read(br#"{"message":"no \ud800"}"#).message(), Some("no \u{fffd}"));
        // A credential with a replaced character would be a wrong one.
        let stored = br#"{"access_token":"tok-\ud800","grant_id":"2a60b3ed-2485-535b-8dd1-9f04e567f3a1"}"#;
        assert!(Credential::parse(stored).is_err());
    }

    proptest! {
        #[test]
        fn every_text_of_units_can_be_read(units in prop::collection::vec(any::<u16>(), 0..8)) {
            use std::fmt::Write as _;
            let mut json = "\"".to_owned();
            for unit in &units {
                write!(json, "\\u{unit:04X}").unwrap();
            }
            json.push('"');
            let read: String = serde_json::from_slice(&paired(json.as_bytes())).unwrap();
            prop_assert_eq!(read, String::from_utf16_lossy(&units));
        }

        #[test]
        fn what_can_be_read_stays_as_it_is(text in any::<String>()) {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert!(matches!(paired(json.as_bytes()), Cow::Borrowed(_)));
        }
    }
}
