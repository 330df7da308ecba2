//! What a call answered: searched, filtered, saved, selected; and a held call's link as a picture.

use grantdeck::app::requests::{CopyReport, FilterBody, Filtered, SaveBody};
use grantdeck::app::{Answer, Effect, Job, Msg, Slot, input};
use grantdeck::body::Document;
use grantdeck::domain::{
    ApprovalId, CallEvent, Clean, Code, Copied, CopyRoute, CopyText, Diagnosis, JqProblem, PendingApproval,
    Retry, Saved, Who,
};
use insta::assert_snapshot;

use super::calls::{answered, method, opened, summary};
use super::stage::Stage;

const SIZES: [(u16, u16); 3] = [(120, 36), (80, 24), (60, 16)];
const BODY: &str = r#"{"items":[{"id":1,"name":"Søren"},{"id":2,"name":"søren b"},{"id":3,"name":"Ada"}],"next":null,"total":3}"#;

/// A call that was answered.
pub(crate) fn looked_at(size: (u16, u16)) -> Stage {
    let mut stage = opened(size.0, size.1);
    stage.press("s");
    stage.answer(Slot::Call, answered(200, BODY.as_bytes()));
    stage
}

fn starts(stage: &Stage, slot: Slot) -> usize {
    let of = |effect: &&Effect| matches!(effect, Effect::Start { ticket, .. } if ticket.slot == slot);
    stage.pending.iter().filter(of).count()
}

pub(crate) fn job(stage: &Stage, slot: Slot) -> &Job {
    let newest = stage.pending.iter().rev().find_map(|effect| match effect {
        Effect::Start { ticket, job } if ticket.slot == slot => Some(job),
        _ => None,
    });
    newest.expect("nothing was asked for")
}

/// The line under the cursor of the response.
fn line(stage: &Stage) -> String {
    let picture = stage.picture();
    let right = |line: &str| line.rsplit_once('▌').map(|(_, right)| right.to_owned());
    let line = picture.lines().rev().find_map(right).unwrap_or_default();
    line.trim_end_matches(['│', '┃']).trim().to_owned()
}

pub(crate) fn document(text: &str) -> Document {
    Document::open(text.as_bytes().to_vec().into(), Some("application/x-ndjson"), &|| false).unwrap()
}

pub(crate) fn gives(text: &str, values: u64) -> Answer {
    Answer::FilterBody(Ok(Filtered { document: document(text), values, truncated: false }))
}

pub(crate) fn wrong(message: &str) -> Answer {
    Answer::FilterBody(Err(JqProblem { message: Clean::line(message), at: Some(1) }))
}

#[test]
fn matches_are_gone_to_and_counted() {
    let mut stage = looked_at((120, 36));
    stage.press("/");
    stage.type_text("søren");
    assert!(stage.picture().contains("1 of 2"), "{}", stage.picture());
    assert!(line(&stage).contains("Søren"));
    stage.press("enter");
    stage.press("n");
    assert!(line(&stage).contains("søren b") && stage.picture().contains("2 of 2"));
    stage.press("n");
    assert!(line(&stage).contains("Søren") && stage.picture().contains("1 of 2"), "it goes round");
    stage.press("N");
    assert!(line(&stage).contains("søren b"));
    // From where the cursor was moved to.
    stage.press("g g");
    assert!(stage.picture().contains("2 matches"));
    stage.press("n");
    assert!(line(&stage).contains("Søren"));
    stage.press("esc");
    assert!(!stage.picture().contains("of 2") && line(&stage).contains("Søren"), "the place stays");
}

#[test]
fn a_match_in_a_fold_opens_it_and_a_dropped_search_leads_back() {
    let mut stage = looked_at((120, 36));
    stage.press("-");
    assert!(stage.picture().contains("3 elements") && !stage.picture().contains("Ada"));
    stage.press("G");
    let before = line(&stage);
    stage.press("/");
    stage.type_text("Ada");
    assert!(line(&stage).contains("\"Ada\""), "{}", stage.picture());
    stage.type_text("xyz");
    assert!(stage.picture().contains("no match") && line(&stage) == before);
    for _ in 0..6 {
        stage.press("backspace");
    }
    assert_eq!(line(&stage), before, "nothing is looked for");
    stage.type_text("Ada");
    stage.press("esc");
    assert_eq!(line(&stage), before);
}

