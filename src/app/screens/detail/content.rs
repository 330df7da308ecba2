//! What the detail says, as lines for a given width: identity, health, both clocks, scopes explained,
//! delegation, policy, and whatever a newer backend sent.

use std::sync::Arc;

use super::family;
use crate::app::Model;
use crate::app::private::{self, HIDDEN};
use crate::app::screens::grants::ChangeMark;
use crate::app::screens::smoke;
use crate::domain::smoke::{Past, Standing, Verdict};
use crate::domain::{
    AccessVia, Clean, Grant, GrantKind, Health, Identity, Moment, Now, RowId, clocks, words,
};
use crate::ui::paint::Piece;
use crate::ui::{Role, text};

/// One line of the detail.
pub type Line = Vec<Piece>;

/// Width of the labels.
pub(super) const LABEL: usize = 12;

/// A longer policy is not shown, in bytes.
const LONGEST_POLICY: usize = 16 << 10;

/// How many lines of a policy are shown.
const POLICY_LINES: usize = 400;

/// How many fields that this version does not know are shown, or mistakes in a row.
const MOST_FIELDS: usize = 60;

/// How many texts of one field are shown.
const MOST_JOINED: usize = 100;

/// How much of a scope is shown, in bytes.
pub(super) const LONGEST_SCOPE: usize = 256;

/// Builds lines for one width.
pub(super) struct Page<'a> {
    pub(super) model: &'a Model,
    pub(super) grant: &'a Grant,
    pub(super) width: usize,
    pub(super) now: Now,
    pub(super) lines: Vec<Line>,
}

/// All lines of the detail; empty when no grant is selected.
pub fn lines(model: &Model, width: u16, now: Now) -> Vec<Line> {
    let Some(grant) = model.grants.selected() else { return Vec::new() };
    let mut page = Page { model, grant, width: usize::from(width.saturating_sub(2)), now, lines: Vec::new() };
    page.identity();
    page.state();
    page.tested();
    page.clocks();
    page.owner();
    page.scopes();
    page.relations();
    page.policy();
    page.rest();
    page.lines
}

/// A grant id as it may be shown: whole, or masked in privacy mode.
pub(super) fn shown_id(row: RowId, privacy: bool) -> String {
    match (row, privacy) {
        (RowId::Grant(_), true) => "••••••••-••••-••••-••••-••••••••••••".to_owned(),
        (row, _) => row.to_string(),
    }
}

