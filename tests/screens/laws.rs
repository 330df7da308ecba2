//! Laws that hold after any sequence of messages.

use grantdeck::app::requests::{
    CopyOut, CopyReport, FilterBody, Filtered, FoldBody, Folded, OpenBody, SaveBody, SearchBody, Searched,
    SendCall, WrapBody, Wrapped,
};
use grantdeck::app::{Answer, Discarded, Effect, Job, Msg, Slot, Ticket, input};
use grantdeck::body::{Document, Fit, Search, View};
use grantdeck::domain::listing::WalkSummary;
use grantdeck::domain::{
    Body, CallEvent, Clean, Code, Copied, CopyRoute, CopyText, Diagnosis, JqProblem, ListEvent, Retry, Saved,
    Who,
};
use proptest::prelude::*;

use super::bodies::held;
use super::calls::answered;
use super::connecting;
use super::stage::Stage;
use super::{fixtures, history};
use super::{revoking, testing};

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
    Done(bool),
    Fail,
    Stale,
    Wait(u64),
    Mouse(u16, u16, bool),
    Paste(String),
    /// What a call gives, and what is asked for after it.
    Call(CallEnding),
    Work(bool),
    /// Whatever was asked about smoke tests is answered.
    Smoke(u8),
    /// Whatever was asked about a link is answered.
    Link(u8),
    /// Whatever was asked about a revocation is answered.
    Revoke(u8),
    /// Whatever the history was asked is answered, from the nth call on.
    History(u8, bool),
}

/// What is told of a call that is under way.
#[derive(Clone, Copy, Debug)]
enum CallEnding {
    Json,
    Large,
    Text,
    Held,
    Failed,
}

const KEYS: [&str; 71] = [
    "m r",
    "m r",
    "m a",
    "t",
    "T",
    "b",
    "i",
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
    // On the screen of a call.
    "c",
    "s",
    "enter",
    "n",
    "N",
    "|",
    "/",
    "S",
    "y",
    "Y",
    "-",
    "+",
    "b",
    "e",
    "d",
    "m",
    "ctrl-s",
    "backspace",
];

/// Keys that begin or end a call, or open the history and what belongs to it.
const CALL_KEYS: [&str; 26] = [
    "R",
    "m n",
    "m r",
    "m a",
    "U",
    "n",
    "down",
    "shift-tab",
    "ctrl-z",
    "ctrl-s",
    "c",
    "s",
    "tab",
    "(",
    ")",
    "ctrl-r",
    "ctrl-r",
    "enter",
    "space",
    "d",
    "x",
    "X",
    "o",
    "esc",
    "/",
    "r",
];

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => prop::sample::select(&KEYS[..]).prop_map(Step::Key),
        6 => prop::sample::select(&CALL_KEYS[..]).prop_map(Step::Key),
        3 => (0u8..8, any::<bool>()).prop_map(|(which, well)| Step::History(which, well)),
        4 => any::<u8>().prop_map(Step::Smoke),
        4 => any::<u8>().prop_map(Step::Link),
        4 => any::<u8>().prop_map(Step::Revoke),
        2 => "[a-z0-9:@ -]{1,6}".prop_map(Step::Type),
        1 => (0u16..220, 0u16..60).prop_map(|(w, h)| Step::Resize(w, h)),
        3 => (0u128..60, 0u128..40, any::<bool>()).prop_map(|(from, count, more)| Step::Page { from, count, more }),
        1 => any::<bool>().prop_map(Step::Done),
        1 => Just(Step::Fail),
        1 => Just(Step::Stale),
        2 => (0u64..90_000).prop_map(Step::Wait),
        2 => (0u16..200, 0u16..50, any::<bool>()).prop_map(|(x, y, press)| Step::Mouse(x, y, press)),
        1 => "\\PC{0,12}".prop_map(Step::Paste),
        3 => prop::sample::select(&[CallEnding::Json, CallEnding::Json, CallEnding::Json, CallEnding::Large, CallEnding::Text, CallEnding::Held, CallEnding::Failed][..]).prop_map(Step::Call),
        3 => any::<bool>().prop_map(Step::Work),
    ]
}

