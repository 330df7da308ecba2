//! Encodings of a single character: one table for all searches. Encodings can be nested: a percent escape whose percent
//! sign is a JSON escape, JSON in a string within JSON.

/// Maximum nesting depth to decode.
const MAX_LAYERS: usize = 3;

/// Bytes that can start an escape.
pub(super) const INTRODUCERS: [u8; 4] = [b'\\', b'%', b'&', b'='];

/// One possible reading at an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    unit: Unit,
    /// Offset of the next character.
    pub(super) end: usize,
}

/// The content of a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    /// A single byte.
    Byte(u8),
    /// A character outside ASCII.
    Character(char),
    /// A soft line break: no character.
    Nothing,
}

impl Reading {
    fn byte_of(code: u32, end: usize) -> Option<Self> {
        u8::try_from(code).ok().map(|byte| Self { unit: Unit::Byte(byte), end })
    }

    fn character(code: u32, end: usize) -> Option<Self> {
        if code < 0x80 {
            return Self::byte_of(code, end);
        }
        char::from_u32(code).map(|character| Self { unit: Unit::Character(character), end })
    }

    /// The UTF-8 bytes of the character, written into `room`; empty if there is none.
    pub(super) fn bytes<'a>(&self, buffer: &'a mut [u8; 4]) -> &'a [u8] {
        match self.unit {
            Unit::Byte(byte) => {
                let [first, ..] = buffer;
                *first = byte;
                buffer.get(..1).unwrap_or_default()
            }
            Unit::Character(character) => character.encode_utf8(buffer).as_bytes(),
            Unit::Nothing => &[],
        }
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.unit == Unit::Nothing
    }

    /// The byte, if it is one.
    pub(super) fn byte(&self) -> Option<u8> {
        match self.unit {
            Unit::Byte(byte) => Some(byte),
            Unit::Character(_) | Unit::Nothing => None,
        }
    }

    fn introducer(&self) -> Option<u8> {
        self.byte().filter(|byte| INTRODUCERS.contains(byte))
    }
}

/// All readings at an offset: the byte itself, then the result of decoding one more layer at a time.
pub(super) fn read(source: &[u8], at: usize) -> impl Iterator<Item = Reading> {
    let mut readings = [None; MAX_LAYERS + 1];
    let mut last = plain_byte(source, at);
    for (place, layers) in readings.iter_mut().zip(1..) {
        *place = last;
        let Some((introducer, end)) = last.and_then(|last| Some((last.introducer()?, last.end))) else {
            break;
        };
        // If this layer is not an escape, the next one may be.
        last = Layer { source, below: layers - 1 }.escape(introducer, end).or(last);
    }
    // Identical readings are adjacent.
    let mut before = None;
    readings.into_iter().flatten().filter(move |read| before.replace(*read) != Some(*read))
}

fn plain_byte(source: &[u8], at: usize) -> Option<Reading> {
    source.get(at).map(|byte| Reading { unit: Unit::Byte(*byte), end: at + 1 })
}

/// The reading at an offset with this many layers decoded.
fn read_with_layers(source: &[u8], at: usize, layers: usize) -> Option<Reading> {
    let mut read = plain_byte(source, at)?;
    for below in 0..layers {
        let Some(introducer) = read.introducer() else { break };
        read = Layer { source, below }.escape(introducer, read.end).unwrap_or(read);
    }
    Some(read)
}

/// A layer of encoding; what is below it is read with fewer layers decoded.
struct Layer<'a> {
    source: &'a [u8],
    below: usize,
}

