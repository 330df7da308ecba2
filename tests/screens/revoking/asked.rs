//! From the key to the yes: the plan, the reason, the question.

use grantdeck::app::nav::Kind;
use grantdeck::app::{Answer, Effect, Msg, Slot};
use grantdeck::domain::revoke::PlanEvent;
use grantdeck::domain::scan::{Finding, Standing};
use grantdeck::domain::{Clean, Code, Diagnosis, Retry, Status, Who};
use insta::assert_snapshot;

use super::super::stage::Stage;
use super::super::{fixtures, write_policy};
use super::{SIZES, confirm, family, listing, lost, many, one, plan_of, planned, request, runs};

#[test]
fn the_list_is_read_before_anything_else() {
    let mut stage = listing(120, 36, family());
    stage.press("m r");
    assert_eq!(stage.model.shared.nav.screen(), Kind::Revoke, "at once");
    assert_snapshot!("revoke_reading", stage.picture());
    let asked = request(&stage).clone();
    assert_eq!(asked.wanted, [fixtures::id(1)]);
    assert_eq!(asked.providers, ["google".into()], "its relatives have the same provider");
    let reading = Answer::PlanRevoke(PlanEvent::Reading { here: 2_000, total: 5_000 });
    stage.answer(Slot::Revoke, reading);
    assert!(stage.picture().contains("2,000 of 5,000 read"), "{}", stage.picture());
    stage.press("enter");
    assert!(runs(&stage).is_empty() && stage.model.shared.nav.popups().is_empty());
    stage.press("esc");
    stage.press("esc");
    assert_eq!(stage.model.shared.nav.screen(), Kind::Grants);
    assert!(stage.pending.contains(&Effect::Cancel(Slot::Revoke)), "nobody waits for it any more");
}

#[test]
fn many_providers_are_read_as_a_whole() {
    let mut stage = listing(120, 36, family());
    stage.press("*");
    stage.press("m r");
    let asked = request(&stage);
    assert_eq!(asked.wanted.len(), 9);
    assert!(asked.providers.is_empty(), "one page instead of seven: {asked:?}");
}

#[test]
fn a_plan_shows_what_ends_and_nothing_is_sent() {
    for (width, height) in SIZES {
        let mut stage = listing(width, height, family());
        stage.model.scan.findings = [("backend/.env", 1), ("config/prod.toml", 1), ("other.env", 3)]
            .map(|(path, number)| finding(path, number))
            .to_vec();
        stage.press("m r");
        planned(&mut stage, &family());
        assert!(runs(&stage).is_empty());
        assert_snapshot!(format!("revoke_plan_{width}"), stage.picture());
    }
}

fn finding(path: &str, number: u128) -> Finding {
    Finding {
        path: path.into(),
        line: 3,
        column: 1,
        id: fixtures::id(number).0,
        standing: Standing::Alive,
        known: None,
        name: None,
        context: Clean::line(""),
    }
}

#[test]
fn a_reason_is_typed_and_sent_with_the_yes() {
    let mut stage = one(120, 36);
    stage.type_text("q left the team");
    stage.press("enter");
    assert_snapshot!("revoke_question", stage.picture());
    stage.decide("y");
    let [plan] = &*runs(&stage) else { panic!("one run") };
    assert_eq!(plan.reason.as_deref(), Some("q left the team"));
    assert_eq!(plan.targets.len(), 1);
}

#[test]
fn no_leaves_the_reason_to_be_changed() {
    let mut stage = one(120, 36);
    stage.type_text("typo");
    stage.press("enter");
    stage.decide("n");
    assert!(runs(&stage).is_empty());
    for _ in 0..4 {
        stage.press("backspace");
    }
    confirm(&mut stage, None);
    assert_eq!(runs(&stage)[0].reason, None);
}

#[test]
fn many_scroll_and_take_their_number() {
    for (width, height) in SIZES {
        let mut stage = many(width, height, 500);
        for _ in 0..3 {
            stage.press("page-down");
        }
        stage.press("down");
        assert_snapshot!(format!("revoke_many_{width}"), stage.picture());
    }
    let mut stage = many(120, 36, 1_500);
    stage.press("enter");
    assert_snapshot!("revoke_many_question", stage.picture());
    for word in ["", "y", "150"] {
        stage.type_text(word);
        stage.decide("enter");
        assert!(runs(&stage).is_empty(), "{word}");
        stage.press("ctrl-u");
    }
    stage.type_text("1500");
    stage.decide("enter");
    assert_eq!(runs(&stage)[0].targets.len(), 1_500);
}

#[test]
fn production_takes_the_account_or_the_id_of_one_and_the_profile_for_several() {
    let production = |marks: usize| {
        let mut stage = Stage::new(120, 36);
        stage.careful(write_policy::write_policy(true, false));
        stage.page(family(), 9, None);
        stage.done(9);
        for _ in 0..marks {
            stage.press("space");
        }
        stage.press("m r");
        planned(&mut stage, &family());
        stage.press("enter");
        stage
    };
    for (typed, is_yes) in [("work@acme.com", true), ("7c1f0a52", true), ("acme-live", false), ("y", false)] {
        let mut stage = production(0);
        stage.type_text(typed);
        if typed == "acme-live" {
            assert_snapshot!("revoke_production", stage.picture());
        }
        stage.decide("enter");
        assert_eq!(runs(&stage).len(), usize::from(is_yes), "{typed}");
    }
    for (typed, is_yes) in [("acme-live", true), ("2", false), ("work@acme.com", false)] {
        let mut stage = production(2);
        stage.type_text(typed);
        stage.decide("enter");
        assert_eq!(runs(&stage).len(), usize::from(is_yes), "{typed}");
    }
}

