//! Other programs.

use super::Request;
use crate::app::screens::composer;
use crate::app::{Effect, Model, Ticket};
use crate::domain::connect::SessionLink;
use crate::domain::{Diagnosis, Now};

/// Open an `https` link in the web browser.
#[derive(Debug, PartialEq, Eq)]
pub enum OpenLink {
    /// A web page: a failure names it.
    Page(String),
    /// A link that gives access to what it leads to: it is printed nowhere.
    Session(SessionLink),
}

impl Request for OpenLink {
    type Answer = Result<(), Diagnosis>;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        Some(Err(fault))
    }

    fn answered(model: &mut Model, _: Ticket, opened: Self::Answer, now: Now) -> Vec<Effect> {
        match opened {
            Ok(()) => model.shared.toasts.info("Opened in the browser.", now),
            Err(diagnosis) => model.shared.toasts.failure(&diagnosis, now),
        }
        Vec::new()
    }
}

/// Give the terminal to the person's own editor; answered with the text as it is then.
#[derive(Debug, PartialEq, Eq)]
pub struct EditText {
    /// What is in it at first.
    pub text: String,
    /// It is JSON, so that the editor can know.
    pub json: bool,
}

impl Request for EditText {
    type Answer = Result<String, Diagnosis>;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        Some(Err(fault))
    }

    fn answered(model: &mut Model, _: Ticket, edited: Self::Answer, now: Now) -> Vec<Effect> {
        composer::edited(&mut model.call, &mut model.shared, edited, now)
    }
}
