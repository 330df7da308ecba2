//! A grant for people: what the list says of it, in words, a line for each thing.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::Told;
use crate::cli::output::json;
use crate::domain::{AccessVia, Agent, Clean, Grant, GrantKind, Health, Moment, Origin, clocks, words};

/// Cells of a label.
const LABEL: usize = 12;

/// Everything, ready to be printed.
pub(super) fn all(told: &Told, now: Timestamp) -> String {
    let mut page = Page { told, grant: &told.grant, now, out: String::new() };
    page.identity();
    page.clocks();
    page.owner();
    page.scopes();
    page.family();
    page.policy();
    page.rest();
    page.out
}

struct Page<'a> {
    told: &'a Told,
    grant: &'a Grant,
    now: Timestamp,
    out: String,
}

impl Page<'_> {
    /// A line; whatever is in it reaches a terminal clean.
    fn line(&mut self, text: &str) {
        // Writing to a text cannot fail.
        let _ = writeln!(self.out, "{}", Clean::line(text).as_str().trim_end());
    }

    fn field(&mut self, label: &str, value: &str) {
        let value = Clean::line(value);
        let _ = writeln!(self.out, "{}", format!("{label:<LABEL$} {value}").trim_end());
    }

    fn identity(&mut self) {
        let grant = self.grant;
        let account = Some(grant.account()).filter(|account| !account.is_empty());
        let account = account.map(|account| format!(" · {account}")).unwrap_or_default();
        self.line(&format!("{}{account}", grant.provider));
        self.field("Id", &grant.row.to_string());
        let kind =
            if grant.kind == GrantKind::ManagedSecret { "managed secret" } else { grant.kind.as_str() };
        self.field(
            "Kind",
            &format!("{kind} · {} · {}", grant.principal_type.as_str(), grant.status.as_str()),
        );
        let health = Health::of(grant, self.now);
        let more = if health == Health::Ok { String::new() } else { format!("  {}", health.explained()) };
        self.field("Health", &format!("{} {}{more}", health.sign(), health.word()));
        if !health.remedy().is_empty() {
            self.field("", health.remedy());
        }
        for (place, problem) in grant.oddities().iter().enumerate() {
            let field = if problem.field.is_empty() { "row" } else { &problem.field };
            self.field(if place == 0 { "Unreadable" } else { "" }, &format!("{field}: {}", problem.problem));
        }
    }

    fn clocks(&mut self) {
        let (grant, now) = (self.grant, self.now);
        let health = Health::of(grant, now);
        let permission = clocks::permission(grant, health, now);
        let day = permission.day.map(|day| format!("  {day}")).unwrap_or_default();
        self.field("Permission", &format!("{}{day}", permission.words));
        if let Some(token) = clocks::token(grant, health, now) {
            self.field("Token", &token);
        }
        let used = grant.last_used_at.as_ref().map_or_else(|| "never".to_owned(), |at| self.ago(at));
        self.field("Last used", &used);
        if let Some(created) = &grant.created_at {
            let day = created.at().map(|at| format!("  {}", words::day(at, now))).unwrap_or_default();
            let ago = self.ago(created);
            self.field("Created", &format!("{ago}{day}"));
        }
    }

    /// A moment as "2 min ago", or as it came where it is no instant.
    fn ago(&self, moment: &Moment) -> String {
        moment.at().map_or_else(|| moment.to_string(), |at| words::relative(at, self.now))
    }

    fn owner(&mut self) {
        let grant = self.grant;
        let names = [grant.account_identifier.as_deref(), grant.account_display_name.as_deref()];
        let mut names: Vec<&str> = names.into_iter().flatten().filter(|name| !name.is_empty()).collect();
        names.dedup();
        if !names.is_empty() {
            self.field("Account", &names.join("  "));
        }
        if let Some(label) = grant.label.as_deref() {
            self.field("Label", label);
        }
        if let Some(secret) = grant.secret.as_deref() {
            let kind = match secret.credential_kind.as_deref() {
                Some("developer") => "  stored by a developer",
                Some("end_user") => "  stored by its user",
                Some(_) => "  stored by somebody",
                None => "",
            };
            let label = secret.credential_label.as_deref().map(|label| format!("  “{label}”"));
            self.field("Secret", &format!("{}{}{kind}", secret.name, label.unwrap_or_default()));
            if let Some(agent) = &secret.agent_id {
                let agent = self.agent(&agent.to_string());
                self.field("Used by", &agent);
            }
        }
        let reached = match &grant.access_via {
            AccessVia::Ownership => "as this key's own",
            AccessVia::OauthDelegation | AccessVia::MsDelegation => "delegated to this agent",
            AccessVia::Other(other) => other,
        };
        let since = grant.extra.as_ref().and_then(|extra| extra.delegated_at.as_ref());
        let since = since.map(|at| format!("  {}", self.ago(at))).unwrap_or_default();
        self.field("Reached", &format!("{reached}{since}"));
        if let Some(origin) = grant.api_base_url().map(Origin::as_str) {
            self.field("API origin", origin);
        }
    }

    fn scopes(&mut self) {
        let grant = self.grant;
        if grant.kind != GrantKind::ManagedSecret {
            let health = Health::of(grant, self.now);
            let is_over = matches!(health, Health::Revoked | Health::Expired);
            let explained = self.told.catalog.explain(grant);
            // Nothing is missing once the permission is over.
            let explained: Vec<_> = explained.into_iter().filter(|scope| scope.held || !is_over).collect();
            let missing = explained.iter().filter(|scope| !scope.held).count();
            let held = explained.len() - missing;
            let more = if missing > 0 { format!(", {missing} missing") } else { String::new() };
            self.field("Scopes", &format!("{held} {}{more}", if is_over { "before that" } else { "held" }));
            for scope in explained {
                let sign = if scope.held { "✓" } else { "✗" };
                let required = if scope.held { "" } else { " (required)" };
                let told = scope.description.map(|words| format!("  {words}")).unwrap_or_default();
                self.line(&format!("  {sign} {}{told}{required}", scope.scope));
            }
            if missing == 0 && health == Health::MissingScopes {
                self.field("", "Alter says that scopes are missing; the catalog does not say which.");
            }
        }
        if let Some(constraint) = grant.scope_constraint() {
            let told = if constraint.is_empty() { "nothing".to_owned() } else { constraint.join(", ") };
            self.field("Narrowed to", &told);
        }
    }

    fn family(&mut self) {
        let grant = self.grant;
        if let Some(parent) = &grant.parent_grant_id {
            let whose = self.told.parent.as_ref().map(|parent| format!("  {}", owner(parent)));
            self.field("Delegated", &format!("from {parent}{}", whose.unwrap_or_default()));
            self.field("Depth", &grant.depth.to_string());
        }
        let onward =
            if grant.delegable { "may be passed on to another agent" } else { "may not be passed on" };
        self.field("Delegable", onward);
        for (place, agent) in grant.delegated_agent_ids().iter().enumerate() {
            let agent = self.agent(&agent.to_string());
            self.field(if place == 0 { "Agents" } else { "" }, &format!("{agent} has access"));
        }
        let told = self.told;
        for (label, rows) in [("Children", &told.children), ("Siblings", &told.siblings)] {
            for (place, row) in rows.iter().enumerate() {
                let health = Health::of(row, self.now);
                let label = if place == 0 { label } else { "" };
                self.field(label, &format!("{} {}  {}", health.sign(), row.row, owner(row)));
            }
        }
    }

    /// An agent's name where the backend told it, else its id.
    fn agent(&self, id: &str) -> String {
        let Some(agent) = self.told.agents.get(id) else { return format!("agent {id}") };
        let Agent { name, display_name, status, .. } = agent;
        let state = if &**status == "active" { String::new() } else { format!(" ({status})") };
        format!("agent {}{state}", display_name.as_deref().unwrap_or(name))
    }

    fn policy(&mut self) {
        let Some(policy) = self.grant.grant_policy() else { return };
        let pretty = serde_json::from_str::<serde_json::Value>(&policy.0)
            .and_then(|value| serde_json::to_string_pretty(&value))
            .unwrap_or_else(|_| policy.0.to_string());
        self.line("Policy");
        for line in Clean::lines(&pretty).as_str().lines() {
            self.line(&format!("  {line}"));
        }
    }

    fn rest(&mut self) {
        let unknown = self.grant.extra.as_deref().map_or(&[][..], |extra| &extra.unknown_fields);
        if !unknown.is_empty() {
            self.line("Fields of a newer backend");
        }
        for (name, value) in unknown {
            self.line(&format!("  {name}: {}", json::unquoted(&value.0)));
        }
    }
}

