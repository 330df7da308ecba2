//! Profiles that are read-only or in real use: what the screen says, and what it does not send.

use grantdeck::app::{Effect, Job};
use grantdeck::domain::WritePolicy;
use insta::assert_snapshot;

use super::fixtures;
use super::stage::Stage;

/// The screen of a call that would write, with this write policy.
pub(crate) fn writing(width: u16, height: u16, write_policy: WritePolicy) -> Stage {
    let mut stage = Stage::new(width, height);
    stage.careful(write_policy);
    stage.page(fixtures::company(), 8, None);
    stage.done(8);
    for key in ["c", "j", "enter", "ctrl-u"] {
        stage.press(key);
    }
    stage.type_text("POST");
    stage.press("enter");
    stage
}

pub(crate) fn write_policy(production: bool, read_only: bool) -> WritePolicy {
    WritePolicy { profile: Some("acme-live".into()), production, read_only }
}

fn calls(stage: &Stage) -> usize {
    stage
        .pending
        .iter()
        .filter(|effect| matches!(effect, Effect::Start { job: Job::SendCall(_), .. }))
        .count()
}

#[test]
fn production_takes_the_name_of_the_profile_before_anything_changes() {
    let mut stage = writing(120, 36, write_policy(true, false));
    stage.press("s");
    stage.decide("enter");
    assert_eq!(calls(&stage), 0, "a yes is not enough");
    assert!(!stage.picture().contains("enter"), "yes is offered too early: {}", stage.picture());
    stage.type_text("acme-liv");
    stage.decide("enter");
    assert_eq!(calls(&stage), 0, "nor is half of the name");
    assert_snapshot!("production_confirmed_by_name", stage.picture());
    stage.type_text("e");
    stage.now.millis += 1_000;
    assert!(stage.picture().contains("enter send it"), "{}", stage.picture());
    stage.press("enter");
    assert_eq!(calls(&stage), 1);
}

#[test]
fn production_reads_without_asking() {
    let mut stage = writing(120, 36, write_policy(true, false));
    for key in ["enter", "ctrl-u"] {
        stage.press(key);
    }
    stage.type_text("GET");
    stage.press("enter");
    stage.press("s");
    assert_eq!(calls(&stage), 1);
}

#[test]
fn a_read_only_profile_sends_no_write_and_says_so() {
    let mut stage = writing(80, 24, write_policy(false, true));
    stage.press("s");
    assert_eq!((calls(&stage), stage.model.shared.nav.popups().len()), (0, 0));
    assert_snapshot!("read_only_refuses", stage.picture());
}

#[test]
fn the_banner_fits_everywhere() {
    for (width, height) in [(200, 50), (80, 24), (60, 16)] {
        let mut stage = Stage::new(width, height);
        stage.careful(write_policy(true, true));
        let header = stage.picture().lines().next().unwrap_or_default().to_owned();
        assert_snapshot!(format!("banner_{width}"), header);
    }
}
