//! `grantdeck call`.

mod approvals;
mod body;
mod fields;
mod filtered;
mod following;
mod out;
mod printing;

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub(super) use self::approvals::approvals;
use self::following::{Followed, follow, patiently};
use self::printing::Printing;
use super::arguments::CallArguments;
use super::failure;
use super::report::refused;
use super::run::{Done, Run};
use crate::domain::draft::refuse_user;
use crate::domain::writes::by_method;
use crate::domain::{
    ApprovalId, CallReport, CallRequest, Code, Diagnosis, DraftBody, PendingApproval, RequestDraft, Retry,
    TimeLimit, Who, WritePermit, WritePolicy, template,
};
use crate::jobs::{self, Need, Selected, operation};
use crate::platform::clock::{Clock, wall};
use crate::platform::ending::interrupted;

/// Events that wait between the call and the printer.
const EVENTS: usize = 8;

/// How long an interrupted call may still tell Alter of what happened.
const LAST_WORDS: Duration = Duration::from_secs(6);

/// How a call ended.
enum Ended {
    Done(CallReport),
    Kept(PendingApproval),
    Failed(Diagnosis),
}

/// Runs the subcommand.
pub(super) async fn call(run: &mut Run<'_>, call: &CallArguments) -> Done {
    let mut printing = Printing::new(&call.answer, call.mode, &run.arguments.source);
    let session = match printing.open(run).await {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let report = &mut run.report;
    let work = async {
        let (mut method, mut url) = (call.method.clone(), call.url.clone().unwrap_or_default());
        if let Some(method) = &method {
            // What needs no answer of the backend to be refused is not made to wait for one.
            let write = by_method(method).then(|| method.trim().to_uppercase());
            confirmed(write, call, &session.context.write_policy)?;
        }
        refuse_user(&url)?;
        let body = body::body(call)?;
        let relative = url.starts_with('/');
        if call.op.is_none() && !relative && !url.contains("://") {
            let problem = "a URL starts with https://, or with / for the provider's own API";
            return Err(refused("URL", problem).fact("url", &url));
        }
        let need = if relative || call.op.is_some() { Need::Row } else { Need::Id };
        let client = &session.context.client;
        let begun = Clock::start();
        let left = || call.timeout.map(|given| TimeLimit::after(given, begun.elapsed()));
        let found = jobs::select(client, &wall, &call.selector, need);
        let selected = within(left(), client.host(), found).await?;
        let grant = selected.grant.as_ref();
        if let (Some(id), Some(grant)) = (&call.op, grant) {
            let found = operation::operation(client, grant, id);
            let operation = within(left(), client.host(), found).await?;
            (method, url) = (Some(operation.0), operation.1);
        } else if let Some(grant) = grant.filter(|_| relative) {
            url = operation::absolute(grant, &url)?;
        }
        refuse_unused(&call.param, &url)?;
        // Without an operation the method is there: the arguments see to it.
        let request = request(call, &selected, &method.unwrap_or_default(), &url, body);
        // What looking for the grant took is gone.
        let mut request = CallRequest { patience: left(), ..request };
        session.context.attribution.complete(&mut request.draft);
        confirmed(request.draft.write(), call, &session.context.write_policy)?;
        Ok::<_, Diagnosis>((selected, request))
    };
    let (cancel, is_fired, is_write) =
        (CancellationToken::new(), AtomicBool::new(false), AtomicBool::new(true));
    let run = async {
        let ready = patiently(work, "looking for the grant", report).await;
        let (selected, request) = match ready {
            Ok(ready) => ready,
            Err(diagnosis) => return (None, Followed::from(diagnosis), None),
        };
        report.chosen(&selected);
        for name in template::plain(&request.draft.url, &request.draft.path_parameters) {
            report.remark(&format!(
                "{{{name}}} in the query is sent unchanged; fill it in with --param {name}=…"
            ));
        }
        is_write.store(request.draft.is_write(), Ordering::Relaxed);
        let (sender, events) = mpsc::channel(EVENTS);
        is_fired.store(true, Ordering::Relaxed);
        let run = jobs::call(&session.context, request, cancel.clone(), sender);
        let ((), followed) = tokio::join!(run, follow(events, report));
        let filtered = printing.filtered(&followed).await;
        (Some(selected), followed, filtered)
    };
    let ended = {
        let mut run = pin!(run);
        tokio::select! {
            biased;
            _ = interrupted() => {
                cancel.cancel();
                let last = if is_fired.load(Ordering::Relaxed) {
                    // Where a provider has answered a call of our own, Alter is still told.
                    tokio::time::timeout(LAST_WORDS, run).await.ok()
                } else {
                    None
                };
                Err(last.map(|(selected, followed, _)| (selected, followed.held)))
            }
            outcome = &mut run => Ok(outcome),
        }
    };
    printing.is_write = is_write.load(Ordering::Relaxed);
    Ok(match ended {
        Ok((selected, followed, filtered)) => {
            printing.ended(selected.as_ref(), &followed, filtered, wall(), report)
        }
        Err(last) => {
            let (selected, held) = last.unwrap_or_default();
            let (words, cancelled) = cancelled(held, is_fired.load(Ordering::Relaxed), printing.is_write);
            report.notice(&words);
            printing.finish(selected.as_ref(), None, &cancelled, report)
        }
    })
}

/// What an interrupted call leaves behind, in words and for a script.
fn cancelled(held: Option<ApprovalId>, is_fired: bool, is_write: bool) -> (String, Diagnosis) {
    let cancelled = failure::cancelled();
    if let Some(held) = held {
        let words = format!("interrupted; the call stays held: grantdeck approvals {held}");
        return (words, cancelled.fact("approval", &held.to_string()));
    }
    if !is_fired {
        return ("interrupted; nothing was sent".to_owned(), cancelled);
    }
    let retry = if is_write { Retry::Unsafe } else { Retry::AfterRemedy };
    (format!("interrupted; {}", Retry::MAY_HAVE_HAPPENED), Diagnosis { retry, ..cancelled })
}

/// A value for a place that the URL has not is a mistake of whoever wrote it.
fn refuse_unused(values: &[(String, String)], url: &str) -> Result<(), Diagnosis> {
    let places = template::places(url, values);
    let Some((name, _)) = values.iter().find(|(name, _)| !places.contains(&name.as_str())) else {
        return Ok(());
    };
    let problem = format!("--param {name}: the URL has no placeholder {{{name}}}");
    Err(refused("--param", &problem).fact("url", url))
}

/// Does something within what is left of the time for a call.
async fn within<T>(
    limit: Option<TimeLimit>,
    host: &str,
    work: impl Future<Output = Result<T, Diagnosis>>,
) -> Result<T, Diagnosis> {
    let Some(TimeLimit { given, left }) = limit else { return work.await };
    tokio::time::timeout(left, work).await.unwrap_or_else(|_elapsed| {
        let late = Diagnosis::new(Code::TimedOut, Who::Network, Retry::Later(None));
        Err(late.fact("host", host).fact("waited", &format!("{} s", given.as_secs_f32())))
    })
}

/// The call that was asked for.
fn request(
    call: &CallArguments,
    selected: &Selected,
    method: &str,
    url: &str,
    body: DraftBody,
) -> CallRequest {
    let query = call.query.iter().map(|(name, value)| (name.clone(), Value::String(value.clone())));
    let draft = RequestDraft {
        path_parameters: call.param.clone(),
        query: query.collect(),
        headers: call.header.clone(),
        body,
        mode: call.mode,
        reason: call.reason.clone(),
        context: call.context.clone(),
        ..RequestDraft::new(selected.id, method, url)
    };
    CallRequest {
        patience: call.timeout.map(TimeLimit::from),
        wait: call.wait_approval.unwrap_or_default(),
        permit: (call.yes || call.confirm.is_some()).then(WritePermit::confirmed),
        allowed: call.allow_host.clone(),
        ..CallRequest::for_grant(draft, selected.grant.as_ref())
    }
}

/// `write`: what may change something; None = nothing does.
fn confirmed(
    write: Option<String>,
    call: &CallArguments,
    write_policy: &WritePolicy,
) -> Result<(), Diagnosis> {
    write_policy.allows(write.as_deref())?;
    let Some(write) = write else { return Ok(()) };
    if let Some(word) = write_policy.word() {
        // A line from the shell's memory must not write in production by itself.
        return if call.confirm.as_deref() == Some(word) {
            Ok(())
        } else {
            let problem = format!(
                "{write} may change production data: confirm with the profile name, --confirm {word}"
            );
            Err(refused("--confirm", &problem))
        };
    }
    if call.yes {
        return Ok(());
    }
    let at =
        write_policy.profile.as_deref().map(|name| format!(" with the profile {name}")).unwrap_or_default();
    Err(refused("--yes", &format!("{write} may change data at the provider{at}: confirm it")))
}

#[cfg(test)]
#[path = "call_tests.rs"]
mod tests;