#[test]
fn headers_and_bytes_are_searched_as_they_are_shown() {
    let mut stage = looked_at((120, 36));
    stage.press("h");
    stage.press("/");
    stage.type_text("json");
    assert!(stage.picture().contains("1 of 1"), "{}", stage.picture());
    stage.press("enter");
    stage.press("h");
    assert!(stage.picture().contains("no match"), "the body is searched now: {}", stage.picture());
    stage.press("esc");
    stage.press("v");
    stage.press("v");
    stage.press("/");
    stage.type_text("0x41 64 61");
    assert!(stage.picture().contains("1 of 1"), "{}", stage.picture());
}

#[test]
fn a_filter_runs_at_every_key_and_its_result_takes_the_place_of_the_body() {
    let mut stage = looked_at((120, 36));
    stage.press("j");
    let before = stage.picture();
    stage.press("|");
    stage.type_text(".t");
    stage.type_text("otal");
    assert_eq!(starts(&stage, Slot::Filter), 6);
    assert!(
        matches!(job(&stage, Slot::Filter), Job::FilterBody(FilterBody { filter, input }) if filter == ".total" && **input == *BODY.as_bytes())
    );
    let late = stage.ticket(Slot::Filter);
    stage.press("backspace");
    stage.send(Msg::Answer { ticket: late, answer: Box::new(gives("\"late\"", 1)) });
    assert!(!stage.picture().contains("late"), "another filter is typed by now");
    stage.type_text("l");
    stage.answer(Slot::Filter, gives("{\"a\":[1,2]}\n", 1));
    let picture = stage.picture();
    assert!(
        picture.contains("1 result") && picture.contains("\"a\": [") && !picture.contains("items"),
        "{picture}"
    );
    stage.press("enter");
    stage.press("space");
    assert!(stage.picture().contains("1 member"), "the result has folds of its own");
    stage.press("esc");
    assert_eq!(stage.picture(), before, "the body is as it was");
}

#[test]
fn a_wrong_filter_says_so_and_leaves_the_last_result_dimmed() {
    let mut stage = looked_at((120, 36));
    let colour = |stage: &Stage| {
        let (width, height) = stage.model.shared.size;
        let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| grantdeck::app::view(&stage.model, stage.now, frame)).unwrap();
        let cells = terminal.backend().buffer().content().to_vec();
        cells.iter().find(|cell| cell.symbol() == "ß").map(|cell| cell.fg)
    };
    stage.press("|");
    stage.type_text(".x");
    stage.answer(Slot::Filter, gives("\"ß\"\n", 1));
    let bright = colour(&stage);
    stage.type_text("|");
    stage.answer(Slot::Filter, wrong("jq: unexpected end at column 4"));
    assert!(stage.picture().contains("unexpected end at column 4"), "{}", stage.picture());
    assert_ne!(colour(&stage), bright);
    stage.press("backspace");
    stage.answer(Slot::Filter, gives("\"ß\"\n", 1));
    assert_eq!(colour(&stage), bright);
}

#[test]
fn filters_are_remembered_and_kept_for_the_next_answer() {
    let mut stage = looked_at((120, 36));
    for filter in [".items", ".total"] {
        stage.press("|");
        stage.press("ctrl-u");
        stage.type_text(filter);
        stage.press("enter");
    }
    stage.press("esc");
    stage.press("|");
    stage.press("up");
    assert!(stage.picture().contains("| .total"));
    stage.press("up");
    assert!(stage.picture().contains("| .items"));
    stage.press("down");
    stage.press("enter");
    let before = starts(&stage, Slot::Filter);
    stage.press("s");
    stage.answer(Slot::Call, answered(200, b"{\"total\":9}"));
    assert_eq!(starts(&stage, Slot::Filter), before + 1);
    assert!(
        matches!(job(&stage, Slot::Filter), Job::FilterBody(FilterBody { filter, input }) if filter == ".total" && **input == *b"{\"total\":9}")
    );
    stage.press("s");
    stage.answer(Slot::Call, answered(200, b"<html>"));
    assert_eq!(starts(&stage, Slot::Filter), before + 1);
    assert!(stage.picture().contains("not JSON"), "{}", stage.picture());
}

