//! A provider's answer that is decoded while it arrives, against the parser that has the whole text.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::choices::{Choices, pieces};
use crate::domain::{BodySize, ProviderAnswer};
use crate::protocol::Malformed;
use crate::protocol::call::proxy::{self, ProxyReply};
use crate::protocol::call::stream::AnswerStream;

/// Fields beside status and body, none of them wrong.
const FINE: &[&str] = &[
    "\"headers\":{\"etag\":\"\\\"x\\\"\"}",
    "\"approval_id\":null",
    "\"body_truncated\":true",
    "\"body_truncated\":\"yes\"",
    "\"duration_ms\":12.0",
    "\"duration_ms\":-1",
    "\"credential_hint\":\"why\"",
    "\"credential_hint\":\"\\ud800\"",
    "\"new\":[{\"body_b64\":\"?\"},\"body_b64\"]",
    "\"body_b64\\u0000\":\"QUJD\"",
    "\"\\\"body_b64\":\"QUJD\"",
];

/// Fields of which some make an answer wrong.
const FIELDS: &[&str] = &[
    "\"status_code\":200",
    "\"status_code\":404",
    "\"status_code\":2e2",
    "\"status_code\":\"x\"",
    "\"status_code\":70000",
    "\"headers\":{\"body_b64\":\"QUJD\"}",
    "\"headers\":[]",
    "\"body_b64\":null",
    "\"body_b64\":\"!\"",
    "\"body_b64\":\"QQ\"",
    "\"body_b64\":\"QQ==\"",
    "\"body_b64\":\"QQ\\u003d=\"",
    "{}",
];

const SIGNS: &[&str] = &[
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
    "=",
    "==",
    "A",
    "AB",
    "ABC",
    "ABCD",
    "QQ==",
    "é",
    "\n",
    "\r\n ",
    "\t",
    "\u{1}",
    "!",
    "null",
    "body_b64",
    "\"body_b64\":\"",
    "\"body\\u005fb64\":",
];

const BLANKS: &[&str] = &["", "", "", " ", "\n", "\r\n", "\t "];

/// However an answer is cut into pieces, it means what the whole means, to the letter of a complaint; and what is kept
/// of a body that is too large, or left in the middle, is its beginning.
pub fn answer(data: &[u8]) -> bool {
    let mut choices = Choices::new(data);
    let text = if choices.one_in(16) { choices.bytes(400).to_vec() } else { written(&mut choices) };
    let whole = whole(&text);
    let cuts = pieces(&mut choices, &text);
    let shown = String::from_utf8_lossy(&text);
    assert_eq!(fed(AnswerStream::of_proxy(), &cuts).finish().map(Some), whole, "{shown}");

    let bound = choices.below(64);
    let kept = fed(AnswerStream::of_proxy().keeping(bound), &cuts).finish();
    assert_eq!(kept.is_ok(), whole.is_ok(), "{shown}");
    let (Ok(kept), Ok(Some(whole))) = (kept, whole) else { return false };
    let is_streamed = kept.cut_here.is_some() || whole.body.len() <= bound;
    if is_streamed {
        let most = bound.min(whole.body.len());
        assert_eq!(Some(&*kept.body), whole.body.get(..most), "{shown}");
        let cut = (most < whole.body.len()).then_some(BodySize::Exactly(whole.body.len() as u64));
        assert_eq!(kept.cut_here, cut, "{shown}");
    } else {
        // An answer in another form than an object with its fields is never streamed.
        assert_eq!(kept.body, whole.body, "{shown}");
    }

    let (begun, _) = cuts.split_at(choices.below(cuts.len() + 1));
    if let Some(left) = fed(AnswerStream::of_proxy(), begun).leave() {
        assert_eq!(left.status, whole.status, "{shown}");
        assert!(whole.body.starts_with(&left.body), "{shown}");
        assert!(!left.is_whole(), "{shown}");
    }
    true
}

fn fed(mut stream: AnswerStream, pieces: &[&[u8]]) -> AnswerStream {
    for piece in pieces {
        assert_eq!(stream.feed(piece), Ok(()), "small");
    }
    stream
}

/// The verdict of the parser that has the whole text. None for an answer that is held, which 200 never says.
fn whole(text: &[u8]) -> Result<Option<ProviderAnswer>, Malformed> {
    proxy::parse(200, text).map(|reply| match reply {
        ProxyReply::Done(answer) => Some(answer),
        ProxyReply::Held(_) => None,
    })
}

fn written(choices: &mut Choices<'_>) -> Vec<u8> {
    let mut fields: Vec<String> = Vec::new();
    if choices.one_in(4) {
        for _ in 0..choices.below(7) {
            let field = if choices.one_in(3) { body(choices) } else { choices.pick(FIELDS).to_owned() };
            fields.push(field);
        }
    } else {
        for _ in 0..choices.below(5) {
            let field = choices.pick(FINE).to_owned();
            let name = field.split(':').next().unwrap_or_default();
            if !fields.iter().any(|known| known.starts_with(name)) {
                fields.push(field);
            }
        }
        fields.insert(choices.below(fields.len() + 1), "\"status_code\":200".to_owned());
        fields.insert(choices.below(fields.len() + 1), body(choices));
    }
    let (space, behind) = (choices.pick(BLANKS), choices.pick(BLANKS));
    let text = format!("{space}{{{space}{}{space}}}{behind}", fields.join(&format!("{space},")));
    let mut text = text.into_bytes();
    if choices.one_in(4) {
        choices.damage(&mut text, SIGNS);
    }
    text
}

fn body(choices: &mut Choices<'_>) -> String {
    let bytes = choices.bytes(120);
    let text = BASE64_STANDARD.encode(bytes);
    let text = match choices.below(4) {
        0 | 1 => text,
        2 => text.replace('/', "\\/").replace('+', "\\u002B").replace('A', "\\u0041"),
        _ => text.chars().fold(String::new(), |text, letter| text + &format!("\\u{:04x}", letter as u32)),
    };
    let name = choices.pick(&["body_b64", "body_b64", "body\\u005fb6\\u0034"]);
    format!("\"{name}\" :{}\"{text}\"", choices.pick(BLANKS))
}
