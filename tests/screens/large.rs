//! A large body: no key does work that grows with it.

use grantdeck::app::requests::{
    CopyBody, FilterBody, FoldBody, Folded, OpenBody, SearchBody, Searched, WrapBody, Wrapped,
};
use grantdeck::app::{Answer, Discarded, Effect, Job, Msg, Slot};
use grantdeck::body::{Document, Search, View};

use super::calls::{answered, opened};
use super::stage::Stage;

/// A list of so many lists.
fn lists(count: usize) -> String {
    format!("[{}[0]]", "[1],".repeat(count))
}

/// A call whose large answer was read.
fn looked_at(body: &str) -> Stage {
    let mut stage = opened(120, 36);
    stage.press("s");
    stage.answer(Slot::Call, answered(200, body.as_bytes()));
    let Some(Job::OpenBody(OpenBody { body, content_type })) = newest(&stage, Slot::Body) else { panic!() };
    let document = Document::open(body.clone(), content_type.as_deref(), &|| false).unwrap();
    stage.answer(Slot::Body, Answer::OpenBody(document));
    stage
}

fn newest(stage: &Stage, slot: Slot) -> Option<&Job> {
    stage.pending.iter().rev().find_map(|effect| match effect {
        Effect::Start { ticket, job } if ticket.slot == slot => Some(job),
        _ => None,
    })
}

/// The first word of the line under the cursor of the body.
fn first_word(stage: &Stage) -> String {
    let picture = stage.picture();
    let line = picture.lines().rfind(|line| line.contains('▌')).unwrap();
    line.rsplit('▌').next().unwrap().split_whitespace().next().unwrap().to_owned()
}

/// Does the folding that was asked for.
fn fold(stage: &mut Stage) {
    let Some(Job::FoldBody(FoldBody { document, folds, steps })) = newest(stage, Slot::Folds) else {
        panic!("no folding")
    };
    let (document, mut folds) = (document.clone(), folds.clone());
    for step in steps {
        folds.apply(document.tape().unwrap(), *step);
    }
    stage.answer(Slot::Folds, Answer::FoldBody(Folded { document, folds }));
}

#[test]
fn folding_everything_is_work_for_elsewhere_and_the_cursor_stays() {
    let mut stage = looked_at(&lists(100_000));
    stage.press("G");
    stage.press("k");
    let before = stage.picture();
    stage.press("-");
    assert_eq!(stage.picture(), before, "nothing was folded by the key itself");
    // What is done meanwhile is not lost.
    stage.press("-");
    stage.press("k");
    fold(&mut stage);
    assert!(stage.picture().contains("[ … 1 element ]"), "{}", stage.picture());
    stage.press("+");
    fold(&mut stage);
    assert!(!stage.picture().contains("1 element"));
    assert!(!stage.model.shared.slots.is_open(Slot::Folds));
}

#[test]
fn one_fold_of_many_is_made_at_once_and_a_match_in_all_of_them_elsewhere() {
    let mut stage = looked_at(&lists(100_000));
    stage.press("j");
    stage.press("space");
    assert!(newest(&stage, Slot::Folds).is_none() && stage.picture().contains("1 element"));
    stage.press("-");
    fold(&mut stage);
    stage.press("g g");
    stage.press("space");
    fold(&mut stage);
    assert!(stage.picture().contains("100,001 elements"), "{}", stage.picture());
    stage.press("/");
    stage.type_text("0");
    found(&mut stage, usize::MAX, true);
    assert!(!stage.picture().contains("\n0"), "it is still hidden");
    fold(&mut stage);
    assert!(stage.picture().contains("1 of 1"), "{}", stage.picture());
    assert_eq!(first_word(&stage), "0");
}

/// Searches as far as `bytes` and tells.
fn found(stage: &mut Stage, bytes: usize, last: bool) {
    let Some(Job::SearchBody(SearchBody { document, needle, view })) = newest(stage, Slot::BodySearch) else {
        panic!("no search")
    };
    let mut search = Search::start(document, needle, *view).unwrap();
    search.step(bytes);
    stage.answer(Slot::BodySearch, Answer::SearchBody(Searched { found: search.into_found(), last }));
}

#[test]
fn a_search_reports_what_it_has_found_so_far_and_a_late_one_is_dropped() {
    let mut stage = looked_at(&lists(100_000));
    stage.press("/");
    stage.type_text("1");
    let late = stage.ticket(Slot::BodySearch);
    found(&mut stage, 402, false);
    assert!(stage.picture().contains("1 of 100+"), "{}", stage.picture());
    stage.type_text("]");
    assert!(stage.picture().contains("searching…"), "{}", stage.picture());
    let document = Document::open(b"111".to_vec().into(), None, &|| false).unwrap();
    let mut search = Search::start(&document, "1", View::Raw).unwrap();
    search.step(9);
    let answer = Box::new(Answer::SearchBody(Searched { found: search.into_found(), last: true }));
    stage.send(Msg::Answer { ticket: late, answer });
    assert!(stage.picture().contains("searching…"), "an answer for another needle");
    found(&mut stage, usize::MAX, true);
    assert!(stage.picture().contains("1 of 100,000"), "{}", stage.picture());
    stage.press("esc");
    assert!(!stage.model.shared.slots.is_open(Slot::BodySearch));
}

