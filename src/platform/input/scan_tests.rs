//! Every introducer, split at every byte, at every moment; and keys, which must stay keys.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// Replies of terminals without introducer and end, by introducing letter.
const STRINGS: [(char, &[&str]); 5] = [
    (
        ']',
        &["4;1;rgb:1414/1414/1414", "10;rgb:ff/ff/ff", "12;#fff", "52;c;cnRjeSBxCg==", "l東京 tx", "L", "I"],
    ),
    ('P', &[">|tmux 3.5a", "1+r544e=7874", "0+r", "1$r0;1m", "0$r", "!|7E565445", "1!~00", "q"]),
    ('_', &["Gi=31;OK", "Gi=1;ENOENT:tŜx東", "cyr"]),
    ('^', &["a private message", "t"]),
    ('X', &["0t a string", "é"]),
];

/// Replies that are control sequences, without introducer.
const SEQUENCES: [&str; 24] = [
    ">41;330;0c",
    ">0;10;1c",
    "?64;1;2;4c",
    "?6c",
    "=1;2c",
    "61;1c",
    "0n",
    "3n",
    "?997;1n",
    "24;80R",
    "1;5R",
    "?3;1R",
    "8;24;80t",
    "4;600;800t",
    "?0u",
    "?31u",
    "?2026;2$y",
    "4;1$y",
    "2;1;1;120;120;1;0x",
    "?1;0;256S",
    "?1;2;3;4;5;6;7c",
    "5 q",
    "1;2;3A",
    "99;5~",
];

/// All complete replies: each introducer in 7-bit form, 8-bit form, and 8-bit form encoded as UTF-8; each with every
/// end.
fn answers() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let mut add = |letter: char, body: &str, end: &[u8]| {
        let eight = letter as u8 + 0x40;
        for introducer in [&[ESC, letter as u8][..], &[eight], &[0xc2, eight]] {
            all.push([introducer, body.as_bytes(), end].concat());
        }
    };
    for (letter, bodies) in STRINGS {
        for body in bodies {
            for end in [&b"\x1b\\"[..], &[0x9c], &[0xc2, 0x9c]] {
                add(letter, body, end);
            }
            if letter == ']' {
                add(letter, body, b"\x07");
            }
        }
    }
    for sequence in SEQUENCES {
        add('[', sequence, b"");
    }
    all
}

/// The key that a beginning is if nothing follows: ESC alone, or with the letter of an introducer.
fn key_of(beginning: &[u8]) -> Option<Key> {
    match beginning {
        [ESC] => Some(Key::plain(KeyCode::Esc)),
        [ESC, letter] => Some(Key { alt: true, ..Key::char(char::from(*letter)) }),
        _ => None,
    }
}

/// Feeds pieces with pauses in front of them and waits at the end; returns the events, printed.
fn scanned(pieces: &[(&[u8], Duration)]) -> Vec<String> {
    let (mut scanner, mut now, mut found) = (Scanner::default(), Duration::from_secs(100), Vec::new());
    for (bytes, pause) in pieces {
        while let Some(patience) = scanner.patience(now).filter(|patience| *patience <= *pause) {
            found.extend(scanner.expire(now + patience));
        }
        now += *pause;
        found.extend(scanner.feed(bytes, now));
    }
    found.extend(scanner.expire(now + PAUSE));
    let answers = |found: Found| match found {
        Found::Event(message) => Some(format!("{message:?}")),
        Found::Background(_) => None,
    };
    found.into_iter().filter_map(answers).collect()
}

fn keys(keys: &[Key]) -> Vec<String> {
    keys.iter().map(|key| format!("{:?}", TerminalEvent::Key(*key))).collect()
}

const AT_ONCE: Duration = Duration::ZERO;
const SOON: Duration = Duration::from_millis(40);
const K: &[u8] = b"k";

fn k() -> Vec<String> {
    keys(&[Key::char('k')])
}

#[test]
fn no_answer_is_a_key_however_it_is_split() {
    for answer in answers() {
        let shown = answer.escape_ascii();
        let with_key = [&answer[..], K].concat();
        assert_eq!(scanned(&[(&with_key, AT_ONCE)]), k(), "{shown}");
        let doubled = [&answer[..], &answer, K].concat();
        assert_eq!(scanned(&[(&doubled, AT_ONCE)]), k(), "{shown} twice");
        let bytes: Vec<(&[u8], Duration)> = with_key.chunks(1).map(|byte| (byte, SOON)).collect();
        assert_eq!(scanned(&bytes), k(), "{shown} byte by byte");
        for cut in 1..answer.len() {
            let (begun, rest) = answer.split_at(cut);
            assert_eq!(scanned(&[(begun, AT_ONCE), (rest, SOON), (K, AT_ONCE)]), k(), "{shown} cut at {cut}");
            for second in cut + 1..answer.len() {
                let pieces =
                    [&answer[..cut], &answer[cut..second], &answer[second..]].map(|piece| (piece, SOON));
                assert_eq!(scanned(&pieces), [""; 0], "{shown} cut at {cut} and {second}");
            }
        }
    }
}

