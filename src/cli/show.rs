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
use crate::domain::describe::grant::Known;
use crate::domain::{
    Agent, Catalog, Diagnosis, Grant, GrantId, GrantKind, Health, Identity, Now, Reference, RowId,
    ServerFilter,
};
use crate::jobs::{self, Need};
use crate::platform::clock::wall;
use crate::search::rows::Change;
use crate::search::{Relatives, Rows};
use crate::session::Session;
use crate::session::exit::Exit;

/// A grant, and what else is to be known to explain it.
struct Found {
    grant: Grant,
    catalog: Catalog,
    agents: HashMap<Arc<str>, Agent>,
    /// The grants of its provider.
    rows: Rows,
    relatives: Relatives,
    /// Why there may be more relatives than these.
    doubt: Option<Diagnosis>,
}

impl Found {
    fn new(grant: Grant, others: Vec<Grant>) -> Self {
        let (mut rows, mut relatives) = (Rows::default(), Relatives::default());
        for other in std::iter::once(grant.clone()).chain(others) {
            if let Change::Added(index) = rows.put(other)
                && let Some(row) = rows.get(index)
            {
                relatives.add(index, row);
            }
        }
        Self { grant, catalog: Catalog::default(), agents: HashMap::new(), rows, relatives, doubt: None }
    }

    /// Whether an agent has to do with it or with one of its relatives.
    fn names_agents(&self) -> bool {
        let secret = self.grant.secret.as_ref();
        let parent = self.parent().map_or(&[][..], Grant::delegated_agent_ids);
        !self.grant.delegated_agent_ids().is_empty()
            || !parent.is_empty()
            || secret.is_some_and(|secret| secret.agent_id.is_some())
    }

    fn parent(&self) -> Option<&Grant> {
        let parent = self.grant.parent_grant_id.as_ref().and_then(Reference::grant)?;
        self.rows.find(RowId::Grant(parent))
    }
}

impl Known for Found {
    fn catalog(&self) -> Option<&Catalog> {
        Some(&self.catalog)
    }

    fn identity(&self) -> Option<&Identity> {
        None
    }

    fn agent(&self, id: &str) -> Option<&Agent> {
        self.agents.get(id)
    }

    fn find(&self, row: RowId) -> Option<&Grant> {
        self.rows.find(row)
    }

    fn children(&self, of: GrantId) -> &[RowId] {
        self.relatives.children(of)
    }

    fn siblings(&self, grant: &Grant, most: usize) -> Vec<RowId> {
        self.relatives.siblings(&self.rows, grant, most)
    }
}

/// Runs the subcommand.
pub(super) async fn show(run: &mut Run<'_>, show: &ShowArguments) -> Done {
    let session = run.open().await?;
    let found = find(&session, show, &mut run.report).await?;
    run.report.clear();
    let terminal = io::stdout().is_terminal();
    let now = Now { millis: 0, wall: wall() };
    let text = match show.output.unwrap_or(if terminal { ShowFormat::Table } else { ShowFormat::Json }) {
        ShowFormat::Table => lines::all(&found, now.wall),
        ShowFormat::Json => {
            let error = found.doubt.as_ref().map(|doubt| run.report.fields(doubt));
            object(&found, error, now, terminal)?
        }
    };
    listing::write(&text)?;
    let Some(doubt) = &found.doubt else { return Ok(Exit::Ok) };
    run.report.failure(doubt);
    run.report.notice("there may be more related grants");
    Ok(Exit::from(doubt))
}

async fn find(session: &Session, show: &ShowArguments, report: &mut Report) -> Result<Found, Diagnosis> {
    let client = &session.context.client;
    let selected = jobs::select(client, &wall, &show.selector, Need::Row).await?;
    report.chosen(&selected);
    let grant = selected.grant.unwrap_or_else(|| Grant::blank(RowId::Grant(selected.id)));
    let mut catalog = Catalog::default();
    if grant.kind != GrantKind::ManagedSecret {
        match client.catalog().await {
            Ok(read) => catalog = read,
            Err(error) => {
                report.notice(&format!("no descriptions for the scopes. {}", error.diagnose().headline()));
            }
        }
    }
    let filter = ServerFilter { provider: Some(grant.provider.clone()), ..ServerFilter::default() };
    let family = jobs::everything(client, &wall, filter, |reading| report.reading(reading)).await?;
    let doubt = family.doubt();
    let mut found = Found { catalog, doubt, ..Found::new(grant, family.grants) };
    // An agent's own key may not ask for the others; their ids are shown then.
    if found.names_agents()
        && let Ok(agents) = client.agents().await
    {
        found.agents = agents.into_iter().map(|agent| (Arc::clone(&agent.id), agent)).collect();
    }
    Ok(found)
}

/// The row as `list` prints it, and behind it what explains it; last, why there may be more related grants.
fn object(found: &Found, error: Option<Value>, now: Now, terminal: bool) -> io::Result<String> {
    let mut row = Vec::new();
    let style = Style { fields: None, terminal, colour: false, width: None };
    let mut printer = raw::Json::new(&mut row, style, true);
    printer.rows(&mut std::iter::once(&found.grant), now)?;
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
    let scopes = found.catalog.explain(&found.grant).into_iter().map(|scope| {
        json!({
            "scope": scope.scope,
            "held": scope.held,
            "required": scope.required,
            "description": scope.description,
        })
    });
    let health = Health::of(&found.grant, now.wall);
    let children = found.grant.row.grant().map_or(&[][..], |id| found.children(id));
    let siblings = found.siblings(&found.grant, usize::MAX);
    let fields = [
        ("health_explained", json!(health.explained())),
        ("remedy", json!(Some(health.remedy()).filter(|remedy| !remedy.is_empty()))),
        ("scopes_explained", scopes.collect::<Value>()),
        ("parent", found.parent().map_or(Value::Null, relative)),
        ("children", children.iter().filter_map(|row| found.find(*row)).map(relative).collect()),
        ("siblings", siblings.iter().filter_map(|row| found.find(*row)).map(relative).collect()),
    ];
    for (name, value) in fields.into_iter().chain(error.map(|error| ("error", error))) {
        out.extend([",\"", name, "\":"]);
        raw::raw(&mut out, &value.to_string(), terminal);
    }
    out.push_str("}\n");
    Ok(out)
}
