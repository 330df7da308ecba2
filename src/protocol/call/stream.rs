//! Parses a provider's answer as it arrives (docs/protocol/calls.md section B2). The body, base64 within JSON, is
//! decoded piece by piece, so that both forms are never in memory at once.
//!
//! The rest of the answer, its *skeleton*, is parsed by [`proxy`](super::proxy). It includes the end of the body's text
//! from the first byte that is not plain base64, so that padding, errors and the end of the string are handled in one
//! place, however the answer was split. The result is exactly that of parsing the whole text.

use base64::Engine as _;
use memchr::{memchr_iter, memchr2, memrchr};

use super::approval;
use super::proxy::{ENDPOINT, STANDARD, read_answer};
use crate::domain::{BodySize, ProviderAnswer};
use crate::malformed::{Gap, Malformed};

/// Limit for a provider's body, in bytes.
pub const LARGEST_BODY: usize = 64 << 20;

/// Limit for everything else, in bytes.
const MAX_SKELETON: usize = 16 << 20;

/// The field that is decoded.
const FIELD: &str = "body_b64";

/// Each letter of a name may be written as an escape of six bytes, plus quotes; anything longer is another name.
const MAX_NAME: usize = FIELD.len() * 6 + 2;

/// The answer without its body is too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an answer is larger than {limit} bytes without its body")]
pub struct TooLarge {
    /// In bytes.
    pub limit: usize,
}

/// An answer that is arriving.
#[derive(Debug)]
pub struct AnswerStream {
    endpoint: &'static str,
    state: State,
    /// The number of open arrays and objects.
    depth: usize,
    /// Whether the outermost one is an object.
    in_object: bool,
    /// Whether the next string of the outermost object is a name.
    at_name: bool,
    name: Vec<u8>,
    skeleton: Vec<u8>,
    /// The body decoded so far, at most `largest` bytes.
    body: Vec<u8>,
    largest: usize,
    decoded: u64,
    /// Characters that do not make a group of four yet.
    carry: Vec<u8>,
    escape: Vec<u8>,
    gap: Option<Gap>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Between strings.
    Open,
    /// In a string that is passed on.
    Text { escaped: bool },
    /// In a name of the outermost object.
    Name { escaped: bool },
    /// After the body's name.
    Colon,
    /// In the body's string.
    Body,
    /// In an escape of the body's string.
    Escape,
}

impl AnswerStream {
    /// For the answer of `/sdk/proxy` with status 200.
    pub fn of_proxy() -> Self {
        Self::new(ENDPOINT, LARGEST_BODY)
    }

    /// For the result of a held call.
    pub fn of_approval() -> Self {
        Self::new(approval::RESULT, LARGEST_BODY)
    }

    /// Sets another limit for the body than [`LARGEST_BODY`].
    #[must_use]
    pub fn keeping(self, largest: usize) -> Self {
        Self { largest, ..self }
    }

    fn new(endpoint: &'static str, largest: usize) -> Self {
        Self {
            endpoint,
            state: State::Open,
            depth: 0,
            in_object: false,
            at_name: false,
            name: Vec::new(),
            skeleton: Vec::new(),
            body: Vec::new(),
            largest,
            decoded: 0,
            carry: Vec::with_capacity(4),
            escape: Vec::with_capacity(6),
            gap: None,
        }
    }

    /// Feeds the next piece, of any length.
    ///
    /// # Errors
    /// If everything but the body exceeds 16 MiB; feeding may stop then.
    pub fn feed(&mut self, mut piece: &[u8]) -> Result<(), TooLarge> {
        while let Some((&byte, after)) = piece.split_first() {
            piece = match self.state {
                State::Open => {
                    self.open(byte);
                    after
                }
                State::Text { escaped } => self.text(escaped, piece),
                State::Name { escaped } => {
                    self.name(escaped, byte);
                    after
                }
                State::Colon => {
                    self.colon(byte);
                    after
                }
                State::Body => {
                    let plain = piece.iter().position(|byte| !is_symbol(*byte)).unwrap_or(piece.len());
                    let (plain, rest) = piece.split_at(plain);
                    self.extend_gap(plain.len());
                    self.decode(plain);
                    match rest.split_first() {
                        Some((b'\\', after)) => {
                            self.escape.push(b'\\');
                            self.extend_gap(1);
                            self.state = State::Escape;
                            after
                        }
                        Some(_) => {
                            self.pass_through();
                            rest
                        }
                        None => rest,
                    }
                }
                State::Escape => {
                    self.escaped(byte);
                    after
                }
            };
            if self.skeleton.len() > MAX_SKELETON {
                return Err(TooLarge { limit: MAX_SKELETON });
            }
        }
        Ok(())
    }

