//! A test call as a view: the request and the response have the keys by turns.

use ratatui::layout::{Position, Rect};

use super::{Call, Life, Offer, offer, panes, update, view};
use crate::app::action::{
    Action, AppAction, CallAction, CommonAction, HistoryAction, Motion, RequestAction, ResponseAction,
};
use crate::app::availability::Availability::{self, Blocked, Ready};
use crate::app::availability::{ready_if, shown_if};
use crate::app::input::Key;
use crate::app::keymap::Place;
use crate::app::nav::Kind;
use crate::app::screen::{NOTCH, Screen};
use crate::app::screens::{composer, grants, history, response};
use crate::app::shared::Shared;
use crate::app::{Effect, Model};
use crate::domain::{CallOutcome, Mode, Now, RowId};
use crate::ui::layout::{Areas, Front};
use crate::ui::paint::Pen;

/// What is said while nothing else can be done.
const BUSY: &str = "A call is running; Esc cancels it.";

/// Why nothing is sent in the other mode.
const NO_OTHER_MODE: &str = "Nothing demands the other mode; m switches it in the request (tab).";

/// Why no host is allowed.
const ALTER_DECIDES: &str = "In proxy mode Alter decides about hosts.";
const NO_HOST: &str = "No host of this request waits to be allowed.";

fn busy_or(busy: bool, why: &'static str) -> &'static str {
    if busy { BUSY } else { why }
}

/// A test call.
pub(crate) struct CallScreen;

impl Screen for CallScreen {
    fn place(&self, model: &Model) -> Place {
        let Some(call) = &model.call else { return Place::Composer };
        match call.front {
            _ if composer::takes_text(call) => Place::Field,
            _ if response::takes_text(call) => Place::Input,
            _ if composer::is_body_open(call) => Place::Editor,
            Front::First => Place::Composer,
            Front::Second => Place::Response,
        }
    }

    fn open(&self, model: &mut Model, _kind: Kind, now: Now) -> Vec<Effect> {
        if model.shown().shows_grants() { update::open(model, now) } else { Vec::new() }
    }

    fn can_open(&self, model: &Model) -> Availability {
        grants::with_grant(&model.grants, |grant| {
            ready_if(matches!(grant.row, RowId::Grant(_)), "The id of this grant is unreadable.")
        })
    }

    fn act(&self, model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
        update::act(model, action, now).unwrap_or_default()
    }

    fn draw(&self, model: &Model, now: Now, areas: Areas, pen: &mut Pen<'_>) {
        view::draw_title(model.call.as_ref(), &model.grants, &model.shared, now, areas.chips, pen);
        view::draw(model, now, pen);
    }

    fn back(&self, model: &mut Model, now: Now) -> Vec<Effect> {
        if let Some(effects) = update::back(&mut model.call, &mut model.shared, now) {
            return effects;
        }
        // What was put together stays.
        history::leave_call(model, now)
    }

    fn availability(&self, model: &Model, action: Action) -> Option<Availability> {
        model.call.as_ref().and_then(|call| availability(call, action))
    }

    fn typed(&self, model: &mut Model, key: Key, now: Now) -> Vec<Effect> {
        let Some(call) = &model.call else { return Vec::new() };
        if composer::takes_text(call) {
            composer::typed(&mut model.call, &model.shared, key, now)
        } else if response::takes_text(call) {
            response::typed(&mut model.call, key, now)
        } else if composer::is_body_open(call) {
            composer::typed(&mut model.call, &model.shared, key, now)
        } else {
            Vec::new()
        }
    }

    fn paste(&self, model: &mut Model, text: &str, now: Now) -> Vec<Effect> {
        if model.call.as_ref().is_some_and(response::takes_text) {
            return response::paste(&mut model.call, text, now);
        }
        composer::paste(&mut model.call, &mut model.shared, text, now)
    }

    fn press(&self, model: &mut Model, at: Position, _now: Now) -> Vec<Effect> {
        go_to_pane(&mut model.call, &model.shared, at);
        Vec::new()
    }

    fn scroll(&self, model: &mut Model, motion: Motion, at: Position, now: Now) -> Vec<Effect> {
        let Some(front) = go_to_pane(&mut model.call, &model.shared, at) else { return Vec::new() };
        if front == Front::Second && model.call.as_ref().is_some_and(response::takes_text) {
            // The arrow keys belong to the line that is typed.
            response::wheel(&mut model.call, &model.shared, motion.lines(1) * NOTCH.cast_signed());
            return Vec::new();
        }
        (0..NOTCH).flat_map(|_| self.act(model, Action::Move(motion), now)).collect()
    }

    fn text_cursor(&self, model: &Model, _areas: Areas) -> Option<Position> {
        composer::text_cursor(model.call.as_ref(), &model.shared)
            .or_else(|| response::text_cursor(model.call.as_ref(), &model.shared))
    }

    fn label(&self, model: &Model, action: Action) -> Option<&'static str> {
        let (call, place) = (model.call.as_ref()?, self.place(model));
        let is_front = matches!(place, Place::Composer | Place::Response);
        let filters = place == Place::Input && call.response.is_filter_typed();
        if action == Action::App(AppAction::Back) && is_front {
            return match call.life {
                Life::Sending { .. } => Some("cancel"),
                Life::Waiting(_) => Some("stop waiting"),
                Life::Building | Life::Ended => None,
            };
        }
        if action == Action::Request(RequestAction::Send) && call.response.outcome().is_none() {
            return Some("send");
        }
        if !filters {
            return None;
        }
        let recalls = [(Motion::Up, "older"), (Motion::Down, "newer")];
        recalls.into_iter().find(|(motion, _)| action == Action::Move(*motion)).map(|(_, label)| label)
    }

    fn catch_up(&self, model: &mut Model, now: Now) -> Vec<Effect> {
        response::catch_up(&mut model.call, &mut model.shared, now)
    }

    fn flaw(&self, model: &Model) -> Option<&'static str> {
        let (line, offset) = model.call.as_ref().and_then(|call| call.response.cursor())?;
        let height = model.body_height().filter(|height| *height > 0)?;
        let is_shown = model.shared.nav.screen() == Kind::Call;
        let is_seen = (offset..offset + height).contains(&line);
        (is_shown && !is_seen).then_some("the cursor of the body is out of sight")
    }

    fn next_wake(&self, model: &Model, now: Now) -> Option<u64> {
        model.call.as_ref().and_then(|call| call.next_wake(now))
    }
}

