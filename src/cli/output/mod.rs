//! Printing grants: as they come, in the format that was asked for. The only place that writes to standard
//! output.

pub(super) mod columns;
pub(super) mod csv;
mod fit;
pub(super) mod json;
pub(super) mod table;

#[cfg(test)]
mod tests;

use std::io;

use serde_json::Value;

use super::fields::Field;
use crate::domain::{Grant, Now};

/// A format that is printed row by row.
pub(super) trait Printer {
    /// Prints rows.
    fn rows(&mut self, rows: &mut dyn Iterator<Item = &Grant>, now: Now) -> io::Result<()>;
    /// Prints what ends the output, and hands everything over.
    fn finish(&mut self) -> io::Result<()>;
    /// Prints what ends an output that is not whole, and hands everything over: nobody may take it for a whole one.
    fn broken_off(&mut self, error: &Value) -> io::Result<()>;
    /// Hands over what is printed so far.
    fn flush(&mut self) -> io::Result<()>;
}

/// The last line of rows for people or for a spreadsheet that are not whole.
pub(super) fn not_whole(error: &Value) -> String {
    let code = error.pointer("/error/code").and_then(Value::as_str).unwrap_or_default();
    format!("(not whole: {code})")
}

/// What printers need to know.
#[derive(Clone, Debug)]
pub(super) struct Style {
    /// `--fields`; None = those of the format.
    pub(super) fields: Option<Vec<Field>>,
    /// A terminal reads it: nothing may reach it that it would obey.
    pub(super) terminal: bool,
    /// Colours are wanted.
    pub(super) colour: bool,
    /// Cells in a line; None = as many as it takes.
    pub(super) width: Option<usize>,
}
