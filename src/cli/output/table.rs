//! A table for people, printed as the rows come: widths are those of the first rows.

use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style as Ansi};
use strum::IntoEnumIterator;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;
use uuid::Uuid;

use super::super::fields::Field;
use super::fit::{GAP, HEAD_OF_ID, fit};
use super::{Printer, Style};
use crate::domain::{Clean, Grant, Health, Now, words};

/// Prints a head and one line per row.
pub(crate) struct Table<W> {
    out: W,
    fields: Vec<Field>,
    /// The fields are the user's choice.
    named: bool,
    style: Style,
    /// None: the column is left out.
    widths: Vec<Option<usize>>,
}

/// One long name does not push everything else away.
const WIDEST: usize = 60;

/// A time of use that is no time is a text of any length.
const WIDEST_AGE: usize = 12;

/// Not used so far.
const NEVER: &str = "never";

/// A piece of a line.
struct Cell {
    text: Clean,
    ansi: Ansi,
}

impl<W: Write> Table<W> {
    /// With the fields of the style, else [`Field::TABLE`].
    pub(crate) fn new(out: W, mut style: Style) -> Self {
        let named = style.fields.is_some();
        let fields = style.fields.take().unwrap_or_else(|| Field::TABLE.to_vec());
        Self { out, fields, named, style, widths: Vec::new() }
    }

    fn cell(field: Field, grant: &Grant, now: Now) -> Cell {
        let raw = match field {
            Field::Health => sign_and_word(Health::of(grant, now.wall)).into(),
            Field::LastUsedAt => match grant.last_used_at.as_ref() {
                None => NEVER.into(),
                Some(moment) => moment
                    .at()
                    .map_or_else(|| moment.to_string(), |at| words::short(now.wall.duration_since(at)))
                    .into(),
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
        let natural: Vec<(Field, usize)> = self
            .fields
            .iter()
            .zip(&titles)
            .enumerate()
            .map(|(column, (field, title))| {
                let cells = first.iter().filter_map(|row| row.get(column));
                let widest = cells.map(|cell| cell.text.as_str().width()).max().unwrap_or(0);
                let width = match field {
                    // A later row may have the longest word.
                    Field::Health => Health::iter().map(|health| sign_and_word(health).width()).max(),
                    Field::LastUsedAt => Some(widest.clamp(NEVER.len(), WIDEST_AGE)),
                    Field::GrantId => Some(widest),
                    _ => Some(widest.min(WIDEST)),
                };
                (*field, width.unwrap_or(widest).max(title.width()))
            })
            .collect();
        self.widths = match self.style.width {
            Some(width) => fit(&natural, self.named, width),
            None => natural.into_iter().map(|(_, width)| Some(width)).collect(),
        };
        let ansi = Ansi::new().bold();
        self.line(titles.into_iter().map(|title| Cell { text: Clean::line(&title), ansi }).collect())
    }

    fn line(&mut self, cells: Vec<Cell>) -> io::Result<()> {
        let mut line = String::new();
        let last = self.widths.iter().rposition(Option::is_some);
        for (column, cell) in cells.into_iter().enumerate() {
            let Some(width) = self.widths.get(column).copied().flatten() else { continue };
            let whole = cell.text.as_str();
            let text = match self.fields.get(column) {
                Some(Field::GrantId) if width < whole.width() && Uuid::try_parse(whole).is_ok() => {
                    whole.get(..HEAD_OF_ID).unwrap_or(whole).into()
                }
                _ => cut(whole, width),
            };
            let blanks = width.saturating_sub(text.width()) + GAP;
            if self.style.colour && cell.ansi != Ansi::new() {
                // Writing to a text cannot fail.
                let _ = write!(line, "{}{text}{}", cell.ansi.render(), cell.ansi.render_reset());
            } else {
                line.push_str(&text);
            }
            if Some(column) != last {
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

    fn broken_off(&mut self, error: &serde_json::Value) -> io::Result<()> {
        // On a terminal standard error says it on the next line.
        if !self.widths.is_empty() && !self.style.terminal {
            writeln!(self.out, "{}", super::not_whole(error))?;
        }
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

fn sign_and_word(health: Health) -> String {
    format!("{} {}", health.sign(), health.word())
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
pub(in crate::cli) fn cut(text: &str, width: usize) -> std::borrow::Cow<'_, str> {
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
