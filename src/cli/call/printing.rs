//! What a call prints, and where.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::{Ended, filtered};
use crate::cli::arguments::{AnswerArguments, CallFormat, SourceArguments};
use crate::cli::exit::Exit;
use crate::cli::output::json;
use crate::cli::report::Report;
use crate::cli::session::{self, Session};
use crate::domain::words::{count, length};
use crate::domain::{
    BodySize, CallReport, Clean, Diagnosis, JqOutput, Mode, PendingApproval, ProviderAnswer, Retry, remedy,
};
use crate::jobs::Selected;

/// Prints how one call ended.
pub(super) struct Printing<'a> {
    pub(super) wanted: &'a AnswerArguments,
    pub(super) mode: Mode,
    pub(super) terminal: bool,
    /// What a later command needs to ask about the call; None where none can.
    again: Option<String>,
}

/// What `--jq` gave; None without it.
pub(super) type Filtered = Option<Result<JqOutput, Diagnosis>>;

impl<'a> Printing<'a> {
    pub(super) fn new(wanted: &'a AnswerArguments, mode: Mode, source: &SourceArguments) -> Self {
        Self { wanted, mode, terminal: io::stdout().is_terminal(), again: source.again() }
    }

    /// What comes before anything is asked: a filter that can be used, and a session.
    ///
    /// # Errors
    /// There is none, and that is told.
    pub(super) async fn open(
        &self,
        source: &SourceArguments,
        now: fn() -> Timestamp,
        report: &mut Report,
    ) -> Result<Session, Exit> {
        let opened = async {
            if let Some(filter) = &self.wanted.jq {
                filtered::check(filter).await?;
            }
            session::open(source, now, report).await
        };
        match opened.await {
            Ok(session) => Ok(session),
            Err(diagnosis) => Err(self.failed(None, &diagnosis, report)),
        }
    }

    /// Prints how the call ended.
    pub(super) fn ended(
        &self,
        selected: Option<&Selected>,
        ended: &Ended,
        filtered: Filtered,
        now: Timestamp,
        report: &mut Report,
    ) -> Exit {
        match ended {
            Ended::Done(done) => self.done(selected, done, filtered, report),
            Ended::Kept(held) => self.kept(selected, held, now, report),
            Ended::Failed(diagnosis) => self.failed(selected, diagnosis, report),
        }
    }

