//! `POST /sdk/proxy` (docs/protocol/calls.md B1-B3, B7).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::address::{Address, FIELDS};
use super::approval::{Approval, Decision, Gate, Stage};
use super::audit::AuditRow;
use super::input::Fields;
use super::state::{About, Verdict, judge};
use super::{CallError, approvals, destination, keep};
use crate::faults::Fault;
use crate::grant::Kind;
use crate::journal::BODY_LIMIT;
use crate::keys::Holder;
use crate::message::{Ending, Reply, Request};
use crate::provider::{Ask, ProviderCall, large_body, row_of};
use crate::seed::uuid;
use crate::world::{Caller, World};

/// How long people have to decide. Not stated; the vectors show an hour.
const APPROVAL_SECONDS: i64 = 3600;
/// More held calls than this are refused (docs/protocol/calls.md B7 names the error, not the number).
const PENDING_LIMIT: usize = 20;
/// How many held calls are remembered.
const REMEMBERED: usize = 1000;
/// A longer body of a provider is cut. Neither stated; 64 MiB lets a test have 50 MB whole.
const RESULT_LIMIT: u64 = 64 * 1024 * 1024;
/// After this long the backend gives up on a provider (docs/protocol/transport.md section 6).
const UPSTREAM_PATIENCE: Duration = Duration::from_secs(90);

/// A call that was understood.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// Where the grant stands.
    pub(super) grant: usize,
    pub(super) method: String,
    pub(super) url: Url,
    headers: Vec<(String, String)>,
    body: Bytes,
    pub(super) reason: Option<String>,
    context: Option<String>,
    caller: Option<String>,
    faults: Vec<Fault>,
}

/// What the provider said, as the backend passes it on.
#[derive(Debug)]
pub(super) struct Outcome {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
    truncated: bool,
    hint: Option<&'static str>,
    duration: Duration,
}

impl Outcome {
    /// B2 of docs/protocol/calls.md. Written by hand: a body of 50 MB should not be copied more often than it must.
    pub(super) fn write(&self, approval: Option<Uuid>) -> Bytes {
        let headers: serde_json::Map<String, Value> =
            self.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), json!(value))).collect();
        let mut text = String::with_capacity(self.body.len().div_ceil(3) * 4 + 512);
        let head =
            json!({ "approval_id": approval, "status_code": self.status, "headers": headers }).to_string();
        text.push_str(head.strip_suffix('}').unwrap_or(&head));
        text.push_str(",\"body_b64\":\"");
        STANDARD.encode_string(&self.body, &mut text);
        let tail = json!({
            "body_truncated": self.truncated, "duration_ms": u64::try_from(self.duration.as_millis()).unwrap_or(0),
            "credential_hint": self.hint,
        });
        text.push_str("\",");
        text.push_str(tail.to_string().trim_start_matches('{'));
        text.into()
    }
}

pub(crate) fn proxy(
    world: &mut World,
    request: &Request,
    caller: Caller,
    now: Timestamp,
    faults: &[Fault],
) -> Reply {
    match understand(world, request, caller, now, faults) {
        Ok((call, people)) if people > 0 => hold(world, request, caller, call, people, now),
        Ok((call, _)) => {
            let (outcome, delay) = world.execute(&call, now);
            let mut reply = outcome.map_or_else(
                |error| error.reply(&world.about(call.grant)),
                |outcome| Reply::bytes(outcome.write(None)),
            );
            reply.delay = delay;
            if let (200, Some(size)) = (reply.status, wrapped(&call.faults)) {
                reply.ending = Ending::Wrapped(size);
            }
            reply
        }
        Err(refusal) => *refusal,
    }
}

/// The call, and how many people must approve of it.
fn understand(
    world: &mut World,
    request: &Request,
    caller: Caller,
    now: Timestamp,
    faults: &[Fault],
) -> Result<(Call, u32), Box<Reply>> {
    let known = ["method", "url", "body", "headers", "query_params", "reason"];
    let fields = Fields::read(&request.body, &[&known[..], &FIELDS].concat())?;
    let method = destination::method(&fields)?;
    let url = destination::url(&fields)?;
    let headers = destination::headers(&fields)?;
    let reason = fields.text("reason")?;
    let address = Address::read(&fields)?;
    let body = fields.get("body").map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));

    let grant = world.resolve(caller, &address, now.as_second());
    if let Some(error) = forced(faults) {
        let about = grant.as_ref().map_or_else(|_| About::default(), |index| world.about(*index));
        return Err(Box::new(error.reply(&about)));
    }
    let grant = grant?;
    if let Some(refusal) = world.refuse_state(grant, now.as_second()) {
        return Err(Box::new(refusal));
    }
    if destination::is_blocked(&url) || !world.may_go(grant, &url) {
        // The client copies the request's id into its error (docs/protocol/transport.md section 8).
        let id = uuid(&mut world.rng).to_string();
        let refusal = CallError::BlockedDestination.reply(&world.about(grant));
        return Err(Box::new(refusal.with_header("X-Request-ID", id)));
    }
    let people = world.people_asked(grant, caller, &method, url.path(), faults)?;
    let text = |name: &str| request.header(name).map(str::to_owned);
    let (context, by) = (text("X-Alter-Context"), text("X-Alter-Caller"));
    let call =
        Call { grant, method, url, headers, body, reason, context, caller: by, faults: faults.to_vec() };
    Ok((call, people))
}

