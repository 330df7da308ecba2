//! The agents that may use a grant, and ending the access of one of them. The grant stays.

use std::sync::Arc;

use super::known;
use crate::app::nav::View;
use crate::app::requests::RevokeAccess;
use crate::app::screens::confirm::{Confirm, Then};
use crate::app::screens::pick::items::item;
use crate::app::screens::pick::{Item, Pick, Purpose, Value};
use crate::app::screens::{grants, scan};
use crate::app::shared::Shared;
use crate::app::{Effect, Model, Slot, manage};
use crate::domain::{Agent, Clean, Diagnosis, Grant, GrantId, Now, Reference, Retry, RowId};
use crate::ui::Role;
use crate::ui::paint::Piece;

/// Why there is no second one at the same time.
pub(crate) const BUSY: &str = "The access of an agent is just being ended.";

/// The access of an agent to a grant.
#[derive(Clone, Debug, PartialEq)]
pub struct Access {
    /// The grant, as the list has it.
    pub grant: Grant,
    /// Its id.
    pub id: GrantId,
    /// The agent.
    pub agent: GrantId,
}

/// Shows the agents of the grant that is meant.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    let Some(grant) = manage::subject(model) else { return Vec::new() };
    let Some(id) = grant.row.grant() else { return Vec::new() };
    let items = grant.delegated_agent_ids().iter().map(|agent| line(&model.shared, agent)).collect();
    let title = format!("Agents of {}", scan::named(&model.shared, grant));
    let pick = Pick::new(Purpose::Agent, &title, items).about(&id.to_string());
    model.grants.typing = false;
    model.shared.nav.push(View::Pick(Box::new(pick)));
    Vec::new()
}

/// One agent.
fn line(shared: &Shared, id: &Reference) -> Item {
    let text = id.to_string();
    let agent = shared.agents.value().and_then(|agents| agents.get(text.as_str()));
    let note = agent.map(|agent: &Agent| agent.status.to_string()).unwrap_or_default();
    let known = id.grant();
    let right = known.filter(|_| agent.is_some()).map(|id| scan::short(shared, id)).unwrap_or_default();
    let value = known.map_or_else(|| Value::Text(text.clone()), Value::Agent);
    let blocked = known.is_none().then(|| "The id of this agent is unreadable.".to_owned());
    Item { blocked, ..item(value, &known::agent(shared, id), &note, &right) }
}

/// An agent was picked: it is asked whether it shall lose the grant.
pub(crate) fn picked(model: &mut Model, about: &str, agent: GrantId) -> Vec<Effect> {
    let grant = GrantId::parse(about).and_then(|id| Some((id, model.grants.rows.find(RowId::Grant(id))?)));
    let Some((id, grant)) = grant else { return Vec::new() };
    let access = Access { grant: grant.clone(), id, agent };
    let confirm = question(&model.shared, access);
    model.shared.nav.push(View::Confirm(Box::new(confirm)));
    Vec::new()
}

fn name(shared: &Shared, access: &Access) -> String {
    known::agent(shared, &Reference::Id(access.agent.0))
}

fn question(shared: &Shared, access: Access) -> Confirm {
    let agent = name(shared, &access);
    let mut lines = vec![
        vec![Piece::new(scan::named(shared, &access.grant), Role::TextStrong)],
        vec![Piece::new(
            format!("The grant stays; {agent} loses it, and whatever it passed on."),
            Role::Text,
        )],
    ];
    let word = shared.session.value().and_then(|session| session.write_policy.word());
    if let Some(word) = word {
        lines.push(Vec::new());
        lines.push(vec![
            Piece::new("This is production. ", Role::HealthBroken),
            Piece::new(format!("Type {} to take it away.", Clean::line(word)), Role::Text),
        ]);
    }
    let then = Then::RevokeAccess(Box::new(access));
    let confirm = Confirm::new(&format!("Take this grant away from {agent}?"), lines, "take it away", then);
    match word {
        Some(word) => confirm.typed(word),
        None => confirm,
    }
}

/// It was confirmed.
pub(crate) fn take_away(model: &mut Model, access: Access, now: Now) -> Vec<Effect> {
    model.shared.toasts.info(&format!("Taking it away from {} …", name(&model.shared, &access)), now);
    model.access = Some(access.clone());
    vec![model.shared.slots.ask(RevokeAccess(Arc::new(access)))]
}

/// It was done, or not.
pub(crate) fn taken_away(model: &mut Model, result: Result<(), Diagnosis>, now: Now) -> Vec<Effect> {
    let Some(access) = model.access.take() else { return Vec::new() };
    let name = name(&model.shared, &access);
    match result {
        Ok(()) => {
            model.shared.toasts.info(&format!("{name} lost access; the grant stays."), now);
            grants::lost_by(&mut model.grants, &mut model.shared, access.id, access.agent, now)
        }
        Err(why) if why.retry == Retry::Unsafe => {
            let message =
                format!("Uncertain: {} {name} may have lost access; r reads the list.", why.headline());
            model.shared.toasts.warning(&message, now);
            Vec::new()
        }
        Err(why) => {
            model.shared.toasts.failure(&why, now);
            Vec::new()
        }
    }
}

/// What leaving the program would end.
pub(crate) fn access_in_words(shared: &Shared) -> Option<String> {
    shared
        .slots
        .is_open(Slot::Access)
        .then(|| "An agent is losing a grant; how that ends would not be shown.".to_owned())
}
