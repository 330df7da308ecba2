//! The detail in lines of a given width, and who tells what is known beside the grant.

use crate::app::screens::grants::ChangeMark;
use crate::app::{Model, private};
use crate::domain::describe::grant::{About, Bounds, Known, Tested};
use crate::domain::describe::{Entry, Scope, Section, Span, Tone};
use crate::domain::{Agent, Catalog, Grant, GrantId, Identity, Now, RowId};
use crate::ui::paint::Piece;
use crate::ui::{Role, text};

/// One line of the detail.
pub type Line = Vec<Piece>;

/// Width of the labels.
const LABEL: usize = 12;

/// From this many cells on, a scope and its description stand side by side.
const BESIDE: usize = 64;

/// From this many cells on, a scope that is an address is shown whole.
const WHOLE: usize = 90;

impl Known for Model {
    fn catalog(&self) -> Option<&Catalog> {
        self.shared.catalog.value().map(AsRef::as_ref)
    }

    fn identity(&self) -> Option<&Identity> {
        self.shared.identity.value()
    }

    fn agent(&self, id: &str) -> Option<&Agent> {
        self.shared.agents.value()?.get(id)
    }

    fn find(&self, row: RowId) -> Option<&Grant> {
        self.grants.rows.find(row)
    }

    fn children(&self, of: GrantId) -> &[RowId] {
        self.grants.relatives.children(of)
    }

    fn siblings(&self, grant: &Grant, most: usize) -> Vec<RowId> {
        self.grants.relatives.siblings(&self.grants.rows, grant, most)
    }

    fn hides(&self) -> bool {
        self.shared.privacy
    }

    fn account(&self, account: &str) -> String {
        private::account(&self.shared, account)
    }

    fn name(&self, name: &str) -> String {
        private::name(&self.shared, name)
    }

    fn provider(&self, id: &str) -> String {
        private::provider(&self.shared, id)
    }
}

/// All lines of the detail; empty when no grant is selected.
pub fn lines(model: &Model, width: u16, now: Now) -> Vec<Line> {
    let Some(grant) = model.grants.selected() else { return Vec::new() };
    let change = model.grants.changes.get(&grant.row).map(|mark| match mark {
        ChangeMark::New => Span::new("new since the last refresh", Tone::New),
        ChangeMark::Changed => Span::new("changed since the last refresh", Tone::Changed),
        ChangeMark::Gone => Span::new("removed since the last refresh", Tone::Gone),
    });
    let id = grant.row.grant();
    let known = &model.smoke.known;
    let tested = id.and_then(|id| {
        let latest = known.latest(id)?;
        let (verdict, latency_ms, at) = (latest.verdict, latest.latency_ms, latest.at);
        Some(Tested { verdict, latency_ms, at, past: known.past(id) })
    });
    let counts = model.copying.counts.as_ref();
    let copied = id.and_then(|id| counts?.get(&id).copied());
    let bounds = Bounds::SCREEN;
    let about = About { grant, known: model, bounds, now: now.wall, change, tested, copied };
    wrapped(&about.describe(), width.saturating_sub(2))
}

/// Sections in lines of a width, with an empty line between two.
pub(crate) fn wrapped(sections: &[Section], width: u16) -> Vec<Line> {
    let mut page = Page { width: usize::from(width), lines: Vec::new() };
    for section in sections {
        if !page.lines.is_empty() {
            page.lines.push(Line::new());
        }
        page.section(section);
    }
    page.lines
}

/// Builds lines for one width.
struct Page {
    width: usize,
    lines: Vec<Line>,
}

impl Page {
    fn section(&mut self, section: &Section) {
        let narrow = self.width < WHOLE;
        let scopes = section.iter().filter_map(|entry| match entry {
            Entry::Scope(scope) => Some(text::width(scope_name(scope, narrow))),
            Entry::Line(_)
            | Entry::Field(..)
            | Entry::Under(_)
            | Entry::Indented(..)
            | Entry::Relative { .. } => None,
        });
        // Side by side where both sides have room, else each description under its scope.
        let beside = (self.width >= BESIDE).then(|| scopes.max().unwrap_or(0).min(self.width / 2));
        for entry in section {
            match entry {
                Entry::Line(spans) => self.lines.push(spans.iter().map(Piece::from).collect()),
                Entry::Field(label, value) => self.field(label, value),
                Entry::Under(span) => self.indented(LABEL, span),
                Entry::Indented(by, span) => self.indented(*by, span),
                Entry::Scope(scope) => self.scope(scope, scope_name(scope, narrow), beside),
                Entry::Relative { sign, name, id } => self.relative(sign, name, id),
            }
        }
    }