#[test]
fn the_rest_of_an_answer_may_be_late() {
    for answer in answers() {
        for cut in 1..answer.len() {
            let (begun, rest) = answer.split_at(cut);
            let lateness = (if key_of(begun).is_some() { LATE_REST } else { LATEST }).mul_f32(0.99);
            let rest = [rest, K].concat();
            let shown = answer.escape_ascii();
            // What began as a key was one by then.
            let mut want = keys(key_of(begun).as_slice());
            want.extend(k());
            let is_known = match begun {
                [ESC] => is_rest(rest[0], &rest[1..rest.len() - 1]),
                [ESC, letter] => is_rest(*letter, &rest[..rest.len() - 1]),
                _ => true,
            };
            if is_known {
                assert_eq!(scanned(&[(begun, AT_ONCE), (&rest, lateness)]), want, "{shown} cut at {cut}");
            }
        }
    }
}

#[test]
fn of_a_cut_answer_nothing_is_a_key_and_the_next_key_is() {
    let later = SILENCE + Duration::from_millis(1);
    for answer in answers() {
        for cut in 1..answer.len() {
            let (begun, shown) = (&answer[..cut], answer[..cut].escape_ascii());
            let mut want = keys(key_of(begun).as_slice());
            assert_eq!(scanned(&[(begun, AT_ONCE)]), want, "{shown}");
            want.extend(k());
            assert_eq!(scanned(&[(begun, AT_ONCE), (K, later)]), want, "{shown} and a key");
            // If another one begins, none of it was a key.
            let next = [begun, b"\x1b]11;rgb:0/0/0\x07k"].concat();
            assert_eq!(scanned(&[(&next, AT_ONCE)]), k(), "{shown} and another answer");
            let up = scanned(&[(begun, AT_ONCE), (b"\x1b[A", later)]);
            assert_eq!(up.last(), keys(&[Key::plain(KeyCode::Up)]).last(), "{shown} and an arrow");
            assert_eq!(up.len(), want.len());
        }
    }
}

#[test]
fn a_paste_holds_what_is_in_it() {
    for answer in answers() {
        let paste = [b"\x1b[200~a", &answer[..], b"\rb\x1b[201~k"].concat();
        let text = format!("a{}\nb", String::from_utf8_lossy(&answer)).replace("\r\n", "\n");
        let want = [vec![format!("{:?}", TerminalEvent::Paste(text))], k()].concat();
        assert_eq!(scanned(&[(&paste, AT_ONCE)]), want);
        let bytes: Vec<(&[u8], Duration)> = paste.chunks(1).map(|byte| (byte, SOON)).collect();
        assert_eq!(scanned(&bytes), want, "byte by byte");
    }
    // The rest of a slow paste is no keys either, whatever comes first.
    let slow = [(&b"\x1b[200~a"[..], AT_ONCE), (b"k", LATEST * 2), (b"rm\r", LATEST), (b"\x1b[201~", LATEST)];
    assert_eq!(scanned(&slow), [format!("{:?}", TerminalEvent::Paste("akrm\n".into()))]);
    // A paste that never ends can be left.
    let left = [(&b"\x1b[200~a"[..], AT_ONCE), (b"\x03", SILENCE * 2), (K, AT_ONCE)];
    assert_eq!(scanned(&left)[..1], [format!("{:?}", TerminalEvent::Paste("a".into()))]);
    assert_eq!(scanned(&left)[1..], keys(&[Key::ctrl('c'), Key::char('k')]));
}

#[test]
fn the_colour_of_the_background_is_found() {
    for end in [&b"\x07"[..], b"\x1b\\", b"\x9c"] {
        let mut scanner = Scanner::default();
        let found = scanner.feed(&[b"\x1b]11;rgb:ffff/ffff/ffff", end].concat(), AT_ONCE);
        assert!(matches!(found[..], [Found::Background(Some(Background::Light))]), "{found:?}");
        let found = scanner.feed(&[b"\x1b]11;?", end].concat(), AT_ONCE);
        assert!(matches!(found[..], [Found::Background(None)]), "{found:?}");
        let long = "0".repeat(1 << 20);
        let found = scanner.feed(&[b"\x1b]11;rgb:", long.as_bytes(), end, K].concat(), AT_ONCE);
        assert!(matches!(found[..], [Found::Event(TerminalEvent::Key(_))]), "{found:?}");
        assert!(scanner.kept.capacity() < 1 << 10, "a long answer is kept");
    }
}

