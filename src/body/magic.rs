//! Detects the type of a body from its first bytes and its Content-Type.

use super::glyphs;
use crate::domain::media;

/// A binary format with a known signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumIter)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Format {
    Png,
    Jpeg,
    Gif,
    WebP,
    Tiff,
    Icon,
    Pdf,
    Zip,
    Gzip,
    Zstandard,
    SevenZip,
    Tar,
    Mp4,
    Mp3,
    Ogg,
    Wave,
    Wasm,
    Sqlite,
    Elf,
}

impl Format {
    /// Returns the format whose signature the bytes start with.
    pub fn detect(bytes: &[u8]) -> Option<Self> {
        const SIGNATURES: [(&[u8], Format); 18] = [
            (b"\x89PNG\r\n\x1a\n", Format::Png),
            (b"\xff\xd8\xff", Format::Jpeg),
            (b"GIF87a", Format::Gif),
            (b"GIF89a", Format::Gif),
            (b"II*\0", Format::Tiff),
            (b"MM\0*", Format::Tiff),
            (b"\0\0\x01\0", Format::Icon),
            (b"%PDF-", Format::Pdf),
            (b"PK\x03\x04", Format::Zip),
            (b"PK\x05\x06", Format::Zip),
            (b"\x1f\x8b", Format::Gzip),
            (b"\x28\xb5\x2f\xfd", Format::Zstandard),
            (b"7z\xbc\xaf\x27\x1c", Format::SevenZip),
            (b"ID3", Format::Mp3),
            (b"OggS", Format::Ogg),
            (b"\0asm", Format::Wasm),
            (b"SQLite format 3\0", Format::Sqlite),
            (b"\x7fELF", Format::Elf),
        ];
        let at = |offset: usize, head: &[u8]| bytes.get(offset..).is_some_and(|rest| rest.starts_with(head));
        match SIGNATURES.iter().find(|(head, _)| bytes.starts_with(head)) {
            Some((_, format)) => Some(*format),
            None if at(0, b"RIFF") && at(8, b"WEBP") => Some(Self::WebP),
            None if at(0, b"RIFF") && at(8, b"WAVE") => Some(Self::Wave),
            None if at(4, b"ftyp") => Some(Self::Mp4),
            None if at(257, b"ustar") => Some(Self::Tar),
            None => None,
        }
    }

    /// The usual file extension, without the dot.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
            Self::WebP => "webp",
            Self::Tiff => "tiff",
            Self::Icon => "ico",
            Self::Pdf => "pdf",
            Self::Zip => "zip",
            Self::Gzip => "gz",
            Self::Zstandard => "zst",
            Self::SevenZip => "7z",
            Self::Tar => "tar",
            Self::Mp4 => "mp4",
            Self::Mp3 => "mp3",
            Self::Ogg => "ogg",
            Self::Wave => "wav",
            Self::Wasm => "wasm",
            Self::Sqlite => "sqlite",
            Self::Elf => "bin",
        }
    }

    /// The name for people: "PNG image".
    pub fn words(self) -> &'static str {
        match self {
            Self::Png => "PNG image",
            Self::Jpeg => "JPEG image",
            Self::Gif => "GIF image",
            Self::WebP => "WebP image",
            Self::Tiff => "TIFF image",
            Self::Icon => "icon",
            Self::Pdf => "PDF document",
            Self::Zip => "ZIP archive",
            Self::Gzip => "gzip data",
            Self::Zstandard => "Zstandard data",
            Self::SevenZip => "7-Zip archive",
            Self::Tar => "tar archive",
            Self::Mp4 => "MP4 media",
            Self::Mp3 => "MP3 audio",
            Self::Ogg => "Ogg media",
            Self::Wave => "WAVE audio",
            Self::Wasm => "WebAssembly module",
            Self::Sqlite => "SQLite database",
            Self::Elf => "ELF program",
        }
    }
}

/// The properties that a Content-Type declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Declared {
    pub(super) json: bool,
    /// One value per line.
    pub(super) lines: bool,
    /// Human-readable text.
    pub(super) text: bool,
    /// The charset label.
    pub(super) charset: Option<String>,
}

impl Declared {
    pub(super) fn new(content_type: Option<&str>) -> Self {
        let content_type = content_type.unwrap_or_default();
        let charset = content_type.split(';').skip(1).find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            let named = name.trim().eq_ignore_ascii_case("charset");
            named.then(|| value.trim().trim_matches('"').to_owned())
        });
        let essence = media::essence(content_type);
        let (family, name) = essence.split_once('/').unwrap_or_default();
        let lines = media::is_json_lines(content_type);
        let json = lines || media::is_json(content_type);
        let text = json
            || family == "text"
            || ["xml", "javascript", "x-www-form-urlencoded", "yaml", "graphql"].contains(&name)
            || name.ends_with("+xml");
        Self { json, lines, text, charset: charset.filter(|label| !label.is_empty()) }
    }
}

/// Whether a text looks like HTML.
pub(super) fn is_html(text: &[u8]) -> bool {
    let mut rest = text.trim_ascii_start();
    // HTML may start with comments and an XML declaration.
    for _ in 0..4 {
        let end: &[u8] = match rest {
            [b'<', b'!', b'-', b'-', ..] => b"-->",
            [b'<', b'?', ..] => b"?>",
            _ => break,
        };
        let head = rest.get(..4096).unwrap_or(rest);
        match memchr::memmem::find(head, end) {
            Some(at) => rest = rest.get(at + end.len()..).unwrap_or_default().trim_ascii_start(),
            None => break,
        }
    }
    [&b"<!doctype html"[..], b"<html", b"<head", b"<body"].iter().any(|tag| {
        rest.get(..tag.len()).is_some_and(|head| head.eq_ignore_ascii_case(tag))
            && rest.get(tag.len()).is_none_or(|byte| !byte.is_ascii_alphanumeric())
    })
}

/// Whether a text looks like XML.
pub(super) fn is_xml(text: &[u8]) -> bool {
    text.trim_ascii_start().starts_with(b"<?xml")
}

/// Whether bytes look binary: they contain a NUL or controls that text does not use.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    const SNIFFED: usize = 1 << 16;
    let head = bytes.get(..SNIFFED).unwrap_or(bytes);
    let control = |byte: &&u8| matches!(**byte, 0..=8 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f);
    let controls = head.iter().filter(control).count();
    head.contains(&0) || controls * 50 > head.len()
}

/// The percentage of the first bytes that is invalid UTF-8.
pub(super) fn invalid_percent(bytes: &[u8]) -> usize {
    let head = bytes.get(..1 << 12).unwrap_or(bytes);
    let (mut at, mut broken) = (0, 0);
    while let Some(rest) = head.get(at..).filter(|rest| !rest.is_empty()) {
        let (character, length) = glyphs::character(rest);
        broken += usize::from(character.is_none());
        at += length;
    }
    broken * 100 / head.len().max(1)
}
