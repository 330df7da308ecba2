//! What is known about a grant before anything is sent.

use jiff::Timestamp;

use super::{Judged, Verdict};
use crate::policy::is_held;
use crate::provider::{Probe, Table, known_in};
use crate::{Grant, GrantKind, Health, Mode, RequestDraft};

/// The reason that end users see in their activity feed.
pub const REASON: &str =
    "Smoke test: checks that this connection still works. It only reads, and changes nothing.";

/// What to do about a grant.
#[derive(Clone, Debug)]
pub enum Preflight<'a> {
    /// The list is sufficient.
    Decided(Judged),
    /// Send this call, and evaluate the answer with this probe.
    Ask {
        /// The call.
        draft: Box<RequestDraft>,
        /// The probe with its assertions.
        probe: &'a Probe,
    },
}

/// Decides from the grant's row and the provider table. A grant is probed whenever that can tell more than
/// the list: one that needs a reconnect may have been repaired meanwhile.
pub fn preflight<'a>(grant: &Grant, table: &'a Table, mode: Mode, now: Timestamp) -> Preflight<'a> {
    let decided = |verdict, why: &str| Preflight::Decided(Judged::new(verdict).because(why));
    let Some(id) = grant.row.grant() else {
        return decided(Verdict::Skipped, "its id is unreadable, so it cannot be called");
    };
    let health = Health::of(grant, now);
    match health {
        Health::Revoked => return decided(Verdict::Revoked, "according to the list; nothing was sent"),
        Health::Expired => return decided(Verdict::Expired, "according to the list; nothing was sent"),
        _ => {}
    }
    // If no probe is possible, only the list is left.
    let unasked = |why: &str| match health {
        Health::NeedsReconnect => {
            decided(Verdict::NeedsReconnect, "according to the list; it could not be tested")
        }
        Health::MissingScopes => {
            decided(Verdict::MissingScopes, "according to the list; it could not be tested")
        }
        _ => decided(Verdict::NoProbe, why),
    };
    let Some(row) = known_in(table, &grant.provider) else {
        return unasked("grantdeck knows nothing of this provider");
    };
    let Some(probe) = &row.probe else {
        let why = row.probe_missing.as_deref().unwrap_or("the table has none");
        return unasked(why.trim_end_matches('.'));
    };
    let Some(base) = row.base_url(grant.api_base_url()) else {
        return unasked("its API URL comes with the grant, and this grant has none");
    };
    let lacking = missing_scopes(grant, probe);
    if !lacking.is_empty() {
        let why = format!("the probe needs {}, which this grant lacks", lacking.join(" or "));
        return unasked(&why);
    }
    let mut draft = probe.request().draft(row, &base, id);
    let policy = grant.grant_policy();
    if mode == Mode::Retrieve && grant.is_proxy_only() {
        let why = "it is delegated, restricted or has rules, so Alter never hands out its credential";
        return decided(Verdict::NeedsOtherMode, why);
    }
    if policy.is_some_and(|policy| is_held(policy, &draft.method, &draft.url)) {
        return decided(Verdict::NeedsApproval, "its policy says so; nothing was sent and nobody was asked");
    }
    draft.mode = mode;
    draft.reason = Some(REASON.to_owned());
    draft.context = vec![("tool".to_owned(), "grantdeck smoke".to_owned())];
    Preflight::Ask { draft: Box::new(draft), probe }
}

/// Returns the scopes that the probe needs and the grant provably lacks. An empty list of held scopes means
/// unknown.
fn missing_scopes<'a>(grant: &Grant, probe: &'a Probe) -> Vec<&'a str> {
    let held = grant.scope_constraint().unwrap_or(&grant.scopes);
    if grant.kind != GrantKind::Oauth || held.is_empty() {
        return Vec::new();
    }
    probe.scopes().missing(|scope| held.iter().any(|held| **held == *scope))
}

#[cfg(test)]
#[path = "preflight_tests.rs"]
mod tests;
