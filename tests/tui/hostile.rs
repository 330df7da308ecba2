//! Names that attack the terminal, terminals that can do little, and sizes that change all the time.

use std::collections::BTreeSet;

use crate::driver::{Start, Tui};
use crate::rig::Rig;

/// Characters that turn text around, hide it or steer a terminal; none may come from a name.
fn is_forbidden(character: char) -> bool {
    matches!(character,
        '\u{0}'..='\u{6}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// The sequences that were written, without the titles that tests ask for: what follows each ESC, shortened to
/// what tells its kind.
fn sequences(raw: &str) -> BTreeSet<String> {
    let mut kinds = BTreeSet::new();
    for sequence in raw.split('\x1b').skip(1) {
        let kind = match sequence.strip_prefix('[') {
            Some(rest) => {
                let end = rest.find(|c: char| ('@'..='~').contains(&c)).unwrap_or(0);
                let private = if rest.starts_with(['?', '>', '<', '=']) { &rest[..1] } else { "" };
                format!("[{private}{}", &rest[end..=end])
            }
            None => sequence.chars().take(12).collect(),
        };
        kinds.insert(kind);
    }
    kinds
}

/// The frames stand where they stood: no name pushed anything aside.
fn assert_frames_hold(tui: &Tui) {
    tui.look(|screen| {
        let text = |row, column| screen.cell(row, column).unwrap().contents().to_owned();
        let (rows, columns) = screen.size();
        let edges: Vec<u16> =
            (0..columns.get()).filter(|column| ["╭", "╮"].contains(&text(2, *column).as_str())).collect();
        assert!(edges.len() >= 2, "{}", screen.contents());
        for row in 3..rows.get() - 2 {
            for column in &edges {
                assert!(
                    ["│", "┃"].contains(&text(row, *column).as_str()),
                    "{row}/{column}: {}",
                    screen.contents()
                );
            }
        }
    });
}

#[test]
fn names_that_attack_the_terminal_reach_it_as_text_only() {
    let rig = Rig::new(60, &["odd-row=extra-fields"]);
    let mut tui = rig.start(&[]).size(160, 40).spawn();
    tui.wait_for("of 60 ");
    // A notice covers the frames.
    tui.wait_for_words("you see the grants of every user");
    tui.press("esc");
    tui.settle();
    for _ in 0..60 {
        tui.press("j");
        tui.settle();
        assert_frames_hold(&tui);
    }
    tui.press("enter");
    tui.wait_gone("ACCOUNT");
    for _ in 0..60 {
        tui.press("[");
        tui.settle();
        tui.press("G");
        tui.settle();
        assert_frames_hold(&tui);
    }
    tui.press("esc");
    tui.paste("pay\u{200b}pal\u{202e}\x1b]52;c;aGFja2Vk\x07");
    tui.settle();
    tui.press("enter");
    tui.press("x");
    for menu in ["a", "L", "p", "C"] {
        tui.press(menu);
        tui.settle();
        tui.press("end");
        tui.settle();
        tui.press("esc");
    }
    tui.press("v");
    tui.press("z");
    tui.settle();

    let raw = tui.raw();
    // They were there, as text.
    for text in ["OWNED", "clip@evil.example", "31mcsi"] {
        assert!(raw.contains(text), "{text} was never shown");
    }
    let found: BTreeSet<char> = raw.chars().filter(|character| is_forbidden(*character)).collect();
    assert!(found.is_empty(), "{found:?}");
    // The terminal is asked for its background, once and by these very bytes.
    let asked = "\x1b]11;?\x1b\\";
    assert!(raw.matches(asked).count() <= 1);
    for kind in sequences(&raw.replace(asked, "")) {
        let own = ["[?h", "[?l", "[>u", "[<u", "[H", "[m", "[J", "[K", "[ q", "[X"];
        let is_title = kind.starts_with("]0;grantdeck") || kind.starts_with("]2;grantdeck");
        assert!(is_title || own.contains(&kind.as_str()), "a sequence of kind {kind:?}");
    }
    assert!(!raw.contains("\x1b]52") && !raw.contains("\x1b[1;31mOWNED"));
}

/// Whether a set of attributes names a colour other than the terminal's own.
fn names_a_colour(attributes: &str) -> bool {
    attributes
        .split([';', ':'])
        .any(|code| matches!(code.parse(), Ok(30..=38 | 40..=48 | 58 | 90..=97 | 100..=107)))
}

#[test]
fn without_colours_everything_is_still_clear() {
    let rig = Rig::new(40, &[]);
    let mut tui = rig.start(&[]).env("NO_COLOR", "1").spawn();
    tui.wait_for("of 40 ");
    tui.settle();
    for word in ["▌", "● ok", "◐ scopes", "✗ reconnect"] {
        assert!(tui.screen().contains(word), "{word}: {}", tui.screen());
    }
    tui.press("space");
    tui.wait_for("1 marked");
    assert!(tui.screen().contains('◆'), "{}", tui.screen());
    tui.press("/");
    tui.type_text("goo");
    tui.settle();
    tui.press("enter");
    tui.press("?");
    tui.wait_for("Keys of the list");
    tui.press("esc");
    tui.settle();
    let raw = tui.raw();
    let coloured = raw.split("\x1b[").filter_map(|part| {
        let (attributes, _) = part.split_once('m')?;
        attributes.chars().all(|c| c.is_ascii_digit() || c == ';' || c == ':').then_some(attributes)
    });
    let coloured: BTreeSet<&str> = coloured.filter(|attributes| names_a_colour(attributes)).collect();
    assert!(coloured.is_empty(), "{coloured:?}");
    tui.press("q");
    assert_eq!(tui.exit_status().exit_code(), 0);
}

#[test]
fn a_terminal_that_obeys_nothing_gets_no_picture() {
    let mut tui = Start::program(&["--demo"]).env("TERM", "dumb").spawn();
    tui.wait_for("No usable terminal");
    assert_eq!(tui.exit_status().exit_code(), 2);
    assert!(!tui.raw().contains('\u{1b}'), "{:?}", tui.raw());
}

#[test]
fn sizes_that_change_while_it_loads_lose_nothing() {
    let rig = Rig::new(3_000, &["latency=20ms,path=/sdk/grants/list"]);
    let mut tui = rig.open();
    tui.wait_for("ACCOUNT");
    for _ in 0..12 {
        tui.press("j");
    }
    tui.settle();
    let chosen = tui.look(|screen| {
        let rows: Vec<String> = screen.contents().lines().map(str::to_owned).collect();
        rows.into_iter().find(|row| row.contains('▌')).unwrap()
    });
    let account: String = chosen.chars().skip(17).take(24).collect();
    tui.press("r");
    for round in 0..20 {
        for (columns, rows) in [(20, 5), (160, 50), (60, 16), (1, 1), (61, 15), (250, 70), (80, 24)] {
            tui.resize(columns + round % 3, rows);
        }
    }
    tui.resize(20, 5);
    tui.wait_until("it says what it needs", |screen| {
        let text = screen.contents();
        text.contains("60 × 16") && text.contains("20 × 5")
    });
    tui.settle();
    // Keys still work where nothing else fits.
    tui.press("k");
    tui.press("j");
    tui.resize(120, 36);
    tui.wait_for("of 3,000 ");
    tui.settle();
    let row = tui.screen().lines().find(|line| line.contains('▌')).unwrap_or_default().to_owned();
    assert!(row.contains(account.trim()), "{account:?} was chosen: {row}");
    tui.resize(20, 5);
    tui.wait_for("20 × 5");
    tui.press("q");
    assert_eq!(tui.exit_status().exit_code(), 0);
}
