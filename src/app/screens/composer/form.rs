//! The form: on which rows each field stands. Long values go on below, so that all of them can be read.

use std::borrow::Cow;

use tui_input::Input;

use super::{Composer, Field, Typing};
use crate::app::private::{self, HIDDEN};
use crate::domain::{Clean, DraftBody, words};
use crate::ui::paint::Piece;
use crate::ui::{Role, layout, text};

/// Cells for the name of a field.
pub(super) const LABEL: u16 = 9;

/// The most rows of a value that is not being edited.
const MOST: usize = 6;

/// The fields with what stands on their rows.
pub(super) struct Form {
    /// Each field, with its rows.
    pub(super) fields: Vec<(Field, Vec<Vec<Piece>>)>,
    /// Where the cursor stands: the first and the last row that should be seen.
    cursor: (usize, usize),
}

impl Form {
    /// The form in so many cells, borders and names of fields not counted; values that may name somebody are masked on
    /// request, but for the one that is edited.
    pub(super) fn new(composer: &Composer, cells: usize, masked: bool) -> Self {
        let mut fields = Vec::new();
        let mut cursor = (0, 0);
        let mut top = 0;
        for field in composer.fields() {
            let rows = rows(composer, &field, cells, masked);
            if field == composer.field {
                cursor = match composer.typed_row(cells) {
                    Some(row) => (top + row, top + row),
                    None => (top, top + rows.len() - 1),
                };
            }
            top += rows.len();
            fields.push((field, rows));
        }
        Self { fields, cursor }
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.fields.iter().map(|(_, rows)| rows.len()).sum()
    }

    /// The first visible row, so that the cursor is seen; it stays where it was as far as that can be.
    pub(super) fn window(&self, offset: usize, height: usize) -> usize {
        let (first, last) = self.cursor;
        let len = self.len();
        let offset = layout::scroll_to(offset, last, height, len, 1);
        layout::scroll_to(offset, first, height, len, 1)
    }

    /// The row of the cursor while something is typed.
    pub(super) fn cursor_row(&self) -> usize {
        self.cursor.0
    }
}

/// What stands on the rows of a field, at least one.
fn rows(composer: &Composer, field: &Field, cells: usize, masked: bool) -> Vec<Vec<Piece>> {
    let is_open = *field == composer.field;
    match &composer.typing {
        Typing::Line(input) if is_open => return typed(field, input, composer, cells),
        // Its lines are drawn by the editor.
        Typing::Body(editor) if is_open => return vec![Vec::new(); editor.lines().len().max(1)],
        Typing::Nothing | Typing::Line(_) | Typing::Choice | Typing::Body(_) => {}
    }
    match field {
        Field::Send => send(composer, cells, masked),
        Field::Body => body(&composer.draft.body, cells, masked),
        field @ (Field::Method
        | Field::Url
        | Field::Place(_)
        | Field::Query(_)
        | Field::NewQuery
        | Field::Header(_)
        | Field::NewHeader
        | Field::Reason
        | Field::Context(_)
        | Field::NewContext
        | Field::Mode
        | Field::Timeout) => value(composer, field, cells, masked),
    }
}

/// The call in short: its method and the URL with its places filled.
fn send(composer: &Composer, cells: usize, masked: bool) -> Vec<Vec<Piece>> {
    let method = Clean::line(&composer.draft.method).to_string();
    let used = text::width(&method) + 1;
    let url = if masked { composer.masked_url() } else { composer.filled_url() };
    let url = short_url(&url, (cells * 3).saturating_sub(used));
    let all = format!("{method} {url}");
    let mut rows = plain(&all, cells, Role::Text);
    if let Some(first) = rows.first_mut().and_then(|row| row.first_mut())
        && let Some(rest) = first.text.strip_prefix(&method).map(str::to_owned)
    {
        *first = Piece::new(method, Role::TextStrong);
        if let Some(row) = rows.first_mut() {
            row.push(Piece::new(rest, Role::Text));
        }
    }
    rows
}

