//! Answers without the credential that was sent for them: some providers say back what they refuse.

use super::redact::Redactor;
use crate::domain::ProviderAnswer;

/// What is said of an answer out of which something was taken.
const SAID: &str = "The provider sent the credential back; it is taken out of what you see here.";

impl Redactor {
    /// What a provider answered, without the credential in any form that is known. All else stays byte for byte. Where
    /// something was taken out, the answer's hint says so.
    pub fn answer(&self, answer: ProviderAnswer) -> ProviderAnswer {
        let cut = !answer.is_whole();
        let ProviderAnswer { headers: came, body: whole, credential_hint: hint, .. } = answer;
        let headers: Vec<(String, String)> =
            came.iter().map(|(name, value)| (self.text(name), self.text(value))).collect();
        let cleaned = self.bytes(&whole, cut);
        // A cut end that could be the beginning of a secret is left out, which is no word about the provider.
        let found = headers != came || cleaned.as_deref().is_some_and(|kept| !whole.starts_with(kept));
        ProviderAnswer {
            headers,
            body: cleaned.map_or(whole, Into::into),
            credential_hint: if found { Some(SAID.to_owned()) } else { hint },
            ..answer
        }
    }
}
