//! The line of progress on standard error. Whoever ends the program takes it away first.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// A line stands on the terminal.
static STANDS: AtomicBool = AtomicBool::new(false);

/// Puts a line in place of the one before; it is written over by the next.
pub(crate) fn show(line: &str) {
    STANDS.store(true, Ordering::Relaxed);
    write(&format!("\r\u{1b}[K{line}"));
}

/// Takes the line away, whoever wrote it.
pub(crate) fn clear() {
    if STANDS.swap(false, Ordering::Relaxed) {
        write("\r\u{1b}[K");
    }
}

/// Writes to standard error. Where that is closed, there is nobody to tell that it is.
pub(crate) fn write(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