    /// Bytes of the provider's body that have arrived, kept or not.
    pub fn decoded(&self) -> u64 {
        self.decoded
    }

    /// Whether more of the body arrived than is kept.
    pub fn is_over(&self) -> bool {
        self.decoded > self.largest as u64
    }

    /// Parses the answer, once all of it was fed.
    ///
    /// # Errors
    /// The first place that departs from its shape, as for [`proxy::parse`](super::proxy::parse).
    pub fn finish(mut self) -> Result<ProviderAnswer, Malformed> {
        if matches!(self.state, State::Body | State::Escape) {
            self.pass_through();
        }
        self.read(BodySize::Exactly)
    }

    /// Parses an answer whose body was not read to its end. `None` if not enough is known: no body has begun, or the
    /// provider's status comes after it.
    pub fn leave(mut self) -> Option<ProviderAnswer> {
        if !matches!(self.state, State::Body | State::Escape) {
            return None;
        }
        self.carry.clear();
        self.escape.clear();
        self.pass_through();
        self.skeleton.extend_from_slice(b"\"}");
        let seen = self.decoded;
        let mut answer = self.read(BodySize::AtLeast).ok()?;
        answer.cut_here = Some(BodySize::AtLeast(seen));
        Some(answer)
    }

    fn read(self, size: fn(u64) -> BodySize) -> Result<ProviderAnswer, Malformed> {
        let mut answer = read_answer(self.endpoint, &self.skeleton, self.gap.unwrap_or_default())?;
        if self.gap.is_none() {
            return Ok(answer);
        }
        let Self { mut body, largest, decoded, .. } = self;
        let all = decoded + answer.body.len() as u64;
        let room = largest.saturating_sub(body.len());
        body.extend_from_slice(answer.body.get(..room).unwrap_or(&answer.body));
        answer.cut_here = (all > body.len() as u64).then(|| size(all));
        answer.body = body.into();
        Ok(answer)
    }

    fn open(&mut self, byte: u8) {
        match byte {
            b'{' | b'[' => {
                if self.depth == 0 {
                    self.in_object = byte == b'{';
                    self.at_name = self.in_object;
                }
                self.depth += 1;
            }
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            b',' => self.at_name = self.in_object && self.depth == 1,
            b'"' => {
                self.state = State::Text { escaped: false };
                if self.at_name && self.depth == 1 {
                    self.at_name = false;
                    self.name.clear();
                    self.name.push(byte);
                    self.state = State::Name { escaped: false };
                }
            }
            _ => {}
        }
        self.skeleton.push(byte);
    }

