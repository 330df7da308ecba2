//! Which path is answered by what (docs/protocol/README.md, endpoints).

mod agent_keys;
mod agent_writes;
mod agents;
mod catalog;
mod grants;
mod identity;
mod keys;
mod spans;
pub(super) mod specs;

use jiff::Timestamp;

use super::call;
use super::faults::Fault;
use super::manage;
use super::message::{Reply, Request};
use super::sessions;
use super::verify::{decode, parse_query};
use super::world::{Caller, World};

pub(super) fn route(
    world: &mut World,
    request: &Request,
    caller: Caller,
    now: Timestamp,
    faults: &[Fault],
) -> Reply {
    // Segments are decoded one by one: an encoded slash stays inside its segment.
    let segments: Vec<String> = request.path().split('/').skip(1).map(decode).collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let query = Query::of(request);
    let method = request.method.as_str();
    let at = now.as_second();
    match (method, segments.as_slice()) {
        ("POST", ["sdk", "grants", "list"]) => grants::list(world, request, caller, now, faults),
        ("GET", ["sdk", "scopes"]) => catalog::scopes(),
        ("GET", ["sdk", "oauth", "provider-catalog"]) => catalog::providers(world),
        ("GET", ["sdk", "provider-specs"]) => specs::list(world, &query),
        ("GET", ["sdk", "provider-specs", kind, provider]) => specs::get(world, kind, provider),
        ("GET", ["sdk", "provider-specs", kind, provider, "operations"]) => {
            specs::operations(world, kind, provider, &query)
        }
        ("GET", ["sdk", "provider-specs", kind, provider, "operation"]) => {
            specs::operation(world, kind, provider, &query)
        }
        ("GET", ["sdk", "agents"]) => agents::list(world, caller, &query, at),
        ("GET", ["sdk", "agents", "me"]) => agents::me(world, caller, at),
        ("GET", ["sdk", "agents", id]) => agents::get(world, caller, id, at),
        ("POST", ["sdk", "agents"]) => settled(agent_writes::create(world, request, caller, now)),
        ("PATCH", ["sdk", "agents", id]) => {
            settled(agent_writes::update(world, request, caller, id, &query, now))
        }
        ("DELETE", ["sdk", "agents", id]) => settled(agent_writes::delete(world, caller, id, now)),
        ("GET", ["sdk", "agents", id, "keys"]) => settled(agent_keys::list(world, caller, id)),
        ("POST", ["sdk", "agents", id, "keys"]) => settled(agent_keys::mint(world, request, caller, id, at)),
        ("PATCH", ["sdk", "agents", id, "keys", key, change @ ("deprecate" | "undeprecate")]) => {
            let deprecated = *change == "deprecate";
            settled(agent_keys::deprecate(world, request, caller, (id, key), deprecated, at))
        }
        ("DELETE", ["sdk", "agents", id, "keys", key]) => {
            settled(agent_keys::revoke(world, caller, (id, key), &query, at))
        }
        ("POST", ["sdk", "keys", "derive"]) => settled(keys::derive(world, request, caller, at)),
        ("POST", ["sdk", "keys", id, "rotate"]) => settled(keys::rotate(world, request, caller, id, at)),
        ("DELETE", ["sdk", "keys", id]) => settled(keys::revoke(world, caller, id, &query, at)),
        ("POST", ["sdk", "identity", "resolve"]) => settled(identity::resolve(world, request, caller, at)),
        ("POST", ["sdk", "identity", "assert"]) => settled(identity::assert(world, request, caller, at)),
        ("POST", ["sdk", "spans"]) => settled(spans::emit(world, request)),
        ("POST", ["sdk", "auth", "verify-token"]) => settled(identity::verify_token(world, request, at)),
        ("POST", ["sdk", "auth", "session"]) => sessions::sign_in(world, request, caller, now, faults),
        ("POST", ["sdk", "auth", "poll"]) => sessions::poll_sign_in(world, request, caller, faults),
        ("POST", ["sdk", "oauth", "connect", "session"]) => {
            sessions::connect(world, request, caller, now, faults)
        }
        ("POST", ["sdk", "oauth", "connect", "session", "poll"]) => sessions::poll(world, request, caller),
        ("POST", ["sdk", "managed-secrets", "connect", "session"]) => {
            sessions::connect_secret(world, request, caller, now, faults)
        }
        ("POST", ["sdk", "oauth", "grants", id, "revoke"]) => {
            settled(manage::revoke(world, request, caller, id, at, faults))
        }
        ("DELETE", ["sdk", "grants", id, "delegations", "me"]) => manage::give_up(world, caller, id, at),
        ("DELETE", ["sdk", "grants", id, "delegations", agent]) => {
            manage::remove(world, caller, id, agent, at)
        }
        ("POST", ["sdk", "grants", id, "mint"]) => {
            settled(manage::mint(world, request, caller, id, at, faults))
        }
        ("POST", ["sdk", "grants", id, "delegate"]) => {
            settled(manage::delegate(world, request, caller, id, at))
        }
        ("POST", ["sdk", "managed-secrets", id, "grants"]) => {
            settled(manage::issue(world, request, caller, id, at, faults))
        }
        ("POST", ["sdk", "proxy"]) => call::proxy(world, request, caller, now, faults),
        ("POST", ["sdk", "token"]) => call::token(world, request, caller, now, faults),
        ("POST", ["sdk", "oauth", "audit", "api-call"]) => call::record(world, request, caller, now),
        ("POST", ["sdk", "grants", id, "report-scope-mismatch"]) => {
            call::report_scope_mismatch(world, request, caller, id)
        }
        ("GET", ["sdk", "approvals", id]) => call::status(world, caller, id, query.get("wait"), now, faults),
        ("GET", ["sdk", "approvals", id, "result"]) => call::result(world, caller, id, now),
        (
            _,
            ["sdk", "proxy" | "token" | "scopes" | "provider-specs" | "agents" | "spans"]
            | ["sdk", "grants", "list"]
            | ["sdk", "grants", _, "report-scope-mismatch" | "mint" | "delegate"]
            | ["sdk", "grants", _, "delegations", _]
            | ["sdk", "oauth" | "managed-secrets", "connect", "session"]
            | ["sdk", "oauth", "connect", "session", "poll"]
            | ["sdk", "oauth", "grants", _, "revoke"]
            | ["sdk", "managed-secrets", _, "grants"]
            | ["sdk", "agents", _, "keys"]
            | ["sdk", "agents", _, "keys", _]
            | ["sdk", "agents", _, "keys", _, "deprecate" | "undeprecate"]
            | ["sdk", "keys", _, "rotate"]
            | ["sdk", "oauth", "provider-catalog"]
            | ["sdk", "oauth", "audit", "api-call"]
            | ["sdk", "approvals" | "agents" | "keys", _]
            | ["sdk", "approvals", _, "result"]
            | ["sdk", "identity", "resolve" | "assert"]
            | ["sdk", "auth", "verify-token" | "session" | "poll"]
            | ["sdk", "provider-specs", _, _]
            | ["sdk", "provider-specs", _, _, "operations" | "operation"],
        ) => Reply::refusal(405, "method_not_allowed", "This path is there, but not for this method."),
        _ => Reply::refusal(404, "not_found", "There is nothing at this path."),
    }
}

