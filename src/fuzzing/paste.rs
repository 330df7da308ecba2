//! A pasted `curl` command: whatever the text, nothing panics, no credential gets through; and where nothing was said
//! to be otherwise, the call is the one that curl would make.

mod model;
mod wire;

use self::model::Model;
use self::wire::Wire;
use super::choices::Choices;
use crate::domain::code::paste::{Pasted, curl, is_command};
use crate::domain::code::{About, Language, export};
use crate::domain::{DraftBody, GrantId, RequestDraft};

/// Known by their shape, wherever they stand.
const SHAPED: &[&str] = &[
    "sk_live_51H8xZc2eZabcd",
    "ghp_0123456789abcdefABCDEF",
    "xoxb-1234567890-abcdef",
    "AKIAIOSFODNN7EXAMPLE",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
];

/// Known by what they stand under.
const NAMED: &str = "hunter2222hunter";

const SIGNS: &[&str] = &[
    "curl ",
    "curl.exe ",
    "'",
    "\"",
    "\\",
    "\\\n",
    "^\n",
    "`\n",
    "^\"",
    "\"\"",
    "$'",
    "$X",
    "${Y:-z}",
    "$(a b)",
    "%A%",
    "$env:A",
    "@'\n",
    "\n'@",
    "<<EOF\n",
    "\nEOF\n",
    "<<<",
    " -H ",
    " -d ",
    " -X ",
    " -u ",
    " -G ",
    " --json ",
    " --next ",
    " --data-urlencode ",
    " --data-binary @- ",
    " -F a=b ",
    " https://h/a?b=c ",
    ":",
    "=",
    "&",
    "|",
    ";",
    "#",
    "{a,b}",
    "[1-3]",
    "{{x}}",
    "<id>",
    "/:id",
    "\\ud83d",
    "\\x41",
    "é",
    "“",
    "”",
    "–",
    "\u{a0}",
    "\r\n",
    "\n",
    " ",
    "> ",
    "PS C:\\> ",
    "```sh\n",
    "@",
    "application/json",
    "Content-Type: ",
    "{\"a\":1}",
    "\u{F0000}",
];

/// See the module.
pub fn paste(data: &[u8]) -> bool {
    let mut choices = Choices::new(data);
    match choices.below(4) {
        0 => noise(&mut choices),
        1 => credentials(&mut choices),
        _ => meaning(&mut choices),
    }
}

/// Any text made of what shells and curl mean something by.
fn noise(choices: &mut Choices<'_>) -> bool {
    let secret = choices.pick(SHAPED);
    let mut text = String::from(if choices.one_in(8) { "" } else { "curl " });
    for _ in 0..choices.below(24) {
        if choices.one_in(6) {
            text.push_str(&String::from_utf8_lossy(choices.bytes(8)));
        } else if choices.one_in(12) {
            text.push_str(secret);
        } else {
            text.push_str(choices.pick(SIGNS));
        }
    }
    let read = curl(&text);
    is_command(&text);
    let Ok(pasted) = read else { return false };
    round(pasted, &text);
    true
}

/// One credential somewhere in a command that is fine otherwise.
fn credentials(choices: &mut Choices<'_>) -> bool {
    let shaped = choices.pick(SHAPED);
    let named = NAMED;
    let (word, secret) = match choices.below(16) {
        0 => (format!("-HX-Any: a {shaped}"), shaped),
        1 => (format!("-HAuthorization: Bearer {named}"), named),
        2 => (format!("-Hx-api-key: {named}"), named),
        3 => (format!("-HCookie: session={named}"), named),
        4 => (format!("-u{named}:{named}"), named),
        5 => (format!("--user=me:{named}"), named),
        6 => (format!("-bsession={named}"), named),
        7 => (format!("--oauth2-bearer={named}"), named),
        8 => (format!("--url=https://me:{named}@h/"), named),
        9 => (format!("--url=https://h/?a=b&access_token={named}"), named),
        10 => (format!("--url=https://h/{shaped}/x"), shaped),
        11 => (format!("--url=https://h/#{shaped}"), shaped),
        12 => (format!("--url-query=api_key={named}"), named),
        13 => (format!("-X{shaped}"), shaped),
        14 => (format!("--{shaped}"), shaped),
        _ => (format!("-d{{\"a\":\"{shaped}\"}}"), shaped),
    };
    let mut model = Model::of(choices);
    model.insert(choices, word);
    let text = model.text(choices);
    match curl(&text) {
        Ok(pasted) => {
            if holds(&pasted.body, secret) {
                assert!(!pasted.suspicious.is_empty(), "nothing is said of a body with a credential: {text}");
            }
            let rest = Pasted { body: DraftBody::Empty, ..pasted };
            assert!(!format!("{rest:?}").contains(secret), "{rest:?}\n{text}");
            true
        }
        Err(error) => {
            assert!(!format!("{error} {error:?}").contains(secret), "{error:?}\n{text}");
            false
        }
    }
}

fn holds(body: &DraftBody, secret: &str) -> bool {
    match body {
        DraftBody::Empty => false,
        DraftBody::Json(text) => text.contains(secret),
        DraftBody::Raw(bytes) => String::from_utf8_lossy(bytes).contains(secret),
    }
}

/// A command of which it is known what curl sends.
fn meaning(choices: &mut Choices<'_>) -> bool {
    let model = Model::of(choices);
    let text = model.text(choices);
    let pasted = match curl(&text) {
        Ok(pasted) => pasted,
        Err(error) => {
            assert!(model.may_be_refused(), "{error}: {text}");
            return false;
        }
    };
    assert!(is_command(&text), "{text}");
    let is_reported = !(pasted.dropped.is_empty()
        && pasted.ignored.is_empty()
        && pasted.notes.is_empty()
        && pasted.variables.is_empty());
    if !is_reported {
        assert_eq!(Wire::of(&pasted), model.wire(), "{text}");
    }
    round(pasted, &text);
    !is_reported
}

/// A call that was pasted, copied as curl and pasted again, is the same call.
fn round(pasted: Pasted, text: &str) {
    // Places are filled in first; controls are in no URL or header that can be sent.
    let headers = pasted.headers.iter().flat_map(|(name, value)| [name, value]);
    let is_odd = |text: &String| text.contains(char::is_control);
    if !pasted.variables.is_empty() || pasted.url.contains('{') || headers.chain([&pasted.url]).any(is_odd) {
        return;
    }
    let wanted = Wire::of(&pasted);
    let mut draft = RequestDraft::new(GrantId(uuid::Uuid::nil()), "GET", "");
    pasted.fill(&mut draft);
    let copied = export(&draft, &About::default(), Language::Curl);
    if copied.contains("@body.bin") || copied.contains("Left out") {
        return;
    }
    let again = curl(&copied);
    let Ok(again) = again else {
        assert!(again.is_ok(), "{again:?}: {text}\ncopied as\n{copied}");
        return;
    };
    assert_eq!(Wire::of(&again), wanted, "{text}\ncopied as\n{copied}");
}