/// Gives the keys to the pane at a point of the screen; None where there is none.
fn go_to_pane(current: &mut Option<Call>, shared: &Shared, at: Position) -> Option<Front> {
    let panes = panes(current.as_ref(), shared)?;
    let over = |area: Option<Rect>| area.is_some_and(|area| area.contains(at));
    let front = if over(panes.first) { Front::First } else { Front::Second };
    if !over(panes.first) && !over(panes.second) {
        return None;
    }
    if let Some(open) = current {
        open.front = front;
    }
    Some(front)
}

fn availability(call: &Call, action: Action) -> Option<Availability> {
    let busy = call.life.is_under_way();
    if let Action::Common(action) = action {
        return common(call, action);
    }
    if let Action::Request(action) = action {
        return of_request(call, action);
    }
    if let Action::Response(action) = action {
        return Some(of_response(call, action));
    }
    if let Action::Call(action) = action {
        return Some(match action {
            CallAction::OtherMode => ready_if(Offer::OtherMode.stands(call), busy_or(busy, NO_OTHER_MODE)),
            CallAction::AllowHost => {
                let why = if call.mode() == Mode::Proxy { ALTER_DECIDES } else { NO_HOST };
                ready_if(Offer::AllowHost.stands(call), busy_or(busy, why))
            }
            CallAction::CancelCall => shown_if(busy),
            CallAction::AskAgain => shown_if(Offer::AskAgain.stands(call)),
            CallAction::OpenApproval | CallAction::ShowPicture => {
                shown_if(offer::approval_link(call).is_some())
            }
        });
    }
    if let Action::History(HistoryAction::NextRecord | HistoryAction::PreviousRecord) = action {
        if busy {
            return Some(Blocked(BUSY));
        }
        return Some(ready_if(call.response.record().is_some(), "This call is not in the history."));
    }
    None
}

fn common(call: &Call, action: CommonAction) -> Option<Availability> {
    let (response, busy) = (&call.response, call.life.is_under_way());
    match action {
        CommonAction::Accept => Some(shown_if(composer::takes_text(call) || response::takes_text(call))),
        CommonAction::Search => Some(shown_if(!busy && response.can_be_searched())),
        CommonAction::Filter => Some(shown_if(!busy && response.can_be_filtered())),
        CommonAction::SwitchPane => Some(Ready),
        CommonAction::Refresh => None,
    }
}

fn of_request(call: &Call, action: RequestAction) -> Option<Availability> {
    if action == RequestAction::Send {
        return Some(ready_if(!call.life.is_under_way(), BUSY));
    }
    let needs_a_body = [RequestAction::RawBody, RequestAction::FormatBody].contains(&action);
    needs_a_body.then(|| ready_if(call.composer.has_body(), "No body."))
}

fn of_response(call: &Call, action: ResponseAction) -> Availability {
    let (response, busy) = (&call.response, call.life.is_under_way());
    match action {
        ResponseAction::Fold | ResponseAction::FoldAll | ResponseAction::UnfoldAll => {
            shown_if(response.document().is_some_and(|body| body.tape().is_some()))
        }
        ResponseAction::NextView | ResponseAction::Wrap => shown_if(response.document().is_some()),
        ResponseAction::CopyValue => {
            shown_if(response.document().is_some() || offer::approval_link(call).is_some())
        }
        ResponseAction::CopyBody => once_filtered(call, response.document().is_some()),
        ResponseAction::SaveBody => once_filtered(call, !busy && response.can_be_saved()),
        ResponseAction::ShowHeaders | ResponseAction::CopyHeaders => {
            shown_if(matches!(response.outcome(), Some(CallOutcome::Done(_))))
        }
        ResponseAction::NextMatch | ResponseAction::PreviousMatch => {
            shown_if(!busy && response.is_searched())
        }
    }
}

/// What is taken of a response is what its filter gives, once it has given it.
fn once_filtered(call: &Call, makes_sense: bool) -> Availability {
    match call.response.unfiltered() {
        Some(why) if makes_sense => Blocked(why),
        Some(_) | None => shown_if(makes_sense),
    }
}
