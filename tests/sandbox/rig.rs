//! A signer and a caller of the tests' own, written from the protocol's text (docs/protocol/transport.md section 3):
//! neither the client's nor the sandbox's code is used, so that three must agree.

use std::fmt::Write as _;

use bytes::Bytes;
use grantdeck::sandbox::{Options, Reply, Request, World};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The instant at which every test world is grown and asked: 2026-01-01T00:00:00Z.
pub(crate) const NOW: i64 = 1_767_225_600;

pub(crate) fn now() -> Timestamp {
    at(0)
}

/// So many seconds after [`NOW`].
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(NOW + seconds).expect("an instant")
}

pub(crate) fn world(grants: u32) -> World {
    World::grow(&Options { grants, rate_limit: None, ..Options::default() }, now())
}

pub(crate) fn app_key(world: &World) -> String {
    world.credentials().app_key.expose_secret().to_owned()
}

/// The key of the agent of this name.
pub(crate) fn agent_key(world: &World, name: &str) -> String {
    let found = world.credentials().agent_keys.iter().find(|key| key.name == name);
    found.expect("an agent of this name").key.expose_secret().to_owned()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes it");
        text
    })
}

fn hmac(key: &[u8], text: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

/// A request being made.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) method: String,
    pub(crate) target: String,
    /// What goes into line 2; the target itself unless told otherwise.
    pub(crate) canonical: Option<String>,
    pub(crate) body: String,
    pub(crate) identity: Vec<(&'static str, String)>,
    pub(crate) timestamp: i64,
    pub(crate) nonce: Option<String>,
    pub(crate) version_2: bool,
    pub(crate) constraint: String,
}

impl Draft {
    pub(crate) fn new(method: &str, target: &str, body: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            canonical: None,
            body: body.to_owned(),
            identity: Vec::new(),
            timestamp: NOW,
            nonce: None,
            version_2: true,
            constraint: String::new(),
        }
    }

    /// The value of `X-Alter-Scope-Constraints`, which is signed.
    pub(crate) fn constrain(mut self, scopes: &str) -> Self {
        scopes.clone_into(&mut self.constraint);
        self
    }

    /// Sign it. Targets with a query must be canonical already, or give their canonical form.
    pub(crate) fn sign(&self, key: &str) -> Request {
        let signing_key = hmac(key.as_bytes(), "alter-signing-v1");
        let nonce = self.nonce.clone().unwrap_or_else(|| hex(&fastrand::u128(..).to_be_bytes()));
        let hash = hex(&Sha256::digest(self.body.as_bytes()));
        let target = self.canonical.as_ref().unwrap_or(&self.target);
        let first =
            format!("{}\n{target}\n{}\n{nonce}\n{hash}\n{}", self.method, self.timestamp, self.constraint);
        let labels = [
            ("X-Alter-Caller", "caller"),
            ("X-Alter-Caller-Type", "caller-type"),
            ("X-Alter-Actor-ID", "actor-id"),
            ("X-Alter-Context", "actor-context"),
        ];
        let mut second = first.clone();
        for (header, label) in labels {
            if let Some((_, value)) = self.identity.iter().find(|(name, _)| *name == header) {
                write!(second, "\n{label}:{value}").expect("a string takes it");
            }
        }
        let signed = if self.version_2 { &second } else { &first };
        let signature = hex(&hmac(&signing_key, signed));
        let mut headers = vec![
            ("x-api-key".to_owned(), key.to_owned()),
            ("X-Alter-Timestamp".to_owned(), self.timestamp.to_string()),
            ("X-Alter-Nonce".to_owned(), nonce),
            ("X-Alter-Content-SHA256".to_owned(), hash),
            ("X-Alter-Signature".to_owned(), signature.clone()),
        ];
        headers.extend(self.identity.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        if !self.constraint.is_empty() {
            headers.push(("X-Alter-Scope-Constraints".to_owned(), self.constraint.clone()));
        }
        if self.version_2 && !self.identity.is_empty() {
            headers.push(("X-Alter-Signature-V2".to_owned(), signature));
        }
        Request {
            method: self.method.clone(),
            target: self.target.clone(),
            headers,
            body: Bytes::from(self.body.clone()),
        }
    }
}

pub(crate) fn value(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&reply.body)))
}

/// Ask, expect 200, return the body.
pub(crate) fn ask(world: &mut World, key: &str, method: &str, target: &str, body: &str) -> Value {
    let reply = world.handle(&Draft::new(method, target, body).sign(key), now());
    assert_eq!(reply.status, 200, "{method} {target} {body}: {}", String::from_utf8_lossy(&reply.body));
    value(&reply)
}

/// Ask, expect an error, return its status and code.
pub(crate) fn refusal(world: &mut World, key: &str, method: &str, target: &str, body: &str) -> (u16, String) {
    let reply = world.handle(&Draft::new(method, target, body).sign(key), now());
    assert!(reply.status >= 400, "{method} {target} {body} was accepted");
    (reply.status, value(&reply)["detail"]["error"].as_str().unwrap_or_default().to_owned())
}

pub(crate) fn list(world: &mut World, key: &str, body: &Value) -> Value {
    ask(world, key, "POST", "/sdk/grants/list", &body.to_string())
}

/// Every row of a filtered list, walked in pages of `limit`.
pub(crate) fn walk(world: &mut World, key: &str, filter: &Value, limit: usize) -> Vec<Value> {
    let mut rows = Vec::new();
    loop {
        let mut body = filter.clone();
        body["limit"] = json!(limit);
        body["offset"] = json!(rows.len());
        let page = list(world, key, &body);
        let items = page["grants"].as_array().expect("an array");
        rows.extend(items.iter().cloned());
        if page["has_more"] == false {
            assert_eq!(page["total"], rows.len());
            return rows;
        }
        assert_eq!(items.len(), limit, "only the last page may be short");
    }
}

/// The id of the first grant in the operator's list of which this holds.
pub(crate) fn grant_where(world: &mut World, wanted: impl Fn(&Value) -> bool) -> String {
    let items = world.items(now());
    let found = items.iter().find(|item| wanted(item)).expect("such a grant");
    found["grant_id"].as_str().expect("an id").to_owned()
}

/// The id of the grant of a provider (or slug) with this account, or with this label.
pub(crate) fn grant_of(world: &mut World, selector: &str, name: &str) -> String {
    grant_where(world, |item| {
        (item["provider_id"] == selector || item["managed_secret_slug"] == selector)
            && (item["account_identifier"] == name || item["label"] == name)
            && item["parent_grant_id"].is_null()
    })
}

/// A request to the backend so many seconds after [`NOW`].
pub(crate) fn send(
    world: &mut World,
    key: &str,
    method: &str,
    target: &str,
    body: &str,
    seconds: i64,
) -> Reply {
    let mut draft = Draft::new(method, target, body);
    draft.timestamp = NOW + seconds;
    world.handle(&draft.sign(key), at(seconds))
}

/// A proxied call by the app.
pub(crate) fn proxy(world: &mut World, body: &Value) -> Reply {
    let key = app_key(world);
    send(world, &key, "POST", "/sdk/proxy", &body.to_string(), 0)
}

/// The error code of a refusal, flat or under `detail`.
pub(crate) fn code(reply: &Reply) -> String {
    let body = value(reply);
    let code = body["error"].as_str().or_else(|| body["detail"]["error"].as_str());
    code.unwrap_or_default().to_owned()
}
