//! Ids in files as a view.

use ratatui::layout::Position;

use super::{update, view};
use crate::app::action::{Action, AppAction, CommonAction, CopyAction, Motion, ScanAction};
use crate::app::availability::Availability::{self, Blocked, Ready};
use crate::app::availability::{ready_if, shown_if};
use crate::app::input::Key;
use crate::app::keymap::Place;
use crate::app::nav::Kind;
use crate::app::screen::{Hints, Screen};
use crate::app::{Effect, Model};
use crate::domain::Now;
use crate::domain::scan::Standing;
use crate::ui::layout::Areas;
use crate::ui::paint::Pen;

/// What is said while nothing else can be done.
const BUSY: &str = "Scanning; Esc stops.";

/// Grant ids in files.
pub(crate) struct ScanScreen;

impl Screen for ScanScreen {
    fn place(&self, model: &Model) -> Place {
        if model.scan.editing.is_some() { Place::Input } else { Place::Scan }
    }

    fn open(&self, model: &mut Model, _kind: Kind, _now: Now) -> Vec<Effect> {
        update::open(&mut model.scan, &mut model.shared)
    }

    fn act(&self, model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
        update::act(model, action, now)
    }

    fn draw(&self, model: &Model, now: Now, areas: Areas, pen: &mut Pen<'_>) {
        view::draw_title(&model.scan, now, areas.chips, pen);
        view::draw(&model.scan, &model.shared, areas.list, pen);
    }

    fn back(&self, model: &mut Model, _now: Now) -> Vec<Effect> {
        if let Some(effects) = update::back(&mut model.scan, &mut model.shared) {
            return effects;
        }
        model.shared.nav.leave();
        Vec::new()
    }

    fn availability(&self, model: &Model, action: Action) -> Option<Availability> {
        let scan = &model.scan;
        if action == Action::Common(CommonAction::Accept) {
            return Some(shown_if(scan.editing.is_some()));
        }
        if action == Action::Copy(CopyAction::ChoosePath) {
            return Some(Ready);
        }
        let Action::Scan(action) = action else { return None };
        Some(match action {
            ScanAction::ScanAgain => ready_if(!scan.is_running(), BUSY),
            ScanAction::StopScan => shown_if(scan.is_running()),
            ScanAction::SwapId => match scan.selected() {
                _ if scan.is_running() => Blocked(BUSY),
                None => Blocked("No id to replace."),
                Some(finding) => ready_if(
                    finding.standing != Standing::Alive,
                    "This id is live; only stale, superseded or unknown ids can be replaced.",
                ),
            },
            ScanAction::RepairAll => {
                if scan.is_running() {
                    return Some(Blocked(BUSY));
                }
                if !scan.whole {
                    return Some(Blocked("The list of grants is incomplete; refresh it, then scan again."));
                }
                ready_if(!scan.repairs().pairs.is_empty(), "No stale id has a unique replacement.")
            }
        })
    }

    fn refuse(&self, model: &mut Model, action: Action, reason: &'static str, now: Now) {
        if action == Action::Scan(ScanAction::RepairAll) {
            update::refuse_repair(&model.scan, &mut model.shared, reason, now);
        } else {
            model.shared.toasts.refuse(reason, now);
        }
    }

    fn typed(&self, model: &mut Model, key: Key, _now: Now) -> Vec<Effect> {
        update::typed(&mut model.scan, key);
        Vec::new()
    }

    fn paste(&self, model: &mut Model, text: &str, _now: Now) -> Vec<Effect> {
        update::paste(&mut model.scan, text);
        Vec::new()
    }

    fn press(&self, model: &mut Model, at: Position, _now: Now) -> Vec<Effect> {
        if let Some(at) = view::line_at(&model.scan, &model.shared, at.y) {
            model.scan.cursor = at;
        }
        Vec::new()
    }

    fn text_cursor(&self, model: &Model, areas: Areas) -> Option<Position> {
        view::text_cursor(&model.scan, areas.chips)
    }

    fn hints(&self, model: &Model) -> Hints {
        if model.scan.editing.is_some() { Hints::NoCharacters } else { Hints::All }
    }

    // There is no list below that could be moved in.
    fn label(&self, model: &Model, action: Action) -> Option<&'static str> {
        let stops = action == Action::App(AppAction::Back) && model.scan.editing.is_none();
        (stops && model.scan.is_running()).then_some("stop")
    }

    fn is_noise(&self, model: &Model, action: Action) -> bool {
        model.scan.editing.is_some() && matches!(action, Action::Move(Motion::Up | Motion::Down))
    }
}
