//! Whichever signal ends or stops the program, and wherever it is then, the terminal is as it was before.

use std::sync::Mutex;
use std::time::Duration;

use grantdeck::sandbox::Options;
use rustix::process::Signal;

use crate::driver::{LIMIT, Start, Tui, kill};
use crate::rig::Rig;

/// Signals that end a program.
const ENDING: [Signal; 11] = [
    Signal::INT,
    Signal::TERM,
    Signal::HUP,
    Signal::QUIT,
    Signal::USR1,
    Signal::USR2,
    Signal::ALARM,
    Signal::ABORT,
    Signal::XCPU,
    Signal::VTALARM,
    Signal::PROF,
];

/// Where the program is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// A key is asked for, before the screen.
    Question,
    List,
    TextField,
    /// A provider does not answer.
    Call,
}

const MOMENTS: [Moment; 4] = [Moment::Question, Moment::List, Moment::TextField, Moment::Call];

/// A backend whose providers do not answer, and a profile whose key is asked for.
fn rig() -> Rig {
    let slow = Duration::from_mins(10);
    let rig = Rig::with(&Options { grants: 12, provider_latency: slow, ..Options::default() });
    let text = format!("[profiles.asked]\nkey = \"prompt\"\nbase_url = \"{}\"\n", rig.backend.base_url());
    std::fs::write(rig.home.path().join("config.toml"), text).unwrap();
    rig
}

impl Moment {
    fn arguments(self, rig: &Rig) -> String {
        let config = rig.home.path().join("config.toml").display().to_string();
        match self {
            Self::Question => format!("--profile asked --config {config}"),
            _ => "--theme dark".to_owned(),
        }
    }

    /// Goes there.
    fn reach(self, rig: &Rig, tui: &mut Tui) {
        if self == Self::Question {
            tui.wait_for("Alter API key of profile asked: ");
            return;
        }
        tui.wait_for("of 12");
        tui.settle();
        match self {
            Self::Question | Self::List => {}
            Self::TextField => {
                tui.press("/");
                tui.type_text("goo");
                tui.wait_for("/ goo");
            }
            Self::Call => {
                tui.press("c");
                tui.wait_for("Send");
                tui.press("s");
                wait_for_call(rig, tui);
            }
        }
    }
}

/// Waits until the backend was asked for a call that it does not answer.
#[expect(clippy::disallowed_methods, reason = "the journal announces nothing, and the wait has a limit")]
fn wait_for_call(rig: &Rig, tui: &Tui) {
    let since = std::time::Instant::now();
    while !rig.backend.journal().iter().any(|entry| entry.target.starts_with("/sdk/proxy")) {
        assert!(since.elapsed() < LIMIT, "no call: {}", tui.screen());
        std::thread::yield_now();
    }
}

/// The line discipline as before, no mode of a screen, a cursor.
fn assert_given_back(tui: &Tui, what: &str) {
    let (before, after) = tui.modes();
    assert_eq!(before, after, "{what}: the line discipline differs");
    tui.look(|screen| {
        assert!(!screen.alternate_screen(), "{what}: the alternate screen is still there");
        assert!(!screen.hide_cursor(), "{what}: the cursor is still hidden");
        assert!(!screen.bracketed_paste(), "{what}: pastes are still bracketed");
        assert_eq!(
            screen.mouse_protocol_mode(),
            vt100::MouseProtocolMode::None,
            "{what}: the mouse is still told"
        );
    });
    let raw = tui.raw();
    let [on, off] = ["\x1b[?1004h", "\x1b[?1004l"].map(|sequence| raw.matches(sequence).count());
    assert_eq!(on, off, "{what}: focus events are still told");
}

/// Does each of these on a few threads: nearly all the time is spent waiting.
fn each<T: Send>(cases: Vec<T>, attempt: impl Fn(T) + Sync) {
    let cases = Mutex::new(cases.into_iter());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let next = cases.lock().unwrap().next();
                    let Some(case) = next else { break };
                    attempt(case);
                }
            });
        }
    });
}

#[test]
fn the_terminal_is_given_back_after_each_signal_at_each_moment() {
    let cases = MOMENTS.iter().flat_map(|moment| ENDING.map(|signal| (*moment, signal))).collect();
    each(cases, |(moment, signal): (Moment, Signal)| {
        let rig = rig();
        let arguments = moment.arguments(&rig);
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let mut tui = rig.start(&arguments).spawn();
        moment.reach(&rig, &mut tui);
        let (before, now) = tui.modes();
        assert_ne!(before, now, "{moment:?}: the terminal was not taken");
        tui.signal(signal);
        let code = tui.exit_status().exit_code();
        let what = format!("{signal:?} at {moment:?}");
        assert_eq!(code, 128 + signal.as_raw() as u32, "{what}");
        assert_given_back(&tui, &what);
    });
}

