//! The backend fails, stalls and comes back: the screen says who, why and what to do, and goes on.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};

use grantdeck::sandbox::{Options, World};
use secrecy::ExposeSecret;

use crate::driver::Start;
use crate::rig::{Rig, nobody, now};

const LIST: &str = "path=/sdk/grants/list";

#[test]
fn a_wrong_clock_is_reported_with_its_measure() {
    for (skew, said) in
        [("clock-skew=-900", "900 s ahead of Alter"), ("clock-skew=1200", "1200 s behind Alter")]
    {
        let rig = Rig::new(3, &[skew]);
        let tui = rig.open();
        tui.wait_for_words("Alter refused the request because this machine's clock is wrong");
        // The second may have turned between the two clocks.
        let (count, rest) = said.split_once(' ').unwrap();
        let count: i64 = count.parse().unwrap();
        let words = tui.words();
        let near = (count - 1..=count + 1).any(|count| words.contains(&format!("{count} {rest}")));
        assert!(near, "{skew}: {words}");
        assert!(words.contains("Set the clock"), "{words}");
        rig.faults(&[]);
        let mut tui = tui;
        tui.press("r");
        tui.wait_for("1–3 of 3");
    }
}

#[test]
fn a_backend_that_is_down_is_reported_and_r_recovers() {
    let options = Options { grants: 12, ..Options::default() };
    let world = World::grow(&options, now());
    let key = world.credentials().app_key.expose_secret().to_owned();
    let address = nobody();
    let mut tui = Start::program(&[])
        .env("ALTER_API_KEY", &key)
        .env("ALTER_BASE_URL", &format!("http://{address}"))
        .spawn();
    tui.wait_for_words("The backend refused the connection.");
    let words = tui.words();
    assert!(words.contains(&format!("Host: {address}")) && words.contains("r retries"), "{words}");
    tui.settle();
    let rig = Rig::serve(world, address);
    tui.press("r");
    tui.wait_for("1–12 of 12");
    // What explains the list was asked for again too.
    tui.wait_for("app key");
    tui.settle();

    // It goes down again: what is here stays, and the failure is told beside it.
    rig.stop();
    tui.press("r");
    tui.wait_for_words("The backend refused the connection.");
    assert!(tui.screen().contains("of 12"), "{}", tui.screen());
    tui.press("esc");
    tui.wait_gone("The backend refused the connection");
    tui.press("j");
    tui.settle();
    assert!(tui.screen().contains("ACCOUNT"));
}

#[test]
fn a_name_without_an_address_is_reported() {
    let rig = Rig::new(1, &[]);
    let mut tui = rig.start(&[]).env("ALTER_BASE_URL", "https://nonexistent.invalid").spawn();
    tui.wait_for_words("The backend's host name does not resolve.");
    assert!(tui.words().contains("nonexistent.invalid"));
    tui.settle();
    tui.press("q");
    assert_eq!(tui.exit_status().exit_code(), 0);
}

#[test]
fn a_port_that_does_not_speak_tls_is_reported() {
    let rig = Rig::new(1, &[]);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, greetings) = std::sync::mpsc::channel();
    // It answers a greeting that it does not understand as plain servers do.
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut greeting = [0; 3];
            if stream.read_exact(&mut greeting).is_ok() {
                // Who has left needs no answer.
                let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
                let _ = sender.send(greeting);
            }
        }
    });
    let tui = rig.start(&[]).env("ALTER_BASE_URL", &format!("https://{address}")).spawn();
    tui.wait_for_words("The TLS connection failed.");
    assert!(tui.words().contains("r retries"), "{}", tui.screen());
    tui.settle();
    let heard: Vec<[u8; 3]> = greetings.try_iter().collect();
    assert!(
        !heard.is_empty() && heard.iter().all(|greeting| greeting[0] == 0x16),
        "only handshakes: {heard:?}"
    );
}

#[test]
fn a_hang_says_how_long_keys_work_and_esc_ends_it() {
    let rig = Rig::new(9, &["hang,path=/sdk/grants/list"]);
    let mut tui = rig.open();
    tui.wait_for_words("No answer for 2 s. Esc stops.");
    tui.wait_for_words("No answer for 3 s. Esc stops.");
    tui.press("?");
    tui.wait_for_words("Search account, provider, label, id and scopes.");
    tui.press("esc");
    tui.wait_for_words("Esc stops.");
    tui.press("esc");
    tui.wait_for_words("Stopped before any rows.");
    tui.settle();
    rig.faults(&[]);
    tui.press("r");
    tui.wait_for("1–9 of 9");
}