/// Bytes of keys, with the keys they are.
fn known_keys() -> Vec<(Vec<u8>, Key)> {
    let plain = Key::plain;
    let shift = |code| Key { shift: true, ..plain(code) };
    let alt = |key: Key| Key { alt: true, ..key };
    let held = |code| Key { ctrl: true, ..plain(code) };
    let table: Vec<(&[u8], Key)> = vec![
        (b"a", Key::char('a')),
        (b"G", Key::char('G')),
        ("é".as_bytes(), Key::char('é')),
        ("東".as_bytes(), Key::char('東')),
        ("🚀".as_bytes(), Key::char('🚀')),
        (b"\r", plain(KeyCode::Enter)),
        (b"\n", Key::ctrl('j')),
        (b"\t", plain(KeyCode::Tab)),
        (b"\x7f", plain(KeyCode::Backspace)),
        (b"\0", Key::ctrl(' ')),
        (b"\x03", Key::ctrl('c')),
        (b"\x1c", Key::ctrl('4')),
        (b"\x1b", plain(KeyCode::Esc)),
        (b"\x1bx", alt(Key::char('x'))),
        ("\x1bé".as_bytes(), alt(Key::char('é'))),
        (b"\x1b\r", alt(plain(KeyCode::Enter))),
        (b"\x1b]", alt(Key::char(']'))),
        (b"\x1bP", alt(Key::char('P'))),
        (b"\x1b_", alt(Key::char('_'))),
        (b"\x1b^", alt(Key::char('^'))),
        (b"\x1bX", alt(Key::char('X'))),
        (b"\x1bO", alt(Key::char('O'))),
        (b"\x1b[", alt(Key::char('['))),
        (b"\x1b[A", plain(KeyCode::Up)),
        (b"\x1b\x1b[A", alt(plain(KeyCode::Up))),
        (b"\x1b[1;2B", shift(KeyCode::Down)),
        (b"\x1b[1;3C", alt(plain(KeyCode::Right))),
        (b"\x1b[1;5D", held(KeyCode::Left)),
        (b"\x1b[H", plain(KeyCode::Home)),
        (b"\x1b[F", plain(KeyCode::End)),
        (b"\x1b[Z", shift(KeyCode::Tab)),
        (b"\x1b[5~", plain(KeyCode::PageUp)),
        (b"\x1b[6;5~", held(KeyCode::PageDown)),
        (b"\x1b[3~", plain(KeyCode::Delete)),
        (b"\x1b[24~", plain(KeyCode::F(12))),
        (b"\x1b[[B", plain(KeyCode::F(2))),
        (b"\x1b[P", plain(KeyCode::F(1))),
        (b"\x1b[1;2S", shift(KeyCode::F(4))),
        (b"\x1bOP", plain(KeyCode::F(1))),
        (b"\x1bOA", plain(KeyCode::Up)),
        (b"\x1bO5A", held(KeyCode::Up)),
        (b"\x1bOM", plain(KeyCode::Enter)),
        (b"\x1bOk", Key::char('+')),
        (b"\x1b[97;5u", Key::ctrl('a')),
        (b"\x1b[97;2u", Key::char('A')),
        (b"\x1b[97:65;2:1u", Key::char('A')),
        (b"\x1b[27u", plain(KeyCode::Esc)),
        (b"\x1b[13;2u", shift(KeyCode::Enter)),
        (b"\x1b[57403u", Key::char('4')),
    ];
    table.into_iter().map(|(bytes, key)| (bytes.to_vec(), key)).collect()
}

#[test]
fn keys_are_keys_however_they_are_split() {
    for (bytes, key) in known_keys() {
        let (want, shown) = (keys(&[key]), bytes.escape_ascii());
        assert_eq!(scanned(&[(&bytes, AT_ONCE)]), want, "{shown}");
        let pieces: Vec<(&[u8], Duration)> = bytes.chunks(1).map(|byte| (byte, SOON)).collect();
        assert_eq!(scanned(&pieces), want, "{shown} byte by byte");
        let next = PAUSE + Duration::from_millis(1);
        assert_eq!(scanned(&[(&bytes, AT_ONCE), (K, next)]), [want, k()].concat(), "{shown} and another");
    }
    // None of these is a key press.
    for other in
        [&b"\x1b[97;5:3u"[..], b"\x1b[108;9u", b"\x1b[57358u", b"\x1b[<35;3;4M", b"\x1b[<0;3;4m", b"\xff\xc0"]
    {
        assert_eq!(scanned(&[(other, AT_ONCE)]), [""; 0], "{}", other.escape_ascii());
    }
    let held = scanned(&[(b"\x1b\x1b\x1b", AT_ONCE)]);
    assert_eq!(held, keys(&[Key::plain(KeyCode::Esc); 3]), "held down");
}

