//! `grantdeck show`.

mod lines;

use std::collections::HashMap;
use std::io::{self, IsTerminal};
use std::sync::Arc;

use serde_json::{Value, json};

use super::arguments::{ShowArguments, ShowFormat};
use super::listing;
use super::output::{Printer, Style, json as raw};
use super::report::Report;
use super::run::{Done, Run};
use crate::domain::remedy::render;
use crate::domain::{Agent, Catalog, Diagnosis, Grant, GrantKind, Health, Now, Reference, ServerFilter};
use crate::jobs::{self, Need};
use crate::platform::clock::wall;
use crate::session::Session;
use crate::session::exit::Exit;

/// A grant, and what else is to be known to explain it.
struct Told {
    grant: Grant,
    catalog: Catalog,
    agents: HashMap<Arc<str>, Agent>,
    parent: Option<Grant>,
    children: Vec<Grant>,
    siblings: Vec<Grant>,
}

/// Runs the subcommand.
pub(super) async fn show(run: &mut Run<'_>, show: &ShowArguments) -> Done {
    let session = run.open().await?;
    let told = find(&session, show, &mut run.report).await?;
    run.report.clear();
    let terminal = io::stdout().is_terminal();
    let now = Now { millis: 0, wall: wall() };
    let text = match show.output.unwrap_or(if terminal { ShowFormat::Table } else { ShowFormat::Json }) {
        ShowFormat::Table => lines::all(&told, now.wall),
        ShowFormat::Json => object(&told, now, terminal)?,
    };
    listing::write(&text)?;
    Ok(Exit::Ok)
}

async fn find(session: &Session, show: &ShowArguments, report: &mut Report) -> Result<Told, Diagnosis> {
    let client = &session.context.client;
    let selected = jobs::select(client, &wall, &show.selector, Need::Row).await?;
    report.chosen(&selected);
    let grant = selected.grant.unwrap_or_else(|| Grant::blank(crate::domain::RowId::Grant(selected.id)));
    let mut told = Told {
        catalog: Catalog::default(),
        agents: HashMap::new(),
        parent: None,
        children: Vec::new(),
        siblings: Vec::new(),
        grant,
    };
    let grant = &told.grant;
    if grant.kind != GrantKind::ManagedSecret {
        match client.catalog().await {
            Ok(catalog) => told.catalog = catalog,
            Err(error) => {
                let headline = render(&error.diagnose()).headline;
                report.notice(&format!("the scopes are not explained. {headline}"));
            }
        }
    }
    let has_agents = !grant.delegated_agent_ids().is_empty()
        || grant.secret.as_ref().is_some_and(|secret| secret.agent_id.is_some());
    // An agent's own key may not ask for the others; their ids are shown then.
    if has_agents && let Ok(agents) = client.agents().await {
        told.agents = agents.into_iter().map(|agent| (Arc::clone(&agent.id), agent)).collect();
    }
    let filter = ServerFilter { provider: Some(grant.provider.clone()), ..ServerFilter::default() };
    let family = jobs::everything(client, &wall, filter, |reading| report.reading(reading)).await?;
    for other in family.grants.into_iter().filter(|other| other.row != told.grant.row) {
        let grant = &told.grant;
        let parent = other.parent_grant_id.as_ref().and_then(Reference::grant);
        let own_parent = grant.parent_grant_id.as_ref().and_then(Reference::grant);
        if parent.is_some() && parent == grant.row.grant() {
            told.children.push(other);
        } else if own_parent.is_some() && own_parent == other.row.grant() {
            told.parent = Some(other);
        } else if other.credential_id.is_some()
            && other.credential_id == grant.credential_id
            && other.parent_grant_id == grant.parent_grant_id
        {
            told.siblings.push(other);
        }
    }
    Ok(told)
}

/// The row as `list` prints it, and behind it what explains it.
fn object(told: &Told, now: Now, terminal: bool) -> io::Result<String> {
    let mut row = Vec::new();
    let style = Style { fields: None, terminal, colour: false, width: None };
    let mut printer = raw::Json::new(&mut row, style, true);
    printer.rows(&mut std::iter::once(&told.grant), now)?;
    printer.finish()?;
    drop(printer);
    let row = String::from_utf8_lossy(&row);
    let mut out = row.trim_end().trim_end_matches('}').to_owned();
    let relative = |grant: &Grant| {
        json!({
            "grant_id": grant.row.to_string(),
            "label": grant.label.as_deref(),
            "health": Health::of(grant, now.wall).name(),
            "agent_ids": grant.delegated_agent_ids().iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    };
    let scopes = told.catalog.explain(&told.grant).into_iter().map(|scope| {
        json!({
            "scope": scope.scope,
            "held": scope.held,
            "required": scope.required,
            "description": scope.description,
        })
    });
    let health = Health::of(&told.grant, now.wall);
    for (name, value) in [
        ("health_explained", json!(health.explained())),
        ("remedy", json!(Some(health.remedy()).filter(|remedy| !remedy.is_empty()))),
        ("scopes_explained", scopes.collect::<Value>()),
        ("parent", told.parent.as_ref().map_or(Value::Null, relative)),
        ("children", told.children.iter().map(relative).collect()),
        ("siblings", told.siblings.iter().map(relative).collect()),
    ] {
        out.extend([",\"", name, "\":"]);
        raw::raw(&mut out, &value.to_string(), terminal);
    }
    out.push_str("}\n");
    Ok(out)
}
