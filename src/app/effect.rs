//! What the screen wants from the world: plain data that a test can compare.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Slot, Ticket};
use crate::body::{Document, FoldStep, Folds, Matches, TokenId, View};
use crate::domain::change::{ChangeRequest, PlanId};
use crate::domain::remembered::Keep;
use crate::domain::scan::KnownIds;
use crate::domain::smoke::RunId;
use crate::domain::{
    Body, CallRequest, Clean, CopyText, Diagnosis, FollowRequest, Grant, GrantId, GrantKind, ListRequest,
    RecordId, RecordQuery, RowId, Which,
};
use crate::search::{Plan, Snapshot};

/// One wish. The runtime carries it out and answers with a [`super::Msg`].
#[derive(Debug, PartialEq)]
pub enum Effect {
    /// Do some work; answers carry the ticket.
    Start {
        /// The question.
        ticket: Ticket,
        /// The work.
        job: Job,
    },
    /// Stop what runs under this slot. A courtesy: its ticket is no longer current anyway.
    Cancel(Slot),
    /// Search the rows that are here; answered by `Answer::Found`, perhaps twice (early, final).
    Search {
        /// The question.
        ticket: Ticket,
        /// What to look for. Boxed: it is large and rare.
        plan: Box<Plan>,
    },
    /// Start another program; answered by `Answer::Launched`.
    Launch {
        /// The question.
        ticket: Ticket,
        /// What to open.
        launch: Launch,
    },
    /// Copy a text; answered by `Answer::Copied`.
    Copy {
        /// The question.
        ticket: Ticket,
        /// The text.
        text: CopyText,
    },
    /// Forget a large body, or folds of one: giving their memory back takes longer than a frame may. Nothing else holds
    /// them any more.
    LetGo(Document, Folds),
    /// Forget what was found in a large body: it may be the last that holds the bytes.
    LetGoFound(Matches),
    /// Remember a choice or a view; nobody waits for it.
    Remember(Keep),
    /// Give the terminal to the person's own editor; answered by `Answer::Edited`.
    Edit {
        /// The question.
        ticket: Ticket,
        /// What is in it at first.
        text: String,
        /// It is JSON, so that the editor can know.
        json: bool,
    },
    /// Give the terminal back and stop, as Ctrl-Z does.
    Suspend,
    /// Forget what is on the screen and draw all of it again.
    Repaint,
    /// Leave.
    Quit(ExitReason),
}

/// Work that is done elsewhere.
#[derive(Debug, PartialEq)]
#[cfg_attr(test, derive(strum::EnumCount))]
pub enum Job {
    /// Configuration, key and client: answered by `Answer::Session`.
    OpenSession,
    /// Whose key is it: `Answer::Identity`.
    Identify,
    /// The profiles of the configuration: `Answer::Profiles`.
    Profiles,
    /// How often ids were copied: `Answer::Copies`.
    Copies,
    /// The provider catalog: `Answer::Catalog`.
    Catalog,
    /// The names of agents: `Answer::Agents`.
    Agents,
    /// A walk over the list: `Answer::List`, many times.
    List(ListRequest),
    /// A test call: `Answer::Call`, many times. Boxed: it is large and rare.
    Call(Box<CallRequest>),
    /// Ask again about a call that is held: `Answer::Call`, many times. Boxed as that one.
    Follow(Box<FollowRequest>),
    /// Find out what a large body is: `Answer::Body`.
    OpenBody {
        /// The bytes.
        body: Body,
        /// What its Content-Type header says.
        content_type: Option<String>,
    },
    /// Search a large body: `Answer::Searched`, perhaps many times.
    SearchBody {
        /// The body.
        document: Document,
        /// What was typed.
        needle: String,
        /// How the body is looked at.
        view: View,
    },
    /// Change the folds of a large body: `Answer::Folded`.
    Fold {
        /// The body.
        document: Document,
        /// As they are.
        folds: Folds,
        /// What is to be changed, one after the other.
        steps: Vec<FoldStep>,
    },
    /// Make the rows of a large body: `Answer::Wrapped`.
    Wrap {
        /// The body, which keeps them.
        document: Document,
        /// Cells of a row.
        width: usize,
    },
    /// Run a jq filter: `Answer::Filtered`.
    Filter {
        /// As it was typed.
        filter: String,
        /// JSON.
        input: Body,
    },
    /// Write a body into a file: `Answer::Saved`.
    Save {
        /// As it was typed.
        path: String,
        /// What is written.
        body: Body,
        /// A file that is there may be replaced: the person was asked.
        replace: bool,
    },
    /// Copy the text of a large body: `Answer::Copied`.
    CopyBody {
        /// The body; what a text must not hold is taken out first.
        document: Document,
        /// One value of it; None = all.
        token: Option<TokenId>,
        /// What it is.
        label: Clean,
    },
    /// Plan a change of files: `Answer::Planned`.
    Plan(ChangeRequest),
    /// Make the change that was planned: `Answer::Changed`.
    Change(PlanId),
    /// Look for grant ids in files: `Answer::Scan`, many times.
    Scan(ScanJob),
    /// What can be called at a provider: `Answer::Operations`.
    Operations {
        /// Which of the two catalogs.
        kind: GrantKind,
        /// The provider.
        provider: Arc<str>,
    },
    /// One operation, whole: `Answer::Operation`.
    Operation {
        /// With which grant it would be called. Boxed: it is large.
        grant: Box<Grant>,
        /// The operation.
        id: String,
    },
    /// A part of the list of past calls: `Answer::Records`.
    Records(RecordQuery),
    /// One past call: `Answer::Record`.
    Record(Which),
    /// What differs between two past calls, the left one first: `Answer::Compared`.
    Compare(RecordId, RecordId),
    /// Forget one past call, or all of them: `Answer::Forgotten`.
    Forget(Option<RecordId>),
    /// What a smoke test would do and how long it would take; nothing is sent: `Answer::Foreseen`.
    Foresee(SmokeJob),
    /// A smoke test: `Answer::Smoke`, many times.
    Smoke(SmokeJob),
    /// What earlier smoke tests said of these grants: `Answer::Verdicts`.
    Verdicts(Vec<GrantId>),
}

