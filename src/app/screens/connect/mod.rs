//! A session with a link that somebody opens: a connection that is made or renewed, or a sign-in. It goes on when its
//! screen is left.

mod choose;
mod screen;
mod start;
mod update;
mod view;

use crate::app::requests::LinkShown;
use crate::domain::connect::{AccountCheck, ConnectOptions, ConnectPlan, Finished, PlannedSession};
use crate::domain::{Clean, Code, Diagnosis, Grant, GrantId, PrincipalType};

pub(crate) use choose::{chosen, toggle};
pub(crate) use screen::ConnectScreen;
pub(crate) use start::{begin, stop_waiting, under_way_in_words};
pub(crate) use update::{planned, reported, user_changed};

/// The session that was opened last.
#[derive(Debug, Default)]
pub struct Connect {
    open: Option<Open>,
}

/// A session, from its plan to its end.
#[derive(Debug)]
struct Open {
    what: What,
    /// The grant that is renewed, once its row was read.
    about: Option<Grant>,
    /// The plan, once there is one.
    plan: Option<ConnectPlan>,
    stage: Stage,
}

/// What the session is for.
#[derive(Clone, Debug, PartialEq)]
enum What {
    /// A new connection to this provider.
    New(String, ConnectOptions),
    /// A renewal of a grant of this provider.
    Renewal(String),
    /// A sign-in.
    SignIn,
}

/// How far it is.
#[derive(Debug)]
enum Stage {
    /// The list is being read.
    Planning,
    /// The question is open.
    Asked,
    /// The backend is being asked for the link.
    Beginning,
    /// The link waits for its user.
    Waiting(Waiting),
    /// The connection is made.
    Done(Box<Finished>),
    /// It ended without one.
    Failed(Diagnosis),
}

/// A link that waits for its user.
#[derive(Debug)]
struct Waiting {
    shown: LinkShown,
    /// When it ends, in [`crate::domain::Now::millis`].
    until: u64,
    /// Providers that were declined.
    declined: Vec<Clean>,
}

impl Connect {
    fn waiting(&self) -> Option<&Waiting> {
        match &self.open.as_ref()?.stage {
            Stage::Waiting(waiting) => Some(waiting),
            Stage::Planning | Stage::Asked | Stage::Beginning | Stage::Done(_) | Stage::Failed(_) => None,
        }
    }

    fn finished(&self) -> Option<&Finished> {
        match &self.open.as_ref()?.stage {
            Stage::Done(finished) => Some(finished),
            Stage::Planning | Stage::Asked | Stage::Beginning | Stage::Waiting(_) | Stage::Failed(_) => None,
        }
    }

    fn failed(&self) -> Option<&Diagnosis> {
        match &self.open.as_ref()?.stage {
            Stage::Failed(why) => Some(why),
            Stage::Planning | Stage::Asked | Stage::Beginning | Stage::Waiting(_) | Stage::Done(_) => None,
        }
    }

    /// The grants that the session made or renewed.
    pub(crate) fn ids(&self) -> Vec<GrantId> {
        let grants = self.finished().map(|finished| finished.grants.as_slice()).unwrap_or_default();
        grants.iter().map(|grant| grant.connected.id).collect()
    }

    /// Whether another account was connected than that of the renewed grant.
    fn is_another_account(&self) -> bool {
        self.finished().is_some_and(|finished| finished.account_check() == AccountCheck::Another)
    }

    /// The grant that a repair did not find.
    fn not_found(&self) -> Option<&Grant> {
        let is_missing = |why: &&Diagnosis| matches!(why.code, Code::GrantNotFound | Code::NotFound);
        self.failed().filter(is_missing)?;
        let open = self.open.as_ref()?;
        open.about.as_ref().filter(|_| open.plan.is_some())
    }

    /// The grant whose account can be connected anew: of a person's, that would be for whoever is signed in.
    fn to_connect_anew(&self) -> Option<&Grant> {
        self.not_found().filter(|grant| grant.principal_type == PrincipalType::System)
    }

    /// Whether signing in, as somebody else if need be, may help.
    fn asks_for_sign_in(&self) -> bool {
        self.failed().is_some_and(|why| why.code == Code::UserTokenNeeded)
            || self.not_found().is_some_and(|grant| grant.principal_type != PrincipalType::System)
    }
}

/// The question before a link is made.
type Planned = Box<PlannedSession>;