fn value(composer: &Composer, field: &Field, cells: usize, masked: bool) -> Vec<Vec<Piece>> {
    let mut name = Vec::new();
    if let Field::Place(place) = field {
        name.push(Piece::new(place_name(place, cells), Role::TextDim));
    }
    let cells = cells.saturating_sub(name.iter().map(|piece| text::width(&piece.text)).sum());
    let strong = if *field == Field::Method { Role::TextStrong } else { Role::Text };
    let (message, role) = match composer.word(field) {
        Some(word) => (word, if composer.is_blank(field) { Role::TextDim } else { Role::Text }),
        None if composer.is_blank(field) => (field.hint().to_owned(), Role::TextDim),
        None if masked => (composer.masked_text(field), strong),
        None => (composer.text(field), strong),
    };
    let message = Clean::line(&message);
    let message = match field {
        Field::Url => short_url(message.as_str(), cells * MOST),
        Field::Send
        | Field::Method
        | Field::Place(_)
        | Field::Query(_)
        | Field::NewQuery
        | Field::Header(_)
        | Field::NewHeader
        | Field::Body
        | Field::Reason
        | Field::Context(_)
        | Field::NewContext
        | Field::Mode
        | Field::Timeout => text::cut(message.as_str(), cells * MOST),
    };
    // Below a name the value goes on under itself.
    let indent: usize = name.iter().map(|piece| text::width(&piece.text)).sum();
    plain(&message, cells, role)
        .into_iter()
        .enumerate()
        .map(|(at, row)| match at {
            0 => name.iter().cloned().chain(row).collect(),
            _ => [vec![Piece::new(" ".repeat(indent), role)], row].concat(),
        })
        .collect()
}

/// The name of a place before its value: `{owner} `.
pub(super) fn place_name(name: &str, cells: usize) -> String {
    let name = Clean::line(&format!("{{{name}}}"));
    format!("{} ", text::cut(name.as_str(), (cells / 2).saturating_sub(1)))
}

/// A line while it is typed, or what belongs there while it is empty.
fn typed(field: &Field, input: &Input, composer: &Composer, cells: usize) -> Vec<Vec<Piece>> {
    let (name, cells) = match field {
        Field::Place(place) => {
            let name = place_name(place, cells);
            let left = cells.saturating_sub(text::width(&name));
            (Some(name), left)
        }
        Field::Send
        | Field::Method
        | Field::Url
        | Field::Query(_)
        | Field::NewQuery
        | Field::Header(_)
        | Field::NewHeader
        | Field::Body
        | Field::Reason
        | Field::Context(_)
        | Field::NewContext
        | Field::Mode
        | Field::Timeout => (None, cells),
    };
    let indent = name.as_deref().map_or(0, text::width);
    let mut rows = if input.value().is_empty() {
        let hint = match field {
            Field::Method => format!("({}; type another)", Clean::line(&composer.draft.method)),
            field @ (Field::Send
            | Field::Url
            | Field::Place(_)
            | Field::Query(_)
            | Field::NewQuery
            | Field::Header(_)
            | Field::NewHeader
            | Field::Body
            | Field::Reason
            | Field::Context(_)
            | Field::NewContext
            | Field::Mode
            | Field::Timeout) => field.hint().to_owned(),
        };
        vec![vec![Piece::new(text::cut(&hint, cells).into_owned(), Role::TextDim)]]
    } else {
        plain(Clean::line(input.value()).as_str(), cells, Role::Input)
    };
    for (at, row) in rows.iter_mut().enumerate() {
        let before = match (&name, at) {
            (Some(name), 0) => Piece::new(name.clone(), Role::TextDim),
            _ => Piece::new(" ".repeat(indent), Role::TextDim),
        };
        if indent > 0 {
            row.insert(0, before);
        }
    }
    rows
}

fn body(body: &DraftBody, cells: usize, masked: bool) -> Vec<Vec<Piece>> {
    let most = cells * MOST;
    // What is behind that is not drawn, and the text may be long.
    let beginning = |text: &str| text.chars().take(most * 2).collect::<String>();
    let (message, role) = match body {
        DraftBody::Empty => (Field::Body.hint().to_owned(), Role::TextDim),
        DraftBody::Json(_) if masked => (format!("JSON  {HIDDEN}"), Role::Text),
        DraftBody::Raw(bytes) if masked => {
            (format!("raw, {}  {HIDDEN}", words::bytes(bytes.len() as u64)), Role::Text)
        }
        DraftBody::Json(text) => {
            let one_line = beginning(text).split_whitespace().collect::<Vec<_>>().join(" ");
            (format!("JSON  {one_line}"), Role::Text)
        }
        DraftBody::Raw(bytes) => {
            let text = String::from_utf8_lossy(bytes.get(..most * 4).unwrap_or(bytes)).into_owned();
            (format!("raw, {}  {}", words::bytes(bytes.len() as u64), beginning(&text)), Role::Text)
        }
    };
    plain(&text::cut(Clean::line(&message).as_str(), most), cells, role)
}

