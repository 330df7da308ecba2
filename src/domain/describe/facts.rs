//! What the facts of a failure are called. Their names are stable, for scripts; people read the labels.

/// A fact as people read it.
struct Fact {
    /// The name, as [`crate::Diagnosis::fact`] is given it.
    name: &'static str,
    /// The label.
    label: &'static str,
    /// What its value may tell.
    tells: Tells,
}

/// What a value may tell somebody who looks on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tells {
    /// Neither a person nor an id.
    Nothing,
    /// A sentence or a text that may mention one.
    Mentions,
    /// A person, an application, or an id.
    Names,
}

use Tells::{Mentions, Names, Nothing};

const fn fact(name: &'static str, label: &'static str, tells: Tells) -> Fact {
    Fact { name, label, tells }
}

/// All facts, by name. A test finds those that are missing.
const FACTS: &[Fact] = &[
    fact("TERM", "TERM", Nothing),
    fact("after", "After", Nothing),
    fact("agent", "Agent", Names),
    fact("agent_id", "Agent id", Names),
    fact("alter code", "Alter's code", Nothing),
    fact("any one of", "Any one of", Nothing),
    fact("approval", "Approval", Names),
    fact("argument", "Argument", Mentions),
    fact("arrived", "Received", Nothing),
    fact("backend", "Backend", Nothing),
    fact("beware", "Careful", Nothing),
    fact("browser", "Browser", Nothing),
    fact("call", "Request", Nothing),
    fact("candidate", "Candidate", Names),
    fact("clock", "Clock", Nothing),
    fact("command", "Command", Mentions),
    fact("connected", "Connected", Names),
    fact("counted", "Counted", Nothing),
    fact("credential", "Credential", Names),
    fact("declined", "Declined", Names),
    fact("default", "Default", Nothing),
    fact("detail", "Detail", Mentions),
    fact("detail_reason", "Reason", Mentions),
    fact("did you mean", "Did you mean", Mentions),
    fact("editor", "Editor", Nothing),
    fact("effect", "Effect", Nothing),
    fact("expected", "Expected", Names),
    fact("feature", "Feature", Nothing),
    fact("file", "File", Names),
    fact("found", "Found", Nothing),
    fact("grant", "Grant", Names),
    fact("grant_id", "Grant id", Names),
    fact("health", "Health", Nothing),
    fact("hint", "Hint", Mentions),
    fact("host", "Host", Names),
    fact("instead", "Instead", Mentions),
    fact("key", "Key", Nothing),
    fact("known", "Known", Names),
    fact("label", "Label", Names),
    fact("limit", "Limit", Nothing),
    fact("line", "Line", Nothing),
    fact("link", "Link", Names),
    fact("list", "List", Nothing),
    fact("live", "Live", Nothing),
    fact("method", "Method", Nothing),
    fact("missing", "Missing", Nothing),
    fact("more", "More", Nothing),
    fact("or", "Or", Mentions),
    fact("or one of", "Or one of", Mentions),
    fact("origin", "Origin", Names),
    fact("path", "Path", Names),
    fact("place", "Place", Nothing),
    fact("problem", "Problem", Mentions),
    fact("profile", "Profile", Names),
    fact("provider", "Provider", Names),
    fact("provider_id", "Provider", Names),
    fact("proxy", "Proxy", Mentions),
    fact("reason", "Reason", Mentions),
    fact("remaining", "Remaining", Nothing),
    fact("request", "Request id", Names),
    fact("results", "Results", Nothing),
    fact("row", "Row", Mentions),
    fact("rows", "Rows", Nothing),
    fact("scope", "Scope", Nothing),
    fact("secret", "Secret", Names),
    fact("selection", "Selection", Mentions),
    fact("selector", "Selector", Names),
    fact("session", "Session", Nothing),
    fact("sign-in at most", "Sign-in at most", Nothing),
    fact("status", "Status", Nothing),
    fact("task", "Task", Mentions),
    fact("terminal", "Terminal", Nothing),
    fact("timeout_reason", "Timeout", Mentions),
    fact("url", "URL", Names),
    fact("variable", "Variable", Nothing),
    fact("waited", "Waited", Nothing),
    fact("where", "Where", Nothing),
    fact("why", "Why", Mentions),
];

fn find(name: &str) -> Option<&'static Fact> {
    FACTS.iter().find(|fact| fact.name == name)
}

/// The label of a fact; of one that the table does not have, its name.
pub fn label(name: &'static str) -> &'static str {
    find(name).map_or(name, |fact| fact.label)
}

/// What the value of a fact may tell; of one that the table does not have, the worst.
pub fn tells(name: &str) -> Tells {
    find(name).map_or(Names, |fact| fact.tells)
}

/// The names of all facts.
pub fn names() -> impl Iterator<Item = &'static str> {
    FACTS.iter().map(|fact| fact.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fact_has_one_row_and_a_label_that_begins_a_line() {
        let names: Vec<_> = names().collect();
        assert!(names.is_sorted_by(|one, next| one < next), "{names:?}");
        for fact in FACTS {
            assert!(fact.label.starts_with(char::is_uppercase), "{}", fact.label);
            assert!(!fact.label.contains('_'), "{}", fact.label);
        }
    }
}
