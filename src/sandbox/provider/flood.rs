//! A JSON body of any size, made while it is sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

const CHUNK: usize = 64 * 1024;
const HEAD: &str = "{\"items\":[";
const TAIL: &str = "\"}]}";
/// The smallest body that is still the wanted document.
const LEAST: u64 = 64;

/// Chunks that together are a JSON document of an exact length: rows, and a text that fills what is left.
#[derive(Debug)]
pub(crate) struct Flood {
    left: u64,
    row: u64,
    state: State,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    Head,
    Rows,
    Padding,
    Over,
}

impl Flood {
    /// A body below 64 bytes is all digits.
    pub(crate) fn new(size: u64) -> Self {
        let state = match size {
            0 => State::Over,
            1..LEAST => State::Padding,
            _ => State::Head,
        };
        Self { left: size, row: 0, state }
    }

    fn emit(&mut self, out: &mut Vec<u8>, text: &str) {
        out.extend_from_slice(text.as_bytes());
        self.left = self.left.saturating_sub(text.len() as u64);
    }
}

impl Iterator for Flood {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        if self.state == State::Over {
            return None;
        }
        let mut out = Vec::with_capacity(CHUNK + 256);
        if self.state == State::Head {
            self.emit(&mut out, HEAD);
            self.state = State::Rows;
        }
        while self.state == State::Rows && out.len() < CHUNK {
            let id = self.row;
            let row = format!(
                "{{\"id\":{id},\"name\":\"Row {id} – größer\",\"tags\":[\"a\",\"b\"],\"ok\":{}}},",
                id.is_multiple_of(3)
            );
            let last = "{\"rest\":\"".len() + TAIL.len();
            if self.left < (row.len() + last) as u64 {
                self.emit(&mut out, "{\"rest\":\"");
                self.state = State::Padding;
            } else {
                self.emit(&mut out, &row);
                self.row += 1;
            }
        }
        if self.state == State::Padding {
            let tail = if self.row == 0 && out.is_empty() { "" } else { TAIL };
            let padding = self.left.saturating_sub(tail.len() as u64);
            out.resize(out.len() + usize::try_from(padding).unwrap_or(0), b'7');
            out.extend_from_slice(tail.as_bytes());
            (self.left, self.state) = (0, State::Over);
        }
        Some(out.into())
    }
}

/// A flood in base64.
#[derive(Debug)]
pub(crate) struct Encoded {
    flood: Flood,
    carry: Vec<u8>,
}

impl Encoded {
    pub(crate) fn new(size: u64) -> Self {
        Self { flood: Flood::new(size), carry: Vec::new() }
    }

    /// How long it is.
    pub(crate) fn length(size: u64) -> u64 {
        size.div_ceil(3) * 4
    }
}

impl Iterator for Encoded {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        let Some(chunk) = self.flood.next() else {
            let last = std::mem::take(&mut self.carry);
            return (!last.is_empty()).then(|| STANDARD.encode(last).into());
        };
        self.carry.extend_from_slice(&chunk);
        let rest = self.carry.split_off(self.carry.len() - self.carry.len() % 3);
        let groups = std::mem::replace(&mut self.carry, rest);
        Some(STANDARD.encode(groups).into())
    }
}

/// The first `limit` bytes of a body of `size`.
pub(crate) fn beginning(size: u64, limit: u64) -> Bytes {
    let wanted = usize::try_from(size.min(limit)).unwrap_or(usize::MAX);
    let mut body = Vec::with_capacity(wanted + CHUNK + 256);
    for chunk in Flood::new(size) {
        body.extend_from_slice(&chunk);
        if body.len() >= wanted {
            break;
        }
    }
    body.truncate(wanted);
    body.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_has_exactly_its_size_and_is_json() {
        for size in [1, 63, 64, 65, 100, 1000, 65_536, 65_537, 200_001, 1_000_000] {
            let body: Vec<u8> = Flood::new(size).flatten().collect();
            assert_eq!(body.len() as u64, size);
            serde_json::from_slice::<serde::de::IgnoredAny>(&body)
                .unwrap_or_else(|error| panic!("{size}: {error}"));
            assert_eq!(beginning(size, u64::MAX), body);
            let encoded: Vec<u8> = Encoded::new(size).flatten().collect();
            assert_eq!(encoded.len() as u64, Encoded::length(size));
            assert_eq!(STANDARD.decode(encoded).expect("base64"), body);
            assert_eq!(beginning(size, 10), body[..10.min(body.len())]);
        }
        assert_eq!(Flood::new(0).count(), 0);
    }
}
