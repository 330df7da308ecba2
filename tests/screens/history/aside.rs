//! What takes the place of another call: no answer, question or memory of the one is for the other.

use grantdeck::app::msg::Filtered;
use grantdeck::app::overlays::{Confirm, Overlay, Then};
use grantdeck::app::{Msg, Ticket};
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
    Answer::Filtered(Ok(Filtered { document, values: 1, truncated: false }))
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
    assert_eq!(stage.model.screen, Screen::History);
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
    Answer::Record(Ok(Some((id, Box::new(record)))))
}

#[test]
fn a_past_call_that_arrives_while_it_is_asked_whether_to_send_does_not_take_the_calls_place() {
    let (mut stage, ticket) = asked_beside();
    stage.press("s");
    assert!(stage.picture().contains("may change something?"), "{}", stage.picture());
    assert!(!stage.model.slots.is_open(Slot::Record) && stage.wishes.contains(&Effect::Cancel(Slot::Record)));
    late(&mut stage, ticket, record_of(0));
    stage.press("enter");
    let calls = sent(&stage);
    assert_eq!(calls.len(), 1);
    assert_eq!((calls[0].draft.grant, calls[0].provider.as_deref()), (cast::id(3), Some("slack")));
}

#[test]
fn no_past_call_takes_the_place_of_one_that_a_question_is_about() {
    let (mut stage, _) = asked_beside();
    let before = stage.model.call.as_ref().unwrap().composer.draft().clone();
    for then in [Then::Send(Box::new(before.clone())), Then::AllowHost("slack.com".to_owned())] {
        stage.press("(");
        stage.model.overlays.push(Overlay::Confirm(Confirm::new("Send?", Vec::new(), "send it", then)));
        stage.answer(Slot::Record, record_of(0));
        assert_eq!(stage.model.call.as_ref().unwrap().composer.draft(), &before);
        stage.press("esc");
    }
}
