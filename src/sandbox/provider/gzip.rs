//! A gzip stream that is small and unpacks to anything, written by hand: one repeated letter needs no compressor.

use bytes::Bytes;

/// The longest match of deflate, in bytes.
const MATCH: u64 = 258;

/// A gzip stream of a JSON text, quotes included, of this many bytes (at least three).
///
/// Its trailer is right for what it holds (RFC 1952): only its size is wrong with it.
pub(crate) fn bomb(size: u64) -> Bytes {
    let letters = size.max(3) - 2;
    let mut bits = Bits::default();
    // The only block, with fixed codes (RFC 1951 section 3.2.6).
    bits.put(1, 1);
    bits.put(1, 2);
    bits.literal(b'"');
    bits.literal(b'a');
    let mut left = letters - 1;
    while left >= MATCH {
        // Length 258 is code 285, eight bits; distance 1 is code 0, five bits.
        bits.code(0b1100_0101, 8);
        bits.code(0, 5);
        left -= MATCH;
    }
    for _ in 0..left {
        bits.literal(b'a');
    }
    bits.literal(b'"');
    // The end of the block is code 256, seven bits.
    bits.code(0, 7);
    let mut stream = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];
    stream.append(&mut bits.finish());
    stream.extend_from_slice(&checksum(letters).to_le_bytes());
    stream.extend_from_slice(&((letters + 2) as u32).to_le_bytes());
    stream.into()
}

/// CRC-32 of the text, without making it.
fn checksum(letters: u64) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(b"\"");
    // The text of twice the letters has the checksum of two texts, one after the other.
    let mut power = crc32fast::Hasher::new();
    power.update(b"a");
    let mut left = letters;
    while left > 0 {
        if left & 1 == 1 {
            hasher.combine(&power);
        }
        let twice = power.clone();
        power.combine(&twice);
        left >>= 1;
    }
    hasher.update(b"\"");
    hasher.finalize()
}

/// Bits in deflate's order: from the lowest of each byte up.
#[derive(Debug, Default)]
struct Bits {
    bytes: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, count: u32) {
        self.held |= value << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.held as u8);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    /// A code, which begins with its highest bit.
    fn code(&mut self, code: u32, count: u32) {
        self.put(code.reverse_bits() >> (32 - count), count);
    }

    /// A byte below 144: eight bits, from 00110000.
    fn literal(&mut self, byte: u8) {
        self.code(0b0011_0000 + u32::from(byte), 8);
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.bytes.push(self.held as u8);
        }
        self.bytes
    }
}
