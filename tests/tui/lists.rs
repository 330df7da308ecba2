//! Lists that are odd: rows, counts and sizes.

use crate::driver::Tui;
use crate::rig::Rig;

const LIST: &str = "path=/sdk/grants/list";

/// The row of the list, and of the detail beside it, at which the cursor stands.
fn cursor_row(tui: &Tui) -> String {
    tui.screen().lines().find(|line| line.contains('▌')).unwrap_or_default().to_owned()
}

#[test]
fn a_row_that_is_odd_is_marked_and_reported() {
    let cases = [
        ("odd-row=wrong-types", "needs_reconnect:"),
        ("odd-row=bad-id", "grant_id:"),
        ("odd-row=null-scopes", "scopes:"),
        ("odd-row=not-object", "row:"),
        ("odd-row=missing-kind", "grant_kind:"),
    ];
    for (fault, field) in cases {
        let rig = Rig::new(6, &[fault]);
        let mut tui = rig.start(&[]).size(140, 50).spawn();
        tui.wait_for("of 6");
        tui.settle();
        tui.press("j");
        tui.settle();
        assert!(cursor_row(&tui).contains("▌ !"), "{fault}: {}", tui.screen());
        let words = tui.words();
        assert!(words.contains("! Not all of this row could be read"), "{fault}: {words}");
        assert!(words.contains(field), "{fault}: {words}");
        tui.press("enter");
        tui.wait_gone("ACCOUNT");
        tui.settle();
        assert!(tui.words().contains(field), "{fault}: {}", tui.screen());
        // The others are as they should be.
        tui.press("esc");
        tui.press("j");
        tui.settle();
        assert!(!cursor_row(&tui).contains('!'), "{fault}: {}", tui.screen());
        assert!(!tui.words().contains("Not all of this row"), "{fault}: {}", tui.screen());
    }
}

#[test]
fn what_a_newer_backend_adds_is_shown() {
    let rig = Rig::new(6, &["odd-row=extra-fields"]);
    let mut tui = rig.start(&[]).size(200, 60).spawn();
    tui.wait_for("of 6");
    tui.press("j");
    tui.press("enter");
    tui.wait_gone("ACCOUNT");
    tui.wait_for("Fields of a newer backend");
    tui.settle();
    let words = tui.words();
    for part in ["risk_score: 0.87", "x_region:", "eu-central-1", "[31mfield: \"a name with"] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert!(!tui.raw().contains("\x1b[31mfield"));

    let rig = Rig::new(6, &["odd-row=unknown-enum"]);
    let mut tui = rig.start(&[]).size(200, 60).spawn();
    tui.wait_for("of 6");
    tui.press("j");
    tui.wait_for("household");
    tui.settle();
    let words = tui.words();
    for part in ["hibernating", "inheritance", "a status that this version does not know"] {
        assert!(words.contains(part), "{part}: {words}");
    }
}

#[test]
fn odd_envelopes_that_can_be_read_are_read() {
    for fault in ["odd-envelope=total-string", "odd-envelope=no-has-more"] {
        let rig = Rig::new(150, &[fault]);
        let tui = rig.open();
        tui.wait_for("of 150 ");
        tui.settle();
        assert!(!tui.screen().contains("loaded"), "{fault}: {}", tui.screen());
    }
}

#[test]
fn counts_that_do_not_agree_are_reported_at_the_end_and_never_walked_for_ever() {
    for (fault, shown) in [
        ("total-off=-3", "of 300, incomplete"),
        ("total-off=5", "of 305, 300 loaded, incomplete"),
        ("total-drifts", "loaded, incomplete"),
    ] {
        let rig = Rig::new(300, &[&format!("{fault},{LIST}")]);
        let mut tui = rig.open();
        tui.wait_for_words("List incomplete: 300 grants found, the backend counts");
        tui.settle();
        assert!(tui.screen().contains(shown), "{fault}: {}", tui.screen());
        let pages = rig.pages();
        assert!((3..=6).contains(&pages), "{fault}: walked twice, not {pages} pages");
        // A filter of such a backend ends as well.
        tui.press("l");
        tui.wait_for("Grants · ");
        tui.settle();
        assert!(tui.screen().contains("incomplete"), "{fault}: {}", tui.screen());
        assert!(rig.pages() <= pages + 4, "{fault}: {} pages", rig.pages());
        tui.press("x");
        tui.wait_for(shown);
        tui.settle();
    }
}

#[test]
fn a_list_that_moves_shows_each_row_once_and_says_so() {
    let rig = Rig::new(2_500, &[&format!("shifting,{LIST}")]);
    let mut tui = rig.start(&[]).size(160, 20).spawn();
    tui.wait_for("incomplete");
    tui.settle();
    assert!(tui.words().contains("incomplete:"), "{}", tui.screen());
    // Once it stands still, one more reading proves it.
    rig.faults(&[]);
    tui.press("r");
    tui.wait_for("Refreshed: all");
    tui.settle();
    assert!(!tui.screen().contains("incomplete"), "{}", tui.screen());
}

#[test]
fn an_empty_account_says_what_to_do_and_one_grant_is_a_list() {
    let rig = Rig::new(0, &[]);
    let mut tui = rig.open();
    tui.wait_for_words("No grants yet.");
    tui.settle();
    for key in ["j", "G", "enter", "esc", "space", "*", "P", "W", "v", "]", "/", "esc", "l", "x"] {
        tui.press(key);
    }
    tui.settle();
    tui.wait_for_words("r refreshes.");
    tui.press("q");
    assert_eq!(tui.exit_status().exit_code(), 0);

    let rig = Rig::new(1, &[]);
    let mut tui = rig.open();
    tui.wait_for("1–1 of 1");
    tui.settle();
    let row = cursor_row(&tui);
    for key in ["j", "k", "G", "g", "g", "]", "[", "W", "v", "W"] {
        tui.press(key);
    }
    tui.settle();
    assert_eq!(cursor_row(&tui), row);
}
