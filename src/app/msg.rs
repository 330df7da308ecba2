//! What the world tells the screen.

use std::collections::HashMap;
use std::sync::Arc;

use super::keymap::Keymap;
use super::screens::history::Comparison;
use super::{Ticket, input};
use crate::body::{Document, Folds, Matches};
use crate::domain::change::{ChangePlan, Changed};
use crate::domain::copy::Copies;
use crate::domain::operation::{Operation, OperationSummary};
use crate::domain::scan::ScanEvent;
use crate::domain::smoke::{Past, SmokeEvent, SmokePlan};
use crate::domain::{
    Agent, Attribution, Budget, CallEvent, CallRecord, Care, Catalog, Clean, Copied, CopyText, Diagnosis,
    GrantId, Ground, Identity, JqProblem, ListEvent, Look, Mode, ProfileSummary, RecordId, RecordPage,
    Remembered, Saved,
};
use crate::search::Found;
use crate::ui::Theme;

/// One message.
#[derive(Debug)]
pub enum Msg {
    /// The first message: the size of the terminal, in cells.
    Start {
        /// Columns.
        width: u16,
        /// Rows.
        height: u16,
    },
    /// A key was pressed.
    Key(input::Key),
    /// A key that came in one read with something else, or again because it is held down. It answers no question.
    Burst(input::Key),
    /// The mouse did something.
    Mouse(input::Mouse),
    /// A text was pasted, raw.
    Paste(String),
    /// The terminal has another size now.
    Resize {
        /// Columns.
        width: u16,
        /// Rows.
        height: u16,
    },
    /// The terminal window got or lost the focus.
    Focus(bool),
    /// The terminal says what its own ground is.
    Ground(Ground),
    /// The time that [`super::Model::next_wake`] named has come.
    Wake,
    /// The program was stopped and goes on; the screen is drawn anew.
    Resumed,
    /// A signal asks the program to leave.
    Signal(Signal),
    /// The answer to a question.
    Answer {
        /// Which question.
        ticket: Ticket,
        /// What it says. Boxed: pages are large.
        answer: Box<Answer>,
    },
    /// What is left of the rate budget, as it was told with whatever was asked last.
    Budget(Budget),
    /// Something broke inside (a task panicked, a worker was lost).
    Fault(Diagnosis),
}

/// A signal that asks the program to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT.
    Interrupt,
    /// SIGTERM or SIGHUP.
    Terminate,
}

/// What an answer says.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "an answer travels in a box; there is one session")]
pub enum Answer {
    /// The session is open, or cannot be.
    Session(Result<Session, Diagnosis>),
    /// Whose key this is.
    Identity {
        /// The answer.
        whose: Result<Identity, Diagnosis>,
        /// What the backend says of the key besides, told once.
        notice: Option<Diagnosis>,
    },
    /// The profiles of the configuration.
    Profiles(Result<Vec<ProfileSummary>, Diagnosis>),
    /// How often ids were copied; None where that is not kept.
    Copies(Option<HashMap<GrantId, Copies>>),
    /// The provider catalog.
    Catalog(Result<Arc<Catalog>, Diagnosis>),
    /// The app's agents.
    Agents(Result<Vec<Agent>, Diagnosis>),
    /// An event of the walk.
    List(ListEvent),
    /// An event of the test call.
    Call(CallEvent),
    /// What can be called at a provider.
    Operations(Result<Vec<OperationSummary>, Diagnosis>),
    /// One operation, whole.
    Operation(Result<Box<Operation>, Diagnosis>),
    /// A change of files was planned, or is refused.
    Planned(Result<ChangePlan, Diagnosis>),
    /// A change of files was made, or could not be.
    Changed(Result<Changed, Diagnosis>),
    /// What a scan found since the last answer.
    Scan(Vec<ScanEvent>),
    /// What a smoke test would do.
    Foreseen(Result<SmokePlan, Diagnosis>),
    /// What a smoke test reported since the last answer; at most 30 of them in a second.
    Smoke(Vec<SmokeEvent>),
    /// What earlier smoke tests said of some grants, the latest first.
    Verdicts(Result<HashMap<GrantId, Vec<Past>>, Diagnosis>),
    /// A large body was read.
    Body(Document),
    /// What was found in a large body so far.
    Searched {
        /// All of it, up to a place.
        found: Matches,
        /// The place is the end.
        last: bool,
    },
    /// The folds of a large body were changed.
    Folded {
        /// The body.
        document: Document,
        /// As they are now.
        folds: Folds,
    },
    /// The rows of a large body were made.
    Wrapped,
    /// What a jq filter gave, or why it gave nothing.
    Filtered(Result<Filtered, JqProblem>),
    /// A body was written into a file, or was not.
    Saved(Result<Saved, Diagnosis>),
    /// A part of the list of past calls.
    Records(Result<RecordPage, Diagnosis>),
    /// One past call; None where there is none.
    Record(Result<Option<(RecordId, Box<CallRecord>)>, Diagnosis>),
    /// What differs between two past calls; None where one of them is forgotten.
    Compared(Result<Option<Box<Comparison>>, Diagnosis>),
    /// How many past calls were forgotten.
    Forgotten(Result<usize, Diagnosis>),
    /// A text was copied, or could not be.
    Copied {
        /// What it is.
        label: Clean,
        /// Which way it went.
        result: Result<Copied, Diagnosis>,
        /// The text itself, where no clipboard takes it and it is to be shown.
        shown: Option<CopyText>,
        /// The ids in it.
        ids: Arc<[GrantId]>,
    },
    /// The person's own editor has ended.
    Edited(Result<String, Diagnosis>),
    /// Rows that match.
    Found {
        /// Which.
        found: Found,
        /// False for the early answer, which another one follows.
        last: bool,
    },
    /// A program was started, or could not be.
    Launched(Result<(), Diagnosis>),
}

