//! `grantdeck call` on a terminal: what it says while it waits, and that nothing of it stays.

use crate::driver::Tui;
use crate::rig::Rig;

const CALL: [&str; 4] = ["call", "github:octo-acme", "GET", "https://api.github.com/user"];

fn called(rig: &Rig, more: &[&str]) -> Tui {
    let mut tui = rig.start(&[&CALL, more].concat()).spawn();
    let status = tui.exit_status();
    assert_eq!(status.exit_code(), 0, "{}", tui.screen());
    tui
}

#[test]
fn a_call_that_takes_its_time_says_what_it_waits_for_and_clears_it_away() {
    for (faults, more, said) in [
        (&["latency=1500ms,path=/sdk/proxy"][..], &[][..], "waiting for the answer, 1 s"),
        (&["latency=1500ms,path=/sdk/grants/list"], &[], "looking for the grant, 1 s"),
        (
            &["needs-approval=1", "approve-after=2"],
            &["--wait-approval", "20s"],
            "waiting for the decision, 1 s",
        ),
        (&["provider-large=3000000", "slow=2000000,path=/sdk/proxy"], &["--jq", "length"], " bytes"),
    ] {
        let rig = Rig::new(20, faults);
        let tui = called(&rig, more);
        assert!(tui.raw().contains(said), "{said}: {}", tui.raw());
        assert!(!tui.screen().contains(said), "{said} is taken away: {}", tui.screen());
        let silent = called(&rig, &[more, &["--quiet"]].concat());
        assert!(!silent.raw().contains(said) && !silent.raw().contains('\x1b'), "{}", silent.raw());
    }
}

#[test]
fn what_stays_is_what_a_person_has_to_know() {
    let rig = Rig::new(20, &["call-error=token_refresh_in_progress,first=1"]);
    let tui = called(&rig, &[]);
    assert!(tui.words().contains("Trying again in 1 s."), "{}", tui.screen());
    rig.faults(&["needs-approval=1", "approve-after=0"]);
    let tui = called(&rig, &["--wait-approval", "20s"]);
    assert!(tui.words().contains("held for approval; approve at http"), "{}", tui.screen());
}
