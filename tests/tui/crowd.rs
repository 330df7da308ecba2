//! 100,000 grants.

use crate::rig::Rig;

#[test]
fn a_hundred_thousand_grants_load_fully_and_can_be_walked_searched_and_sorted() {
    let rig = Rig::new(100_000, &[]);
    let mut tui = rig.open();
    tui.wait_for("of 100,000, ");
    // What is here can be used while the rest comes.
    tui.press("j");
    tui.press("]");
    tui.wait_for("31–60 of 100,000");
    tui.wait_for("31–60 of 100,000 ");
    tui.settle();
    assert!(!tui.screen().contains("loaded"), "{}", tui.screen());
    tui.press("G");
    tui.wait_for("99,971–100,000 of 100,000 ");
    tui.settle();
    let last = tui
        .screen()
        .lines()
        .rfind(|line| line.contains('│') && line.contains("▌"))
        .unwrap_or_default()
        .to_owned();
    assert!(!last.is_empty(), "the cursor stands on the last row: {}", tui.screen());
    tui.press("g");
    tui.press("g");
    tui.wait_for("1–30 of 100,000 ");
    tui.press("/");
    tui.type_text("gmail health:expired");
    tui.settle();
    assert!(tui.screen().contains("in 100,000"), "{}", tui.screen());
    tui.press("esc");
    tui.press("W");
    tui.settle();
    tui.press("g");
    tui.press("g");
    tui.wait_for("1–30 of 100,000 ");
    tui.settle();
    let first = tui.screen().lines().find(|line| line.contains('▌')).unwrap_or_default().to_owned();
    assert!(!first.contains("● ok"), "the worst come first: {first}");
}
