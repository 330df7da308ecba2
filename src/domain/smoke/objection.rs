//! Headers of a probe that a provider rejects.
//!
//! Alter may add its own headers to a call, such as `Notion-Version`. It is not documented what happens if
//! the caller sends the same header: the provider may get it twice, or both values joined. Nor do providers
//! document their answer to that. So if an answer rejects a call as malformed and names a header that we
//! sent, the probe is repeated once without it, which costs at worst one more read-only call.

use crate::ProviderAnswer;

/// Maximum size in bytes of an answer to search.
const MAX_BYTES: usize = 64 << 10;

/// Returns those of the given headers that an answer rejects, in lower case.
pub fn rejected_headers(answer: &ProviderAnswer, own: &[String]) -> Vec<String> {
    if !matches!(answer.status, 400 | 422) || answer.body.len() > MAX_BYTES {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(&answer.body).to_lowercase();
    own.iter().map(|name| name.to_lowercase()).filter(|name| mentions(&text, name)).collect()
}

/// Removes headers, named in lower case, and returns those that were present.
pub fn leave_out(headers: &mut Vec<(String, String)>, unwanted: &[String]) -> Vec<String> {
    let is_unwanted = |name: &str| unwanted.iter().any(|unwanted| name.eq_ignore_ascii_case(unwanted));
    let (out, rest): (Vec<_>, Vec<_>) =
        std::mem::take(headers).into_iter().partition(|(name, _)| is_unwanted(name));
    *headers = rest;
    out.into_iter().map(|(name, _)| name).collect()
}

/// Says that a probe was sent without these headers.
pub fn note(left_out: &[String]) -> String {
    format!("sent without {}, which the provider rejected (Alter may add its own)", left_out.join(", "))
}

/// Whether a text contains a name as a whole word.
fn mentions(text: &str, name: &str) -> bool {
    let part = |character: char| character.is_alphanumeric() || character == '-' || character == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text.get(at + name.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> ProviderAnswer {
        ProviderAnswer::new(status, Vec::new(), body)
    }

    #[test]
    fn a_refusal_that_names_our_header_objects_to_it() {
        let own = ["Accept".to_owned(), "Notion-Version".to_owned()];
        let twice = r#"{"code":"missing_version","message":"notion-version header failed validation: \"2022-06-28, 2022-06-28\""}"#;
        for (status, body, objects) in [
            (400, twice, true),
            (422, "duplicate header: Notion-Version", true),
            (400, "the header `NOTION-VERSION` came twice", true),
            (400, "X-Notion-Version is missing", false),
            (400, "Notion-Versions", false),
            (400, "not acceptable: accepted values", false),
            (400, "{}", false),
            (401, twice, false),
            (403, twice, false),
            (404, twice, false),
            (200, twice, false),
            (500, twice, false),
        ] {
            let found = rejected_headers(&answer(status, body), &own);
            assert_eq!(!found.is_empty(), objects, "{status} {body}");
            assert!(found.iter().all(|name| name == "notion-version"), "{found:?}");
        }
        assert!(rejected_headers(&answer(400, twice), &[]).is_empty(), "what was not sent");
        assert!(
            rejected_headers(&answer(400, &format!("{}{twice}", " ".repeat(MAX_BYTES))), &own).is_empty()
        );
    }

    #[test]
    fn a_header_is_left_out_however_it_is_written() {
        let mut headers =
            vec![("Accept".to_owned(), "a".to_owned()), ("Notion-Version".to_owned(), "b".to_owned())];
        assert_eq!(leave_out(&mut headers, &["notion-version".to_owned()]), ["Notion-Version"]);
        assert_eq!(headers.len(), 1);
        assert!(leave_out(&mut headers, &["notion-version".to_owned()]).is_empty());
    }
}
