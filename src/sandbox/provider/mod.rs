//! Simulated providers: believable answers to the commonest calls, for both ways of calling.
//!
//! The proxy asks them in-process; for retrieve mode the same is served at `/provider/SCHEME/HOST/PATH`, where the
//! credential is checked strictly. What they say is in `src/sandbox/assets/demo_answers.toml`.

pub mod aws;
mod credential;
mod flood;
mod front;
mod gzip;
mod table;
mod template;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use url::Url;
use uuid::Uuid;

use super::call::held_scopes;
use super::faults::Fault;
use super::grant::{Grant, Kind};
use super::message::Ending;
use super::verify::decode;
use super::world::World;

pub(super) use credential::{Credential, Secrets};
pub(super) use flood::{Encoded, Flood, beginning as large_body};
pub(super) use gzip::bomb as gzip_bomb;
pub(super) use table::{ProviderRow, row_of};

use table::Endpoint;
use template::Filler;

/// A call that reached a simulated provider, as the provider saw it; credentials are left out.
#[derive(Debug, Clone)]
pub struct ProviderCall {
    /// When, by the world's clock.
    pub at: Timestamp,
    /// The grant whose credential it carried; `None` where the credential was refused.
    pub grant: Option<Uuid>,
    /// Whether it came through the proxy; else with a credential that was handed out.
    pub proxied: bool,
    /// The method.
    pub method: String,
    /// The real URL, without injected query credentials.
    pub url: String,
    /// The headers of the caller, without injected ones.
    pub headers: Vec<(String, String)>,
    /// The body's first 64 KiB.
    pub body: Bytes,
    /// The status of the answer.
    pub status: u16,
}

/// What a provider is asked.
#[derive(Debug)]
pub(super) struct Ask<'call> {
    pub(super) method: &'call str,
    pub(super) url: &'call Url,
    pub(super) body: &'call [u8],
}

/// What it says.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Bytes,
    pub(super) ending: Ending,
    /// Why a 401 or 403 may not be the credential's fault.
    pub(super) hint: Option<&'static str>,
}

impl Answer {
    fn new(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", content_type.to_owned())],
            body: body.into(),
            ending: Ending::Whole,
            hint: None,
        }
    }

    fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Bytes::new(), ending: Ending::Whole, hint: None }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

const HTML: &str = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head>\n<body><h1>Please sign in</h1>\
<form method=\"post\"><input name=\"user\"></form></body></html>\n";