#[test]
fn enter_on_nothing_typed_changes_nothing() {
    let mut stage = many(120, 36, 3);
    stage.press("enter");
    for _ in 0..5 {
        stage.decide("enter");
    }
    assert!(runs(&stage).is_empty());
    assert!(stage.picture().contains("Type 3 first"), "{}", stage.picture());
}

#[test]
fn a_read_only_profile_plans_nothing() {
    let mut stage = Stage::new(120, 36);
    stage.careful(write_policy::write_policy(false, true));
    stage.page(family(), 9, None);
    stage.done(9);
    stage.press("m r");
    assert_eq!(stage.model.shared.nav.screen(), Kind::Grants);
    assert!(stage.picture().contains("read-only"), "{}", stage.picture());
    assert!(!stage.model.shared.slots.is_open(Slot::Revoke));
}

#[test]
fn marks_that_are_not_shown_are_said() {
    let mut stage = listing(120, 36, family());
    stage.press("*");
    stage.press("/");
    stage.type_text("slack");
    stage.press("enter");
    stage.press("m r");
    planned(&mut stage, &family());
    stage.press("enter");
    let picture = stage.picture();
    assert!(picture.contains("9 marked grants, 8 of them not shown"), "{picture}");
    assert!(picture.contains("8 of them are marked, but not shown in the list."), "{picture}");
}

#[test]
fn what_is_gone_already_needs_no_question() {
    let mut stage = listing(120, 36, family());
    stage.press("space");
    stage.press("space");
    stage.press("m r");
    let mut list = family();
    list[0].status = Status::Revoked;
    list.remove(1);
    planned(&mut stage, &list);
    assert_snapshot!("revoke_gone", stage.picture());
    stage.press("enter");
    assert!(stage.model.shared.nav.popups().is_empty() && runs(&stage).is_empty());
    assert_eq!(stage.model.shared.nav.screen(), Kind::Grants);
    assert!(stage.model.grants.marks.is_empty(), "it is done");
    assert_snapshot!("revoke_gone_list", stage.picture());
}

#[test]
fn a_list_that_cannot_be_read_is_read_again() {
    for (width, height) in SIZES {
        let mut stage = listing(width, height, family());
        stage.press("m r");
        let why = Diagnosis::new(Code::ListNotWhole, Who::Alter, Retry::Later(None));
        let why = why.fact("found", "41").fact("counted", "42");
        stage.answer(Slot::Revoke, Answer::PlanRevoke(PlanEvent::Done(Err(why))));
        assert_snapshot!(format!("revoke_refused_{width}"), stage.picture());
        let before = stage.pending.len();
        stage.press("enter");
        assert_eq!(stage.pending.len(), before + 1, "it is read again");
        planned(&mut stage, &family());
        confirm(&mut stage, None);
        assert_eq!(runs(&stage).len(), 1);
    }
}

#[test]
fn a_pause_while_reading_counts_down() {
    let mut stage = listing(80, 24, family());
    stage.press("m r");
    let reason = Diagnosis::new(Code::RateLimitExceeded, Who::Alter, Retry::Later(None));
    stage.answer(Slot::Revoke, Answer::PlanRevoke(PlanEvent::Waiting { reason, millis: 12_000 }));
    assert!(stage.picture().contains("waiting 12 s"), "{}", stage.picture());
    stage.now.millis = stage.model.next_wake(stage.now).unwrap();
    stage.send(Msg::Wake);
    assert!(stage.picture().contains("waiting 11 s"), "{}", stage.picture());
}

#[test]
fn a_list_that_may_lack_relatives_says_so() {
    let mut stage = listing(80, 24, family());
    stage.press("m r");
    let mut planned = plan_of(&[fixtures::id(1)], &family());
    planned.doubt = Some(lost());
    stage.answer(Slot::Revoke, Answer::PlanRevoke(PlanEvent::Done(Ok(Box::new(planned)))));
    assert!(stage.picture().contains("Relatives may be missing here."), "{}", stage.picture());
}

#[test]
fn privacy_shows_no_name_and_no_id() {
    let mut stage = listing(120, 36, family());
    stage.model.scan.findings = vec![finding("acme/.env", 1)];
    stage.press("z");
    stage.press("m r");
    planned(&mut stage, &family());
    let hidden = |stage: &Stage| {
        let picture = stage.picture();
        for name in ["acme", "7c1f0a52", "Scheduler", ".env"] {
            assert!(!picture.contains(name), "{name}: {picture}");
        }
    };
    hidden(&stage);
    stage.press("enter");
    hidden(&stage);
}

#[test]
fn hostile_text_stays_text() {
    for (width, height) in SIZES {
        let mut grants = fixtures::hostile();
        let credential = grants[1].credential_id.clone();
        grants[0].credential_id = credential;
        grants[0].extra_mut().delegated_agent_ids =
            vec![grantdeck::domain::Reference::new("\u{1b}[31magent\u{202e}")];
        let mut stage = listing(width, height, grants.clone());
        stage.press("*");
        stage.press("m r");
        planned(&mut stage, &grants);
        stage.paste("\u{1b}[2Jwhy\u{202e}\u{7}\nnot");
        assert_snapshot!(format!("revoke_hostile_{width}"), stage.picture());
        stage.press("enter");
        let picture = stage.picture();
        let is_bad = |character: char| {
            (character.is_control() && character != '\n') || ('\u{202a}'..='\u{202e}').contains(&character)
        };
        assert!(!picture.contains(is_bad), "{picture}");
    }
}
