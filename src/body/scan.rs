//! Parses JSON into a tape: strict, in one pass, without recursion.

use super::json_error;
use super::problem::{JsonProblem, TapeError};
use super::tape::{Depth, Entry, MAX_DEPTH, Mark, NONE, STRIDE, Shape, Tape};
use crate::domain::unescaped::unescaped_length;

/// Entries between two checks for cancellation.
const CANCEL_INTERVAL: usize = 1 << 16;

/// Parses the text from `begin`: one value, or if `many` several, each on its own line.
///
/// # Errors
///
/// As for [`Tape::build`].
pub fn scan(body: &[u8], begin: usize, many: bool, cancelled: &dyn Fn() -> bool) -> Result<Tape, TapeError> {
    if body.len() >= NONE as usize {
        return Err(TapeError::TooLarge);
    }
    // There may be an earlier error before the first byte of invalid UTF-8.
    let valid = match std::str::from_utf8(body) {
        Ok(_) => body.len(),
        Err(error) => error.valid_up_to(),
    };
    let bytes = body.get(..valid).unwrap_or_default();
    let entries = Vec::with_capacity(body.len() / 16 + 8);
    let tape = Tape { entries, marks: Vec::new(), documents: 0, closings: 0 };
    let mut scan = Scan { bytes, at: begin, tape, stack: Vec::new(), cancelled };
    match scan.all(many) {
        Err(Stop::Cancelled) => Err(TapeError::Cancelled),
        Err(Stop::TooDeep) => Err(TapeError::TooDeep { offset: scan.at }),
        // Only the invalid byte is wrong; the text after it may be valid.
        Err(Stop::Wrong { .. }) | Ok(()) if valid < body.len() && scan.at >= valid => {
            Err(TapeError::Invalid(JsonProblem::at(body, valid, "a byte that is not UTF-8".to_owned())))
        }
        Err(Stop::Wrong { at, problem }) => Err(TapeError::Invalid(JsonProblem::at(body, at, problem))),
        Ok(()) => {
            scan.tape.entries.shrink_to_fit();
            Ok(scan.tape)
        }
    }
}

pub(super) enum Stop {
    Cancelled,
    TooDeep,
    Wrong { at: usize, problem: String },
}

/// An object or array that is still open.
struct Open {
    entry: u32,
    children: u32,
    object: bool,
}

fn fail<T>(at: usize, problem: String) -> Result<T, Stop> {
    Err(Stop::Wrong { at, problem })
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    tape: Tape,
    stack: Vec<Open>,
    cancelled: &'a dyn Fn() -> bool,
}

