//! Scopes explained, and who the grant belongs with: parent, children, siblings.

use super::content::{LABEL, LONGEST_SCOPE, Page, shown_id};
use crate::app::{Model, private};
use crate::domain::clean::head;
use crate::domain::{Catalog, Clean, Grant, GrantKind, Health, Identity, Reference, RowId, words};
use crate::ui::paint::Piece;
use crate::ui::{Role, text};

/// How many scopes are explained; with more, the first are listed.
const MOST_SCOPES: usize = 200;

/// How many relatives of one kind are listed; the rest is counted.
const LISTED: usize = 12;

/// From this many cells on, a scope and its description stand side by side.
const BESIDE: usize = 64;

impl Page<'_> {
    /// Held scopes with what they mean, and the missing ones that the catalog proves.
    pub(super) fn scopes(&mut self) {
        if self.grant.kind == GrantKind::ManagedSecret {
            self.constraint();
            return;
        }
        self.gap();
        let empty = Catalog::default();
        let catalog = self.model.catalog.value().map_or(&empty, |catalog| catalog.as_ref());
        if self.has_many_scopes(catalog) {
            self.first_scopes();
            self.constraint();
            return;
        }
        let explained = catalog.explain(self.grant);
        let health = Health::of(self.grant, self.now.wall);
        let over = matches!(health, Health::Revoked | Health::Expired);
        // Nothing is held any more, and nothing missing, once the permission is over.
        let explained: Vec<_> = explained.into_iter().filter(|scope| scope.held || !over).collect();
        // A narrowed grant holds all scopes of its parent and may use some.
        let narrowed = self.grant.scope_constraint();
        let usable = |scope: &str| narrowed.is_none_or(|list| list.iter().any(|one| one.as_ref() == scope));
        let missing = explained.iter().filter(|scope| !scope.held).count();
        let held = explained.len() - missing;
        let used = explained.iter().filter(|scope| scope.held && usable(scope.scope)).count();
        let told = match over {
            true => format!("had {held}"),
            false if used < held => format!("{held} held, {used} usable here"),
            false => format!("{held} held"),
        };
        let mut count = vec![Piece::new(told, if over { Role::TextDim } else { Role::Text })];
        if missing > 0 {
            count.push(Piece::new(format!(", {missing} missing"), Role::ScopeMissing));
        }
        self.field("Scopes", &count);
        if used < held && !over {
            let what = if self.grant.parent_grant_id.is_some() { "passed on" } else { "granted here" };
            self.under_field(&format!("· outside of what was {what}"), Role::TextDim);
        }
        if missing == 0 && health == Health::MissingScopes {
            self.under_field(
                "Alter says that scopes are missing; the catalog does not say which.",
                Role::TextDim,
            );
        }
        let names: Vec<String> = explained
            .iter()
            .map(|scope| Clean::cut(self.brief(scope.scope), LONGEST_SCOPE).to_string())
            .collect();
        let widest = names.iter().map(|name| text::width(name)).max().unwrap_or(0);
        // Side by side where both sides have room, else each description under its scope.
        let beside = (self.width >= BESIDE).then(|| widest.min(self.width / 2));
        for (scope, name) in explained.iter().zip(&names) {
            let (sign, role) = match (scope.held, usable(scope.scope) && !over) {
                (false, _) => ("✗", Role::ScopeMissing),
                (true, true) => ("✓", Role::ScopeHeld),
                (true, false) => ("·", Role::TextDim),
            };
            let required = if scope.held || !scope.required { "" } else { " (required)" };
            let description =
                scope.description.map(|words| format!("{}{required}", Clean::cut(words, LONGEST_SCOPE)));
            let description = description.unwrap_or_else(|| required.trim_start().to_owned());
            self.scope_lines(sign, role, name, beside, &description);
        }
        self.constraint();
    }

    /// Whether there are more scopes than any provider has: then they are not explained and compared with each key.
    fn has_many_scopes(&self, catalog: &Catalog) -> bool {
        let known = catalog.providers.get(&self.grant.provider);
        let known = known.map_or(0, |provider| provider.required_scopes.len() + provider.scopes.len());
        let narrowed = self.grant.scope_constraint().map_or(0, <[_]>::len);
        self.grant.scopes.len() > MOST_SCOPES || narrowed > MOST_SCOPES || known > 20 * MOST_SCOPES
    }

    /// The first of very many scopes, as they are.
    fn first_scopes(&mut self) {
        let scopes = &self.grant.scopes;
        let held = words::count(scopes.len() as u64);
        self.field("Scopes", &[Piece::new(format!("{held} held"), Role::Text)]);
        for scope in scopes.iter().take(MOST_SCOPES) {
            let name = Clean::cut(self.brief(head(scope, LONGEST_SCOPE)), LONGEST_SCOPE);
            self.scope_lines("·", Role::TextDim, name.as_str(), None, "");
        }
        let more = scopes.len().saturating_sub(MOST_SCOPES);
        if more > 0 {
            let more = words::count(more as u64);
            self.under_field(&format!("and {more} more; grantdeck show prints them"), Role::TextDim);
        }
    }

    /// One scope: sign, name, and its description beside it or below.
    fn scope_lines(&mut self, sign: &str, role: Role, name: &str, beside: Option<usize>, description: &str) {
        let name_role = if role == Role::ScopeHeld { Role::Text } else { role };
        let column = beside.unwrap_or(self.width.saturating_sub(4)).max(8);
        let room = if beside.is_some() { self.width.saturating_sub(column + 6) } else { column };
        let mut names = text::wrap(name, column).into_iter();
        let mut told =
            text::wrap(description, room.max(8)).into_iter().filter(|line| !line.is_empty()).peekable();
        let mut sign = Some(sign);
        loop {
            let name = names.next();
            if name.is_none() && told.peek().is_none() {
                break;
            }
            let has_name = name.is_some();
            let name = name.unwrap_or_default();
            let gap = " ".repeat(column.saturating_sub(text::width(&name)) + 2);
            let mut line = vec![Piece::new(format!("  {} ", sign.take().unwrap_or(" ")), role)];
            if beside.is_some() {
                line.push(Piece::new(name, name_role));
                line.extend(told.next().into_iter().flat_map(|words| {
                    [Piece::new(gap.clone(), Role::Text), Piece::new(words, Role::TextDim)]
                }));
            } else if has_name {
                line.push(Piece::new(name, name_role));
            } else {
                line.extend(told.next().map(|words| Piece::new(words, Role::TextDim)));
            }
            self.lines.push(line);
        }
    }

    /// In a narrow pane, the last part of a scope that is an address; the whole of it where there is room.
    fn brief<'a>(&self, scope: &'a str) -> &'a str {
        let is_address = scope.starts_with("https://");
        if !is_address || self.width >= 90 {
            return scope;
        }
        scope.trim_end_matches('/').rsplit_once('/').map_or(scope, |(_, last)| last)
    }

    fn constraint(&mut self) {
        let Some(constraint) = self.grant.scope_constraint() else { return };
        let told = if constraint.is_empty() { "nothing".to_owned() } else { Self::joined(constraint) };
        self.field("Narrowed to", &[Piece::new(told, Role::Text)]);
    }

    /// Parent, children and siblings; for each the id that must be used.
    pub(super) fn relations(&mut self) {
        self.gap();
        let grant = self.grant;
        if let Some(parent) = &grant.parent_grant_id {
            let row = parent.grant().map(RowId::Grant);
            let known = row.and_then(|row| self.model.grants.rows.find(row));
            let name = known
                .map_or_else(|| "not among the grants here".to_owned(), |known| name_of(self.model, known));
            let holder = known.and_then(|known| owning_agent(self.model, known));
            let held = holder.map(|agent| format!(", held by agent {agent}")).unwrap_or_default();
            self.field("Delegated", &[Piece::new(format!("from {name}{held}"), Role::Text)]);
            let id = match row {
                Some(row) => shown_id(row, self.model.privacy),
                None if self.model.privacy => "•••".to_owned(),
                None => Clean::brief(&parent.to_string()).to_string(),
            };
            self.under_field(&id, Role::TextDim);
            self.field("Depth", &[Piece::new(hops(grant.depth), Role::Text)]);
        }
        let onward =
            if grant.delegable { "may be passed on to another agent" } else { "may not be passed on" };
        self.field("Delegable", &[Piece::new(onward, Role::Text)]);
        self.agents();
        let children = grant.row.grant().map_or(&[][..], |id| self.model.grants.kin.children(id));
        self.relatives("Children", children.len(), children, "each agent uses its own id");
        let siblings = self.model.grants.kin.siblings(&self.model.grants.rows, grant, LISTED + 1);
        self.relatives("Siblings", siblings.len(), &siblings, "same credential");
    }

    fn agents(&mut self) {
        let agents = self.grant.delegated_agent_ids();
        for (index, agent) in agents.iter().take(LISTED).enumerate() {
            let label = if index == 0 { "Agents" } else { "" };
            let name = agent_name(self.model, &agent.to_string());
            self.field(label, &[Piece::new(name, Role::Text), Piece::new("  has access", Role::TextDim)]);
        }
        if agents.len() > LISTED {
            self.under_field(&format!("and {} more", agents.len() - LISTED), Role::TextDim);
        }
    }

    fn relatives(&mut self, label: &str, count: usize, rows: &[RowId], note: &str) {
        if rows.is_empty() {
            return;
        }
        let more = if count > LISTED { format!("{LISTED}+") } else { count.to_string() };
        self.field(label, &[Piece::new(more, Role::Text), Piece::new(format!("  {note}"), Role::TextDim)]);
        for row in rows.iter().take(LISTED) {
            let Some(relative) = self.model.grants.rows.find(*row) else { continue };
            let health = Health::of(relative, self.now.wall);
            let name = owning_agent(self.model, relative).map(|agent| format!("agent {agent}"));
            let label = relative.label.as_deref().filter(|label| !label.is_empty());
            let name = name
                .or_else(|| label.map(|label| private::name(self.model, label)))
                .unwrap_or_else(|| Clean::brief(relative.principal_type.as_str()).to_string());
            let id = shown_id(*row, self.model.privacy);
            let sign = Piece::new(health.sign(), super::content::health_role(health));
            let head = [Piece::new("  ", Role::Text), sign, Piece::new(format!(" {name}"), Role::Text)];
            // An id that is cut is of no use: it gets a line of its own where it does not fit.
            if text::width(&name) + text::width(&id) + 6 <= self.width {
                let gap = " ".repeat(LABEL.saturating_sub(text::width(&name)) + 2);
                self.lines.push(
                    head.into_iter()
                        .chain([Piece::new(gap, Role::Text), Piece::new(id, Role::TextDim)])
                        .collect(),
                );
            } else {
                self.lines.push(head.to_vec());
                self.lines.push(vec![Piece::new("    ", Role::Text), Piece::new(id, Role::TextDim)]);
            }
        }
    }
}

