use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// The keys that the terminal library makes of bytes that come at once.
fn keys(text: &str) -> Vec<Key> {
    let mut letters = text.chars();
    let mut keys = Vec::new();
    while let Some(letter) = letters.next() {
        keys.push(match letter {
            '\u{7}' => Key::ctrl('g'),
            '\u{1b}' => match letters.next() {
                Some(next) => Key { alt: true, ..Key::char(next) },
                None => Key::plain(KeyCode::Esc),
            },
            other => Key::char(other),
        });
    }
    keys
}

/// What is typed, and what the terminal answered, of all keys together.
fn heard(keys: &[Key]) -> (Vec<Key>, Vec<Option<Ground>>) {
    heard_at(Duration::ZERO, keys)
}

/// The same so long after the question.
fn heard_at(age: Duration, keys: &[Key]) -> (Vec<Key>, Vec<Option<Ground>>) {
    let (mut ear, mut typed, mut answers) = (Ear::default(), Vec::new(), Vec::new());
    let take = |messages: Vec<Msg>, typed: &mut Vec<Key>| {
        for message in messages {
            let Msg::Key(key) = message else { panic!("{message:?}") };
            typed.push(key);
        }
    };
    for key in keys {
        match ear.hear(*key, age) {
            Heard::Maybe => {}
            Heard::Answer(ground) => answers.push(ground),
            Heard::Typed(messages) => take(messages, &mut typed),
        }
    }
    take(ear.release(), &mut typed);
    (typed, answers)
}

#[test]
fn an_answer_is_understood_in_all_its_forms() {
    for (body, want) in [
        ("rgb:ffff/ffff/ffff", Some(Ground::Light)),
        ("rgb:0000/0000/0000", Some(Ground::Dark)),
        ("rgb:fdf6/e3e3/d5d5", Some(Ground::Light)),
        ("rgb:1e/1e/2e", Some(Ground::Dark)),
        ("rgba:ffff/ffff/ffff/ffff", Some(Ground::Light)),
        ("#1d1f21", Some(Ground::Dark)),
        ("#FFF", Some(Ground::Light)),
        ("rgb:zz/00/00", None),
        ("rgb:00/00", None),
        ("#12345", None),
        ("red", None),
    ] {
        for last in ["\u{7}", "\u{1b}\\"] {
            let found = heard(&keys(&format!("\u{1b}]11;{body}{last}")));
            assert_eq!(found, (vec![], vec![want]), "{body}");
        }
    }
}

#[test]
fn typed_keys_around_an_answer_are_kept() {
    let answer = "\u{1b}]11;rgb:ffff/ffff/ffff\u{1b}\\";
    let found = heard(&keys(&format!("jk\u{1b}]{answer}\u{1b}xq")));
    assert_eq!(found, (keys("jk\u{1b}]\u{1b}xq"), vec![Some(Ground::Light)]));
}

#[test]
fn an_answer_may_come_in_pieces() {
    for last in ["\u{7}", "\u{1b}\\"] {
        let answer = format!("\u{1b}]11;rgb:ffff/ffff/ffff{last}");
        for first in 1..answer.len() {
            for second in first..answer.len() {
                let (begun, rest) = answer.split_at(first);
                let (middle, end) = rest.split_at(second - first);
                let pieces = [begun, middle, end];
                let found = heard(&pieces.map(keys).concat());
                assert_eq!(found, (vec![], vec![Some(Ground::Light)]), "{pieces:?}");
            }
        }
    }
}

#[test]
fn no_esc_waits_for_an_answer_that_never_came() {
    let mut ear = Ear::default();
    let esc = Key::plain(KeyCode::Esc);
    assert!(matches!(ear.hear(esc, ESC_BEGINS_WITHIN), Heard::Maybe));
    ear.release();
    let late = ESC_BEGINS_WITHIN + Duration::from_millis(1);
    let Heard::Typed(typed) = ear.hear(esc, late) else { panic!("{ear:?}") };
    assert!(matches!(typed[..], [Msg::Key(key)] if key == esc), "{typed:?}");
    // A late answer itself is still one, also where its end is cut.
    let answer = [keys("\u{1b}]11;rgb:0/0/0\u{1b}"), keys("\\")].concat();
    assert_eq!(heard_at(late, &answer), (vec![], vec![Some(Ground::Dark)]));
}

#[test]
fn only_what_nobody_types_is_waited_for_long() {
    let mut ear = Ear::default();
    assert_eq!(ear.patience(), None);
    for (key, want) in keys("\u{1b}]11;r").into_iter().zip([PAUSE, PAUSE, PAUSE, PAUSE_WITHIN, PAUSE_WITHIN])
    {
        ear.hear(key, Duration::ZERO);
        assert_eq!(ear.patience(), Some(want), "{key:?}");
    }
    ear.release();
    assert_eq!(ear.patience(), None);
}

#[test]
fn an_answer_is_owed_from_the_question_until_it_comes() {
    let debt = Debt::default();
    assert_eq!(debt.age(), None);
    debt.begin();
    assert!(debt.age().is_some());
    debt.end();
    assert_eq!(debt.age(), None);
}

#[test]
fn the_environment_is_asked_where_the_terminal_is_not() {
    for (value, want) in [
        ("15;0", Some(Ground::Dark)),
        ("0;15", Some(Ground::Light)),
        ("0;default;15", Some(Ground::Light)),
        ("12;8", Some(Ground::Dark)),
        ("0;7", Some(Ground::Light)),
        ("0;default", None),
        ("0;99", None),
        ("", None),
    ] {
        let lookup = |name: &str| (name == "COLORFGBG").then(|| value.to_owned());
        assert_eq!(of_environment(lookup), want, "{value}");
    }
    for (term, tmux, want) in [
        ("xterm-256color", "", true),
        ("screen-256color", "/tmp/x", true),
        ("screen", "", false),
        ("linux", "", false),
        ("dumb", "", false),
        ("vt220", "", false),
        ("", "", false),
    ] {
        let lookup = |name: &str| match name {
            "TERM" => Some(term.to_owned()),
            "TMUX" => Some(tmux.to_owned()),
            _ => None,
        };
        assert_eq!(may_be_asked(lookup), want && cfg!(unix), "{term}");
    }
}

proptest! {
    #[test]
    fn no_typed_key_is_lost_or_moved(pieces in vec("([a-z;:/1#]|\u{7}|\u{1b}[\\]1;x]){0,20}\u{1b}?", 0..4)) {
        // Whatever is not a whole answer was typed.
        let text = pieces.concat();
        prop_assume!(!(text.contains("\u{1b}]11;") && text.contains('\u{7}')));
        let typed: Vec<Key> = pieces.iter().flat_map(|piece| keys(piece)).collect();
        prop_assert_eq!(heard(&typed), (typed, vec![]));
    }
}
