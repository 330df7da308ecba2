//! Edits of a project's files: the bytes outside the edit stay, and of the secrets in a file not eight bytes in a row
//! are shown or said.

use std::fmt::Write as _;
use std::ops::Range;

use uuid::Uuid;

use super::choices::Choices;
use crate::domain::Clean;
use crate::edit::diff::{About, diff};
use crate::edit::mask::{self, Masked};
use crate::edit::samples::{ENV, GARBAGE, JSON, LEAK, NEW, OLD, TOML, YAML};
use crate::edit::{Change, Edit, Format, KeyPath, ids, plan, swap_all};

const KEYS: &[&str] = &[
    "name_1",
    "name_2",
    "NEW_GRANT_ID",
    "alter.grants.google",
    "\"a b\".\"c.d\"",
    "name_1.name_2",
    "a.name_1",
];

/// Values that have to be quoted in one format or another. Nothing in them can be taken for a secret of a file.
const VALUES: &[&str] = &[
    "v", "", "a b", "it's", "\"", "'\"`", "$X", "#", "a: b", "{x}", "[", "é", "\\", "null", "1", "-", "*a",
    "%", " a ",
];

const SIGNS: &[&str] = &[
    "'", "\"", "`", "\n", "\r\n", " ", "#", "\\", "=", ":", ": ", "[", "]", "{", "}", ",", "\"\"\"", "'''",
    "- ", "&a ", "*a", "|", ">", "---\n", "//", "/*", "*/", "!!str ", "? ", "<<: ", "export ", "\t",
    "\u{feff}", "é", "\u{85}", "\u{2028}",
];

struct Case {
    format: Format,
    text: String,
    secrets: Vec<String>,
    /// The lines of the first name, in a file that nothing was broken in.
    first: Option<Range<usize>>,
    is_broken: bool,
}

/// See the module.
pub fn edits(data: &[u8]) -> bool {
    let mut choices = Choices::new(data);
    let case = Case::of(&mut choices);
    let value = if choices.one_in(3) { choices.pick(VALUES).to_owned() } else { NEW.to_string() };
    let mut is_planned = false;
    for _ in 0..3 {
        let Ok(key) = choices.pick(KEYS).parse::<KeyPath>() else { continue };
        is_planned |= case.plans(&key, &value);
    }
    case.swaps();
    case.finds();
    is_planned
}

impl Case {
    fn of(choices: &mut Choices<'_>) -> Self {
        let (format, lines, join) = match choices.below(5) {
            0 => (Format::Env, ENV, "\n"),
            1 => (Format::Toml, TOML, "\n"),
            2 => (Format::Json, JSON, ",\n  "),
            3 => (Format::Json, JSON, ", "),
            _ => (Format::Yaml, YAML, "\n"),
        };
        let mut lines = choices.several(lines, 8);
        if choices.one_in(8) {
            lines.insert(choices.below(lines.len() + 1), choices.pick(GARBAGE));
        }
        let mut out =
            Self { format, text: String::new(), secrets: Vec::new(), first: None, is_broken: false };
        let mut names = 0;
        if format == Format::Json {
            out.text.push('{');
        }
        for (at, line) in lines.iter().enumerate() {
            out.text.push_str(if at == 0 { "" } else { join });
            let (begin, before) = (out.text.len(), names);
            for character in line.chars() {
                match character {
                    '$' => {
                        names += 1;
                        let _ = write!(out.text, "name_{names}");
                    }
                    'S' => {
                        let before = out.secrets.iter().map(String::len).sum();
                        let secret = secret(choices, before);
                        out.text.push_str(&secret);
                        out.secrets.push(secret);
                    }
                    'O' => out.text.push_str(&OLD.to_string()),
                    other => out.text.push(other),
                }
            }
            if before == 0 && names > 0 {
                out.first = Some(begin..out.text.len());
            }
        }
        out.text.push_str(if format == Format::Json { "}\n" } else { "\n" });
        match choices.below(5) {
            0 => {
                let mut bytes = std::mem::take(&mut out.text).into_bytes();
                choices.damage(&mut bytes, SIGNS);
                out.text = String::from_utf8_lossy(&bytes).into_owned();
                (out.first, out.is_broken) = (None, true);
            }
            1 => {
                out.text = out.text.replace('\n', "\r\n");
                out.first = None;
            }
            _ => {}
        }
        out
    }

