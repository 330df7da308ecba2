//! The session that the screen works in, and whose key it is.

use std::sync::Arc;

use super::{CountCopies, ReadAgents, Request};
use crate::app::keymap::Keymap;
use crate::app::screens::grants;
use crate::app::{Effect, Model, Ticket, remember};
use crate::domain::{Attribution, Diagnosis, Identity, Look, Mode, Now, Remembered, WritePolicy};
use crate::ui::Theme;

/// Open configuration, key and client.
#[derive(Debug, PartialEq)]
pub struct OpenSession;

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
    pub write_policy: WritePolicy,
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

impl Request for OpenSession {
    type Answer = Result<Session, Diagnosis>;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        Some(Err(fault))
    }

    fn answered(model: &mut Model, _: Ticket, session: Self::Answer, now: Now) -> Vec<Effect> {
        let session = match session {
            Ok(session) => session,
            Err(diagnosis) => {
                model.shared.session.fail(diagnosis);
                return Vec::new();
            }
        };
        if let Some(keymap) = &session.keymap {
            model.shared.keymap = keymap.clone();
        }
        if let Some(theme) = &session.theme {
            model.shared.theme = theme.clone();
            model.shared.follows_background = false;
        }
        remember::recall(model, session.look.clone(), session.remembered.clone());
        if let Some(warning) = session.warnings.first() {
            model.shared.toasts.failure(warning, now);
            model.shared.toasts.and_more(session.warnings.len() - 1);
        }
        model.shared.session.arrive(session, now.millis);
        // The list first: it is what the person came for.
        let mut effects = grants::begin_first_walk(&mut model.grants, &mut model.shared, now);
        effects.extend(super::ask_for_names(&mut model.shared, now));
        effects.push(model.shared.slots.ask(CountCopies));
        effects
    }
}

/// Whose key is it?
#[derive(Debug, PartialEq)]
pub struct Identify;

/// Whose key it is.
#[derive(Debug)]
pub struct Whose {
    /// The answer.
    pub whose: Result<Identity, Diagnosis>,
    /// What the backend says of the key besides, told once.
    pub notice: Option<Diagnosis>,
}

impl Request for Identify {
    type Answer = Whose;

    fn failed(fault: Diagnosis) -> Option<Whose> {
        Some(Whose { whose: Err(fault), notice: None })
    }

    fn answered(model: &mut Model, _: Ticket, Whose { whose, notice }: Whose, now: Now) -> Vec<Effect> {
        let first_time = model.shared.identity.value().is_none();
        if let Some(notice) = notice.filter(|_| first_time) {
            model.shared.toasts.warning(&notice.advice(), now);
        }
        let identity = match whose {
            Ok(identity) => identity,
            Err(diagnosis) => {
                model.shared.identity.fail(diagnosis);
                return Vec::new();
            }
        };
        let is_app = identity == Identity::Application;
        model.shared.identity.arrive(identity, now.millis);
        if !is_app {
            return Vec::new();
        }
        let everyone = model.shared.session.value().is_some_and(|session| !session.one_user && !session.demo);
        if first_time && everyone {
            model
                .shared
                .toasts
                .info_next("An app key without a user token: you see the grants of every user.", now);
        }
        model.shared.agents.load(now.millis);
        vec![model.shared.slots.ask(ReadAgents)]
    }
}