/// The error that the tamper wants.
pub(super) fn forced(faults: &[Fault]) -> Option<CallError> {
    faults.iter().find_map(|fault| if let Fault::CallError(error) = fault { Some(*error) } else { None })
}

/// The size of a body that the front is to wrap.
fn wrapped(faults: &[Fault]) -> Option<u64> {
    faults.iter().find_map(|fault| if let Fault::ProxyLarge(size) = fault { Some(*size) } else { None })
}

impl World {
    /// Whether a grant's credential may be sent to a host: the provider's own, or the account's.
    ///
    /// docs/protocol/errors.md says of `blocked_destination` "not allowed for this credential"; by which rule is not
    /// stated.
    fn may_go(&self, index: usize, url: &Url) -> bool {
        let (Some(grant), Some(host)) = (self.grants.get(index), url.host_str()) else { return false };
        let own = match &grant.kind {
            Kind::Oauth(oauth) => {
                oauth.api_base_url.as_deref().and_then(|base| base.strip_prefix("https://"))
            }
            Kind::Secret(_) => None,
        };
        own == Some(host) || row_of(&grant.selector).is_some_and(|row| row.lives_at(host))
    }

    /// How many people must approve: as many as the strictest of the grant's and the agent's policy asks for.
    fn people_asked(
        &self,
        index: usize,
        caller: Caller,
        method: &str,
        path: &str,
        faults: &[Fault],
    ) -> Result<u32, Box<Reply>> {
        let grant = self.grants.get(index).and_then(|grant| grant.policy.as_deref());
        let agent = match (caller.holder, caller.acting) {
            (Holder::Agent(agent), _) | (Holder::App, Some(agent)) => self.agents.get(agent),
            (Holder::App, None) => None,
        };
        let mut people = 0;
        for policy in grant.into_iter().chain(agent.map(|agent| &agent.policy)) {
            match judge(policy, method, path) {
                Verdict::Allowed => {}
                Verdict::Held(count) => people = people.max(count),
                Verdict::Forbidden(code) => {
                    let message = "The grant's policy does not allow this request.";
                    return Err(Box::new(Reply::refusal(403, code, message)));
                }
            }
        }
        let wanted = faults
            .iter()
            .filter_map(|fault| if let Fault::NeedsApproval(people) = fault { Some(*people) } else { None });
        Ok(people.max(wanted.max().unwrap_or(0)))
    }

    /// Make the call now. The duration is how long the answer must wait.
    fn execute(&mut self, call: &Call, now: Timestamp) -> (Result<Outcome, CallError>, Duration) {
        if let Some(grant) = self.grants.get_mut(call.grant) {
            grant.use_at(now.as_second());
        }
        let ask = Ask { method: &call.method, url: &call.url, body: &call.body };
        // The backend unpacks what a provider packed, so only the size is left of it.
        let unpacked = call.faults.iter().map(|fault| match fault {
            Fault::ProviderGzip(size) => Fault::ProviderLarge(*size),
            other => other.clone(),
        });
        let answer = self.simulate(call.grant, &ask, now, &unpacked.collect::<Vec<_>>());
        let duration = self.options.provider_latency;
        let cut = call
            .faults
            .iter()
            .find_map(|fault| if let Fault::TruncateResult(limit) = fault { Some(*limit) } else { None });
        let limit = cut.unwrap_or(RESULT_LIMIT).min(RESULT_LIMIT);
        let (whole, body) = match answer.ending {
            Ending::Flood(size) => (size, large_body(size, limit)),
            Ending::Hang => {
                self.audit_proxied(call, 0, now);
                return (Err(CallError::UpstreamTimeout), UPSTREAM_PATIENCE);
            }
            Ending::Cut
            | Ending::Refuse
            | Ending::Stall
            | Ending::Slow(_)
            | Ending::LengthOff(_)
            | Ending::Wrapped(_) => {
                self.audit_proxied(call, 0, now);
                return (Err(CallError::BadGateway), duration);
            }
            Ending::Whole if wrapped(&call.faults).is_some() => (0, Bytes::new()),
            Ending::Whole => (answer.body.len() as u64, answer.body),
        };
        let kept = usize::try_from(limit).unwrap_or(usize::MAX).min(body.len());
        self.audit_proxied(call, answer.status, now);
        let outcome = Outcome {
            status: answer.status,
            headers: answer.headers,
            body: body.slice(..kept),
            truncated: (kept as u64) < whole,
            hint: answer.hint,
            duration,
        };
        (Ok(outcome), duration)
    }

