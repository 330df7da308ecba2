//! From the yes on: outcomes as they come, stopping, and what the list shows afterwards.

use grantdeck::app::nav::Kind;
use grantdeck::app::{Answer, Effect, Msg, Slot};
use grantdeck::domain::revoke::{RevokeEvent, RevokeOutcome};
use grantdeck::domain::smoke::{SmokePlan, Verdict};
use grantdeck::domain::{Code, Diagnosis, GrantId, Retry, RowId, Status, Who};
use insta::assert_snapshot;

use super::super::stage::Stage;
use super::super::{fixtures, testing};
use super::{DONE, SIZES, apply, confirm, failed, family, lost, many, one, revoked, runs};

fn status(stage: &Stage, id: GrantId) -> &Status {
    &stage.model.grants.rows.find(RowId::Grant(id)).unwrap().status
}

#[test]
fn one_grant_ends_and_its_row_says_so_at_once() {
    for (width, height) in SIZES {
        let mut stage = one(width, height);
        confirm(&mut stage, None);
        apply(&mut stage, vec![RevokeEvent::Started { index: 0 }]);
        assert_eq!(*status(&stage, fixtures::id(1)), Status::Active);
        apply(&mut stage, vec![revoked(0), DONE]);
        assert_eq!(*status(&stage, fixtures::id(1)), Status::Revoked);
        assert_eq!(*status(&stage, fixtures::id(2)), Status::Revoked, "what was delegated from it");
        assert_eq!(*status(&stage, fixtures::id(9)), Status::Active, "nobody knows of its sibling");
        assert!(stage.picture().contains("1 revoked"), "{}", stage.picture());
        assert_snapshot!(format!("revoked_one_{width}"), stage.picture());
        stage.press("esc");
        assert_eq!(stage.model.shared.nav.screen(), Kind::Grants);
        assert!(stage.model.revoking.is_none());
    }
}

#[test]
fn a_list_that_lags_behind_does_not_bring_it_back() {
    let mut stage = one(120, 36);
    confirm(&mut stage, None);
    apply(&mut stage, vec![revoked(0), DONE]);
    stage.press("esc");
    stage.press("r");
    let total = family().len() as u64;
    stage.page(family(), total, None);
    stage.done(total);
    assert_eq!(*status(&stage, fixtures::id(1)), Status::Revoked, "no revoked id lives again");
}

#[test]
fn siblings_are_tested_afterwards() {
    let mut stage = one(120, 36);
    confirm(&mut stage, None);
    stage.press("t");
    apply(&mut stage, vec![revoked(0), DONE]);
    assert!(!stage.model.shared.slots.is_open(Slot::Smoke), "not before it is over");
    stage.press("t");
    let plan = SmokePlan { grants: 1, calls: 1, ..testing::plan(1, 1) };
    stage.answer(Slot::Smoke, Answer::PlanSmoke(Ok(plan)));
    let ids: Vec<GrantId> =
        testing::job(&stage).grants().iter().filter_map(|grant| grant.row.grant()).collect();
    assert_eq!(ids, [fixtures::id(9)]);
    for (verdict, want) in [
        (Verdict::Works, "Its sibling was tested and does not fail."),
        (Verdict::NeedsReconnect, "Its sibling fails."),
    ] {
        let sibling = family().pop().unwrap();
        testing::apply(&mut stage, vec![testing::result(&sibling, verdict, |_| ())]);
        assert!(stage.picture().contains(want), "{}", stage.picture());
    }
}

#[test]
fn many_are_counted_as_they_come_and_a_third_fails() {
    for (width, height) in SIZES {
        let mut stage = many(width, height, 500);
        confirm(&mut stage, Some("500"));
        let outcome = |index: usize| if index % 3 == 1 { failed(index) } else { revoked(index) };
        apply(&mut stage, (0..4).map(|index| RevokeEvent::Started { index }).collect());
        apply(&mut stage, (0..200).map(outcome).collect());
        apply(&mut stage, (200..204).map(|index| RevokeEvent::Started { index }).collect());
        assert_snapshot!(format!("revoking_many_{width}"), stage.picture());
        apply(&mut stage, (200..500).map(outcome).chain([DONE]).collect());
        assert_snapshot!(format!("revoked_many_{width}"), stage.picture());
        assert_eq!(stage.model.grants.marks.len(), 167, "what failed stays marked");
        let live = stage.model.grants.rows.iter().filter(|grant| grant.status == Status::Active).count();
        assert_eq!(live, 167);
    }
}

