//! Detects whether the terminal's background is light or dark, for `theme = "auto"`.
//!
//! The query is sent after the first frame, and nothing blocks on the reply. It arrives on the terminal's input stream,
//! where the input parser ([`crate::input`]) picks it out. Crates that detect the background read from the
//! terminal themselves and lose keys typed in the meantime.

use crate::domain::Background;

/// Queries the background colour (OSC 11).
pub const QUERY: &[u8] = b"\x1b]11;?\x1b\\";

/// Whether it is safe to query the terminal: some print sequences that they do not understand, and GNU screen swallows
/// the query.
pub fn may_be_asked(lookup: impl Fn(&str) -> Option<String>) -> bool {
    let term = lookup("TERM").unwrap_or_default();
    let in_tmux = lookup("TMUX").is_some_and(|tmux| !tmux.is_empty());
    let mute =
        term.is_empty() || matches!(term.as_str(), "dumb" | "linux" | "cons25") || term.starts_with("vt");
    cfg!(unix) && !mute && (in_tmux || !term.starts_with("screen"))
}

/// Reads the background from `COLORFGBG`: its last part is one of the 16 colours. Only some terminals set it, and the
/// value is stale if their colours changed since.
pub fn of_environment(lookup: impl Fn(&str) -> Option<String>) -> Option<Background> {
    let colours = lookup("COLORFGBG")?;
    let background: u8 = colours.rsplit(';').next()?.parse().ok()?;
    match background {
        0..=6 | 8 => Some(Background::Dark),
        7 | 9..=15 => Some(Background::Light),
        _ => None,
    }
}

/// Parses `rgb:ffff/ffff/ffff`, `rgba:…` or `#ffffff`; light if its perceived luminance is above one half.
pub fn background(body: &[u8]) -> Option<Background> {
    let text = std::str::from_utf8(body).ok()?;
    let part = |hex: &str| -> Option<f64> {
        let most = 16_u32.checked_pow(u32::try_from(hex.len()).ok()?)? - 1;
        Some(f64::from(u32::from_str_radix(hex, 16).ok()?) / f64::from(most))
    };
    let parts: Vec<&str> = match text.strip_prefix('#') {
        Some(digits) if digits.is_ascii() && digits.len() % 3 == 0 && !digits.is_empty() => {
            let step = digits.len() / 3;
            (0..3).filter_map(|at| digits.get(at * step..(at + 1) * step)).collect()
        }
        Some(_) => return None,
        None => text.strip_prefix("rgb:").or_else(|| text.strip_prefix("rgba:"))?.split('/').collect(),
    };
    let [red, green, blue, ..] = parts.as_slice() else { return None };
    let (red, green, blue) = (part(red)?, part(green)?, part(blue)?);
    // Rec. 709 weights, applied to the values as the terminal reports them.
    let seen = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    Some(if seen > 0.5 { Background::Light } else { Background::Dark })
}

#[cfg(test)]
#[path = "background_tests.rs"]
mod tests;
