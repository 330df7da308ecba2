//! A grant for people: what is known of it, a line for each thing.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::Found;
use crate::cli::lines::line;
use crate::domain::describe::grant::{About, Bounds, name};

/// Everything, ready to be printed.
pub(super) fn all(found: &Found, now: Timestamp) -> String {
    let about = About {
        grant: &found.grant,
        known: found,
        bounds: Bounds::NONE,
        now,
        change: None,
        tested: None,
        copied: None,
    };
    let mut out = name(found, &found.grant) + "\n";
    for entry in about.describe().iter().flatten() {
        // Writing to a text cannot fail.
        let _ = writeln!(out, "{}", line(entry).trim_end());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Grant, GrantId, JsonText, Moment, Reference, RowId};

    #[test]
    fn everything_is_reported_and_nothing_hostile_gets_through() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        let row = |number: u128| RowId::Grant(GrantId(uuid::Uuid::from_u128(number)));
        let mut grant = Grant::blank(row(7));
        grant.provider = "google".into();
        grant.account_identifier = Some("a\u{1b}[2J\nb".into());
        grant.scopes = [std::sync::Arc::from("one"), "two".into()].into();
        grant.needs_reconnect = true;
        grant.grant_expires_at = Some(Moment::new("2026-12-04T11:00:00Z"));
        grant.parent_grant_id = Some(Reference::Id(uuid::Uuid::from_u128(1)));
        grant.extra_mut().unknown_fields.push(("new\u{202e}".into(), JsonText("{\"a\":1}".into())));
        let mut child = Grant::blank(row(8));
        child.label = Some("on\u{7}call".into());
        child.parent_grant_id = Some(Reference::Id(uuid::Uuid::from_u128(7)));
        let mut parent = Grant::blank(row(1));
        parent.provider = "google".into();
        let found = Found::new(grant, vec![parent, child]);
        let text = all(&found, now);
        for want in [
            "google · a�[2J b\n",
            "\n00000000-0000-0000-0000-000000000007\noauth · user · active\n",
            "Health       ✗ reconnect  the provider rejected",
            "\n             Reconnect the account to repair this grant; its id stays.\n",
            "Permission   ends in 12 days  4 Dec\n",
            "Last used    never\n",
            "Scopes       2 held\n  ✓ one\n  ✓ two\n",
            "Delegated    from google\n             00000000-0000-0000-0000-000000000001\n",
            "Children     1  each agent uses its own id\n  ● on�call       00000000-0000-0000-0000-000000000008\n",
            "Fields of a newer backend\n  new�: {\"a\":1}\n",
        ] {
            assert!(text.contains(want), "{want}\n{text}");
        }
        assert!(text.chars().all(|character| character == '\n' || !character.is_control()), "{text:?}");
    }
}
