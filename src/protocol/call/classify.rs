//! What a provider's answer means for the grant (docs/protocol/calls.md section A6).

use super::draft::is_token;
use crate::domain::{Code, Diagnosis, ProviderAnswer, Retry, Who};

/// What a provider's status means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Below 400, including redirects: no problem.
    Fine,
    /// 403: permissions are missing.
    ScopesMissing {
        /// Which ones, if the provider named them.
        missing: Option<Vec<String>>,
        /// Who reports it.
        reported_by: ScopeSource,
    },
    /// 401: the credential is not accepted.
    Unauthorized,
    /// Any other refusal or failure.
    Refused,
}

/// Who reports missing permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeSource {
    /// The provider's own challenge. It is forwarded to the backend as a [`scope_report`](super::scope_report).
    Provider,
    /// The backend, when it issued the credential.
    Backend,
}

/// Classifies an answer. `flagged` is the flag of the grant from `/sdk/token`; false in proxy mode.
pub fn classify(answer: &ProviderAnswer, flagged: bool) -> Verdict {
    let challenge = challenge(answer).map(|header| bearer_parameters(&header)).unwrap_or_default();
    let parameter =
        |name: &str| challenge.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let insufficient = parameter("error") == Some("insufficient_scope");
    match answer.status {
        _ if answer.status < 400 => Verdict::Fine,
        403 if insufficient => {
            let named: Vec<String> =
                parameter("scope").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
            let missing = Some(named).filter(|named| !named.is_empty());
            Verdict::ScopesMissing { missing, reported_by: ScopeSource::Provider }
        }
        403 if flagged => Verdict::ScopesMissing { missing: None, reported_by: ScopeSource::Backend },
        401 if !insufficient => Verdict::Unauthorized,
        _ => Verdict::Refused,
    }
}

/// The answer's `WWW-Authenticate`, lines joined.
pub fn challenge(answer: &ProviderAnswer) -> Option<String> {
    let lines = answer.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("www-authenticate"));
    let values: Vec<&str> = lines.map(|(_, value)| value.as_str()).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

impl Verdict {
    /// The verdict as a diagnosis; `None` if nothing is wrong.
    pub fn diagnose(&self, answer: &ProviderAnswer) -> Option<Diagnosis> {
        let (code, retry) = match self {
            Self::Fine => return None,
            Self::ScopesMissing { .. } => (Code::ScopeMismatch, Retry::AfterRemedy),
            Self::Unauthorized => (Code::ProviderUnauthorized, Retry::AfterRemedy),
            Self::Refused if answer.status >= 500 => (Code::ProviderFailed, Retry::Later(None)),
            Self::Refused if answer.status == 429 => {
                let pause = answer.header("retry-after").and_then(|text| text.trim().parse().ok());
                (Code::ProviderRefused, Retry::Later(pause.map(std::time::Duration::from_secs)))
            }
            Self::Refused => (Code::ProviderRefused, Retry::No),
        };
        let mut diagnosis =
            Diagnosis::new(code, Who::Provider, retry).fact("status", &answer.status.to_string());
        if let Self::ScopesMissing { missing: Some(missing), .. } = self {
            diagnosis = diagnosis.fact("missing", &missing.join(", "));
        }
        if let Some(hint) = &answer.credential_hint {
            diagnosis = diagnosis.fact("hint", hint);
        }
        Some(diagnosis)
    }
}

/// The parameters of a challenge whose first scheme is `Bearer`: names in lower case; a later parameter replaces an
/// earlier one. Stops at the first text that is not a parameter.
pub fn bearer_parameters(header: &str) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    let header = header.trim_start();
    let Some((scheme, mut rest)) = header.split_once(|character: char| character.is_whitespace()) else {
        return out;
    };
    if !scheme.eq_ignore_ascii_case("bearer") {
        return out;
    }
    while let Some((name, value, after)) = parameter(rest) {
        out.retain(|(known, _)| *known != name);
        out.push((name, value));
        match after.trim_start().strip_prefix(',') {
            Some(next) => rest = next,
            None => break,
        }
    }
    out
}

/// Parses one `name=value` at the start of a text; also returns the rest.
fn parameter(text: &str) -> Option<(String, String, &str)> {
    let (name, rest) = text.split_once('=')?;
    let name = name.trim();
    if !is_token(name) {
        return None;
    }
    let rest = rest.trim_start();
    let (value, after) = quoted(rest).or_else(|| bare(rest))?;
    Some((name.to_ascii_lowercase(), value, after))
}

/// Parses a quoted value and removes its escapes.
fn quoted(text: &str) -> Option<(String, &str)> {
    let inside = text.strip_prefix('"')?;
    let mut value = String::new();
    let mut characters = inside.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, inside.get(at + 1..).unwrap_or_default())),
            '\\' => value.push(characters.next()?.1),
            _ => value.push(character),
        }
    }
    None
}

fn bare(text: &str) -> Option<(String, &str)> {
    let end =
        text.find(|character: char| character == ',' || character.is_whitespace()).unwrap_or(text.len());
    let (value, after) = text.split_at_checked(end)?;
    (!value.is_empty()).then(|| (value.to_owned(), after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_challenge_makes_it_panic(header in "[Bb]earer [a-z=\",\\\\ é]{0,40}") {
            let names: Vec<String> = bearer_parameters(&header).into_iter().map(|(name, _)| name).collect();
            let mut once = names.clone();
            once.dedup();
            prop_assert!(names.iter().all(|name| is_token(name) && *name == name.to_lowercase()));
            prop_assert_eq!(once.len(), names.len());
        }
    }
}
