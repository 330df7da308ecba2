//! The fast path of all JSON readers: skips the part of a string without special characters.

/// Returns the number of bytes before the first quote, backslash or control character.
pub fn unescaped_length(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    let mut length = 0;
    // Eight bytes at a time; each special byte sets its high bit. Only the lowest set bit is reliable.
    let (words, _) = bytes.as_chunks::<8>();
    for word in words {
        let word = u64::from_le_bytes(*word);
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let quote = word ^ (ONES * u64::from(b'"'));
        let quote = quote.wrapping_sub(ONES) & !quote;
        let backslash = word ^ (ONES * u64::from(b'\\'));
        let backslash = backslash.wrapping_sub(ONES) & !backslash;
        let found = (control | quote | backslash) & HIGH;
        if found != 0 {
            return length + found.trailing_zeros() as usize / 8;
        }
        length += 8;
    }
    let last = bytes.get(length..).unwrap_or_default();
    length + last.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20)).count()
}