/// Whose a relative is: its label, or what sort of owner it has.
fn owner(grant: &Grant) -> String {
    let label = grant.label.as_deref().filter(|label| !label.is_empty());
    label.map_or_else(|| grant.principal_type.as_str().to_owned(), |label| format!("#{label}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Catalog, GrantId, JsonText, Reference, RowId};

    #[test]
    fn everything_is_told_and_nothing_hostile_gets_through() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        let row = |number: u128| RowId::Grant(GrantId(uuid::Uuid::from_u128(number)));
        let mut grant = Grant::blank(row(7));
        grant.provider = "google".into();
        grant.account_identifier = Some("a\u{1b}[2J\nb".into());
        grant.scopes = [std::sync::Arc::from("one"), "two".into()].into();
        grant.needs_reconnect = true;
        grant.grant_expires_at = Some(Moment::new("2026-12-04T11:00:00Z"));
        grant.parent_grant_id = Some(Reference::Id(uuid::Uuid::from_u128(1)));
        grant.extra_mut().unknown_fields.push(("new\u{202e}".into(), JsonText("{\"a\":1}".into())));
        let mut child = Grant::blank(row(8));
        child.label = Some("on\u{7}call".into());
        let told = Told {
            grant,
            catalog: Catalog::default(),
            agents: std::collections::HashMap::new(),
            parent: Some(Grant::blank(row(1))),
            children: vec![child],
            siblings: Vec::new(),
        };
        let text = all(&told, now);
        for want in [
            "google · a�[2J b\n",
            "Id           00000000-0000-0000-0000-000000000007\n",
            "Health       ✗ reconnect  the provider rejected",
            "\n             Reconnect the account to repair this grant; its id stays.\n",
            "Permission   ends in 12 days  4 Dec\n",
            "Last used    never\n",
            "Scopes       2 held\n  ✓ one\n  ✓ two\n",
            "Delegated    from 00000000-0000-0000-0000-000000000001",
            "Children     ● 00000000-0000-0000-0000-000000000008  #on�call\n",
            "Fields of a newer backend\n  new�: {\"a\":1}\n",
        ] {
            assert!(text.contains(want), "{want}\n{text}");
        }
        assert!(text.chars().all(|character| character == '\n' || !character.is_control()), "{text:?}");
    }
}