    /// Runs the filter, where there is one and an answer for it.
    pub(super) async fn filtered(&self, ended: &Ended) -> Filtered {
        let (Some(filter), Ended::Done(done)) = (&self.wanted.jq, ended) else { return None };
        let pretty = self.terminal && self.wanted.out.is_none() && self.wanted.output.is_none();
        Some(filtered::apply(filter, done.answer.body.clone(), self.wanted.raw_output, pretty).await)
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
        if self.wanted.output == Some(CallFormat::Json) {
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
            fields.insert("truncated".to_owned(), json!(!answer.is_whole()));
            fields.extend(cut(answer));
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
            return self.print(&[&object(&fields, body.as_deref(), self.terminal)], exit, report);
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
        if let Some(size) = answer.cut_here {
            let least = if matches!(size, BodySize::AtLeast(_)) { "at least " } else { "" };
            let (kept, all) = (count(answer.body.len() as u64), count(size.bytes()));
            report.notice(&format!(
                "only the first {kept} of {least}{all} bytes were kept; the body is not whole"
            ));
        }
        let mut head = String::new();
        if self.wanted.include {
            // Writing to a text cannot fail.
            let _ = writeln!(head, "{}", answer.status);
            for (name, value) in &answer.headers {
                let _ = writeln!(head, "{name}: {value}");
            }
            head.push('\n');
        }
        self.print(&[head.as_bytes(), filtered.as_deref().unwrap_or(&answer.body)], exit, report)
    }

    fn kept(
        &self,
        selected: Option<&Selected>,
        held: &PendingApproval,
        now: Timestamp,
        report: &mut Report,
    ) -> Exit {
        let id = held.id.to_string();
        if self.wanted.output == Some(CallFormat::Json) {
            let mut fields = self.fields(selected);
            fields.insert("alter_status".to_owned(), json!(202));
            fields.insert("approval_id".to_owned(), json!(id));
            fields.insert("approval_url".to_owned(), json!(held.link()));
            fields.insert("expires_at".to_owned(), json!(held.expires_at.to_string()));
            return self.print(&[&object(&fields, None, self.terminal)], Exit::Ok, report);
        }
        let left = length(held.expires_at.duration_since(now).max(SignedDuration::ZERO));
        let place = held.link().map(|link| format!("; decide at {link}")).unwrap_or_default();
        report.notice(&format!("held for approval, for {left}{place}"));
        if let Some(source) = &self.again {
            report.notice(&format!(
                "its answer, once it is decided: grantdeck approvals {id} --wait 10m{source}"
            ));
        }
        self.print(&[format!("{id}\n").as_bytes()], Exit::Ok, report)
    }

    pub(super) fn failed(
        &self,
        selected: Option<&Selected>,
        diagnosis: &Diagnosis,
        report: &mut Report,
    ) -> Exit {
        let exit = Exit::from(diagnosis);
        report.failure(diagnosis);
        if self.wanted.output == Some(CallFormat::Json) {
            let mut fields = self.fields(selected);
            fields.insert("approval_id".to_owned(), json!(fact(diagnosis, "approval")));
            fields.insert("error".to_owned(), error(&report.attributed(diagnosis)));
            return self.print(&[&object(&fields, None, self.terminal)], exit, report);
        }
        exit
    }

    fn fields(&self, selected: Option<&Selected>) -> Map<String, Value> {
        let provider = selected.and_then(|selected| selected.grant.as_ref()).map(|grant| &*grant.provider);
        let mut fields = Map::new();
        fields.insert("mode".to_owned(), json!(self.mode.to_string()));
        fields.insert("grant_id".to_owned(), json!(selected.map(|selected| selected.id.to_string())));
        fields.insert("provider".to_owned(), json!(provider));
        fields
    }

    /// Prints to where the body was asked to go. Foreign text reaches a terminal without anything that steers it.
    fn print(&self, pieces: &[&[u8]], exit: Exit, report: &mut Report) -> Exit {
        let all = |out: &mut dyn Write| pieces.iter().try_for_each(|piece| out.write_all(piece));
        let written = match &self.wanted.out {
            Some(file) => std::fs::OpenOptions::new()
                .write(true)
                .create_new(!self.wanted.force)
                .create(self.wanted.force)
                .truncate(self.wanted.force)
                .open(file)
                .and_then(|mut file| all(&mut file))
                .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", file.display()))),
            None if self.terminal => {
                let bytes = pieces.concat();
                if let Ok(text) = std::str::from_utf8(&bytes) {
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
            None => all(&mut io::stdout().lock()).and_then(|()| io::stdout().flush()),
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

/// Who cut a body, and how long it was as far as anybody saw.
fn cut(answer: &ProviderAnswer) -> Vec<(String, Value)> {
    let by = |who: &str| ("truncated_by".to_owned(), json!(who));
    match answer.cut_here {
        Some(size) => vec![
            by("grantdeck"),
            ("body_bytes".to_owned(), json!(size.bytes())),
            ("body_bytes_exact".to_owned(), json!(matches!(size, BodySize::Exactly(_)))),
        ],
        None if answer.truncated => vec![by("alter")],
        None => Vec::new(),
    }
}

fn object(fields: &Map<String, Value>, body: Option<&RawValue>, terminal: bool) -> Vec<u8> {
    // It always serialises: all names are texts.
    let plain = serde_json::to_string(&filtered::Object { fields, body }).unwrap_or_default();
    let mut line = String::with_capacity(plain.len() + 1);
    json::raw(&mut line, &plain, terminal);
    line.push('\n');
    line.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_cut_a_body_is_told() {
        let fields = |truncated, cut_here| {
            let answer = ProviderAnswer {
                approval: None,
                status: 200,
                headers: Vec::new(),
                body: Vec::new().into(),
                truncated,
                cut_here,
                duration_ms: None,
                credential_hint: None,
            };
            Value::Object(cut(&answer).into_iter().collect())
        };
        assert_eq!(fields(false, None), json!({}));
        assert_eq!(fields(true, None), json!({ "truncated_by": "alter" }));
        for (size, exact) in [(BodySize::Exactly(9), true), (BodySize::AtLeast(9), false)] {
            let want = json!({ "truncated_by": "grantdeck", "body_bytes": 9, "body_bytes_exact": exact });
            assert_eq!(fields(true, Some(size)), want);
        }
    }
}
