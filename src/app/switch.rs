//! Going on with another session: the screen begins anew, so that nothing of the old one is left in it.

use super::effect::ExitReason;
use super::nav::View;
use super::screens::pick::{Item, Pick, Purpose, Value};
use super::shared::Shared;
use super::{Destination, Effect, Model, Switch};
use crate::app::requests::ReadProfiles;
use crate::domain::{Clean, Diagnosis, Now, ProfileSummary};

/// Leaves for another session. What it is called and what it may see is nobody's business before it is open.
pub(super) fn to(model: &Model, to: Destination) -> Vec<Effect> {
    vec![Effect::Quit(ExitReason::Switch(Switch { to, private: model.shared.privacy }))]
}

/// Asks which one. The profiles are in a file; the others are always there.
pub(super) fn ask(shared: &mut Shared) -> Vec<Effect> {
    let pick = Pick::new(Purpose::Session, "Switch profile", marked(others(), shared));
    shared.nav.push(View::Pick(Box::new(pick)));
    vec![shared.slots.ask(ReadProfiles)]
}

/// The profiles have come.
pub(super) fn arrived(
    shared: &mut Shared,
    profiles: Result<Vec<ProfileSummary>, Diagnosis>,
    now: Now,
) -> Vec<Effect> {
    let profiles = match profiles {
        Ok(profiles) => profiles,
        Err(diagnosis) => {
            shared.toasts.failure(&diagnosis, now);
            return Vec::new();
        }
    };
    let mut items: Vec<Item> = profiles.iter().map(profile).collect();
    items.extend(others());
    let items = marked(items, shared);
    if let Some(View::Pick(open)) = shared.nav.popup_mut()
        && open.purpose == Purpose::Session
    {
        open.refill(items);
    }
    Vec::new()
}

/// Says which one is open. Whether a key came from the environment or was typed is not known any more.
fn marked(mut items: Vec<Item>, shared: &Shared) -> Vec<Item> {
    let Some(session) = shared.session.value() else { return items };
    let open = match &session.write_policy.profile {
        _ if session.demo => Destination::Demo,
        Some(name) => Destination::Profile(name.to_string()),
        None => return items,
    };
    let is_open = |item: &&mut Item| matches!(&item.value, Value::Session(to) if *to == open);
    if let Some(item) = items.iter_mut().find(is_open) {
        let marks = [item.right.as_str(), "in use"];
        let marks = marks.into_iter().filter(|mark| !mark.is_empty()).collect::<Vec<_>>().join(", ");
        item.right = Clean::brief(&marks);
    }
    items
}

fn profile(profile: &ProfileSummary) -> Item {
    let name = profile.write_policy.profile.as_deref().unwrap_or_default();
    let marks =
        [(profile.write_policy.production, "production"), (profile.write_policy.read_only, "read-only")];
    let marks: Vec<&str> = marks.iter().filter(|(set, _)| *set).map(|(_, word)| *word).collect();
    let blocked =
        profile.backend.is_none().then(|| format!("{name} has a mistake; `grantdeck doctor` shows it."));
    Item {
        blocked: blocked.map(|reason| Clean::brief(&reason).to_string()),
        ..item(
            Destination::Profile(name.to_owned()),
            name,
            profile.backend.as_deref().unwrap_or("has a mistake"),
            &marks.join(", "),
        )
    }
}

fn others() -> Vec<Item> {
    vec![
        item(Destination::Environment, "environment", "ALTER_API_KEY and ALTER_BASE_URL", ""),
        item(Destination::TypedKey, "another key", "typed or pasted; never shown or stored", ""),
        item(Destination::Demo, "demo", "embedded sandbox; nothing leaves this machine", ""),
    ]
}

fn item(to: Destination, label: &str, note: &str, right: &str) -> Item {
    Item {
        value: Value::Session(to),
        label: Clean::brief(label),
        note: Clean::brief(note),
        right: Clean::brief(right),
        on: None,
        blocked: None,
    }
}