impl Page<'_> {
    fn identity(&mut self) {
        self.lines.push(vec![Piece::new(shown_id(self.grant.row, self.model.privacy), Role::TextStrong)]);
        let kind = match &self.grant.kind {
            GrantKind::Oauth => "oauth".to_owned(),
            GrantKind::ManagedSecret => "managed secret".to_owned(),
            GrantKind::Other(other) => format!("kind {}", Clean::brief(other)),
        };
        let status = Clean::brief(self.grant.status.as_str());
        let owner = Clean::brief(self.grant.principal_type.as_str());
        self.lines.push(vec![Piece::new(format!("{kind} · {owner} · {status}"), Role::TextDim)]);
        if let Some(mark) = self.model.grants.changes.get(&self.grant.row) {
            let (word, role) = match mark {
                ChangeMark::New => ("new since the last refresh", Role::New),
                ChangeMark::Changed => ("changed since the last refresh", Role::Changed),
                ChangeMark::Gone => ("gone since the last refresh", Role::Gone),
            };
            self.lines.push(vec![Piece::new(word, role)]);
        }
        let problems = self.grant.oddities();
        if !problems.is_empty() {
            self.gap();
            self.lines.push(vec![Piece::new("! Not all of this row could be read", Role::Odd)]);
            for problem in problems.iter().take(MOST_FIELDS) {
                let field = if problem.field.is_empty() { "row" } else { &problem.field };
                self.wrapped(
                    "  ",
                    &format!("{}: {}", Clean::brief(field), Clean::brief(&problem.problem)),
                    Role::Odd,
                );
            }
        }
        self.gap();
    }

    fn state(&mut self) {
        let health = Health::of(self.grant, self.now.wall);
        let role = health_role(health);
        let mut pieces = vec![Piece::new(format!("{} {}", health.sign(), health.word()), role)];
        if health != Health::Ok {
            pieces.push(Piece::new(format!("  {}", health.explained()), Role::TextDim));
        }
        self.field("Health", &pieces);
        if !health.remedy().is_empty() {
            self.under_field(health.remedy(), Role::Text);
        }
    }

    /// What the last smoke tests said.
    fn tested(&mut self) {
        let Some(id) = self.grant.row.grant() else { return };
        let known = &self.model.smoke.known;
        let Some(latest) = known.latest(id) else { return };
        let past = known.past(id);
        let faded = smoke::is_faded(latest.at, self.now.wall);
        let role = if faded { Role::TextDim } else { smoke::role(latest.verdict) };
        let word = format!("{} {}", latest.verdict.sign(), latest.verdict.word());
        let took = latest.latency_ms.map(std::time::Duration::from_millis).map(words::millis);
        let told = [took, Some(words::relative(latest.at, self.now.wall))];
        let told = told.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let mut pieces = vec![Piece::new(word, role), Piece::new(format!("  {told}"), Role::TextDim)];
        if past.len() > 1 {
            pieces.push(Piece::new(format!("  {}", smoke::sparkline(past)), Role::Text));
        }
        self.field("Tested", &pieces);
        if latest.verdict == Verdict::Works {
            return;
        }
        // What was found may name somebody.
        let why = past.first().and_then(|past| past.why.as_ref()).filter(|_| !self.model.privacy);
        let why =
            why.map_or_else(|| latest.verdict.meaning().to_owned(), |why| smoke::sentence(why.as_str()));
        self.under_field(&why, Role::TextDim);
        if latest.verdict.standing() != Standing::Fine {
            let remedy = past.first().map_or_else(|| latest.verdict.remedy(), Past::remedy);
            self.under_field(remedy, Role::Text);
        }
    }

    fn clocks(&mut self) {
        let now = self.now.wall;
        let health = Health::of(self.grant, now);
        let clocks::Permission { words: told, day, is_over } = clocks::permission(self.grant, health, now);
        let mut pieces = vec![Piece::new(told, if is_over { Role::HealthEnded } else { Role::Text })];
        pieces.extend(day.map(|day| Piece::new(format!("  {day}"), Role::TextDim)));
        self.field("Permission", &pieces);
        if let Some(token) = clocks::token(self.grant, health, now) {
            self.field("Token", &[Piece::new(token, Role::Text)]);
        }
        let used = self.grant.last_used_at.as_ref().map_or_else(|| "never".to_owned(), |at| self.ago(at));
        self.field("Last used", &[Piece::new(used, Role::Text)]);
        if let RowId::Grant(id) = self.grant.row
            && let Some(copies) = self.model.copying.counts.as_ref().and_then(|counts| counts.get(&id))
        {
            let last = words::relative(copies.last, now);
            let told = match copies.times {
                1 => format!("once, {last}"),
                times => format!("{} times, last {last}", words::count(times.into())),
            };
            self.field("Id copied", &[Piece::new(told, Role::Text)]);
        }
        if let Some(created) = &self.grant.created_at {
            let day = created.at().map(|at| format!("  {}", words::day(at, now))).unwrap_or_default();
            let told = self.ago(created);
            self.field("Created", &[Piece::new(told, Role::Text), Piece::new(day, Role::TextDim)]);
        }
    }

    fn owner(&mut self) {
        self.gap();
        let account = |name: &str| private::account(self.model, name);
        if let Some(name) = self.grant.account_identifier.as_deref() {
            let shown = account(name);
            let display =
                self.grant.account_display_name.as_deref().filter(|display| *display != name).map(account);
            let mut pieces = vec![Piece::new(shown, Role::Text)];
            pieces.extend(display.map(|display| Piece::new(format!("  {display}"), Role::TextDim)));
            self.field("Account", &pieces);
        } else if let Some(name) = self.grant.account_display_name.as_deref().map(account) {
            self.field("Account", &[Piece::new(name, Role::Text)]);
        }
        if let Some(label) = self.grant.label.as_deref() {
            self.field("Label", &[Piece::new(private::name(self.model, label), Role::Text)]);
        }
        if let Some(secret) = self.grant.secret.as_deref() {
            let kind = secret.credential_kind.as_deref().map(|kind| match kind {
                "developer" => "stored by a developer",
                "end_user" => "stored by its user",
                _ => "stored by somebody",
            });
            let name = account(&secret.name);
            let label = secret.credential_label.as_deref().map(|label| format!("  “{}”", account(label)));
            let mut pieces = vec![Piece::new(name, Role::Text)];
            pieces.extend(label.map(|label| Piece::new(label, Role::Text)));
            pieces.extend(kind.map(|kind| Piece::new(format!("  {kind}"), Role::TextDim)));
            self.field("Secret", &pieces);
        }
        if let Some(agent) = family::owning_agent(self.model, self.grant) {
            self.field("Used by", &[Piece::new(format!("agent {agent}"), Role::TextStrong)]);
        }
        let reached = match &self.grant.access_via {
            AccessVia::Ownership => match self.model.identity.value() {
                Some(Identity::Application) => "as the application".to_owned(),
                Some(Identity::Agent(_)) => "as this agent's own".to_owned(),
                None => "as this key's own".to_owned(),
            },
            AccessVia::OauthDelegation | AccessVia::MsDelegation => "delegated to this agent".to_owned(),
            AccessVia::Other(other) => Clean::brief(other).to_string(),
        };
        let since =
            self.grant.extra.as_ref().and_then(|extra| extra.delegated_at.as_ref()).map(|at| self.ago(at));
        let mut pieces = vec![Piece::new(reached, Role::Text)];
        pieces.extend(since.map(|since| Piece::new(format!("  {since}"), Role::TextDim)));
        self.field("Reached", &pieces);
        if let Some(origin) = self.grant.api_base_url() {
            let origin = if self.model.privacy { format!("https://{HIDDEN}") } else { origin.to_string() };
            self.field("API origin", &[Piece::new(origin, Role::Link)]);
        }
    }

    fn policy(&mut self) {
        let Some(policy) = self.grant.grant_policy() else { return };
        self.gap();
        self.lines.push(vec![Piece::new("Policy", Role::Head)]);
        if policy.0.len() > LONGEST_POLICY {
            let size = words::count(policy.0.len() as u64);
            self.under(&format!("{size} bytes, too long to show here; grantdeck show prints it"));
            return;
        }
        let pretty = serde_json::from_str::<serde_json::Value>(&policy.0)
            .and_then(|mut value| {
                if self.model.privacy {
                    private::json(&mut value);
                }
                serde_json::to_string_pretty(&value)
            })
            .unwrap_or_else(|_| if self.model.privacy { HIDDEN.to_owned() } else { policy.0.to_string() });
        let pretty = Clean::lines(&pretty);
        let more = pretty.as_str().lines().count().saturating_sub(POLICY_LINES);
        for line in pretty.as_str().lines().take(POLICY_LINES) {
            let inner = line.trim_start();
            let indent = " ".repeat(2 + line.len() - inner.len());
            self.wrapped(&indent, inner, Role::Text);
        }
        if more > 0 {
            self.under(&format!("and {} more lines; grantdeck show prints them", words::count(more as u64)));
        }
    }

    /// What is left out below a heading.
    fn under(&mut self, sentence: &str) {
        self.wrapped("  ", sentence, Role::TextDim);
    }

    fn rest(&mut self) {
        let Some(extra) = self.grant.extra.as_deref().filter(|extra| !extra.unknown_fields.is_empty()) else {
            return;
        };
        self.gap();
        self.lines.push(vec![Piece::new("Fields of a newer backend", Role::Head)]);
        let more = extra.unknown_fields.len().saturating_sub(MOST_FIELDS);
        for (name, value) in extra.unknown_fields.iter().take(MOST_FIELDS) {
            // A value that nobody knows may be an id or a name.
            let value =
                if self.model.privacy { HIDDEN.to_owned() } else { Clean::brief(&value.0).to_string() };
            self.wrapped("  ", &format!("{}: {value}", Clean::brief(name)), Role::Text);
        }
        if more > 0 {
            self.under(&format!("and {} more; grantdeck show prints them", words::count(more as u64)));
        }
    }

    /// A moment as "2 min ago", or as it came where it is no instant.
    fn ago(&self, moment: &Moment) -> String {
        moment.at().map_or_else(|| moment.brief().to_string(), |at| words::relative(at, self.now.wall))
    }

    /// An empty line, never two.
    pub(super) fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(Vec::new());
        }
    }

    /// A label and its value; what does not fit goes on below, under the value.
    pub(super) fn field(&mut self, label: &str, value: &[Piece]) {
        let head = format!("{label:<LABEL$}");
        let room = self.width.saturating_sub(LABEL);
        let whole: usize = value.iter().map(|piece| text::width(&piece.text)).sum();
        if whole <= room {
            let mut line = vec![Piece::new(head, Role::Head)];
            line.extend(value.iter().cloned());
            self.lines.push(line);
            return;
        }
        let mut head = Some(head);
        for piece in value {
            for part in text::wrap(piece.text.trim_start(), room) {
                let label = head.take().unwrap_or_else(|| " ".repeat(LABEL));
                self.lines.push(vec![Piece::new(label, Role::Head), Piece::new(part, piece.role)]);
            }
        }
    }

    /// A sentence under the value of the field above.
    pub(super) fn under_field(&mut self, sentence: &str, role: Role) {
        self.wrapped(&" ".repeat(LABEL), sentence, role);
    }

    /// A text wrapped to the width, each line indented.
    pub(super) fn wrapped(&mut self, indent: &str, sentence: &str, role: Role) {
        let room = self.width.saturating_sub(indent.len());
        for part in text::wrap(sentence, room) {
            self.lines.push(vec![Piece::new(indent, Role::Text), Piece::new(part, role)]);
        }
    }

    /// Cleaned texts, joined by commas; the first of many.
    pub(super) fn joined(texts: &[Arc<str>]) -> String {
        let shown = texts.iter().take(MOST_JOINED).map(|text| Clean::cut(text, LONGEST_SCOPE).to_string());
        let more = texts.len().saturating_sub(MOST_JOINED);
        let more = (more > 0).then(|| format!("and {} more", words::count(more as u64)));
        shown.chain(more).collect::<Vec<_>>().join(", ")
    }
}

/// How a health looks.
pub(crate) fn health_role(health: Health) -> Role {
    match health {
        Health::Ok => Role::HealthOk,
        Health::Expiring => Role::HealthSoon,
        Health::NeedsReconnect | Health::MissingScopes => Role::HealthBroken,
        Health::Expired | Health::Revoked => Role::HealthEnded,
        Health::Unknown => Role::HealthUnknown,
    }
}
