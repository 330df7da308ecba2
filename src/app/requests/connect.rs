//! Sessions with a link that somebody opens: a connection, or a sign-in.

use std::time::Duration;

use super::Request;
use crate::app::screens::connect;
use crate::app::{Effect, Model, Ticket};
use crate::domain::connect::{ConnectOptions, Finished, PlannedSession, SecretPath, SessionLink};
use crate::domain::{Clean, Diagnosis, GrantId, Now};

/// Plan a session from a list that is read just now; nothing is sent that changes anything.
#[derive(Clone, Debug, PartialEq)]
pub enum PlanSession {
    /// A new connection to a provider.
    New {
        /// The provider, or a managed secret's slug.
        provider: String,
        /// What is asked for.
        options: ConnectOptions,
    },
    /// A grant is brought back.
    Renewal {
        /// The grant.
        id: GrantId,
        /// Its provider.
        provider: String,
        /// The user chooses another account.
        switch_account: bool,
    },
}

impl Request for PlanSession {
    type Answer = Result<Box<PlannedSession>, Diagnosis>;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        Some(Err(fault))
    }

    fn answered(model: &mut Model, _: Ticket, planned: Self::Answer, now: Now) -> Vec<Effect> {
        connect::planned(model, planned, now)
    }
}

/// What is reported of a session.
#[derive(Debug)]
pub enum LinkEvent {
    /// The link is here.
    Begun(LinkShown),
    /// The user declined a provider.
    Declined(Clean),
    /// The connection is made.
    Connected(Box<Finished>),
    /// The user is signed in; the token stays where requests are run.
    SignedIn(Option<Clean>),
    /// The session ended without either.
    Failed(Diagnosis),
}

/// A link that is shown.
#[derive(Debug, Clone)]
pub struct LinkShown {
    /// The link.
    pub link: SessionLink,
    /// How long it lives, from now.
    pub lives: Duration,
    /// What the user of a managed secret's session has to do.
    pub path: Option<SecretPath>,
    /// What the backend warns of.
    pub warnings: Vec<Clean>,
}

/// Run a planned session: begin it, wait for its user, read the list again.
#[derive(Debug, PartialEq)]
pub struct RunSession(pub Box<PlannedSession>);

impl Request for RunSession {
    type Answer = LinkEvent;

    const SEVERAL: bool = true;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        Some(LinkEvent::Failed(fault))
    }

    fn answered(model: &mut Model, _: Ticket, event: Self::Answer, now: Now) -> Vec<Effect> {
        connect::reported(model, event, now)
    }
}

/// Sign an end user in.
#[derive(Debug, PartialEq, Eq)]
pub struct SignIn;

impl Request for SignIn {
    type Answer = LinkEvent;

    const SEVERAL: bool = true;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        Some(LinkEvent::Failed(fault))
    }

    fn answered(model: &mut Model, _: Ticket, event: Self::Answer, now: Now) -> Vec<Effect> {
        connect::reported(model, event, now)
    }
}

/// Act for the user who signed in last; None: for nobody in particular, as the session was opened.
#[derive(Debug, PartialEq, Eq)]
pub struct ChangeUser(pub Option<Clean>);

impl Request for ChangeUser {
    type Answer = Result<Option<Clean>, Diagnosis>;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        Some(Err(fault))
    }

    fn answered(model: &mut Model, _: Ticket, changed: Self::Answer, now: Now) -> Vec<Effect> {
        connect::user_changed(model, changed, now)
    }
}
