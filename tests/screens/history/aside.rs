//! What takes the place of another call: no answer, question or memory of the one is for the other.

use grantdeck::app::msg::Filtered;
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