#[test]
fn a_signal_that_is_ignored_changes_nothing() {
    each(MOMENTS.to_vec(), |moment| {
        let rig = rig();
        let arguments = moment.arguments(&rig);
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let mut tui = rig.start(&arguments).spawn();
        moment.reach(&rig, &mut tui);
        tui.signal(Signal::PIPE);
        tui.signal(Signal::TERM);
        assert_eq!(tui.exit_status().exit_code(), 143, "{moment:?}");
        assert_given_back(&tui, "PIPE");
    });
}

/// The child of a shell.
fn child_of(shell: u32) -> u32 {
    let children = std::fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).unwrap();
    children.split_whitespace().next().expect("the shell has no child").parse().unwrap()
}

#[test]
fn a_program_that_is_stopped_gives_the_terminal_back_and_takes_it_again() {
    each(MOMENTS.to_vec(), |moment| {
        let rig = rig();
        let script = format!(
            "set -m; \"$0\" {}; echo STOPPED; read go; fg >/dev/null; echo LEFT $?",
            moment.arguments(&rig)
        );
        let mut tui = Start::shell(&script)
            .home(rig.home.path())
            .env("ALTER_API_KEY", &rig.key())
            .env("ALTER_BASE_URL", rig.backend.base_url())
            .spawn();
        moment.reach(&rig, &mut tui);
        let taken = tui.modes().1;
        kill(child_of(tui.process()), Signal::TSTP);
        tui.wait_for("STOPPED");
        assert_given_back(&tui, &format!("stopped at {moment:?}"));
        tui.send(b"go\r", 0);
        if moment == Moment::Question {
            tui.wait_until("it is asked again", |screen| {
                screen.contents().matches("of profile asked").count() == 2
            });
        } else {
            tui.wait_until("the screen is back", vt100::Screen::alternate_screen);
        }
        assert_eq!(tui.modes().1, taken, "{moment:?}: the terminal was not taken again");
        kill(child_of(tui.process()), Signal::TERM);
        tui.wait_for("LEFT 143");
        assert_eq!(tui.exit_status().exit_code(), 0);
        assert_given_back(&tui, &format!("ended after a stop at {moment:?}"));
    });
}

#[test]
fn ctrl_c_at_a_question_for_a_key_ends_as_in_a_shell() {
    let rig = rig();
    let config = rig.home.path().join("config.toml").display().to_string();
    for command in [&[][..], &["list"], &["id", "google:x"], &["call", "google:x", "GET", "/x"], &["doctor"]]
    {
        for (key, code) in [(&b"\x03"[..], 130), (b"\x1c", 131)] {
            let arguments = [&["--profile", "asked", "--config", &config], command].concat();
            let mut tui = rig.start(&arguments).spawn();
            tui.wait_for("Alter API key of profile asked: ");
            tui.send(b"not shown", 0);
            // An answer of the terminal is no part of a key either.
            tui.send(b"\x1b]11;rgb:1414/1414/1414\x07", 0);
            tui.send(key, 0);
            assert_eq!(tui.exit_status().exit_code(), code, "{command:?}");
            assert_given_back(&tui, &format!("{command:?}"));
            assert!(!tui.raw().contains("not shown") && !tui.raw().contains("rgb:"), "{command:?}");
        }
    }
    assert!(rig.backend.journal().is_empty(), "nothing was sent");
}

#[test]
fn an_editor_that_is_open_ends_too_and_leaves_the_terminal_as_it_was() {
    for signal in [Signal::TERM, Signal::HUP] {
        let rig = rig();
        let editor = rig.home.path().join("editor");
        std::fs::write(&editor, "#!/bin/sh\nstty raw -echo\necho EDITING\nexec sleep 600\n").unwrap();
        let mut mode = std::fs::metadata(&editor).unwrap().permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
        std::fs::set_permissions(&editor, mode).unwrap();
        let mut tui = rig
            .start(&["--theme", "dark"])
            .env("EDITOR", &editor.display().to_string())
            .size(140, 40)
            .spawn();
        tui.wait_for("of 12");
        tui.settle();
        tui.press("c");
        tui.wait_for("Send");
        tui.press("e");
        tui.wait_for("EDITING");
        // What the keyboard of an editor sends is not for us.
        tui.signal(Signal::INT);
        tui.signal(Signal::QUIT);
        tui.signal(signal);
        assert_eq!(tui.exit_status().exit_code(), 128 + signal.as_raw() as u32);
        assert_given_back(&tui, "an editor");
    }
}