#[test]
fn a_key_is_alone_where_nothing_else_was_read_with_it() {
    for (bytes, want) in [
        (&b"y"[..], true),
        ("é".as_bytes(), true),
        (b"\r", true),
        (b"\x1b[A", true),
        (b"\x1b[121;1:1u", true),
        (b"yes\n", false),
        (b"yellow paint", false),
        (b"yyyyyyyyyyyyyyyy", false),
        (b"y\x1b", false),
        (b"\x1b\x1b[A", true),
        (b"\x1b\x1by", false),
        (b"\x1b[200~hello \x1b[201~y\x1b[201~", false),
        (b"\x1b[201~y", false),
        (b"y\x1b[201~", false),
        (b"\x1b[?1;2cy", false),
    ] {
        let mut scanner = Scanner::default();
        scanner.feed(bytes, Duration::ZERO);
        assert_eq!(scanner.is_alone(), want, "{}", bytes.escape_ascii());
    }
    assert_eq!(
        scanned(&[(b"\x1b[121;1:2u", AT_ONCE)]),
        [format!("{:?}", TerminalEvent::Burst(Key::char('y')))]
    );
}

#[test]
fn the_mouse_and_the_focus_are_found() {
    for (bytes, want) in [
        (&b"\x1b[<0;3;4M"[..], "Mouse(Mouse { column: 2, row: 3, kind: Press })"),
        (b"\x1b[<16;300;4M", "Mouse(Mouse { column: 299, row: 3, kind: Press })"),
        (b"\x1b[<64;3;4M", "Mouse(Mouse { column: 2, row: 3, kind: ScrollUp })"),
        (b"\x1b[<65;3;4M", "Mouse(Mouse { column: 2, row: 3, kind: ScrollDown })"),
        (b"\x1b[32;3;4M", "Mouse(Mouse { column: 2, row: 3, kind: Press })"),
        (b"\x1b[M #$", "Mouse(Mouse { column: 2, row: 3, kind: Press })"),
        (b"\x1b[I", "Focus(true)"),
        (b"\x1b[O", "Focus(false)"),
    ] {
        assert_eq!(scanned(&[(bytes, AT_ONCE)]), [want], "{}", bytes.escape_ascii());
    }
    // Any three bytes are mouse coordinates; none is a key.
    assert_eq!(scanned(&[(b"\x1b[M#qqk", AT_ONCE)]), k());
}

#[test]
fn a_single_key_is_reported_at_once() {
    let mut scanner = Scanner::default();
    assert_eq!(scanner.feed(K, AT_ONCE).len(), 1);
    assert_eq!(scanner.patience(AT_ONCE), None);
    assert!(scanner.feed(b"\x1b", SOON).is_empty());
    assert_eq!(scanner.patience(SOON), Some(PAUSE));
    assert!(scanner.expire(SOON + PAUSE.mul_f32(0.9)).is_empty());
    assert_eq!(scanner.expire(SOON + PAUSE).len(), 1);
    assert_eq!(scanner.patience(SOON + PAUSE), None);
}

proptest! {
    #[test]
    fn pieces_make_no_difference(pieces in vec("[a-c\\[\\]PX_^O;?0-9~ARcMu\u{7}\u{1b}\\\\é\u{9c}\u{9d}\r]{0,8}", 0..8)) {
        let whole = pieces.concat();
        let pieces: Vec<(&[u8], Duration)> = pieces.iter().map(|piece| (piece.as_bytes(), AT_ONCE)).collect();
        prop_assert_eq!(scanned(&pieces), scanned(&[(whole.as_bytes(), AT_ONCE)]));
    }

    #[test]
    fn any_bytes_at_any_time_are_survived(pieces in vec((vec(any::<u8>(), 0..12), 0..3_000_u64), 0..12)) {
        let pieces: Vec<(&[u8], Duration)> =
            pieces.iter().map(|(bytes, pause)| (&bytes[..], Duration::from_millis(*pause))).collect();
        scanned(&pieces);
    }

    #[test]
    fn what_is_typed_arrives(text in "[ -~é東\r\t]{0,40}") {
        let want: Vec<String> = text.chars().filter_map(|typed| character(typed, false)).map(|key| format!("{key:?}")).collect();
        prop_assert_eq!(scanned(&[(text.as_bytes(), AT_ONCE)]), want);
    }
}
