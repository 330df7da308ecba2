//! The canonical request target that is signed (docs/protocol/transport.md section 3), and percent-encoding.

/// The canonical form of a path and optional query, as sent, without the base URL's own path.
pub fn canonical(target: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut out = String::from_utf8_lossy(&decode(path.as_bytes())).into_owned();
    if query.is_empty() {
        return out;
    }
    let part = |text: &str| {
        let spaced = text.replace('+', " ");
        String::from_utf8_lossy(&decode(spaced.as_bytes())).into_owned()
    };
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|piece| !piece.is_empty())
        .map(|piece| {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            (part(name), part(value))
        })
        .collect();
    // UTF-8 sorts by code point.
    pairs.sort();
    out.push('?');
    for (index, (name, value)) in pairs.iter().enumerate() {
        if index > 0 {
            out.push('&');
        }
        encode_into(&mut out, name, true);
        out.push('=');
        encode_into(&mut out, value, true);
    }
    out
}

/// One path segment: everything but unreserved characters is encoded, `/` too.
pub fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    encode_into(&mut out, text, false);
    out
}

/// A query from pairs, sorted by name, `?` included; empty without pairs.
pub fn query(pairs: &[(&str, String)]) -> String {
    let mut sorted: Vec<_> = pairs.iter().collect();
    sorted.sort();
    let mut out = String::new();
    for (index, (name, value)) in sorted.into_iter().enumerate() {
        out.push(if index == 0 { '?' } else { '&' });
        encode_into(&mut out, name, true);
        out.push('=');
        encode_into(&mut out, value, true);
    }
    out
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Encodes everything but unreserved characters; a space becomes `+` where asked, else `%20`.
pub(super) fn encode_into(out: &mut String, text: &str, plus: bool) {
    encode_bytes_into(out, text.as_bytes(), plus);
}

/// The same for bytes that need not be a text.
pub(super) fn encode_bytes_into(out: &mut String, bytes: &[u8], plus: bool) {
    for &byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' => out.push(char::from(byte)),
            b' ' if plus => out.push('+'),
            _ => {
                let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().map_or('0', char::from);
                out.push('%');
                out.push(digit(byte >> 4));
                out.push(digit(byte & 15));
            }
        }
    }
}

/// Decodes percent escapes once; malformed ones stay as they are.
pub(super) fn decode(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        let escape = (*first == b'%').then(|| tail.split_first_chunk::<2>()).flatten();
        if let Some(([high, low], after)) = escape
            && let (Some(high), Some(low)) = (nibble(*high), nibble(*low))
        {
            out.push(high << 4 | low);
            rest = after;
        } else {
            out.push(*first);
            rest = tail;
        }
    }
    out
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}
