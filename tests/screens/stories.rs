//! What a person does, step by step, and what the screen wants from the world in answer.

use grantdeck::app::effect::ExitReason;
use grantdeck::app::nav::Kind;
use grantdeck::app::requests::{OpenLink, Session, Whose};
use grantdeck::app::screens::grants::{ChangeMark, WalkPhase};
use grantdeck::app::{Answer, Effect, Job, Msg, Slot, input};
use grantdeck::domain::column::Order;
use grantdeck::domain::listing::WalkSummary;
use grantdeck::domain::{Code, Column, Diagnosis, Identity, ListEvent, Retry, RowId, Who};

use super::fixtures;
use super::stage::{Stage, loaded};
use super::walks::walks;

fn accounts(stage: &Stage) -> Vec<String> {
    let grants = &stage.model.grants;
    (0..grants.shown()).filter_map(|place| grants.at(place)).map(|grant| grant.account().to_owned()).collect()
}

#[test]
fn the_first_page_is_small_and_comes_before_names() {
    let stage = Stage::open(120, 36);
    let walk = stage.walk();
    assert_eq!((walk.first_page, walk.page, walk.offset), (100, 1000, 0));
    let jobs: Vec<Slot> = stage
        .pending
        .iter()
        .filter_map(|wanted| if let Effect::Start { ticket, .. } = wanted { Some(ticket.slot) } else { None })
        .collect();
    assert_eq!(jobs, [Slot::Session, Slot::Walk, Slot::Identity, Slot::Catalog, Slot::Copies]);
}

#[test]
fn a_filter_brings_its_missing_rows_first_and_then_the_rest_goes_on() {
    let mut stage = Stage::open(120, 36);
    stage.page(fixtures::crowd(100), 4_112, Some(100));
    stage.press("p");
    stage.type_text("slack");
    stage.press("enter");
    assert_eq!(stage.walk().filter.provider.as_deref(), Some("slack"));
    assert_eq!(stage.walk().offset, 0);
    stage.page(vec![fixtures::oauth(9, "slack", "late")], 204, None);
    stage.done(204);
    assert_eq!(stage.walk().filter.provider, None, "the whole list goes on");
    assert_eq!(stage.walk().offset, 100, "where it was interrupted");
    assert!(accounts(&stage).contains(&"late".to_owned()));
    // Everything of that filter is here: choosing it again asks for nothing.
    let before = stage.walks();
    stage.press("x");
    stage.press("p");
    stage.type_text("slack");
    stage.press("enter");
    assert_eq!(stage.walks(), before);
}

#[test]
fn with_all_rows_here_a_filter_asks_for_nothing() {
    let mut stage = loaded();
    let before = stage.walks();
    stage.press("l");
    assert_eq!(stage.walks(), before);
    assert_eq!(stage.model.grants.shown(), 2, "google is the first chip");
    stage.press("h");
    assert_eq!(stage.model.grants.shown(), 8);
}

#[test]
fn the_cursor_stays_on_its_grant_through_sort_filter_and_refresh() {
    let mut stage = loaded();
    stage.press("j j j");
    let row = stage.model.grants.cursor;
    assert_eq!(row, Some(RowId::Grant(fixtures::id(4))));
    stage.press("s");
    stage.type_text("account");
    stage.press("enter");
    assert_eq!(stage.model.grants.order, Order::By { column: Column::Account, descending: false });
    assert_eq!(stage.model.grants.cursor, row);
    stage.press("S");
    assert_eq!(stage.model.grants.cursor, row);
    stage.press("r");
    let mut later = fixtures::company();
    later.insert(0, fixtures::oauth(60, "google", "aaa@acme.com"));
    stage.page(later, 9, None);
    stage.done(9);
    assert_eq!(stage.model.grants.cursor, row);
    assert_eq!(stage.model.grants.changes.get(&RowId::Grant(fixtures::id(60))), Some(&ChangeMark::New));
}

#[test]
fn columns_are_switched_in_place_and_esc_brings_the_old_ones_back() {
    let mut stage = loaded();
    let before = stage.model.grants.columns.clone();
    stage.press("C");
    let lines = |stage: &Stage| {
        let picture = stage.picture();
        let places = ["account ", "label ", "health ", "status "].map(|name| picture.find(name));
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{picture}");
        picture
    };
    let opened = lines(&stage);
    stage.press("down down space");
    assert!(!stage.model.grants.columns.contains(&Column::Label));
    lines(&stage);
    stage.press("space");
    assert_eq!(stage.model.grants.columns, before);
    stage.press("up up");
    assert_eq!(stage.picture(), opened, "a second Space takes back the first");
    stage.press("space ctrl-down esc");
    assert_eq!(stage.model.grants.columns, before);
    stage.press("C space enter");
    assert_eq!(stage.model.grants.columns, before[1..]);
    stage.press("C");
    for _ in 0..20 {
        stage.press("space down");
    }
    assert!(!stage.model.grants.columns.is_empty(), "one column always stays");
}