fn perform(stage: &mut Stage, step: Step) {
    let walking = stage.model.shared.slots.is_open(Slot::Walk);
    match step {
        Step::Key(keys) => stage.press(keys),
        Step::Type(text) => stage.type_text(&text),
        Step::Resize(width, height) => stage.send(Msg::Resize { width, height }),
        Step::Page { from, count, more } if walking => {
            let mut grants = fixtures::crowd(from + count).split_off(from as usize);
            grants.extend(fixtures::company());
            grants.extend(fixtures::hostile());
            stage.page(grants, u64::from(more) * 500 + 120, more.then_some(100));
        }
        Step::Done(complete) if walking => {
            let summary = WalkSummary { unique: 60, total: 60, first_total: 61, repeated: 1, complete };
            stage.answer(Slot::Walk, Answer::WalkList(ListEvent::Done(summary)));
        }
        Step::Fail if walking => stage.fail(Diagnosis::new(Code::TimedOut, Who::Network, Retry::Later(None))),
        Step::Stale => {
            let (before, revision) = (stage.picture(), stage.model.revision);
            let ticket = Ticket { slot: Slot::Walk, epoch: 0 };
            let page = ListEvent::Page { grants: fixtures::crowd(99), offset: 0, total: 99, next: None };
            stage.send(Msg::Answer { ticket, answer: Box::new(Answer::WalkList(page)) });
            assert_eq!(stage.model.revision, revision, "a stale page changed something");
            assert_eq!(stage.picture(), before, "a stale page was taken in");
            assert!(
                matches!(stage.pending.last(), Some(Effect::Discard(Discarded::Answer(_)))),
                "a stale page was kept"
            );
        }
        Step::Wait(millis) => {
            stage.now.millis += millis;
            stage.send(Msg::Wake);
        }
        Step::Mouse(column, row, press) => {
            let kind = if press { input::MouseKind::Press } else { input::MouseKind::ScrollDown };
            stage.send(Msg::Mouse(input::Mouse { column, row, kind }));
        }
        Step::Link(which) => connecting::answer_any(stage, which),
        Step::Smoke(which) => testing::answer_any(stage, which),
        Step::Revoke(which) => revoking::answer_any(stage, which),
        Step::History(which, well) => history::answer_all(stage, which.into(), well),
        Step::Paste(text) => stage.send(Msg::Paste(text)),
        Step::Call(reported) if stage.model.shared.slots.is_open(Slot::Call) => end_call(stage, reported),
        Step::Work(well) => work(stage, well),
        Step::Call(_) | Step::Page { .. } | Step::Done { .. } | Step::Fail => {}
    }
}

fn end_call(stage: &mut Stage, reported: CallEnding) {
    let answer = match reported {
        CallEnding::Json => answered(200, "{\"a\":[1,{\"b\u{202e}\":null}],\"c\":\"j\\u001b\"}".as_bytes()),
        CallEnding::Large => answered(200, format!("[{}1]", "[1,[2]],".repeat(20_000)).as_bytes()),
        CallEnding::Text => answered(500, "<html>\u{1b}[31mno\u{7}\r\n\tj j".as_bytes()),
        CallEnding::Held => Answer::SendCall(CallEvent::Held(held())),
        CallEnding::Failed => Answer::SendCall(CallEvent::Failed(Diagnosis::new(
            Code::TimedOut,
            Who::Network,
            Retry::Later(None),
        ))),
    };
    let ticket = stage.ticket(Slot::Call);
    if stage.model.shared.slots.is_current(ticket) {
        stage.answer(Slot::Call, answer);
    }
}

/// Does the work over bodies that was asked for, well or badly.
fn work(stage: &mut Stage, well: bool) {
    for slot in
        [Slot::Body, Slot::BodySearch, Slot::Folds, Slot::Wrap, Slot::Filter, Slot::Save, Slot::Clipboard]
    {
        if !stage.model.shared.slots.is_open(slot) {
            continue;
        }
        let newest = stage.pending.iter().rev().find_map(|effect| match effect {
            Effect::Start { ticket, job } if ticket.slot == slot => Some(done(job, well)),
            Effect::Start { ticket, job: Job::CopyOut(CopyOut(text)) } if ticket.slot == slot => {
                Some(shown(text))
            }
            _ => None,
        });
        if let Some(answer) = newest {
            stage.answer(slot, answer);
        }
    }
}

fn shown(text: &CopyText) -> Answer {
    let copied = Copied { route: CopyRoute::Shown, verified: false, clears_after: None, note: None };
    Answer::CopyOut(CopyReport {
        label: text.label.clone(),
        result: Ok(copied),
        shown: Some(text.clone()),
        ids: [].into(),
    })
}

