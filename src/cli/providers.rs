//! `grantdeck providers` and `grantdeck ops`.

use serde_json::{Value, json};

use super::arguments::{Arguments, OperationsArguments, ProvidersArguments};
use super::report::Report;
use super::{listing, session};
use crate::domain::operation::OperationSummary;
use crate::domain::provider::{KnownProvider, Probe, ProviderKind, known, table};
use crate::domain::{Clean, GrantKind};
use crate::jobs::operation::{self, MOST};
use crate::platform::ending::interrupted;
use crate::session::exit::Exit;

/// Prints the built-in catalog.
pub(super) fn providers(arguments: &Arguments, asked: &ProvidersArguments) -> Exit {
    let mut report = Report::new(arguments, true);
    let wanted = asked.search.as_deref().unwrap_or_default().to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&wanted);
    let rows: Vec<(&str, &KnownProvider)> = table()
        .iter()
        .map(|(id, provider)| (id.as_ref(), provider))
        .filter(|(id, provider)| has(id) || has(&provider.name))
        .collect();
    if rows.is_empty() {
        report.notice(&format!("no provider of the built-in catalog has `{wanted}` in its id or name"));
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
        &mut report,
    )
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
pub(super) async fn operations(arguments: &Arguments, asked: &OperationsArguments) -> Exit {
    let mut report = Report::new(arguments, true);
    let session = match session::open(&arguments.source, &mut report).await {
        Ok(session) => session,
        Err(diagnosis) => return report.failed(&diagnosis),
    };
    let kind = asked.kind.as_deref().map_or_else(|| usual_kind(&asked.provider), GrantKind::new);
    let search = asked.search.as_deref().filter(|text| !text.is_empty());
    let client = &session.context.client;
    let found = tokio::select! {
        biased;
        _ = interrupted() => return report.interrupted(),
        found = operation::operations(client, &kind, &asked.provider, search) => found,
    };
    let rows = match found {
        Ok(rows) => rows,
        Err(diagnosis) => return report.failed(&diagnosis.fact("provider", &asked.provider)),
    };
    if rows.is_empty() {
        report.notice("no operation matches");
    } else if rows.len() == MOST {
        report.notice(&format!("these are the first {MOST}; --search finds others"));
    }
    let clean = |text: &str| Clean::line(text).as_str().to_owned();
    let exit = listing::print(
        asked.output,
        &rows,
        ["OPERATION", "METHOD", "PATH", "WHAT IT IS"],
        |row| {
            let summary =
                if row.deprecated { format!("(deprecated) {}", row.summary) } else { row.summary.clone() };
            [clean(&row.id), clean(&row.method), clean(&row.path), clean(&summary)]
        },
        operation_object,
        &mut report,
    );
    drop(session.demo);
    exit
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
