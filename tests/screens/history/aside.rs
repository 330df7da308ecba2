//! What takes the place of another call: no answer, question or memory of the one is for the other.

use grantdeck::app::nav::View;
use grantdeck::app::requests::{Filtered, OpenBody};
use grantdeck::app::screens::confirm::{Confirm, Then};
use grantdeck::app::{Discarded, Msg, Ticket};
use grantdeck::body::Document;

use super::super::calls;
use super::*;

/// The list of grants with a call over it that was answered.
fn called(body: &[u8]) -> Stage {
    let mut stage = calls::opened(120, 36);
    stage.press("s");
    stage.answer(Slot::Call, calls::answered(200, body));
    stage
}

fn late(stage: &mut Stage, ticket: Ticket, answer: Answer) {
    stage.send(Msg::Answer { ticket, answer: Box::new(answer) });
}

fn gives(text: &str) -> Answer {
    let document = Document::open(text.as_bytes().to_vec().into(), None, &|| false).unwrap();
    Answer::FilterBody(Ok(Filtered { document, values: 1, truncated: false }))
}

#[test]
fn what_a_filter_gives_for_a_past_call_is_not_shown_for_another() {
    let mut stage = called(b"{\"mine\":1}");
    stage.press("|");
    stage.type_text(".mine");
    stage.answer(Slot::Filter, gives("1\n"));
    stage.press("enter");
    stage.press("ctrl-r");
    stage.answer(Slot::Records, page(summaries()));
    looked_at(&mut stage, 1);
    stage.press("|");
    stage.type_text(".items");
    stage.press("enter");
    let ticket = stage.ticket(Slot::Filter);
    stage.press("tab");
    stage.press("esc");
    assert_eq!(stage.model.shared.nav.screen(), Kind::History);
    late(&mut stage, ticket, gives("\"of the past call\"\n"));
    stage.press("esc");
    let picture = stage.picture();
    assert!(picture.contains("| .mine") && !picture.contains("of the past call"), "{picture}");
}

/// A call that may change something, looked at from the list, and the record of another one on its way.
fn asked_beside() -> (Stage, Ticket) {
    let mut stage = opened(120, 36);
    looked_at(&mut stage, 2);
    stage.press("(");
    let ticket = stage.ticket(Slot::Record);
    (stage, ticket)
}

fn record_of(at: usize) -> Answer {
    let (id, record) = calls().swap_remove(at);
    Answer::ReadRecord(Ok(Some((id, Box::new(record)))))
}

#[test]
fn a_past_call_that_arrives_while_it_is_asked_whether_to_send_does_not_take_the_calls_place() {
    let (mut stage, ticket) = asked_beside();
    stage.press("s");
    assert!(stage.picture().contains("may change data?"), "{}", stage.picture());
    assert!(
        !stage.model.shared.slots.is_open(Slot::Record)
            && stage.pending.contains(&Effect::Cancel(Slot::Record))
    );
    late(&mut stage, ticket, record_of(0));
    stage.decide("y");
    let calls = sent(&stage);
    assert_eq!(calls.len(), 1);
    assert_eq!((calls[0].draft.grant, calls[0].provider.as_deref()), (fixtures::id(3), Some("slack")));
}

#[test]
fn no_past_call_takes_the_place_of_one_that_a_question_is_about() {
    let (mut stage, _) = asked_beside();
    let before = stage.model.call.as_ref().unwrap().composer.draft().clone();
    for then in [Then::Send(Box::new(before.clone())), Then::AllowHost("slack.com".to_owned())] {
        stage.press("(");
        stage.model.shared.nav.push(View::Confirm(Box::new(Confirm::new(
            "Send?",
            Vec::new(),
            "send it",
            then,
        ))));
        stage.answer(Slot::Record, record_of(0));
        assert_eq!(stage.model.call.as_ref().unwrap().composer.draft(), &before);
        stage.press("esc");
    }
}

/// How often something large was handed to elsewhere, to be forgotten there.
fn release(stage: &Stage) -> usize {
    stage.pending.iter().filter(|effect| matches!(effect, Effect::Discard(Discarded::Body(..)))).count()
}

/// An answer that is too large to be given back while a key waits, and read.
fn large(stage: &mut Stage, record: CallRecord) {
    let body = format!("[{}[0]]", "[1],".repeat(100_000));
    let record = CallRecord { outcome: answered(200, 200, &body), ..record };
    stage.answer(Slot::Record, Answer::ReadRecord(Ok(Some((RecordId(5), Box::new(record))))));
    read(stage);
}

