//! What the lists of filter values offer and count.

use grantdeck::app::nav::View;
use grantdeck::app::screens::pick::Pick;

use super::fixtures;
use super::stage::{Stage, loaded};

fn open(stage: &Stage) -> &Pick {
    let Some(View::Pick(pick)) = stage.model.shared.nav.popups().last() else { panic!("no list is open") };
    pick
}

/// The values with their counts.
fn values(stage: &Stage) -> Vec<(String, String)> {
    open(stage).items.iter().map(|item| (item.label.to_string(), item.right.to_string())).collect()
}

fn count(stage: &Stage, value: &str) -> String {
    let values = values(stage);
    let found = values.iter().find(|(label, _)| label == value);
    found.unwrap_or_else(|| panic!("{value} is not offered: {values:?}")).1.clone()
}

#[test]
fn values_are_counted_among_the_rows_that_the_other_filters_let_through() {
    let mut stage = loaded();
    stage.press("H");
    assert_eq!(count(&stage, "broken"), "5");
    assert!(open(&stage).title.contains("in 8 loaded"));
    stage.press("esc l H");
    assert_eq!(count(&stage, "broken"), "1", "of google's two");
    assert!(open(&stage).title.contains("in 2 loaded"));
    stage.press("esc K");
    assert_eq!((count(&stage, "oauth"), count(&stage, "managed_secret")), ("2".into(), "0".into()));
    stage.press("esc L");
    assert_eq!(count(&stage, "calendar"), "1");
}

#[test]
fn every_status_that_is_here_is_offered() {
    let mut stage = loaded();
    stage.press("F");
    assert_eq!(count(&stage, "deprovisioned"), "1");
    assert_eq!(count(&stage, "active"), "5");
    assert_eq!(count(&stage, "expired"), "1");
    let mut stage = Stage::open(120, 36);
    stage.page(fixtures::crowd(100), 4_112, Some(100));
    stage.press("F");
    assert_eq!(count(&stage, "active"), "100+", "the rest is not here yet");
}

#[test]
fn the_line_for_any_is_no_value() {
    let mut stage = Stage::open(120, 36);
    let rows = (0..20).map(|n| fixtures::oauth(n, &format!("provider{n:02}"), "someone"));
    stage.page(rows.collect(), 20, None);
    stage.done(20);
    stage.press("p");
    assert!(stage.picture().contains("╭ Filter by provider "), "{}", stage.picture());
    assert!(stage.picture().contains(" 20 ─╮"), "{}", stage.picture());
    stage.press("end");
    assert!(stage.picture().contains(" 20 of 20 ─╮"), "{}", stage.picture());
}
