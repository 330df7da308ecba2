//! What is missing before a request can be sent, and where.

use super::{Composer, Field, Typing};
use crate::domain::{DraftBody, code};

/// Something that is missing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Lack {
    /// In a sentence.
    pub(crate) message: String,
    /// The field where it belongs, where that is one.
    pub(crate) field: Option<Field>,
}

impl Lack {
    fn new(field: Option<Field>, message: impl Into<String>) -> Self {
        Self { message: message.into(), field }
    }
}

impl Composer {
    /// Whether it can be sent as it is.
    ///
    /// # Errors
    /// What is missing.
    pub(crate) fn check(&self) -> Result<(), Lack> {
        self.check_except(None)
    }

    /// The same as if what is typed were already taken over.
    ///
    /// # Errors
    /// What else is missing.
    pub(super) fn check_while_typing(&self) -> Result<(), Lack> {
        match &self.typing {
            Typing::Line(input) if !input.value().trim().is_empty() => self.check_except(Some(&self.field)),
            Typing::Nothing | Typing::Line(_) | Typing::Choice | Typing::Body(_) => self.check(),
        }
    }

    fn check_except(&self, typed: Option<&Field>) -> Result<(), Lack> {
        if typed != Some(&Field::Url) {
            let at = || Some(Field::Url);
            if self.draft.url.trim().is_empty() {
                return Err(Lack::new(at(), "Enter a URL first."));
            }
            if !self.draft.url.contains("://") {
                return Err(Lack::new(at(), "A URL starts with https://."));
            }
            let is_typed = |name: &str| matches!(typed, Some(Field::Place(typed)) if typed == name);
            let is_open = |name: &&str| !is_typed(name) && self.parameter(name).is_none_or(str::is_empty);
            if let Some(name) = self.places().find(is_open) {
                let message = format!("Fill in {{{name}}} first.");
                return Err(Lack::new(Some(Field::Place(name.to_owned())), message));
            }
        }
        if let Some((variable, field)) = self.open_variable()
            && typed != Some(&field)
        {
            let message = format!("Replace {} in {} first.", variable.text, variable.place);
            return Err(Lack::new(Some(field), message));
        }
        if self.open_body().is_some() {
            let message = "Write the body first, or delete it with d.";
            return Err(Lack::new(Some(Field::Body), message));
        }
        if let Some(place) = self.secret_place() {
            let message = format!("A secret was removed from {place}: fill it in again or delete it.");
            return Err(Lack::new(None, message));
        }
        if let DraftBody::Json(text) = &self.draft.body
            && !text.trim().is_empty()
            && let Err(problem) = crate::body::editor::check(text)
        {
            return Err(Lack::new(Some(Field::Body), format!("The body is not JSON: {problem}.")));
        }
        Ok(())
    }

    /// A variable of the pasted command that still stands where it stood, and the field that it stands in.
    fn open_variable(&self) -> Option<(&code::Variable, Field)> {
        let draft = &self.draft;
        self.variables.iter().find_map(|variable| {
            let is_in = |value: &str| value.contains(variable.text.as_str());
            let in_body = match &draft.body {
                DraftBody::Empty => false,
                DraftBody::Json(body) => is_in(body),
                DraftBody::Raw(body) => is_in(&String::from_utf8_lossy(body)),
            };
            let query = || draft.query.iter().position(|(_, value)| value.as_str().is_some_and(is_in));
            let header = || draft.headers.iter().position(|(_, value)| is_in(value));
            let field = if in_body {
                Some(Field::Body)
            } else {
                query().map(Field::Query).or_else(|| header().map(Field::Header))
            };
            Some((variable, field?))
        })
    }

    /// Why the body of the pasted command is not here, as long as there is none.
    fn open_body(&self) -> Option<&str> {
        self.no_body.as_deref().filter(|_| self.draft.body == DraftBody::Empty)
    }

    /// What stands above the request.
    pub(super) fn warnings(&self) -> Vec<String> {
        self.open_body().map(str::to_owned).into_iter().chain(self.notes.iter().cloned()).collect()
    }

    /// Puts the cursor where something is missing, and lets it be typed.
    pub(crate) fn go_to(&mut self, field: &Field) {
        self.close_body();
        self.typing = Typing::Nothing;
        self.field = field.clone();
        self.settle();
        self.open();
    }
}
