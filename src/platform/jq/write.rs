//! Writes results as JSON. jaq's own writer prints non-JSON for values without a JSON form; like jq, this one writes
//! `null` for NaN, the largest number for infinity, and U+FFFD for invalid UTF-8. Numbers that were not calculated with
//! keep their text, however long.

use std::io::{self, Write};

use jaq_json::{Num, Val};
use serde::de::IgnoredAny;

/// Writes a value; `level` is the indentation, `None` = all on one line.
pub(super) fn value(out: &mut dyn Write, value: &Val, level: Option<usize>) -> io::Result<()> {
    match value {
        Val::Null => out.write_all(b"null"),
        Val::Bool(true) => out.write_all(b"true"),
        Val::Bool(false) => out.write_all(b"false"),
        Val::Num(number) => self::number(out, number),
        Val::BStr(bytes) | Val::TStr(bytes) => text(out, bytes),
        Val::Arr(items) => {
            out.write_all(b"[")?;
            for (index, item) in items.iter().enumerate() {
                next(out, index, level)?;
                self::value(out, item, level.map(|level| level + 1))?;
            }
            end(out, items.is_empty(), level, b"]")
        }
        Val::Obj(fields) => {
            out.write_all(b"{")?;
            for (index, (name, field)) in fields.iter().enumerate() {
                next(out, index, level)?;
                match name {
                    Val::BStr(bytes) | Val::TStr(bytes) => text(out, bytes)?,
                    other => text(out, other.to_string().as_bytes())?,
                }
                out.write_all(if level.is_some() { b": " } else { b":" })?;
                self::value(out, field, level.map(|level| level + 1))?;
            }
            end(out, fields.is_empty(), level, b"}")
        }
    }
}

/// Writes a string without quotes; invalid UTF-8 is replaced.
pub(super) fn raw(out: &mut dyn Write, bytes: &[u8]) -> io::Result<()> {
    for chunk in bytes.utf8_chunks() {
        out.write_all(chunk.valid().as_bytes())?;
        if !chunk.invalid().is_empty() {
            out.write_all("\u{fffd}".as_bytes())?;
        }
    }
    Ok(())
}

fn next(out: &mut dyn Write, index: usize, level: Option<usize>) -> io::Result<()> {
    if index > 0 {
        out.write_all(b",")?;
    }
    level.map_or(Ok(()), |level| line(out, level + 1))
}

fn end(out: &mut dyn Write, is_empty: bool, level: Option<usize>, close: &[u8]) -> io::Result<()> {
    if let Some(level) = level.filter(|_| !is_empty) {
        line(out, level)?;
    }
    out.write_all(close)
}

fn line(out: &mut dyn Write, level: usize) -> io::Result<()> {
    out.write_all(b"\n")?;
    (0..level).try_for_each(|_| out.write_all(b"  "))
}

fn number(out: &mut dyn Write, number: &Num) -> io::Result<()> {
    match number {
        Num::Float(float) if float.is_nan() => out.write_all(b"null"),
        Num::Float(float) if float.is_infinite() => write!(out, "{:e}", f64::MAX.copysign(*float)),
        // `fromjson` accepts numbers that are not JSON, such as `+1.5`.
        Num::Dec(text) if serde_json::from_str::<IgnoredAny>(text).is_err() => {
            self::number(out, &Num::from_dec_str(text))
        }
        number => write!(out, "{number}"),
    }
}

fn text(out: &mut dyn Write, bytes: &[u8]) -> io::Result<()> {
    out.write_all(b"\"")?;
    for chunk in bytes.utf8_chunks() {
        escaped(out, chunk.valid().as_bytes())?;
        if !chunk.invalid().is_empty() {
            out.write_all("\u{fffd}".as_bytes())?;
        }
    }
    out.write_all(b"\"")
}

fn escaped(out: &mut dyn Write, mut rest: &[u8]) -> io::Result<()> {
    let special = |byte: &u8| matches!(byte, 0..=0x1f | b'"' | b'\\' | 0x7f);
    while let Some(at) = rest.iter().position(special) {
        let (before, after) = rest.split_at(at);
        out.write_all(before)?;
        match after.first().copied().unwrap_or_default() {
            b'"' => out.write_all(b"\\\"")?,
            b'\\' => out.write_all(b"\\\\")?,
            b'\n' => out.write_all(b"\\n")?,
            b'\r' => out.write_all(b"\\r")?,
            b'\t' => out.write_all(b"\\t")?,
            0x08 => out.write_all(b"\\b")?,
            0x0c => out.write_all(b"\\f")?,
            other => write!(out, "\\u{other:04x}")?,
        }
        rest = after.get(1..).unwrap_or_default();
    }
    out.write_all(rest)
}

/// A buffered writer that accepts a limited number of bytes and fails after that.
pub(super) struct Bounded<W: Write> {
    inner: io::BufWriter<W>,
    left: usize,
    /// The limit was reached.
    pub(super) is_full: bool,
}

impl<W: Write> Bounded<W> {
    pub(super) fn new(inner: W, most: usize) -> Self {
        Self { inner: io::BufWriter::with_capacity(64 << 10, inner), left: most, is_full: false }
    }
}

impl<W: Write> Write for Bounded<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let fits = bytes.get(..self.left.min(bytes.len())).unwrap_or(bytes);
        if fits.is_empty() && !bytes.is_empty() {
            self.is_full = true;
            return Err(io::Error::from(io::ErrorKind::WriteZero));
        }
        let written = self.inner.write(fits)?;
        self.left -= written;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
