//! `grantdeck call`.

mod filtered;

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Read, Write};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::arguments::{Arguments, CallArguments, CallFormat};
use super::exit::Exit;
use super::output::json;
use super::report::Report;
use super::session;
use crate::domain::draft::is_write;
use crate::domain::words::length;
use crate::domain::{
    CallEvent, CallReport, CallRequest, Clean, Code, Diagnosis, DraftBody, JqOutput, PendingApproval,
    RequestDraft, Retry, Who, WritePermit, remedy,
};
use crate::jobs::{self, Need, Selected, operation};

/// Events that wait between the call and the printer.
const EVENTS: usize = 8;

/// The largest body that is read from a file or a pipe.
const LARGEST_BODY: u64 = 16 << 20;

/// How a call ended.
enum Ended {
    Done(CallReport),
    Kept(PendingApproval),
    Failed(Diagnosis),
}

/// Runs the subcommand.
pub(super) async fn call(arguments: &Arguments, call: &CallArguments, now: fn() -> Timestamp) -> Exit {
    let mut report = Report::new(true);
    let printing = Printing { call, terminal: io::stdout().is_terminal() };
    if let Some(filter) = &call.jq
        && let Err(diagnosis) = filtered::check(filter).await
    {
        return printing.failed(None, &diagnosis, &mut report);
    }
    let session = match session::open(&arguments.source, now, &mut report).await {
        Ok(session) => session,
        Err(diagnosis) => return printing.failed(None, &diagnosis, &mut report),
    };
    let clock = move || now();
    let work = async {
        let (mut method, mut url) = (call.method.clone(), call.url.clone().unwrap_or_default());
        if let Some(method) = &method {
            confirmed(method, call)?;
        }
        let body = call.data.as_deref().map(body).transpose()?.unwrap_or_default();
        let relative = url.starts_with('/');
        let need = if relative || call.op.is_some() { Need::Row } else { Need::Id };
        let client = &session.context.client;
        let selected = jobs::select(client, &clock, &call.selector, need).await?;
        let grant = selected.grant.as_ref();
        if let (Some(id), Some(grant)) = (&call.op, grant) {
            let operation = operation::operation(client, grant, id).await?;
            confirmed(&operation.0, call)?;
            (method, url) = (Some(operation.0), operation.1);
        } else if let Some(grant) = grant.filter(|_| relative) {
            url = operation::absolute(grant, &url)?;
        }
        // Without an operation the method is there: the arguments see to it.
        let request = request(call, &selected, &method.unwrap_or_default(), &url, body);
        Ok::<_, Diagnosis>((selected, request))
    };
    let run = async {
        let (selected, request) = match work.await {
            Ok(ready) => ready,
            Err(diagnosis) => return (None, Ended::Failed(diagnosis), None),
        };
        let (sender, events) = mpsc::channel(EVENTS);
        let run = jobs::call(&session.context, request, CancellationToken::new(), sender);
        let ((), ended) = tokio::join!(run, follow(events, &mut report));
        let filtered = printing.filtered(&ended).await;
        (Some(selected), ended, filtered)
    };
    let ended = tokio::select! {
        biased;
        _ = tokio::signal::ctrl_c() => None,
        outcome = run => Some(outcome),
    };
    let Some((selected, ended, filtered)) = ended else {
        report.notice("interrupted; a call that was sent may have happened all the same");
        session.keep(&mut report).await;
        return Exit::Interrupted;
    };
    let exit = match &ended {
        Ended::Done(done) => printing.done(selected.as_ref(), done, filtered, &mut report),
        Ended::Kept(held) => printing.kept(selected.as_ref(), held, &mut report),
        Ended::Failed(diagnosis) => printing.failed(selected.as_ref(), diagnosis, &mut report),
    };
    session.keep(&mut report).await;
    drop(session.demo);
    exit
}

/// The call that was asked for.
fn request(
    call: &CallArguments,
    selected: &Selected,
    method: &str,
    url: &str,
    body: DraftBody,
) -> CallRequest {
    let grant = selected.grant.as_ref();
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
        draft,
        patience: call.timeout,
        wait: call.wait_approval.unwrap_or_default(),
        permit: call.yes.then(WritePermit::confirmed),
        provider: grant.map(|grant| grant.provider.clone()),
        account: grant.and_then(|grant| Some(grant.account_identifier.as_deref()?.into())),
        home: grant.and_then(|grant| grant.api_base_url().cloned()),
        allowed: call.allow_host.clone(),
    }
}

fn confirmed(method: &str, call: &CallArguments) -> Result<(), Diagnosis> {
    if !is_write(method) || call.yes {
        return Ok(());
    }
    let method = method.to_uppercase();
    Err(refused("--yes", &format!("{method} may change something at the provider: confirm it")))
}

