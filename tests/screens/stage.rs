//! A stage for the model: send it messages, answer its effects by hand, look at what it draws.

use std::sync::Arc;

use grantdeck::app::keymap::Keymap;
use grantdeck::app::requests::{RowsFound, SearchRows, Session, WalkList, Whose};
use grantdeck::app::{Answer, Effect, Job, Model, Msg, Slot, Ticket, input, update, view};
use grantdeck::domain::listing::WalkSummary;
use grantdeck::domain::{
    Agent, Attribution, Budget, Catalog, Diagnosis, Grant, Identity, ListEvent, ListRequest, Look, Mode, Now,
    Remembered, WritePolicy,
};
use grantdeck::search;
use grantdeck::ui::{Depth, Theme};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::fixtures;

/// The model, the time, and the effects that nobody has answered.
pub(crate) struct Stage {
    pub(crate) model: Model,
    pub(crate) now: Now,
    pub(crate) pending: Vec<Effect>,
}

/// The time at which all pictures are drawn.
pub(crate) fn noon() -> Now {
    Now { millis: 10_000, wall: "2026-11-22T12:00:00Z".parse().unwrap() }
}

impl Stage {
    /// A terminal of this size, before anything is known.
    pub(crate) fn new(width: u16, height: u16) -> Self {
        Self::themed(width, height, "dark", Depth::Truecolor)
    }

    pub(crate) fn themed(width: u16, height: u16, theme: &str, depth: Depth) -> Self {
        let theme = Arc::new(Theme::builtin(theme, depth));
        let model = Model::new(theme, depth, Arc::new(Keymap::builtin()));
        let mut stage = Self { model, now: noon(), pending: Vec::new() };
        stage.send(Msg::Start { width, height });
        stage
    }

    /// A session that is open, with an app key.
    pub(crate) fn open(width: u16, height: u16) -> Self {
        let mut stage = Self::new(width, height);
        stage.session();
        stage
    }

    pub(crate) fn session(&mut self) {
        self.careful(WritePolicy::default());
    }

    /// A session whose profile says how careful one has to be.
    pub(crate) fn careful(&mut self, write_policy: WritePolicy) {
        self.begin(write_policy, Look::default(), Ok(Remembered::default()));
    }

    /// A session whose configuration says who asks, and why.
    pub(crate) fn saying(&mut self, attribution: Attribution) {
        self.begun(WritePolicy::default(), Look::default(), Ok(Remembered::default()), attribution);
    }

    /// A session with what the configuration says and what is remembered, or why that is not.
    pub(crate) fn begin(
        &mut self,
        write_policy: WritePolicy,
        look: Look,
        remembered: Result<Remembered, &'static str>,
    ) {
        self.begun(write_policy, look, remembered, Attribution::default());
    }

    fn begun(
        &mut self,
        write_policy: WritePolicy,
        look: Look,
        remembered: Result<Remembered, &'static str>,
        attribution: Attribution,
    ) {
        let session = Session {
            host: "backend.alterauth.com".to_owned(),
            masked_key: "…x7q2".to_owned(),
            demo: false,
            write_policy,
            one_user: false,
            keymap: None,
            theme: None,
            look,
            remembered,
            mode: Mode::Proxy,
            attribution,
            watch_seconds: 60,
            warnings: Vec::new(),
        };
        self.answer(Slot::Session, Answer::OpenSession(Ok(session)));
    }

    /// Whose key it is, what the scopes mean, who the agents are.
    pub(crate) fn names(&mut self, catalog: Catalog, agents: Vec<Agent>) {
        self.answer(
            Slot::Identity,
            Answer::Identify(Whose { whose: Ok(Identity::Application), notice: None }),
        );
        self.answer(Slot::Catalog, Answer::ReadCatalog(Ok(Arc::new(catalog))));
        self.answer(Slot::Agents, Answer::ReadAgents(Ok(agents)));
        self.model.shared.budget = Some(Budget { limit: 1000, remaining: 942, reset: 0 });
        self.model.shared.toasts.dismiss(self.now);
    }

