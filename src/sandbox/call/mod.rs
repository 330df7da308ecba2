//! Calls: through the proxy, or with a credential handed out (docs/protocol/calls.md).

mod address;
mod approval;
mod approval_page;
mod approvals;
mod audit;
mod destination;
mod proxy;
mod refusals;
mod state;
mod token;

use std::collections::{HashMap, VecDeque};

use serde_json::Value;
use tokio::sync::watch;
use uuid::Uuid;

use super::input;
use super::message::Request;
use super::provider::Secrets;
use super::verify::decode;
use super::world::World;

pub(super) use approval::stamp;
pub use approval::{Decision, Held};
pub use audit::AuditRow;
pub use refusals::CallError;
pub(super) use state::held_scopes;

pub(super) use approval_page::approval_page;
pub(super) use approvals::{result, status};
pub(super) use audit::{record, report_scope_mismatch};
pub(super) use proxy::proxy;
pub(super) use token::token;

/// What calls leave behind.
#[derive(Debug)]
pub(super) struct Calls {
    /// Where each grant stands; made again when there are more.
    index: HashMap<Uuid, usize>,
    approvals: Vec<approval::Approval>,
    /// Told whenever somebody decides.
    pub(super) news: watch::Sender<()>,
    audit: VecDeque<AuditRow>,
    /// Scopes that clients reported as missing, by grant.
    pub(super) reported: HashMap<Uuid, Vec<String>>,
    /// The grant that each credential was handed out for.
    pub(super) handed_out: HashMap<String, usize>,
    pub(super) secrets: Secrets,
    pub(super) seen_by_providers: VecDeque<super::provider::ProviderCall>,
}

impl Calls {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            index: HashMap::new(),
            approvals: Vec::new(),
            news: watch::Sender::new(()),
            audit: VecDeque::new(),
            reported: HashMap::new(),
            handed_out: HashMap::new(),
            secrets: Secrets::new(seed),
            seen_by_providers: VecDeque::new(),
        }
    }
}

impl World {
    /// The grant that a request is about, as well as can be told before it is verified: for faults of one grant.
    pub(super) fn subject(&mut self, request: &Request, now: i64) -> Option<Uuid> {
        let segments: Vec<String> = request.path().split('/').skip(1).map(decode).collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            ["sdk", "grants", id, ..] if *id != "list" => Uuid::try_parse(id).ok(),
            ["sdk", "approvals", id, ..] => {
                let index = self.held_by(Uuid::try_parse(id).ok()?)?;
                self.grants.get(index).map(|grant| grant.id)
            }
            ["provider", ..] => {
                let index = self.handed_to(request)?;
                self.grants.get(index).map(|grant| grant.id)
            }
            ["sdk", "proxy" | "token"] | ["sdk", "oauth", "audit", "api-call"] => {
                let body: Value = serde_json::from_slice(&request.body).ok()?;
                if let Some(id) = body.get("grant_id").and_then(Value::as_str) {
                    return Uuid::try_parse(id).ok();
                }
                let fields = input::Fields::anything(body)?;
                let caller = self.presumed(request)?;
                let address = address::Address::read(&fields).ok()?;
                let index = self.resolve(caller, &address, now).ok()?;
                self.grants.get(index).map(|grant| grant.id)
            }
            _ => None,
        }
    }
}

/// Keep the newest.
fn keep<Item>(queue: &mut VecDeque<Item>, item: Item, limit: usize) {
    if limit == 0 {
        return;
    }
    while queue.len() >= limit {
        queue.pop_front();
    }
    queue.push_back(item);
}
