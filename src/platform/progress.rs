//! The progress line on stderr. Whatever ends the program clears it first.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a line is shown.
static STANDS: AtomicBool = AtomicBool::new(false);

/// Shows a line in place of the previous one.
pub fn show(line: &str) {
    STANDS.store(true, Ordering::Relaxed);
    write(&format!("\r\u{1b}[K{line}"));
}

/// Clears the line.
pub fn clear() {
    if STANDS.swap(false, Ordering::Relaxed) {
        write("\r\u{1b}[K");
    }
}

/// Writes to stderr. Errors are ignored: if stderr is closed, there is nobody to report to.
pub fn write(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
