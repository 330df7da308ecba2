//! The session as a view.

use super::{Stage, start, update, view};
use crate::app::action::{
    Action, AppAction, CallAction, CommonAction, CopyAction, ListAction, ManageAction, SmokeAction,
};
use crate::app::availability::Availability;
use crate::app::availability::shown_if;
use crate::app::keymap::Place;
use crate::app::nav::{Kind, View};
use crate::app::requests::{CopyOut, OpenLink};
use crate::app::screen::Screen;
use crate::app::screens::copy;
use crate::app::screens::picture::{LeadsTo, Picture};
use crate::app::{Effect, Model};
use crate::domain::{Clean, CopyText, Now};
use crate::ui::layout::Areas;
use crate::ui::paint::Pen;

/// A link that somebody opens, and what came of it.
pub(crate) struct ConnectScreen;

impl Screen for ConnectScreen {
    fn place(&self, _model: &Model) -> Place {
        Place::Connect
    }

    fn act_anywhere(&self, model: &mut Model, action: Action, _now: Now) -> Option<Vec<Effect>> {
        let Action::Manage(action) = action else { return None };
        start::act_anywhere(model, action)
    }

    fn act(&self, model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
        if let Some(waiting) = model.connect.waiting() {
            let link = waiting.shown.link.clone();
            if action == Action::Copy(CopyAction::CopyId) {
                let text = CopyText::sensitive(link.reveal(), Clean::line("the link"));
                return vec![model.shared.slots.ask(CopyOut(text))];
            }
            if action == Action::List(ListAction::OpenLink) {
                return vec![model.shared.slots.ask(OpenLink::Session(link))];
            }
            if action == Action::Call(CallAction::ShowPicture) && model.shared.privacy {
                model.shared.toasts.refuse("Hidden in privacy mode; z shows it.", now);
            } else if action == Action::Call(CallAction::ShowPicture) {
                let picture = Picture::new(link.reveal(), LeadsTo::Session);
                model.shared.nav.push(View::Picture(Box::new(picture)));
            }
            return Vec::new();
        }
        if action == Action::Common(CommonAction::Refresh) {
            return start::again(model);
        }
        let Some(finished) = model.connect.finished() else { return Vec::new() };
        let named = finished.named();
        if action == Action::Copy(CopyAction::CopyId) {
            return copy::copy_these(&mut model.shared, &named);
        }
        if action == Action::Copy(CopyAction::CopyMenu) {
            return copy::open_for(model, named, 0);
        }
        Vec::new()
    }

    fn draw(&self, model: &Model, now: Now, areas: Areas, pen: &mut Pen<'_>) {
        view::draw(model, now, areas.list.union(areas.chips), pen);
    }

    fn back(&self, model: &mut Model, now: Now) -> Vec<Effect> {
        update::back(model, now)
    }

    fn availability(&self, model: &Model, action: Action) -> Option<Availability> {
        let connect = &model.connect;
        let (waits, is_done) = (connect.waiting().is_some(), connect.finished().is_some());
        if action == Action::Common(CommonAction::Refresh) {
            return Some(shown_if(connect.failed().is_some()));
        }
        if action == Action::Copy(CopyAction::CopyId) {
            return Some(shown_if(waits || is_done));
        }
        if [Action::Copy(CopyAction::CopyMenu), Action::Smoke(SmokeAction::Test)].contains(&action) {
            return Some(shown_if(is_done));
        }
        if [Action::List(ListAction::OpenLink), Action::Call(CallAction::ShowPicture)].contains(&action) {
            return Some(shown_if(waits));
        }
        let Action::Manage(action) = action else { return None };
        Some(shown_if(match action {
            ManageAction::SwitchAccount => connect.is_another_account(),
            ManageAction::ConnectAnew => connect.to_connect_anew().is_some(),
            ManageAction::SignIn => connect.asks_for_sign_in(),
            ManageAction::Connect
            | ManageAction::Reconnect
            | ManageAction::Revoke
            | ManageAction::RevokeAgent
            | ManageAction::TestSiblings => false,
        }))
    }

    fn label(&self, model: &Model, action: Action) -> Option<&'static str> {
        let waits = model.connect.waiting().is_some();
        if waits && action == Action::App(AppAction::Back) {
            return Some("stop waiting");
        }
        (waits && action == Action::Copy(CopyAction::CopyId)).then_some("copy link")
    }

    /// The link may be selected with the terminal's own means.
    fn wants_mouse(&self) -> bool {
        false
    }

    fn catch_up(&self, model: &mut Model, _now: Now) -> Vec<Effect> {
        // The question was answered with no: nothing is left to show.
        let is_asked = model.connect.open.as_ref().is_some_and(|open| matches!(open.stage, Stage::Asked));
        if is_asked && model.shared.nav.popups().is_empty() {
            model.connect.open = None;
            model.shared.nav.forget(Kind::Connect);
        }
        Vec::new()
    }

    fn flaw(&self, model: &Model) -> Option<&'static str> {
        let is_shown = model.shared.nav.screen() == Kind::Connect;
        (is_shown && model.connect.open.is_none()).then_some("a session is shown, and there is none")
    }

    fn next_wake(&self, model: &Model, now: Now) -> Option<u64> {
        let until = model.connect.waiting()?.until;
        let left = until.checked_sub(now.millis)?;
        // The next whole second of what is left.
        (left > 0).then(|| until - (left - 1) / 1_000 * 1_000)
    }
}
