//! Laws that hold after any sequence of messages.

use grantdeck::app::{Answer, Effect, Msg, Slot, Ticket, input};
use grantdeck::domain::listing::WalkSummary;
use grantdeck::domain::{Code, Diagnosis, ListEvent, Retry, Who};
use proptest::prelude::*;

use super::cast;
use super::history;
use super::stage::Stage;

/// What a test does next.
#[derive(Clone, Debug)]
enum Step {
    Key(&'static str),
    Type(String),
    Resize(u16, u16),
    Page {
        from: u128,
        count: u128,
        more: bool,
    },
    Done {
        complete: bool,
    },
    Fail,
    Stale,
    Wait(u64),
    Mouse(u16, u16, bool),
    Paste(String),
    /// Whatever the history was asked is answered, from the nth call on.
    History(u8, bool),
}

const KEYS: [&str; 46] = [
    "j",
    "k",
    "down",
    "up",
    "g g",
    "G",
    "ctrl-d",
    "ctrl-u",
    "]",
    "[",
    "page-down",
    "page-up",
    "tab",
    "enter",
    "esc",
    "/",
    "p",
    "h",
    "l",
    "f",
    "a",
    "L",
    "H",
    "K",
    "F",
    "x",
    "s",
    "S",
    "W",
    "C",
    "space",
    "*",
    "u",
    "M",
    "v",
    "P",
    "r",
    "w",
    "o",
    "z",
    "?",
    ":",
    "ctrl-t",
    "ctrl-x",
    "g",
    "alt-down",
];

/// Keys that begin or end a call, or open the history and what belongs to it.
const CALL_KEYS: [&str; 16] =
    ["c", "s", "tab", "(", ")", "ctrl-r", "ctrl-r", "enter", "space", "d", "x", "X", "o", "esc", "/", "r"];

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => prop::sample::select(&KEYS[..]).prop_map(Step::Key),
        6 => prop::sample::select(&CALL_KEYS[..]).prop_map(Step::Key),
        3 => (0u8..8, any::<bool>()).prop_map(|(which, well)| Step::History(which, well)),
        2 => "[a-z0-9:@ -]{1,6}".prop_map(Step::Type),
        1 => (0u16..220, 0u16..60).prop_map(|(w, h)| Step::Resize(w, h)),
        3 => (0u128..60, 0u128..40, any::<bool>()).prop_map(|(from, count, more)| Step::Page { from, count, more }),
        1 => any::<bool>().prop_map(|complete| Step::Done { complete }),
        1 => Just(Step::Fail),
        1 => Just(Step::Stale),
        2 => (0u64..90_000).prop_map(Step::Wait),
        2 => (0u16..200, 0u16..50, any::<bool>()).prop_map(|(x, y, press)| Step::Mouse(x, y, press)),
        1 => "\\PC{0,12}".prop_map(Step::Paste),
    ]
}

fn perform(stage: &mut Stage, step: Step) {
    let walking = stage.model.slots.is_open(Slot::Walk);
    match step {
        Step::Key(keys) => stage.press(keys),
        Step::Type(text) => stage.type_text(&text),
        Step::Resize(width, height) => stage.send(Msg::Resize { width, height }),
        Step::Page { from, count, more } if walking => {
            let mut grants = cast::crowd(from + count).split_off(from as usize);
            grants.extend(cast::company());
            grants.extend(cast::hostile());
            stage.page(grants, u64::from(more) * 500 + 120, more.then_some(100));
        }
        Step::Done { complete } if walking => {
            let summary = WalkSummary { unique: 60, total: 60, first_total: 61, repeated: 1, complete };
            stage.answer(Slot::Walk, Answer::List(ListEvent::Done(summary)));
        }
        Step::Fail if walking => stage.fail(Diagnosis::new(Code::TimedOut, Who::Network, Retry::Later(None))),
        Step::Stale => {
            let before = stage.model.grants.rows.len();
            let ticket = Ticket { slot: Slot::Walk, epoch: 0 };
            let page = ListEvent::Page { grants: cast::crowd(99), offset: 0, total: 99, next: None };
            stage.send(Msg::Answer { ticket, answer: Box::new(Answer::List(page)) });
            assert_eq!(stage.model.grants.rows.len(), before, "a stale page was taken in");
        }
        Step::Wait(millis) => {
            stage.now.millis += millis;
            stage.send(Msg::Wake);
        }
        Step::Mouse(column, row, press) => {
            let kind = if press { input::MouseKind::Press } else { input::MouseKind::ScrollDown };
            stage.send(Msg::Mouse(input::Mouse { column, row, kind }));
        }
        Step::History(which, well) => history::answer_all(stage, which.into(), well),
        Step::Paste(text) => stage.send(Msg::Paste(text)),
        Step::Page { .. } | Step::Done { .. } | Step::Fail => {}
    }
}

fn check(stage: &Stage) {
    let model = &stage.model;
    let grants = &model.grants;
    let shown = grants.shown();
    // The cursor is on a shown row, or there is none.
    match grants.cursor {
        None => assert_eq!(shown, 0, "rows are shown and none is under the cursor"),
        Some(row) => {
            assert!(grants.place < shown, "the cursor is past the end");
            assert_eq!(grants.at(grants.place).map(|grant| grant.row), Some(row), "place and row disagree");
        }
    }
    // It is in the window.
    let height = model.list_height();
    if height > 0 && shown > 0 {
        assert!(
            (grants.offset..grants.offset + height).contains(&grants.place),
            "the cursor is out of sight"
        );
    }
    // Marks and change marks are on rows.
    for row in grants.marks.iter().chain(grants.changes.keys()) {
        assert!(grants.rows.position(*row).is_some(), "a mark on a row that is not there");
    }
    // The cursor of the history is on a call and in the window, and only two calls are marked.
    let history = &model.history;
    assert!(history.place < history.rows.len().max(1), "the cursor is past the last call");
    assert!(history.offset <= history.place && history.marks.len() <= 2);
    let ordered = history.rows.windows(2).all(|pair| pair[0].id > pair[1].id);
    assert!(ordered, "calls are shown twice or in another order");
    // A call with a grant that the list does not have is never sent.
    for wish in &stage.wishes {
        if let Effect::Start { job: grantdeck::app::Job::Call(request), .. } = wish {
            assert_ne!(request.draft.grant, cast::id(77), "an id that was not checked was used");
            assert!(request.permit.is_some() || !request.draft.is_write(), "a write without a yes");
        }
    }
    // Counts add up.
    let counted: u32 = grants.per_provider.values().sum();
    assert_eq!(counted as usize, grants.rows.len(), "the chips miscount");
    // No wish carries a ticket of the future, and nothing is shown that is not text.
    for wish in &stage.wishes {
        if let Effect::Start { ticket, .. } = wish {
            assert!(ticket.epoch > 0);
        }
    }
    for character in stage.picture().chars() {
        assert!(character == '\n' || !character.is_control(), "{character:?} reached the screen");
        assert!(
            !matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        );
    }
    // A wake is never asked for in the past for ever: after it, time moves on.
    if let Some(at) = model.next_wake(stage.now) {
        assert!(
            at > stage.now.millis || model.toasts.current().is_some() || grants.watch.is_some(),
            "a wake in the past"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_messages_keeps_the_laws(steps in prop::collection::vec(step(), 1..40)) {
        let mut stage = Stage::open(120, 36);
        for step in steps {
            perform(&mut stage, step);
            check(&stage);
        }
    }
}