#[test]
fn a_refresh_marks_new_changed_and_gone_and_the_next_one_forgets_the_gone() {
    let mut stage = loaded();
    stage.press("r");
    let mut later = fixtures::company();
    later.remove(6);
    later[2].needs_reconnect = false;
    stage.page(later.clone(), 7, None);
    assert_eq!(stage.model.grants.changes.len(), 1, "gone is said after a complete walk only");
    stage.done(7);
    let changes = &stage.model.grants.changes;
    assert_eq!(changes.get(&RowId::Grant(fixtures::id(3))), Some(&ChangeMark::Changed));
    assert_eq!(changes.get(&RowId::Grant(fixtures::id(7))), Some(&ChangeMark::Gone));
    assert_eq!(changes.len(), 2);
    assert_eq!(stage.model.grants.shown(), 8);
    stage.press("r");
    stage.page(later, 7, None);
    stage.done(7);
    assert!(stage.model.grants.changes.is_empty());
    assert_eq!(stage.model.grants.shown(), 7);
}

#[test]
fn an_incomplete_refresh_calls_nothing_gone() {
    let mut stage = loaded();
    stage.press("r");
    stage.page(fixtures::company().split_off(4), 8, None);
    let summary = WalkSummary { unique: 4, total: 8, first_total: 8, repeated: 0, complete: false };
    stage.answer(Slot::Walk, Answer::WalkList(ListEvent::Done(summary)));
    assert!(stage.model.grants.changes.is_empty());
}

#[test]
fn esc_leaves_the_innermost_thing_first() {
    let mut stage = Stage::open(80, 24);
    stage.page(fixtures::company(), 4_000, Some(100));
    stage.press("/");
    stage.type_text("goo");
    stage.press("enter");
    stage.press("enter");
    assert_eq!(stage.model.shared.nav.screen(), Kind::Detail);
    stage.press(":");
    assert_eq!(stage.model.shared.nav.popups().len(), 1);
    stage.press("esc");
    assert!(stage.model.shared.nav.popups().is_empty());
    stage.press("esc");
    assert_eq!(stage.model.shared.nav.screen(), Kind::Grants);
    assert_eq!(stage.model.grants.shown(), 2);
    stage.press("esc");
    assert_eq!(stage.model.grants.shown(), 8, "the search is cleared");
    assert!(stage.model.grants.walk.is_busy());
    stage.press("esc");
    assert_eq!(stage.model.grants.walk.phase, WalkPhase::Stopped);
    assert!(stage.pending.contains(&Effect::Cancel(Slot::Walk)));
}

#[test]
fn a_hang_says_how_long_and_esc_ends_it() {
    let mut stage = Stage::open(80, 24);
    let asked = stage.now.millis;
    assert_eq!(stage.model.next_wake(stage.now), Some(asked + 2_000), "patience first, then each second");
    stage.now.millis += 30_000;
    stage.send(Msg::Wake);
    assert!(stage.picture().contains("No answer for 30 s.  Esc stops."), "{}", stage.picture());
    assert_eq!(stage.model.next_wake(stage.now), Some(asked + 31_000));
    stage.press("esc");
    assert!(stage.pending.contains(&Effect::Cancel(Slot::Walk)));
    // The answer that comes all the same is dropped.
    let ticket = stage.ticket(Slot::Walk);
    let page = ListEvent::Page { grants: fixtures::company(), offset: 0, total: 8, next: None };
    stage.send(Msg::Answer { ticket, answer: Box::new(Answer::WalkList(page)) });
    assert!(stage.model.grants.rows.is_empty());
    stage.press("r");
    stage.page(fixtures::company(), 8, None);
    stage.done(8);
    assert_eq!(stage.model.grants.shown(), 8);
}

#[test]
fn at_rest_nothing_wakes() {
    let mut stage = loaded();
    stage.names(fixtures::catalog(), fixtures::agents());
    stage.answer(Slot::Verdicts, Answer::ReadVerdicts(Ok(std::collections::HashMap::new())));
    stage.answer(Slot::Copies, Answer::CountCopies(None));
    assert_eq!(stage.model.next_wake(stage.now), None);
    assert!(!stage.model.shared.slots.any_open());
}

#[test]
fn the_screen_says_once_that_an_app_key_sees_everyone() {
    let mut stage = loaded();
    stage.answer(Slot::Identity, Answer::Identify(Whose { whose: Ok(Identity::Application), notice: None }));
    let message = stage.model.shared.toasts.current().unwrap().headline.as_str().to_owned();
    assert!(message.contains("every user"), "{message}");
    stage.press("esc");
    stage.press("r");
    assert!(stage.model.shared.toasts.current().is_none());
}

#[test]
fn marks_survive_filters_and_hidden_ones_are_counted() {
    let mut stage = loaded();
    stage.press("space");
    stage.press("j j");
    stage.press("space");
    stage.press("l");
    assert!(stage.picture().contains("2 marked, 1 hidden"), "{}", stage.picture());
    stage.press("x");
    stage.press("M");
    assert_eq!(stage.model.grants.shown(), 2);
    stage.press("u");
    assert_eq!(stage.model.grants.shown(), 8);
}

