//! What a session brought, printed for people and programs.

use serde_json::{Value, json};

use crate::cli::arguments::ManageFormat;
use crate::cli::report::Report;
use crate::cli::{lines, listing};
use crate::domain::connect::{AccountCheck, Connected, ConnectedGrant, Finished, FinishedGrant};
use crate::domain::describe::{self, Tone};
use crate::domain::{CopyFormat, Grant, Health, formats};
use crate::jobs::Context;
use crate::jobs::connect::finish;
use crate::platform::clock::wall;
use crate::session::exit::Exit;

/// Completes what a session reported with the list as it is now.
pub(in crate::cli) async fn read(
    context: &Context,
    connected: Connected,
    old: Option<Grant>,
    report: &mut Report,
) -> Finished {
    let finished = finish(context, connected, old, |reading| report.reading(reading)).await;
    report.clear();
    if let Some(why) = &finished.unread {
        report.hint(why);
    }
    finished
}

/// Says for people what it came to.
pub(in crate::cli) fn say(finished: &Finished, report: &mut Report) {
    for (entry, tone) in describe::connect::finished(finished, wall()) {
        let line = lines::line(&entry);
        if tone == Tone::Good { report.remark(line.trim_end()) } else { report.notice(line.trim_end()) }
    }
}

/// How the command ends: some of what was asked for may be missing.
pub(in crate::cli) fn exit(finished: &Finished) -> Exit {
    if finished.is_partial() { Exit::Found } else { Exit::Ok }
}

/// Prints the ids, or all of it as an object.
pub(in crate::cli) fn print(
    finished: &Finished,
    output: Option<ManageFormat>,
    format: Option<CopyFormat>,
    name: Option<&str>,
    report: &Report,
) -> std::io::Result<()> {
    if output.is_some() {
        return listing::write(&(listing::line(&object(finished, report)) + "\n"));
    }
    let mut named = finished.named();
    if let (Some(name), [one]) = (name, named.as_mut_slice()) {
        name.clone_into(&mut one.name);
    }
    let mut text = formats::render(format.unwrap_or_default(), &named);
    if !text.ends_with('\n') {
        text.push('\n');
    }
    listing::write(&text)
}

fn object(finished: &Finished, report: &Report) -> Value {
    let mut object = match finished.grants.as_slice() {
        [one] => grant_object(one),
        several => json!({ "grants": several.iter().map(grant_object).collect::<Vec<_>>() }),
    };
    let failed = finished.failed.iter().map(
        |failed| json!({ "provider": failed.provider, "reason": failed.reason, "message": failed.message }),
    );
    object["failed"] = failed.collect();
    object["declined"] = json!(finished.declined);
    if let Some(old) = &finished.old {
        let check = match finished.account_check() {
            AccountCheck::Same => "same",
            AccountCheck::Another => "another",
            AccountCheck::Unknown => "unknown",
        };
        object["old_grant_id"] = json!(old.row.to_string());
        object["old_account"] = json!(old.account());
        object["account_check"] = json!(check);
        if finished.account_check() == AccountCheck::Another {
            object["error"] = report.fields(&finished.another_account());
        }
    }
    object
}

fn grant_object(grant: &FinishedGrant) -> Value {
    let ConnectedGrant { id, provider, account, scopes, operation, delegation, .. } = &grant.connected;
    let delegation = delegation.as_ref().map(|delegation| {
        json!({
            "agent_id": delegation.agent.to_string(),
            "delegable": delegation.delegable,
            "policy_refused": delegation.policy_refused,
        })
    });
    json!({
        "grant_id": id.to_string(),
        "operation": operation.as_str(),
        "provider": provider,
        "account": account,
        "scopes": scopes,
        "label": grant.row.as_ref().and_then(|row| row.label.clone()),
        "missing_scopes": grant.missing,
        "health": grant.row.as_ref().map(|row| Health::of(row, wall()).name()),
        "delegation": delegation,
    })
}
