//! What a key may do (docs/protocol/README.md, key scopes; docs/protocol/grants.md section 10).

use serde_json::json;

use super::message::{Reply, Request};

/// Resources with the verbs `read`, `write`, `admin`, of which a higher one includes the lower.
pub(super) const RESOURCES: [&str; 9] =
    ["agents", "grants", "keys", "secrets", "idp_users", "audit_logs", "usage", "providers", "approvals"];

/// The verbs of a resource, the lowest first.
pub(super) const VERBS: [&str; 3] = ["read", "write", "admin"];

/// Scopes of one act each.
pub(super) const ACTIONS: [&str; 6] =
    ["tokens:retrieve", "proxy:execute", "connect:initiate", "keys:derive", "audit:emit", "spans:emit"];

/// What a key for everything is told to hold.
pub(super) const ALL: [&str; 14] = [
    "grants:admin",
    "agents:admin",
    "providers:read",
    "tokens:retrieve",
    "proxy:execute",
    "approvals:read",
    "audit:emit",
    "connect:initiate",
    "secrets:admin",
    "idp_users:admin",
    "keys:admin",
    "keys:derive",
    "spans:emit",
    "audit_logs:read",
];

/// Whether there is such a scope.
pub(super) fn is_known(scope: &str) -> bool {
    let mut parts = scope.splitn(3, ':');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(resource), Some(verb), instance) => {
            let action = instance.is_none() && ACTIONS.contains(&scope);
            let named = instance.is_none_or(|instance| !instance.is_empty());
            action || (RESOURCES.contains(&resource) && VERBS.contains(&verb) && named)
        }
        _ => false,
    }
}

/// Whether one scope includes another: the same, or a higher verb on the same resource.
pub(super) fn includes(held: &str, wanted: &str) -> bool {
    let rank = |verb: &str| VERBS.iter().position(|known| *known == verb);
    match (held.split_once(':'), wanted.split_once(':')) {
        _ if held == wanted => true,
        (Some((resource, high)), Some((same, low))) if resource == same => {
            rank(high).zip(rank(low)).is_some_and(|(high, low)| high >= low)
        }
        _ => false,
    }
}

/// The scopes an endpoint asks for, and whether any one of them is enough. What the protocol marks `?` asks for none.
fn needed(method: &str, path: &str) -> (&'static [&'static str], bool) {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let scopes: &'static [&'static str] = match (method, segments.as_slice()) {
        (_, ["sdk", "grants", "list"]) => &["grants:read"],
        (_, ["sdk", "oauth", "grants", _, "revoke"] | ["sdk", "managed-secrets", _, "grants"]) => {
            &["grants:write"]
        }
        (_, ["sdk", "token"]) => &["tokens:retrieve"],
        (_, ["sdk", "proxy"]) => &["proxy:execute"],
        (_, ["sdk", "oauth", "audit", "api-call"]) => &["audit:emit"],
        (_, ["sdk", "approvals", ..]) => return (&["approvals:read", "proxy:execute"], true),
        (_, ["sdk", "oauth", "connect", "session"]) => &["connect:initiate"],
        (_, ["sdk", "managed-secrets", "connect", "session"]) => &["connect:initiate", "secrets:write"],
        (_, ["sdk", "auth", "session"]) => &["idp_users:write"],
        (_, ["sdk", "auth", "poll"]) => &["idp_users:read"],
        (_, ["sdk", "provider-specs", ..] | ["sdk", "oauth", "provider-catalog"]) => &["providers:read"],
        (_, ["sdk", "agents", "me"]) => &[],
        (_, ["sdk", "agents", _, "keys", ..]) => &["agents:admin"],
        ("GET", ["sdk", "agents", ..]) => &["agents:read"],
        (_, ["sdk", "agents", ..]) => &["agents:write"],
        (_, ["sdk", "keys", "derive"]) => &["keys:derive"],
        (_, ["sdk", "keys", ..]) => &["keys:admin"],
        (_, ["sdk", "spans"]) => &["spans:emit"],
        _ => &[],
    };
    (scopes, false)
}

/// The refusal of a request that its key, or the constraint it came with, does not allow. `None` as `scopes` is a
/// key that may do everything.
pub(super) fn refuse(request: &Request, scopes: Option<&[String]>) -> Option<Reply> {
    let (required, any) = needed(&request.method, request.path());
    let mut granted: Vec<&str> =
        scopes.map_or_else(|| ALL.to_vec(), |scopes| scopes.iter().map(String::as_str).collect());
    if let Some(constraint) = request.header("X-Alter-Scope-Constraints").filter(|text| !text.is_empty()) {
        let wanted: Vec<&str> = constraint.split(',').collect();
        // Scopes that no endpoint here asks for cannot be told from misspelled ones; a key for everything has them.
        let wider = |scope: &&str| !granted.iter().any(|held| includes(held, scope));
        if scopes.is_some() && wanted.iter().any(wider) {
            let message = "The restriction asks for more than the key has.";
            return Some(Reply::refusal(400, "constraint_not_narrowing", message));
        }
        granted = wanted;
    }
    let held = |scope: &&str| granted.iter().any(|held| includes(held, scope));
    let allowed = if any { required.iter().any(held) } else { required.iter().all(held) };
    (!allowed && !required.is_empty()).then(|| denial(required, any, &granted))
}

/// 403 `insufficient_scope`, which arrives flat (docs/protocol/transport.md section 9).
pub(super) fn denial(required: &[&str], any: bool, granted: &[&str]) -> Reply {
    let missing: Vec<&&str> =
        required.iter().filter(|scope| !granted.iter().any(|held| includes(held, scope))).collect();
    let body = json!({
        "error": "insufficient_scope",
        "message": "This API key lacks a scope that the call needs.",
        "required": required, "granted": granted, "missing": missing, "required_any_of": any,
        "scope_version": 4, "current_scope_version": 4, "scope_version_mismatch": false,
        "documentation_url": "https://docs.alterauth.com/reference/scopes",
    });
    Reply::json(403, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_higher_verb_includes_the_lower_on_the_same_resource_only() {
        for (held, wanted, right) in [
            ("grants:read", "grants:read", true),
            ("grants:admin", "grants:read", true),
            ("grants:write", "grants:read", true),
            ("grants:read", "grants:write", false),
            ("agents:admin", "grants:read", false),
            ("proxy:execute", "proxy:execute", true),
            ("keys:derive", "keys:admin", false),
            ("keys:admin", "keys:derive", false),
        ] {
            assert_eq!(includes(held, wanted), right, "{held} {wanted}");
        }
    }

    #[test]
    fn known_scopes_are_those_of_the_catalog() {
        for scope in ["grants:read", "secrets:write:stripe", "spans:emit", "keys:derive"] {
            assert!(is_known(scope), "{scope}");
        }
        for scope in ["", "grants", "grants:own", "spans:emit:x", "grants:read:", "people:read"] {
            assert!(!is_known(scope), "{scope}");
        }
    }
}
