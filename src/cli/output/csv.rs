//! CSV that is safe to open in a spreadsheet.

use std::borrow::Cow;
use std::io::{self, Write};

use super::super::fields::{Field, Value};
use super::{Printer, Style};
use crate::domain::{Clean, Grant, Now};

/// Prints a head and one record per row.
pub(crate) struct Csv<W: Write> {
    out: csv::Writer<W>,
    fields: Vec<Field>,
    terminal: bool,
    headed: bool,
}

impl<W: Write> Csv<W> {
    /// With the fields of the style, else [`Field::CSV`].
    pub(crate) fn new(out: W, style: Style) -> Self {
        let fields = style.fields.unwrap_or_else(|| Field::CSV.to_vec());
        // Its last record may be another than the others.
        let out = csv::WriterBuilder::new().flexible(true).from_writer(out);
        Self { out, fields, terminal: style.terminal, headed: false }
    }

    fn head(&mut self) -> io::Result<()> {
        if !self.headed {
            self.headed = true;
            self.out.write_record(self.fields.iter().map(|field| field.name())).map_err(broken)?;
        }
        Ok(())
    }
}

impl<W: Write> Printer for Csv<W> {
    fn rows(&mut self, rows: &mut dyn Iterator<Item = &Grant>, now: Now) -> io::Result<()> {
        self.head()?;
        for grant in rows {
            for field in &self.fields {
                let value = field.value(grant, now);
                let is_number = matches!(value, Value::Number(_));
                let mut text = value.plain(*field);
                if self.terminal {
                    text = Clean::line(&text).as_str().to_owned().into();
                }
                let cell = if is_number { text } else { defused(text) };
                self.out.write_field(cell.as_bytes()).map_err(broken)?;
            }
            self.out.write_record(None::<&[u8]>).map_err(broken)?;
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.head()?;
        self.out.flush()
    }

    fn broken_off(&mut self, error: &serde_json::Value) -> io::Result<()> {
        if self.headed {
            let text = super::not_whole(error);
            let second = (self.fields.len() == 1).then_some("");
            self.out.write_record(std::iter::once(text.as_str()).chain(second)).map_err(broken)?;
        }
        self.out.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The last record of a file that is not whole. It has another number of fields than the others, so that a strict reader
/// stops at it.
pub(in crate::cli) fn last_record(error: &serde_json::Value, fields: usize) -> String {
    let text = super::not_whole(error);
    if fields == 1 { text + "," } else { text }
}

/// The reader's closed pipe stays recognisable.
pub(in crate::cli) fn broken(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// A spreadsheet takes these beginnings for a formula; an apostrophe before them makes them text.
pub(in crate::cli) fn defused(text: Cow<'_, str>) -> Cow<'_, str> {
    let formula = ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    if text.starts_with(formula) { format!("'{text}").into() } else { text }
}
