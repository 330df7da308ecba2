//! Figures of a body in words.

use crate::domain::words::count;

/// A number of bytes as people read it: "812 bytes", "12 kB", "1.4 MB". Thousands, not 1,024s.
pub fn size(bytes: usize) -> String {
    match bytes {
        1 => "1 byte".to_owned(),
        0..1_000 => format!("{bytes} bytes"),
        1_000..10_000 => tenths(bytes, 1_000, "kB"),
        10_000..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..10_000_000 => tenths(bytes, 1_000_000, "MB"),
        10_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => tenths(bytes, 1_000_000_000, "GB"),
    }
}

fn tenths(bytes: usize, unit: usize, name: &str) -> String {
    format!("{}.{} {name}", bytes / unit, bytes % unit / (unit / 10))
}

/// "1 value", "12,345 values".
pub(super) fn counted(number: usize, thing: &str) -> String {
    format!("{} {thing}{}", count(number as u64), if number == 1 { "" } else { "s" })
}
