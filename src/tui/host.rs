//! The real terminal and operating system, for the loop.

use std::io;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::Map;

use super::parts::{Host, LoopState};
use super::terminal::Screen;
use crate::app::{Model, Msg, view};
use crate::domain::Now;
use crate::platform::background::QUERY;
use crate::platform::input::{Input, Keyboard, Question, TerminalEvent};
use crate::platform::restorer::Restorer;
use crate::platform::suspend::{self, Scope};

/// If this variable is set, the window title reports the loop's state to tests.
const SETTLED: &str = "GRANTDECK_TEST_SETTLED";

/// Stdin and stdout.
pub(crate) struct TerminalHost {
    screen: Screen,
    /// The terminal's background is to be queried.
    asks: bool,
    /// Whether the query was sent and answered.
    question: Arc<Question>,
    keyboard: Keyboard,
    /// The size when the terminal was taken.
    size: (u16, u16),
    reports_state: bool,
    #[cfg(debug_assertions)]
    breaks: bool,
}

impl TerminalHost {
    /// A host for a terminal that is not taken yet. `asks`: whether to query its background.
    pub(crate) fn new(restorer: Restorer, keyboard: Keyboard, asks: bool) -> io::Result<Self> {
        Ok(Self {
            screen: Screen::new(restorer)?,
            asks,
            question: Arc::default(),
            keyboard,
            size: (0, 0),
            reports_state: std::env::var_os(SETTLED).is_some(),
            #[cfg(debug_assertions)]
            breaks: crate::platform::test_panic("ui"),
        })
    }
}

impl Host<Model> for TerminalHost {
    type Input = Map<Input, fn(io::Result<TerminalEvent>) -> io::Result<Msg>>;

    fn enter(&mut self) -> io::Result<(u16, u16)> {
        self.size = self.screen.enter()?;
        Ok(self.size)
    }

    fn leave(&mut self) {
        // A reply that arrives after leaving would end up on the shell's command line.
        self.keyboard.drain(&self.question);
        self.screen.leave();
    }

    fn open_input(&mut self) -> Self::Input {
        if std::mem::take(&mut self.asks) && self.screen.canvas().send_raw(QUERY).is_ok() {
            self.question.ask();
        }
        let input = Input::open(self.keyboard.clone(), Arc::clone(&self.question), self.size);
        input.map(|event| event.map(Msg::from))
    }

    fn reset(&mut self, size: Option<(u16, u16)>) -> io::Result<()> {
        let canvas = self.screen.canvas();
        let (width, height) = size.unwrap_or_else(|| canvas.size());
        canvas.reset(width, height)
    }

    fn draw(&mut self, model: &Model, now: Now) -> io::Result<()> {
        #[cfg(debug_assertions)]
        assert!(!(self.breaks && model.revision > 1), "asked to break");
        self.screen.take_mouse(model.wants_mouse())?;
        self.screen.canvas().draw(|frame| view(model, now, frame))
    }

    fn report(&mut self, state: &LoopState) -> io::Result<()> {
        if !self.reports_state {
            return Ok(());
        }
        let LoopState { revision, handled, busy, rests } = state;
        let word = match (busy, rests) {
            (true, _) => "busy",
            (false, false) => "idle",
            (false, true) => "rest",
        };
        self.screen.canvas().title(&format!("grantdeck:{revision}:{handled}:{word}"))
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.screen.canvas().send_raw(bytes)
    }

    fn can_stop(&self) -> bool {
        suspend::is_possible()
    }

    fn stop(&mut self, scope: Scope) {
        suspend::stop(scope);
    }
}
