//! Find, filter, search and read any grant, with a key from the environment and a backend that verifies strictly.

use crate::driver::Tui;
use crate::rig::Rig;

/// The rows of the list that are on the screen: the cells between the frame and the scroll bar.
fn rows(tui: &Tui) -> Vec<String> {
    let screen = tui.screen();
    let lines = screen.lines().skip(4).filter(|line| line.starts_with('│'));
    let cells = lines.filter_map(|line| line.trim_start_matches('│').split(['│', '┃']).next());
    cells.map(|row| row.trim_start_matches('▌').trim().to_owned()).filter(|row| !row.is_empty()).collect()
}

fn cursor_row(tui: &Tui) -> String {
    tui.screen().lines().find(|line| line.contains('▌')).unwrap_or_default().to_owned()
}

/// 500 grants, all loaded, the notice of the start taken away.
fn loaded(rig: &Rig) -> Tui {
    let mut tui = rig.open();
    tui.wait_for("of 500 ");
    tui.wait_for_words("you see the grants of every user");
    tui.press("esc");
    tui.settle();
    assert!(!tui.screen().contains("loaded"), "{}", tui.screen());
    tui
}

#[test]
fn every_grant_can_be_found_filtered_searched_and_read() {
    let rig = Rig::new(500, &[]);
    let mut tui = loaded(&rig);
    let chips = tui.screen().lines().nth(1).unwrap().to_owned();
    assert!(chips.contains("all 500") && !chips.contains('+'), "counts are final: {chips}");
    let asked = rig.backend.journal().len();
    assert!(rig.backend.journal().iter().all(|entry| entry.status != 401), "each request was signed well");

    // Search, by account.
    tui.press("/");
    tui.type_text("acme health:ok");
    tui.wait_for("in 500");
    tui.settle();
    let found = rows(&tui);
    assert!(!found.is_empty() && found.iter().all(|row| row.contains("● ok")), "{found:#?}");
    tui.press("enter");
    tui.wait_for("Grants · “acme health:ok”");
    let account = "work@acme.example";
    assert!(found[0].to_lowercase().contains("acme"), "{found:#?}");
    tui.press("x");
    tui.wait_for("1–30 of 500 ");

    // A provider, by its name; then a health.
    tui.press("p");
    tui.type_text("slack");
    tui.press("enter");
    tui.wait_for("Grants · slack");
    tui.settle();
    let found = rows(&tui);
    assert!(found.len() > 5 && found.iter().all(|row| row.starts_with("slack")), "{found:#?}");
    tui.press("H");
    tui.type_text("revoked");
    tui.press("enter");
    tui.wait_for("Grants · slack · revoked");
    tui.settle();
    let found = rows(&tui);
    assert!(found.iter().all(|row| row.contains("⊘ revoked")), "{found:#?}");
    tui.press("x");
    tui.wait_for("1–30 of 500 ");

    // The chips, one by one.
    tui.press("l");
    tui.wait_for("Grants · google");
    tui.settle();
    assert!(rows(&tui).iter().all(|row| row.starts_with("google")), "{}", tui.screen());
    tui.press("h");
    tui.wait_for("1–30 of 500 ");
    assert_eq!(rig.backend.journal().len(), asked, "with all rows here nothing is asked for");

    // An id is found by its beginning; the detail explains the scopes.
    let id: String = tui.look(|screen| {
        let line = screen.contents().lines().nth(3).unwrap().to_owned();
        line.split('│')
            .filter_map(|cell| cell.split_whitespace().next().map(str::to_owned))
            .next_back()
            .unwrap()
    });
    tui.press("/");
    tui.type_text(&id[..13]);
    tui.press("enter");
    tui.wait_for("1–1 of 1 in 500");
    tui.press("enter");
    tui.wait_gone("ACCOUNT");
    for part in [id.as_str(), account, "Permission", "Last used", "gmail.send", "Send email on your behalf"] {
        tui.wait_for(part);
    }
    tui.press("esc");
    tui.wait_for("ACCOUNT");
}

#[test]
fn pages_are_walked_without_a_row_twice() {
    let rig = Rig::new(500, &[]);
    let mut tui = loaded(&rig);
    let mut seen = rows(&tui).len();
    for window in ["31–60", "61–90", "91–120"] {
        tui.press("]");
        tui.wait_for(&format!("{window} of 500 "));
        tui.settle();
        seen += rows(&tui).len();
    }
    assert_eq!(seen, 120, "{}", tui.screen());
    tui.press("pageup");
    tui.wait_for("61–90 of 500 ");
    tui.press("G");
    tui.wait_for("471–500 of 500 ");
    tui.settle();
    assert!(
        tui.screen().lines().rfind(|line| line.starts_with("│")).unwrap().contains('▌'),
        "{}",
        tui.screen()
    );
    tui.press("[");
    tui.wait_for("441–470 of 500 ");
    tui.press("g");
    tui.press("g");
    tui.wait_for("1–30 of 500 ");
    tui.settle();
    assert!(rows(&tui)[0].contains("work@acme.example"));
}