/// The value of `--data`: JSON, `@file`, or `-` for standard input.
fn body(given: &str) -> Result<DraftBody, Diagnosis> {
    let limited = |source: &mut dyn Read| {
        let mut text = String::new();
        let read = source.take(LARGEST_BODY + 1).read_to_string(&mut text);
        match read {
            Ok(_) if text.len() as u64 > LARGEST_BODY => Err("more than 16 MiB".to_owned()),
            Ok(_) => Ok(text),
            Err(error) => Err(error.to_string()),
        }
    };
    let text = if given == "-" {
        limited(&mut io::stdin().lock())
    } else if let Some(file) = given.strip_prefix('@') {
        let opened = std::fs::File::open(file).map_err(|error| error.to_string());
        opened.and_then(|mut opened| limited(&mut opened)).map_err(|problem| format!("{file}: {problem}"))
    } else {
        Ok(given.to_owned())
    };
    text.map(DraftBody::Json).map_err(|problem| refused("--data", &problem))
}

fn refused(argument: &str, problem: &str) -> Diagnosis {
    Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::AfterRemedy)
        .fact("argument", argument)
        .fact("problem", problem)
}

async fn follow(mut events: mpsc::Receiver<CallEvent>, report: &mut Report) -> Ended {
    // The call always ends with one of the three.
    let mut ended = Ended::Failed(Diagnosis::new(Code::Cancelled, Who::Grantdeck, Retry::Later(None)));
    while let Some(event) = events.recv().await {
        match event {
            CallEvent::Held(held) => report.notice(&format!("held for approval; decide at {}", held.url)),
            CallEvent::Standing(standing) => {
                report.notice(&format!("approval {} is {}", standing.id, standing.state));
            }
            CallEvent::Done(done) => ended = Ended::Done(done),
            CallEvent::Kept(held) => ended = Ended::Kept(held),
            CallEvent::Failed(diagnosis) => ended = Ended::Failed(diagnosis),
            CallEvent::Recorded(_) => {}
            CallEvent::NotRecorded(why) => report.hint(&why),
            CallEvent::NotAudited(why) => {
                report.notice("not audited: Alter could not be told of this call");
                if let Some(why) = why {
                    report.failure(&why);
                }
            }
        }
    }
    ended
}

struct Printing<'a> {
    call: &'a CallArguments,
    terminal: bool,
}

/// What `--jq` gave; None without it.
type Filtered = Option<Result<JqOutput, Diagnosis>>;

