//! A command for a POSIX shell, with what curl makes of it, by curl's manual and not by our reader.

use url::form_urlencoded;

use super::wire::Wire;
use crate::fuzzing::choices::Choices;

/// What a value may be. Nothing in here is a variable, a place or a credential.
const TEXTS: &[&str] = &[
    "a",
    "b c",
    "it's",
    "é東",
    "\"q\"",
    "100%",
    "a&b",
    "x=1",
    "a=b&c=d",
    "\\",
    "a\\nb",
    "`x`",
    "%41%zz",
    "+",
    "a+b",
    "#f",
    "!",
    "~",
    "*?",
    "(a)",
    "a;b|c",
    "line\nline",
    "\t",
    "$",
    "$1",
    "$$",
    "1",
    "true",
    "null",
    "[]",
    "{}",
    "{\"a\": 1}",
    "{\"a\":\"it's \\\"é\\\" \\u00e9\"}",
    "[1,\n 2]",
    "{\"a\":",
    "'",
    "''",
    "\\'",
    "-",
    "--",
    "-d",
    "^",
    "^\"",
    "a:b",
    ": b",
    "=",
    "&",
    "&&",
    ",",
    "\u{7f}",
    "😀",
];

const URLS: &[&str] = &[
    "https://h/",
    "https://h",
    "https://h/a/b?c=d",
    "https://h/a%20b",
    "https://h/?a=1&a=2",
    "https://h/?a",
    "https://h/?",
    "http://h:8080/x",
    "https://h/é",
    "https://h/a#frag",
    "https://h/a?b=c#d",
    "https://h/a+b?c=d+e",
    "https://h/a;b,c",
    "https://h/?q=it's",
    "https://h/?q=a\"b",
    "https://h/~a/*",
    "https://[::1]/x",
    "https://h/(a)/$1/!",
    "https://h/a?b=c?d",
    "https://h//a/../b",
    "https://h/?a=%zz&b=%ff",
];

