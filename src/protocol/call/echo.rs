//! Removes the credential from answers: some providers repeat it when they refuse it.

use super::redact::Redactor;
use crate::domain::ProviderAnswer;

/// The hint of an answer from which the credential was removed.
const SAID: &str = "The provider echoed the credential; it is removed here.";

impl Redactor {
    /// Removes the credential, in every known form, from a provider's answer. Everything else stays byte for byte. If
    /// something was removed, the answer's hint says so.
    pub fn answer(&self, answer: ProviderAnswer) -> ProviderAnswer {
        let cut = !answer.is_whole();
        let ProviderAnswer { headers: came, body: whole, credential_hint: hint, .. } = answer;
        let headers: Vec<(String, String)> =
            came.iter().map(|(name, value)| (self.text(name), self.text(value))).collect();
        let cleaned = self.bytes(&whole, cut);
        // A cut end that might be the beginning of a secret is removed too, but is no sign that the provider repeated
        // it.
        let found = headers != came || cleaned.as_deref().is_some_and(|kept| !whole.starts_with(kept));
        ProviderAnswer {
            headers,
            body: cleaned.map_or(whole, Into::into),
            credential_hint: if found { Some(SAID.to_owned()) } else { hint },
            ..answer
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::BodySize;

    const TOKEN: &str = "tok-12345678";

    fn answer(header: &str, body: &str, cut: bool) -> ProviderAnswer {
        let came = ProviderAnswer {
            approval: None,
            status: 401,
            headers: vec![("x-echo".to_owned(), header.to_owned())],
            body: body.as_bytes().to_vec().into(),
            truncated: false,
            cut_here: cut.then_some(BodySize::AtLeast(1 << 20)),
            duration_ms: None,
            credential_hint: Some("theirs".to_owned()),
        };
        Redactor::without_credential().and([TOKEN]).answer(came)
    }

    #[test]
    fn what_was_taken_out_is_said_and_nothing_else_changes() {
        for (header, body, want, is_said) in [
            ("a", "b", ("a", "b"), false),
            (TOKEN, "b", ("[redacted]", "b"), true),
            ("a", "<tok-12345678>", ("a", "<[redacted]>"), true),
        ] {
            let clean = answer(header, body, false);
            assert_eq!((clean.headers[0].1.as_str(), &*clean.body), (want.0, want.1.as_bytes()));
            let hint = if is_said { SAID } else { "theirs" };
            assert_eq!(clean.credential_hint.as_deref(), Some(hint), "{header} {body}");
        }
    }

    #[test]
    fn a_cut_end_that_may_be_a_beginning_of_it_is_left_out_without_a_word() {
        assert_eq!(&*answer("a", "say to", false).body, b"say to", "a whole answer ends as it ends");
        let cut = answer("a", "say to", true);
        assert_eq!((&*cut.body, cut.credential_hint.as_deref()), (&b"say "[..], Some("theirs")));
    }
}
