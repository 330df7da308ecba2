//! Cases out of bytes: each byte picks a part, and a case ends where the bytes do.

use arbitrary::Unstructured;

/// The bytes of a case, on their way to become one.
pub(super) struct Choices<'a>(Unstructured<'a>);

impl<'a> Choices<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self(Unstructured::new(data))
    }

    /// A number below a limit; 0 where no bytes are left.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0.int_in_range(0..=limit.saturating_sub(1)).unwrap_or_default()
    }

    /// Never true where no bytes are left.
    pub(super) fn one_in(&mut self, many: usize) -> bool {
        self.below(many) + 1 == many
    }

    pub(super) fn pick<T: Copy + Default>(&mut self, of: &[T]) -> T {
        of.get(self.below(of.len())).copied().unwrap_or_default()
    }

    /// Up to so many texts, picked one after the other.
    pub(super) fn several(&mut self, of: &[&'static str], most: usize) -> Vec<&'static str> {
        let count = self.below(most + 1);
        (0..count).map(|_| self.pick(of)).collect()
    }

    /// So many bytes as they are; fewer where there are fewer.
    pub(super) fn bytes(&mut self, most: usize) -> &'a [u8] {
        let count = self.below(most + 1).min(self.0.len());
        self.0.bytes(count).unwrap_or_default()
    }

    /// All bytes that are left, as they are.
    pub(super) fn rest(self) -> &'a [u8] {
        self.0.take_rest()
    }

    /// Breaks a text at a few places, mostly with what means something to its reader.
    pub(super) fn damage(&mut self, text: &mut Vec<u8>, signs: &[&'static str]) {
        for _ in 0..self.below(4) {
            let at = self.below(text.len() + 1);
            match self.below(5) {
                0 => text.truncate(at),
                1 => {
                    let end = (at + 1 + self.below(8)).min(text.len());
                    text.drain(at.min(end)..end);
                }
                2 => {
                    let end = (at + self.below(24)).min(text.len());
                    let again = text.get(at..end).unwrap_or_default().to_vec();
                    text.splice(at..at, again);
                }
                3 => {
                    let byte = self.bytes(1).to_vec();
                    text.splice(at..at, byte);
                }
                _ => {
                    let sign = self.pick(signs);
                    let end = (at + self.below(2)).min(text.len());
                    text.splice(at..end, sign.bytes());
                }
            }
        }
    }
}

/// Cuts a text into pieces, and goes on with pieces of the last length.
pub(super) fn pieces<'text>(choices: &mut Choices<'_>, mut text: &'text [u8]) -> Vec<&'text [u8]> {
    let lengths: Vec<usize> = (0..=choices.below(6)).map(|_| 1 + choices.below(60)).collect();
    let mut out = Vec::new();
    for length in lengths.iter().cycle() {
        if text.is_empty() {
            break;
        }
        let (piece, rest) = text.split_at((*length).min(text.len()));
        out.push(piece);
        text = rest;
    }
    out
}