fn done(job: &Job, well: bool) -> Answer {
    let problem = Diagnosis::new(Code::FolderMissing, Who::You, Retry::AfterRemedy);
    let open = |body: &Body| Document::open(body.clone(), None, &|| false).unwrap();
    match job {
        Job::OpenBody(OpenBody { body, .. }) => Answer::OpenBody(open(body)),
        Job::SearchBody(SearchBody { document, needle, view }) => {
            let mut search = Search::start(document, needle, *view).unwrap();
            search.step(if well { usize::MAX } else { 100 });
            Answer::SearchBody(Searched { found: search.into_found(), last: well })
        }
        Job::FoldBody(FoldBody { document, folds, steps }) => {
            let mut folds = folds.clone();
            for step in steps {
                folds.apply(document.tape().unwrap(), *step);
            }
            Answer::FoldBody(Folded { document: document.clone(), folds })
        }
        Job::WrapBody(WrapBody { document, width }) => {
            document.prepare(View::Raw, Fit::Wrap(*width));
            Answer::WrapBody(Wrapped)
        }
        Job::FilterBody(FilterBody { input, .. }) if well => {
            Answer::FilterBody(Ok(Filtered { document: open(input), values: 1, truncated: false }))
        }
        Job::FilterBody(FilterBody { filter, .. }) => {
            let message = Clean::line(&format!("jq: {filter}"));
            Answer::FilterBody(Err(JqProblem { message, at: Some(filter.len()) }))
        }
        Job::SaveBody(SaveBody { path, replace, .. }) if well && *replace => {
            Answer::SaveBody(Ok(Saved::Written { path: Clean::line(path), bytes: 1 }))
        }
        Job::SaveBody(SaveBody { path, .. }) if well => {
            Answer::SaveBody(Ok(Saved::Exists { path: Clean::line(path), bytes: 1 }))
        }
        Job::CopyBody(_) => Answer::CopyOut(CopyReport {
            label: Clean::line("it"),
            result: Err(problem),
            shown: None,
            ids: [].into(),
        }),
        _ => Answer::SaveBody(Err(problem)),
    }
}

fn check(stage: &mut Stage) {
    // Each screen says what always holds of it: where its cursor is, what is marked, that counts add up.
    assert_eq!(stage.model.flaw(), None);
    // A call with a grant that the list does not have is never sent.
    for effect in &stage.pending {
        if let Effect::Start { job: Job::SendCall(SendCall(request)), .. } = effect {
            assert_ne!(request.draft.grant, fixtures::id(77), "an id that was not checked was used");
            assert!(request.permit.is_some() || !request.draft.is_write(), "a write without a yes");
        }
    }
    // No effect carries a ticket of the future.
    for effect in &stage.pending {
        if let Effect::Start { ticket, .. } = effect {
            assert!(ticket.epoch > 0);
        }
    }
    // Nothing is shown that is not text.
    let picture = stage.picture();
    for character in picture.chars() {
        assert!(character == '\n' || !character.is_control(), "{character:?} reached the screen");
        assert!(
            !matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        );
    }
    // A wake in the past is asked for once: when it has come, time moves on.
    if stage.model.next_wake(stage.now).is_some_and(|at| at <= stage.now.millis) {
        stage.send(Msg::Wake);
        let again = stage.model.next_wake(stage.now);
        assert!(again.is_none_or(|at| at > stage.now.millis), "a wake in the past: {again:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_messages_keeps_the_laws(steps in prop::collection::vec(step(), 1..40)) {
        let mut stage = Stage::open(120, 36);
        for step in steps {
            perform(&mut stage, step);
            check(&mut stage);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn a_revocation_keeps_them_too(marked in any::<bool>(), steps in prop::collection::vec(step(), 1..40)) {
        let mut stage = if marked { revoking::many(80, 24, 30) } else { revoking::one(60, 16) };
        revoking::confirm(&mut stage, marked.then_some("30"));
        for step in steps {
            perform(&mut stage, step);
            check(&mut stage);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn a_call_keeps_them_too(steps in prop::collection::vec(step(), 1..40)) {
        let mut stage = super::calls::opened(120, 36);
        stage.press("s");
        end_call(&mut stage, CallEnding::Json);
        for step in steps {
            perform(&mut stage, step);
            check(&mut stage);
        }
    }
}
