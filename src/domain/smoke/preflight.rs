//! What can be said of a grant before anything is sent.

use jiff::Timestamp;

use super::{Judged, Verdict};
use crate::policy::is_held;
use crate::provider::{Probe, Table, known_in};
use crate::{Grant, GrantKind, Health, Mode, RequestDraft};

/// What end users read in their activity feed.
pub const REASON: &str =
    "Smoke test: checks that this connection still works. It asks who it is, and changes nothing.";

/// What is to be done about a grant.
#[derive(Clone, Debug)]
pub enum Preflight<'a> {
    /// The list says enough.
    Decided(Judged),
    /// This is sent, and judged by this probe.
    Ask {
        /// The call.
        draft: Box<RequestDraft>,
        /// What must hold in the answer.
        probe: &'a Probe,
    },
}

/// Decides from the grant's row and the table of providers. A grant is asked wherever asking can tell more than the
/// list: one that is said to need a reconnect may have been healed meanwhile.
pub fn preflight<'a>(grant: &Grant, table: &'a Table, mode: Mode, now: Timestamp) -> Preflight<'a> {
    let decided = |verdict, why: &str| Preflight::Decided(Judged::of(verdict).because(why));
    let Some(id) = grant.row.grant() else {
        return decided(Verdict::Skipped, "its id is unreadable, so it cannot be called");
    };
    let health = Health::of(grant, now);
    match health {
        Health::Revoked => return decided(Verdict::Revoked, "according to the list; nothing was sent"),
        Health::Expired => return decided(Verdict::Expired, "according to the list; nothing was sent"),
        _ => {}
    }
    // Where nothing can be asked, what the list says is all there is.
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
    let lacking = lacking(grant, probe);
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

/// Scopes that the probe needs and the grant is known not to hold. A list of none says nothing.
fn lacking<'a>(grant: &Grant, probe: &'a Probe) -> Vec<&'a str> {
    let held = grant.scope_constraint().unwrap_or(&grant.scopes);
    if grant.kind != GrantKind::Oauth || held.is_empty() {
        return Vec::new();
    }
    probe.scopes().missing(|scope| held.iter().any(|held| **held == *scope))
}

#[cfg(test)]
#[path = "preflight_tests.rs"]
mod tests;
