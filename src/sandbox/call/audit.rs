//! What a client tells after a call with a credential (docs/protocol/calls.md A7, A8).

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::input::{Fields, invalid};
use super::keep;
use crate::grant::Kind;
use crate::message::{Reply, Request};
use crate::world::{Caller, World};

/// A row of the audit log.
#[derive(Debug, Clone)]
pub struct AuditRow {
    /// When it was written, by the world's clock.
    pub at: Timestamp,
    /// Whether the backend made the call; else a client told of it.
    pub proxied: bool,
    /// The grant.
    pub grant: Uuid,
    /// The row: as it was posted, or what the backend itself knows.
    pub row: Value,
    /// `X-Alter-Caller`, as sent.
    pub caller: Option<String>,
    /// `X-Alter-Context`, as sent.
    pub context: Option<String>,
}

const ROW: [&str; 13] = [
    "grant_id",
    "provider_id",
    "token_generation",
    "method",
    "url",
    "request_headers",
    "request_body",
    "response_status",
    "response_headers",
    "response_body",
    "latency_ms",
    "reason",
    "context",
];

/// `POST /sdk/oauth/audit/api-call`. Every key must be there, of the type that docs/protocol/calls.md A7 gives.
pub(crate) fn record(world: &mut World, request: &Request, caller: Caller, now: Timestamp) -> Reply {
    match write(world, request, caller, now) {
        // "Any 2xx is success".
        Ok(()) => Reply::json(201, &json!({ "recorded": true })),
        Err(refusal) => *refusal,
    }
}

fn write(world: &mut World, request: &Request, caller: Caller, now: Timestamp) -> Result<(), Box<Reply>> {
    let fields = Fields::read(&request.body, &ROW)?;
    if let Some(absent) = ROW.iter().find(|name| !fields.has(name)) {
        return Err(invalid(absent, "missing", "Field required"));
    }
    let status = fields.get("response_status").and_then(Value::as_u64);
    let number = |name: &str| fields.get(name).and_then(Value::as_u64).is_some();
    for (name, right) in [
        ("response_status", status.is_some_and(|status| status == 0 || (100..=599).contains(&status))),
        ("latency_ms", number("latency_ms")),
        ("request_headers", has_texts(fields.get("request_headers"))),
        (
            "response_headers",
            fields.get("response_headers").is_none() || has_texts(fields.get("response_headers")),
        ),
        ("context", fields.get("context").is_none() || has_texts(fields.get("context"))),
        ("provider_id", fields.get("provider_id").is_some_and(Value::is_string)),
    ] {
        if !right {
            return Err(invalid(name, "value_error", "Input has the wrong type"));
        }
    }
    fields.needed("method")?;
    fields.needed("url")?;
    fields.text("response_body")?;
    fields.text("reason")?;
    let generation = fields.uuid("token_generation")?;
    let id = fields.uuid("grant_id")?.ok_or_else(|| invalid("grant_id", "missing", "Field required"))?;
    let index = world
        .index_of(id)
        .filter(|index| world.grants.get(*index).is_some_and(|grant| caller.holder.reaches(grant)));
    let Some(index) = index else {
        return Err(Box::new(Reply::refusal(404, "grant_not_found", "There is no such grant.")));
    };
    if status == Some(401) {
        world.mark_rejected(index, generation);
    }
    let row = AuditRow {
        at: now,
        proxied: false,
        grant: id,
        row: serde_json::from_slice(&request.body).unwrap_or_default(),
        caller: request.header("X-Alter-Caller").map(str::to_owned),
        context: request.header("X-Alter-Context").map(str::to_owned),
    };
    keep(&mut world.calls.audit, row, world.options.journal);
    Ok(())
}

/// An object of texts.
fn has_texts(value: Option<&Value>) -> bool {
    value.and_then(Value::as_object).is_some_and(|object| object.values().all(Value::is_string))
}

const REPORT: [&str; 7] = [
    "provider_status_code",
    "provider_error_code",
    "missing_scopes",
    "raw_www_authenticate",
    "api_endpoint",
    "detection_source",
    "sdk_correlation_id",
];

/// `POST /sdk/grants/{id}/report-scope-mismatch`: from now on the grant is known to lack scopes.
pub(crate) fn report_scope_mismatch(world: &mut World, request: &Request, caller: Caller, id: &str) -> Reply {
    match report(world, request, caller, id) {
        Ok(()) => Reply::raw(204, "application/json", ""),
        Err(refusal) => *refusal,
    }
}

fn report(world: &mut World, request: &Request, caller: Caller, id: &str) -> Result<(), Box<Reply>> {
    let fields = Fields::read(&request.body, &REPORT)?;
    let limits = [("raw_www_authenticate", 4096), ("api_endpoint", 2048), ("sdk_correlation_id", 64)];
    for (name, limit) in limits {
        if fields.text(name)?.is_some_and(|text| text.chars().count() > limit) {
            return Err(invalid(name, "string_too_long", "Input is too long"));
        }
    }
    let right = fields.get("provider_status_code").and_then(Value::as_u64) == Some(403)
        && fields.needed("provider_error_code")? == "insufficient_scope"
        && fields.needed("detection_source")? == "www_authenticate_rfc6750";
    if !right {
        return Err(invalid(
            "provider_status_code",
            "value_error",
            "Only a 403 insufficient_scope is a report",
        ));
    }
    let missing: Vec<String> = match fields.get("missing_scopes") {
        None => Vec::new(),
        Some(Value::Array(list)) if list.len() <= 50 && list.iter().all(Value::is_string) => {
            list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        Some(_) => return Err(invalid("missing_scopes", "list_type", "Input should be at most 50 texts")),
    };
    let index = Uuid::try_parse(id).ok().and_then(|id| world.index_of(id));
    let found = index.and_then(|index| world.grants.get_mut(index));
    let Some(grant) = found.filter(|grant| caller.holder.reaches(grant)) else {
        return Err(Box::new(Reply::refusal(404, "grant_not_found", "There is no such grant.")));
    };
    if let Kind::Oauth(oauth) = &mut grant.kind {
        oauth.scope_mismatch = true;
        grant.written = None;
        world.calls.reported.entry(grant.id).or_default().extend(missing);
    }
    Ok(())
}

impl World {
    /// The audit log, oldest first.
    pub fn audit(&self) -> Vec<AuditRow> {
        self.calls.audit.iter().cloned().collect()
    }

    /// The calls that reached simulated providers, oldest first.
    pub fn provider_calls(&self) -> Vec<crate::ProviderCall> {
        self.calls.seen_by_providers.iter().cloned().collect()
    }

    /// A provider that refuses the credential which is still the connection's: it must be connected again
    /// (docs/protocol/calls.md A6). Managed-secret rows have no generation and change nothing.
    fn mark_rejected(&mut self, index: usize, generation: Option<Uuid>) {
        let Self { grants, calls, .. } = self;
        let Some(grant) = grants.get_mut(index) else { return };
        let row = crate::provider::row_of(&grant.selector);
        let current = row.and_then(|row| calls.secrets.of(grant, row).generation);
        if let (Kind::Oauth(oauth), true) = (&mut grant.kind, generation.is_some() && generation == current) {
            oauth.needs_reconnect = true;
            grant.written = None;
        }
    }
}