    /// Passes on a string up to its end or that of the piece; returns the rest.
    fn text<'piece>(&mut self, escaped: bool, piece: &'piece [u8]) -> &'piece [u8] {
        if escaped {
            let (one, after) = piece.split_at(1);
            self.skeleton.extend_from_slice(one);
            self.state = State::Text { escaped: false };
            return after;
        }
        let end = memchr2(b'"', b'\\', piece);
        let (passed, after) = piece.split_at(end.map_or(piece.len(), |end| end + 1));
        self.skeleton.extend_from_slice(passed);
        if end.is_some() {
            let quote = passed.last() == Some(&b'"');
            self.state = if quote { State::Open } else { State::Text { escaped: true } };
        }
        after
    }

    fn name(&mut self, escaped: bool, byte: u8) {
        self.skeleton.push(byte);
        if self.name.len() <= MAX_NAME {
            self.name.push(byte);
        }
        self.state = match byte {
            b'"' if !escaped => {
                let name = serde_json::from_slice::<String>(&self.name);
                // Only the first body counts; the parser refuses a second one.
                let body = self.gap.is_none() && name.is_ok_and(|name| name == FIELD);
                if body { State::Colon } else { State::Open }
            }
            byte => State::Name { escaped: byte == b'\\' && !escaped },
        };
    }

    fn colon(&mut self, byte: u8) {
        match byte {
            b':' | b' ' | b'\t' | b'\r' | b'\n' => self.skeleton.push(byte),
            b'"' => {
                self.skeleton.push(byte);
                let line = memrchr(b'\n', &self.skeleton).map_or(0, |at| at + 1);
                let lines = memchr_iter(b'\n', &self.skeleton).count();
                let column = self.skeleton.len() - line;
                self.gap = Some(Gap { line: lines + 1, column, length: 0 });
                self.state = State::Body;
            }
            byte => {
                self.state = State::Open;
                self.open(byte);
            }
        }
    }

    /// Handles a byte of an escape in the body's string. Some writers escape every `/`, which is frequent in base64.
    fn escaped(&mut self, byte: u8) {
        self.escape.push(byte);
        self.extend_gap(1);
        let symbol = match self.escape.as_slice() {
            [_, b'/'] => Some(b'/'),
            [_, b'u', digits @ ..] if digits.iter().all(u8::is_ascii_hexdigit) => {
                if digits.len() < 4 {
                    return;
                }
                let text = std::str::from_utf8(digits).unwrap_or_default();
                u32::from_str_radix(text, 16).ok().and_then(|code| u8::try_from(code).ok())
            }
            _ => None,
        };
        match symbol.filter(|symbol| is_symbol(*symbol)) {
            Some(symbol) => {
                self.escape.clear();
                self.decode(&[symbol]);
                self.state = State::Body;
            }
            None => self.pass_through(),
        }
    }

    fn extend_gap(&mut self, bytes: usize) {
        if let Some(gap) = &mut self.gap {
            gap.length += bytes;
        }
    }

    /// Leaves the rest of the body's string to the parser.
    fn pass_through(&mut self) {
        let kept = self.carry.len() + self.escape.len();
        if let Some(gap) = &mut self.gap {
            gap.length = gap.length.saturating_sub(kept);
        }
        self.skeleton.append(&mut self.carry);
        self.skeleton.append(&mut self.escape);
        self.state = State::Text { escaped: false };
    }

    /// Decodes characters of the base64 alphabet, which cannot fail.
    fn decode(&mut self, mut plain: &[u8]) {
        if !self.carry.is_empty() {
            let (missing, rest) = plain.split_at(plain.len().min(4 - self.carry.len()));
            self.carry.extend_from_slice(missing);
            plain = rest;
            if self.carry.len() < 4 {
                return;
            }
            let group = std::mem::replace(&mut self.carry, Vec::with_capacity(4));
            self.decode_groups(&group);
        }
        let (groups, rest) = plain.split_at(plain.len() - plain.len() % 4);
        self.decode_groups(groups);
        self.carry.extend_from_slice(rest);
    }

    fn decode_groups(&mut self, groups: &[u8]) {
        self.decoded += (groups.len() / 4 * 3) as u64;
        // Every group of the alphabet is valid base64: what is not kept need not be decoded.
        let room = self.largest - self.body.len();
        let wanted = groups.get(..room.div_ceil(3) * 4).unwrap_or(groups);
        let (start, length) = (self.body.len(), wanted.len() / 4 * 3);
        if self.body.capacity() - start < length {
            // Grow by doubling, but not far beyond the limit.
            self.body.reserve_exact(start.clamp(length, room.max(length)));
        }
        self.body.resize(start + length, 0);
        let space = self.body.get_mut(start..).unwrap_or_default();
        let written = STANDARD.decode_slice(wanted, space);
        debug_assert_eq!(written.ok(), Some(length), "groups of the alphabet are base64");
        self.body.truncate(self.largest);
    }
}

/// Whether a byte is in the base64 alphabet, without padding.
fn is_symbol(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
