//! Short lists of things that are no grants, printed for people or for programs.

use std::io::{self, IsTerminal, Write};

use serde_json::Value;

use super::arguments::ListingFormat;
use super::output::columns::columns;
use super::output::json::raw;

/// The cells of the terminal that reads standard output, if one does.
pub(super) fn terminal_width() -> Option<usize> {
    let terminal = io::stdout().is_terminal();
    let size = terminal.then(terminal_size::terminal_size).flatten();
    size.map(|(terminal_size::Width(width), _)| width.into())
}

/// Prints rows: `heads` and `cells` for people, `object` for programs.
pub(super) fn print<Row, const N: usize>(
    format: Option<ListingFormat>,
    rows: &[Row],
    heads: [&str; N],
    cells: impl Fn(&Row) -> [String; N],
    object: impl Fn(&Row) -> Value,
) -> io::Result<()> {
    let usual = if io::stdout().is_terminal() { ListingFormat::Table } else { ListingFormat::Jsonl };
    let text = match format.unwrap_or(usual) {
        ListingFormat::Table => {
            let rows: Vec<[String; N]> = rows.iter().map(cells).collect();
            columns(heads, &rows, terminal_width())
        }
        ListingFormat::Json if rows.is_empty() => "[]\n".to_owned(),
        ListingFormat::Json => {
            let lines: Vec<String> = rows.iter().map(|row| line(&object(row))).collect();
            format!("[\n{}\n]\n", lines.join(",\n"))
        }
        ListingFormat::Jsonl => rows.iter().map(|row| line(&object(row)) + "\n").collect(),
    };
    write(&text)
}

/// A value on one line, in which nothing is left that a terminal would obey.
pub(super) fn line(value: &Value) -> String {
    let mut line = String::new();
    raw(&mut line, &value.to_string(), io::stdout().is_terminal());
    line
}

/// Writes to standard output.
pub(super) fn write(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}