fn read(stage: &mut Stage) {
    let opened = jobs(stage, |job| match job {
        Job::OpenBody(OpenBody { body, .. }) => Document::open(body.clone(), None, &|| false),
        _ => None,
    });
    let document = opened.into_iter().next_back().unwrap();
    stage.answer(Slot::Body, Answer::OpenBody(document));
}

/// Changes the method of the call on the screen.
fn compose(stage: &mut Stage, method: &str) {
    stage.press("tab");
    stage.press("g g");
    calls::method(stage, method);
    stage.press("tab");
}

#[test]
fn a_large_past_call_is_forgotten_elsewhere() {
    let mut stage = opened(120, 36);
    stage.press("enter");
    large(&mut stage, calls().swap_remove(0).1);
    stage.press("(");
    assert_eq!(release(&stage), 0);
    answer_record(&mut stage, 1);
    assert_eq!(release(&stage), 1, "another past call takes its place");
    stage.press(")");
    large(&mut stage, calls().swap_remove(0).1);
    stage.press("esc");
    assert_eq!((stage.model.shared.nav.screen(), release(&stage)), (Kind::History, 2), "it is left");
}

#[test]
fn a_large_call_that_was_put_aside_is_forgotten_elsewhere() {
    for sends in [true, false] {
        let body = format!("[{}[0]]", "[1],".repeat(100_000));
        let mut stage = called(body.as_bytes());
        read(&mut stage);
        stage.press("ctrl-r");
        stage.answer(Slot::Records, page(summaries()));
        looked_at(&mut stage, 1);
        assert_eq!(release(&stage), 0);
        if sends {
            stage.press("s");
            assert_eq!(sent(&stage).len(), 2, "{}", stage.picture());
        } else {
            compose(&mut stage, "HEAD");
            stage.press("esc");
        }
        assert_eq!(release(&stage), 1, "sent: {sends}");
    }
}

#[test]
fn the_call_that_was_put_aside_first_comes_back() {
    let mut stage = called(b"{}");
    let mine = stage.model.call.as_ref().unwrap().composer.draft().clone();
    stage.press("ctrl-r");
    stage.answer(Slot::Records, page(summaries()));
    looked_at(&mut stage, 1);
    compose(&mut stage, "HEAD");
    assert_eq!(stage.model.call.as_ref().unwrap().composer.draft().method, "HEAD");
    stage.press(")");
    answer_record(&mut stage, 0);
    stage.press("esc");
    assert_eq!(stage.model.shared.nav.screen(), Kind::History);
    stage.press("esc");
    assert_eq!(stage.model.shared.nav.screen(), Kind::Call);
    assert_eq!(stage.model.call.as_ref().unwrap().composer.draft(), &mine);
}

/// Whether any call was sent.
fn is_anything_sent(stage: &Stage) -> bool {
    !sent(stage).is_empty()
}

#[test]
fn what_was_to_be_sent_again_is_not_sent_from_somewhere_else() {
    // The history was left before the call was read; its answer comes late, on the board of a smoke test.
    let mut stage = crate::testing::with_board(120, 36);
    stage.press("b");
    stage.press("ctrl-r");
    stage.answer(Slot::Records, page(summaries()));
    stage.press("s");
    let asked = stage.ticket(Slot::Record);
    stage.model.shared.nav.open(View::Smoke);
    let (id, record) = calls().swap_remove(0);
    late(&mut stage, asked, Answer::ReadRecord(Ok(Some((id, Box::new(record))))));
    assert!(!is_anything_sent(&stage), "it was asked for in the history");

    // It was given up, and another one is opened from the board.
    let mut stage = crate::testing::with_board(120, 36);
    stage.press("b");
    stage.press("ctrl-r");
    stage.answer(Slot::Records, page(summaries()));
    stage.press("s");
    stage.press("esc");
    stage.press("b");
    stage.press("enter");
    answer_record(&mut stage, 0);
    assert!(!is_anything_sent(&stage), "nobody asked for this one to be sent");
}

#[test]
fn a_call_that_is_asked_about_again_is_not_lost_behind_the_history() {
    let mut stage = held_one(120, 36);
    stage.press("r");
    stage.press("ctrl-r");
    stage.answer(Slot::Records, page(summaries()));
    stage.press("esc");
    assert!(stage.picture().contains("Held for approval."), "{}", stage.picture());
    stage.answer(Slot::Call, calls::answered(200, b"{\"done\":true}"));
    assert!(stage.picture().contains("done"), "{}", stage.picture());
}