    /// Puts a value in; whether that was planned.
    fn plans(&self, key: &KeyPath, value: &str) -> bool {
        let comment = Clean::line("google · work@acme.com");
        let edit = match plan(self.format, &self.text, key, value, Some(&comment)) {
            Ok(edit) => edit,
            Err(error) => {
                self.says(&format!("{error}\n{error:?}"), None);
                return false;
            }
        };
        self.keeps(key, value, &edit);
        let mut about = About { comments: vec![comment.to_string()], ids: Vec::new() };
        about.ids.extend(Uuid::try_parse(value));
        let mut gone = None;
        if let Change::Replaced { id, .. } = edit.change {
            about.ids.extend(id);
            gone = id;
        }
        self.says(&format!("{edit:?} {:?}", edit.change), gone);
        self.shows(edit.text.as_bytes(), &about, gone);
        true
    }

    /// Everything but the value stays as it is, and the edit is done once.
    fn keeps(&self, key: &KeyPath, value: &str, edit: &Edit) {
        let (old, new) = (&self.text, &edit.text);
        let again = plan(self.format, new, key, value, None);
        assert_eq!(again.map(|edit| edit.change), Ok(Change::Same), "{key} in\n{old}\nbecame\n{new}");
        match &edit.change {
            Change::Same => assert_eq!(old, new),
            Change::Added { .. } => {
                // A table may take the place of a null on the way to the name.
                let shared = key.segments().len() > 1
                    && ["null", "~", "Null", "NULL"].iter().any(|null| old.contains(null));
                if shared {
                    return;
                }
                let old = if self.format == Format::Json { &without_blanks(old) } else { old };
                assert!(is_within(old, new), "not only added to:\n{old}\nbecame\n{new}");
                // What JSON needs may be at two places: a comma, and the name behind a comment.
                let same = common(old.as_bytes(), new.as_bytes());
                assert!(
                    self.format == Format::Json || same >= old.len(),
                    "in two places of:\n{old}\nbecame\n{new}"
                );
            }
            Change::Replaced { .. } => {
                let first = self.first.clone().filter(|_| key.segments() == ["name_1"]);
                let Some(first) = first else { return };
                let (head, tail) = (old.get(..first.start), old.get(first.end..));
                let kept = head.is_some_and(|head| new.starts_with(head))
                    && tail.is_some_and(|tail| new.ends_with(tail));
                assert!(kept, "other lines changed:\n{old}\nbecame\n{new}");
            }
        }
    }

    /// An id gives way to another of the same length wherever it stands, and back.
    fn swaps(&self) {
        let bytes = self.text.as_bytes();
        let (after, count) = swap_all(bytes, &[(OLD, NEW)]);
        assert_eq!(after.len(), bytes.len());
        assert_eq!(swap_all(&after, &[(NEW, OLD)]), (bytes.to_vec(), count), "{}", self.text);
        self.shows(&after, &About { ids: vec![OLD, NEW], comments: Vec::new() }, None);
    }

    /// What a scan tells of the places of an id.
    fn finds(&self) {
        let masked = Masked::of(Some(self.format), self.text.as_bytes());
        let mut said = format!("{masked:?}");
        for found in ids::find(self.text.as_bytes()).filter(|found| found.id == OLD) {
            let _ = write!(said, "\n{} {:?}", masked.context(found.offset, OLD), masked.name(found.offset));
        }
        self.says(&said, None);
    }

    fn shows(&self, after: &[u8], about: &About, gone: Option<Uuid>) {
        // The mask of a format, and that of a file without a reader.
        for format in [Some(self.format), None] {
            let (old, new) = (Masked::of(format, self.text.as_bytes()), Masked::of(format, after));
            let mut said = String::new();
            for line in diff(&old, &new, about) {
                let _ = writeln!(said, "{}\n{line:?}", line.text());
            }
            self.says(&said, gone);
        }
    }

    /// Whether this part of a secret stands where a name does, which is shown: at the beginning of a line, or anywhere in a
    /// file that was broken.
    fn is_named(&self, secret: &str, from: usize) -> bool {
        let Some(part) = secret.get(from..from + LEAK) else { return false };
        self.text.match_indices(part).any(|(at, _)| {
            let (before, behind) = self.text.split_at(at);
            let start = before.strip_suffix(secret.get(..from).unwrap_or_default());
            let line = start.and_then(|start| start.rsplit('\n').next());
            let is_first = line.is_some_and(|line| line.trim_matches(['"', '\'', '`', ' ', '\t']).is_empty());
            let rest = secret.get(from..).and_then(|rest| behind.strip_prefix(rest));
            match rest.filter(|_| start.is_some()) {
                Some(whole) if !is_first => self.is_broken && names(whole),
                _ => (is_first || self.is_broken) && names(behind.get(LEAK..).unwrap_or_default()),
            }
        })
    }

