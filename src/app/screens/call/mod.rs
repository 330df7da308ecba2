//! A test call: what is asked on the left, what came of it on the right, and the life between the two.

mod approval;
mod fire;
mod life;
mod offer;
mod screen;
mod update;
mod view;

pub(crate) use approval::{beside_or_below, room_for};
pub(crate) use fire::{all_unsent_in_words, fire, send, under_way_in_words};
pub use life::{Life, Waiting};
pub(crate) use offer::Offer;
pub(crate) use screen::CallScreen;
pub(crate) use update::{answer, is_under_way, replace};

use super::composer::Composer;
use super::history::Past;
use super::response::Response;
use crate::app::shared::Shared;
use crate::app::{Effect, Slot};
use crate::domain::{Grant, GrantId, Now};
use crate::ui::layout::{self, Front, Panes};

/// The call that is being put together, made, or looked at.
#[derive(Debug)]
pub struct Call {
    /// The grant as it was when the call was opened: a refresh of the list does not pull it away.
    pub grant: Grant,
    /// What is asked.
    pub composer: Composer,
    /// Where the call stands.
    pub life: Life,
    /// What came of the last one.
    pub response: Response,
    /// Which pane has the keys.
    pub front: Front,
    /// It is a past call that was not sent again.
    pub past: Option<Past>,
}

impl Call {
    /// A call that was not made yet, with what is usually asked of this provider.
    pub fn new(id: GrantId, grant: Grant) -> Self {
        let composer = Composer::new(id, &grant);
        let (life, response) = (Life::default(), Response::default());
        Self { grant, composer, life, response, front: Front::First, past: None }
    }

    /// When the picture changes by itself, in [`Now::millis`].
    pub fn next_wake(&self, now: Now) -> Option<u64> {
        [self.life.next_wake(now), self.response.next_wake(now)].into_iter().flatten().min()
    }
}

/// What the call on the screen asks for: no answer to it is for another call.
const SLOTS: [Slot; 7] =
    [Slot::Operations, Slot::Body, Slot::BodySearch, Slot::Folds, Slot::Wrap, Slot::Filter, Slot::Save];

/// Gives up what the call on the screen has asked for, as another one takes its place.
pub(crate) fn give_up(shared: &mut Shared) -> Vec<Effect> {
    SLOTS.into_iter().filter_map(|slot| shared.give_up(slot)).collect()
}

/// Where the two panes are; None when the terminal is too small or no call is open.
pub(crate) fn panes(current: Option<&Call>, shared: &Shared) -> Option<Panes> {
    layout::panes(shared.size.0, shared.size.1, current?.front)
}
