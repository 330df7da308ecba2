//! The terminal is taken, given back whatever happens, and left alone at rest.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;

use crate::driver::{Start, Tui, kill};

fn demo() -> Tui {
    let tui = Start::program(&["--demo"]).spawn();
    tui.settle();
    tui
}

/// Alternate screen left, cursor shown, mouse and pastes off, raw mode off.
fn assert_restored(tui: &Tui) {
    tui.look(|screen| {
        assert!(!screen.alternate_screen(), "the alternate screen is still there");
        assert!(!screen.hide_cursor(), "the cursor is still hidden");
        assert!(!screen.bracketed_paste(), "pastes are still bracketed");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    });
    let raw = tui.raw();
    let (on, off) = (raw.matches("\x1b[?1004h").count(), raw.matches("\x1b[?1004l").count());
    assert!(on > 0 && on == off, "focus events: {on} times on, {off} times off");
    let (before, after) = tui.modes();
    assert_eq!(before, after, "the line discipline differs");
}

#[test]
fn the_terminal_is_taken() {
    let tui = demo();
    tui.look(|screen| {
        assert!(screen.alternate_screen() && screen.bracketed_paste());
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::PressRelease);
    });
    let (before, now) = tui.modes();
    assert_ne!(before, now, "raw mode is off");
    let raw = tui.raw();
    assert!(raw.contains("\x1b[?2026h") && raw.contains("\x1b[?2026l"), "no synchronised update");
    assert!(!raw.contains("\x1b[6n") && !raw.contains("\x1b[c"), "the terminal was asked something");
}

#[test]
fn quitting_gives_the_terminal_back() {
    let mut tui = demo();
    tui.press("q");
    let status = tui.exit_status();
    assert_eq!(status.exit_code(), 0);
    assert_restored(&tui);
}

#[test]
fn signals_end_it_and_give_the_terminal_back() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::HUP, 129)] {
        let mut tui = demo();
        tui.signal(signal);
        let status = tui.exit_status();
        assert_eq!(status.exit_code(), code, "{signal:?}");
        assert_restored(&tui);
    }
}

#[test]
fn a_panic_on_the_screen_gives_the_terminal_back_and_then_reports() {
    let mut tui = Start::program(&["--demo"]).env("GRANTDECK_TEST_PANIC", "ui").spawn();
    let status = tui.exit_status();
    assert_eq!(status.exit_code(), 101);
    assert_restored(&tui);
    let raw = tui.raw();
    let left = raw.rfind("\x1b[?1049l").expect("the alternate screen was never left");
    let reported = raw.find("This is a bug in grantdeck").expect("nothing was told");
    assert!(left < reported, "the report was painted over");
    assert_eq!(raw.matches("crashed at").count(), 1);
}

#[test]
fn a_panic_in_a_task_leaves_the_screen_alive() {
    let mut tui = Start::program(&["--demo"]).env("GRANTDECK_TEST_PANIC", "task").spawn();
    tui.settle();
    tui.wait_for("Part of grantdeck crashed");
    let before = tui.screen();
    tui.press("?");
    tui.settle();
    assert_ne!(tui.screen(), before, "keys have no effect");
    tui.press("esc");
    tui.press("q");
    assert_eq!(tui.exit_status().exit_code(), 0);
    assert_restored(&tui);
}

/// The child of a shell.
fn child_of(shell: u32) -> u32 {
    let children = std::fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).unwrap();
    children.split_whitespace().next().expect("the shell has no child").parse().unwrap()
}

const JOB_CONTROL: &str = "set -m; \"$0\" --demo; echo STOPPED; read go; fg >/dev/null; echo LEFT $?";

fn suspend_and_resume(stop: impl FnOnce(&mut Tui)) {
    let mut tui = Start::shell(JOB_CONTROL).spawn();
    tui.settle();
    let shown = tui.screen();
    stop(&mut tui);
    tui.wait_for("STOPPED");
    assert_restored(&tui);
    tui.send(b"go\r", 0);
    tui.wait_until("the alternate screen is back", vt100::Screen::alternate_screen);
    tui.wait_until("the picture is drawn anew", |screen| screen.contents() == shown);
    tui.look(|screen| {
        assert!(screen.bracketed_paste());
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::PressRelease);
    });
    kill(child_of(tui.process()), Signal::TERM);
    tui.wait_for("LEFT 143");
    assert_eq!(tui.exit_status().exit_code(), 0);
    assert_restored(&tui);
}

#[test]
fn a_stop_signal_from_outside_stops_and_continues() {
    suspend_and_resume(|tui| kill(child_of(tui.process()), Signal::TSTP));
}

#[test]
fn ctrl_z_stops_and_continues() {
    suspend_and_resume(|tui| tui.press("ctrl-z"));
}

#[test]
fn without_job_control_ctrl_z_changes_nothing() {
    let mut tui = demo();
    tui.press("ctrl-z");
    tui.settle();
    tui.signal(Signal::TSTP);
    tui.signal(Signal::TERM);
    assert_eq!(tui.exit_status().exit_code(), 143);
}

#[test]
fn a_storm_of_sizes_is_survived() {
    let mut tui = demo();
    let sizes = [(120, 36), (20, 5), (200, 50), (1, 1), (60, 16), (2, 80), (250, 2), (80, 24)];
    for round in 0..25 {
        for (columns, rows) in sizes {
            tui.resize(columns + round % 2, rows);
        }
    }
    tui.resize(120, 36);
    tui.settle();
    tui.signal(Signal::TERM);
    assert_eq!(tui.exit_status().exit_code(), 143);
    assert_restored(&tui);
}

/// The system tells of it by a signal to end and one to continue, in any order, while reading already finds
/// nothing. A program that was stopped meets all three at the same instant.
#[test]
fn a_terminal_that_is_closed_ends_it() {
    for stopped in [false, true] {
        let mut tui = demo();
        let process = tui.process();
        if stopped {
            tui.signal(Signal::STOP);
        }
        tui.hang_up();
        tui.exit_status();
        assert!(!std::path::Path::new(&format!("/proc/{process}/stat")).exists());
    }
}

/// Waits for something that must *not* happen, which is the one thing no condition can announce.
#[test]
fn nothing_is_written_at_rest() {
    let tui = demo();
    tui.rest();
    let before = tui.bytes_written();
    std::thread::sleep(Duration::from_millis(800));
    assert_eq!(tui.bytes_written(), before, "{:?}", tui.raw());
}

#[test]
fn without_a_terminal_it_says_what_to_do() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_grantdeck"))
        .arg("--demo")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2));
    let (mut out, mut reported) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut reported).unwrap();
    assert_eq!(out, "", "nothing but complaints may be printed");
    assert!(reported.contains("grantdeck list"), "{reported}");
}