    /// Make a call that was held. What forbids it by now makes it fail.
    pub(super) fn execute_held(&mut self, call: &Call, now: Timestamp) -> Result<Outcome, String> {
        if self.refuse_state(call.grant, now.as_second()).is_some() {
            return Err("The grant can no longer be used.".to_owned());
        }
        self.execute(call, now).0.map_err(|error| format!("The provider failed: {}.", error.code()))
    }

    fn audit_proxied(&mut self, call: &Call, status: u16, now: Timestamp) {
        let Some(grant) = self.grants.get(call.grant) else { return };
        let row = json!({
            "grant_id": grant.id, "provider_id": grant.selector, "method": call.method, "url": call.url.as_str(),
            "response_status": status, "reason": call.reason,
            "latency_ms": u64::try_from(self.options.provider_latency.as_millis()).unwrap_or(0),
        });
        let (id, limit) = (grant.id, self.options.journal);
        let audit = AuditRow {
            at: now,
            proxied: true,
            grant: id,
            row,
            caller: call.caller.clone(),
            context: call.context.clone(),
        };
        keep(&mut self.calls.audit, audit, limit);
        self.note_provider_call(ProviderCall {
            at: now,
            grant: Some(id),
            proxied: true,
            method: call.method.clone(),
            url: call.url.to_string(),
            headers: call.headers.clone(),
            body: call.body.slice(..call.body.len().min(BODY_LIMIT)),
            status,
        });
    }

    pub(crate) fn note_provider_call(&mut self, call: ProviderCall) {
        keep(&mut self.calls.seen_by_providers, call, self.options.journal);
    }
}

/// Let people decide first.
fn hold(
    world: &mut World,
    request: &Request,
    caller: Caller,
    call: Call,
    people: u32,
    now: Timestamp,
) -> Reply {
    let at = now.as_millisecond();
    world.settle(now);
    let waiting =
        world.calls.approvals.iter().filter(|approval| approval.stage(at) == Stage::Pending).count();
    if waiting >= PENDING_LIMIT {
        return CallError::TooManyPendingApprovals.reply(&world.about(call.grant));
    }
    let mut script = world
        .options
        .approve_after
        .map(|wait| (i64::try_from(wait.as_millis()).unwrap_or(i64::MAX), Decision::Approve));
    let mut life = APPROVAL_SECONDS * 1000;
    for fault in &call.faults {
        match fault {
            Fault::ApproveAfter(seconds) => script = Some((i64::from(*seconds) * 1000, Decision::Approve)),
            Fault::DenyAfter(seconds) => script = Some((i64::from(*seconds) * 1000, Decision::Deny)),
            Fault::ExpireAfter(seconds) => (script, life) = (None, i64::from(*seconds) * 1000),
            _ => {}
        }
    }
    let people = i64::from(people);
    // Several people decide one after the other, the last one at the time that was set; a denial needs only one.
    let gates = (1..=people).map(|person| Gate {
        id: uuid(&mut world.rng),
        expires_at: at.saturating_add(life),
        plan: script.map(|(wait, what)| (at.saturating_add(wait / people * person), what)),
        decided: None,
    });
    let gates = gates.collect();
    let approval = Approval {
        group: uuid(&mut world.rng),
        holder: caller.holder,
        gates,
        fails: call.faults.contains(&Fault::FailExecution),
        call,
        reason: None,
        outcome: None,
    };
    let host = request.header("host").unwrap_or("127.0.0.1");
    let reply = approvals::pending(&approval, &format!("http://{host}"), at);
    if world.calls.approvals.len() >= REMEMBERED {
        world.calls.approvals.remove(0);
    }
    world.calls.approvals.push(approval);
    reply
}
