//! Calls made from here: the draft, checked before anything is sent (docs/protocol/calls.md section A).

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::draft::{self, DraftError};
use super::json::{self, Style};
use super::provider_url::ProviderUrl;
use super::template;
use crate::UserToken;
use crate::domain::{ClearedDraft, DraftBody, GrantId};
use crate::identity::{Context, ascii_json};

/// Headers that retrieve mode refuses, in lower case; the official SDK accepts them. `host` would reveal the credential
/// to another site at the same address; the others belong to the connection.
pub const FORBIDDEN_HEADERS: [&str; 11] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "upgrade",
    "te",
    "trailer",
    "proxy-connection",
    "proxy-authorization",
    "proxy-authenticate",
];

/// A checked draft of a call in retrieve mode.
#[derive(Debug)]
pub struct Retrieval {
    pub(super) grant: GrantId,
    pub(super) method: String,
    pub(super) url: ProviderUrl,
    pub(super) basic: Option<SecretString>,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: DraftBody,
    pub(super) reason: Option<String>,
    pub(super) context: Vec<(String, String)>,
    encoded_context: Option<Context>,
}

impl Retrieval {
    /// Checks a draft.
    ///
    /// # Errors
    /// What is wrong with it; nothing was sent.
    pub fn check(draft: &ClearedDraft) -> Result<Self, DraftError> {
        let draft = draft.as_draft();
        let method = draft::method(&draft.method)?;
        let filled = template::fill(&draft.url, &draft.path_parameters)?;
        let (url, basic) = ProviderUrl::parse(&filled)?;
        draft::headers(&draft.headers, &FORBIDDEN_HEADERS)?;
        let query = draft::query(&draft.query)?;
        url.with_query(&borrowed(&query), true)?;
        let body = match &draft.body {
            DraftBody::Json(text) => match json::check(text).map_err(DraftError::Body)? {
                Some(text) => DraftBody::Json(text.to_owned()),
                None => DraftBody::Empty,
            },
            other => other.clone(),
        };
        Ok(Self {
            grant: draft.grant,
            method,
            url,
            basic,
            query,
            headers: draft.headers.clone(),
            body,
            reason: draft.reason.clone().filter(|reason| !reason.is_empty()),
            context: draft.context.clone(),
            encoded_context: draft::context(&draft.context)?,
        })
    }

    /// Where the credential will be sent.
    pub fn url(&self) -> &ProviderUrl {
        &self.url
    }

    /// For the header `X-Alter-Context` of the token request and the audit row.
    pub fn context(&self) -> Option<&Context> {
        self.encoded_context.as_ref()
    }

    /// The body of `POST /sdk/token`, in the protocol's order of fields (section A2). Wiped on drop.
    pub fn token_request(&self, user_token: Option<&UserToken>) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(String::from("{\"grant_id\":"));
        ascii_json(&mut out, &self.grant.to_string());
        out.push_str(",\"reason\":");
        match &self.reason {
            Some(reason) => ascii_json(&mut out, reason),
            None => out.push_str("null"),
        }
        out.push_str(",\"request\":{\"method\":");
        ascii_json(&mut out, &self.method);
        out.push_str(",\"url\":");
        ascii_json(&mut out, self.url.as_str());
        out.push('}');
        if let Some(token) = user_token {
            out.push_str(",\"user_token\":");
            ascii_json(&mut out, token.expose());
        }
        out.push('}');
        Zeroizing::new(std::mem::take(&mut *out).into_bytes())
    }

    /// The bytes of the body; `None` for no body.
    pub(super) fn body_bytes(&self, style: Style) -> Option<Vec<u8>> {
        match &self.body {
            DraftBody::Empty => None,
            DraftBody::Json(text) => Some(json::restyle(text, style).into_bytes()),
            DraftBody::Raw(bytes) => Some(bytes.clone()),
        }
    }
}

pub(super) fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}