impl Layer<'_> {
    /// Decodes the escape that continues at an offset.
    fn escape(&self, introducer: u8, at: usize) -> Option<Reading> {
        match introducer {
            b'\\' => self.backslash(at),
            b'%' => self.percent(at),
            b'&' => self.entity(at),
            _ => self.quoted_printable(at),
        }
    }

    fn next(&self, mut at: usize) -> Option<(u8, usize)> {
        loop {
            let read = read_with_layers(self.source, at, self.below)?;
            at = read.end;
            if !read.is_nothing() {
                return Some((read.byte()?, at));
            }
        }
    }

    /// JSON, and the escapes of programming languages beyond it.
    fn backslash(&self, at: usize) -> Option<Reading> {
        let (letter, end) = self.next(at)?;
        match letter {
            b'u' => self.utf16(end).or_else(|| self.braced(end)),
            b'U' => self.number(end, 8, 16).and_then(|(code, end)| Reading::character(code, end)),
            b'x' => self.byte(end, 2, 16),
            b'0'..=b'7' => self.byte(at, 3, 8),
            b'n' => Reading::byte_of(0x0a, end),
            b'r' => Reading::byte_of(0x0d, end),
            b't' => Reading::byte_of(0x09, end),
            b'b' => Reading::byte_of(0x08, end),
            b'f' => Reading::byte_of(0x0c, end),
            letter if letter.is_ascii_punctuation() => Reading::byte_of(u32::from(letter), end),
            _ => None,
        }
    }

    /// URLs; `%uXXXX` is JavaScript's old `escape`.
    fn percent(&self, at: usize) -> Option<Reading> {
        self.byte(at, 2, 16).or_else(|| {
            let (code, end) = self.number(self.literal(at, b'u')?, 4, 16)?;
            Reading::character(code, end)
        })
    }

    /// HTML and XML, numeric or named. The semicolon may be missing where browsers do not require it.
    fn entity(&self, at: usize) -> Option<Reading> {
        let Some(at) = self.literal(at, b'#') else { return self.named(at) };
        let hex = self.literal(at, b'x').or_else(|| self.literal(at, b'X'));
        let (at, base) = hex.map_or((at, 10), |at| (at, 16));
        let (mut code, mut end) = (0_u32, at);
        // Leading zeros are allowed.
        for _ in 0..8 {
            let Some((digit, after)) = self.digit(end, base) else { break };
            code = code.saturating_mul(base).saturating_add(digit);
            end = after;
        }
        if end == at { None } else { Reading::character(code, self.literal(end, b';').unwrap_or(end)) }
    }

    fn named(&self, at: usize) -> Option<Reading> {
        let mut buffer = [0; LONGEST_NAME];
        let mut end = at;
        // A name that needs no semicolon, unless a longer one is found.
        let mut open = None;
        for length in 0..=LONGEST_NAME {
            let name = buffer.get(..length)?;
            let known = || ENTITIES.iter().find(|(known, _)| known.as_bytes() == name);
            let byte = |end| known().and_then(|(_, byte)| Reading::byte_of(u32::from(*byte), end));
            if OPEN_ENTITIES.iter().any(|open| open.as_bytes() == name) {
                open = byte(end);
            }
            let Some((letter, after)) = self.next(end) else { break };
            if letter == b';' {
                return byte(after).or(open);
            }
            let Some(place) = buffer.get_mut(length).filter(|_| letter.is_ascii_alphabetic()) else { break };
            *place = letter;
            end = after;
        }
        open
    }

    /// Quoted-printable, including soft line breaks, also as escaped in a JSON string.
    fn quoted_printable(&self, at: usize) -> Option<Reading> {
        self.byte(at, 2, 16).or_else(|| {
            let line = self.line_end(at, b'\r', b'r').unwrap_or(at);
            let end = self.line_end(line, b'\n', b'n')?;
            Some(Reading { unit: Unit::Nothing, end })
        })
    }

    fn line_end(&self, at: usize, byte: u8, letter: u8) -> Option<usize> {
        self.literal(at, byte).or_else(|| self.literal(self.literal(at, b'\\')?, letter))
    }

    /// Four digits, possibly followed by the other half of a surrogate pair.
    fn utf16(&self, at: usize) -> Option<Reading> {
        let (high, end) = self.number(at, 4, 16)?;
        if !(0xD800..0xDC00).contains(&high) {
            return Reading::character(high, end);
        }
        let (low, end) = self.number(self.literal(self.literal(end, b'\\')?, b'u')?, 4, 16)?;
        let low = low.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
        Reading::character(0x1_0000 + ((high - 0xD800) << 10) + low, end)
    }

    /// `\u{2f}`
    fn braced(&self, at: usize) -> Option<Reading> {
        let mut end = self.literal(at, b'{')?;
        let mut code = 0;
        for _ in 0..6 {
            let Some((digit, after)) = self.digit(end, 16) else { break };
            (code, end) = (code * 16 + digit, after);
        }
        Reading::character(code, self.literal(end, b'}')?)
    }

    fn byte(&self, at: usize, digits: usize, base: u32) -> Option<Reading> {
        let (code, end) = self.number(at, digits, base)?;
        Reading::byte_of(code, end)
    }

    /// Exactly `digits` digits.
    fn number(&self, mut at: usize, digits: usize, base: u32) -> Option<(u32, usize)> {
        let mut code = 0_u32;
        for _ in 0..digits {
            let (digit, end) = self.digit(at, base)?;
            code = code.checked_mul(base)?.checked_add(digit)?;
            at = end;
        }
        Some((code, at))
    }

    fn digit(&self, at: usize, base: u32) -> Option<(u32, usize)> {
        let (byte, end) = self.next(at)?;
        Some((char::from(byte).to_digit(base)?, end))
    }

    /// The offset after this byte, if it is next.
    fn literal(&self, at: usize, byte: u8) -> Option<usize> {
        self.next(at).filter(|(found, _)| *found == byte).map(|(_, end)| end)
    }
}

const LONGEST_NAME: usize = 8;

/// Names that browsers accept without a semicolon.
const OPEN_ENTITIES: [&str; 4] = ["amp", "lt", "gt", "quot"];

/// ASCII punctuation by its HTML names.
const ENTITIES: [(&str, u8); 34] = [
    ("amp", b'&'),
    ("lt", b'<'),
    ("gt", b'>'),
    ("quot", b'"'),
    ("apos", b'\''),
    ("sol", b'/'),
    ("plus", b'+'),
    ("equals", b'='),
    ("num", b'#'),
    ("colon", b':'),
    ("semi", b';'),
    ("comma", b','),
    ("period", b'.'),
    ("lowbar", b'_'),
    ("excl", b'!'),
    ("dollar", b'$'),
    ("percnt", b'%'),
    ("lpar", b'('),
    ("rpar", b')'),
    ("ast", b'*'),
    ("midast", b'*'),
    ("quest", b'?'),
    ("commat", b'@'),
    ("lsqb", b'['),
    ("lbrack", b'['),
    ("bsol", b'\\'),
    ("rsqb", b']'),
    ("rbrack", b']'),
    ("Hat", b'^'),
    ("grave", b'`'),
    ("lcub", b'{'),
    ("verbar", b'|'),
    ("vert", b'|'),
    ("rcub", b'}'),
];