#[test]
fn what_is_shown_is_what_is_saved() {
    let mut stage = looked_at((120, 36));
    stage.press("|");
    stage.type_text(".x");
    stage.answer(Slot::Filter, gives("7\n", 1));
    stage.press("enter");
    stage.press("S");
    stage.press("ctrl-u");
    stage.type_text("~/x.json");
    stage.press("enter");
    assert!(
        matches!(job(&stage, Slot::Save), Job::SaveBody(SaveBody { path, body, replace: false }) if path == "~/x.json" && **body == *b"7\n")
    );
    stage.answer(
        Slot::Save,
        Answer::SaveBody(Ok(Saved::Exists { path: Clean::line("/home/me/x.json"), bytes: 12 })),
    );
    assert!(stage.picture().contains("Replace the file?"));
    stage.press("esc");
    assert_eq!(starts(&stage, Slot::Save), 1, "no is no");
    stage.press("enter");
    stage.answer(
        Slot::Save,
        Answer::SaveBody(Ok(Saved::Exists { path: Clean::line("/home/me/x.json"), bytes: 12 })),
    );
    stage.decide("y");
    assert!(matches!(job(&stage, Slot::Save), Job::SaveBody(SaveBody { replace: true, .. })));
    stage.answer(
        Slot::Save,
        Answer::SaveBody(Ok(Saved::Written { path: Clean::line("/home/me/x.json"), bytes: 2 })),
    );
    assert!(
        stage.model.shared.nav.popups().is_empty()
            && stage.picture().contains("Saved /home/me/x.json, 2 bytes")
    );
}

#[test]
fn a_path_that_fails_stays_to_be_corrected() {
    let mut stage = looked_at((80, 24));
    stage.press("S");
    stage.press("enter");
    let missing = Diagnosis::new(Code::FolderMissing, Who::You, Retry::AfterRemedy).fact("path", "no/x");
    stage.answer(Slot::Save, Answer::SaveBody(Err(missing)));
    assert!(stage.picture().contains("The folder does not exist"), "{}", stage.picture());
    stage.type_text("2");
    stage.press("enter");
    assert!(
        matches!(job(&stage, Slot::Save), Job::SaveBody(SaveBody { path, .. }) if path == "userinfo.json2")
    );
    stage.press("esc");
    stage.answer(
        Slot::Save,
        Answer::SaveBody(Err(Diagnosis::new(Code::DiskFull, Who::You, Retry::AfterRemedy))),
    );
    assert!(!stage.picture().contains("No space left"), "nobody waits for it any more");
}

pub(crate) fn held() -> PendingApproval {
    let id = |number: u128| ApprovalId(uuid::Uuid::from_u128(number));
    PendingApproval {
        id: id(7),
        group: id(7),
        expires_at: "2026-11-22T12:15:00Z".parse().unwrap(),
        expires_in: 900,
        url: "https://portal.alterauth.com/approve/9f86d081884c7d659a2feaa0c55ad015".to_owned(),
        gates: Vec::new(),
    }
}

fn shown(text: &str) -> Answer {
    let copied = Copied { route: CopyRoute::Shown, verified: false, clears_after: None, note: None };
    let label = Clean::line("the value");
    let shown = Some(CopyText::sensitive(text, label.clone()));
    Answer::CopyOut(CopyReport { label, result: Ok(copied), shown, ids: [].into() })
}

#[test]
fn without_a_clipboard_the_text_is_on_the_screen_and_the_mouse_is_the_terminals() {
    let mut stage = looked_at((80, 24));
    stage.press("y");
    let lines: Vec<String> = (1..40).map(|number| format!("line {number}")).collect();
    let text = lines.join("\n");
    stage.answer(Slot::Clipboard, shown(&text));
    assert!(!stage.model.wants_mouse());
    assert!(stage.picture().starts_with("line 1\nline 2\n"), "{}", stage.picture());
    stage.press("G");
    assert!(stage.picture().contains("\nline 39\n"));
    stage.press("esc");
    assert!(stage.model.wants_mouse() && stage.picture().contains("Response"));
    stage.press("z");
    stage.press("y");
    stage.answer(Slot::Clipboard, shown("secret-id"));
    assert!(!stage.picture().contains("secret-id"), "privacy wins");
}