    /// No secret of the file is in a text, but for the id that gives way, which is what the change is about.
    fn says(&self, said: &str, gone: Option<Uuid>) {
        let gone = gone.map(|id| id.to_string());
        // An id that stands where a name does is shown as ids are, in part.
        let ids = self.secrets.iter().filter_map(|secret| Uuid::try_parse(secret).ok());
        let said = ids.fold(said.to_owned(), |said, id| said.replace(&mask::id(id), ""));
        for secret in self.secrets.iter().filter(|secret| gone.as_ref() != Some(secret)) {
            let windows = (0..=secret.len() - LEAK).filter(|from| !self.is_named(secret, *from));
            let mut windows = windows.filter_map(|from| secret.get(from..from + LEAK));
            let leaked = windows.find(|window| said.contains(window));
            assert!(leaked.is_none(), "{leaked:?} is said of:\n{}\n--\n{said}", self.text);
        }
    }
}

/// Whether a text that goes on like this may be a name, before a sign that gives it a value.
fn names(rest: &str) -> bool {
    let is_sign = |character: char| character.is_whitespace() || ",{}[]\"'`:=".contains(character);
    let behind = rest.trim_start_matches(|character| !is_sign(character));
    behind.trim_start_matches(['"', '\'', '`', ' ', '\t']).starts_with([':', '='])
}

/// A text that somebody may have as a secret, in a file that has so many bytes of secrets before it.
fn secret(choices: &mut Choices<'_>, before: usize) -> String {
    const PLAIN: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const SIGNS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789!%&@:=_-.+/";
    let mut place = before as u32;
    let mut drawn = |choices: &mut Choices<'_>, of: &[u8], length: usize| -> String {
        // Each letter is moved by its place: where no bytes are left, and all are the first, a secret is still like no
        // name, and no two share eight letters.
        let letter = |_| {
            place = place.wrapping_add(1);
            let moved = choices.below(of.len()) + (place.wrapping_mul(0x9E37_79B1) >> 16) as usize;
            of.get(moved % of.len()).copied().map_or('x', char::from)
        };
        (0..length).map(letter).collect()
    };
    match choices.below(7) {
        0 => drawn(choices, PLAIN, 22) + "==",
        1 => format!("sk_live_{}", drawn(choices, PLAIN, 16)),
        2 => format!("z{}z", drawn(choices, SIGNS, 14)),
        3 => format!("eyJ{}.{}", drawn(choices, PLAIN, 20), drawn(choices, PLAIN, 30)),
        4 => {
            let bytes: Vec<u8> = (0..16).map(|_| choices.below(256) as u8).collect();
            let bits = bytes.iter().fold(1_u128, |bits, byte| bits << 7 | u128::from(*byte));
            Uuid::from_u128(bits | 1 << 127).to_string()
        }
        5 => drawn(choices, PLAIN, 12) + "=" + &drawn(choices, PLAIN, 10),
        _ => format!("p{}", drawn(choices, SIGNS, 12)),
    }
}

/// Without the blanks that an empty object of JSON may hold: they are no layout to keep.
fn without_blanks(json: &str) -> String {
    let mut pieces = json.split('{');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let inside =
            piece.trim_start_matches(|character: char| character.is_whitespace() && character != '\n');
        out.push('{');
        out.push_str(if inside.starts_with('}') { inside } else { piece });
    }
    out
}

/// Whether a text is what is left of another one where some of its characters are taken out.
fn is_within(part: &str, whole: &str) -> bool {
    let mut rest = whole.chars();
    part.chars().all(|wanted| rest.by_ref().any(|character| character == wanted))
}

/// How many bytes two texts share at their beginnings and ends.
fn common(old: &[u8], new: &[u8]) -> usize {
    let same = |pair: &(&u8, &u8)| pair.0 == pair.1;
    let head = old.iter().zip(new).take_while(same).count();
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    head + tail
}
