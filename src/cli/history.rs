//! `grantdeck history`: test calls and writes to grants, the latest first.

use serde_json::{Value, json};

use super::arguments::HistoryArguments;
use super::listing;
use super::run::{Done, Run};
use crate::domain::{Clean, HistoryQuery, HistoryRow, words};
use crate::platform::clock::wall;
use crate::session::exit::Exit;

/// Runs the subcommand.
pub(super) async fn history(run: &mut Run<'_>, asked: &HistoryArguments) -> Done {
    let session = run.open().await?;
    let mut rows = Vec::new();
    if let Some(recorder) = &session.context.recorder {
        let profile = Some(recorder.profile().to_owned());
        let query = HistoryQuery { profile, limit: asked.limit, ..HistoryQuery::default() };
        rows = if asked.writes {
            recorder.writes(query).await?.into_iter().map(HistoryRow::Write).collect()
        } else {
            recorder.page(query).await?.rows
        };
    }
    if rows.is_empty() {
        run.report.remark("nothing of this profile in the local history");
    }
    listing::print(asked.output, &rows, ["WHEN", "RESULT", "WHAT", "GRANT"], cells, object)?;
    Ok(Exit::Ok)
}

fn cells(row: &HistoryRow) -> [String; 4] {
    let name = |provider: Option<&str>, account: Option<&str>| match (provider, account) {
        (Some(provider), Some(account)) => format!("{provider}:{account}"),
        (provider, account) => provider.or(account).unwrap_or_default().to_owned(),
    };
    let (what, grant, result) = match row {
        HistoryRow::Call(call) => (
            format!("{} {}", call.method, call.called),
            name(call.provider.as_deref(), call.account.as_deref()),
            call.result().text,
        ),
        HistoryRow::Write(write) => {
            let write = &write.record;
            // The beginning of an id is enough to tell agents apart; the whole of it is in JSON.
            let agent = write.agent.as_deref().map(|agent| format!(" ({})", agent.get(..8).unwrap_or(agent)));
            let agent = agent.unwrap_or_default();
            let code = write.code.as_deref().map(|code| format!(": {code}")).unwrap_or_default();
            let reason = write.reason.as_deref().map(|reason| format!(", “{reason}”")).unwrap_or_default();
            (
                format!("{}{agent}{reason}", write.act.word()),
                name(write.provider.as_deref(), write.account.as_deref()),
                format!("{}{code}", write.result().text),
            )
        }
    };
    let clean = |text: &str| Clean::line(text).as_str().to_owned();
    [words::relative(row.at(), wall()), clean(&result), clean(&what), clean(&grant)]
}

fn object(row: &HistoryRow) -> Value {
    match row {
        HistoryRow::Call(call) => json!({
            "kind": "call",
            "at": call.at.to_string(),
            "profile": call.profile,
            "grant_id": call.grant.to_string(),
            "provider": call.provider,
            "account": call.account,
            "mode": call.mode.to_string(),
            "method": call.method,
            "url": call.called,
            "outcome": call.ending.to_string(),
            "alter_status": call.alter_status,
            "provider_status": call.provider_status,
            "code": call.code,
        }),
        HistoryRow::Write(write) => {
            let write = &write.record;
            json!({
                "kind": "write",
                "at": write.at.to_string(),
                "profile": write.profile,
                "backend": write.backend,
                "act": write.act.to_string(),
                "grant_id": write.grant.map(|id| id.to_string()),
                "new_grant_id": write.new_grant.map(|id| id.to_string()),
                "provider": write.provider,
                "account": write.account,
                "agent_id": write.agent,
                "reason": write.reason,
                "outcome": write.outcome.to_string(),
                "code": write.code,
                "request_id": write.request_id,
            })
        }
    }
}
