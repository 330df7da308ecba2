//! A test call before it is sent, composed by a person, a preset or a command line.

use serde_json::Value;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::{Code, Diagnosis, GrantId, Retry, Who};

/// Who calls the provider (docs/protocol/calls.md).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Mode {
    /// Alter makes the call and keeps the credential.
    #[default]
    Proxy,
    /// This program makes the call, with a credential that Alter hands out for this one call.
    Retrieve,
}

impl Mode {
    /// The other mode.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Proxy => Self::Retrieve,
            Self::Retrieve => Self::Proxy,
        }
    }
}

/// The body of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DraftBody {
    /// No body.
    #[default]
    Empty,
    /// JSON as typed, not validated yet; `null` means no body.
    Json(String),
    /// Raw bytes, possibly none. Retrieve mode only.
    Raw(Vec<u8>),
}

/// A test call that is not validated: any field may contain what a person has typed so far.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestDraft {
    /// The grant, always by its id, so that it is unambiguous.
    pub grant: GrantId,
    /// Who calls the provider.
    pub mode: Mode,
    /// In any case.
    pub method: String,
    /// May contain `{name}` placeholders, also in host and query.
    pub url: String,
    /// Values for the placeholders; other names are ignored.
    pub path_parameters: Vec<(String, String)>,
    /// Query parameters: strings, numbers, booleans, null (empty), or arrays of those. A repeated name makes
    /// an array.
    pub query: Vec<(String, Value)>,
    /// Headers, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: DraftBody,
    /// Reason, for the audit log and approvers.
    pub reason: Option<String>,
    /// Further attribution: name and value.
    pub context: Vec<(String, String)>,
}

impl RequestDraft {
    /// An empty call in proxy mode.
    pub fn new(grant: GrantId, method: &str, url: &str) -> Self {
        Self {
            grant,
            mode: Mode::default(),
            method: method.to_owned(),
            url: url.to_owned(),
            path_parameters: Vec::new(),
            query: Vec::new(),
            headers: Vec::new(),
            body: DraftBody::Empty,
            reason: None,
            context: Vec::new(),
        }
    }
}

/// Rejects a URL with user information: it would replace the grant's credential, and end up in every log on
/// the way. The error does not repeat it.
///
/// # Errors
/// The URL has user information.
pub fn refuse_user(url: &str) -> Result<(), Diagnosis> {
    let is_scheme =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte));
    let rest = url.split_once(':').filter(|(scheme, _)| is_scheme(scheme)).map(|(_, rest)| rest);
    // In any spelling: `https:user@host` and `https:\\user@host` mean the same to a browser. A URL that
    // starts with `/` has no host.
    let rest = rest.map_or(url, |rest| rest.trim_start_matches(['/', '\\']));
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    let Some((_, host)) = authority.rsplit_once('@') else { return Ok(()) };
    Err(Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::AfterRemedy)
        .fact("host", host)
        .fact("problem", "a URL must not have a user or a password in it: take out what stands before the @"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_with_a_user_is_refused_without_saying_the_password() {
        for url in [
            "https://ann:hunter2@api.example/x",
            "https://ann@api.example",
            "https://:hunter2@api.example:8443/?a=b@c",
            "HTTPS:ann:hunter2@api.example",
            "https:\\\\ann:hunter2@api.example/x",
            "https:///ann:hunter2@api.example/x",
            "https://a@hunter2@api.example#x",
            "ann:hunter2@api.example/x",
        ] {
            let refused = refuse_user(url).unwrap_err();
            assert_eq!(refused.code, Code::ArgumentRefused, "{url}");
            let reported = format!("{refused:?}");
            assert!(!reported.contains("hunter2") && reported.contains("api.example"), "{reported}");
        }
        for url in [
            "",
            "/user",
            "/users/a:b@c",
            "/v1/ann@acme.example",
            "https://api.example/@ann:x@y",
            "https://api.example?mail=ann@acme.example",
            "https://api.example#a@b",
            "api.example/a:b@c",
            "https://{host}/x",
        ] {
            assert_eq!(refuse_user(url), Ok(()), "{url}");
        }
    }
}