impl Printing<'_> {
    /// Runs the filter, where there is one and an answer for it.
    async fn filtered(&self, ended: &Ended) -> Filtered {
        let (Some(filter), Ended::Done(done)) = (&self.call.jq, ended) else { return None };
        let pretty = self.terminal && self.call.out.is_none() && self.call.output.is_none();
        Some(filtered::apply(filter, done.answer.body.clone(), self.call.raw_output, pretty).await)
    }

    fn done(
        &self,
        selected: Option<&Selected>,
        done: &CallReport,
        filtered: Filtered,
        report: &mut Report,
    ) -> Exit {
        let answer = &done.answer;
        let took = answer.duration_ms.unwrap_or(done.elapsed.as_millis() as u64);
        let exit = match &filtered {
            _ if answer.status >= 400 => Exit::Failed,
            Some(Err(diagnosis)) => Exit::from(diagnosis),
            _ => Exit::Ok,
        };
        if self.call.output == Some(CallFormat::Json) {
            let mut fields = self.fields(selected);
            fields.insert("alter_status".to_owned(), json!(done.alter_status));
            fields.insert("provider_status".to_owned(), json!(answer.status));
            fields.insert("duration_ms".to_owned(), json!(took));
            let headers = answer.headers.iter().map(|(name, value)| (name.clone(), json!(value)));
            fields.insert("headers".to_owned(), Value::Object(headers.collect()));
            match (&filtered, serde_json::from_slice::<Value>(&answer.body)) {
                (Some(_), _) => fields.insert("body".to_owned(), Value::Null),
                (None, Ok(body)) => fields.insert("body".to_owned(), body),
                (None, Err(_)) => {
                    fields.insert("body_base64".to_owned(), json!(BASE64_STANDARD.encode(&answer.body)))
                }
            };
            fields.insert("truncated".to_owned(), json!(answer.truncated));
            fields.insert("approval_id".to_owned(), json!(answer.approval.map(|id| id.to_string())));
            let body = match filtered {
                Some(Ok(output)) => filtered::as_one(output),
                Some(Err(diagnosis)) => {
                    report.failure(&diagnosis);
                    fields.insert("error".to_owned(), error(&diagnosis));
                    None
                }
                None => None,
            };
            return self.print(&object(&fields, body.as_deref(), self.terminal), exit, report);
        }
        let who =
            selected.and_then(|selected| selected.grant.as_ref()).map(|grant| grant.provider.to_string());
        let who = who.unwrap_or_else(|| "the provider".to_owned());
        report.notice(&format!("{who} answered {}, Alter {} ({took} ms)", answer.status, done.alter_status));
        if let Some(hint) = &answer.credential_hint {
            report.notice(&format!("hint: {hint}"));
        }
        if answer.truncated {
            report.notice("the backend cut the body; it is not whole");
        }
        let filtered = match filtered.transpose() {
            Ok(filtered) => filtered.map(|output| output.text),
            Err(diagnosis) => {
                report.failure(&diagnosis);
                return exit;
            }
        };
        let mut out = Vec::new();
        if self.call.include {
            let head =
                answer.headers.iter().fold(format!("{}\n", answer.status), |mut head, (name, value)| {
                    // Writing to a text cannot fail.
                    let _ = writeln!(head, "{name}: {value}");
                    head
                });
            out.extend(format!("{head}\n").into_bytes());
        }
        out.extend_from_slice(filtered.as_deref().unwrap_or(&answer.body));
        self.print(&out, exit, report)
    }

    fn kept(&self, selected: Option<&Selected>, held: &PendingApproval, report: &mut Report) -> Exit {
        let id = held.id.to_string();
        if self.call.output == Some(CallFormat::Json) {
            let mut fields = self.fields(selected);
            fields.insert("alter_status".to_owned(), json!(202));
            fields.insert("approval_id".to_owned(), json!(id));
            fields.insert("approval_url".to_owned(), json!(held.url));
            fields.insert("expires_at".to_owned(), json!(held.expires_at.to_string()));
            return self.print(&object(&fields, None, self.terminal), Exit::Ok, report);
        }
        let left = length(jiff::SignedDuration::from_secs(held.expires_in.max(0)));
        report.notice(&format!("held for approval, for {left}; decide at {}", held.url));
        self.print(format!("{id}\n").as_bytes(), Exit::Ok, report)
    }

    fn failed(&self, selected: Option<&Selected>, diagnosis: &Diagnosis, report: &mut Report) -> Exit {
        let exit = Exit::from(diagnosis);
        report.failure(diagnosis);
        if self.call.output == Some(CallFormat::Json) {
            let mut fields = self.fields(selected);
            fields.insert("approval_id".to_owned(), json!(fact(diagnosis, "approval")));
            fields.insert("error".to_owned(), error(diagnosis));
            return self.print(&object(&fields, None, self.terminal), exit, report);
        }
        exit
    }

    fn fields(&self, selected: Option<&Selected>) -> Map<String, Value> {
        let provider = selected.and_then(|selected| selected.grant.as_ref()).map(|grant| &*grant.provider);
        let mut fields = Map::new();
        fields.insert("mode".to_owned(), json!(self.call.mode.to_string()));
        fields.insert("grant_id".to_owned(), json!(selected.map(|selected| selected.id.to_string())));
        fields.insert("provider".to_owned(), json!(provider));
        fields
    }

    /// Prints to where the body was asked to go. Foreign text reaches a terminal without anything that steers it.
    fn print(&self, bytes: &[u8], exit: Exit, report: &mut Report) -> Exit {
        let written = match &self.call.out {
            Some(file) => std::fs::OpenOptions::new()
                .write(true)
                .create_new(!self.call.force)
                .create(self.call.force)
                .truncate(self.call.force)
                .open(file)
                .and_then(|mut file| file.write_all(bytes))
                .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", file.display()))),
            None if self.terminal => {
                if let Ok(text) = std::str::from_utf8(bytes) {
                    let mut text = Clean::lines(text).as_str().to_owned();
                    if !text.is_empty() && !text.ends_with('\n') {
                        text.push('\n');
                    }
                    io::stdout().lock().write_all(text.as_bytes())
                } else {
                    let count = bytes.len();
                    report
                        .notice(&format!("{count} bytes that are no text; --out FILE or a pipe takes them"));
                    Ok(())
                }
            }
            None => io::stdout().lock().write_all(bytes).and_then(|()| io::stdout().flush()),
        };
        match written {
            Ok(()) => exit,
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => exit,
            Err(error) => {
                report.notice(&format!("cannot write: {error}"));
                Exit::Error
            }
        }
    }
}

fn fact<'a>(diagnosis: &'a Diagnosis, label: &str) -> Option<&'a str> {
    diagnosis.facts.iter().find(|(name, _)| *name == label).map(|(_, value)| value.as_str())
}

fn error(diagnosis: &Diagnosis) -> Value {
    let words = remedy::render(diagnosis);
    let said = words.said.as_ref().map(Clean::as_str);
    json!({
        "who": diagnosis.who.to_string(),
        "code": diagnosis.code.name(),
        "message": said.or_else(|| fact(diagnosis, "problem")).unwrap_or(words.headline),
        "remedy": words.remedy,
        "retryable": matches!(diagnosis.retry, Retry::Later(_)),
        "request_id": fact(diagnosis, "request"),
    })
}

fn object(fields: &Map<String, Value>, body: Option<&RawValue>, terminal: bool) -> Vec<u8> {
    // It always serialises: all names are texts.
    let plain = serde_json::to_string(&filtered::Object { fields, body }).unwrap_or_default();
    let mut line = String::with_capacity(plain.len() + 1);
    json::raw(&mut line, &plain, terminal);
    line.push('\n');
    line.into_bytes()
}