fn plain(message: &str, cells: usize, role: Role) -> Vec<Vec<Piece>> {
    text::fold(message, cells).into_iter().map(|row| vec![Piece::new(row, role)]).collect()
}

/// A URL in so many cells: the host whole, for the call goes there, and the end, which tells most of what is asked.
fn short_url(url: &str, cells: usize) -> Cow<'_, str> {
    let host = url.find("://").map_or(0, |at| at + 3);
    let path = url.get(host..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| host + at + 1);
    text::cut_after(url, path, cells)
}

impl Composer {
    /// The URL with its places filled, without the scheme that nearly all have.
    fn filled_url(&self) -> String {
        let mut url = self.draft.url.clone();
        for name in self.places() {
            if let Some(value) = self.parameter(name).filter(|value| !value.is_empty()) {
                url = url.replace(&format!("{{{name}}}"), value);
            }
        }
        let short = url.strip_prefix("https://").unwrap_or(&url);
        Clean::line(short).to_string()
    }

    /// The URL as it may be shown, without the scheme that nearly all have.
    fn masked_url(&self) -> String {
        let url = private::masked_url(&self.draft.url);
        url.strip_prefix("https://").map(str::to_owned).unwrap_or(url)
    }

    /// The text of a field as it may be shown: names stay, values may name somebody.
    fn masked_text(&self, field: &Field) -> String {
        let text = self.text(field);
        match field {
            Field::Send | Field::Method | Field::Mode | Field::Timeout => text,
            Field::Url => private::masked_url(&text),
            Field::Query(_) | Field::NewQuery | Field::Context(_) | Field::NewContext => {
                private::pair(&text, "=")
            }
            Field::Header(_) | Field::NewHeader => private::pair(&text, ": "),
            Field::Place(_) | Field::Body | Field::Reason => HIDDEN.to_owned(),
        }
    }

    /// Whether nothing was filled in.
    fn is_blank(&self, field: &Field) -> bool {
        match field {
            Field::Mode => false,
            Field::Timeout => self.timeout.is_none(),
            field @ (Field::Send
            | Field::Method
            | Field::Url
            | Field::Place(_)
            | Field::Query(_)
            | Field::NewQuery
            | Field::Header(_)
            | Field::NewHeader
            | Field::Body
            | Field::Reason
            | Field::Context(_)
            | Field::NewContext) => self.text(field).is_empty(),
        }
    }

    /// Of the text that is typed, the row on which its cursor stands; None where none is.
    fn typed_row(&self, cells: usize) -> Option<usize> {
        match &self.typing {
            Typing::Body(editor) => Some(editor.cursor().0),
            Typing::Line(_) => self.typed_at(cells).map(|(row, _)| row),
            Typing::Choice | Typing::Nothing => None,
        }
    }

    /// Row and cell of the cursor in the line that is typed.
    pub(super) fn typed_at(&self, cells: usize) -> Option<(usize, usize)> {
        let Typing::Line(input) = &self.typing else { return None };
        let indent = match &self.field {
            Field::Place(name) => text::width(&place_name(name, cells)),
            Field::Send
            | Field::Method
            | Field::Url
            | Field::Query(_)
            | Field::NewQuery
            | Field::Header(_)
            | Field::NewHeader
            | Field::Body
            | Field::Reason
            | Field::Context(_)
            | Field::NewContext
            | Field::Mode
            | Field::Timeout => 0,
        };
        let all = Clean::line(input.value());
        let before: String = input.value().chars().take(input.cursor()).collect();
        let mut left = Clean::line(&before).as_str().len();
        let rows = text::fold(all.as_str(), cells.saturating_sub(indent));
        let last = rows.len().saturating_sub(1);
        for (at, row) in rows.iter().enumerate() {
            if left < row.len() || at == last {
                let cell = row.get(..left.min(row.len())).map_or(0, text::width);
                return Some((at, indent + cell));
            }
            left -= row.len();
        }
        Some((0, indent))
    }
}
