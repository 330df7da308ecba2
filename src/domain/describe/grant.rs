//! Describes a grant from the list: identity, health, both clocks, owner, explained scopes, delegation,
//! policy, and unknown fields of a newer backend.

mod family;
mod scopes;

use std::sync::Arc;

use jiff::Timestamp;

use super::{Entry, Section, Span, Tone};
use crate::clean::{BRIEF, HIDDEN};
use crate::copy::Copies;
use crate::smoke::{self, Past, Standing, Verdict};
use crate::{
    AccessVia, Agent, Catalog, Clean, Grant, GrantId, GrantKind, Health, Identity, Moment, RowId, clocks,
    words,
};

pub use family::name;

/// Context for describing a grant, and how to show names: complete, cut, or masked for privacy.
pub trait Known {
    /// The provider catalog, if loaded.
    fn catalog(&self) -> Option<&Catalog>;
    /// The identity behind the key, if known.
    fn identity(&self) -> Option<&Identity>;
    /// An agent by its id.
    fn agent(&self, id: &str) -> Option<&Agent>;
    /// Another grant of the list.
    fn find(&self, row: RowId) -> Option<&Grant>;
    /// The grants delegated from one.
    fn children(&self, of: GrantId) -> &[RowId];
    /// The other grants of the same credential, at most `most`.
    fn siblings(&self, grant: &Grant, most: usize) -> Vec<RowId>;
    /// Whether names of people are hidden.
    fn hides(&self) -> bool {
        false
    }
    /// An account, masked if needed.
    fn account(&self, account: &str) -> String {
        Clean::line(account).to_string()
    }
    /// A label or agent name, masked if needed.
    fn name(&self, name: &str) -> String {
        Clean::line(name).to_string()
    }
    /// A provider or slug for display.
    fn provider(&self, id: &str) -> String {
        Clean::line(id).to_string()
    }
}

/// Limits on how much foreign text is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of a text.
    text: usize,
    /// Bytes of a scope.
    scope: usize,
    /// Maximum number of scopes to explain; if there are more, only the first are listed.
    scopes: usize,
    /// Maximum number of texts of one field.
    joined: usize,
    /// Bytes and lines of a policy.
    policy: (usize, usize),
    /// Maximum number of unknown fields, or of mistakes in a row.
    fields: usize,
    /// Relatives of each kind; the rest is counted.
    relatives: usize,
}

impl Bounds {
    /// No limits.
    pub const NONE: Self = Self {
        text: usize::MAX,
        scope: usize::MAX,
        scopes: usize::MAX,
        joined: usize::MAX,
        policy: (usize::MAX, usize::MAX),
        fields: usize::MAX,
        relatives: usize::MAX,
    };
    /// Limits for the screen, so that the cost of a key does not depend on the amount of foreign text.
    pub const SCREEN: Self = Self {
        text: BRIEF,
        scope: 256,
        scopes: 200,
        joined: 100,
        policy: (16 << 10, 400),
        fields: 60,
        relatives: 12,
    };
}

/// The last test of a grant, and earlier ones.
#[derive(Clone, Copy, Debug)]
pub struct Tested<'a> {
    /// The verdict.
    pub verdict: Verdict,
    /// Milliseconds from sending to the complete answer.
    pub latency_ms: Option<u64>,
    /// When it ran.
    pub at: Timestamp,
    /// The last few tests, latest first.
    pub past: &'a [Past],
}

/// A grant with everything needed to describe it.
pub struct About<'a> {
    /// The grant.
    pub grant: &'a Grant,
    /// The context.
    pub known: &'a dyn Known,
    /// The limits.
    pub bounds: Bounds,
    /// The current time.
    pub now: Timestamp,
    /// The change since the last refresh.
    pub change: Option<Span>,
    /// Its test results.
    pub tested: Option<Tested<'a>>,
    /// How often its id was copied.
    pub copied: Option<Copies>,
}

