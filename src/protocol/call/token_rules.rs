//! Validation rules for the answer of `POST /sdk/token` (docs/protocol/calls.md section A2).

/// The beginning of an AWS credential's format.
pub(super) const AWS: &str = "AWS4-HMAC-SHA256";

/// Headers that a credential must not set, in any case (docs/protocol/calls.md section A2).
const FORBIDDEN: [&str; 23] = [
    "host",
    "content-length",
    "content-type",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "upgrade",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "cookie",
    "set-cookie",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "x-http-method-override",
    "x-method-override",
    "www-authenticate",
    "strict-transport-security",
    "content-security-policy",
    // Not in the protocol's list: an intermediate proxy would read it.
    "proxy-connection",
];

/// Whether a credential must not set this header.
pub(super) fn is_forbidden(name: &str) -> bool {
    FORBIDDEN.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether this is valid as the main header's name.
pub(super) fn is_header_name(text: &str) -> bool {
    is_name(text, 60, b"-") && !is_forbidden(text)
}

/// Whether this is valid as the main header's format.
pub(super) fn is_format(text: &str) -> bool {
    text.chars().count() <= 200 && is_one_line(text) && (text.contains("{token}") || text.starts_with(AWS))
}

/// A letter, then letters, digits and `further`.
pub(super) fn is_name(text: &str, longest: usize, further: &[u8]) -> bool {
    text.len() <= longest
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || further.contains(&byte))
}

/// The name of an additional credential, as used in an injection.
pub(super) fn is_source_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Nothing that ends a header line.
pub(super) fn is_one_line(text: &str) -> bool {
    !text.contains(['\r', '\n', '\0'])
}

/// No outer whitespace, no control characters.
pub(super) fn is_tidy(text: &str) -> bool {
    text.trim() == text && !text.chars().any(char::is_control)
}

/// `2026-01-01T01:00:00[.123456789](Z|+01:00)`; whether the numbers are valid is left to the parser.
pub(super) fn is_rfc3339(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let shape = |text: &str, shape: &str| {
        text.len() == shape.len()
            && text.bytes().zip(shape.bytes()).all(|(have, want)| match want {
                b'0' => have.is_ascii_digit(),
                _ => have == want,
            })
    };
    let Some((moment, rest)) = text.split_at_checked("2026-01-01T01:00:00".len()) else { return false };
    let end = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (fraction, zone) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let fraction_fits =
        fraction.is_empty() || fraction.strip_prefix('.').is_some_and(|part| part.len() <= 9 && digits(part));
    let offset_fits = zone.get(1..).is_some_and(|offset| shape(offset, "00:00") && offset < "24");
    shape(moment, "0000-00-00T00:00:00") && fraction_fits && (zone == "Z" || offset_fits)
}
