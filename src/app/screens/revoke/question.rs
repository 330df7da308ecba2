//! The question before grants are revoked, and what a yes does.

use std::sync::Arc;

use super::{Facts, RevokeState, Revoking, Run, Subject};
use crate::app::nav::View;
use crate::app::requests::RunRevoke;
use crate::app::screens::confirm::{Confirm, Then};
use crate::app::screens::scan;
use crate::app::shared::Shared;
use crate::app::{Effect, Model};
use crate::domain::describe::revoke as describe;
use crate::domain::revoke::{RevokePlan, RevokeTarget};
use crate::domain::words::count;
use crate::domain::{Clean, Now};
use crate::ui::paint::Piece;
use crate::ui::{Role, text};

/// The longest account that is typed to confirm, in cells.
const LONGEST: usize = 40;

/// Asks whether what is planned shall be done.
pub(super) fn ask(model: &mut Model) {
    let Some(Revoking { state: RevokeState::Planned(facts), reason, subject, .. }) = &mut model.revoking
    else {
        return;
    };
    let reason = Some(reason.value().trim()).filter(|reason| !reason.is_empty());
    if facts.plan.reason.as_deref() != reason {
        Arc::make_mut(&mut facts.plan).reason = reason.map(str::to_owned);
    }
    let confirm = question(&model.shared, facts, *subject);
    model.shared.nav.push(View::Confirm(Box::new(confirm)));
}

fn question(shared: &Shared, facts: &Facts, subject: Subject) -> Confirm {
    let plan = &facts.plan;
    let then = Then::Revoke(Arc::clone(plan));
    let production = shared.session.value().and_then(|session| session.write_policy.word());
    let mut lines = about(shared, facts, subject);
    lines.push(vec![Piece::new(describe::FOR_GOOD, Role::TextStrong)]);
    let mut asked = Vec::new();
    if production.is_some() {
        asked.push(Piece::new("This is production. ", Role::HealthBroken));
    }
    let mut ends = |words: String| {
        asked.push(Piece::new(words, Role::Text));
        lines.extend([Vec::new(), std::mem::take(&mut asked)]);
        std::mem::take(&mut lines)
    };
    let several = format!("Revoke {} grants?", count(plan.targets.len() as u64));
    match (plan.targets.as_slice(), production) {
        ([_], None) => Confirm::new("Revoke this grant?", lines, "revoke it", then),
        ([one], Some(_)) => {
            let id = first_eight(one);
            let Some(account) = account(one) else {
                let what = if shared.privacy { "the first eight characters of its id" } else { &id };
                let lines = ends(format!("Type {what} to revoke it."));
                return Confirm::new("Revoke this grant?", lines, "revoke it", then).typed(&id);
            };
            let lines = ends(if shared.privacy {
                "Type its account, or the first eight characters of its id, to revoke it.".to_owned()
            } else {
                format!("Type {account} or {id} to revoke it.")
            });
            Confirm::new("Revoke this grant?", lines, "revoke it", then).typed(&account).or(&id)
        }
        (many, None) => {
            let number = many.len().to_string();
            let lines = ends(format!("Type {number} to revoke them."));
            Confirm::new(&several, lines, "revoke them", then).typed(&number)
        }
        (_, Some(word)) => {
            let lines = ends(format!("Type {} to revoke them.", Clean::line(word)));
            Confirm::new(&several, lines, "revoke them", then).typed(word)
        }
    }
}

/// What is about to end.
fn about(shared: &Shared, facts: &Facts, subject: Subject) -> Vec<Vec<Piece>> {
    let plan = &facts.plan;
    let mut lines = match plan.targets.as_slice() {
        [one] => {
            let name = scan::named(shared, &one.grant);
            let used = describe::last_used(&one.grant, facts.at);
            let used = Piece::new(format!("  last used {used}"), Role::TextDim);
            vec![vec![Piece::new(name, Role::TextStrong), used]]
        }
        _ => vec![vec![Piece::new(describe::totals(plan, facts.at), Role::Text)]],
    };
    if subject.hidden > 0 {
        let message =
            format!("{} of them are marked, but not shown in the list.", count(subject.hidden as u64));
        lines.push(vec![Piece::new(message, Role::HealthSoon)]);
    }
    lines
}

/// The account as it has to be typed; None where nobody could.
fn account(target: &RevokeTarget) -> Option<String> {
    let account = target.grant.account();
    let clean = Clean::brief(account);
    let can_be = clean.as_str() == account && text::width_within(account, LONGEST + 1) <= LONGEST;
    (can_be && !account.trim().is_empty()).then(|| account.trim().to_owned())
}

fn first_eight(target: &RevokeTarget) -> String {
    target.id.to_string().chars().take(8).collect()
}

/// It was confirmed: what was shown is sent.
pub(crate) fn begin(model: &mut Model, plan: Arc<RevokePlan>, now: Now) -> Vec<Effect> {
    let Some(revoking) = &mut model.revoking else { return Vec::new() };
    let before = std::mem::replace(&mut revoking.state, RevokeState::Reading { rows: None, pause: None });
    let RevokeState::Planned(facts) = before else {
        revoking.state = before;
        return Vec::new();
    };
    revoking.state = RevokeState::Running(Box::new(Run::new(Facts { plan: Arc::clone(&plan), ..*facts })));
    (revoking.cursor, revoking.offset, revoking.scroll) = (0, 0, 0);
    model.shared.toasts.dismiss(now);
    vec![model.shared.slots.ask(RunRevoke(plan))]
}
