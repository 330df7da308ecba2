use base64::prelude::BASE64_STANDARD;
use proptest::prelude::*;

use super::*;
use crate::call::proxy::{self, ProxyReply};

/// The result of the parser with the whole text.
fn whole(text: &[u8]) -> Result<ProviderAnswer, Malformed> {
    proxy::parse(200, text).map(|reply| match reply {
        ProxyReply::Done(answer) => answer,
        ProxyReply::Held(_) => panic!("200 is never held"),
    })
}

/// The result of the stream, fed in pieces of these lengths, repeated.
fn streamed(text: &[u8], lengths: &[usize]) -> Result<ProviderAnswer, Malformed> {
    let mut stream = AnswerStream::of_proxy();
    let mut left = text;
    for length in lengths.iter().cycle() {
        if left.is_empty() {
            break;
        }
        let (piece, rest) = left.split_at((*length).clamp(1, left.len()));
        stream.feed(piece).expect("small");
        left = rest;
    }
    stream.finish()
}

/// Fragments of answers, valid and invalid.
fn fragment() -> impl Strategy<Value = String> {
    let base64 = prop::collection::vec(any::<u8>(), 0..40).prop_map(|bytes| BASE64_STANDARD.encode(bytes));
    let known = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\\",
        "\\/",
        "\\u002b",
        "\\u002B",
        "\\u00",
        "\\n",
        "\\ud83d",
        "\\ude00",
        "=",
        "==",
        "A",
        "AB",
        "ABC",
        "ABCD",
        "QQ==",
        "QUI=",
        "é",
        "\n",
        "\r\n ",
        " ",
        "\t",
        "\u{1}",
        "!",
        "null",
        "true",
        "200",
        "body_b64",
        "\"body_b64\"",
        "\"body_b64\":\"",
        "\"body\\u005fb64\":",
        "\"status_code\":200",
        "\"status_code\":\"x\"",
        "\"headers\":{\"a\":\"b\"}",
        "\"body_truncated\":true",
        "\"body_truncated\":3",
        "\"duration_ms\":-1",
        "\"credential_hint\":\" \"",
        "\"x\":{\"body_b64\":\"!\"}",
        "\"approval_id\":null",
        "\"\\\"body_b64\":",
    ]);
    prop_oneof![3 => known.prop_map(str::to_owned), 1 => base64]
}

/// Whole fields, from which most answers are valid.
fn field() -> impl Strategy<Value = String> {
    let body = (prop::collection::vec(any::<u8>(), 0..300), 0..3u8, any::<bool>()).prop_map(
        |(bytes, escapes, odd)| {
            let text = BASE64_STANDARD.encode(bytes);
            let text = match escapes {
                0 => text,
                1 => text.replace('/', "\\/").replace('+', "\\u002B"),
                _ => text
                    .chars()
                    .fold(String::new(), |text, letter| text + &format!("\\u{:04x}", letter as u32)),
            };
            let name = if odd { "body\\u005fb6\\u0034" } else { "body_b64" };
            format!("\"{name}\" :\n\"{text}\"")
        },
    );
    let others = prop::sample::select(vec![
        "\"status_code\":404",
        "\"headers\":{\"etag\":\"\\\"x\\\"\"}",
        "\"approval_id\":null",
        "\"body_truncated\":\"yes\"",
        "\"duration_ms\":12.0",
        "\"credential_hint\":\"why\"",
        "\"new\":[{\"body_b64\":\"?\"},\"body_b64\"]",
        "\"status_code\":200",
        "\"body_b64\":null",
        "\"body_b64\":\"!\"",
        "\"body_b64\":\"QQ\"",
    ]);
    prop_oneof![3 => body, 4 => others.prop_map(str::to_owned)]
}

