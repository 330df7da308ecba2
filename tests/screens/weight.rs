//! Names of a megabyte, policies of five and hundreds of thousands of scopes: no key does work that grows with what
//! somebody else sends.

use std::sync::Arc;

use grantdeck::app::screens::detail::content;
use grantdeck::domain::clean::work;
use grantdeck::domain::{AccessVia, Grant, GrantKind, JsonText, Moment, Oddity, PrincipalType, Status};

use super::cast;
use super::stage::Stage;

const MEGABYTE: usize = 1 << 20;

/// What a frame may clean and measure, in bytes: a screen of names that are cut, each measured more than once. Without the
/// cuts it is a hundred times as much.
const FRAME: usize = 2 * MEGABYTE;

/// Texts that are long in each way that costs: plain, of wide and of stacked characters, of joints, of one word.
fn long(kind: usize) -> String {
    let piece = ["a", "é", "日本", "e\u{301}\u{301}", "a-", "a.b@", "\u{1b}[2J", "a b "][kind % 8];
    piece.repeat(MEGABYTE / piece.len())
}

/// Grants that weigh as much as they can.
fn heavy() -> Vec<Grant> {
    let many: Arc<[Arc<str>]> = (0..200_000).map(|n| Arc::from(format!("https://scopes.test/{n}"))).collect();
    let policy = format!("{{\"requires_approval\":[{}1]}}", "\"x\",".repeat(1_200_000));
    let made = |kind: usize| {
        let (text, is_even) = (long(kind), kind.is_multiple_of(2));
        let mut grant = cast::oauth(10 + kind as u128, if is_even { "google" } else { &text }, &text);
        grant.label = Some(text.as_str().into());
        grant.account_display_name = Some(long(kind + 1).as_str().into());
        grant.status = Status::new(&text);
        grant.principal_type = PrincipalType::new(&text);
        grant.access_via = AccessVia::Other(text.as_str().into());
        grant.last_used_at = Some(Moment::new(&text));
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

/// Does something, draws, and answers how many bytes were looked at.
fn weighed(stage: &mut Stage, press: impl FnOnce(&mut Stage)) -> usize {
    work::take();
    press(stage);
    stage.picture();
    work::take()
}

#[test]
fn no_key_grows_with_what_others_send() {
    let grants = heavy();
    for (width, height) in [(200, 50), (80, 24)] {
        let mut stage = Stage::open(width, height);
        stage.names(cast::catalog(), cast::agents());
        let total = grants.len() as u64;
        stage.page(grants.clone(), total, None);
        stage.done(total);
        let keys = [
            "j", "j", "k", "tab", "j", "G", "tab", "j", "enter", "j", "ctrl-d", "G", "esc", "z", "j",
            "enter", "j", "esc", "z", "/", "a", "enter", "j", "esc", "j", "Y", "j", "j", "esc", "space", "j",
            "?", "esc",
        ];
        for (place, key) in keys.into_iter().enumerate() {
            let bytes = weighed(&mut stage, |stage| stage.press(key));
            assert!(bytes < FRAME, "{width} {place} {key}: {bytes} bytes");
            let lines = content::lines(&stage.model, width / 2, stage.now).len();
            assert!(lines < 3_000, "{key}: {lines} lines of detail");
        }
    }
}

/// What is cut is said, and where the rest is.
#[test]
fn what_is_left_out_of_the_detail_is_said() {
    let mut stage = Stage::open(120, 400);
    stage.page(heavy().split_off(0), 7, None);
    stage.done(7);
    stage.press("enter");
    let picture = stage.picture();
    for said in ["200,000 held", "and 199,800 more; grantdeck show", "too long to show here; grantdeck show"]
    {
        assert!(picture.contains(said), "{said}: {picture}");
    }
}