const METHODS: &[&str] = &["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "QUERY"];

const NAMES: &[&str] = &["X-One", "x-two", "Accept", "User-Agent", "If-None-Match", "Range", "Prefer"];

const KINDS: &[&str] =
    &["application/json", "application/vnd.api+json; charset=utf-8", "text/plain", "text/csv"];

/// Words with what they mean together.
#[derive(Default)]
pub(super) struct Model {
    words: Vec<String>,
    method: Option<String>,
    is_head: bool,
    is_query: bool,
    url: String,
    headers: Vec<(String, String)>,
    kind: Option<String>,
    is_untyped: bool,
    is_json: bool,
    data: Option<String>,
    /// A word begins with `@`, which is a file.
    has_file: bool,
}

impl Model {
    pub(super) fn of(choices: &mut Choices<'_>) -> Self {
        let mut model = Self { url: choices.pick(URLS).to_owned(), ..Self::default() };
        let place = choices.below(6);
        for at in 0..6 {
            if at == place {
                model.locate(choices);
            } else if choices.one_in(2) {
                model.option(choices);
            }
        }
        model
    }

    fn locate(&mut self, choices: &mut Choices<'_>) {
        let url = self.url.clone();
        match choices.below(3) {
            0 => self.words.extend(["--url".to_owned(), url]),
            1 => self.words.push(format!("--url={url}")),
            _ => self.words.push(url),
        }
    }

    fn option(&mut self, choices: &mut Choices<'_>) {
        let text = choices.pick(TEXTS);
        match choices.below(14) {
            0 => {
                let method = choices.pick(METHODS);
                self.method = Some(method.to_owned());
                self.word(choices, 'X', "request", method);
            }
            1 | 2 => {
                let name = choices.pick(NAMES);
                let value = text.trim();
                // A line end within a header is another header, which a test of its own is about.
                if !value.is_empty() && !value.chars().any(char::is_control) {
                    self.headers.push((name.to_owned(), value.to_owned()));
                    let blank = choices.pick(&["", " ", "  "]);
                    self.word(choices, 'H', "header", &format!("{name}:{blank}{value}"));
                }
            }
            3 if self.kind.is_none() => {
                let kind = choices.pick(KINDS);
                self.kind = Some(kind.to_owned());
                self.word(choices, 'H', "header", &format!("content-type: {kind}"));
            }
            4 if self.kind.is_none() => {
                self.is_untyped = true;
                self.word(choices, 'H', "header", "Content-Type:");
            }
            5 => {
                self.headers.push(("X-Empty".to_owned(), String::new()));
                self.word(choices, 'H', "header", "X-Empty;");
            }
            6 => {
                let name = choices.pick(&["data", "data-ascii", "data-binary"]);
                self.has_file |= text.starts_with('@');
                self.add(text, "&");
                let short = if name == "data" { 'd' } else { '\0' };
                self.word(choices, short, name, text);
            }
            7 => {
                self.add(text, "&");
                self.word(choices, '\0', "data-raw", text);
            }
            8 => {
                let name = choices.pick(&["", "=", "n=", "é="]);
                if !(name.is_empty() && text.contains(['=', '@'])) {
                    let encoded: String = form_urlencoded::byte_serialize(text.as_bytes())
                        .collect::<String>()
                        .replace("%7E", "~")
                        .replace('*', "%2A");
                    self.add(&format!("{}{encoded}", if name == "=" { "" } else { name }), "&");
                    self.word(choices, '\0', "data-urlencode", &format!("{name}{text}"));
                }
            }
            9 => {
                self.is_json = true;
                self.add(text, "");
                self.word(choices, '\0', "json", text);
            }
            10 => {
                self.is_query = true;
                self.words.push(choices.pick(&["-G", "--get", "-sG"]).to_owned());
            }
            11 => {
                self.is_head = true;
                self.words.push(choices.pick(&["-I", "--head"]).to_owned());
            }
            12 => {
                self.headers.push(("Range".to_owned(), "bytes=0-9".to_owned()));
                self.word(choices, 'r', "range", "0-9");
            }
            _ => {
                self.headers.push(("User-Agent".to_owned(), "me/1 (x)".to_owned()));
                self.word(choices, 'A', "user-agent", "me/1 (x)");
            }
        }
    }

    fn add(&mut self, text: &str, mark: &str) {
        match &mut self.data {
            Some(data) => {
                if !data.is_empty() {
                    data.push_str(mark);
                }
                data.push_str(text);
            }
            None => self.data = Some(text.to_owned()),
        }
    }

    /// An option in one of the ways in which curl takes its value.
    fn word(&mut self, choices: &mut Choices<'_>, short: char, long: &str, value: &str) {
        match choices.below(4) {
            0 if short != '\0' && !value.is_empty() => self.words.push(format!("-{short}{value}")),
            1 if short != '\0' => self.words.extend([format!("-{short}"), value.to_owned()]),
            2 => self.words.push(format!("--{long}={value}")),
            _ => self.words.extend([format!("--{long}"), value.to_owned()]),
        }
    }

    /// Puts a word more in, of which nothing is known but that it is whole.
    pub(super) fn insert(&mut self, choices: &mut Choices<'_>, word: String) {
        // Not between an option and its value.
        if choices.one_in(2) {
            self.words.insert(0, word);
        } else {
            self.words.push(word);
        }
    }

    /// The command, its words quoted in one way or another.
    pub(super) fn text(&self, choices: &mut Choices<'_>) -> String {
        let mut out =
            choices.pick(&["curl", "curl", "A=b curl", "sudo -u me curl", "/usr/bin/curl"]).to_owned();
        // The mark of the dialect.
        out.push_str(" \\\n");
        for word in &self.words {
            out.push_str(choices.pick(&[" ", " ", "  ", " \\\n  ", "\t"]));
            out.push_str(&quoted(choices, word));
        }
        out.push_str(choices.pick(&["", "\n", "\r\n", " ", "; echo done", " | jq ."]));
        out
    }

    /// Whether our reader may say no although curl would not.
    pub(super) fn may_be_refused(&self) -> bool {
        self.has_file
    }

    pub(super) fn wire(&self) -> Wire {
        let queried = self.data.as_deref().filter(|_| self.is_query).filter(|data| !data.is_empty());
        let body = self.data.as_deref().filter(|_| !self.is_query);
        let default = match body {
            _ if self.is_head => "HEAD",
            Some(_) => "POST",
            None => "GET",
        };
        let (place, _) = self.url.split_once('#').unwrap_or((&self.url, ""));
        let url = match queried {
            Some(data) if place.contains('?') => format!("{place}&{data}"),
            Some(data) => format!("{place}?{data}"),
            None => place.to_owned(),
        };
        let mut headers = self.headers.clone();
        let has_body = body.is_some_and(|body| !body.is_empty());
        if self.is_json && has_body && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("accept")) {
            headers.push(("Accept".to_owned(), "application/json".to_owned()));
        }
        let kind = self.kind.as_deref().or(match () {
            () if !has_body || self.is_untyped => None,
            () if self.is_json => Some("application/json"),
            () => Some("application/x-www-form-urlencoded"),
        });
        let method = self.method.as_deref().unwrap_or(default);
        Wire::new(method, &url, headers, kind, body.unwrap_or_default().as_bytes())
    }
}

/// A word of a POSIX shell.
fn quoted(choices: &mut Choices<'_>, word: &str) -> String {
    match choices.below(4) {
        0 => format!("\"{}\"", escaped(word, &['"', '\\', '$', '`'])),
        1 => {
            let text = word.replace('\\', "\\\\").replace('\'', "\\'");
            let text =
                if choices.one_in(2) { text } else { text.replace('\n', "\\n").replace('é', "\\u00e9") };
            format!("$'{text}'")
        }
        // A backslash before blanks at the end of a line joins it to the next one: what is copied from a page needs that.
        2 if !word.is_empty() && !word.contains('\n') && !word.ends_with(char::is_whitespace) => word
            .chars()
            .map(|letter| if letter.is_alphanumeric() { letter.to_string() } else { format!("\\{letter}") })
            .collect(),
        _ => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

fn escaped(word: &str, special: &[char]) -> String {
    let mut out = String::with_capacity(word.len());
    for letter in word.chars() {
        if special.contains(&letter) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}