    /// A label and its value; what does not fit goes on below, under the value.
    fn field(&mut self, label: &str, value: &[Span]) {
        let head = format!("{label:<LABEL$}");
        let room = self.width.saturating_sub(LABEL);
        let whole: usize = value.iter().map(|span| text::width(&span.text)).sum();
        if whole <= room {
            let head = Piece::new(head, Role::Head);
            self.lines.push(std::iter::once(head).chain(value.iter().map(Piece::from)).collect());
            return;
        }
        let mut head = Some(head);
        for span in value {
            for part in text::wrap(span.text.trim_start(), room) {
                let label = head.take().unwrap_or_else(|| " ".repeat(LABEL));
                self.lines.push(vec![Piece::new(label, Role::Head), Piece::new(part, Role::of(span.tone))]);
            }
        }
    }

    /// A text wrapped to the width, each line set in.
    fn indented(&mut self, by: usize, span: &Span) {
        for part in text::wrap(&span.text, self.width.saturating_sub(by)) {
            let part = Piece::new(part, Role::of(span.tone));
            self.lines.push(vec![Piece::new(" ".repeat(by), Role::Text), part]);
        }
    }

    /// One scope: sign, name, and its description beside it or below.
    fn scope(&mut self, scope: &Scope, name: &str, beside: Option<usize>) {
        let role = Role::of(scope.tone);
        let name_role = if scope.tone == Tone::Held { Role::Text } else { role };
        let column = beside.unwrap_or(self.width.saturating_sub(4)).max(8);
        let room = if beside.is_some() { self.width.saturating_sub(column + 6) } else { column };
        let mut names = text::wrap(name, column).into_iter();
        let message = text::wrap(&scope.description, room.max(8)).into_iter();
        let mut message = message.filter(|line| !line.is_empty()).peekable();
        let mut sign = Some(scope.sign);
        loop {
            let name = names.next();
            if name.is_none() && message.peek().is_none() {
                break;
            }
            let has_name = name.is_some();
            let name = name.unwrap_or_default();
            let gap = " ".repeat(column.saturating_sub(text::width(&name)) + 2);
            let mut line = vec![Piece::new(format!("  {} ", sign.take().unwrap_or(" ")), role)];
            if beside.is_some() {
                line.push(Piece::new(name, name_role));
                line.extend(message.next().into_iter().flat_map(|words| {
                    [Piece::new(gap.clone(), Role::Text), Piece::new(words, Role::TextDim)]
                }));
            } else if has_name {
                line.push(Piece::new(name, name_role));
            } else {
                line.extend(message.next().map(|words| Piece::new(words, Role::TextDim)));
            }
            self.lines.push(line);
        }
    }

    /// A relative and its id. An id that is cut is of no use: it gets a line of its own where it does not fit.
    fn relative(&mut self, sign: &Span, name: &str, id: &str) {
        let mut line =
            vec![Piece::new("  ", Role::Text), sign.into(), Piece::new(format!(" {name}"), Role::Text)];
        let id = Piece::new(id, Role::TextDim);
        if text::width(name) + text::width(&id.text) + 6 <= self.width {
            let gap = " ".repeat(LABEL.saturating_sub(text::width(name)) + 2);
            line.extend([Piece::new(gap, Role::Text), id]);
            self.lines.push(line);
        } else {
            self.lines.push(line);
            self.lines.push(vec![Piece::new("    ", Role::Text), id]);
        }
    }
}

/// The name of a scope, as much of it as there is room for.
fn scope_name(scope: &Scope, narrow: bool) -> &str {
    scope.short.as_deref().filter(|_| narrow).unwrap_or(&scope.name)
}