impl World {
    /// What the grant's provider answers.
    pub(super) fn simulate(
        &mut self,
        index: usize,
        ask: &Ask<'_>,
        now: Timestamp,
        faults: &[Fault],
    ) -> Answer {
        let request_id = super::seed::uuid(&mut self.rng);
        let mut answer = match self.grants.get(index) {
            Some(grant) => {
                let user = grant.user.and_then(|user| self.users.get(user));
                let mut filler = Filler::new(grant, user, ask.url, now, &mut self.rng);
                match row_of(&grant.selector) {
                    Some(row) => {
                        let said = answer(row, grant, ask, faults, &mut filler);
                        row.cookie.iter().fold(said, |said, cookie| said.with("Set-Cookie", cookie))
                    }
                    None => Answer::new(404, "application/json", r#"{"error":"not simulated"}"#),
                }
            }
            None => Answer::empty(500),
        };
        if ask.method == "HEAD" {
            answer.body = Bytes::new();
        }
        answer.with("X-Request-Id", request_id.to_string())
    }
}

fn answer(
    row: &'static ProviderRow,
    grant: &Grant,
    ask: &Ask<'_>,
    faults: &[Fault],
    filler: &mut Filler<'_>,
) -> Answer {
    let mut answer = None;
    let mut ending = Ending::Whole;
    for fault in faults {
        match fault {
            Fault::ProviderStatus(status) => answer = Some(forced(row, *status, filler)),
            Fault::ProviderHtml => answer = Some(Answer::new(200, "text/html; charset=utf-8", HTML)),
            Fault::ProviderRedirect(to) => answer = Some(Answer::empty(302).with("Location", to.clone())),
            Fault::ProviderLarge(size) => {
                let mut large = Answer::new(200, "application/json", Bytes::new());
                large.ending = Ending::Flood(*size);
                return large;
            }
            Fault::ProviderGzip(size) => {
                let packed = gzip::bomb(*size);
                answer = Some(Answer::new(200, "application/json", packed).with("Content-Encoding", "gzip"));
            }
            Fault::ProviderHang => ending = Ending::Hang,
            Fault::ProviderCut => ending = Ending::Cut,
            _ => {}
        }
    }
    let mut answer = answer.unwrap_or_else(|| honest(row, grant, ask, filler));
    if ending != Ending::Whole {
        answer.ending = ending;
    }
    answer
}

/// A status that was asked for, in the provider's own style where it has one.
fn forced(row: &ProviderRow, status: u16, filler: &mut Filler<'_>) -> Answer {
    match status {
        204 | 205 | 304 => Answer::empty(status),
        401 => unauthorized(row, filler).at(401),
        403 => Answer::new(403, row.content_type(), filler.text(&row.denied)),
        404 => Answer::new(404, row.content_type(), filler.text(&row.unknown)),
        429 => {
            Answer::new(429, "application/json", r#"{"error":"too many requests"}"#).with("Retry-After", "30")
        }
        _ => {
            let said = json!({ "error": { "status": status, "message": "Something happened on purpose." } });
            Answer::new(status, "application/json", said.to_string())
        }
    }
}

impl Answer {
    fn at(mut self, status: u16) -> Self {
        self.status = status;
        self
    }
}

/// The provider does not know the credential.
fn unauthorized(row: &ProviderRow, filler: &mut Filler<'_>) -> Answer {
    let answer = Answer::new(row.unauthorized_status, row.content_type(), filler.text(&row.unauthorized));
    if row.is_bearer() && row.unauthorized_status == 401 {
        let challenge = format!("Bearer realm=\"{}\", error=\"invalid_token\"", row.name());
        return answer.with("WWW-Authenticate", challenge);
    }
    answer
}

/// The answer without faults.
fn honest(row: &'static ProviderRow, grant: &Grant, ask: &Ask<'_>, filler: &mut Filler<'_>) -> Answer {
    if ask.method == "OPTIONS" {
        return Answer::empty(204).with("Allow", "GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE");
    }
    let method = if ask.method == "HEAD" { "GET" } else { ask.method };
    let body: Value = serde_json::from_slice(ask.body).unwrap_or_default();
    let form = if body.is_null() { String::from_utf8_lossy(ask.body).into_owned() } else { String::new() };
    let parameters: Vec<(String, String)> = ask
        .url
        .query_pairs()
        .chain(url::form_urlencoded::parse(form.as_bytes()))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let path: Vec<String> = ask.url.path().split('/').skip(1).map(decode).collect();
    let found = row
        .endpoints
        .iter()
        .find_map(|endpoint| Some((endpoint, endpoint.fits(method, &path, &parameters)?)));
    filler.request(&parameters, &body);
    let Some((endpoint, named)) = found else {
        return match table::returns(&row.ids, method, &path) {
            Some(returns) => {
                Answer::new(200, "application/json", template::sample(returns, &body).to_string())
            }
            None => Answer::new(row.unknown_status, row.content_type(), filler.text(&row.unknown)),
        };
    };
    filler.path(named);
    if let Some(hint) = &endpoint.admin {
        let mut refused = Answer::new(401, row.content_type(), filler.text(&row.unauthorized));
        refused.hint = Some(hint);
        return refused;
    }
    if let Some(refused) = lacks_scope(row, grant, endpoint, filler) {
        return refused;
    }
    created(endpoint, &body, filler)
}

/// The refusal where none of the endpoint's scopes is held. Managed secrets have no scopes and may do everything.
fn lacks_scope(
    row: &'static ProviderRow,
    grant: &Grant,
    endpoint: &Endpoint,
    filler: &mut Filler<'_>,
) -> Option<Answer> {
    let held = held_scopes(grant);
    let needed = endpoint.scope.first()?;
    let holds = endpoint.scope.iter().any(|scope| held.iter().any(|held| **held == **scope));
    if holds || matches!(grant.kind, Kind::Secret(_)) {
        return None;
    }
    filler.scopes(needed, held);
    let refused = Answer::new(row.denied_status, row.content_type(), filler.text(&row.denied));
    if row.denied_status != 403 {
        return Some(refused);
    }
    // RFC 6750 section 3.1: what a client can tell a missing scope by (docs/protocol/calls.md A6).
    let challenge =
        format!("Bearer realm=\"{}\", error=\"insufficient_scope\", scope=\"{needed}\"", row.name());
    Some(refused.with("WWW-Authenticate", challenge))
}

fn created(endpoint: &Endpoint, body: &Value, filler: &mut Filler<'_>) -> Answer {
    if let Some(xml) = &endpoint.xml {
        return Answer::new(endpoint.status, "text/xml", filler.text(xml));
    }
    let Some(text) = &endpoint.body else { return Answer::empty(endpoint.status) };
    let mut said = filler.value(serde_json::from_str(text).unwrap_or_default());
    if let (true, Some(given), Some(own)) = (endpoint.echo, body.as_object(), said.as_object()) {
        let mut both: Map<String, Value> = given.clone();
        both.extend(own.clone());
        said = Value::Object(both);
    }
    if endpoint.pick {
        let asked = body.get("query").and_then(Value::as_str).unwrap_or_default();
        if let Some(data) = said.get_mut("data").and_then(Value::as_object_mut) {
            data.retain(|name, _| asked.contains(name.as_str()));
        }
    }
    Answer::new(endpoint.status, "application/json", said.to_string())
}

#[cfg(test)]
mod ready_tests;
