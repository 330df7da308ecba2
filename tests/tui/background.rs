//! The theme that follows the terminal's own background: the question, and answers as terminals send them.

use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::driver::{Start, Tui};

/// The question, as far as its end.
const QUESTION: &str = "\x1b]11;?";

const LIGHT: &str = "rgb:fdfd/f6f6/e3e3";
const DARK: &str = "rgb:1e1e/1e1e/2e2e";

/// How an answer may end.
const ENDS: [&str; 2] = ["\x1b\\", "\x07"];

fn answer(colour: &str, end: &str) -> String {
    format!("\x1b]11;{colour}{end}")
}

/// A terminal whose colours are old in the environment: every answer changes something.
fn believed(theme: &str) -> Start {
    Start::program(&["--demo"]).env("COLORFGBG", if theme == "dark" { "15;0" } else { "0;15" })
}

/// The program, which has asked and shows the theme that is wrong.
fn asking(wrong: &str) -> Tui {
    let tui = believed(wrong).spawn();
    tui.wait_for_bytes(QUESTION);
    tui.settle();
    tui
}

/// What the program's name is written in.
fn ink(screen: &vt100::Screen) -> Option<vt100::Color> {
    let name = (0..20).find(|column| screen.cell(0, *column).is_some_and(|cell| cell.contents() == "g"))?;
    Some(screen.cell(0, name)?.fgcolor())
}

/// What it is written in with a theme.
fn ink_of(theme: &str) -> Option<vt100::Color> {
    let tui = Start::program(&["--demo", "--theme", theme]).spawn();
    tui.wait_for("grantdeck");
    tui.look(ink)
}

fn wait_for_ink(tui: &Tui, wanted: Option<vt100::Color>) {
    tui.wait_until(&format!("the name is written in {wanted:?}"), |screen| ink(screen) == wanted);
}

#[test]
fn the_theme_follows_the_answer_and_no_part_of_it_is_a_key() {
    let inks = [ink_of("light"), ink_of("dark")];
    assert_ne!(inks[0], inks[1], "both themes look the same here");
    for (colour, wanted, wrong) in [(LIGHT, inks[0], "dark"), (DARK, inks[1], "light")] {
        for end in ENDS {
            let mut tui = asking(wrong);
            assert_ne!(tui.look(ink), wanted);
            tui.send(answer(colour, end).as_bytes(), 1);
            wait_for_ink(&tui, wanted);
            // Whatever of it were left over would be handled before this key.
            tui.press("j");
            assert_eq!(tui.settle().handled, 2, "{colour} {end:?}");
            assert_eq!(tui.raw().matches(QUESTION).count(), 1, "asked again");
        }
    }
}

#[test]
fn what_is_typed_around_an_answer_arrives() {
    let light = ink_of("light");
    for end in ENDS {
        let mut tui = asking("dark");
        tui.send(format!("/goo{}gle", answer(LIGHT, end)).as_bytes(), 8);
        assert_eq!(tui.settle().handled, 8);
        tui.wait_for("/ google ");
        assert_eq!(tui.look(ink), light);
    }
    // As early as a terminal can answer.
    let mut tui = believed("dark").spawn();
    tui.wait_for_bytes(QUESTION);
    tui.send(format!("jj{}j", answer(LIGHT, ENDS[0])).as_bytes(), 4);
    wait_for_ink(&tui, light);
    assert_eq!(tui.settle().handled, 4);
}

/// What may have been typed waits so long for more of an answer.
const PAUSE: Duration = Duration::from_millis(50);

/// The rest of an answer is waited for so long.
const PAUSE_WITHIN: Duration = Duration::from_secs(1);

/// Sends pieces, each of which the program reads on its own. The first counts as so many keys, the others as none.
fn in_pieces(tui: &mut Tui, pieces: &[&[u8]], keys: u64) {
    for (piece, keys) in pieces.iter().zip([keys].into_iter().chain(std::iter::repeat(0))) {
        tui.send(piece, keys);
        tui.wait_until_read();
    }
}

/// Tries until it comes out well. Failing within the `pause` after which the program may give up is a defect; failing
/// in more time says nothing but that the machine is busy.
fn within(pause: Duration, mut attempt: impl FnMut(&mut Tui) -> Result<(), String>) {
    for _ in 0..50 {
        let mut tui = asking("dark");
        let began = Instant::now();
        let Err(what) = attempt(&mut tui) else { return };
        let took = began.elapsed();
        assert!(took >= pause, "{what} after {took:?}");
    }
    panic!("it never came out well: a defect, or this machine is too busy to send two pieces in a row");
}

/// Presses a key behind an answer: all of the answer must have been one message, and the theme its.
fn is_one_answer(tui: &mut Tui, wanted: Option<vt100::Color>) -> Result<(), String> {
    tui.press("j");
    let handled = tui.settle().handled;
    let found = tui.look(ink);
    let good = handled == 2 && found == wanted;
    good.then_some(()).ok_or_else(|| format!("{handled} keys, {found:?} instead of {wanted:?}"))
}

#[test]
fn an_answer_in_pieces_is_one() {
    let light = ink_of("light");
    for end in ENDS {
        let whole = answer(LIGHT, end);
        let whole = whole.as_bytes();
        let last = whole.len() - 1;
        for cuts in [&[1][..], &[2], &[4], &[5], &[12], &[last], &[1, 2], &[1, last], &[3, 9], &[9, last]] {
            let begins = [0].into_iter().chain(cuts.iter().copied());
            let ends = cuts.iter().copied().chain([whole.len()]);
            let pieces: Vec<&[u8]> = begins.zip(ends).map(|(from, to)| &whole[from..to]).collect();
            within(PAUSE, |tui| {
                in_pieces(tui, &pieces, 1);
                is_one_answer(tui, light).map_err(|what| format!("{cuts:?} of {whole:?}: {what}"))
            });
        }
    }
}

