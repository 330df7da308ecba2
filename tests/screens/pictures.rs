//! Pictures of the screens at every size: read before they are accepted.

use grantdeck::app::{Answer, Slot};
use grantdeck::domain::{Code, Diagnosis, ListEvent, Retry, Who};
use insta::assert_snapshot;

use super::fixtures;
use super::stage::Stage;

const SIZES: [(u16, u16); 4] = [(200, 50), (120, 36), (80, 24), (60, 16)];
/// The largest layout that is promised.
const LARGEST: (u16, u16) = (250, 70);

fn company(width: u16, height: u16) -> Stage {
    let mut stage = Stage::open(width, height);
    stage.page(fixtures::company(), 8, None);
    stage.done(8);
    stage.names(fixtures::catalog(), fixtures::agents());
    stage
}

fn named(what: &str, (width, height): (u16, u16)) -> String {
    format!("{what}_{width}x{height}")
}

#[test]
fn the_list_with_some_grants() {
    for size in SIZES.into_iter().chain([LARGEST]) {
        assert_snapshot!(named("some", size), company(size.0, size.1).picture());
    }
}

#[test]
fn the_detail_alone() {
    for size in SIZES {
        let mut stage = company(size.0, size.1);
        stage.press("enter");
        assert_snapshot!(named("detail", size), stage.picture());
    }
}

#[test]
fn before_anything_is_known() {
    for size in SIZES {
        assert_snapshot!(named("opening", size), Stage::new(size.0, size.1).picture());
    }
}

#[test]
fn loading_with_and_without_patience() {
    for size in SIZES {
        let mut stage = Stage::open(size.0, size.1);
        stage.now.millis += 7_200;
        assert_snapshot!(named("loading_slow", size), stage.picture());
        stage.page(fixtures::crowd(300), 4_112, Some(300));
        assert_snapshot!(named("loading_some", size), stage.picture());
    }
}

#[test]
fn an_empty_account() {
    for size in SIZES {
        let mut stage = Stage::open(size.0, size.1);
        stage.page(Vec::new(), 0, None);
        stage.done(0);
        assert_snapshot!(named("empty", size), stage.picture());
    }
}

#[test]
fn failures_say_who_and_what_to_do() {
    for size in SIZES {
        let mut stage = Stage::open(size.0, size.1);
        let revoked = Diagnosis::new(Code::KeyRevoked, Who::Alter, Retry::No)
            .said("This key was revoked by an operator.")
            .fact("status", "401");
        stage.fail(revoked.clone());
        assert_snapshot!(named("failed", size), stage.picture());
        let mut stage = company(size.0, size.1);
        stage.press("r");
        stage.fail(revoked);
        assert_snapshot!(named("failed_with_rows", size), stage.picture());
        let mut stage = Stage::open(size.0, size.1);
        let reason = Diagnosis::new(Code::RateLimitExceeded, Who::Alter, Retry::Later(None));
        stage.answer(Slot::Walk, Answer::WalkList(ListEvent::Waiting { reason, millis: 12_000 }));
        assert_snapshot!(named("waiting", size), stage.picture());
        let mut stage = Stage::new(size.0, size.1);
        let missing = Diagnosis::new(Code::KeyMissing, Who::You, Retry::AfterRemedy);
        stage.answer(Slot::Session, Answer::OpenSession(Err(missing)));
        assert_snapshot!(named("no_key", size), stage.picture());
    }
}

#[test]
fn hostile_and_wide_names() {
    for size in SIZES {
        let mut stage = Stage::open(size.0, size.1);
        stage.page(fixtures::hostile(), 9, None);
        stage.done(9);
        assert_snapshot!(named("hostile", size), stage.picture());
        stage.press("enter");
        assert_snapshot!(named("hostile_detail", size), stage.picture());
    }
}

#[test]
fn many_grants_filtered_and_searched() {
    for size in SIZES {
        let mut stage = Stage::open(size.0, size.1);
        stage.page(fixtures::crowd(1_000), 4_112, Some(1_000));
        stage.press("ctrl-d");
        stage.press("space");
        stage.press("]");
        assert_snapshot!(named("many", size), stage.picture());
        stage.press("/");
        stage.type_text("person42 goo");
        assert_snapshot!(named("searching", size), stage.picture());
        stage.press("enter");
        stage.press("W");
        assert_snapshot!(named("searched", size), stage.picture());
    }
}

#[test]
fn what_pops_up() {
    for size in SIZES {
        for (name, keys, text) in [
            ("help", "?", ""),
            ("palette", ":", "so"),
            ("providers", "p", ""),
            ("filters", "f", ""),
            ("health", "H", ""),
            ("sort", "s", ""),
            ("columns", "C", ""),
        ] {
            let mut stage = company(size.0, size.1);
            stage.press(keys);
            stage.type_text(text);
            assert_snapshot!(named(name, size), stage.picture());
        }
    }
}

#[test]
fn privacy_and_tree() {
    for size in SIZES {
        let mut stage = company(size.0, size.1);
        stage.press("v");
        assert_snapshot!(named("tree", size), stage.picture());
        stage.press("z");
        assert_snapshot!(named("private", size), stage.picture());
    }
}

#[test]
fn a_refresh_marks_what_changed() {
    let mut stage = company(120, 36);
    stage.press("r");
    let mut later = fixtures::company();
    later.remove(6);
    later[0].needs_reconnect = true;
    later.push(fixtures::oauth(50, "zoom", "new@acme.com"));
    stage.page(later, 8, None);
    stage.done(8);
    assert_snapshot!("refreshed", stage.picture());
}

#[test]
fn too_small_says_so() {
    for (width, height) in [(59, 16), (60, 15), (20, 5), (3, 1)] {
        assert_snapshot!(named("small", (width, height)), Stage::new(width, height).picture());
    }
}

#[test]
fn the_welcome_is_whole_in_the_smallest_terminal() {
    let mut stage = Stage::new(60, 16);
    let missing = Diagnosis::new(Code::KeyMissing, Who::You, Retry::AfterRemedy);
    stage.answer(Slot::Session, Answer::OpenSession(Err(missing)));
    let words = stage.picture().split_whitespace().collect::<Vec<_>>().join(" ");
    for want in ["D try the demo", "I type a key", "@ choose", "ALTER_API_KEY", "profiles add`."] {
        assert!(words.contains(want), "{want}\n{}", stage.picture());
    }
}
