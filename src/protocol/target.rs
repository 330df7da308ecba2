//! The canonical request target that is signed (docs/protocol/transport.md section 3).

use crate::domain::percent::{decode_bytes, encode_into};

/// The canonical form of path and optional query, as sent, without the base URL's own path.
pub fn canonical(target: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut out = String::from_utf8_lossy(&decode_bytes(path.as_bytes())).into_owned();
    if query.is_empty() {
        return out;
    }
    let part = |text: &str| {
        let spaced = text.replace('+', " ");
        String::from_utf8_lossy(&decode_bytes(spaced.as_bytes())).into_owned()
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
        encode_into(&mut out, name.as_bytes(), true);
        out.push('=');
        encode_into(&mut out, value.as_bytes(), true);
    }
    out
}

/// Encodes a path segment: everything but unreserved characters, including `/`.
pub fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    encode_into(&mut out, text.as_bytes(), false);
    out
}

/// Encodes a query, sorted by name, with `?`; empty without pairs.
pub fn query(pairs: &[(&str, String)]) -> String {
    let mut sorted: Vec<_> = pairs.iter().collect();
    sorted.sort();
    let mut out = String::new();
    for (index, (name, value)) in sorted.into_iter().enumerate() {
        out.push(if index == 0 { '?' } else { '&' });
        encode_into(&mut out, name.as_bytes(), true);
        out.push('=');
        encode_into(&mut out, value.as_bytes(), true);
    }
    out
}
