//! Grants that weigh as much as a backend can make them: names of a megabyte, a policy of five, 200,000 scopes.

use std::sync::Arc;

use grantdeck::domain::{
    AccessVia, Grant, GrantKind, JsonText, Moment, Oddity, PrincipalType, Reference, Status,
};

use super::fixtures;

pub(crate) const MEGABYTE: usize = 1 << 20;

/// Keys that move over them, open their detail, scroll, search, mark and copy.
pub(crate) const KEYS: [&str; 33] = [
    "j", "j", "k", "tab", "j", "G", "tab", "j", "enter", "j", "ctrl-d", "G", "esc", "z", "j", "enter", "j",
    "esc", "z", "/", "a", "enter", "j", "esc", "j", "Y", "j", "j", "esc", "space", "j", "?", "esc",
];

/// Texts that are long in each way that costs: plain, of wide and of stacked characters, of joints, of one word.
fn long(kind: usize) -> String {
    let piece = ["a", "é", "日本", "e\u{301}\u{301}", "a-", "a.b@", "\u{1b}[2J", "a b "][kind % 8];
    piece.repeat(MEGABYTE / piece.len())
}

/// Grants that weigh as much as they can.
pub(crate) fn grants() -> Vec<Grant> {
    let many: Arc<[Arc<str>]> = (0..200_000).map(|n| Arc::from(format!("https://scopes.test/{n}"))).collect();
    let policy = format!("{{\"requires_approval\":[{}1]}}", "\"x\",".repeat(1_200_000));
    let made = |kind: usize| {
        let (text, is_even) = (long(kind), kind.is_multiple_of(2));
        let mut grant = fixtures::oauth(10 + kind as u128, if is_even { "google" } else { &text }, &text);
        grant.label = Some(text.as_str().into());
        grant.account_display_name = Some(long(kind + 1).as_str().into());
        grant.status = Status::new(&text);
        grant.principal_type = PrincipalType::new(&text);
        grant.access_via = AccessVia::Other(text.as_str().into());
        grant.last_used_at = Some(Moment::new(&text));
        grant.expires_at = Some(Moment::new(&text));
        grant.grant_expires_at = (kind > 3).then(|| Moment::new(&text));
        grant.parent_grant_id = (kind > 5).then(|| Reference::new(&text));
        grant.kind = if kind % 3 == 2 { GrantKind::Other(text.as_str().into()) } else { GrantKind::Oauth };
        grant.scopes = if is_even { Arc::clone(&many) } else { [Arc::from(text.as_str())].into() };
        let extra = grant.extra_mut();
        extra.grant_policy = Some(JsonText(policy.as_str().into()));
        extra.scope_constraint = (kind % 4 < 2).then(|| Arc::clone(&many));
        extra.unknown_fields =
            (0..2_000).map(|n| (format!("field-{n}").into(), JsonText("\"x\"".into()))).collect();
        extra.unknown_fields.push((text.as_str().into(), JsonText(text.as_str().into())));
        extra.oddities = (0..2_000)
            .map(|_| Oddity { field: "field".into(), problem: long(kind).chars().take(100).collect() })
            .collect();
        grant
    };
    (0..8).filter(|kind| *kind != 3).map(made).collect()
}