#[test]
fn a_search_that_is_dropped_is_cancelled() {
    let mut stage = looked_at(&lists(100_000));
    stage.press("/");
    stage.type_text("1");
    stage.press("backspace");
    assert!(stage.pending.contains(&Effect::Cancel(Slot::BodySearch)));
    assert!(!stage.model.shared.slots.is_open(Slot::BodySearch));
}

#[test]
fn rows_of_a_new_width_are_made_elsewhere_and_the_place_stays() {
    let lines: Vec<String> = (0..20_000).map(|number| format!("{number} {}", "word ".repeat(40))).collect();
    let mut stage = looked_at(&lines.join("\n"));
    for _ in 0..5 {
        stage.press("page-down");
    }
    let before = first_word(&stage);
    let wrap = |stage: &mut Stage| {
        let Some(Job::WrapBody(WrapBody { document, width })) = newest(stage, Slot::Wrap) else {
            panic!("no rows")
        };
        document.prepare(View::Raw, grantdeck::body::Fit::Wrap(*width));
        stage.answer(Slot::Wrap, Answer::WrapBody(Wrapped));
    };
    stage.press("w");
    assert_eq!(first_word(&stage), before);
    wrap(&mut stage);
    assert_eq!(first_word(&stage), before);
    assert!(stage.picture().contains("raw, wrapped"));
    stage.send(Msg::Resize { width: 140, height: 30 });
    assert_eq!(first_word(&stage), before, "lines are cut until the rows are there");
    wrap(&mut stage);
    assert_eq!(first_word(&stage), before);
}

#[test]
fn a_large_body_is_filtered_once_the_fingers_rest() {
    let mut stage = looked_at(&lists(100_000));
    stage.press("|");
    stage.type_text(".[0]");
    assert!(newest(&stage, Slot::Filter).is_none());
    let wake = stage.model.next_wake(stage.now).expect("it wants to be woken");
    stage.now.millis = wake;
    stage.send(Msg::Wake);
    assert!(
        matches!(newest(&stage, Slot::Filter), Some(Job::FilterBody(FilterBody { filter, .. })) if filter == ".[0]")
    );
}

#[test]
fn a_large_text_is_copied_elsewhere_and_let_go_of_elsewhere() {
    let mut stage = looked_at(&lists(100_000));
    stage.press("Y");
    assert!(matches!(newest(&stage, Slot::Clipboard), Some(Job::CopyBody(CopyBody { token: None, .. }))));
    stage.press("s");
    stage.answer(Slot::Call, answered(200, b"{}"));
    assert!(stage.pending.iter().any(|effect| matches!(effect, Effect::Discard(Discarded::Body(..)))));
}

#[test]
fn late_folds_and_matches_of_a_large_body_are_let_go_of_elsewhere() {
    let mut stage = looked_at(&lists(100_000));
    stage.press("-");
    let late = stage.ticket(Slot::Folds);
    let Some(Job::FoldBody(FoldBody { document, folds, .. })) = newest(&stage, Slot::Folds) else {
        panic!("no folding")
    };
    let (document, folds) = (document.clone(), folds.clone());
    stage.press("/");
    stage.type_text("1");
    let late_search = stage.ticket(Slot::BodySearch);
    let mut search = Search::start(&document, "1", View::Pretty).unwrap();
    search.step(9);
    let found = search.into_found();
    stage.press("esc");
    // As another call gives it up that takes the place of this one.
    stage.model.shared.slots.end(Slot::Folds);
    stage.pending.clear();
    let answer = Box::new(Answer::FoldBody(Folded { document: document.clone(), folds: folds.clone() }));
    stage.send(Msg::Answer { ticket: late, answer });
    let answer = Box::new(Answer::SearchBody(Searched { found: found.clone(), last: true }));
    stage.send(Msg::Answer { ticket: late_search, answer });
    let discarded: Vec<&Answer> = stage
        .pending
        .iter()
        .filter_map(|effect| match effect {
            Effect::Discard(Discarded::Answer(answer)) => Some(&**answer),
            _ => None,
        })
        .collect();
    let [Answer::FoldBody(late_folds), Answer::SearchBody(late_found)] = &*discarded else {
        panic!("{discarded:?}")
    };
    assert!(late_folds.document == document && late_folds.folds == folds);
    assert!(late_found.found == found);
}