proptest! {
    #[test]
    fn pieces_mean_what_the_whole_means(
        fields in prop::collection::vec(field(), 0..7), space in "[ \n\t]{0,3}", behind in "[ \n}x]{0,2}",
        lengths in prop::collection::vec(1..50usize, 1..8),
    ) {
        let text = format!("{space}{{{space}{}}}{behind}", fields.join(&format!("{space},")));
        prop_assert_eq!(streamed(text.as_bytes(), &lengths), whole(text.as_bytes()));
    }

    #[test]
    fn no_nonsense_is_read_otherwise(
        fragments in prop::collection::vec(fragment(), 0..25), begun: bool, lengths in prop::collection::vec(1..9usize, 1..8),
        cut in 0..400usize,
    ) {
        let head = if begun { "{\"status_code\":200,\"body_b64\":\"" } else { "{" };
        let text = format!("{head}{}", fragments.concat()).into_bytes();
        let text = text.get(..cut.max(1)).unwrap_or(&text);
        prop_assert_eq!(streamed(text, &lengths), whole(text));
    }

    #[test]
    fn bytes_of_any_kind_are_read_alike(bytes in prop::collection::vec(any::<u8>(), 0..60), lengths in prop::collection::vec(1..9usize, 1..5)) {
        let text = [b"{\"status_code\":200,\"body_b64\":\"QUJD", &bytes[..], b"\"}"].concat();
        prop_assert_eq!(streamed(&text, &lengths), whole(&text));
    }

    #[test]
    fn what_is_beyond_the_bound_is_counted(bytes in prop::collection::vec(any::<u8>(), 0..200), bound in 0..200usize, length in 1..70usize) {
        let text = format!("{{\"body_b64\":\"{}\",\"status_code\":200}}", BASE64_STANDARD.encode(&bytes));
        let mut stream = AnswerStream::of_proxy().keeping(bound);
        for piece in text.as_bytes().chunks(length) {
            stream.feed(piece).expect("small");
        }
        let answer = stream.finish().expect("right");
        let kept = bound.min(bytes.len());
        prop_assert_eq!(&*answer.body, &bytes[..kept]);
        prop_assert_eq!(answer.cut_here, (kept < bytes.len()).then_some(BodySize::Exactly(bytes.len() as u64)));
        prop_assert!(!answer.truncated);
    }
}

#[test]
fn an_answer_as_a_list_is_read_as_ever() {
    let text = br#"[null,200,{"a":"b"},"QUJD",false,7,null]"#;
    assert_eq!(streamed(text, &[3]), whole(text));
    assert_eq!(&*whole(text).expect("right").body, b"ABC");
}

#[test]
fn places_are_those_of_the_answer_as_it_came() {
    for text in [
        "{\"body_b64\":\"QUJDQUJDQUJD\"}",
        "{\n\"body_b64\":\"QUJDQUJD\\/UJD\",\n\"duration_ms\":1}",
        "{\"body_b64\":\"QUJDQUJD\",\"body_b64\":\"QUJDQUJD\",\"status_code\":1}",
        "{\"body_b64\":\"QUJDQUJD\",\"status_code\":200} x",
        "{\"body_b64\":\"QUJDQUJD\",\"status_code\":200",
        "{\"body_b64\":\"QUJDQUJD",
    ] {
        let problem = whole(text.as_bytes()).expect_err(text);
        assert_eq!(streamed(text.as_bytes(), &[5]), Err(problem), "{text}");
    }
}

#[test]
fn a_body_that_never_ends_can_be_left() {
    let mut stream = AnswerStream::of_proxy().keeping(6);
    stream.feed(br#"{"status_code":206,"headers":{"a":"b"},"body_b64":"#).expect("small");
    assert_eq!(stream.decoded(), 0);
    stream.feed(br#""QUJDQUJDQUJDQ"#).expect("small");
    assert!(stream.is_over());
    let answer = stream.leave().expect("the status is known");
    assert_eq!((answer.status, &*answer.body), (206, &b"ABCABC"[..]));
    assert_eq!((answer.cut_here, answer.is_whole()), (Some(BodySize::AtLeast(9)), false));

    for unknown in [r#"{"body_b64":"QUJD"#, r#"{"status_code":200,"#] {
        let mut stream = AnswerStream::of_proxy();
        stream.feed(unknown.as_bytes()).expect("small");
        assert_eq!(stream.leave(), None, "{unknown}");
    }
}

#[test]
fn what_is_not_the_body_has_a_bound_too() {
    let mut stream = AnswerStream::of_proxy();
    stream.feed(br#"{"body_b64":"!"#).expect("small");
    let piece = vec![b'a'; 1 << 20];
    let fed = (0..20).map(|_| stream.feed(&piece)).find_map(Result::err);
    assert_eq!(fed, Some(TooLarge { limit: MAX_SKELETON }));
}
