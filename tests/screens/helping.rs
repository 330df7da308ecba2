//! Help opens wherever its key is offered, and goes back to what it was opened over.

use grantdeck::app::nav::Kind;
use grantdeck::app::{Answer, Slot};
use grantdeck::domain::{Code, Diagnosis, Retry, Who};

use super::stage::Stage;
use super::{calls, copying, history, scanning};

/// A name, the screen, and the keys that lead from it to what pops up.
type Place = (&'static str, fn() -> Stage, &'static str);

const PLACES: &[Place] = &[
    ("the copy menu", || copying::listed(120, 36), "Y"),
    ("changes of files", || scanning::scanned(120, 36), "s"),
    ("pickers", || copying::listed(120, 36), "C"),
    ("questions", || history::opened(120, 36), "x"),
    ("questions", sending, "q"),
];

fn sending() -> Stage {
    let mut stage = calls::opened(120, 36);
    stage.press("s");
    stage
}

#[test]
fn help_opens_over_what_pops_up_and_leads_back_to_it() {
    for (name, screen, key) in PLACES {
        let mut stage = screen();
        stage.press(key);
        let below = stage.model.shared.nav.top().kind();
        assert!(below.pops_up(), "{name}: {}", stage.picture());
        let before = stage.picture();
        for close in ["?", "esc", "q"] {
            stage.press("?");
            assert_eq!(stage.model.shared.nav.top().kind(), Kind::Help, "{name}: {}", stage.picture());
            assert!(stage.picture().contains(&format!("Keys of {name}")), "{}", stage.picture());
            stage.press(close);
            assert_eq!(stage.model.shared.nav.top().kind(), below, "{name}: {close}");
        }
        assert_eq!(stage.picture(), before, "{name}");
    }
}

#[test]
fn help_lists_the_keys_of_the_welcome_screen_only_there() {
    let lists = |stage: &mut Stage| {
        stage.press("?");
        (0..8).any(|_| {
            let found = stage.picture().contains("Open the demo (no account");
            stage.press("page-down");
            found
        })
    };
    assert!(!lists(&mut copying::listed(120, 36)));
    let mut stage = Stage::new(120, 36);
    let failed = Diagnosis::new(Code::KeyMissing, Who::You, Retry::AfterRemedy);
    stage.answer(Slot::Session, Answer::OpenSession(Err(failed)));
    assert!(lists(&mut stage), "{}", stage.picture());
}

#[test]
fn no_sentence_of_the_help_is_cut() {
    for (width, height) in [(60, 16), (80, 24)] {
        let mut stage = copying::listed(width, height);
        stage.press("?");
        let mut seen = String::new();
        for _ in 0..200 {
            seen.push_str(&stage.picture());
            stage.press("j");
        }
        let cut =
            seen.lines().find(|line| line.contains('│') && line.contains('…') && !line.contains("more"));
        assert_eq!(cut, None, "{width}x{height}");
        assert!(seen.contains("Search account") && seen.contains("Quit grantdeck."), "{seen}");
    }
}
