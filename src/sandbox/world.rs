//! The backend as a value: who asks, may they, what do they get.

use std::collections::{HashMap, HashSet};

use std::sync::Arc;

use bytes::Bytes;
use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::budget::Budget;
use super::call::Calls;
use super::faults::{ActiveFaults, Fault, FaultSpec};
use super::grant::Grant;
use super::journal::{Journal, JournalEntry};
use super::keys::{Credentials, Holder, KeyRing};
use super::message::{Reply, Request};
use super::options::Options;
use super::past::Past;
use super::routes;
use super::scopes;
use super::seed::{self, Agent, Tokens, User};
use super::sessions::Sessions;
use super::tables::Providers;
use super::tamper;
use super::verify::{Nonces, SignatureError, verify};

/// An emulated backend with its data, its keys and its faults.
#[derive(Debug)]
pub struct World {
    pub(super) options: Options,
    pub(super) app_id: Uuid,
    pub(super) idp_id: Uuid,
    pub(super) providers: Providers,
    pub(super) agents: Vec<Agent>,
    pub(super) users: Vec<User>,
    pub(super) grants: Vec<Grant>,
    /// Indices into `grants`, newest first.
    pub(super) order: Vec<usize>,
    pub(super) tokens: Tokens,
    /// Per managed secret, in the table's order: its id and its developer credentials.
    pub(super) secret_ids: Vec<(Uuid, [Uuid; 2])>,
    pub(super) past: Past,
    pub(super) sessions: Sessions,
    /// Trace and span ids that were accepted.
    pub(super) spans: HashSet<(String, String)>,
    /// Per idempotency key: the body it came with, the agent that was made, and its first key.
    pub(super) idempotent: HashMap<String, (Bytes, usize, Uuid)>,
    /// The provider catalog and the specs as sent; made when first asked for.
    pub(super) catalog: Option<Bytes>,
    pub(super) specs: Option<routes::specs::Specs>,
    /// Grant pages served under [`Fault::Shifting`] and under [`Fault::TotalDrifts`].
    pub(super) shifts: u32,
    pub(super) drift: i64,
    pub(super) born: i64,
    pub(super) rng: Rng,
    pub(super) calls: Calls,
    credentials: Credentials,
    pub(super) keys: KeyRing,
    nonces: Nonces,
    budgets: HashMap<usize, Budget>,
    active_faults: ActiveFaults,
    journal: Journal,
}

/// Who asks, after verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) holder: Holder,
    pub(super) actor: Option<Uuid>,
    /// The agent that an app key acts as, by index.
    pub(super) acting: Option<usize>,
    /// The number of the key.
    pub(super) key: usize,
}

impl Caller {
    /// The agent that asks: the key's own, or the one that an app key acts as.
    pub(super) fn agent(self) -> Option<usize> {
        match self.holder {
            Holder::Agent(agent) => Some(agent),
            Holder::App => self.acting,
        }
    }
}

/// A request that may be believed.
struct Verified {
    caller: Caller,
    deprecated: bool,
    scopes: Option<Arc<[String]>>,
}

impl World {
    /// Grow a world. The same options and instant give the same one, to the byte.
    pub fn grow(options: &Options, now: Timestamp) -> Self {
        let growth = seed::grow(options.grants, options.seed, now);
        let mut active_faults = ActiveFaults::default();
        active_faults.set(options.faults.iter().cloned());
        Self {
            options: options.clone(),
            app_id: growth.app_id,
            idp_id: growth.idp_id,
            providers: growth.providers,
            agents: growth.agents,
            users: growth.users,
            order: (0..growth.grants.len()).collect(),
            grants: growth.grants,
            tokens: growth.tokens,
            secret_ids: growth.secret_ids,
            past: Past::default(),
            sessions: Sessions::default(),
            spans: HashSet::new(),
            idempotent: HashMap::new(),
            catalog: None,
            specs: None,
            shifts: 0,
            drift: 0,
            born: now.as_second(),
            rng: Rng::with_seed(options.seed ^ 0x5EED),
            calls: Calls::new(options.seed),
            credentials: growth.credentials,
            keys: growth.keys,
            nonces: Nonces::default(),
            budgets: HashMap::new(),
            active_faults,
            journal: Journal::new(options.journal),
        }
    }

