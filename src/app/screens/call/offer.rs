//! What can be done about a call that was refused or is held: one key each.

use super::{Call, Life};
use crate::domain::{CallOutcome, Code, Diagnosis, Mode};

/// Something that the screen offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offer {
    /// Send it again in the other mode: the backend demands it.
    OtherMode,
    /// Allow the host, then send it again.
    AllowHost,
    /// Open the page where a held call is decided.
    OpenApproval,
}

impl Offer {
    /// Whether it makes sense now.
    pub(crate) fn stands(self, call: &Call) -> bool {
        match self {
            Self::OtherMode => demands_other_mode(call),
            Self::AllowHost => unknown_host(call).is_some(),
            Self::OpenApproval => approval_link(call).is_some(),
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
pub(crate) fn unknown_host(call: &Call) -> Option<String> {
    let Some(CallOutcome::Failed(diagnosis)) = call.response.outcome() else { return None };
    let (_, named) = diagnosis.facts.iter().find(|(label, _)| *label == "allow with")?;
    named.as_str().strip_prefix("--allow-host ").map(str::to_owned)
}

/// Where a held call is decided.
pub(crate) fn approval_link(call: &Call) -> Option<String> {
    match (&call.life, call.response.outcome()) {
        (Life::Waiting(waiting), _) => Some(waiting.held.url.clone()),
        (Life::Ended, Some(CallOutcome::Kept(held))) => Some(held.url.clone()),
        _ => None,
    }
}
