//! One cell of the list.

use super::columns::Laid;
use crate::app::screens::grants::Grants;
use crate::app::screens::smoke::test_cell;
use crate::app::shared::Shared;
use crate::app::{Model, private};
use crate::domain::{Clean, Column, Grant, GrantKind, Health, Moment, Now, RowId, words};
use crate::search::highlight::{Highlighter, Lit, Shown};
use crate::ui::paint::Pen;
use crate::ui::{Role, text};

use unicode_segmentation::UnicodeSegmentation;

/// A row that is being drawn.
pub(super) struct Row<'a> {
    pub(super) model: &'a Model,
    pub(super) now: Now,
    pub(super) grant: &'a Grant,
    /// How deep it stands in the tree.
    pub(super) depth: u8,
    /// What the query lights up in it.
    pub(super) lit: Lit,
}

/// What the query lights up in a row; nothing where texts are masked.
pub(super) fn light(grants: &Grants, shared: &Shared, grant: &Grant, highlighter: &mut Highlighter) -> Lit {
    if shared.privacy || grants.found_query.is_empty() {
        return Lit::default();
    }
    let account = Clean::brief(grant.account());
    let provider = Clean::brief(&grant.provider);
    let label = Clean::brief(grant.label.as_deref().unwrap_or(""));
    highlighter.light(&Shown {
        row: grant.row,
        account: account.as_str(),
        provider: provider.as_str(),
        label: label.as_str(),
    })
}

impl Row<'_> {
    /// Draws the cell of one column at (x, y).
    pub(super) fn draw(&self, laid: Laid, x: u16, y: u16, pen: &mut Pen<'_>) {
        match laid.column {
            Column::Provider => {
                let indent = usize::from(self.depth).min(6);
                let branch =
                    if indent == 0 { String::new() } else { format!("{}└ ", "  ".repeat(indent - 1)) };
                let after = pen.text(x, y, laid.width, &branch, Role::TextDim);
                let room = (x + laid.width).saturating_sub(after);
                let provider = private::provider(&self.model.shared, &self.grant.provider);
                lit_text(pen, (after, y), room, &provider, Role::Text, &self.lit.provider);
            }
            Column::Account => {
                let account = private::account(&self.model.shared, self.grant.account());
                lit_text(pen, (x, y), laid.width, &account, Role::TextStrong, &self.lit.account);
            }
            Column::Label => {
                let label = private::name(&self.model.shared, self.grant.label.as_deref().unwrap_or(""));
                lit_text(pen, (x, y), laid.width, &label, Role::Text, &self.lit.label);
            }
            Column::Id => {
                let places: Vec<u32> = (0..self.lit.id.min(8) as u32).collect();
                lit_text(pen, (x, y), laid.width, &self.id(), Role::TextDim, &places);
            }
            Column::Test => {
                let (text, role) = self.test(laid.width);
                pen.text(x, y, laid.width, &text, role);
            }
            column @ (Column::Health
            | Column::Status
            | Column::Kind
            | Column::Principal
            | Column::Access
            | Column::Scopes
            | Column::Ends
            | Column::Used
            | Column::Created
            | Column::Depth) => {
                let (text, role) = self.plain(column);
                if column.facts().right {
                    pen.text_right(x + laid.width, y, laid.width, &text, role);
                } else {
                    pen.text(x, y, laid.width, &text, role);
                }
            }
        }
    }

    /// The columns that a query never lights up.
    fn plain(&self, column: Column) -> (String, Role) {
        let grant = self.grant;
        match column {
            Column::Health => {
                let health = Health::of(grant, self.now.wall);
                (format!("{} {}", health.sign(), health.word()), Role::of(health))
            }
            Column::Status => (Clean::brief(grant.status.as_str()).to_string(), Role::Text),
            Column::Kind => {
                let kind = match &grant.kind {
                    GrantKind::Oauth => "oauth".to_owned(),
                    GrantKind::ManagedSecret => "secret".to_owned(),
                    GrantKind::Other(other) => Clean::brief(other).to_string(),
                };
                (kind, Role::TextDim)
            }
            Column::Principal => (Clean::brief(grant.principal_type.as_str()).to_string(), Role::TextDim),
            Column::Access => {
                (Clean::brief(grant.access_via.as_str()).as_str().replace('_', " "), Role::TextDim)
            }
            Column::Scopes => (scopes(grant), Role::TextDim),
            Column::Ends => (ends(grant, self.now), Role::Text),
            Column::Used => (age(grant.last_used_at.as_ref(), self.now, "never"), Role::TextDim),
            Column::Created => (age(grant.created_at.as_ref(), self.now, ""), Role::TextDim),
            Column::Depth if grant.depth != 0 => (grant.depth.to_string(), Role::TextDim),
            Column::Depth
            | Column::Provider
            | Column::Account
            | Column::Label
            | Column::Id
            | Column::Test => (String::new(), Role::TextDim),
        }
    }

    /// What the last smoke test said.
    fn test(&self, cells: u16) -> (String, Role) {
        let Some(id) = self.grant.row.grant() else { return (String::new(), Role::TextDim) };
        let smoke = &self.model.smoke;
        if smoke.board.as_ref().is_some_and(|board| board.under_way.contains(&id)) {
            return ("testing".to_owned(), Role::TextDim);
        }
        let latest = smoke.known.latest(id);
        let cell = latest.map(|latest| test_cell(&latest, usize::from(cells), self.now.wall));
        cell.unwrap_or_else(|| (String::new(), Role::TextDim))
    }

    /// The head of the id: as much as makes it unique to the eye.
    fn id(&self) -> String {
        match self.grant.row {
            RowId::Grant(_) if self.model.shared.privacy => "••••••••".to_owned(),
            RowId::Grant(id) => id.to_string().chars().take(8).collect(),
            RowId::Unreadable(_) => "none".to_owned(),
        }
    }
}

/// Writes a text with some of its characters lit.
fn lit_text(pen: &mut Pen<'_>, (x, y): (u16, u16), cells: u16, content: &str, role: Role, lit: &[u32]) {
    if lit.is_empty() {
        pen.text(x, y, cells, content, role);
        return;
    }
    let cut = text::cut(content, usize::from(cells));
    let mut at = x;
    for (place, cluster) in (0u32..).zip(cut.graphemes(true)) {
        // The ellipsis stands for characters, it is none.
        let is_lit = lit.binary_search(&place).is_ok() && (cluster != "…" || cut == content);
        let role = if is_lit { Role::Match } else { role };
        at = pen.text(at, y, (x + cells).saturating_sub(at), cluster, role);
    }
}

fn scopes(grant: &Grant) -> String {
    if grant.kind == GrantKind::ManagedSecret { String::new() } else { grant.scopes.len().to_string() }
}

fn ends(grant: &Grant, now: Now) -> String {
    match grant.grant_expires_at.as_ref().map(Moment::at) {
        None => String::new(),
        Some(Some(at)) if at <= now.wall => "over".to_owned(),
        Some(Some(at)) => words::short(at.duration_since(now.wall)),
        Some(None) => "?".to_owned(),
    }
}

fn age(moment: Option<&Moment>, now: Now, none: &str) -> String {
    match moment.map(Moment::at) {
        None => none.to_owned(),
        Some(Some(at)) => words::short(now.wall.duration_since(at)),
        Some(None) => "?".to_owned(),
    }
}
