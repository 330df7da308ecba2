//! Work over a large body.

use super::Request;
use crate::app::screens::response;
use crate::app::{Effect, Model, Ticket};
use crate::body::{Document, FoldStep, Folds, Matches, View};
use crate::domain::{Body, Clean, Diagnosis, JqProblem, Now, Saved};

/// Find out what a body is.
#[derive(Debug, PartialEq)]
pub struct OpenBody {
    /// The bytes.
    pub body: Body,
    /// What its Content-Type header says.
    pub content_type: Option<String>,
}

impl Request for OpenBody {
    type Answer = Document;

    fn failed(_: Diagnosis) -> Option<Document> {
        None
    }

    fn answered(model: &mut Model, _: Ticket, document: Document, now: Now) -> Vec<Effect> {
        response::opened(&mut model.call, &model.shared, document, now)
    }
}

/// Search a body; answered perhaps many times.
#[derive(Debug, PartialEq)]
pub struct SearchBody {
    /// The body.
    pub document: Document,
    /// What was typed.
    pub needle: String,
    /// How the body is looked at.
    pub view: View,
}

/// What was found in a body so far.
#[derive(Debug)]
pub struct Searched {
    /// All of it, up to a place.
    pub found: Matches,
    /// The place is the end.
    pub last: bool,
}

impl Request for SearchBody {
    type Answer = Searched;

    const SEVERAL: bool = true;

    fn failed(_: Diagnosis) -> Option<Searched> {
        None
    }

    fn answered(model: &mut Model, _: Ticket, Searched { found, last }: Searched, _: Now) -> Vec<Effect> {
        response::searched(&mut model.call, &mut model.shared, found, last)
    }
}

/// Change the folds of a body.
#[derive(Debug, PartialEq)]
pub struct FoldBody {
    /// The body.
    pub document: Document,
    /// As they are.
    pub folds: Folds,
    /// What is to be changed, one after the other.
    pub steps: Vec<FoldStep>,
}

/// The folds of a body were changed.
#[derive(Debug)]
pub struct Folded {
    /// The body.
    pub document: Document,
    /// As they are now.
    pub folds: Folds,
}

impl Request for FoldBody {
    type Answer = Folded;

    fn failed(_: Diagnosis) -> Option<Folded> {
        None
    }

    fn answered(model: &mut Model, _: Ticket, Folded { document, folds }: Folded, _: Now) -> Vec<Effect> {
        response::folded(&mut model.call, &document, folds);
        Vec::new()
    }
}

/// Make the rows of a body.
#[derive(Debug, PartialEq)]
pub struct WrapBody {
    /// The body, which keeps them.
    pub document: Document,
    /// Cells of a row.
    pub width: usize,
}

/// The rows were made.
#[derive(Debug)]
pub struct Wrapped;

impl Request for WrapBody {
    type Answer = Wrapped;

    fn failed(_: Diagnosis) -> Option<Wrapped> {
        None
    }

    fn answered(_: &mut Model, _: Ticket, _: Wrapped, _: Now) -> Vec<Effect> {
        // The body has them; the next frame finds them there.
        Vec::new()
    }
}

/// Run a jq filter.
#[derive(Debug, PartialEq)]
pub struct FilterBody {
    /// As it was typed.
    pub filter: String,
    /// JSON.
    pub input: Body,
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

impl Request for FilterBody {
    type Answer = Result<Filtered, JqProblem>;

    fn failed(_: Diagnosis) -> Option<Self::Answer> {
        Some(Err(JqProblem { message: Clean::line("jq: cannot run the filter"), at: None }))
    }

    fn answered(model: &mut Model, _: Ticket, filtered: Self::Answer, _: Now) -> Vec<Effect> {
        response::filtered(&mut model.call, &model.shared, filtered)
    }
}

/// Write a body into a file.
#[derive(Debug, PartialEq)]
pub struct SaveBody {
    /// As it was typed.
    pub path: String,
    /// What is written.
    pub body: Body,
    /// A file that is there may be replaced: the person was asked.
    pub replace: bool,
}

impl Request for SaveBody {
    type Answer = Result<Saved, Diagnosis>;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        Some(Err(fault))
    }

    fn answered(model: &mut Model, _: Ticket, saved: Self::Answer, now: Now) -> Vec<Effect> {
        response::saved(&mut model.shared, saved, now)
    }
}