/// The agent whose grant this is. A managed secret says it; of a delegated OAuth grant the list does not, except
/// where its parent has one agent and one child. None where it cannot be told.
pub(super) fn owning_agent(model: &Model, grant: &Grant) -> Option<String> {
    if let Some(agent) = grant.secret.as_ref().and_then(|secret| secret.agent_id.as_ref()) {
        return Some(agent_name(model, &agent.to_string()));
    }
    let parent = grant.parent_grant_id.as_ref().and_then(Reference::grant)?;
    let known = model.grants.rows.find(RowId::Grant(parent))?;
    match (known.delegated_agent_ids(), model.grants.kin.children(parent)) {
        ([agent], [_]) => Some(agent_name(model, &agent.to_string())),
        _ => None,
    }
}

/// "google · work@acme.com", as it may be shown.
pub(super) fn name_of(model: &Model, grant: &Grant) -> String {
    let account = private::account(model, grant.account());
    format!("{} · {account}", private::provider(model, &grant.provider))
}

/// An agent's name where the backend told it, else its id.
pub(super) fn agent_name(model: &Model, id: &str) -> String {
    let me = match model.identity.value() {
        Some(Identity::Agent(agent)) if agent.id.as_ref() == id => Some(agent),
        _ => None,
    };
    let known = me.or_else(|| model.agents.value().and_then(|agents| agents.get(id)));
    match known {
        Some(agent) => {
            let name = agent.display_name.as_deref().unwrap_or(&agent.name);
            let state = if agent.status.as_ref() == "active" {
                String::new()
            } else {
                format!(" ({})", Clean::brief(&agent.status))
            };
            format!("{}{state}", private::name(model, name))
        }
        None => match Reference::new(id) {
            Reference::Id(id) if model.privacy => shown_id(RowId::Grant(crate::domain::GrantId(id)), true),
            _ => private::name(model, id),
        },
    }
}

fn hops(depth: i32) -> String {
    match depth {
        1 => "1 hop from its root".to_owned(),
        depth => format!("{depth} hops from its root"),
    }
}
