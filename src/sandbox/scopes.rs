//! What a key may do (docs/protocol/README.md, endpoints; docs/protocol/grants.md section 10).

use serde_json::json;

use super::message::{Reply, Request};

/// Every scope that the emulated endpoints ask for.
const ALL: [&str; 8] = [
    "grants:read",
    "agents:read",
    "providers:read",
    "tokens:retrieve",
    "proxy:execute",
    "approvals:read",
    "audit:emit",
    "grants:write",
];

/// The scopes an endpoint asks for, and whether any one of them is enough. What the protocol marks `?` asks for none.
fn needed(method: &str, path: &str) -> (&'static [&'static str], bool) {
    match (method, path) {
        (_, "/sdk/grants/list") => (&["grants:read"], false),
        (_, "/sdk/token") => (&["tokens:retrieve"], false),
        (_, "/sdk/proxy") => (&["proxy:execute"], false),
        (_, "/sdk/oauth/audit/api-call") => (&["audit:emit"], false),
        (_, path) if path.starts_with("/sdk/approvals/") => (&["approvals:read", "proxy:execute"], true),
        (_, path) if path.starts_with("/sdk/provider-specs") || path == "/sdk/oauth/provider-catalog" => {
            (&["providers:read"], false)
        }
        ("GET", path) if path.starts_with("/sdk/agents") && path != "/sdk/agents/me" => {
            (&["agents:read"], false)
        }
        _ => (&[], false),
    }
}

/// The refusal of a request that its key, or the constraint it came with, does not allow. `None` as `scopes` is a
/// key that may do everything.
pub(super) fn refuse(request: &Request, scopes: Option<&[&str]>) -> Option<Reply> {
    let (required, any) = needed(&request.method, request.path());
    let mut granted: Vec<&str> = scopes.map_or_else(|| ALL.to_vec(), <[&str]>::to_vec);
    if let Some(constraint) = request.header("X-Alter-Scope-Constraints").filter(|text| !text.is_empty()) {
        let wanted: Vec<&str> = constraint.split(',').collect();
        // Scopes that no endpoint here asks for cannot be told from misspelled ones; a key for everything has them.
        if scopes.is_some_and(|held| wanted.iter().any(|scope| !held.contains(scope))) {
            let message = "The restriction asks for more than the key has.";
            return Some(Reply::refusal(400, "constraint_not_narrowing", message));
        }
        granted = wanted;
    }
    let held = |scope: &&str| granted.contains(scope);
    let allowed = if any { required.iter().any(held) } else { required.iter().all(held) };
    (!allowed && !required.is_empty()).then(|| denial(required, any, &granted))
}

/// 403 `insufficient_scope`, which arrives flat (docs/protocol/transport.md section 9).
pub(super) fn denial(required: &[&str], any: bool, granted: &[&str]) -> Reply {
    let missing: Vec<&&str> = required.iter().filter(|scope| !granted.contains(scope)).collect();
    let body = json!({
        "error": "insufficient_scope",
        "message": "This API key lacks a scope that the call needs.",
        "required": required, "granted": granted, "missing": missing, "required_any_of": any,
        "scope_version": 4, "current_scope_version": 4, "scope_version_mismatch": false,
        "documentation_url": "https://docs.alterauth.com/reference/scopes",
    });
    Reply::json(403, &body)
}
