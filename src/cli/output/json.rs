//! JSON and JSON Lines, written by hand as the rows come: a list of 100,000 never stands in memory.

use std::fmt::Write as _;
use std::io::{self, Write};

use strum::IntoEnumIterator;
use unicode_width::UnicodeWidthChar;
use uuid::Uuid;

use super::super::fields::{Field, Value};
use super::{Printer, Style};
use crate::domain::clean::MARKS;
use crate::domain::unescaped::unescaped_length;
use crate::domain::{Clean, Grant, Moment, Now};

/// Prints one array, or one object per line.
pub(crate) struct Json<W> {
    out: W,
    style: Style,
    lines: bool,
    started: bool,
    line: String,
}

impl<W: Write> Json<W> {
    /// `lines`: one object per line instead of one array.
    pub(crate) fn new(out: W, style: Style, lines: bool) -> Self {
        Self { out, style, lines, started: false, line: String::new() }
    }

    fn row(&mut self, grant: &Grant, now: Now) -> io::Result<()> {
        self.line.clear();
        let line = &mut self.line;
        if !self.lines {
            line.push_str(if self.started { ",\n" } else { "[\n" });
        }
        self.started = true;
        line.push('{');
        let terminal = self.style.terminal;
        if let Some(fields) = &self.style.fields {
            for field in fields {
                known_name(line, *field);
                value(line, &field.value(grant, now), terminal);
            }
        } else {
            for field in Field::iter().filter(|field| field.belongs_to(grant)) {
                known_name(line, field);
                value(line, &field.value(grant, now), terminal);
            }
            // Fields of a newer backend; one that has a name from above was shown there, or is its raw form.
            let unknown = grant.extra.as_deref().map_or(&[][..], |extra| &extra.unknown_fields);
            for (field, json) in unknown {
                let taken = Field::iter().any(|known| known.name() == &**field && known.belongs_to(grant));
                if !taken {
                    name(line, field, terminal);
                    raw(line, &json.0, terminal);
                }
            }
        }
        line.push('}');
        if self.lines {
            line.push('\n');
        }
        self.out.write_all(line.as_bytes())
    }
}

impl<W: Write> Printer for Json<W> {
    fn rows(&mut self, rows: &mut dyn Iterator<Item = &Grant>, now: Now) -> io::Result<()> {
        for grant in rows {
            self.row(grant, now)?;
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        if !self.lines {
            self.out.write_all(if self.started { b"\n]\n" } else { b"[]\n" })?;
        }
        self.out.flush()
    }

    fn broken_off(&mut self, error: &serde_json::Value) -> io::Result<()> {
        self.line.clear();
        broken_off(&mut self.line, error, self.started && !self.lines, self.style.terminal);
        self.out.write_all(self.line.as_bytes())?;
        self.out.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The error object as the last line of rows. An array that has begun is left open: no parser takes it for a whole one.
pub(in crate::cli) fn broken_off(
    line: &mut String,
    error: &serde_json::Value,
    in_array: bool,
    terminal: bool,
) {
    if in_array {
        line.push_str(",\n");
    }
    raw(line, &error.to_string(), terminal);
    line.push('\n');
}

/// Our own names need no escapes.
fn known_name(line: &mut String, field: Field) {
    line.push_str(if line.ends_with('{') { "\"" } else { ",\"" });
    line.push_str(field.name());
    line.push_str("\":");
}

fn name(line: &mut String, field: &str, terminal: bool) {
    if !line.ends_with('{') {
        line.push(',');
    }
    text(line, field, terminal);
    line.push(':');
}

fn value(line: &mut String, value: &Value<'_>, terminal: bool) {
    match value {
        Value::Null => line.push_str("null"),
        Value::Bool(value) => line.push_str(if *value { "true" } else { "false" }),
        Value::Number(value) => line.push_str(&value.to_string()),
        Value::Text(value) => text(line, value, terminal),
        Value::Id(id) => {
            line.push('"');
            line.push_str(id.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
            line.push('"');
        }
        Value::Moment(Moment::At(at)) => {
            // Writing to a text cannot fail.
            let _ = write!(line, "\"{at}\"");
        }
        Value::Moment(Moment::Unusual(unusual)) => text(line, &unusual.text, terminal),
        Value::Texts(items) => list(line, items.iter().map(|item| &**item), terminal),
        Value::List(items) => list(line, items.iter().map(|item| &**item), terminal),
        Value::Json(json) => raw(line, json, terminal),
    }
}

fn list<'a>(line: &mut String, items: impl Iterator<Item = &'a str>, terminal: bool) {
    line.push('[');
    for (place, item) in items.enumerate() {
        if place > 0 {
            line.push(',');
        }
        text(line, item, terminal);
    }
    line.push(']');
}

/// A JSON string. What JSON itself demands is escaped always; for a terminal also everything that could change
/// what is seen.
fn text(line: &mut String, value: &str, terminal: bool) {
    line.push('"');
    let harmless = !terminal || value.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if harmless && unescaped_length(value.as_bytes()) == value.len() {
        line.push_str(value);
    } else {
        let mut marks = 0;
        for character in value.chars() {
            match character {
                '"' => line.push_str("\\\""),
                '\\' => line.push_str("\\\\"),
                '\n' => line.push_str("\\n"),
                '\r' => line.push_str("\\r"),
                '\t' => line.push_str("\\t"),
                '\0'..'\u{20}' => escape(line, character),
                _ if terminal && is_dangerous(character, &mut marks) => escape(line, character),
                _ => line.push(character),
            }
        }
    }
    line.push('"');
}

/// JSON as it came, on one line. Anything but ASCII stands inside its strings, where an escape means the same.
pub(in crate::cli) fn raw(line: &mut String, json: &str, terminal: bool) {
    let mut marks = 0;
    for character in json.chars() {
        match character {
            '\0'..'\u{20}' => {}
            _ if terminal && is_dangerous(character, &mut marks) => escape(line, character),
            _ => line.push(character),
        }
    }
}

/// Whether the sanitiser would not let it through, or it is one mark too many on one character.
fn is_dangerous(character: char, marks: &mut usize) -> bool {
    if character.is_ascii() {
        *marks = 0;
        return character.is_ascii_control();
    }
    *marks = if character.width() == Some(0) { *marks + 1 } else { 0 };
    let mut buffer = [0; 4];
    let alone: &str = character.encode_utf8(&mut buffer);
    *marks > MARKS || Clean::line(alone).as_str() != alone
}

fn escape(line: &mut String, character: char) {
    let mut units = [0; 2];
    for unit in character.encode_utf16(&mut units) {
        // Writing to a text cannot fail.
        let _ = write!(line, "\\u{unit:04x}");
    }
}

/// The text of a JSON string, or any other JSON as it is.
pub(crate) fn unquoted(json: &str) -> String {
    serde_json::from_str::<String>(json).unwrap_or_else(|_| json.to_owned())
}
