//! What can be done about a call that was refused or is held: one key each.

use super::{Call, Life};
use crate::domain::{CallOutcome, Code, Diagnosis, Mode, PendingApproval};

/// Something that the screen offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offer {
    /// Send it again in the other mode: the backend demands it.
    OtherMode,
    /// Allow the host, then send it again.
    AllowHost,
    /// Open the page where a held call is decided.
    OpenApproval,
    /// Ask again about a held call that nobody waits for.
    AskAgain,
}

impl Offer {
    /// Whether it makes sense now.
    pub(crate) fn stands(self, call: &Call) -> bool {
        match self {
            Self::OtherMode => demands_other_mode(call),
            Self::AllowHost => unknown_host(call).is_some(),
            Self::OpenApproval => approval_link(call).is_some(),
            Self::AskAgain => still_held(call).is_some(),
        }
    }
}

/// The backend refused the mode, not the call (protocol: calls.md "Which mode").
fn demands_other_mode(call: &Call) -> bool {
    let refused = |diagnosis: &Diagnosis| diagnosis.code == Code::RestrictedGrantRequiresProxy;
    call.mode() == Mode::Retrieve
        && !call.life.is_under_way()
        && matches!(call.response.outcome(), Some(CallOutcome::Failed(diagnosis)) if refused(diagnosis))
}

/// The host that a credential was not taken to.
pub(crate) fn unknown_host(call: &Call) -> Option<&str> {
    let Some(CallOutcome::Failed(diagnosis)) = call.response.outcome() else { return None };
    if diagnosis.code != Code::HostNotAllowed {
        return None;
    }
    diagnosis.facts.iter().find(|(label, _)| *label == "host").map(|(_, host)| host.as_str())
}

/// Where a held call is decided, as far as that is known.
pub(crate) fn approval_link(call: &Call) -> Option<String> {
    let held = match &call.life {
        Life::Waiting(waiting) => &waiting.held,
        _ => still_held(call)?,
    };
    held.link().map(str::to_owned)
}

/// A held call that nobody waits for.
pub(super) fn still_held(call: &Call) -> Option<&PendingApproval> {
    match (&call.life, call.response.outcome()) {
        // What was made before is looked at in the life of a call that was not sent.
        (Life::Ended | Life::Building, Some(CallOutcome::Kept(held))) => Some(held),
        _ => None,
    }
}