#[test]
fn palette_sort_help_and_the_worst_first() {
    let rig = Rig::new(500, &[]);
    let mut tui = loaded(&rig);
    tui.press("?");
    tui.wait_for("Keys of the list");
    tui.wait_for("Search account, provider, label, id and scopes.");
    tui.press("esc");
    tui.wait_gone("Keys of the list");

    tui.press(":");
    tui.type_text("worst");
    tui.wait_for("› worst");
    tui.press("enter");
    tui.settle();
    assert!(rows(&tui).iter().all(|row| !row.contains("● ok")), "{}", tui.screen());

    tui.press("s");
    tui.type_text("account");
    tui.press("enter");
    tui.wait_for("ACCOUNT▲");
    tui.settle();
    let heads = tui.screen().lines().find(|line| line.contains("ACCOUNT▲")).unwrap().to_owned();
    let column = heads.find("ACCOUNT").unwrap() - heads.find("PROVIDER").unwrap();
    let accounts: Vec<String> =
        rows(&tui).iter().map(|row| row.chars().skip(column).take(4).collect::<String>()).collect();
    let latin: Vec<String> = accounts
        .iter()
        .filter(|account| account.chars().all(|c| c.is_ascii_alphabetic()))
        .map(|account| account.to_lowercase())
        .collect();
    assert!(latin.len() > 5 && latin.is_sorted(), "{accounts:#?}");

    // Marks survive a filter.
    tui.press("g");
    tui.press("g");
    tui.press("space");
    tui.press("space");
    tui.wait_for("2 marked");
    tui.press("p");
    tui.type_text("zoom");
    tui.press("enter");
    tui.wait_for("2 marked, 2 hidden");
    tui.press("x");
    tui.wait_gone("hidden");
    tui.press("v");
    tui.wait_for("Grants · tree");
    tui.settle();
    assert!(tui.screen().contains("└") || tui.screen().contains("↳"), "{}", tui.screen());
}

/// Refreshes, and says what the notice must say once all is read.
fn refresh(tui: &mut Tui, said: &str) {
    tui.press("r");
    tui.settle();
    assert!(tui.screen().contains(said), "{said}: {}", tui.screen());
}

#[test]
fn a_refresh_marks_what_is_new_changed_and_gone_and_keeps_the_cursor() {
    let rig = Rig::new(500, &[]);
    let mut tui = loaded(&rig);
    for _ in 0..4 {
        tui.press("j");
    }
    tui.settle();
    let chosen = cursor_row(&tui);
    let chosen = chosen.split('│').nth(1).unwrap().trim_start_matches('▌').trim().to_owned();
    refresh(&mut tui, "Refreshed: nothing changed.");

    // A row comes while the list is read: it is read once more, and then is whole.
    rig.faults(&["shifting,first=1,path=/sdk/grants/list"]);
    refresh(&mut tui, "Refreshed: 1 new.");
    tui.wait_for("of 501 ");
    tui.settle();
    assert!(cursor_row(&tui).contains(&chosen), "{chosen}: {}", tui.screen());
    tui.press("G");
    tui.wait_for("472–501 of 501 ");
    tui.settle();
    assert!(cursor_row(&tui).contains('+'), "the new one stands at the end: {}", tui.screen());

    rig.faults(&["odd-row=unknown-enum,first=1,path=/sdk/grants/list"]);
    refresh(&mut tui, "Refreshed: 1 changed.");
    rig.faults(&[]);
    refresh(&mut tui, "Refreshed: 1 changed.");
    tui.press("esc");
    tui.press("g");
    tui.press("g");
    tui.wait_for("1–30 of 501 ");
    tui.settle();
    assert!(rows(&tui).iter().any(|row| row.starts_with('~')), "{}", tui.screen());

    // One goes while the list is read; loading it again proves it.
    rig.faults(&["shifting,first=1,path=/sdk/grants/list"]);
    refresh(&mut tui, "Refreshed: 1 gone.");

    tui.press("esc");
    tui.settle();
    assert!(rows(&tui).iter().any(|row| row.starts_with('-')), "{}", tui.screen());
}
