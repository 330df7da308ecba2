//! The ways in which one character is written. One table for everything that is searched. What is written so may be
//! written so again: a percent escape whose percent sign is a JSON escape, JSON as a text within JSON.

/// How many such layers are taken off.
const LAYERS: usize = 3;

/// Where something else than the character itself may be meant.
pub(super) const INTRODUCERS: [u8; 4] = [b'\\', b'%', b'&', b'='];

/// One reading of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Read {
    unit: Unit,
    /// Where the next character begins.
    pub(super) end: usize,
}

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    /// A byte of a text.
    Byte(u8),
    /// A character outside ASCII.
    Character(char),
    /// A soft end of a line: no character at all.
    Nothing,
}

impl Read {
    fn byte_of(code: u32, end: usize) -> Option<Self> {
        u8::try_from(code).ok().map(|byte| Self { unit: Unit::Byte(byte), end })
    }

    fn character(code: u32, end: usize) -> Option<Self> {
        if code < 0x80 {
            return Self::byte_of(code, end);
        }
        char::from_u32(code).map(|character| Self { unit: Unit::Character(character), end })
    }

    /// The bytes of the character in UTF-8, none where there is no character, written into `room`.
    pub(super) fn bytes<'a>(&self, room: &'a mut [u8; 4]) -> &'a [u8] {
        match self.unit {
            Unit::Byte(byte) => {
                let [first, ..] = room;
                *first = byte;
                room.get(..1).unwrap_or_default()
            }
            Unit::Character(character) => character.encode_utf8(room).as_bytes(),
            Unit::Nothing => &[],
        }
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.unit == Unit::Nothing
    }

    /// The byte, where it is one.
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

/// What a place can mean: the byte itself, then what it is with one layer after the other taken off.
pub(super) fn read(source: &[u8], at: usize) -> impl Iterator<Item = Read> {
    let mut reads = [None; LAYERS + 1];
    let mut last = plain(source, at);
    for (place, layers) in reads.iter_mut().zip(1..) {
        *place = last;
        let Some((introducer, end)) = last.and_then(|last| Some((last.introducer()?, last.end))) else {
            break;
        };
        // Where nothing is under this layer, something may be under the next one.
        last = Layer { source, below: layers - 1 }.escape(introducer, end).or(last);
    }
    // Readings that are the same follow one another.
    let mut before = None;
    reads.into_iter().flatten().filter(move |read| before.replace(*read) != Some(*read))
}

fn plain(source: &[u8], at: usize) -> Option<Read> {
    source.get(at).map(|byte| Read { unit: Unit::Byte(*byte), end: at + 1 })
}

/// What stands at a place when so many layers are taken off.
fn under(source: &[u8], at: usize, layers: usize) -> Option<Read> {
    let mut read = plain(source, at)?;
    for below in 0..layers {
        let Some(introducer) = read.introducer() else { break };
        read = Layer { source, below }.escape(introducer, read.end).unwrap_or(read);
    }
    Some(read)
}

/// One layer: what is below it is read with fewer taken off.
struct Layer<'a> {
    source: &'a [u8],
    below: usize,
}