#[test]
fn esc_stops_between_two_and_says_what_was_done() {
    let mut stage = many(120, 36, 100);
    confirm(&mut stage, Some("100"));
    apply(&mut stage, (0..4).map(|index| RevokeEvent::Started { index }).collect());
    apply(&mut stage, vec![revoked(0)]);
    stage.press("esc");
    assert!(stage.pending.contains(&Effect::Cancel(Slot::Revoke)));
    assert_snapshot!("revoke_stopping", stage.picture());
    stage.press("esc");
    assert_eq!(stage.model.shared.nav.screen(), Kind::Revoke, "it is not left before it has stopped");
    let not_tried = |index| RevokeEvent::Ended { index, outcome: RevokeOutcome::NotTried };
    apply(&mut stage, (1..4).map(revoked).chain((4..100).map(not_tried)).chain([DONE]).collect());
    assert_snapshot!("revoke_stopped", stage.picture());
    assert_eq!(stage.model.grants.marks.len(), 96);
}

#[test]
fn a_pause_is_counted_down() {
    let mut stage = many(120, 36, 20);
    confirm(&mut stage, Some("20"));
    apply(&mut stage, vec![RevokeEvent::Started { index: 0 }, revoked(0)]);
    let reason = Diagnosis::new(Code::RateLimitExceeded, Who::Alter, Retry::Later(None));
    apply(&mut stage, vec![RevokeEvent::Waiting { reason, millis: 8_000 }]);
    assert!(stage.picture().contains("Waiting 8 s."), "{}", stage.picture());
    stage.now.millis = stage.model.next_wake(stage.now).unwrap();
    stage.send(Msg::Wake);
    assert!(stage.picture().contains("Waiting 7 s."), "{}", stage.picture());
    apply(&mut stage, vec![RevokeEvent::Started { index: 1 }]);
    assert!(!stage.picture().contains("Waiting"), "{}", stage.picture());
}

#[test]
fn what_is_uncertain_is_said_in_a_sentence() {
    for (width, height) in SIZES {
        let mut stage = many(width, height, 3);
        confirm(&mut stage, Some("3"));
        let uncertain = RevokeEvent::Ended { index: 1, outcome: RevokeOutcome::Uncertain(lost()) };
        let gone = RevokeEvent::Ended { index: 2, outcome: RevokeOutcome::Gone };
        let by_list = RevokeEvent::Ended { index: 0, outcome: RevokeOutcome::RevokedByList };
        apply(&mut stage, vec![by_list, uncertain, gone, DONE]);
        assert!(stage.picture().contains("may have been"), "{}", stage.picture());
        assert_snapshot!(format!("revoke_uncertain_{width}"), stage.picture());
        assert_eq!(stage.model.grants.marks.len(), 1);
    }
}

#[test]
fn work_that_breaks_leaves_what_was_sent_uncertain() {
    let mut stage = many(120, 36, 5);
    confirm(&mut stage, Some("5"));
    apply(&mut stage, vec![RevokeEvent::Started { index: 0 }, RevokeEvent::Started { index: 1 }, revoked(0)]);
    let broke = Diagnosis::new(Code::TaskPanicked, Who::Grantdeck, Retry::No);
    apply(&mut stage, vec![RevokeEvent::Done { failed: Some(broke) }]);
    let picture = stage.picture();
    assert!(picture.contains("1 revoked, 1 uncertain, 3 not tried"), "{picture}");
    assert!(!stage.model.shared.slots.is_open(Slot::Revoke));
}

#[test]
fn leaving_the_program_asks_and_another_screen_does_not_stop_it() {
    let mut stage = many(120, 36, 50);
    confirm(&mut stage, Some("50"));
    apply(&mut stage, (0..10).map(revoked).collect());
    stage.press("q");
    assert_snapshot!("revoke_quit", stage.picture());
    stage.decide("n");
    stage.press("ctrl-r");
    assert_eq!(stage.model.shared.nav.screen(), Kind::History);
    assert!(stage.picture().contains("revoking 10 of 50"), "{}", stage.picture());
    stage.press("esc");
    stage.press("m r");
    assert_eq!(stage.model.shared.nav.screen(), Kind::Revoke, "it is shown again");
    assert_eq!(runs(&stage).len(), 1, "and not begun again");
    stage.press("ctrl-r");
    apply(&mut stage, (10..50).map(revoked).chain([DONE]).collect());
    assert!(stage.picture().contains("Revocation: 50 revoked."), "{}", stage.picture());
}

#[test]
fn the_cursor_follows_until_somebody_moves_it() {
    let mut stage = many(120, 36, 500);
    confirm(&mut stage, Some("500"));
    apply(&mut stage, (0..300).map(revoked).collect());
    let follows = stage.picture();
    assert!(follows.contains("person00300"), "{follows}");
    stage.press("g g");
    apply(&mut stage, (300..400).map(revoked).collect());
    let stays = stage.picture();
    assert!(stays.contains("person00000") && !stays.contains("person00400"), "{stays}");
}
