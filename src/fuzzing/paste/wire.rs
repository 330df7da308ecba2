//! A call as it goes over the wire, whichever way it was written.

use std::fmt::Write as _;

use url::form_urlencoded;

use crate::domain::DraftBody;
use crate::domain::code::Pasted;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wire {
    pub(super) method: String,
    /// The URL without its query.
    pub(super) place: String,
    pub(super) query: Vec<(String, String)>,
    /// Without the type of the body.
    pub(super) headers: Vec<(String, String)>,
    pub(super) kind: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Wire {
    pub(super) fn new(
        method: &str,
        url: &str,
        headers: Vec<(String, String)>,
        kind: Option<&str>,
        body: &[u8],
    ) -> Self {
        let url = url.split('#').next().unwrap_or_default();
        let (place, query) = url.split_once('?').unwrap_or((url, ""));
        Self {
            method: method.to_owned(),
            place: place.to_owned(),
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            headers,
            kind: kind.map(str::to_owned),
            body: body.to_vec(),
        }
    }

    pub(super) fn of(pasted: &Pasted) -> Self {
        let mut url = pasted.url.clone();
        for (name, value) in &pasted.query {
            let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            url.push(if url.contains('?') { '&' } else { '?' });
            // Writing to a text cannot fail.
            let _ = write!(url, "{}={}", encoded(name), encoded(value.as_str().unwrap_or_default()));
        }
        let is_kind = |name: &str| name.eq_ignore_ascii_case("content-type");
        let kind = pasted.headers.iter().find(|(name, _)| is_kind(name)).map(|(_, value)| value.as_str());
        let headers = pasted.headers.iter().filter(|(name, _)| !is_kind(name)).cloned().collect();
        match &pasted.body {
            // To a call it is no body.
            DraftBody::Json(text) if text.trim() == "null" => {
                Self::new(&pasted.method, &url, headers, kind, b"")
            }
            DraftBody::Empty => Self::new(&pasted.method, &url, headers, kind, b""),
            DraftBody::Json(text) => {
                let kind = kind.or(Some("application/json"));
                Self::new(&pasted.method, &url, headers, kind, text.as_bytes())
            }
            DraftBody::Raw(bytes) => Self::new(&pasted.method, &url, headers, kind, bytes),
        }
    }
}
