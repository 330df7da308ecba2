//! Which path is answered by what (docs/protocol/README.md, endpoints).

mod agents;
mod catalog;
mod grants;
mod identity;
pub(super) mod specs;

use jiff::Timestamp;

use super::call;
use super::faults::Fault;
use super::message::{Reply, Request};
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
        ("GET", ["sdk", "agents"]) => agents::list(world, caller, &query),
        ("GET", ["sdk", "agents", "me"]) => agents::me(world, caller),
        ("GET", ["sdk", "agents", id]) => agents::get(world, caller, id),
        ("POST", ["sdk", "identity", "resolve"]) => identity::resolve(world, request, caller),
        ("POST", ["sdk", "auth", "verify-token"]) => identity::verify_token(world, request),
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
            ["sdk", "proxy" | "token" | "scopes" | "provider-specs" | "agents"]
            | ["sdk", "grants", "list"]
            | ["sdk", "grants", _, "report-scope-mismatch"]
            | ["sdk", "oauth", "provider-catalog"]
            | ["sdk", "oauth", "audit", "api-call"]
            | ["sdk", "approvals" | "agents", _]
            | ["sdk", "approvals", _, "result"]
            | ["sdk", "identity", "resolve"]
            | ["sdk", "auth", "verify-token"]
            | ["sdk", "provider-specs", _, _]
            | ["sdk", "provider-specs", _, _, "operations" | "operation"],
        ) => Reply::refusal(405, "method_not_allowed", "This path is there, but not for this method."),
        _ => Reply::refusal(404, "not_found", "There is nothing at this path."),
    }
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