    /// Every secret of this world.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The truth: every item of the operator's list, newest first, as it would be sent now.
    pub fn items(&mut self, now: Timestamp) -> Vec<Value> {
        let now = now.as_second();
        let Self { order, grants, .. } = self;
        let items =
            order.iter().filter_map(|index| grants.get_mut(*index).map(|grant| grant.operator_item(now)));
        items.map(|bytes| serde_json::from_slice(&bytes).unwrap_or_default()).collect()
    }

    /// Replace the faults.
    pub fn set_faults(&mut self, fault_specs: impl IntoIterator<Item = FaultSpec>) {
        self.active_faults.set(fault_specs);
    }

    /// Add faults.
    pub fn add_fault(&mut self, spec: FaultSpec) {
        self.active_faults.add(spec);
    }

    /// The latest requests, oldest first.
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.journal.entries()
    }

    /// Forget the requests so far.
    pub fn clear_journal(&mut self) {
        self.journal.clear();
    }

    /// Answer a request at an instant. Never fails: a bad request has a bad answer.
    pub fn handle(&mut self, request: &Request, now: Timestamp) -> Reply {
        let about = if self.active_faults.asks_for_the_grant() {
            self.subject(request, now.as_second())
        } else {
            None
        };
        let faults = self.active_faults.meet(request.path(), about);
        let skew: i64 =
            faults.iter().map(|fault| if let Fault::ClockSkew(off) = fault { *off } else { 0 }).sum();
        let server_now = now.saturating_add(SignedDuration::from_secs(skew)).unwrap_or(now);
        self.settle_sessions(server_now);
        let mut reply = match request.path().split('/').nth(1) {
            // Neither is Alter's backend: no key, no budget, no correlation.
            Some("provider") => self.provide(request, server_now, &faults),
            Some("wallet") => super::pages::answer(self, request, server_now),
            _ => {
                let mut reply = self.answer(request, server_now, &faults);
                reply.headers.push(("X-Correlation-ID", seed::uuid(&mut self.rng).to_string()));
                reply
            }
        };
        reply.headers.push(("Date", server_now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()));
        tamper::deliver(&mut reply, &faults);
        self.journal.write(request, reply.status, now);
        reply
    }

    fn answer(&mut self, request: &Request, now: Timestamp, faults: &[Fault]) -> Reply {
        if let Some(reply) = tamper::intercept(faults) {
            return reply;
        }
        let verified = match self.authenticate(request, now, faults) {
            Ok(verified) => verified,
            Err(refusal) => return *refusal,
        };
        let Verified { caller, deprecated, scopes } = verified;
        let reading = self
            .options
            .rate_limit
            .map(|limit| self.budgets.entry(caller.key).or_default().spend(limit, now));
        let denied = faults.iter().find_map(|fault| match fault {
            Fault::NoRight(act) => Some(act.scope()),
            _ => None,
        });
        let mut reply = match reading {
            Some(reading) if reading.exceeded => reading.refusal(),
            _ => match (denied, tamper::refused(faults)) {
                (Some(scope), _) => scopes::denial(&[scope], false, &[]),
                (None, Some(refusal)) => refusal,
                (None, None) => scopes::refuse(request, scopes.as_deref())
                    .unwrap_or_else(|| routes::route(self, request, caller, now, faults)),
            },
        };
        if let Some(reading) = reading {
            reply.headers.extend(reading.headers());
        }
        if deprecated {
            reply.headers.push(("X-Alter-Key-Deprecated", "true".to_owned()));
        }
        if let Some(actor) = caller.actor {
            reply.headers.push(("X-Alter-Actor-ID", actor.to_string()));
        }
        reply
    }

    /// Key, signature, clock, nonce, agent, caller: in this order.
    fn authenticate(
        &mut self,
        request: &Request,
        now: Timestamp,
        faults: &[Fault],
    ) -> Result<Verified, Box<Reply>> {
        let key = request.header("x-api-key").and_then(|plaintext| self.keys.find(plaintext));
        let Some((number, key)) = key else {
            let hint = "Check the key for typing errors, or create a new one in the dashboard.";
            return refuse(Reply::refusal_with_hint(401, "invalid_key", "This API key is unknown.", hint));
        };
        let revoked = faults.contains(&Fault::KeyRevoked).then_some(super::keys::KeyState::Revoked);
        if let Some(key_state) = key.state_at(now.as_second()).or(revoked) {
            let (message, hint) = key_state.words();
            return refuse(Reply::refusal_with_hint(401, key_state.code(), message, hint));
        }
        let nonce = request.header("X-Alter-Nonce").unwrap_or_default();
        let trusted = verify(request, &key.secret, now)
            .and_then(|until| self.nonces.spend(number, nonce, until, now.as_second()));
        if let Err(signature_error) = trusted {
            return refuse(distrust(&signature_error, now));
        }
        let (mut holder, scopes) = (key.holder, key.scopes.clone());
        let deprecated = key.deprecated_at.is_some();
        if let Some(key) = self.keys.get_mut(number) {
            key.last_used_at = Some(now.as_second());
        }
        if let Holder::Agent(index) = holder {
            let status = self.agents.get(index).map_or("revoked", |agent| agent.status.as_str());
            match status {
                "active" => {}
                // docs/protocol/grants.md section 7.
                "inactive"
                    if matches!(
                        request.path(),
                        "/sdk/agents/me" | "/sdk/spans" | "/sdk/oauth/audit/api-call"
                    ) => {}
                "inactive" => {
                    let hint = "An operator of the app can resume it.";
                    return refuse(Reply::refusal_with_hint(
                        401,
                        "agent_inactive",
                        "This agent is paused.",
                        hint,
                    ));
                }
                _ => {
                    let hint = "It cannot be brought back; create another agent.";
                    return refuse(Reply::refusal_with_hint(
                        401,
                        "agent_revoked",
                        "This agent was removed.",
                        hint,
                    ));
                }
            }
        }
        if let Holder::Agent(index) = holder
            && let Some(agent) = self.agents.get_mut(index)
        {
            agent.last_used_at = Some(now.as_second());
        }
        let actor = self.actor_of(request, holder)?;
        if faults.contains(&Fault::AgentKey) && holder == Holder::App {
            holder = Holder::Agent(0);
        }
        let caller = Caller { holder, actor, acting: self.acting(request), key: number };
        Ok(Verified { caller, deprecated, scopes })
    }

    /// The agent that the request's caller names.
    fn acting(&self, request: &Request) -> Option<usize> {
        let id = Uuid::try_parse(request.header("X-Alter-Caller")?).ok()?;
        self.agents.iter().position(|agent| agent.id == id)
    }

    /// Who the request says that it comes from, before anything is verified.
    pub(super) fn presumed(&self, request: &Request) -> Option<Caller> {
        let (key, found) = self.keys.find(request.header("x-api-key")?)?;
        Some(Caller { holder: found.holder, actor: None, acting: self.acting(request), key })
    }

    /// The user whose sign-in token this is, by index, or the refusal of one that is none or has ended.
    pub(super) fn user_of(&self, token: &str, now: i64) -> Result<usize, Box<Reply>> {
        let message = match self.tokens.get(token) {
            Some((user, ends)) if *ends > now => return Ok(*user),
            Some(_) => "The user token has expired.",
            None => "The user token is not valid.",
        };
        refuse(Reply::refusal(401, "jwt_validation_error", message))
    }

    /// The actor id of the caller named by the request (docs/protocol/transport.md section 4).
    fn actor_of(&self, request: &Request, holder: Holder) -> Result<Option<Uuid>, Box<Reply>> {
        let Some(name) = request.header("X-Alter-Caller").filter(|name| !name.is_empty()) else {
            return Ok(None);
        };
        if let Ok(id) = Uuid::try_parse(name) {
            if let Holder::Agent(index) = holder
                && self.agents.get(index).is_none_or(|agent| agent.id != id)
            {
                let message = "The caller is not the agent that this key belongs to.";
                return refuse(Reply::refusal(400, "caller_agent_mismatch", message));
            }
            if !self.agents.iter().any(|agent| agent.id == id && agent.status == "active") {
                let message = "No active agent of this app has the caller's id.";
                return refuse(Reply::refusal(404, "caller_agent_unresolved", message));
            }
        }
        Ok(Some(Uuid::new_v5(&self.app_id, name.as_bytes())))
    }
}

fn distrust(signature_error: &SignatureError, now: Timestamp) -> Reply {
    let server_time = now.as_second();
    Reply::json(
        401,
        &json!({ "detail": {
            "error": "invalid_signature",
            "message": signature_error.message(now),
            "reason": signature_error.reason(),
            "server_time": server_time,
        }}),
    )
}

fn refuse<Wanted>(reply: Reply) -> Result<Wanted, Box<Reply>> {
    Err(Box::new(reply))
}
