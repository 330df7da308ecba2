//! One cell of the list.

use super::columns::Laid;
use crate::app::Model;
use crate::app::screens::detail::content::health_role;
use crate::domain::{Clean, Column, Grant, GrantKind, Moment, Now, RowId, words};
use crate::search::highlight::{Highlighter, Lit, Shown};
use crate::ui::paint::Pen;
use crate::ui::{Role, text};

use unicode_segmentation::UnicodeSegmentation;

/// What the query lights up in a row; nothing where texts are masked.
pub(super) fn light(model: &Model, grant: &Grant, highlighter: &mut Highlighter) -> Lit {
    if model.privacy || model.grants.found_query.is_empty() {
        return Lit::default();
    }
    let account = Clean::line(grant.account());
    let provider = Clean::line(&grant.provider);
    let label = Clean::line(grant.label.as_deref().unwrap_or(""));
    highlighter.light(&Shown {
        row: grant.row,
        account: account.as_str(),
        provider: provider.as_str(),
        label: label.as_str(),
    })
}

/// Draws a cell.
#[expect(clippy::too_many_arguments, reason = "a cell is drawn from all of these, and only here")]
pub(super) fn draw(
    model: &Model,
    now: Now,
    grant: &Grant,
    laid: &Laid,
    x: u16,
    y: u16,
    depth: u8,
    lit: &Lit,
    pen: &mut Pen<'_>,
) {
    let none: &[u32] = &[];
    let (content, role, lit): (String, Role, &[u32]) = match laid.column {
        Column::Provider => {
            let indent = usize::from(depth).min(6);
            let branch = if indent == 0 { String::new() } else { format!("{}└ ", "  ".repeat(indent - 1)) };
            let after = pen.text(x, y, laid.width, &branch, Role::TextDim);
            let room = (x + laid.width).saturating_sub(after);
            lit_text(pen, after, y, room, Clean::line(&grant.provider).as_str(), Role::Text, &lit.provider);
            return;
        }
        Column::Account => {
            let account = if model.privacy {
                masked_account(grant.account())
            } else {
                Clean::line(grant.account()).to_string()
            };
            (account, Role::TextStrong, &lit.account)
        }
        Column::Label => {
            (Clean::line(grant.label.as_deref().unwrap_or("")).to_string(), Role::Text, &lit.label)
        }
        Column::Health => {
            let (health, words) = super::health_text(grant, now);
            (words, health_role(health), none)
        }
        Column::Status => (Clean::line(grant.status.as_str()).to_string(), Role::Text, none),
        Column::Kind => {
            let kind = match &grant.kind {
                GrantKind::Oauth => "oauth".to_owned(),
                GrantKind::ManagedSecret => "secret".to_owned(),
                GrantKind::Other(other) => Clean::line(other).to_string(),
            };
            (kind, Role::TextDim, none)
        }
        Column::Principal => (Clean::line(grant.principal_type.as_str()).to_string(), Role::TextDim, none),
        Column::Access => {
            (Clean::line(&grant.access_via.as_str().replace('_', " ")).to_string(), Role::TextDim, none)
        }
        Column::Scopes => (scopes(grant), Role::TextDim, none),
        Column::Ends => (ends(grant, now), Role::Text, none),
        Column::Used => (age(grant.last_used_at.as_ref(), now, "never"), Role::TextDim, none),
        Column::Created => (age(grant.created_at.as_ref(), now, ""), Role::TextDim, none),
        Column::Depth => {
            (if grant.depth == 0 { String::new() } else { grant.depth.to_string() }, Role::TextDim, none)
        }
        Column::Id => {
            let id = match grant.row {
                RowId::Grant(_) if model.privacy => "••••••••".to_owned(),
                RowId::Grant(id) => id.to_string().chars().take(8).collect(),
                RowId::Unreadable(_) => "none".to_owned(),
            };
            let places: Vec<u32> = (0..lit.id.min(8) as u32).collect();
            lit_text(pen, x, y, laid.width, &id, Role::TextDim, &places);
            return;
        }
    };
    if laid.column.facts().right {
        pen.text_right(x + laid.width, y, laid.width, &content, role);
    } else {
        lit_text(pen, x, y, laid.width, &content, role, lit);
    }
}

/// Writes a text with some of its characters lit.
fn lit_text(pen: &mut Pen<'_>, x: u16, y: u16, cells: u16, content: &str, role: Role, lit: &[u32]) {
    if lit.is_empty() {
        pen.text(x, y, cells, content, role);
        return;
    }
    let cut = text::cut(content, usize::from(cells));
    let mut at = x;
    for (place, cluster) in (0u32..).zip(cut.graphemes(true)) {
        let role = if lit.binary_search(&place).is_ok() { Role::Match } else { role };
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

/// An account with only its first character left, and the last part of an address: "w•••@•••.com".
pub(crate) fn masked_account(account: &str) -> String {
    let clean = Clean::line(account);
    let first: String = clean.as_str().graphemes(true).take(1).collect();
    match clean.as_str().rsplit_once('@') {
        Some((_, domain)) => {
            let end = domain.rsplit_once('.').map_or("", |(_, end)| end);
            format!("{first}•••@•••.{end}")
        }
        None if first.is_empty() => String::new(),
        None => format!("{first}•••"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_hide_all_but_the_shape() {
        for (account, want) in
            [("work@acme.com", "w•••@•••.com"), ("octo", "o•••"), ("", ""), ("山田@例え.jp", "山•••@•••.jp")]
        {
            assert_eq!(masked_account(account), want);
        }
    }
}
