//! `grantdeck history`: test calls and writes to grants, the latest first.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::arguments::HistoryArguments;
use super::listing;
use super::run::{Done, Run};
use crate::domain::{Clean, RecordQuery, RecordSummary, WriteRecord, words};
use crate::platform::clock::wall;
use crate::session::exit::Exit;

/// Something that was done.
enum Entry {
    Call(Box<RecordSummary>),
    Write(Box<WriteRecord>),
}

impl Entry {
    fn at(&self) -> Timestamp {
        match self {
            Self::Call(call) => call.at,
            Self::Write(write) => write.at,
        }
    }
}

/// Runs the subcommand.
pub(super) async fn history(run: &mut Run<'_>, asked: &HistoryArguments) -> Done {
    let session = run.open().await?;
    let mut entries = Vec::new();
    if let Some(recorder) = &session.context.recorder {
        let profile = Some(recorder.profile().to_owned());
        if !asked.writes {
            let query = RecordQuery { profile, limit: asked.limit, ..RecordQuery::default() };
            let calls = recorder.list(query).await?;
            entries.extend(calls.into_iter().map(|call| Entry::Call(Box::new(call))));
        }
        let writes = recorder.writes(asked.limit).await?;
        entries.extend(writes.into_iter().map(|write| Entry::Write(Box::new(write))));
    }
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at()));
    entries.truncate(asked.limit);
    if entries.is_empty() {
        run.report.remark("nothing of this profile in the local history");
    }
    listing::print(asked.output, &entries, ["WHEN", "WHAT", "GRANT", "RESULT"], cells, object)?;
    Ok(Exit::Ok)
}

fn cells(entry: &Entry) -> [String; 4] {
    let name = |provider: Option<&str>, account: Option<&str>| match (provider, account) {
        (Some(provider), Some(account)) => format!("{provider}:{account}"),
        (provider, account) => provider.or(account).unwrap_or_default().to_owned(),
    };
    let (what, grant, result) = match entry {
        Entry::Call(call) => (
            format!("{} {}", call.method, call.called),
            name(call.provider.as_deref(), call.account.as_deref()),
            call.result().text,
        ),
        Entry::Write(write) => {
            let agent = write.agent.as_deref().map(|agent| format!(" ({agent})")).unwrap_or_default();
            let code = write.code.as_deref().map(|code| format!(": {code}")).unwrap_or_default();
            (
                format!("{}{agent}", write.act).replace('_', " "),
                name(write.provider.as_deref(), write.account.as_deref()),
                format!("{}{code}", write.outcome),
            )
        }
    };
    let clean = |text: &str| Clean::line(text).as_str().to_owned();
    [words::relative(entry.at(), wall()), clean(&what), clean(&grant), clean(&result)]
}

fn object(entry: &Entry) -> Value {
    match entry {
        Entry::Call(call) => json!({
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
        Entry::Write(write) => json!({
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
        }),
    }
}
