//! Test calls under faults: what the screen says, and that every key works meanwhile.

use crate::driver::Tui;
use crate::rig::Rig;

/// A call that reads, put together and not sent.
fn composed(rig: &Rig) -> Tui {
    rig.composed("curl https://api.github.com/user")
}

/// The same for a call of this machine's own, to the simulator.
fn retrieving(rig: &Rig) -> Tui {
    let mut tui = composed(rig);
    tui.paste(&format!("curl {}", rig.backend.provider_url("https://api.github.com/user").unwrap()));
    tui.press("m");
    tui.settle();
    tui
}

#[test]
fn each_failure_says_who_refused_and_the_call_can_be_sent_again() {
    for (fault, retrieve, said) in [
        ("throttle-header=7200,path=/sdk/proxy", false, "Failed at Alter"),
        ("provider-status=429", false, "provider 429 Alter 200"),
        ("provider-status=429", true, "provider 429 Alter 200"),
        ("throttle-header=7200,path=/sdk/token", true, "Failed at Alter"),
        ("refuse,path=/sdk/proxy", false, "Failed at the network"),
        ("cut-body,path=/sdk/proxy", false, "The connection was lost."),
        ("provider-cut", true, "The connection was lost."),
        ("length-off=10,path=/provider/", true, "The connection was lost."),
        ("html=502,path=/sdk/proxy", false, "502"),
        ("truncated-json,path=/sdk/proxy", false, "Failed at Alter"),
        ("provider-html", true, "provider 200"),
        ("provider-redirect=https://evil.example/", true, "A redirect; redirects are never followed."),
        ("answer-gzip=3000000000,path=/sdk/proxy", false, "Failed at Alter"),
    ] {
        let rig = Rig::new(20, &[]);
        let mut tui = if retrieve { retrieving(&rig) } else { composed(&rig) };
        rig.faults(&[fault]);
        tui.press("s");
        tui.wait_for_words(said);
        tui.settle();
        rig.faults(&[]);
        tui.press("s");
        tui.wait_for_words("provider 200 Alter 200");
        tui.settle();
        assert!(tui.screen().contains("octo-acme"), "{fault}: {}", tui.screen());
    }
}

#[test]
fn a_credential_that_is_being_refreshed_is_waited_for() {
    let rig = Rig::new(20, &["call-error=token_refresh_in_progress,first=1"]);
    let mut tui = composed(&rig);
    tui.press("s");
    tui.wait_for_words("Trying again in 1 s.");
    tui.wait_for_words("provider 200 Alter 200");
}

#[test]
fn esc_says_whether_a_call_that_hangs_may_have_happened() {
    for (fault, retrieve, reported) in [
        ("hang,path=/sdk/proxy", false, "Already sent: the provider may still have carried it out."),
        ("provider-hang", true, "Already sent: the provider may still have carried it out."),
        ("hang,path=/sdk/token", true, "It was not sent."),
    ] {
        let rig = Rig::new(20, &[]);
        let mut tui = if retrieve { retrieving(&rig) } else { composed(&rig) };
        rig.faults(&[fault]);
        tui.press("s");
        let on_its_way = reported.contains("Already sent");
        tui.wait_for_words(if on_its_way { "Sent; waiting for the answer." } else { "Not sent yet." });
        tui.press("esc");
        tui.wait_for_words(reported);
        tui.settle();
        rig.faults(&[]);
        tui.press("s");
        tui.wait_for_words("provider 200 Alter 200");
    }
}

#[test]
fn quitting_asks_while_a_call_is_under_way() {
    let rig = Rig::new(20, &[]);
    let mut tui = composed(&rig);
    rig.faults(&["hang,path=/sdk/proxy"]);
    tui.press("s");
    tui.wait_for_words("Sent; waiting for the answer.");
    tui.press("q");
    tui.wait_for_words("A call is running.");
    tui.press("esc");
    tui.wait_gone("A call is running.");
    tui.press("q");
    tui.wait_for_words("A call is running.");
    tui.answer("y");
    assert_eq!(tui.exit_status().exit_code(), 0);
}

#[test]
fn a_body_that_streams_in_while_the_size_changes_is_whole_afterwards() {
    for retrieve in [false, true] {
        let rig = Rig::new(20, &[]);
        let mut tui = if retrieve { retrieving(&rig) } else { composed(&rig) };
        rig.faults(&[
            "provider-large=2000000",
            "slow=1500000,path=/sdk/proxy",
            "slow=1500000,path=/provider/",
        ]);
        tui.press("s");
        tui.wait_for_words("received.");
        for (columns, rows) in [(60, 16), (200, 50), (20, 5), (80, 24), (1, 1), (120, 36)] {
            tui.resize(columns, rows);
            tui.press("j");
        }
        tui.wait_for_words("provider 200 Alter 200");
        tui.settle();
        assert!(tui.words().contains("2.0 MB"), "{}", tui.screen());
    }
}