impl Scan<'_> {
    fn all(&mut self, many: bool) -> Result<(), Stop> {
        self.skip_whitespace();
        loop {
            self.value(NONE)?;
            while !self.stack.is_empty() {
                self.step()?;
            }
            self.tape.documents += 1;
            let end = self.at;
            self.skip_whitespace();
            if self.at == self.bytes.len() {
                return Ok(());
            }
            let between = self.bytes.get(end..self.at).unwrap_or_default();
            if !many || !between.contains(&b'\n') {
                return fail(self.at, json_error::after_value(self.bytes, self.at));
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_whitespace(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    /// Parses one step inside an object or array: before a child, or after one.
    fn step(&mut self) -> Result<(), Stop> {
        let Some(open) = self.stack.last() else { return Ok(()) };
        let (object, first) = (open.object, open.children == 0);
        self.skip_whitespace();
        if !first {
            let close = if object { b'}' } else { b']' };
            match self.peek() {
                Some(b',') => {
                    let comma = self.at;
                    self.at += 1;
                    self.skip_whitespace();
                    if matches!(self.peek(), Some(b']' | b'}')) {
                        return fail(comma, json_error::trailing_comma());
                    }
                }
                Some(byte) if byte == close => return self.close(),
                _ => {
                    let open = self.stack.last().map_or(0, |open| open.entry);
                    let begin = self.tape.entries.get(open as usize).map_or(0, |entry| entry.start as usize);
                    let (at, problem) = json_error::after_child(self.bytes, self.at, object, begin);
                    return fail(at, problem);
                }
            }
        }
        if !object {
            return self.value(NONE);
        }
        let key = self.at;
        if self.peek() != Some(b'"') {
            return fail(self.at, json_error::name(self.bytes, self.at));
        }
        self.string()?;
        self.skip_whitespace();
        if self.peek() != Some(b':') {
            return fail(self.at, json_error::colon(self.bytes, self.at));
        }
        self.at += 1;
        self.skip_whitespace();
        self.value(key as u32)
    }

    fn push(&mut self, start: usize, key: u32, partner: usize, shape: Shape) -> Result<(), Stop> {
        let count = self.tape.entries.len();
        if count.is_multiple_of(STRIDE) {
            let (parent, children) = self.stack.last().map_or((NONE, 0), |open| (open.entry, open.children));
            self.tape.marks.push(Mark { parent, children });
            if count.is_multiple_of(CANCEL_INTERVAL) && (self.cancelled)() {
                return Err(Stop::Cancelled);
            }
        }
        let depth = Depth::new(self.stack.len(), shape);
        self.tape.entries.push(Entry { start: start as u32, key, partner: partner as u32, depth });
        Ok(())
    }

    /// Appends an entry for a finished child.
    fn push_leaf(&mut self, start: usize, key: u32, shape: Shape) -> Result<(), Stop> {
        self.push(start, key, self.at, shape)?;
        if let Some(open) = self.stack.last_mut() {
            open.children += 1;
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Stop> {
        let Some(Open { entry, children, object }) = self.stack.last() else { return Ok(()) };
        let (entry, children) = (*entry, *children);
        let shape = if *object { Shape::ObjectEnd } else { Shape::ArrayEnd };
        let last = self.tape.entries.len() as u32;
        self.push(self.at, children, entry as usize, shape)?;
        self.at += 1;
        self.tape.closings += 1;
        self.stack.pop();
        // Both brackets have the depth of their object or array.
        if let Some(close) = self.tape.entries.last_mut() {
            close.depth = Depth::new(self.stack.len(), shape);
        }
        if let Some(open) = self.tape.entries.get_mut(entry as usize) {
            open.partner = last;
        }
        if let Some(parent) = self.stack.last_mut() {
            parent.children += 1;
        }
        Ok(())
    }

    fn value(&mut self, key: u32) -> Result<(), Stop> {
        let start = self.at;
        match self.peek() {
            Some(b'"') => {
                self.string()?;
                self.push_leaf(start, key, Shape::String)
            }
            Some(b'-' | b'0'..=b'9') => {
                self.number()?;
                self.push_leaf(start, key, Shape::Number)
            }
            Some(b'{') => self.open(key, b'}', Shape::Object, Shape::EmptyObject),
            Some(b'[') => self.open(key, b']', Shape::Array, Shape::EmptyArray),
            Some(b't') => self.literal(key, b"true"),
            Some(b'f') => self.literal(key, b"false"),
            Some(b'n') => self.literal(key, b"null"),
            _ => fail(start, json_error::value(self.bytes, start)),
        }
    }

    fn open(&mut self, key: u32, close: u8, shape: Shape, empty: Shape) -> Result<(), Stop> {
        let start = self.at;
        self.at += 1;
        self.skip_whitespace();
        if self.peek() == Some(close) {
            self.at += 1;
            return self.push_leaf(start, key, empty);
        }
        if self.stack.len() >= MAX_DEPTH {
            self.at = start;
            return Err(Stop::TooDeep);
        }
        if self.at == self.bytes.len() {
            return fail(start, json_error::not_closed(shape == Shape::Object));
        }
        let entry = self.tape.entries.len() as u32;
        self.push(start, key, 0, shape)?;
        self.stack.push(Open { entry, children: 0, object: shape == Shape::Object });
        Ok(())
    }

    fn literal(&mut self, key: u32, word: &[u8]) -> Result<(), Stop> {
        let start = self.at;
        let behind = self.bytes.get(start + word.len()).copied();
        let met = self.bytes.get(start..).unwrap_or_default().starts_with(word);
        if !met || behind.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            // A literal cut off by the end of the text is an error at the end.
            if word.starts_with(self.bytes.get(start..).unwrap_or_default()) {
                self.at = self.bytes.len();
            }
            return fail(start, json_error::value(self.bytes, start));
        }
        self.at += word.len();
        self.push_leaf(start, key, Shape::Literal)
    }

    fn digits(&mut self) -> usize {
        let begin = self.at;
        while matches!(self.bytes.get(self.at), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - begin
    }

    fn number(&mut self) -> Result<(), Stop> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let first = self.peek();
        let begin = self.at;
        match self.digits() {
            0 => return fail(self.at, json_error::digit("after the minus")),
            1 => {}
            _ if first == Some(b'0') => return fail(begin, json_error::leading_zero()),
            _ => {}
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return fail(self.at, json_error::digit("after the point"));
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if self.digits() == 0 {
                return fail(self.at, json_error::digit("in the exponent"));
            }
        }
        Ok(())
    }

    fn string(&mut self) -> Result<(), Stop> {
        let start = self.at;
        self.at += 1;
        loop {
            self.at += unescaped_length(self.bytes.get(self.at..).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.escape()?,
                Some(byte) => return fail(self.at, json_error::control(byte)),
                None => return fail(start, json_error::open_string()),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Stop> {
        let start = self.at;
        self.at += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                self.at += 1;
                for _ in 0..4 {
                    match self.peek() {
                        Some(byte) if byte.is_ascii_hexdigit() => self.at += 1,
                        _ => return fail(start, json_error::hexadecimal()),
                    }
                }
            }
            Some(_) => return fail(start, json_error::escape(self.bytes, self.at)),
            None => return fail(start, json_error::open_string()),
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