/// The answer, whether it was given or refused.
fn settled(answer: Result<Reply, Box<Reply>>) -> Reply {
    answer.unwrap_or_else(|refusal| *refusal)
}

/// Decoded query parameters.
#[derive(Debug)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    fn of(request: &Request) -> Self {
        Self(request.target.split_once('?').map(|(_, query)| parse_query(query)).unwrap_or_default())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// A whole number, or the refusal of what is none in this range.
    fn number(&self, name: &str, range: std::ops::RangeInclusive<i64>) -> Result<Option<i64>, Box<Reply>> {
        let Some(text) = self.get(name) else { return Ok(None) };
        text.parse().ok().filter(|number| range.contains(number)).map(Some).ok_or_else(|| {
            let message = format!("Input should be a whole number from {} to {}", range.start(), range.end());
            Box::new(Reply::invalid("query", name, "int_parsing", &message))
        })
    }

    /// `true` or `false`; absent is false.
    fn flag(&self, name: &str) -> Result<bool, Box<Reply>> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => {
                let message = "Input should be a valid boolean";
                Err(Box::new(Reply::invalid("query", name, "bool_parsing", message)))
            }
        }
    }

    /// `limit` and `offset`, or the refusal of one that is no number in its range.
    fn window(&self, default: usize, most: usize) -> Result<(usize, usize), Box<Reply>> {
        let number = |name: &str, absent: usize, range: std::ops::RangeInclusive<usize>| match self.get(name)
        {
            None => Ok(absent),
            Some(text) => text.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
                let message =
                    format!("Input should be a whole number from {} to {}", range.start(), range.end());
                Box::new(Reply::invalid("query", name, "int_parsing", &message))
            }),
        };
        Ok((number("limit", default, 1..=most)?, number("offset", 0, 0..=usize::MAX)?))
    }
}