#[test]
fn the_wheel_moves_the_body_while_a_filter_is_typed() {
    let mut stage = looked_at((120, 36));
    stage.press("|");
    stage.type_text(".a");
    stage.press("enter");
    stage.press("|");
    stage.press("ctrl-u");
    stage.send(Msg::Mouse(input::Mouse { column: 90, row: 15, kind: input::MouseKind::ScrollDown }));
    assert!(line(&stage).contains("\"id\": 1"), "{}", stage.picture());
}

#[test]
fn a_click_elsewhere_takes_the_keys_from_the_line() {
    let mut stage = looked_at((120, 36));
    stage.press("/");
    stage.send(Msg::Mouse(input::Mouse { column: 3, row: 5, kind: input::MouseKind::Press }));
    stage.press("j");
    assert!(!stage.picture().contains("no match"), "the letter moved in the request");
}

#[test]
fn the_body_at_every_size() {
    for size in SIZES {
        let named = |what: &str| format!("body_{what}_{}x{}", size.0, size.1);
        let mut stage = looked_at(size);
        stage.press("/");
        stage.type_text("id");
        assert_snapshot!(named("searching"), stage.picture());
        stage.press("enter");
        stage.press("n");
        assert_snapshot!(named("searched"), stage.picture());
        stage.press("esc");
        stage.press("h");
        assert_snapshot!(named("headers"), stage.picture());
        stage.press("|");
        stage.type_text(".items[] | {name}");
        stage.answer(Slot::Filter, gives("{\"name\":\"Søren\"}\n{\"name\":\"søren b\"}\n", 2));
        assert_snapshot!(named("filtered"), stage.picture());
        stage.type_text(" |");
        stage.answer(Slot::Filter, wrong("jq: unexpected end of the filter at column 20"));
        assert_snapshot!(named("wrong_filter"), stage.picture());
        stage.press("esc");
        stage.press("S");
        assert_snapshot!(named("save"), stage.picture());
        stage.press("enter");
        let protected = Diagnosis::new(Code::FileNotWritable, Who::You, Retry::AfterRemedy)
            .fact("path", "/etc/user.json")
            .fact("problem", "permission denied");
        stage.answer(Slot::Save, Answer::SaveBody(Err(protected)));
        assert_snapshot!(named("save_failed"), stage.picture());
        stage.press("enter");
        let path = Clean::line("/home/me/work/user.json");
        stage.answer(Slot::Save, Answer::SaveBody(Ok(Saved::Exists { path, bytes: 4_096 })));
        assert_snapshot!(named("replace"), stage.picture());
        stage.press("esc");
        stage.press("esc");
        stage.press("y");
        stage.answer(Slot::Clipboard, shown("{\n  \"id\": 1,\n  \"name\": \"Søren\"\n}"));
        assert_snapshot!(named("shown"), stage.picture());
    }
}

#[test]
fn a_held_call_the_editor_and_the_pickers_at_every_size() {
    for size in SIZES {
        let named = |what: &str| format!("call_{what}_{}x{}", size.0, size.1);
        let mut stage = opened(size.0, size.1);
        stage.press("p");
        assert_snapshot!(named("presets"), stage.picture());
        stage.press("esc");
        stage.press("o");
        stage.answer(Slot::Operations, Answer::ListOperations(Ok(vec![summary()])));
        assert_snapshot!(named("operations"), stage.picture());
        stage.press("esc");
        method(&mut stage, "POST");
        stage.press("b");
        stage.type_text("{\"name\": \"Søren\", ");
        stage.press("enter");
        stage.type_text("\"n\": 1");
        assert_snapshot!(named("editor"), stage.picture());
        stage.type_text("}");
        stage.press("esc");
        stage.press("s");
        stage.decide("y");
        stage.answer(Slot::Call, Answer::SendCall(CallEvent::Held(held())));
        assert_snapshot!(named("held"), stage.picture());
        stage.press("p");
        assert_snapshot!(named("picture"), stage.picture());
    }
}
