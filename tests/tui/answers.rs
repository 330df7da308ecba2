//! What the terminal answers to questions, whoever asked them, is never a key: on any screen, in pieces, early, late.

use std::time::{Duration, Instant};

use crate::driver::{Start, Tui};
use crate::rig::Rig;

/// One answer of each kind. The first two once sent a smoke test, and a call.
const ANSWERS: [&[u8]; 14] = [
    b"\x1bP>|tmux 3.5a\x1b\\",
    b"\x1b]52;c;cXRjc3MNeQ==\x1b\\",
    b"\x1b]11;rgb:1414/1414/1414\x07",
    b"\x1b]4;1;rgb:cdcd/0000/0000\x1b\\",
    b"\x1b_Gi=31;OK\x1b\\",
    b"\x1b^tcs\x1b\\",
    b"\x1bXtcs\x1b\\",
    b"\x1b[>41;330;0c",
    b"\x1b[?64;1;2c",
    b"\x1b[24;80R",
    b"\x1b[?2026;2$y",
    b"\x1b[?0u",
    b"\x9d52;c;dGNz\x9c",
    b"\xc2\x90>|tcs\xc2\x9c",
];

/// A terminal that is asked nothing.
fn start() -> Start {
    Start::program(&["--demo", "--theme", "dark"])
}

fn demo() -> Tui {
    let tui = start().spawn();
    tui.wait_for("octo-acme");
    tui.rest();
    tui
}

#[test]
fn answers_are_no_keys_on_any_screen() {
    let screens: [(&str, &[&str], &str); 5] = [
        ("the list", &[], "j"),
        ("a text field", &["/", "o"], "c"),
        ("the composer", &["c"], "tab"),
        ("help", &["?"], "j"),
        ("a menu", &["Y"], "j"),
    ];
    for (screen, keys, next) in screens {
        let mut tui = demo();
        for key in keys {
            tui.press(key);
            tui.settle();
        }
        let (before, shown) = (tui.rest().handled, tui.screen());
        for answer in ANSWERS {
            tui.send(answer, 0);
            tui.send(&answer.repeat(2), 0);
        }
        // Handled behind all of them.
        tui.press(next);
        assert_eq!(tui.settle().handled, before + 1, "{screen}: {}", tui.screen());
        if screen == "help" || screen == "a menu" {
            continue;
        }
        let title = |text: &str| text.lines().next().map(str::to_owned);
        assert_eq!(title(&tui.screen()), title(&shown), "{screen}");
    }
}

#[test]
fn answers_send_nothing() {
    let rig = Rig::new(30, &[]);
    let mut tui = rig.start(&["--theme", "dark"]).spawn();
    tui.wait_for("of 30");
    tui.rest();
    let asked = rig.backend.journal().len();
    for answer in ANSWERS {
        tui.send(answer, 0);
    }
    tui.press("j");
    assert_eq!(tui.settle().handled, 1);
    assert_eq!(rig.backend.journal().len(), asked, "something was asked of the backend");
}

#[test]
fn an_answer_in_two_pieces_is_no_key() {
    let mut tui = demo();
    let mut handled = 0;
    for answer in ANSWERS {
        // Where it is cut sooner, a moment decides: that is tried without a terminal.
        for cut in 3..answer.len() {
            tui.send(&answer[..cut], 0);
            tui.wait_until_read();
            tui.send(&answer[cut..], 0);
            tui.press("j");
            handled += 1;
            assert_eq!(tui.settle().handled, handled, "{} cut at {cut}", answer.escape_ascii());
        }
    }
}

#[test]
fn an_answer_before_the_first_frame_is_no_key() {
    for answer in ANSWERS {
        let mut tui = start().spawn();
        tui.send(answer, 0);
        tui.wait_for("octo-acme");
        tui.press("j");
        assert_eq!(tui.settle().handled, 1, "{}", answer.escape_ascii());
    }
}

#[test]
fn in_a_paste_an_answer_is_text() {
    let mut tui = demo();
    tui.press("/");
    tui.paste("a\x1b]52;c;cXRjc3M=\x1b\\b");
    tui.wait_for("a]52;c;cXRjc3M=\\b");
    assert_eq!(tui.settle().handled, 2);
}

/// How long the program waits for the rest when it ends.
const REST_WITHIN: Duration = Duration::from_millis(300);

/// The program in a shell, which shows afterwards whatever is left in the terminal.
fn in_a_shell(arguments: &str) -> Tui {
    Start::shell(&format!("\"$0\" --demo {arguments}; echo LE''FT; cat")).env("COLORFGBG", "15;0").spawn()
}

/// What the shell's terminal shows behind the program.
fn left(tui: &mut Tui) -> String {
    tui.wait_for("LEFT");
    tui.send(b"end\r", 0);
    tui.wait_for("end");
    tui.screen()
}

#[test]
fn nothing_of_an_answer_is_left_for_the_shell() {
    for answer in ANSWERS {
        let mut tui = in_a_shell("--theme dark");
        tui.wait_for("octo-acme");
        tui.send(&[b"q", answer].concat(), 0);
        let shown = left(&mut tui);
        assert_eq!(
            shown.split_whitespace().collect::<Vec<_>>()[..2],
            ["LEFT", "end"],
            "{}",
            answer.escape_ascii()
        );
    }
}

/// Tries until it comes out well. Failing within the time that the program waits is a defect; failing in more says
/// nothing but that the machine is busy.
fn promptly(mut attempt: impl FnMut(&mut Instant) -> Result<(), String>) {
    for _ in 0..30 {
        let mut since = Instant::now();
        let Err(what) = attempt(&mut since) else { return };
        assert!(since.elapsed() >= REST_WITHIN, "{what}");
    }
    panic!("it never came out well: a defect, or this machine is too busy");
}

#[test]
fn the_rest_of_an_answer_is_not_left_for_the_shell() {
    for answer in [ANSWERS[0], ANSWERS[1], ANSWERS[2]] {
        promptly(|since| {
            let mut tui = in_a_shell("--theme dark");
            tui.wait_for("octo-acme");
            tui.settle();
            *since = Instant::now();
            tui.send(&[b"q", &answer[..9]].concat(), 0);
            tui.wait_until_read();
            tui.send(&answer[9..], 0);
            let sent = since.elapsed();
            let shown = left(&mut tui);
            let good = shown.split_whitespace().take(2).eq(["LEFT", "end"]);
            // What came too late was sent too late.
            if !good && sent >= REST_WITHIN {
                return Err(shown);
            }
            assert!(good, "{shown}");
            Ok(())
        });
    }
}

#[test]
fn the_answer_to_our_own_question_is_not_left_for_the_shell() {
    promptly(|since| {
        let mut tui = in_a_shell("");
        tui.wait_for_bytes("\x1b]11;?");
        *since = Instant::now();
        tui.send(b"q", 0);
        tui.wait_until_read();
        tui.send(b"\x1b]11;rgb:1414/1414/1414\x1b\\", 0);
        let sent = since.elapsed();
        let shown = left(&mut tui);
        let good = shown.split_whitespace().take(2).eq(["LEFT", "end"]);
        if !good && sent >= REST_WITHIN / 2 {
            return Err(shown);
        }
        assert!(good, "{shown}");
        Ok(())
    });
}
