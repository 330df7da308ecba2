//! An operation of a provider's API as the operation picker shows it. All texts are the backend's, untrusted.

use serde_json::Value;

use super::skeleton::Skeleton;
use super::{Grant, GrantKind};

/// One row of the picker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OperationSummary {
    /// Unique among the provider's operations.
    pub id: String,
    /// HTTP method.
    pub method: String,
    /// Path with `{name}` places.
    pub path: String,
    /// One line about it; empty where there is none.
    pub summary: String,
    /// The provider advises against it.
    pub deprecated: bool,
    /// All of these are needed. Empty where the backend does not say.
    pub scopes: Vec<String>,
}

/// Where a parameter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// Into a place of the URL.
    Path,
    /// Into the query.
    Query,
    /// Into a header.
    Header,
}

/// A parameter of an operation: a field of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name; for [`Place::Path`] that of the URL's place.
    pub name: String,
    /// Where it goes.
    pub place: Place,
    /// The operation cannot be called without it.
    pub required: bool,
    /// "text", "integer", "list of text", "text (date-time)"; empty where the backend does not say.
    pub kind: String,
    /// What it is for; may be empty.
    pub description: String,
    /// The only values that it takes; empty: any.
    pub choices: Vec<String>,
    /// What the provider takes where it is left out.
    pub default: Option<String>,
    /// A value to begin with.
    pub example: Option<String>,
}

/// An operation, ready to be put into a draft.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// Its row.
    pub summary: OperationSummary,
    /// The whole URL, with a `{name}` place for each path parameter.
    pub url: String,
    /// Path parameters in the order of the URL, then the others as the backend lists them, required ones first.
    pub parameters: Vec<Parameter>,
    /// A body to begin with: required fields only. None where the operation takes none.
    pub body: Option<Skeleton>,
    /// The schema that it was made from, for [`super::skeleton::whole`].
    pub schema: Option<Value>,
}

/// The required scopes that a grant provably lacks, in their order. None are where its scopes are not known
/// (managed secrets, an empty list, a list that could not be read), and a broader scope counts for what its name
/// says it includes.
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

/// Whether a scope is another one or may include it, as far as names tell: `repo` and `repo:status`, `user` and
/// `read:user`, `…/calendar` and `…/calendar.readonly`, `Mail.ReadWrite` and `Mail.Read`. In doubt it does:
/// nothing is called missing that might be held.
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
    use crate::domain::{GrantId, Oddity, RowId};

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