impl About<'_> {
    /// Describes everything that is known. The title is its [name].
    pub fn describe(&self) -> Vec<Section> {
        let sections = [
            self.identity(),
            self.oddities(),
            [self.state(), self.tests(), self.clocks()].concat(),
            self.owner(),
            self.scopes(),
            self.family(),
            self.policy(),
            self.rest(),
        ];
        sections.into_iter().filter(|section| !section.is_empty()).collect()
    }

    fn text(&self, text: &str) -> String {
        Clean::cut(text, self.bounds.text).to_string()
    }

    fn health(&self) -> Health {
        Health::of(self.grant, self.now)
    }

    /// Whether the permission has expired.
    fn is_over(&self) -> bool {
        matches!(self.health(), Health::Revoked | Health::Expired)
    }

    /// An id, masked if needed.
    fn id(&self, row: RowId) -> String {
        match row {
            RowId::Grant(_) if self.known.hides() => "••••••••-••••-••••-••••-••••••••••••".to_owned(),
            row => row.to_string(),
        }
    }

    fn identity(&self) -> Section {
        let kind = match &self.grant.kind {
            GrantKind::Oauth => "oauth".to_owned(),
            GrantKind::ManagedSecret => "managed secret".to_owned(),
            GrantKind::Other(other) => format!("kind {}", self.text(other)),
        };
        let status = self.text(self.grant.status.as_str());
        let owner = self.text(self.grant.principal_type.as_str());
        let mut section = vec![
            Entry::line(self.id(self.grant.row), Tone::Strong),
            Entry::line(format!("{kind} · {owner} · {status}"), Tone::Dim),
        ];
        section.extend(self.change.clone().map(|change| Entry::Line(vec![change])));
        section
    }

    fn oddities(&self) -> Section {
        let problems = self.grant.oddities();
        if problems.is_empty() {
            return Section::new();
        }
        let each = problems.iter().take(self.bounds.fields).map(|problem| {
            let field = if problem.field.is_empty() { "row" } else { &problem.field };
            let message = format!("{}: {}", self.text(field), self.text(&problem.problem));
            Entry::Indented(2, Span::new(message, Tone::Odd))
        });
        std::iter::once(Entry::line("! Not all of this row could be read", Tone::Odd)).chain(each).collect()
    }

    fn state(&self) -> Section {
        let health = self.health();
        let mut value = vec![Span::new(format!("{} {}", health.sign(), health.word()), health.into())];
        if health != Health::Ok {
            value.push(Span::new(format!("  {}", health.explained()), Tone::Dim));
        }
        let remedy = Some(health.remedy()).filter(|remedy| !remedy.is_empty());
        let remedy = remedy.map(|remedy| Entry::under(remedy, Tone::Plain));
        std::iter::once(Entry::Field("Health", value)).chain(remedy).collect()
    }

    /// The last smoke tests.
    fn tests(&self) -> Section {
        let Some(Tested { verdict, latency_ms, at, past }) = self.tested else { return Section::new() };
        let tone = if smoke::is_faded(at, self.now) { Tone::Dim } else { verdict.into() };
        let took = latency_ms.map(std::time::Duration::from_millis).map(words::millis);
        let message = [took, Some(words::relative(at, self.now))];
        let message = message.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let mut value = vec![
            Span::new(format!("{} {}", verdict.sign(), verdict.word()), tone),
            Span::new(format!("  {message}"), Tone::Dim),
        ];
        if past.len() > 1 {
            value.push(Span::new(format!("  {}", smoke::sparkline(past)), Tone::Plain));
        }
        let mut section = vec![Entry::Field("Tested", value)];
        if verdict == Verdict::Works {
            return section;
        }
        // The reason may name an account.
        let why = past.first().and_then(|past| past.why.as_ref()).filter(|_| !self.known.hides());
        let why = why.map_or_else(|| verdict.meaning().to_owned(), |why| words::sentence(why.as_str()));
        section.push(Entry::under(why, Tone::Dim));
        if verdict.standing() != Standing::Fine {
            let remedy = past.first().map_or_else(|| verdict.remedy(), Past::remedy);
            // For a grant that has ended, the health section says the same.
            if remedy != self.health().remedy() {
                section.push(Entry::under(remedy, Tone::Plain));
            }
        }
        section
    }

    fn clocks(&self) -> Section {
        let (grant, now, health) = (self.grant, self.now, self.health());
        let clocks::Permission { words: message, day, is_over } = clocks::permission(grant, health, now);
        let mut value = vec![Span::new(message, if is_over { Tone::Ended } else { Tone::Plain })];
        value.extend(day.map(|day| Span::new(format!("  {day}"), Tone::Dim)));
        let mut section = vec![Entry::Field("Permission", value)];
        section
            .extend(clocks::token(grant, health, now).map(|token| Entry::field("Token", token, Tone::Plain)));
        let used = grant.last_used_at.as_ref().map_or_else(|| "never".to_owned(), |at| self.ago(at));
        section.push(Entry::field("Last used", used, Tone::Plain));
        if let Some(Copies { times, last }) = self.copied {
            let last = words::relative(last, now);
            let message = match times {
                1 => format!("once, {last}"),
                times => format!("{} times, last {last}", words::count(times.into())),
            };
            section.push(Entry::field("Id copied", message, Tone::Plain));
        }
        if let Some(created) = &grant.created_at {
            let day = created.at().map(|at| format!("  {}", words::day(at, now))).unwrap_or_default();
            let value = vec![Span::new(self.ago(created), Tone::Plain), Span::new(day, Tone::Dim)];
            section.push(Entry::Field("Created", value));
        }
        section
    }

    /// A timestamp as "2 min ago", or as received if it is not an instant.
    fn ago(&self, moment: &Moment) -> String {
        moment
            .at()
            .map_or_else(|| moment.cut(self.bounds.text).to_string(), |at| words::relative(at, self.now))
    }

    fn owner(&self) -> Section {
        let (grant, known) = (self.grant, self.known);
        let mut section = Section::new();
        let names = [grant.account_identifier.as_deref(), grant.account_display_name.as_deref()];
        let mut names: Vec<&str> = names.into_iter().flatten().filter(|name| !name.is_empty()).collect();
        names.dedup();
        if let Some((first, others)) = names.split_first() {
            let others = others.iter().map(|name| Span::new(format!("  {}", known.account(name)), Tone::Dim));
            let first = Span::new(known.account(first), Tone::Plain);
            section.push(Entry::Field("Account", std::iter::once(first).chain(others).collect()));
        }
        if let Some(label) = grant.label.as_deref() {
            section.push(Entry::field("Label", known.name(label), Tone::Plain));
        }
        if let Some(secret) = grant.secret.as_deref() {
            let mut value = vec![Span::new(known.account(&secret.name), Tone::Plain)];
            let label = secret.credential_label.as_deref();
            value.extend(label.map(|label| Span::new(format!("  “{}”", known.account(label)), Tone::Plain)));
            value.extend(secret.credential_kind.as_deref().map(|kind| match kind {
                "developer" => Span::new("  stored by a developer", Tone::Dim),
                "end_user" => Span::new("  stored by its user", Tone::Dim),
                _ => Span::new("  stored by somebody", Tone::Dim),
            }));
            section.push(Entry::Field("Secret", value));
        }
        if let Some(agent) = self.owning_agent(grant) {
            section.push(Entry::field("Used by", format!("agent {agent}"), Tone::Strong));
        }
        let reached = match (&grant.access_via, known.identity()) {
            (AccessVia::Ownership, Some(Identity::Application)) => "through the application".to_owned(),
            (AccessVia::Ownership, Some(Identity::Agent(_))) => "owned by this agent".to_owned(),
            (AccessVia::Ownership, None) => "owned by this key".to_owned(),
            (AccessVia::OauthDelegation | AccessVia::MsDelegation, _) => "delegated to this agent".to_owned(),
            (AccessVia::Other(other), _) => self.text(other),
        };
        let mut value = vec![Span::new(reached, Tone::Plain)];
        let since = grant.extra.as_ref().and_then(|extra| extra.delegated_at.as_ref());
        value.extend(since.map(|at| Span::new(format!("  {}", self.ago(at)), Tone::Dim)));
        section.push(Entry::Field("Access", value));
        if let Some(origin) = grant.api_base_url() {
            let origin = if known.hides() { format!("https://{HIDDEN}") } else { origin.to_string() };
            section.push(Entry::field("API origin", origin, Tone::Link));
        }
        if grant.kind == GrantKind::ManagedSecret {
            section.extend(self.constraint());
        }
        section
    }

    fn policy(&self) -> Section {
        let Some(policy) = self.grant.grant_policy() else { return Section::new() };
        let mut section = vec![Entry::line("Policy", Tone::Head)];
        let (longest, most) = self.bounds.policy;
        if policy.0.len() > longest {
            let size = words::count(policy.0.len() as u64);
            section.push(cut(format!("{size} bytes, too long to show here; grantdeck show prints it")));
            return section;
        }
        let hides = self.known.hides();
        let pretty = serde_json::from_str::<serde_json::Value>(&policy.0)
            .and_then(|mut value| {
                if hides {
                    hide_texts(&mut value);
                }
                serde_json::to_string_pretty(&value)
            })
            .unwrap_or_else(|_| if hides { HIDDEN.to_owned() } else { policy.0.to_string() });
        let pretty = Clean::lines(&pretty);
        section.extend(pretty.as_str().lines().take(most).map(|line| {
            let inner = line.trim_start();
            Entry::Indented(2 + line.len() - inner.len(), Span::new(inner, Tone::Plain))
        }));
        let more = pretty.as_str().lines().count().saturating_sub(most);
        if more > 0 {
            let more = words::count(more as u64);
            section.push(cut(format!("and {more} more lines; grantdeck show prints them")));
        }
        section
    }

    fn rest(&self) -> Section {
        let unknown = self.grant.extra.as_deref().map_or(&[][..], |extra| &extra.unknown_fields);
        if unknown.is_empty() {
            return Section::new();
        }
        let mut section = vec![Entry::line("Fields of a newer backend", Tone::Head)];
        section.extend(unknown.iter().take(self.bounds.fields).map(|(name, value)| {
            // The value of an unknown field may be an id or a name.
            let value = if self.known.hides() { HIDDEN.to_owned() } else { self.text(&value.0) };
            Entry::Indented(2, Span::new(format!("{}: {value}", self.text(name)), Tone::Plain))
        }));
        let more = unknown.len().saturating_sub(self.bounds.fields);
        if more > 0 {
            let more = words::count(more as u64);
            section.push(cut(format!("and {more} more; grantdeck show prints them")));
        }
        section
    }

    /// Joins sanitised texts by commas, up to the limit.
    fn joined(&self, texts: &[Arc<str>]) -> String {
        let most = self.bounds.joined;
        let shown = texts.iter().take(most).map(|text| Clean::cut(text, self.bounds.scope).to_string());
        let more = texts.len().saturating_sub(most);
        let more = (more > 0).then(|| format!("and {} more", words::count(more as u64)));
        shown.chain(more).collect::<Vec<_>>().join(", ")
    }
}

/// A remark about what was left out.
fn cut(sentence: String) -> Entry {
    Entry::Indented(2, Span::new(sentence, Tone::Dim))
}

/// Masks the strings of a JSON value; field names, numbers and booleans stay.
fn hide_texts(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => HIDDEN.clone_into(text),
        serde_json::Value::Array(list) => list.iter_mut().for_each(hide_texts),
        serde_json::Value::Object(map) => map.values_mut().for_each(hide_texts),
        _ => {}
    }
}