impl Job {
    /// The slot that its question goes into.
    pub fn slot(&self) -> Slot {
        match self {
            Self::OpenSession => Slot::Session,
            Self::Identify => Slot::Identity,
            Self::Profiles => Slot::Profiles,
            Self::Copies => Slot::Copies,
            Self::Catalog => Slot::Catalog,
            Self::Agents => Slot::Agents,
            Self::List(_) => Slot::Walk,
            Self::Call(_) | Self::Follow(_) => Slot::Call,
            Self::OpenBody { .. } => Slot::Body,
            Self::SearchBody { .. } => Slot::BodySearch,
            Self::Fold { .. } => Slot::Folds,
            Self::Wrap { .. } => Slot::Wrap,
            Self::Filter { .. } => Slot::Filter,
            Self::Save { .. } => Slot::Save,
            Self::CopyBody { .. } => Slot::Clipboard,
            Self::Plan(_) | Self::Change(_) => Slot::Change,
            Self::Scan(_) => Slot::Scan,
            Self::Operations { .. } | Self::Operation { .. } => Slot::Operations,
            Self::Records(_) => Slot::Records,
            Self::Record(_) => Slot::Record,
            Self::Compare(..) => Slot::Compare,
            Self::Forget(_) => Slot::Forget,
            Self::Foresee(_) | Self::Smoke(_) => Slot::Smoke,
            Self::Verdicts(_) => Slot::Verdicts,
        }
    }
}

/// What is tested. Cheap to clone: the grants themselves are gathered where the work is done.
#[derive(Clone, Debug, PartialEq)]
pub struct SmokeJob {
    /// The rows of the list.
    pub rows: Snapshot,
    /// Which of them, in this order; None = all.
    pub places: Option<Arc<[u32]>>,
    /// Of them those that an earlier part of the same run has decided: they are not asked again.
    pub decided: Arc<HashSet<GrantId>>,
    /// The run that it goes on with, where the history keeps one.
    pub resume: Option<RunId>,
}

impl SmokeJob {
    /// All of these rows, from the beginning.
    pub fn all(rows: Snapshot) -> Self {
        Self { rows, places: None, decided: Arc::default(), resume: None }
    }

    /// The grants that are to be asked. Costs a copy of each row, so never ask on the thread of the screen.
    pub fn grants(&self) -> Vec<Grant> {
        let is_left = |grant: &&Grant| !grant.row.grant().is_some_and(|id| self.decided.contains(&id));
        match &self.places {
            None => self.rows.iter().map(|(_, grant)| grant).filter(is_left).cloned().collect(),
            Some(places) => {
                let rows = places.iter().filter_map(|place| self.rows.get(*place));
                rows.filter(is_left).cloned().collect()
            }
        }
    }
}

/// What is scanned for.
#[derive(Debug, PartialEq)]
pub struct ScanJob {
    /// Files and folders, as the person named them.
    pub paths: Vec<PathBuf>,
    /// The grants that are known.
    pub grants: Snapshot,
    /// Those of them that the last refresh did not find any more.
    pub gone: HashSet<RowId>,
}

impl ScanJob {
    /// What the list says: nothing of rows that are gone.
    pub fn known(&self, now: Timestamp) -> KnownIds {
        let here = self.grants.iter().map(|(_, grant)| grant);
        KnownIds::of(here.filter(|grant| !self.gone.contains(&grant.row)), now)
    }
}

/// Another program.
#[derive(Debug, PartialEq, Eq)]
pub enum Launch {
    /// The web browser, with an `https` link.
    Browser(String),
}

/// Why the program ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExitReason {
    /// The user left.
    User,
    /// Interrupted (Ctrl-C outside an input, SIGINT).
    Interrupted,
    /// SIGTERM or SIGHUP.
    Terminated,
    /// The screen begins anew with another session.
    Switch(Switch),
    /// It cannot go on; printed after the terminal is given back.
    Failed(Box<Diagnosis>),
}

/// A session that takes the place of this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// Which one.
    pub to: Destination,
    /// Ids and accounts stay masked.
    pub private: bool,
}

/// Where a session comes from. Never a key: that is typed where no screen sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// The demonstration.
    Demo,
    /// The variables of the environment.
    Environment,
    /// A key that is typed, once the screen has given the terminal back.
    TypedKey,
    /// A profile of the configuration.
    Profile(String),
}
