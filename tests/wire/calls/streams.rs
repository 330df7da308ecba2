//! Answers that arrive in pieces mean what they mean as a whole: every recorded and every written one.

use grantdeck::domain::ProviderAnswer;
use grantdeck::protocol::Malformed;
use grantdeck::protocol::call::approval;
use grantdeck::protocol::call::proxy::{self, ProxyReply};
use grantdeck::protocol::call::stream::AnswerStream;
use proptest::prelude::*;
use serde_json::Value;

use crate::errors::body_of;
use crate::support::{file, resolve, rows, text};

/// Texts that the endpoints answered with, or might have.
fn answers() -> Vec<Vec<u8>> {
    let mut texts = Vec::new();
    let approvals = file("approvals.json");
    for row in rows("approvals") {
        texts.push(resolve(&approvals, &row).0.to_string().into_bytes());
    }
    for row in rows("error_flows") {
        for answer in row["answers"].as_array().expect("answers") {
            if answer.get("transport").is_none() && text(answer, "body").is_none_or(|body| !body.is_empty()) {
                texts.push(body_of(answer));
            }
        }
    }
    let folder = format!("{}/tests/vectors/exchanges", env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(folder).expect("the exchanges") {
        let name = entry.expect("an exchange").file_name().into_string().expect("text");
        let exchange = file(&format!("exchanges/{name}"));
        for step in exchange["steps"].as_array().into_iter().flatten() {
            if let Some(body) = step["response"]["body"].as_str() {
                texts.push(body.as_bytes().to_vec());
            }
        }
    }
    texts
}

/// In pieces of these lengths, over and over.
fn feed(mut stream: AnswerStream, text: &[u8], lengths: &[usize]) -> Result<ProviderAnswer, Malformed> {
    let (mut left, mut lengths) = (text, lengths.iter().cycle());
    while !left.is_empty() {
        let length = lengths.next().copied().unwrap_or(1).clamp(1, left.len());
        let (piece, rest) = left.split_at(length);
        stream.feed(piece).expect("small");
        left = rest;
    }
    stream.finish()
}

fn whole(text: &[u8]) -> Result<ProviderAnswer, Malformed> {
    proxy::parse(200, text).map(|reply| match reply {
        ProxyReply::Done(answer) => answer,
        ProxyReply::Held(_) => panic!("200 is never held"),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn every_recorded_answer_may_arrive_in_pieces(lengths in prop::collection::vec(1..40usize, 1..6)) {
        let (mut read, mut refused) = (0, 0);
        for text in answers() {
            let want = whole(&text);
            *if want.is_ok() { &mut read } else { &mut refused } += 1;
            prop_assert_eq!(feed(AnswerStream::of_proxy(), &text, &lengths), want);
            let want = approval::parse_result(&text);
            prop_assert_eq!(feed(AnswerStream::of_approval(), &text, &lengths), want);
        }
        prop_assert!(read >= 20 && refused >= 100, "{read} read, {refused} refused");
    }

    #[test]
    fn every_recorded_answer_may_break_off(cut in 0.0..1.0f64, length in 1..40usize) {
        for text in answers() {
            let end = (text.len() as f64 * cut) as usize;
            let text = &text[..end];
            prop_assert_eq!(feed(AnswerStream::of_proxy(), text, &[length]), whole(text));
        }
    }
}

#[test]
fn the_vectors_hold_bodies() {
    let with_body = |text: &Vec<u8>| {
        serde_json::from_slice::<Value>(text)
            .is_ok_and(|value| value["body_b64"].as_str().is_some_and(|body| body.len() > 4))
    };
    assert!(answers().iter().filter(|text| with_body(text)).count() >= 10);
}