#[test]
fn a_hang_in_the_middle_says_how_long_and_what_is_here_can_be_used() {
    let rig = Rig::new(400, &["hang,path=/sdk/grants/list,after=1"]);
    let mut tui = rig.open();
    tui.wait_for_words("you see the grants of every user");
    tui.wait_for("of 400, 100 loaded, no answer for 2 s");
    tui.press("/");
    tui.type_text("google");
    tui.press("enter");
    tui.wait_for_words("“google”");
    tui.wait_for("in 100 loaded, no answer for");
    tui.press("esc");
    tui.wait_for("of 400, 100 loaded");
    tui.press("esc");
    tui.wait_for("of 400, 100 loaded, stopped");
    tui.settle();
    rig.faults(&[]);
    tui.press("r");
    tui.wait_for("of 400 ");
    tui.settle();
    assert!(!tui.screen().contains("loaded"), "{}", tui.screen());

    // A refresh of a whole list that hangs is told as well.
    rig.faults(&["hang,path=/sdk/grants/list"]);
    tui.press("r");
    tui.wait_for("of 400, no answer for 2 s");
    tui.press("ctrl-x");
    tui.wait_gone("no answer");
    assert!(tui.screen().contains("of 400 "), "{}", tui.screen());
}

#[test]
fn a_throttled_first_page_counts_down_and_then_comes() {
    for fault in ["throttle-header=2", "throttle-body=2"] {
        let rig = Rig::new(7, &[&format!("{fault},{LIST},first=1")]);
        let tui = rig.open();
        tui.wait_for_words("Too many requests in a short time.");
        tui.wait_for_words("Trying again in 2 s. Esc stops.");
        tui.wait_for_words("Trying again in 1 s. Esc stops.");
        tui.wait_for("1–7 of 7");
        tui.settle();
        assert_eq!(rig.pages(), 2, "{fault}: asked once more, and not earlier");
    }
}

#[test]
fn a_throttled_later_page_counts_down_beside_the_rows() {
    let rig = Rig::new(400, &[&format!("throttle-body=2,{LIST},after=1,first=1")]);
    let tui = rig.open();
    tui.wait_for("of 400, 100 loaded, trying again in 2 s");
    tui.wait_for_words("Too many requests in a short time.");
    tui.wait_for("of 400, 100 loaded, trying again in 1 s");
    tui.wait_for("of 400 ");
    tui.settle();
    assert!(!tui.screen().contains("loaded"), "{}", tui.screen());
}

#[test]
fn a_pause_beyond_patience_is_left_to_the_user() {
    let rig = Rig::new(7, &[&format!("throttle-header=7200,{LIST}")]);
    let mut tui = rig.open();
    tui.wait_for_words("r retries.");
    assert!(tui.words().contains("Too many requests in a short time."), "{}", tui.screen());
    tui.settle();
    assert_eq!(rig.pages(), 1, "nobody knocks before the time");
    rig.faults(&[]);
    tui.press("r");
    tui.wait_for("1–7 of 7");
}

#[test]
fn what_fails_for_a_moment_is_tried_again() {
    for fault in ["html=502", "html=503", "cut-body", "refuse"] {
        let rig = Rig::new(7, &[&format!("{fault},{LIST},first=1")]);
        let tui = rig.open();
        tui.wait_for_words("Trying again in 1 s.");
        let words = tui.words();
        assert!(!words.contains('<'), "no page of HTML on the screen: {words}");
        tui.wait_for("1–7 of 7");
    }
}

#[test]
fn half_a_document_and_odd_envelopes_are_reported_with_the_call() {
    for fault in ["truncated-json", "odd-envelope=grants-null"] {
        let rig = Rig::new(7, &[&format!("{fault},{LIST}")]);
        let mut tui = rig.open();
        tui.wait_for_words("r retries.");
        let words = tui.words();
        assert!(words.contains("POST /sdk/grants/list"), "{fault}: {words}");
        rig.faults(&[]);
        tui.press("r");
        tui.wait_for("1–7 of 7");
    }
}

#[test]
fn names_that_cannot_be_had_do_not_keep_the_list_away() {
    for fault in ["html=500", "truncated-json", "refuse"] {
        let rig = Rig::new(7, &[&format!("{fault},path=/sdk/agents"), &format!("{fault},path=/sdk/oauth")]);
        let tui = rig.open();
        tui.wait_for("1–7 of 7");
        tui.settle();
        assert!(tui.screen().contains("Scopes"), "{fault}: {}", tui.screen());
    }
}
