//! Describes held scopes, and missing ones that the catalog proves.

use super::About;
use crate::clean::head;
use crate::describe::{Entry, Scope, Section, Span, Tone};
use crate::{Catalog, Clean, GrantKind, Health, words};

impl About<'_> {
    /// The scopes of an OAuth grant; a managed secret has none.
    pub(super) fn scopes(&self) -> Section {
        if self.grant.kind == GrantKind::ManagedSecret {
            return Section::new();
        }
        let empty = Catalog::default();
        let catalog = self.known.catalog().unwrap_or(&empty);
        let mut section =
            if self.has_many_scopes(catalog) { self.first_scopes() } else { self.explained(catalog) };
        section.extend(self.constraint());
        section
    }

    fn explained(&self, catalog: &Catalog) -> Section {
        let over = self.is_over();
        // Once the permission has expired, scopes are neither held nor missing.
        let explained = catalog.explain(self.grant).into_iter().filter(|scope| scope.held || !over);
        let explained: Vec<_> = explained.collect();
        // A narrowed grant lists all scopes of its parent, but may only use some.
        let narrowed = self.grant.scope_constraint();
        let usable = |scope: &str| narrowed.is_none_or(|list| list.iter().any(|one| one.as_ref() == scope));
        let missing = explained.iter().filter(|scope| !scope.held).count();
        let held = explained.len() - missing;
        let used = explained.iter().filter(|scope| scope.held && usable(scope.scope)).count();
        let message = match over {
            true => format!("had {held}"),
            false if used < held => format!("{held} held, {used} usable here"),
            false => format!("{held} held"),
        };
        let mut count = vec![Span::new(message, if over { Tone::Dim } else { Tone::Plain })];
        if missing > 0 {
            count.push(Span::new(format!(", {missing} missing"), Tone::Missing));
        }
        let mut section = vec![Entry::Field("Scopes", count)];
        if used < held && !over {
            let what = if self.grant.parent_grant_id.is_some() { "delegated" } else { "granted here" };
            section.push(Entry::under(format!("· not {what}"), Tone::Dim));
        }
        if missing == 0 && self.health() == Health::MissingScopes {
            let message = "Alter reports missing scopes; the catalog does not say which.";
            section.push(Entry::under(message, Tone::Dim));
        }
        section.extend(explained.iter().map(|scope| {
            let (sign, tone) = match (scope.held, usable(scope.scope) && !over) {
                (false, _) => ("✗", Tone::Missing),
                (true, true) => ("✓", Tone::Held),
                (true, false) => ("·", Tone::Dim),
            };
            let required = (!scope.held && scope.required).then(|| "(required)".to_owned());
            let words = scope.description.map(|words| Clean::cut(words, self.bounds.scope).to_string());
            let description = words.into_iter().chain(required).collect::<Vec<_>>().join(" ");
            self.scope(sign, tone, scope.scope, description)
        }));
        section
    }

    /// Whether there are implausibly many scopes: explaining them with each key would be too slow.
    fn has_many_scopes(&self, catalog: &Catalog) -> bool {
        let most = self.bounds.scopes;
        let known = catalog.providers.get(&self.grant.provider);
        let known = known.map_or(0, |provider| provider.required_scopes.len() + provider.scopes.len());
        let narrowed = self.grant.scope_constraint().map_or(0, <[_]>::len);
        self.grant.scopes.len() > most || narrowed > most || known > most.saturating_mul(20)
    }

    /// The first of very many scopes, without explanation.
    fn first_scopes(&self) -> Section {
        let (scopes, most) = (&self.grant.scopes, self.bounds.scopes);
        let held = format!("{} held", words::count(scopes.len() as u64));
        let mut section = vec![Entry::field("Scopes", held, Tone::Plain)];
        section
            .extend(scopes.iter().take(most).map(|scope| self.scope("·", Tone::Dim, scope, String::new())));
        let more = scopes.len().saturating_sub(most);
        if more > 0 {
            let more = words::count(more as u64);
            section.push(Entry::under(format!("and {more} more; grantdeck show prints them"), Tone::Dim));
        }
        section
    }

    fn scope(&self, sign: &'static str, tone: Tone, scope: &str, description: String) -> Entry {
        let longest = self.bounds.scope;
        let address = head(scope, longest).trim_end_matches('/');
        let last = address.rsplit_once('/').filter(|_| address.starts_with("https://"));
        Entry::Scope(Scope {
            sign,
            tone,
            name: Clean::cut(scope, longest).to_string(),
            short: last.map(|(_, last)| Clean::line(last).to_string()),
            description,
        })
    }

    /// The scopes that a grant is narrowed to.
    pub(super) fn constraint(&self) -> Option<Entry> {
        let constraint = self.grant.scope_constraint()?;
        let message = if constraint.is_empty() { "nothing".to_owned() } else { self.joined(constraint) };
        Some(Entry::field("Narrowed to", message, Tone::Plain))
    }
}
