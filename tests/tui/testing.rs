//! Smoke tests from the screen: one grant, all of them, and what the list says afterwards.

use std::time::Duration;

use grantdeck::sandbox::Options;

use crate::driver::{Start, Tui};
use crate::rig::Rig;

/// Looks for the account whose row is tested.
fn on_octo(tui: &mut Tui) {
    tui.wait_for("octo-acme");
    tui.press("/");
    tui.type_text("octo-acme");
    tui.press("enter");
    tui.wait_for("“octo-acme”");
    tui.settle();
}

#[test]
fn one_key_tests_a_grant_and_another_all_that_is_shown() {
    let home = tempfile::tempdir().unwrap();
    let mut tui = Start::program(&["--demo"]).home(home.path()).size(140, 44).spawn();
    on_octo(&mut tui);
    tui.press("t");
    tui.wait_for("octo-acme: ✓ works");
    tui.wait_for("Tested      ✓ works");
    tui.settle();

    // All of them are many: somebody is asked, and told how long it takes.
    tui.press("x");
    tui.wait_for("of 500");
    tui.settle();
    tui.press("T");
    tui.wait_for("Test 500 grants?");
    tui.wait_for("calls for all 500 grants");
    tui.wait_for("It takes about ");
    tui.press("esc");
    tui.wait_gone("Test 500 grants?");

    // A few are tested at once, and the board is live.
    tui.press("/");
    tui.type_text("provider:slack");
    tui.press("enter");
    tui.wait_for("“provider:slack”");
    tui.settle();
    tui.press("T");
    tui.wait_for("that the list shows");
    tui.wait_for("done in ");
    tui.wait_for("✓ works");
    tui.settle();
    let words = tui.words();
    assert!(words.contains("VERDICT") && words.contains("acme-hq") && words.contains("✗ scopes"), "{words}");

    // The exchange behind what failed, and back.
    tui.press("enter");
    tui.wait_for("Response");
    tui.wait_for_words("Failed at Alter");
    tui.settle();
    tui.press("esc");
    tui.wait_for("VERDICT");
    tui.press("b");
    tui.wait_gone("VERDICT");
    tui.wait_for("✗ scopes");
    // It is still there.
    tui.press("b");
    tui.wait_for("done in ");
    // Once more what failed: nothing healed.
    tui.press("r");
    tui.wait_for("that failed");
    tui.wait_for("Since the last run");
    tui.wait_for("nothing changed");
    tui.wait_for("done in ");
    tui.settle();
    tui.press("q");
    assert!(tui.exit_status().success());
}

#[test]
fn a_run_is_stopped_at_once_gone_on_with_and_remembered() {
    let options = Options { grants: 90, provider_latency: Duration::from_millis(120), ..Options::default() };
    let rig = Rig::with(&options);
    let mut tui = rig.start(&[]).size(140, 44).spawn();
    tui.wait_for("of 90 ");
    tui.settle();
    tui.press("T");
    tui.wait_for("VERDICT");
    tui.wait_for("✓ works");
    // It goes on behind the list, which says so.
    tui.press("b");
    tui.wait_for("testing ");
    tui.press("b");
    tui.press("esc");
    tui.wait_for("stopped after");
    tui.wait_for("not tested");
    tui.settle();
    let asked =
        || rig.backend.journal().iter().filter(|entry| entry.target.starts_with("/sdk/proxy")).count();
    let before = asked();
    assert!((1..80).contains(&before), "{before}");
    tui.press("c");
    tui.wait_for("done in ");
    tui.settle();
    assert!(asked() < before + 90, "what was known is not asked again");
    tui.press("q");
    assert!(tui.exit_status().success());

    // Another day: the list knows what was found, before anything is asked of anybody.
    let before = asked();
    let mut tui = rig.start(&[]).size(140, 44).spawn();
    tui.wait_for("✗ scopes");
    tui.wait_for("Tested      ✓ works");
    tui.settle();
    assert_eq!(asked(), before);
    tui.press("b");
    tui.wait_for("Nothing tested yet");
    tui.press("q");
    assert!(tui.exit_status().success());
}

/// A fault of the backend, the verdict and the beginning of the remedy that must stand on the screen for a grant that
/// is well otherwise: written by hand.
const FAULTS: &[(&str, &str, &str)] = &[
    ("provider-status=401", "✗ reconnect", "Reconnect the account"),
    ("call-error=credential_revoked", "✗ reconnect", "Reconnect the account"),
    ("call-error=scope_mismatch", "✗ scopes", "Reconnect with the permissions"),
    (
        "call-error=grant_revoked",
        "✗ revoked",
        "A revoked grant cannot be restored; connect the account again",
    ),
    ("call-error=grant_expired", "✗ expired", "Connect the account again for a new grant id."),
    ("call-error=grant_deleted", "✗ gone", "Refresh the list"),
    ("call-error=restricted_grant_requires_proxy", "✗ other mode", "Test it in the other mode"),
    ("provider-status=403", "✗ refused", "Read the provider's answer"),
    ("provider-status=404", "✗ refused", "Read the provider's answer"),
    ("call-error=outside_allowed_hours", "✗ policy", ""),
    ("call-error=upstream_timeout", "✗ provider down", "Check the provider's status page"),
    ("call-error=quota_exceeded", "✗ rate limit", "Test again later or with lower concurrency"),
    ("provider-html", "✗ unclear", "Read the answer; an HTML page"),
    ("no-budget-headers", "✓ works", ""),
    // The last one: as long as that call is held, no other is sent.
    ("needs-approval=1", "– approval", "The grant may be fine; to check"),
];

#[test]
fn every_fault_gets_its_verdict_and_remedy_on_the_screen() {
    let rig = Rig::new(40, &[]);
    let mut tui = rig.start(&[]).size(200, 50).spawn();
    on_octo(&mut tui);
    for (fault, verdict, remedy) in FAULTS {
        rig.faults(&[fault]);
        tui.press("t");
        tui.settle();
        tui.wait_for_words(&format!("octo-acme: {verdict}"));
        tui.wait_for(&format!("Tested      {verdict}"));
        tui.wait_for_words(remedy);
    }
    rig.faults(&["key-revoked"]);
    tui.press("t");
    tui.wait_for_words("This API key was revoked");
    tui.settle();
    tui.press("q");
    assert!(tui.exit_status().success());
}
