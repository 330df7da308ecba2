//! `grantdeck providers` and `grantdeck ops`.

use serde_json::{Value, json};

use super::arguments::{OperationsArguments, ProvidersArguments};
use super::listing;
use super::run::{Done, Run};
use crate::domain::operation::OperationSummary;
use crate::domain::provider::{KnownProvider, Probe, ProviderKind, known, table};
use crate::domain::{Clean, GrantKind};
use crate::jobs::operation::{self, MAX_OPERATIONS};
use crate::session::exit::Exit;

/// Prints the built-in catalog.
pub(super) fn providers(run: &mut Run<'_>, asked: &ProvidersArguments) -> Done {
    let wanted = asked.search.as_deref().unwrap_or_default().to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&wanted);
    let rows: Vec<(&str, &KnownProvider)> = table()
        .iter()
        .map(|(id, provider)| (id.as_ref(), provider))
        .filter(|(id, provider)| has(id) || has(&provider.name))
        .collect();
    if rows.is_empty() {
        run.report.notice(&format!("no provider of the built-in catalog has `{wanted}` in its id or name"));
    }
    listing::print(
        asked.output,
        &rows,
        ["PROVIDER", "NAME", "KIND", "API", "PROBE"],
        |(id, provider)| {
            let base = provider.base_url(None).unwrap_or_else(|| "comes with the grant".to_owned());
            let probe = provider.probe.as_ref().map_or("none", |probe| probe.state.into());
            [(*id).to_owned(), provider.name.clone(), provider.kind.to_string(), base, probe.to_owned()]
        },
        |(id, provider)| provider_object(id, provider),
    )?;
    Ok(Exit::Ok)
}

fn provider_object(id: &str, provider: &KnownProvider) -> Value {
    let probe = provider.probe.as_ref().map(probe_object);
    json!({
        "id": id,
        "name": provider.name,
        "kind": provider.kind.to_string(),
        "base_url": provider.base_url(None),
        "base_from_grant": provider.base_from_grant,
        "docs": provider.docs,
        "console": provider.console,
        "probe": probe,
        "probe_missing": provider.probe_missing,
        "presets": provider.presets.iter().map(|preset| preset.name.as_str()).collect::<Vec<_>>(),
    })
}

fn probe_object(probe: &Probe) -> Value {
    let request = probe.request();
    json!({
        "method": request.method,
        "path": request.path,
        "expect": probe.expect,
        "state": probe.state.to_string(),
        "doc": probe.doc(),
    })
}

/// Prints the operations that the backend knows of a provider.
pub(super) async fn operations(run: &mut Run<'_>, asked: &OperationsArguments) -> Done {
    let session = run.open().await?;
    let kind = asked.kind.as_deref().map_or_else(|| usual_kind(&asked.provider), GrantKind::new);
    let search = asked.search.as_deref().filter(|text| !text.is_empty());
    let client = &session.context.client;
    let found = operation::operations(client, &kind, &asked.provider, search).await;
    let rows = found.map_err(|diagnosis| diagnosis.fact("provider", &asked.provider))?;
    if rows.is_empty() {
        run.report.notice("no operation matches");
    } else if rows.len() == MAX_OPERATIONS {
        run.report.notice(&format!("first {MAX_OPERATIONS} shown; narrow with --search"));
    }
    let clean = |text: &str| Clean::line(text).as_str().to_owned();
    listing::print(
        asked.output,
        &rows,
        ["OPERATION", "METHOD", "PATH", "WHAT IT IS"],
        |row| {
            let summary =
                if row.deprecated { format!("(deprecated) {}", row.summary) } else { row.summary.clone() };
            [clean(&row.id), clean(&row.method), clean(&row.path), clean(&summary)]
        },
        operation_object,
    )?;
    Ok(Exit::Ok)
}

/// Texts are JSON strings, in which no control character stands as it is.
fn operation_object(row: &OperationSummary) -> Value {
    json!({
        "operation_id": row.id,
        "method": row.method,
        "path": row.path,
        "summary": row.summary,
        "deprecated": row.deprecated,
        "scopes": row.scopes,
    })
}

/// What grants of a provider usually are.
fn usual_kind(provider: &str) -> GrantKind {
    match known(provider).map(|provider| provider.kind) {
        Some(ProviderKind::Secret) => GrantKind::ManagedSecret,
        _ => GrantKind::Oauth,
    }
}