#[test]
fn a_new_size_between_two_pieces_changes_nothing() {
    let light = ink_of("light");
    within(PAUSE_WITHIN, |tui| {
        in_pieces(tui, &[b"\x1b]11;rgb:fdfd"], 0);
        tui.resize(100, 30);
        tui.wait_until("it is drawn in the new size", |screen| {
            screen.rows(0, 100).last().is_some_and(|row| row.contains("help"))
        });
        tui.send(b"/f6f6/e3e3\x07", 1);
        is_one_answer(tui, light)
    });
}

#[test]
fn a_lone_esc_is_a_key_while_an_answer_is_owed() {
    let mut tui = asking("dark");
    let before = tui.screen();
    tui.press("?");
    tui.settle();
    assert_ne!(tui.screen(), before);
    tui.press("esc");
    assert_eq!(tui.settle().handled, 2);
    tui.wait_for("copy");
    // And where a key with Alt could be the beginning of one.
    let handled = tui.settle().handled;
    tui.press("alt-]");
    assert_eq!(tui.settle().handled, handled + 1);
    // The answer is still taken for one.
    tui.send(answer(LIGHT, ENDS[0]).as_bytes(), 1);
    wait_for_ink(&tui, ink_of("light"));
}

#[test]
fn where_no_answer_comes_nothing_waits_for_it() {
    let mut tui = asking("dark");
    // A key that waited would never be this quick.
    assert!((0..200).any(|_| tui.handling(|tui| tui.press("j")) < PAUSE), "every key waits");
    tui.press("?");
    tui.settle();
    tui.press("?");
    tui.rest();
    tui.press("q");
    assert_eq!(tui.exit_status().exit_code(), 0);
}

#[test]
fn a_terminal_is_not_asked_for_what_was_chosen_or_what_it_cannot_report() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    std::fs::write(&file, "theme = \"light\"\n").unwrap();
    let file = file.display().to_string();
    let demo = || Start::program(&["--demo"]);
    let (light, dark) = (ink_of("light"), ink_of("dark"));
    for (start, wanted, what) in [
        (Start::program(&["--demo", "--theme", "dark"]), Some(dark), "--theme"),
        (Start::program(&["--demo", "--config", &file]), Some(light), "the configuration"),
        (demo().env("NO_COLOR", "1"), None, "NO_COLOR"),
        (demo().env("TERM", "linux"), None, "TERM=linux"),
        (demo().env("TERM", "vt220"), None, "TERM=vt220"),
        (demo().env("TERM", "screen"), None, "TERM=screen"),
    ] {
        let mut tui = start.spawn();
        tui.wait_for("grantdeck");
        if let Some(wanted) = wanted {
            assert_eq!(tui.look(ink), wanted, "the first frame with {what}");
        }
        tui.settle();
        tui.press("q");
        tui.exit_status();
        assert!(!tui.raw().contains("\x1b]11;"), "asked with {what}");
    }
    // What is said in the command counts before what is configured.
    let tui = Start::program(&["--demo", "--theme", "auto", "--config", &file]).spawn();
    tui.wait_for_bytes(QUESTION);
    let mut tui = demo().env("TERM", "dumb").spawn();
    assert_eq!(tui.exit_status().exit_code(), 2);
    assert!(!tui.raw().contains('\x1b'), "{:?}", tui.raw());
}

/// A tmux of our own, which ends with the test.
struct Tmux {
    folder: TempDir,
}

impl Tmux {
    /// tmux in the terminal, the program in tmux; the program's title is the terminal's.
    fn open(settings: &str, arguments: &str) -> (Self, Tui) {
        let tmux = Self { folder: tempfile::tempdir().unwrap() };
        let settings =
            format!("set -g set-titles on\nset -g set-titles-string '#T'\nset -g status off\n{settings}");
        std::fs::write(tmux.folder.path().join("settings"), settings).unwrap();
        let folder = tmux.folder.path().display();
        let script = format!(
            "cd '{folder}'; exec tmux -S socket -f settings new-session \"'$0' --demo {arguments}; echo LE''FT; cat\""
        );
        let tui = Start::shell(&script).spawn();
        tui.settle();
        (tmux, tui)
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let mut command = std::process::Command::new("tmux");
        command.arg("-S").arg(self.folder.path().join("socket")).arg("kill-server");
        let _ = command.stderr(std::process::Stdio::null()).status();
    }
}

#[test]
fn in_tmux_the_theme_follows_where_tmux_knows_its_background() {
    for (style, theme) in [("#fdf6e3", Some("light")), ("#1e1e2e", Some("dark")), ("default", None)] {
        // What the environment says is the other one.
        let believed = if theme == Some("dark") { "0;15" } else { "15;0" };
        let settings = format!("set -g window-style bg={style}\nsetenv -g COLORFGBG '{believed}'\n");
        let wanted = theme.map(|theme| Tmux::open(&settings, &format!("--theme {theme}")).1.look(ink));
        let (_tmux, mut tui) = Tmux::open(&settings, "");
        if let Some(wanted) = wanted {
            wait_for_ink(&tui, wanted);
        }
        tui.send(b"/google", 0);
        tui.wait_for("/ google ");
        tui.send(b"\r", 0);
        tui.settle();
        let shown = tui.screen();
        assert!(!shown.contains("rgb:") && !shown.contains("]11"), "{style}: {shown}");
        tui.send(b"q", 0);
        tui.wait_for("LEFT");
        let shown = tui.screen();
        assert!(!shown.contains("rgb:") && !shown.contains("11;"), "{style}: {shown}");
    }
}
