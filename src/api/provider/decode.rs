//! Decodes a provider's body as it arrives. Not left to reqwest, which stops after the first gzip member and decodes
//! only one encoding.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;
use reqwest::header::{CONTENT_ENCODING, HeaderMap};

use super::Prefix;
use crate::arrival::{Feed, Sink};

/// Limit for nested encodings; no honest answer has more.
const MAX_LAYERS: usize = 4;

/// A body that is being decoded.
pub(super) struct Decoding {
    layers: Layers,
    encoded: bool,
    begun: bool,
    broken: Option<String>,
}

enum Layers {
    Plain(Prefix),
    Gzip(Box<MultiGzDecoder<Self>>),
}

/// The number of encodings in these headers that can be decoded here, the outermost first.
pub(super) fn layers(headers: &HeaderMap) -> usize {
    let all: Vec<&str> = codings(headers).collect();
    let is_gzip =
        |coding: &&&str| coding.eq_ignore_ascii_case("gzip") || coding.eq_ignore_ascii_case("x-gzip");
    all.iter().rev().take_while(is_gzip).take(MAX_LAYERS).count()
}

/// The encodings that remain after `undone` of them are decoded.
pub(super) fn left(headers: &HeaderMap, undone: usize) -> Option<String> {
    let all: Vec<&str> = codings(headers).collect();
    let left = all.get(..all.len().saturating_sub(undone)).unwrap_or_default();
    (!left.is_empty()).then(|| left.join(", "))
}

fn codings(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(CONTENT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let codings = lines.flat_map(|line| line.split(',')).map(str::trim);
    codings.filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"))
}

impl Decoding {
    pub(super) fn new(prefix: Prefix, layers: usize) -> Self {
        let plain = Layers::Plain(prefix);
        let all = (0..layers).fold(plain, |inner, _| Layers::Gzip(Box::new(MultiGzDecoder::new(inner))));
        Self { layers: all, encoded: layers > 0, begun: false, broken: None }
    }

    /// Ends decoding, when the whole body, or as much as is kept, has been read.
    ///
    /// # Errors
    /// Why the body cannot be decoded, as when it ends too early.
    pub(super) fn finish(mut self, whole: bool) -> Result<Prefix, (u64, String)> {
        // Answers without a body may name an encoding too.
        if whole && self.begun && self.broken.is_none() && !self.layers.prefix().is_full {
            self.broken = self.layers.finish().err().map(|error| error.to_string());
        }
        match self.broken {
            Some(problem) => Err((self.layers.prefix().arrived(), problem)),
            None => Ok(std::mem::take(self.layers.prefix())),
        }
    }
}

impl Layers {
    fn prefix(&mut self) -> &mut Prefix {
        match self {
            Self::Plain(prefix) => prefix,
            Self::Gzip(layer) => layer.get_mut().prefix(),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Gzip(layer) => {
                layer.try_finish()?;
                layer.get_mut().finish()
            }
        }
    }

    fn arrived(&self) -> u64 {
        match self {
            Self::Plain(prefix) => prefix.arrived(),
            Self::Gzip(layer) => layer.get_ref().arrived(),
        }
    }
}

impl Write for Layers {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(prefix) => match prefix.feed(piece) {
                Feed::More => Ok(piece.len()),
                Feed::Enough | Feed::TooLarge => Err(io::Error::other("enough")),
            },
            Self::Gzip(layer) => layer.write(piece),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Gzip(layer) => layer.flush(),
        }
    }
}

impl Sink for Decoding {
    fn begin(&mut self, status: u16, announced: Option<u64>) -> bool {
        // The announced length is that of the encoded body.
        let announced = announced.filter(|_| !self.encoded);
        self.layers.prefix().begin(status, announced)
    }

    fn feed(&mut self, piece: &[u8]) -> Feed {
        if let Layers::Plain(prefix) = &mut self.layers {
            return prefix.feed(piece);
        }
        self.begun |= !piece.is_empty();
        match self.layers.write_all(piece) {
            Ok(()) => Feed::More,
            Err(_) if self.layers.prefix().is_full => Feed::Enough,
            Err(error) => {
                self.broken = Some(error.to_string());
                Feed::Enough
            }
        }
    }

    fn arrived(&self) -> u64 {
        self.layers.arrived()
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// Decodes a body that arrives in pieces of this length.
    fn read(body: &[u8], layers: usize, piece: usize, largest: usize) -> Result<(Vec<u8>, bool), String> {
        let mut decoding = Decoding::new(Prefix::of_at_most(largest), layers);
        assert!(decoding.begin(200, Some(body.len() as u64)));
        let whole = body.chunks(piece).all(|piece| decoding.feed(piece) == Feed::More);
        let prefix = decoding.finish(whole).map_err(|(_, problem)| problem)?;
        Ok((prefix.bytes, prefix.cut.is_some()))
    }

    #[test]
    fn all_members_and_all_layers_are_undone_however_they_arrive() {
        let long = "a line that is said again\n".repeat(5_000).into_bytes();
        let two = [gzip(b"one, "), gzip(b"two")].concat();
        for piece in [1, 7, 4096, usize::MAX] {
            for (body, layers, want) in [
                (two.clone(), 1, b"one, two".to_vec()),
                (gzip(&two), 2, b"one, two".to_vec()),
                (gzip(b""), 1, Vec::new()),
                (Vec::new(), 1, Vec::new()),
                (gzip(&long), 1, long.clone()),
                (b"plain".to_vec(), 0, b"plain".to_vec()),
            ] {
                assert_eq!(read(&body, layers, piece, 1 << 20), Ok((want, false)), "{piece}");
            }
            // Only the beginning of an endless body is kept.
            let (kept, cut) = read(&gzip(&long), 1, piece, 1000).unwrap();
            assert!(kept == long[..1000] && cut, "{piece}");
        }
    }

    #[test]
    fn what_is_broken_is_no_shorter_answer() {
        let whole = [gzip(b"one, "), gzip(b"two")].concat();
        let damaged = {
            let mut bytes = gzip(b"a body that is damaged");
            let last = bytes.len() - 6;
            bytes[last] ^= 1;
            bytes
        };
        let junk = [gzip(b"one"), b"and what is no member".to_vec()].concat();
        for piece in [1, usize::MAX] {
            for body in [b"not gzip at all, but text".to_vec(), damaged.clone(), junk.clone()] {
                assert!(read(&body, 1, piece, 1 << 20).is_err(), "{piece}");
            }
            let first = gzip(b"one, ").len();
            for end in (1..whole.len()).filter(|end| *end != first) {
                assert!(read(&whole[..end], 1, piece, 1 << 20).is_err(), "{piece} {end}");
            }
        }
    }

    #[test]
    fn encodings_are_read_from_all_lines_of_the_header() {
        for (lines, undone, kept) in [
            (vec!["gzip"], 1, None),
            (vec!["X-GZIP"], 1, None),
            (vec!["gzip, gzip"], 2, None),
            (vec!["gzip", "identity", " gzip "], 2, None),
            (vec!["br, gzip"], 1, Some("br")),
            (vec!["gzip, br"], 0, Some("gzip, br")),
            (vec![""], 0, None),
            (vec![], 0, None),
        ] {
            let mut headers = HeaderMap::new();
            for line in &lines {
                headers.append(CONTENT_ENCODING, line.parse().unwrap());
            }
            let have = (layers(&headers), left(&headers, layers(&headers)));
            assert_eq!(have, (undone, kept.map(str::to_owned)), "{lines:?}");
        }
    }
}
