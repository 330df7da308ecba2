//! Text encodings of files.

use std::borrow::Cow;

/// The UTF-8 byte-order mark.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// An encoding, detected from the first bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, or another superset of ASCII.
    Utf8,
    /// UTF-16, little-endian: the output of PowerShell's `>`.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
    /// UTF-32 in either byte order.
    Utf32,
}

impl Encoding {
    /// Detects the encoding from its byte-order mark; UTF-8 without one. UTF-16 is assumed only if there are zero bytes
    /// too: every file of interest contains ASCII, whose UTF-16 form has them.
    pub fn of(bytes: &[u8]) -> Self {
        let is_wide = || memchr::memchr(0, bytes).is_some();
        match bytes {
            [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Self::Utf32,
            [0xff, 0xfe, ..] if is_wide() => Self::Utf16Le,
            [0xfe, 0xff, ..] if is_wide() => Self::Utf16Be,
            _ => Self::Utf8,
        }
    }

    /// The name of the encoding.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le | Self::Utf16Be => "UTF-16",
            Self::Utf32 => "UTF-32",
        }
    }

    /// Whether code units are two bytes long.
    pub fn is_utf16(self) -> bool {
        matches!(self, Self::Utf16Le | Self::Utf16Be)
    }

    /// The code units of a UTF-16 text, without its byte-order mark.
    fn units(self, bytes: &[u8]) -> impl Iterator<Item = u16> {
        let pairs = bytes.get(2..).unwrap_or_default().as_chunks::<2>().0;
        pairs.iter().map(move |pair| match self {
            Self::Utf16Be => u16::from_be_bytes(*pair),
            _ => u16::from_le_bytes(*pair),
        })
    }

    /// Decodes the text. In UTF-8, byte offsets are preserved: each invalid byte becomes `?`, each byte of the
    /// byte-order mark a space.
    pub fn text(self, bytes: &[u8]) -> Cow<'_, str> {
        if self.is_utf16() {
            let read = char::decode_utf16(self.units(bytes));
            return read.map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        }
        match std::str::from_utf8(bytes) {
            Ok(text) if !bytes.starts_with(MARK) => Cow::Borrowed(text),
            _ => {
                let mut text = String::with_capacity(bytes.len());
                let mut rest = bytes;
                if let Some(behind) = bytes.strip_prefix(MARK) {
                    text.push_str("   ");
                    rest = behind;
                }
                for chunk in rest.utf8_chunks() {
                    text.push_str(chunk.valid());
                    text.extend(chunk.invalid().iter().map(|_| '?'));
                }
                Cow::Owned(text)
            }
        }
    }

    /// The length of the byte-order mark in [`Encoding::text`].
    pub(super) fn mark(self, bytes: &[u8]) -> usize {
        if self == Self::Utf8 && bytes.starts_with(MARK) { MARK.len() } else { 0 }
    }

    /// The text with one byte per code unit, so that ASCII can be searched in any encoding.
    pub(super) fn ascii_units(self, bytes: &[u8]) -> Cow<'_, [u8]> {
        if !self.is_utf16() {
            return Cow::Borrowed(bytes);
        }
        self.units(bytes).map(|unit| u8::try_from(unit).ok().filter(u8::is_ascii).unwrap_or(0xff)).collect()
    }

    /// The byte offset of the ASCII byte for an index into [`Encoding::ascii_units`].
    pub(super) fn byte_offset(self, unit: usize) -> usize {
        match self {
            Self::Utf16Le => 2 + unit * 2,
            Self::Utf16Be => 3 + unit * 2,
            Self::Utf8 | Self::Utf32 => unit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_names_the_encoding_and_the_text_is_read() {
        let little: Vec<u8> = "\u{feff}é=1\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "\u{feff}é=1\r\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (bytes, want) in [(little, Encoding::Utf16Le), (big, Encoding::Utf16Be)] {
            let encoding = Encoding::of(&bytes);
            assert_eq!((encoding, &*encoding.text(&bytes)), (want, "é=1\r\n"));
            assert_eq!(&*encoding.ascii_units(&bytes), b"\xff=1\r\n");
            assert_eq!(bytes[encoding.byte_offset(1)], b'=');
        }
        for (bytes, want, text) in [
            (&b"A=1"[..], Encoding::Utf8, "A=1"),
            (b"\xef\xbb\xbfA=\xff", Encoding::Utf8, "   A=?"),
            (b"\xff\xfe\0\0A\0\0\0", Encoding::Utf32, "?? A   "),
            (b"\xff\xfeA=1", Encoding::Utf8, "??A=1"),
            (b"", Encoding::Utf8, ""),
        ] {
            assert_eq!(Encoding::of(bytes), want);
            assert_eq!(want.text(bytes).replace('\0', " ").replace("??  ", "?? "), text);
        }
        assert_eq!(Encoding::Utf16Le.text(b"\xff\xfe\x00\xd8A\0B"), "\u{fffd}A");
    }
}
