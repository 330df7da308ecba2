//! The relatives of a grant: parent, children, siblings, each with the id to use.

use super::{About, Known};
use crate::clean::HIDDEN;
use crate::describe::{Entry, Section, Span, Tone};
use crate::{Grant, GrantId, Health, Identity, Reference, RowId};

/// "google · work@acme.com", masked if needed.
pub fn name(known: &dyn Known, grant: &Grant) -> String {
    let provider = known.provider(&grant.provider);
    match grant.account() {
        "" => provider,
        account => format!("{provider} · {}", known.account(account)),
    }
}

impl About<'_> {
    pub(super) fn family(&self) -> Section {
        let grant = self.grant;
        let mut section = Section::new();
        if let Some(parent) = &grant.parent_grant_id {
            let row = parent.grant().map(RowId::Grant);
            let found = row.and_then(|row| self.known.find(row));
            let from =
                found.map_or_else(|| "not among the grants here".to_owned(), |found| name(self.known, found));
            let holder = found.and_then(|found| self.owning_agent(found));
            let held = holder.map(|agent| format!(", held by agent {agent}")).unwrap_or_default();
            section.push(Entry::field("Delegated", format!("from {from}{held}"), Tone::Plain));
            let id = match row {
                Some(row) => self.id(row),
                None if self.known.hides() => HIDDEN.to_owned(),
                None => self.text(&parent.to_string()),
            };
            section.push(Entry::under(id, Tone::Dim));
            let hops = if grant.depth == 1 { "hop" } else { "hops" };
            section.push(Entry::field("Depth", format!("{} {hops} from its root", grant.depth), Tone::Plain));
        }
        let onward = if grant.delegable { "yes" } else { "no" };
        section.push(Entry::field("Delegable", onward, Tone::Plain));
        section.extend(self.agents());
        let children = grant.row.grant().map_or(&[][..], |id| self.known.children(id));
        section.extend(self.relatives("Children", children, "each agent uses its own id"));
        let siblings = self.known.siblings(grant, self.bounds.relatives.saturating_add(1));
        section.extend(self.relatives("Siblings", &siblings, "same credential"));
        section
    }

    fn agents(&self) -> Section {
        let (agents, most) = (self.grant.delegated_agent_ids(), self.bounds.relatives);
        let each = agents.iter().take(most).enumerate().map(|(index, agent)| {
            let name = Span::new(self.agent_name(&agent.to_string()), Tone::Plain);
            let label = if index == 0 { "Agents" } else { "" };
            Entry::Field(label, vec![name, Span::new("  has access", Tone::Dim)])
        });
        let more = (agents.len() > most)
            .then(|| Entry::under(format!("and {} more", agents.len() - most), Tone::Dim));
        each.chain(more).collect()
    }

    fn relatives(&self, label: &'static str, rows: &[RowId], note: &str) -> Section {
        let most = self.bounds.relatives;
        if rows.is_empty() {
            return Section::new();
        }
        let count = if rows.len() > most { format!("{most}+") } else { rows.len().to_string() };
        let count = vec![Span::new(count, Tone::Plain), Span::new(format!("  {note}"), Tone::Dim)];
        let each = rows.iter().take(most).filter_map(|row| {
            let relative = self.known.find(*row)?;
            let health = Health::of(relative, self.now);
            let label = relative.label.as_deref().filter(|label| !label.is_empty());
            let name = self.owning_agent(relative).map(|agent| format!("agent {agent}"));
            let name = name
                .or_else(|| label.map(|label| self.known.name(label)))
                .unwrap_or_else(|| self.text(relative.principal_type.as_str()));
            Some(Entry::Relative { sign: Span::new(health.sign(), health.into()), name, id: self.id(*row) })
        });
        std::iter::once(Entry::Field(label, count)).chain(each).collect()
    }

    /// The agent that this grant belongs to. Managed secrets say so. For a delegated OAuth grant it can only
    /// be inferred if its parent has one agent and one child. Otherwise `None`.
    pub(super) fn owning_agent(&self, grant: &Grant) -> Option<String> {
        if let Some(agent) = grant.secret.as_ref().and_then(|secret| secret.agent_id.as_ref()) {
            return Some(self.agent_name(&agent.to_string()));
        }
        let parent = grant.parent_grant_id.as_ref().and_then(Reference::grant)?;
        let found = self.known.find(RowId::Grant(parent))?;
        match (found.delegated_agent_ids(), self.known.children(parent)) {
            ([agent], [_]) => Some(self.agent_name(&agent.to_string())),
            _ => None,
        }
    }

    /// An agent's name if known, otherwise its id.
    fn agent_name(&self, id: &str) -> String {
        let me = match self.known.identity() {
            Some(Identity::Agent(agent)) if agent.id.as_ref() == id => Some(agent),
            _ => None,
        };
        match me.or_else(|| self.known.agent(id)) {
            Some(agent) => {
                let name = self.known.name(agent.display_name.as_deref().unwrap_or(&agent.name));
                match agent.status.as_ref() {
                    "active" => name,
                    status => format!("{name} ({})", self.text(status)),
                }
            }
            None => match Reference::new(id) {
                Reference::Id(id) if self.known.hides() => self.id(RowId::Grant(GrantId(id))),
                _ => self.known.name(id),
            },
        }
    }
}
