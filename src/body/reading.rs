//! Decodes bytes as text, from responses and from files.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::document::{Charset, Note};
use super::magic::{self, Declared, Format};
use crate::domain::Body;

/// Converts a body to UTF-8 like [`Document`](super::Document), by Content-Type, byte-order mark and content.
/// Returns the body itself if it is not text.
pub fn as_text(body: &Body, content_type: Option<&str>) -> Body {
    let declared = Declared::new(content_type);
    if Format::detect(body).is_some() && (!declared.text || magic::is_binary(body)) {
        return body.clone();
    }
    Reading::new(body, &declared).and_then(|reading| reading.decoded).unwrap_or_else(|| body.clone())
}

/// Why a file is not text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotText {
    /// UTF-32, which nobody sends.
    #[error("is UTF-32; save it as UTF-8")]
    Utf32,
    /// UTF-16 with half a character.
    #[error("begins like UTF-16 but is not; save it as UTF-8")]
    BrokenUtf16,
    /// Zero bytes, as in UTF-16 without a byte-order mark.
    #[error("contains NUL bytes (binary, or UTF-16 without a byte-order mark); save it as UTF-8")]
    Zeros,
    /// Invalid UTF-8: a legacy charset, or not text at all.
    #[error("is not UTF-8 from byte {at} on; save it as UTF-8")]
    NotUtf8 {
        /// Line, from 1.
        at: usize,
    },
}

/// Decodes a text file: UTF-8, or UTF-16 with a byte-order mark (PowerShell's `>`). The mark is removed.
///
/// # Errors
/// The charset is not certain.
pub fn written(bytes: Vec<u8>) -> Result<String, NotText> {
    match bytes.as_slice() {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => return Err(NotText::Utf32),
        _ => {}
    }
    let Some((encoding, mark)) = Encoding::for_bom(&bytes).filter(|(encoding, _)| *encoding != UTF_8) else {
        let text = String::from_utf8(bytes).map_err(|error| match memchr::memchr(0, error.as_bytes()) {
            Some(_) => NotText::Zeros,
            None => NotText::NotUtf8 { at: error.utf8_error().valid_up_to() + 1 },
        })?;
        if text.contains('\0') {
            return Err(NotText::Zeros);
        }
        return Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text));
    };
    let rest = bytes.get(mark..).unwrap_or_default();
    let text = encoding.decode_without_bom_handling_and_without_replacement(rest);
    text.map(std::borrow::Cow::into_owned).ok_or(NotText::BrokenUtf16)
}

/// The text and charset of a body.
pub(super) struct Reading {
    /// The text, if it differs from the body.
    pub(super) decoded: Option<Body>,
    pub(super) charset: Charset,
    pub(super) notes: Vec<Note>,
}

impl Default for Reading {
    fn default() -> Self {
        Self { decoded: None, charset: Charset { name: "UTF-8", guessed: false }, notes: Vec::new() }
    }
}

impl Reading {
    /// Chooses the charset: a byte-order mark wins, then the declaration, then UTF-8 if the bytes are valid,
    /// then a guess. Returns `None` if nothing looks like text.
    pub(super) fn new(body: &[u8], declared: &Declared) -> Option<Self> {
        let mut reading = Self::default();
        let label = declared.charset.as_deref();
        let known = label.and_then(|label| Encoding::for_label(label.as_bytes()));
        let known = known.or_else(|| utf16_json(body).filter(|_| label.is_none() && declared.json));
        let (encoding, mark) = match (Encoding::for_bom(body), known) {
            (Some((encoding, mark)), _) => (encoding, mark),
            (None, Some(encoding)) => (encoding, 0),
            (None, None) if std::str::from_utf8(body).is_ok() => (UTF_8, 0),
            // Text with a few invalid bytes is still UTF-8; JSON is never anything else.
            (None, None) if declared.json || magic::invalid_percent(body) == 0 => (UTF_8, 0),
            (None, None) if !declared.text && magic::is_binary(body) => return None,
            (None, None) => {
                reading.charset.guessed = true;
                (WINDOWS_1252, 0)
            }
        };
        reading.charset.name = encoding.name();
        let rest = body.get(mark..).unwrap_or_default();
        if encoding == UTF_8 {
            if std::str::from_utf8(rest).is_err() {
                reading.notes.push(Note::Broken(encoding.name()));
            }
            reading.decoded = (mark > 0).then(|| rest.to_vec().into());
        } else {
            let (text, broken) = encoding.decode_without_bom_handling(rest);
            if broken {
                reading.notes.push(Note::Broken(encoding.name()));
            }
            reading.decoded = Some(text.into_owned().into_bytes().into());
        }
        if label.is_some() && known.is_none() {
            reading.notes.push(Note::UnknownCharset(encoding.name()));
        }
        Some(reading)
    }
}

/// Detects JSON in UTF-16 without a byte-order mark: its first two characters are ASCII, so each has a zero
/// byte.
fn utf16_json(body: &[u8]) -> Option<&'static Encoding> {
    let [first, second, third, fourth, ..] = body else { return None };
    match [first, second, third, fourth].map(|byte| *byte == 0) {
        [false, true, false, true] => Some(UTF_16LE),
        [true, false, true, false] => Some(UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn a_file_is_read_without_its_mark_or_refused_with_what_to_do() {
        for (bytes, want) in [
            (b"\xef\xbb\xbf{}".to_vec(), Ok("{}")),
            ("{\"é\":\"\u{feff}\"}".into(), Ok("{\"é\":\"\u{feff}\"}")),
            (wide("\u{feff}{\"é\":\"😀\"}"), Ok("{\"é\":\"😀\"}")),
            ("\u{feff}{}".encode_utf16().flat_map(u16::to_be_bytes).collect(), Ok("{}")),
            (Vec::new(), Ok("")),
            (wide("{}"), Err(NotText::Zeros)),
            (b"\xff\xfe\x00\xd8".to_vec(), Err(NotText::BrokenUtf16)),
            (b"\xff\xfe{".to_vec(), Err(NotText::BrokenUtf16)),
            (b"\xff\xfe\0\0{\0\0\0".to_vec(), Err(NotText::Utf32)),
            (b"{\"a\":\"\xe9\"}".to_vec(), Err(NotText::NotUtf8 { at: 7 })),
        ] {
            assert_eq!(written(bytes.clone()).as_deref(), want.as_deref(), "{bytes:?}");
        }
    }

    #[test]
    fn a_body_is_read_by_its_charset_and_what_is_no_text_stays() {
        let text = "[\"é\"]";
        for (bytes, content_type, want) in [
            (wide(&format!("\u{feff}{text}")), None, text.as_bytes().to_vec()),
            (wide(text), Some("application/json"), text.into()),
            (wide(text), Some("application/json; charset=utf-16le"), text.into()),
            (b"[\"\xe9\"]".to_vec(), Some("application/json; charset=ISO-8859-1"), text.into()),
            (b"[\"\xe9\"]".to_vec(), Some("text/plain"), text.into()),
            (b"\xef\xbb\xbf[]".to_vec(), Some("application/json"), b"[]".to_vec()),
            (b"\x89PNG\r\n\x1a\n\xff".to_vec(), Some("image/png"), b"\x89PNG\r\n\x1a\n\xff".to_vec()),
            (b"\0\xff".to_vec(), None, b"\0\xff".to_vec()),
        ] {
            assert_eq!(*as_text(&bytes.clone().into(), content_type), want, "{bytes:?} {content_type:?}");
        }
    }
}
