//! Operations of a provider's API, for the operation picker. All texts come from the backend and are
//! untrusted.

use serde_json::Value;

use super::skeleton::Skeleton;
use super::{Grant, GrantKind};

/// A row of the picker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OperationSummary {
    /// Unique among the provider's operations.
    pub id: String,
    /// HTTP method.
    pub method: String,
    /// Path with `{name}` placeholders.
    pub path: String,
    /// One line of description; empty if there is none.
    pub summary: String,
    /// The provider has deprecated it.
    pub deprecated: bool,
    /// All of these are required. Empty if the backend does not say.
    pub scopes: Vec<String>,
}

/// Where a parameter is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// In a placeholder of the URL.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
}

/// A parameter of an operation: a field of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name; for [`Place::Path`], the name of the placeholder.
    pub name: String,
    /// Where it is sent.
    pub place: Place,
    /// Whether it is required.
    pub required: bool,
    /// "text", "integer", "list of text", "text (date-time)"; empty if the backend does not say.
    pub kind: String,
    /// Description; may be empty.
    pub description: String,
    /// The allowed values; empty = any.
    pub choices: Vec<String>,
    /// The provider's default.
    pub default: Option<String>,
    /// An example value.
    pub example: Option<String>,
}

/// An operation with everything needed to compose a draft.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// Its row in the picker.
    pub summary: OperationSummary,
    /// The whole URL, with a `{name}` placeholder for each path parameter.
    pub url: String,
    /// Path parameters in URL order, then the others as the backend lists them, required ones first.
    pub parameters: Vec<Parameter>,
    /// An initial body with the required fields only. `None` if the operation takes no body.
    pub body: Option<Skeleton>,
    /// The schema of the body, for [`super::skeleton::whole`].
    pub schema: Option<Value>,
}

/// Returns the required scopes that a grant provably lacks, in their order. Returns none if the grant's
/// scopes are unknown (managed secrets, an empty or unreadable list). A broader scope counts for what its
/// name says it includes.
pub fn missing_scopes<Scope: AsRef<str>>(required: &[Scope], grant: &Grant) -> Vec<String> {
    let unread = |oddity: &super::Oddity| matches!(oddity.field.as_ref(), "scopes" | "scope_constraint" | "");
    let held = grant.scope_constraint().unwrap_or(&grant.scopes);
    if grant.kind != GrantKind::Oauth || held.is_empty() || grant.oddities().iter().any(unread) {
        return Vec::new();
    }
    let mut missing: Vec<String> = Vec::new();
    for scope in required.iter().map(AsRef::as_ref) {
        let includes = |held: &str| includes(held, scope);
        if !held.iter().any(|held| includes(held)) && !missing.iter().any(|known| known == scope) {
            missing.push(scope.to_owned());
        }
    }
    missing
}

/// Whether a scope equals another one or may include it, judging by their names: `repo` and `repo:status`,
/// `user` and `read:user`, `…/calendar` and `…/calendar.readonly`, `Mail.ReadWrite` and `Mail.Read`. If in
/// doubt, it does: a scope that may be held is never reported as missing.
fn includes(held: &str, wanted: &str) -> bool {
    let short = |scope: &str| scope.rsplit('/').next().unwrap_or(scope).to_ascii_lowercase();
    let (held, wanted) = (short(held), short(wanted));
    if held == wanted {
        return true;
    }
    let narrower = |head: &str| {
        let tail = wanted.strip_prefix(head).filter(|rest| *rest != ".all");
        tail.is_some_and(|rest| rest.starts_with(['.', ':', '_', '-']))
            || wanted.strip_suffix(head).is_some_and(|rest| rest.ends_with([':', '_']))
    };
    let reading = held.replace("readwrite", "read");
    narrower(&held)
        || reading == wanted
        || reading.strip_suffix(".all") == Some(&wanted)
        || ["admin:", "write:", "manage:"].iter().any(|verb| {
            let thing = held.strip_prefix(verb);
            thing.is_some_and(|thing| wanted.strip_prefix("read:").is_some_and(|wanted| wanted == thing))
        })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{GrantId, Oddity, RowId};

    fn grant(scopes: &[&str]) -> Grant {
        let id = GrantId::parse("7c1f0a52-0000-4000-8000-000000009e2a").unwrap();
        Grant {
            scopes: scopes.iter().map(|scope| Arc::from(*scope)).collect(),
            ..Grant::blank(RowId::Grant(id))
        }
    }

    #[test]
    fn only_what_is_proven_is_missing() {
        let cases: [(&[&str], &[&str], &[&str]); 10] = [
            (&["a", "b"], &["b", "c", "c"], &["c"]),
            (&[], &["a"], &[]),
            (&["repo", "user"], &["repo:status", "read:user", "gist"], &["gist"]),
            (
                &["https://www.googleapis.com/auth/calendar"],
                &[
                    "https://www.googleapis.com/auth/calendar.readonly",
                    "https://www.googleapis.com/auth/gmail.send",
                ],
                &["https://www.googleapis.com/auth/gmail.send"],
            ),
            (&["calendar.readonly"], &["calendar"], &["calendar"]),
            (&["Mail.ReadWrite"], &["https://graph.microsoft.com/Mail.Read", "Mail.Send"], &["Mail.Send"]),
            (&["write:jira-work"], &["read:jira-work", "read:jira-user"], &["read:jira-user"]),
            (&["channels:read"], &["channels:history"], &["channels:history"]),
            (
                &["Files.ReadWrite.All", "User.Read"],
                &["Files.Read.All", "Files.Read", "User.Read.All"],
                &["User.Read.All"],
            ),
            (&["api"], &["read_api", "api"], &[]),
        ];
        for (held, required, want) in cases {
            assert_eq!(missing_scopes(required, &grant(held)), want, "{held:?} {required:?}");
        }
    }

    #[test]
    fn nothing_is_missing_where_the_scopes_are_not_known() {
        let secret = Grant { kind: GrantKind::ManagedSecret, ..grant(&["a"]) };
        assert!(missing_scopes(&["b"], &secret).is_empty());
        let mut odd = grant(&["a"]);
        odd.extra_mut().oddities.push(Oddity { field: "scopes".into(), problem: "not a list".into() });
        assert!(missing_scopes(&["b"], &odd).is_empty());
        let mut narrowed = grant(&["a", "b"]);
        narrowed.extra_mut().scope_constraint = Some(Arc::from([Arc::from("a")]));
        assert_eq!(missing_scopes(&["b"], &narrowed), ["b"]);
    }
}