#[test]
fn a_pasted_id_is_looked_for() {
    let mut stage = loaded();
    stage.send(Msg::Paste(format!("  {}\n", fixtures::id(4))));
    assert_eq!(accounts(&stage), ["octo-acme"]);
}

#[test]
fn the_parent_of_a_delegated_grant_is_one_key_away() {
    let mut stage = loaded();
    stage.press("j");
    stage.press("P");
    assert_eq!(stage.model.grants.cursor, Some(RowId::Grant(fixtures::id(1))));
    stage.press("P");
    assert!(stage.model.shared.toasts.current().unwrap().headline.as_str().contains("no parent"));
}

#[test]
fn links_are_opened_but_never_in_the_demo() {
    let mut stage = loaded();
    stage.press("o");
    let opened = stage.pending.iter().any(|wanted| matches!(wanted, Effect::Start { job: Job::OpenLink(OpenLink::Page(link)), .. } if link.starts_with("https://")));
    assert!(opened);
    let mut demo = loaded();
    if let Some(session) = demo.model.shared.session.value().cloned() {
        demo.model.shared.session.arrive(Session { demo: true, ..session }, 0);
    }
    demo.press("o");
    assert!(!demo.pending.iter().any(|wanted| matches!(wanted, Effect::Start { job: Job::OpenLink(_), .. })));
}

#[test]
fn a_broken_session_explains_itself_and_can_be_left() {
    let mut stage = Stage::new(80, 24);
    let malformed = Diagnosis::new(Code::KeyChecksum, Who::You, Retry::AfterRemedy);
    stage.answer(Slot::Session, Answer::OpenSession(Err(malformed)));
    assert!(stage.picture().contains("D demo"), "{}", stage.picture());
    stage.press("r");
    assert_eq!(walks(&stage), 0, "there is nothing to ask");
}

#[test]
fn every_action_of_the_palette_can_be_done_without_harm() {
    let names: Vec<String> = {
        let mut stage = loaded();
        stage.press(":");
        let Some(grantdeck::app::nav::View::Pick(pick)) = stage.model.shared.nav.popups().last() else {
            panic!()
        };
        pick.items.iter().map(|item| item.label.to_string()).collect()
    };
    assert!(names.len() > 25, "{names:?}");
    for name in names {
        let mut stage = loaded();
        stage.press(":");
        stage.type_text(&name);
        stage.press("enter");
        stage.picture();
    }
}

#[test]
fn the_mouse_hits_what_is_seen() {
    let mut stage = loaded();
    let press = |stage: &mut Stage, column, row| {
        stage.send(Msg::Mouse(input::Mouse { column, row, kind: input::MouseKind::Press }));
    };
    press(&mut stage, 10, 6);
    assert_eq!(stage.model.grants.place, 2, "the third row");
    press(&mut stage, 12, 1);
    assert_eq!(stage.model.grants.filters.server.provider.as_deref(), Some("google"));
    press(&mut stage, 3, 1);
    assert_eq!(stage.model.grants.filters.server.provider, None);
    press(&mut stage, 6, 3);
    assert_eq!(stage.model.grants.order, Order::By { column: Column::Provider, descending: false });
}

#[test]
fn a_key_that_cannot_work_says_why() {
    let mut stage = loaded();
    stage.press("M");
    assert!(stage.model.shared.toasts.current().unwrap().headline.as_str().contains("No grants marked"));
    stage.press("j");
    assert!(stage.model.shared.toasts.current().is_none(), "the next key did something");
    stage.press("g");
    assert_eq!(stage.model.next_wake(stage.now), Some(stage.now.millis + 300), "what may follow pops up");
    stage.now.millis += 300;
    assert!(stage.picture().contains("then"), "{}", stage.picture());
}

#[test]
fn privacy_leaves_no_name_and_no_id() {
    let mut stage = Stage::open(120, 50);
    let mut grants = fixtures::company();
    grants[2].extra_mut().api_base_url = grantdeck::domain::Origin::parse("https://acme.my.salesforce.com");
    grants[4].parent_grant_id = Some(grantdeck::domain::Reference::new("parent-in-words"));
    stage.page(grants, 8, None);
    stage.done(8);
    stage.names(fixtures::catalog(), fixtures::agents());
    stage.press("z");
    for _ in 0..8 {
        let picture = stage.picture();
        for secret in [
            "production",
            "calendar ",
            "Scheduler",
            "GET",
            "salesforce.com",
            "acme.com",
            "Acme Work",
            "octo",
            "Stripe production",
            "“main”",
            "7c1f0a52",
            "parent-in-words",
            "0.7",
        ] {
            assert!(!picture.contains(secret), "{secret} is shown:\n{picture}");
        }
        stage.press("j");
    }
}

#[test]
fn leaving_a_screen_that_never_opened_is_a_failure() {
    let mut stage = Stage::new(80, 24);
    let missing = Diagnosis::new(Code::KeyMissing, Who::You, Retry::AfterRemedy);
    stage.answer(Slot::Session, Answer::OpenSession(Err(missing.clone())));
    stage.press("q");
    assert!(stage.pending.contains(&Effect::Quit(ExitReason::Failed(Box::new(missing)))));
}