    /// Sends a message; searches are answered on the spot, other effects are kept.
    pub(crate) fn send(&mut self, msg: Msg) {
        let effects = update(&mut self.model, msg, self.now);
        for effect in effects {
            if let Effect::Start { ticket, job: Job::SearchRows(SearchRows(plan)) } = effect {
                let mut early = Vec::new();
                let last = search::run(&plan, &|| false, &mut |found| early.push(found)).unwrap();
                for found in early {
                    self.send(Msg::Answer {
                        ticket,
                        answer: Box::new(Answer::SearchRows(RowsFound { found, last: false })),
                    });
                }
                self.send(Msg::Answer {
                    ticket,
                    answer: Box::new(Answer::SearchRows(RowsFound { found: last, last: true })),
                });
            } else {
                self.pending.push(effect);
            }
        }
    }

    /// Answers the newest question of a slot.
    pub(crate) fn answer(&mut self, slot: Slot, answer: Answer) {
        let ticket = self.ticket(slot);
        self.send(Msg::Answer { ticket, answer: Box::new(answer) });
    }

    /// The newest ticket that was handed out for a slot.
    pub(crate) fn ticket(&self, slot: Slot) -> Ticket {
        let newest = self.pending.iter().rev().find_map(|wanted| match wanted {
            Effect::Start { ticket, .. } if ticket.slot == slot => Some(*ticket),
            _ => None,
        });
        newest.unwrap_or_else(|| panic!("nothing was asked for in {slot:?}: {:?}", self.pending))
    }

    /// The newest walk that was asked for.
    pub(crate) fn walk(&self) -> &ListRequest {
        self.pending
            .iter()
            .rev()
            .find_map(|wanted| match wanted {
                Effect::Start { job: Job::WalkList(WalkList(request)), .. } => Some(request),
                _ => None,
            })
            .expect("no walk was asked for")
    }

    /// How many walks were asked for.
    pub(crate) fn walks(&self) -> usize {
        let walks = self
            .pending
            .iter()
            .filter(|wanted| matches!(wanted, Effect::Start { job: Job::WalkList(_), .. }));
        walks.count()
    }

    /// A page of the walk arrives.
    pub(crate) fn page(&mut self, grants: Vec<Grant>, total: u64, next: Option<u64>) {
        self.answer(Slot::Walk, Answer::WalkList(ListEvent::Page { grants, offset: 0, total, next }));
    }

    /// The walk ends with everything.
    pub(crate) fn done(&mut self, total: u64) {
        let summary = WalkSummary { unique: total, total, first_total: total, repeated: 0, complete: true };
        self.answer(Slot::Walk, Answer::WalkList(ListEvent::Done(summary)));
    }

    /// The walk fails.
    pub(crate) fn fail(&mut self, diagnosis: Diagnosis) {
        self.answer(Slot::Walk, Answer::WalkList(ListEvent::Failed(diagnosis)));
    }

    /// Presses keys, as the keymap writes them: "g g", "ctrl-p", "enter".
    pub(crate) fn press(&mut self, keys: &str) {
        for key in keys.parse::<grantdeck::app::keymap::Chord>().unwrap().0 {
            self.send(Msg::Key(key));
        }
    }

    /// Answers a question, once it could be read.
    pub(crate) fn decide(&mut self, key: &str) {
        self.now.millis += 1_000;
        self.press(key);
    }

    /// Types a text, character by character.
    pub(crate) fn type_text(&mut self, text: &str) {
        for character in text.chars() {
            self.send(Msg::Key(input::Key::char(character)));
        }
    }

    /// Pastes a text.
    pub(crate) fn paste(&mut self, text: &str) {
        self.send(Msg::Paste(text.to_owned()));
    }

    /// What is on the screen.
    pub(crate) fn picture(&self) -> String {
        let (width, height) = self.model.shared.size;
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| view(&self.model, self.now, frame)).unwrap();
        let buffer = terminal.backend().buffer();
        let mut picture = String::new();
        for y in 0..height {
            let mut line = String::new();
            let mut x = 0;
            while x < width {
                let symbol = buffer[(x, y)].symbol();
                line.push_str(symbol);
                // A wide character covers the cell after it.
                x += grantdeck::ui::text::width(symbol).max(1) as u16;
            }
            picture.push_str(line.trim_end());
            picture.push('\n');
        }
        picture
    }
}

/// A stage with the whole company on it.
pub(crate) fn loaded() -> Stage {
    let mut stage = Stage::open(120, 36);
    stage.page(fixtures::company(), 8, None);
    stage.done(8);
    stage
}
