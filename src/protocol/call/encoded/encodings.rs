//! Encodings in which a credential may be repeated, written independently of the search. Tests multiply this table:
//! with itself, with charsets, with places.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use data_encoding::BASE32;

/// A name, and the encoding.
pub(crate) type Encoding = (&'static str, fn(&str) -> String);

/// Encodings of single characters; they can be nested, with each other and with those of [`WHOLE`].
pub(crate) const CHARACTERS: &[Encoding] = &[
    ("JSON", |text| escaped(text, |c| "\"\\".contains(c), |c| format!("\\{c}"))),
    ("JSON of PHP", |text| escaped(text, |c| "\"\\/".contains(c), |c| format!("\\{c}"))),
    ("JSON of .NET", |text| escaped(text, |c| "\"&'+<>`\\".contains(c), |c| unicode(c, true))),
    ("JSON of Gson", |text| escaped(text, |c| "<>&='\"\\".contains(c), |c| unicode(c, false))),
    ("JSON of Go", |text| escaped(text, |c| "<>&\"\\".contains(c), |c| unicode(c, false))),
    ("JSON, punctuation", |text| escaped(text, |c| !c.is_ascii_alphanumeric(), |c| unicode(c, false))),
    ("JSON, everything", |text| escaped(text, |_| true, |c| unicode(c, false))),
    ("JSON, everything in upper case", |text| escaped(text, |_| true, |c| unicode(c, true))),
    ("percent", |text| escaped(text, |c| !is_unreserved(c), |c| bytes(c, |byte| format!("%{byte:02X}")))),
    ("percent in lower case", |text| {
        escaped(text, |c| !is_unreserved(c), |c| bytes(c, |byte| format!("%{byte:02x}")))
    }),
    ("percent, everything", |text| escaped(text, |_| true, |c| bytes(c, |byte| format!("%{byte:02X}")))),
    ("percent, everything in lower case", |text| {
        escaped(text, |_| true, |c| bytes(c, |byte| format!("%{byte:02x}")))
    }),
    ("percent of a form", |text| {
        let plus = |c| if c == ' ' { "+".to_owned() } else { bytes(c, |byte| format!("%{byte:02X}")) };
        escaped(text, |c| !is_unreserved(c), plus)
    }),
    ("quote() of Python", |text| {
        escaped(text, |c| !is_unreserved(c) && c != '/', |c| bytes(c, |byte| format!("%{byte:02X}")))
    }),
    ("escape() of JavaScript", |text| {
        escaped(text, |c| !c.is_ascii_alphanumeric(), |c| format!("%u{:04X}", c as u32))
    }),
    ("HTML by number", |text| escaped(text, |c| !c.is_ascii_alphanumeric(), |c| format!("&#{};", c as u32))),
    ("HTML, everything in hexadecimal", |text| escaped(text, |_| true, |c| format!("&#x{:x};", c as u32))),
    ("HTML by name", |text| {
        let named = [
            ('&', "amp"),
            ('<', "lt"),
            ('>', "gt"),
            ('"', "quot"),
            ('/', "sol"),
            ('+', "plus"),
            ('=', "equals"),
        ];
        let name = |c| named.iter().find(|(known, _)| *known == c).map(|(_, name)| format!("&{name};"));
        escaped(text, |c| name(c).is_some(), |c| name(c).unwrap_or_default())
    }),
    ("HTML by name without semicolons", |text| {
        let name = |c| match c {
            '&' => "&amp",
            '<' => "&lt",
            '>' => "&gt",
            '"' => "&quot",
            _ => "",
        };
        escaped(text, |c| !name(c).is_empty(), |c| name(c).to_owned())
    }),
    ("quoted-printable", |text| {
        escaped(text, |c| c == '=' || !c.is_ascii_graphic(), |c| bytes(c, |byte| format!("={byte:02X}")))
    }),
    ("quoted-printable, everything and with soft ends of lines", |text| {
        escaped(text, |_| true, |c| bytes(c, |byte| format!("={byte:02X}")) + "=\r\n")
    }),
    ("hexadecimal of C", |text| {
        escaped(text, |c| !c.is_ascii_alphanumeric(), |c| bytes(c, |byte| format!("\\x{byte:02x}")))
    }),
    ("octal of C", |text| {
        escaped(text, |c| !c.is_ascii_alphanumeric(), |c| bytes(c, |byte| format!("\\{byte:03o}")))
    }),
    ("braces of Rust", |text| {
        escaped(text, |c| !c.is_ascii_alphanumeric(), |c| format!("\\u{{{:x}}}", c as u32))
    }),
    ("long ones of Python", |text| {
        escaped(text, |c| !c.is_ascii_alphanumeric(), |c| format!("\\U{:08x}", c as u32))
    }),
    // From here on, the text after a character can change its meaning; see OPEN.
    ("HTML, everything by number without semicolons", |text| {
        escaped(text, |_| true, |c| format!("&#{}", c as u32))
    }),
    ("HTML, everything in hexadecimal without semicolons", |text| {
        escaped(text, |_| true, |c| format!("&#x{:X}", c as u32))
    }),
    ("a shell's backslashes", |text| escaped(text, |c| c.is_ascii_punctuation(), |c| format!("\\{c}"))),
];

/// How many of the last ones are ambiguous if the next character is not encoded the same way.
#[allow(dead_code, reason = "for the tests that mix them, which are not all that read this table")]
pub(crate) const OPEN: usize = 3;

/// Whether this encoding of [`WHOLE`] is searched for secrets of this length, in bytes.
#[allow(dead_code, reason = "as above")]
pub(crate) fn is_known_of(what: &str, length: usize) -> bool {
    match what {
        "itself" | "hexadecimal" | "hexadecimal in upper case" | "hexadecimal in lines" | "base64" => true,
        "in upper case" | "in lower case" => length >= 16,
        _ => length >= 8,
    }
}

/// Encodings of a whole text.
pub(crate) const WHOLE: &[Encoding] = &[
    ("itself", str::to_owned),
    ("hexadecimal", |text| bytes_of(text, |byte| format!("{byte:02x}"))),
    ("hexadecimal in upper case", |text| bytes_of(text, |byte| format!("{byte:02X}"))),
    ("base64", |text| STANDARD.encode(text)),
    ("base64 behind one", |text| STANDARD.encode(format!(":{text}, and more"))),
    ("base64 behind two", |text| STANDARD.encode(format!("a:{text}"))),
    ("base64 of a header", |text| STANDARD.encode(format!("authorization: Bearer {text}\r\naccept: */*"))),
    ("base64 for URLs", |text| URL_SAFE_NO_PAD.encode(text)),
    ("base64 for URLs behind one", |text| URL_SAFE_NO_PAD.encode(format!("~{text}~"))),
    ("base64 for URLs behind two", |text| URL_SAFE_NO_PAD.encode(format!("~~{text}~"))),
    ("base64 in lines", |text| {
        let digits = STANDARD.encode(format!("{text} {text} {text}"));
        let lines: Vec<&str> =
            digits.as_bytes().chunks(16).map(|line| std::str::from_utf8(line).unwrap_or("")).collect();
        lines.join("\r\n")
    }),
    ("base64 twice", |text| STANDARD.encode(STANDARD.encode(text))),
    ("base64 twice behind others", |text| {
        STANDARD.encode(format!("x{}", STANDARD.encode(format!("user:{text}"))))
    }),
    ("base64 for URLs of a secret in a configuration", |text| {
        let inner = STANDARD.encode(format!(":{text}"));
        URL_SAFE_NO_PAD.encode(format!("{{\"auth\":\"{inner}\"}}"))
    }),
    ("base32", |text| BASE32.encode(text.as_bytes())),
    ("base32 in lower case", |text| BASE32.encode(text.as_bytes()).to_lowercase()),
    ("base32 behind others", |text| BASE32.encode(format!("abc{text}de").as_bytes())),
    ("a list of Node", |text| format!("[{}]", numbers(text, ",", |byte| byte.to_string()))),
    ("a list of Python", |text| format!("[{}]", numbers(text, ", ", |byte| byte.to_string()))),
    ("a list in lines", |text| format!("[\n\t{}\n]", numbers(text, ",\n\t", |byte| byte.to_string()))),
    ("numbers with blanks", |text| numbers(text, " ", |byte| byte.to_string())),
    ("hexadecimal with colons", |text| numbers(text, ":", |byte| format!("{byte:02x}"))),
    ("hexadecimal in upper case with colons", |text| numbers(text, ":", |byte| format!("{byte:02X}"))),
    ("hexadecimal with dashes", |text| numbers(text, "-", |byte| format!("{byte:02X}"))),
    ("hexadecimal with blanks", |text| numbers(text, " ", |byte| format!("{byte:02x}"))),
    ("hexadecimal in lines", |text| {
        let digits = bytes_of(text, |byte| format!("{byte:02x}"));
        let lines: Vec<&str> =
            digits.as_bytes().chunks(16).map(|line| std::str::from_utf8(line).unwrap_or("")).collect();
        lines.join("\n")
    }),
    ("a list of C", |text| format!("{{{}}}", numbers(text, ", ", |byte| format!("0x{byte:02x}")))),
    ("hexadecimal with commas", |text| numbers(text, ", ", |byte| format!("{byte:02x}"))),
    ("a list of Java", |text| numbers(text, ",", |byte| format!("0x{byte:02X}"))),
    ("a text of C", |text| bytes_of(text, |byte| format!("\\x{byte:02x}"))),
    ("in upper case", str::to_uppercase),
    ("in lower case", str::to_lowercase),
];

/// A name, and the conversion.
pub(crate) type Charset = (&'static str, fn(&str) -> Vec<u8>);

/// Charsets, and their conversion of a text.
pub(crate) const CHARSETS: &[Charset] = &[
    ("UTF-8", |text| text.as_bytes().to_vec()),
    ("UTF-16LE", |text| text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ("UTF-16BE", |text| text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
    ("UTF-32LE", |text| text.chars().flat_map(|c| (c as u32).to_le_bytes()).collect()),
];

fn escaped(text: &str, is: impl Fn(char) -> bool, write: impl Fn(char) -> String) -> String {
    text.chars().map(|c| if is(c) { write(c) } else { c.to_string() }).collect()
}

fn is_unreserved(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~".contains(c)
}

fn unicode(c: char, upper: bool) -> String {
    c.encode_utf16(&mut [0; 2]).iter().fold(String::new(), |mut out, unit| {
        // Formatting into a string cannot fail.
        let _ = if upper { write!(out, "\\u{unit:04X}") } else { write!(out, "\\u{unit:04x}") };
        out
    })
}

fn bytes(c: char, write: impl Fn(u8) -> String) -> String {
    bytes_of(c.encode_utf8(&mut [0; 4]), write)
}

fn numbers(text: &str, between: &str, write: impl Fn(u8) -> String) -> String {
    text.bytes().map(write).collect::<Vec<_>>().join(between)
}

fn bytes_of(text: &str, write: impl Fn(u8) -> String) -> String {
    text.bytes().map(write).collect()
}