impl Layer<'_> {
    /// What the escape means that goes on at a place.
    fn escape(&self, introducer: u8, at: usize) -> Option<Read> {
        match introducer {
            b'\\' => self.backslash(at),
            b'%' => self.percent(at),
            b'&' => self.entity(at),
            _ => self.quoted_printable(at),
        }
    }

    fn next(&self, mut at: usize) -> Option<(u8, usize)> {
        loop {
            let read = under(self.source, at, self.below)?;
            at = read.end;
            if !read.is_nothing() {
                return Some((read.byte()?, at));
            }
        }
    }

    /// JSON, and what programming languages have beyond it.
    fn backslash(&self, at: usize) -> Option<Read> {
        let (letter, end) = self.next(at)?;
        match letter {
            b'u' => self.utf16(end).or_else(|| self.braced(end)),
            b'U' => self.number(end, 8, 16).and_then(|(code, end)| Read::character(code, end)),
            b'x' => self.byte(end, 2, 16),
            b'0'..=b'7' => self.byte(at, 3, 8),
            b'n' => Read::byte_of(0x0a, end),
            b'r' => Read::byte_of(0x0d, end),
            b't' => Read::byte_of(0x09, end),
            b'b' => Read::byte_of(0x08, end),
            b'f' => Read::byte_of(0x0c, end),
            letter if letter.is_ascii_punctuation() => Read::byte_of(u32::from(letter), end),
            _ => None,
        }
    }

    /// Of URLs; `%uXXXX` is the old one of JavaScript.
    fn percent(&self, at: usize) -> Option<Read> {
        self.byte(at, 2, 16).or_else(|| {
            let (code, end) = self.number(self.literal(at, b'u')?, 4, 16)?;
            Read::character(code, end)
        })
    }

    /// Of HTML and XML, by number or by name. The semicolon may be missing where a browser does not need it.
    fn entity(&self, at: usize) -> Option<Read> {
        let Some(at) = self.literal(at, b'#') else { return self.named(at) };
        let hex = self.literal(at, b'x').or_else(|| self.literal(at, b'X'));
        let (at, base) = hex.map_or((at, 10), |at| (at, 16));
        let (mut code, mut end) = (0_u32, at);
        // Zeros before it are allowed.
        for _ in 0..8 {
            let Some((digit, after)) = self.digit(end, base) else { break };
            code = code.saturating_mul(base).saturating_add(digit);
            end = after;
        }
        if end == at { None } else { Read::character(code, self.literal(end, b';').unwrap_or(end)) }
    }

    fn named(&self, at: usize) -> Option<Read> {
        let mut room = [0; LONGEST_NAME];
        let mut end = at;
        // One that needs no semicolon, until a longer one is found.
        let mut open = None;
        for length in 0..=LONGEST_NAME {
            let name = room.get(..length)?;
            let known = || ENTITIES.iter().find(|(known, _)| known.as_bytes() == name);
            let byte = |end| known().and_then(|(_, byte)| Read::byte_of(u32::from(*byte), end));
            if OPEN_ENTITIES.iter().any(|open| open.as_bytes() == name) {
                open = byte(end);
            }
            let Some((letter, after)) = self.next(end) else { break };
            if letter == b';' {
                return byte(after).or(open);
            }
            let Some(place) = room.get_mut(length).filter(|_| letter.is_ascii_alphabetic()) else { break };
            *place = letter;
            end = after;
        }
        open
    }

    /// Of mail, soft ends of lines too: as they are, and as a JSON text has them.
    fn quoted_printable(&self, at: usize) -> Option<Read> {
        self.byte(at, 2, 16).or_else(|| {
            let line = self.line_end(at, b'\r', b'r').unwrap_or(at);
            let end = self.line_end(line, b'\n', b'n')?;
            Some(Read { unit: Unit::Nothing, end })
        })
    }

    fn line_end(&self, at: usize, byte: u8, letter: u8) -> Option<usize> {
        self.literal(at, byte).or_else(|| self.literal(self.literal(at, b'\\')?, letter))
    }

    /// Four digits, and the other half of a pair.
    fn utf16(&self, at: usize) -> Option<Read> {
        let (high, end) = self.number(at, 4, 16)?;
        if !(0xD800..0xDC00).contains(&high) {
            return Read::character(high, end);
        }
        let (low, end) = self.number(self.literal(self.literal(end, b'\\')?, b'u')?, 4, 16)?;
        let low = low.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
        Read::character(0x1_0000 + ((high - 0xD800) << 10) + low, end)
    }

    /// `\u{2f}`
    fn braced(&self, at: usize) -> Option<Read> {
        let mut end = self.literal(at, b'{')?;
        let mut code = 0;
        for _ in 0..6 {
            let Some((digit, after)) = self.digit(end, 16) else { break };
            (code, end) = (code * 16 + digit, after);
        }
        Read::character(code, self.literal(end, b'}')?)
    }

    fn byte(&self, at: usize, digits: usize, base: u32) -> Option<Read> {
        let (code, end) = self.number(at, digits, base)?;
        Read::byte_of(code, end)
    }

    /// So many digits.
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

    /// Where it goes on behind this byte.
    fn literal(&self, at: usize, byte: u8) -> Option<usize> {
        self.next(at).filter(|(found, _)| *found == byte).map(|(_, end)| end)
    }
}

const LONGEST_NAME: usize = 8;

/// Names that browsers read without a semicolon, too.
const OPEN_ENTITIES: [&str; 4] = ["amp", "lt", "gt", "quot"];

/// The punctuation of ASCII by its names in HTML.
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
