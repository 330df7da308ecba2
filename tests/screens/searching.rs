//! What the search line says about itself, and about what it found.

use super::stage::{Stage, loaded};

fn last_line(stage: &Stage) -> String {
    stage.picture().lines().last().unwrap_or_default().to_owned()
}

#[test]
fn a_search_that_was_not_understood_says_so_as_long_as_it_is_in_use() {
    for (typed, message) in [
        ("google -health:brokn", "-health:brokn: no such health, did you mean -health:broken?"),
        ("health:reconnect,brokn", "health:brokn: no such health, did you mean health:broken?"),
        ("google provder:x", "provder:x: unknown filter"),
    ] {
        let mut stage = loaded();
        stage.press("/");
        stage.type_text(typed);
        assert!(last_line(&stage).contains(message), "{}", last_line(&stage));
        stage.press("enter");
        assert!(last_line(&stage).contains(message), "{}", last_line(&stage));
        stage.press("j");
        assert!(last_line(&stage).contains(message), "{}", last_line(&stage));
        stage.press("x");
        assert!(!last_line(&stage).contains("no such"), "{}", last_line(&stage));
    }
}

#[test]
fn results_say_that_the_best_comes_first() {
    let mut stage = loaded();
    stage.press("/");
    stage.type_text("acme");
    stage.press("enter");
    assert!(stage.picture().contains("“acme” · best match first"), "{}", stage.picture());
    stage.press("W");
    assert!(!stage.picture().contains("best match first"), "{}", stage.picture());
}

#[test]
fn counts_look_the_same_whatever_narrows_the_list() {
    let mut stage = loaded();
    assert!(stage.picture().contains(" 1–8 of 8 ─"), "{}", stage.picture());
    stage.press("l");
    assert!(stage.picture().contains(" 1–2 of 2 in 8 ─"), "{}", stage.picture());
    stage.press("x W / a c m e enter");
    assert!(stage.picture().contains(" 1–6 of 6 in 8 ─"), "{}", stage.picture());
}

#[test]
fn a_word_that_looks_like_a_facet_is_named_only_where_nothing_was_found() {
    let mut stage = loaded();
    stage.press("/");
    stage.type_text("chat:write");
    assert_eq!(stage.model.grants.shown(), 1);
    assert!(!stage.picture().contains("unknown filter"), "{}", stage.picture());
    stage.type_text("x");
    assert_eq!(stage.model.grants.shown(), 0);
    assert!(stage.picture().contains("chat:writex: unknown filter, searched as text"), "{}", stage.picture());
}
