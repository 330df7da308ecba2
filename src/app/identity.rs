//! Somebody else signs in or out: what was shown, asked or under way belonged to another view of the grants.

use strum::IntoEnumIterator;

use super::screens::grants;
use super::screens::history::History;
use super::screens::scan::Scan;
use super::screens::smoke::Smoke;
use super::{Effect, Model, Slot};
use crate::domain::{Clean, Now};

/// Begins anew as `user`: questions, plans and results are gone, and the list is read again. What is under way is
/// stopped as its own key would stop it.
pub(crate) fn begin_anew(model: &mut Model, user: Option<Clean>, now: Now) -> Vec<Effect> {
    while model.shared.nav.pop().is_some() {}
    model.shared.nav.home();
    let mut effects: Vec<Effect> = Slot::iter()
        .filter(|slot| !is_of_session(*slot))
        .filter_map(|slot| model.shared.give_up(slot))
        .collect();
    model.shared.user = user;
    model.call = None;
    model.history = History::default();
    model.scan = Scan::default();
    model.smoke = Smoke::default();
    (model.revoking, model.access) = (None, None);
    effects.extend(grants::start_over(model, now));
    effects
}

/// What is asked for once for the whole session, whoever signed in.
fn is_of_session(slot: Slot) -> bool {
    match slot {
        Slot::Session
        | Slot::Identity
        | Slot::Profiles
        | Slot::Catalog
        | Slot::Agents
        | Slot::Copies
        | Slot::Clipboard
        | Slot::Launch => true,
        Slot::Walk
        | Slot::Search
        | Slot::Editor
        | Slot::Call
        | Slot::Operations
        | Slot::Body
        | Slot::BodySearch
        | Slot::Folds
        | Slot::Wrap
        | Slot::Filter
        | Slot::Save
        | Slot::Records
        | Slot::Record
        | Slot::Compare
        | Slot::Forget
        | Slot::Change
        | Slot::Link
        | Slot::Scan
        | Slot::Smoke
        | Slot::Verdicts
        | Slot::Revoke
        | Slot::Access => false,
    }
}
