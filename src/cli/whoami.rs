//! `grantdeck whoami`: what the backend says of the key and its user.

use serde_json::{Value, json};

use super::arguments::WhoamiArguments;
use super::consent::lines;
use super::run::{Done, Run};
use super::{link, listing};
use crate::domain::describe::{Entry, Section, Tone};
use crate::domain::{Clean, Identity};
use crate::jobs::Context;
use crate::protocol::KeyKind;
use crate::protocol::resolve::Resolved;
use crate::session::exit::Exit;

/// Runs the subcommand.
pub(super) async fn whoami(run: &mut Run<'_>, asked: &WhoamiArguments) -> Done {
    let session = run.open().await?;
    let report = &mut run.report;
    let context = link::for_user(&session, &asked.link, report).await?;
    let client = &context.client;
    let identity = client.me().await.map_err(|error| error.diagnose())?;
    let resolved = client.resolve_identity(true).await.map_err(|error| error.diagnose())?;
    let text = match asked.output {
        Some(_) => listing::line(&object(&context, &identity, &resolved)) + "\n",
        None => lines(&described(&context, &identity, &resolved)),
    };
    listing::write(&text)?;
    if let Some(notice) = context.key_notice() {
        report.hint(&notice);
    }
    Ok(Exit::Ok)
}

/// What a key's prefix says.
fn kind(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Runtime => "runtime",
        KeyKind::Agent => "agent",
        KeyKind::Derived => "derived",
        KeyKind::Publishable => "publishable",
        KeyKind::Legacy => "legacy",
    }
}

fn described(context: &Context, identity: &Identity, resolved: &Resolved) -> Section {
    let client = &context.client;
    let field = |label, value: &str| Entry::field(label, Clean::brief(value).as_str(), Tone::Plain);
    let mut section = vec![field("Backend", client.host())];
    if let Some(profile) = &context.write_policy.profile {
        let production = if context.write_policy.production { " (production)" } else { "" };
        section.push(field("Profile", &format!("{profile}{production}")));
    }
    section.push(field("Key", &format!("{} ({})", client.masked_key(), kind(client.key_kind()))));
    section.push(field("Application", &resolved.app_id));
    match identity {
        Identity::Application => {
            section.push(field("Agent", "none: an application's key, which sees every grant"));
        }
        Identity::Agent(agent) => {
            let name = agent.display_name.as_deref().unwrap_or(&agent.name);
            section.push(field("Agent", &format!("{name} ({}), {}", agent.name, agent.status)));
            section.push(field("", &agent.id));
        }
    }
    let name = resolved.email.as_deref().or(resolved.display_name.as_deref());
    match (&resolved.app_user_id, name) {
        (None, _) => section.push(field("User", "none: what is made belongs to the application")),
        (Some(id), name) => {
            section.push(field("User", name.unwrap_or(id)));
            if name.is_some() {
                section.push(field("", id));
            }
            if let Some(status) = &resolved.user_status {
                section.push(field("Status", status));
            }
        }
    }
    section
}

fn object(context: &Context, identity: &Identity, resolved: &Resolved) -> Value {
    let client = &context.client;
    let agent = match identity {
        Identity::Application => Value::Null,
        Identity::Agent(agent) => json!({
            "id": agent.id, "name": agent.name, "display_name": agent.display_name, "status": agent.status,
        }),
    };
    let user = resolved.app_user_id.as_ref().map(|id| {
        json!({
            "id": id,
            "email": resolved.email,
            "display_name": resolved.display_name,
            "status": resolved.user_status,
            "external_subject_id": resolved.external_subject_id,
            "idp_id": resolved.idp_id,
            "group_ids": resolved.group_ids,
        })
    });
    json!({
        "backend": client.host(),
        "profile": context.write_policy.profile,
        "production": context.write_policy.production,
        "key": { "kind": kind(client.key_kind()), "end": client.masked_key(), "deprecated": client.key_deprecated() },
        "application_id": resolved.app_id,
        "agent": agent,
        "user": user,
    })
}
