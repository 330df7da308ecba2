//! What the keys that change grants act on, and whether they can now.

use super::action::{Action, ManageAction};
use super::availability::Availability::{self, Blocked, Hidden, Ready};
use super::availability::{ready_if, shown_if};
use super::nav::Kind;
use super::screens::revoke::{self, Revoking};
use super::{Model, Slot};
use crate::domain::smoke::Standing;
use crate::domain::{CallOutcome, Grant, Health, Identity, Now, RowId};

/// The grant that is meant: that of the result under the cursor on the board, that of the call on its screen, else the
/// one under the cursor of the list.
pub(crate) fn subject(model: &Model) -> Option<&Grant> {
    let rows = &model.grants.rows;
    let screen = model.shared.nav.screen();
    if screen == Kind::Smoke {
        let result = model.smoke.board.as_ref()?.selected()?;
        return rows.find(RowId::Grant(result.grant));
    }
    if screen == Kind::Call {
        return rows.find(model.call.as_ref()?.grant.row);
    }
    model.grants.selected()
}

/// Whether the hint of an action would be of no use: a grant that is well needs no other connection.
pub(crate) fn is_noise(model: &Model, action: Action, now: Now) -> bool {
    action == Action::Manage(ManageAction::Reconnect)
        && !subject(model).is_some_and(|grant| needs_consent(model, grant, now))
}

/// Whether a grant needs a new consent, as far as the list, its test on the board and the call on the screen tell.
fn needs_consent(model: &Model, grant: &Grant, now: Now) -> bool {
    let screen = model.shared.nav.screen();
    if screen == Kind::Smoke {
        let result = model.smoke.board.as_ref().and_then(|board| board.selected());
        return result.is_some_and(|result| result.verdict.standing() == Standing::Failing);
    }
    if screen == Kind::Call {
        return match model.call.as_ref().and_then(|call| call.response.outcome()) {
            Some(CallOutcome::Failed(why)) => why.code.is_mended_by_consent(),
            Some(CallOutcome::Done(report)) => report.answer.status == 401,
            Some(CallOutcome::Kept(_) | CallOutcome::Cancelled { .. }) | None => false,
        };
    }
    !matches!(Health::of(grant, now.wall), Health::Ok)
}

/// Whether grants can be changed now.
pub(crate) fn availability(model: &Model, action: ManageAction) -> Availability {
    let Some(session) = model.shared.session.value() else { return Blocked("Not connected.") };
    if session.write_policy.read_only && action != ManageAction::SignIn {
        return Blocked("This profile is read-only.");
    }
    let grant = || match subject(model) {
        None => Err(Blocked("No grant is selected.")),
        Some(grant) if grant.row.grant().is_none() => Err(Blocked("The id of this grant is unreadable.")),
        Some(grant) => Ok(grant),
    };
    let is_revoking = model.revoking.as_ref().is_some_and(Revoking::is_running);
    match action {
        // It shows the one that is under way.
        ManageAction::Revoke if is_revoking => Ready,
        ManageAction::Connect => Ready,
        ManageAction::Reconnect => grant().map_or_else(|blocked| blocked, |_| Ready),
        ManageAction::Revoke if !model.grants.marks.is_empty() && model.shown().shows_grants() => Ready,
        ManageAction::Revoke => grant().map_or_else(|blocked| blocked, |_| Ready),
        ManageAction::RevokeAgent if model.shared.slots.is_open(Slot::Access) => Blocked(revoke::ACCESS_BUSY),
        ManageAction::RevokeAgent => grant().map_or_else(
            |blocked| blocked,
            |grant| ready_if(!grant.delegated_agent_ids().is_empty(), "No agent may use this grant."),
        ),
        // What only one screen has.
        ManageAction::SwitchAccount | ManageAction::ConnectAnew | ManageAction::TestSiblings => Hidden,
        ManageAction::SignIn => shown_if(!matches!(model.shared.identity.value(), Some(Identity::Agent(_)))),
    }
}
