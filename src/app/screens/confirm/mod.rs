//! A question that must be answered before something is done that cannot be undone: `y` or `n`, or a name that is
//! typed first.

mod screen;
mod view;

use std::sync::Arc;

use tui_input::Input;

use crate::app::Destination;
use crate::app::question::Answer;
use crate::app::screens::revoke::Access;
use crate::app::screens::smoke::Asked;
use crate::domain::connect::PlannedSession;
use crate::domain::revoke::RevokePlan;
use crate::domain::{Body, RecordId, RequestDraft, RowId};
use crate::ui::paint::Piece;

pub(crate) use screen::{ConfirmScreen, quit, switch};

/// What is done after a yes.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    /// Send this call: the one that was shown, whatever the composer holds by then. Boxed: it is large.
    Send(Box<RequestDraft>),
    /// Allow a host to be shown the credential, then send.
    AllowHost(String),
    /// Write over a file that is there: the one that was shown, whatever is typed by then.
    Replace {
        /// Its path as it was typed.
        path: String,
        /// What is written.
        body: Body,
    },
    /// Forget one past call.
    Forget(RecordId),
    /// Forget all past calls.
    ForgetAll,
    /// Test these grants. Boxed: it is large.
    Test(Box<Asked>),
    /// Make a link as planned.
    Connect(Box<PlannedSession>),
    /// Stop waiting for the user of a link.
    StopWaiting,
    /// Revoke these grants.
    Revoke(Arc<RevokePlan>),
    /// End an agent's access to a grant. Boxed: it is large.
    RevokeAccess(Box<Access>),
    /// Put a call together with another grant; the unsent request is lost.
    OpenCall(RowId),
    /// Go on with another session; what is under way or unsent is lost.
    Switch(Destination),
    /// Leave the program; what is under way or unsent is lost.
    Quit,
}

/// The question that is open.
#[derive(Debug)]
pub struct Confirm {
    /// Heading.
    pub title: String,
    /// What the person should know.
    pub lines: Vec<Vec<Piece>>,
    /// What yes does, in a word or two.
    pub yes: &'static str,
    /// What is done then.
    pub then: Then,
    /// What must be typed first, to the letter.
    pub word: Option<String>,
    /// What can be typed instead.
    pub or: Vec<String>,
    /// What was typed so far.
    pub input: Input,
    /// Since when it is shown, in [`crate::domain::Now::millis`].
    pub asked: Option<u64>,
}

impl Confirm {
    /// A question that one key answers.
    pub fn new(title: &str, lines: Vec<Vec<Piece>>, yes: &'static str, then: Then) -> Self {
        let (word, or, input) = (None, Vec::new(), Input::default());
        Self { title: title.to_owned(), lines, yes, then, word, or, input, asked: None }
    }

    /// A question that takes a word, typed to the letter.
    #[must_use]
    pub fn typed(mut self, word: &str) -> Self {
        self.word = Some(word.to_owned());
        self
    }

    /// Takes another word just as well.
    #[must_use]
    pub fn or(mut self, word: &str) -> Self {
        self.or.push(word.to_owned());
        self
    }

    /// What it takes to answer it.
    pub fn answer(&self) -> Answer {
        if self.word.is_some() { Answer::Typed } else { Answer::Key }
    }

    /// Whether what must be typed first is there.
    pub fn is_ready(&self) -> bool {
        let typed = self.input.value().trim();
        self.word.as_deref().is_none_or(|word| word == typed) || self.or.iter().any(|word| word == typed)
    }
}
