//! A table for people, printed as the rows come: widths are those of the first rows.

use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style as Ansi};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::super::fields::Field;
use super::{Printer, Style};
use crate::domain::{Clean, Grant, Health, Now, words};

/// Prints a head and one line per row.
pub(crate) struct Table<W> {
    out: W,
    fields: Vec<Field>,
    style: Style,
    widths: Vec<usize>,
}

/// Blanks between columns.
const GAP: usize = 2;

/// No column is squeezed below this.
const NARROWEST: usize = 8;

/// One long name does not push everything else away.
const WIDEST: usize = 60;

/// A piece of a line.
struct Cell {
    text: Clean,
    ansi: Ansi,
}

impl<W: Write> Table<W> {
    /// With the fields of the style, else [`Field::TABLE`].
    pub(crate) fn new(out: W, mut style: Style) -> Self {
        let fields = style.fields.take().unwrap_or_else(|| Field::TABLE.to_vec());
        Self { out, fields, style, widths: Vec::new() }
    }

    fn cell(field: Field, grant: &Grant, now: Now) -> Cell {
        let raw = match field {
            Field::Health => {
                let health = Health::of(grant, now.wall);
                format!("{} {}", health.sign(), health.word()).into()
            }
            Field::LastUsedAt => match grant.last_used_at.as_ref() {
                None => "never".into(),
                Some(moment) => {
                    moment.at().map_or_else(|| moment.to_string(), |at| words::relative(at, now.wall)).into()
                }
            },
            _ => field.plain(grant, now),
        };
        let ansi = match field {
            Field::Health => colour(Health::of(grant, now.wall)),
            Field::GrantId | Field::LastUsedAt => Ansi::new().dimmed(),
            _ => Ansi::new(),
        };
        Cell { text: Clean::line(&raw), ansi }
    }

    fn head(&mut self, first: &[Vec<Cell>]) -> io::Result<()> {
        let titles: Vec<String> = self.fields.iter().map(|field| title(*field)).collect();
        self.widths = titles
            .iter()
            .enumerate()
            .map(|(column, title)| {
                let cells =
                    first.iter().filter_map(|row| row.get(column)).map(|cell| cell.text.as_str().width());
                // An id that is cut is of no use.
                let most = if self.fields.get(column) == Some(&Field::GrantId) { usize::MAX } else { WIDEST };
                cells.max().unwrap_or(0).min(most).max(title.width())
            })
            .collect();
        self.squeeze();
        let ansi = Ansi::new().bold();
        let cells = titles.into_iter().map(|title| Cell { text: Clean::line(&title), ansi }).collect();
        self.line(cells)
    }

    /// Takes cells from the widest columns (never from the id) until the line fits.
    fn squeeze(&mut self) {
        let Some(width) = self.style.width else { return };
        loop {
            let total: usize = self.widths.iter().sum::<usize>() + GAP * self.widths.len().saturating_sub(1);
            let id = |column: usize| self.fields.get(column) == Some(&Field::GrantId);
            let widest = self.widths.iter_mut().enumerate().filter(|(column, _)| !id(*column));
            match widest.max_by_key(|(_, width)| **width) {
                Some((_, widest)) if total > width && *widest > NARROWEST => {
                    *widest -= (total - width).min(*widest - NARROWEST).min(4);
                }
                _ => return,
            }
        }
    }

    fn line(&mut self, cells: Vec<Cell>) -> io::Result<()> {
        let mut line = String::new();
        let last = cells.len().saturating_sub(1);
        for (column, cell) in cells.into_iter().enumerate() {
            let width = self.widths.get(column).copied().unwrap_or(NARROWEST);
            let text = cut(cell.text.as_str(), width);
            let blanks = width.saturating_sub(text.width()) + GAP;
            if self.style.colour && cell.ansi != Ansi::new() {
                // Writing to a text cannot fail.
                let _ = write!(line, "{}{text}{}", cell.ansi.render(), cell.ansi.render_reset());
            } else {
                line.push_str(&text);
            }
            if column < last {
                line.extend(std::iter::repeat_n(' ', blanks));
            }
        }
        line.push('\n');
        self.out.write_all(line.as_bytes())
    }
}

impl<W: Write> Printer for Table<W> {
    fn rows(&mut self, rows: &mut dyn Iterator<Item = &Grant>, now: Now) -> io::Result<()> {
        let cells: Vec<Vec<Cell>> = rows
            .map(|grant| self.fields.iter().map(|field| Self::cell(*field, grant, now)).collect())
            .collect();
        if self.widths.is_empty() && !cells.is_empty() {
            self.head(&cells)?;
        }
        cells.into_iter().try_for_each(|cells| self.line(cells))
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn title(field: Field) -> String {
    match field {
        Field::LastUsedAt => "USED".to_owned(),
        _ => field.name().replace('_', " ").to_uppercase(),
    }
}

fn colour(health: Health) -> Ansi {
    let colour = match health {
        Health::Ok => AnsiColor::Green,
        Health::Expiring => AnsiColor::Yellow,
        Health::NeedsReconnect | Health::MissingScopes => AnsiColor::Red,
        Health::Revoked | Health::Expired => AnsiColor::BrightBlack,
        Health::Unknown => AnsiColor::Magenta,
    };
    colour.on_default()
}

/// Cuts to a number of cells, with an ellipsis as the last where something is missing.
fn cut(text: &str, width: usize) -> std::borrow::Cow<'_, str> {
    if text.width() <= width {
        return text.into();
    }
    let mut out = String::new();
    let mut cells = 0;
    for cluster in text.graphemes(true) {
        if cells + cluster.width() + 1 > width {
            break;
        }
        cells += cluster.width();
        out.push_str(cluster);
    }
    out.push('…');
    out.into()
}