impl Answer {
    /// Whether its question may have further ones; then whoever takes them in says when it ends.
    pub(super) fn is_one_of_several(&self) -> bool {
        match self {
            Self::List(_)
            | Self::Call(_)
            | Self::Searched { .. }
            | Self::Found { .. }
            | Self::Scan(_)
            | Self::Smoke(_) => true,
            Self::Session(_)
            | Self::Identity { .. }
            | Self::Profiles(_)
            | Self::Copies(_)
            | Self::Catalog(_)
            | Self::Agents(_)
            | Self::Operations(_)
            | Self::Operation(_)
            | Self::Planned(_)
            | Self::Changed(_)
            | Self::Foreseen(_)
            | Self::Verdicts(_)
            | Self::Body(_)
            | Self::Folded { .. }
            | Self::Wrapped
            | Self::Filtered(_)
            | Self::Saved(_)
            | Self::Records(_)
            | Self::Record(_)
            | Self::Compared(_)
            | Self::Forgotten(_)
            | Self::Copied { .. }
            | Self::Edited(_)
            | Self::Launched(_) => false,
        }
    }
}

/// What a jq filter gave.
#[derive(Clone, Debug)]
pub struct Filtered {
    /// The results, ready to be shown.
    pub document: Document,
    /// How many there are.
    pub values: u64,
    /// There was more than is kept.
    pub truncated: bool,
}

/// What is known once configuration, key and client are there. Nothing secret.
#[derive(Clone, Debug)]
pub struct Session {
    /// Host (and port) of the backend.
    pub host: String,
    /// The key, masked: `…x7q2`.
    pub masked_key: String,
    /// The embedded sandbox serves it: nothing leaves the machine.
    pub demo: bool,
    /// What the profile allows.
    pub care: Care,
    /// A user token narrows the list to one end user.
    pub one_user: bool,
    /// Chords to actions, with the user's own rows; None = the built-in table stays.
    pub keymap: Option<Arc<Keymap>>,
    /// Colours; None = the theme of the first frame stays.
    pub theme: Option<Arc<Theme>>,
    /// How the list looks where nothing was chosen.
    pub look: Look,
    /// What was chosen before, or why that is not remembered.
    pub remembered: Result<Remembered, &'static str>,
    /// Who carries a test call out at first.
    pub mode: Mode,
    /// What is said of each call at first.
    pub attribution: Attribution,
    /// Seconds between refreshes while watching, at least 60.
    pub watch_seconds: u64,
    /// Mistakes in configuration and keymap, shown once.
    pub warnings: Vec<Diagnosis>,
}
