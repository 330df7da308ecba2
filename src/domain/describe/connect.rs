//! What connecting does, in words: before the link is made, and afterwards.

use jiff::Timestamp;

use super::{Entry, Section, Span, Tone};
use crate::connect::{
    AccountCheck, ConnectPlan, ConnectedGrant, Finished, Forecast, NoReconnect, Operation, Owner, SessionPlan,
};
use crate::words::length;
use crate::{Clean, Health};

/// What a session is about to do.
pub fn plan(plan: &ConnectPlan) -> Section {
    let providers: Vec<String> =
        plan.providers().iter().map(|provider| Clean::brief(provider).to_string()).collect();
    let what = match plan.forecast {
        Forecast::New if providers.is_empty() => "New connection to any configured provider".to_owned(),
        Forecast::New => format!("New connection to {}", providers.join(", ")),
        Forecast::Kept(_) | Forecast::UsuallyKept(_) | Forecast::MayChange(_) => {
            format!("Reconnect {}", providers.join(", "))
        }
    };
    let mut section = vec![Entry::line(what, Tone::Strong)];
    section.push(Entry::field("Belongs to", owner(plan.owner), Tone::Plain));
    section.push(Entry::field("Grant id", id(plan.forecast), Tone::Plain));
    match &plan.session {
        SessionPlan::Oauth(request) => {
            for (provider, scopes) in &request.required_scopes {
                let scopes: Vec<String> =
                    scopes.iter().map(|scope| Clean::brief(scope).to_string()).collect();
                let text = format!("{} ({})", scopes.join(", "), Clean::brief(provider));
                section.push(Entry::field("Scopes", text, Tone::Plain));
            }
            let label = request.requested_grant.as_ref().map(|grant| grant.label.as_str());
            section.extend(further(label, request.policy.max_ttl_seconds, request.agent.as_deref()));
            if request.switch_account {
                section.push(Entry::field("Account", "the user chooses another one", Tone::Plain));
            }
        }
        SessionPlan::Secret(request) => {
            let label = request.label.as_deref();
            section.extend(further(label, request.policy.max_ttl_seconds, request.agent.as_deref()));
            let text = "The user enters or approves a key; the list shows when it is done.";
            section.push(Entry::line(text, Tone::Dim));
        }
    }
    section
}

fn further(label: Option<&str>, ttl: Option<u64>, agent: Option<&str>) -> Section {
    let mut section = Section::new();
    if let Some(label) = label {
        section.push(Entry::field("Label", Clean::brief(label).as_str(), Tone::Plain));
    }
    if let Some(seconds) = ttl {
        let time = length(jiff::SignedDuration::from_secs(seconds.cast_signed()));
        section.push(Entry::field("Lives", format!("{time} at most"), Tone::Plain));
    }
    if let Some(agent) = agent {
        section.push(Entry::field("Agent", format!("{} may use it", Clean::brief(agent)), Tone::Plain));
    }
    section
}

/// Whose the grant will be.
pub fn owner(owner: Owner) -> &'static str {
    match owner {
        Owner::Application => "your application, not a person",
        Owner::User => "the user who is signed in",
    }
}

/// Which id results.
pub fn id(forecast: Forecast) -> &'static str {
    match forecast {
        Forecast::New => "a new one (an account that is connected already keeps its own)",
        Forecast::Kept(_) => "stays",
        Forecast::UsuallyKept(_) => "usually stays",
        Forecast::MayChange(_) => "the agent's id may change",
    }
}

/// Why no session brings a grant back.
pub fn no_reconnect(why: NoReconnect) -> &'static str {
    match why {
        NoReconnect::UserNeeded => "the grant belongs to a person who is not signed in here",
        NoReconnect::DeveloperKey => "the developers of the application stored its key",
        NoReconnect::AgentUnknown => "the list does not say whose agent's grant this is; name the agent",
        NoReconnect::NoId => "the row's id cannot be read",
    }
}

/// What a session brought, a line each: what was connected in [`Tone::Good`], what to look at in other tones.
pub fn finished(finished: &Finished, now: Timestamp) -> Vec<(Entry, Tone)> {
    let mut lines = Vec::new();
    for grant in &finished.grants {
        let ConnectedGrant { id, provider, account, operation, .. } = &grant.connected;
        let account = account.as_deref().map(|account| format!(":{}", Clean::brief(account)));
        let kept = match operation {
            Operation::Creation => "new id",
            Operation::Reauth => "id kept",
        };
        let health = grant.row.as_ref().map(|row| format!(", {}", Health::of(row, now).word()));
        let name = format!("{}{}", Clean::brief(provider), account.unwrap_or_default());
        let spans = vec![Span::new("✓ ", Tone::Good), Span::new(name, Tone::Strong)];
        lines.push((Entry::Line(spans), Tone::Good));
        let text = format!("{id} ({kept}{})", health.unwrap_or_default());
        lines.push((Entry::field("Grant id", text, Tone::Plain), Tone::Good));
        if !grant.missing.is_empty() {
            lines.push(warned(format!("still missing: {}", Clean::brief(&grant.missing.join(", ")))));
        }
    }
    for failed in &finished.failed {
        let (provider, message) = (Clean::brief(&failed.provider), Clean::brief(&failed.message));
        lines.push(warned(format!("{provider} was not connected: {message}")));
    }
    // Files are not to lead to another account.
    let is_other = finished.account_check() == AccountCheck::Another;
    if let Some((old, new)) = finished.changed().filter(|_| !is_other) {
        let command = format!("grantdeck scan --swap {old}={new}");
        lines.push(warned(format!("the id changed; replace it in files: {command}")));
    }
    lines
}

fn warned(text: String) -> (Entry, Tone) {
    (Entry::line(text, Tone::Soon), Tone::Soon)
}

/// Why a repair may be answered that there is no such grant (docs/protocol/connect.md section 1).
pub const REPAIR_NOT_FOUND: &str =
    "the grant is not active any more, or it belongs to a person and no user token was sent";

/// The same where somebody was signed in.
pub const REPAIR_NOT_THEIRS: &str =
    "the grant is not active any more, or it belongs to somebody else than the user who is signed in";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::ConnectOptions;

    #[test]
    fn a_plan_says_whose_the_grant_will_be_before_anything_is_sent() {
        let options = ConnectOptions {
            label: Some("ci\u{1b}[2J".to_owned()),
            ttl_seconds: Some(90 * 86_400),
            agent: Some("bot".to_owned()),
            scopes: vec!["repo".to_owned()],
            ..ConnectOptions::default()
        };
        let planned = ConnectPlan::oauth(vec!["github".into()], &options, false);
        let text = format!("{:?}", plan(&planned));
        for want in [
            "New connection to github",
            "your application, not a person",
            "a new one",
            "repo (github)",
            "3 months at most",
            "bot may use it",
        ] {
            assert!(text.contains(want), "{want}\n{text}");
        }
        assert!(!text.contains("\\u{1b}"), "{text}");
    }
}
