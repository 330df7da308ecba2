//! What happens inside a question, and after a yes.

use super::effect::ExitReason;
use super::overlays::{Overlay, Then};
use super::screens::{call, history, response, smoke};
use super::{Action, Effect, Model};
use crate::domain::{Now, WritePermit};

/// Carries out an action inside the question on top.
pub(super) fn act(model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
    if action != Action::Accept {
        return Vec::new();
    }
    let Some(Overlay::Confirm(confirm)) = model.overlays.last() else { return Vec::new() };
    if !confirm.is_ready() {
        let word = confirm.word.clone().unwrap_or_default();
        model.toasts.refuse(&format!("Type {word} to go on; Esc changes nothing."), now);
        return Vec::new();
    }
    let Some(Overlay::Confirm(confirm)) = model.overlays.pop() else { return Vec::new() };
    match confirm.then {
        Then::Send(draft) => call::fire(model, *draft, Some(WritePermit::confirmed()), now),
        Then::AllowHost(host) => {
            if let Some(open) = &mut model.call {
                open.composer.allow(&host);
            }
            call::send(model, now)
        }
        Then::Replace { path, body } => response::replace(model, path, body),
        Then::Forget(id) => history::forget(model, id),
        Then::ForgetAll => history::forget_all(model),
        Then::Test(asked) => smoke::begin(model, *asked),
        Then::Quit => vec![Effect::Quit(ExitReason::User)],
    }
}
