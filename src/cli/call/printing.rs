//! What a call prints, and where.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::fields::{as_text, body, cut, object, pending, stands};
use super::following::Followed;
use super::out::{self, Target};
use super::{Ended, filtered};
use crate::cli::arguments::{AnswerArguments, CallFormat, SourceArguments};
use crate::cli::report::Report;
use crate::cli::run::Run;
use crate::domain::describe::outcome;
use crate::domain::words::length;
use crate::domain::{
    Approval, CallReport, Clean, Code, Diagnosis, JqOutput, Mode, PendingApproval, ProviderAnswer, Retry, Who,
};
use crate::jobs::Selected;
use crate::protocol::call::classify::classify;
use crate::session::Session;
use crate::session::exit::Exit;

/// Prints how one call ended.
pub(super) struct Printing<'a> {
    pub(super) wanted: &'a AnswerArguments,
    pub(super) mode: Mode,
    /// The call may change something, so that nobody is told to send it again.
    pub(super) is_write: bool,
    terminal: bool,
    /// Where `--out` leads.
    target: Option<Target>,
    /// What a later command needs to ask about the call; None where none can.
    again: Option<String>,
}

/// What `--jq` gave; None without it.
pub(super) type Filtered = Option<Result<JqOutput, Diagnosis>>;

impl<'a> Printing<'a> {
    pub(super) fn new(wanted: &'a AnswerArguments, mode: Mode, source: &SourceArguments) -> Self {
        let terminal = io::stdout().is_terminal();
        Self { wanted, mode, is_write: true, terminal, target: None, again: source.again() }
    }

    /// What comes before anything is asked: a filter that can be used, a file that can be written, and a session.
    ///
    /// # Errors
    /// There is none, and that is told.
    pub(super) async fn open(&mut self, run: &mut Run<'_>) -> Result<Arc<Session>, Exit> {
        let opened = async {
            if let Some(filter) = &self.wanted.jq {
                filtered::check(filter).await?;
            }
            if let Some(path) = &self.wanted.out {
                self.target = Some(Target::prepare(path, self.wanted.force)?);
            }
            run.open().await
        };
        let opened = opened.await;
        opened.map_err(|diagnosis| self.failed(None, None, &diagnosis, &mut run.report))
    }

    /// Prints how the call ended.
    pub(super) fn ended(
        &mut self,
        selected: Option<&Selected>,
        followed: &Followed,
        filtered: Filtered,
        now: Timestamp,
        report: &mut Report,
    ) -> Exit {
        let standing = followed.standing.as_ref();
        match &followed.ended {
            Ended::Done(done) => self.done(selected, done, standing, filtered, report),
            Ended::Kept(held) => self.kept(selected, held, standing, now, report),
            Ended::Failed(diagnosis) => self.failed(selected, standing, diagnosis, report),
        }
    }

    /// Runs the filter, where there is one and an answer for it.
    pub(super) async fn filtered(&self, followed: &Followed) -> Filtered {
        let (Some(filter), Ended::Done(done)) = (&self.wanted.jq, &followed.ended) else { return None };
        let pretty = self.terminal && self.wanted.out.is_none() && self.wanted.output.is_none();
        Some(filtered::apply(filter, as_text(&done.answer), self.wanted.raw_output, pretty).await)
    }

    fn done(
        &mut self,
        selected: Option<&Selected>,
        done: &CallReport,
        standing: Option<&Approval>,
        filtered: Filtered,
        report: &mut Report,
    ) -> Exit {
        let answer = &done.answer;
        let took = answer.duration_ms.unwrap_or(done.elapsed.as_millis() as u64);
        let failed = self.wrong(answer, &filtered);
        let exit = match &failed {
            _ if answer.status >= 400 => Exit::Failed,
            Some(diagnosis) => Exit::from(diagnosis),
            None => Exit::Ok,
        };
        if self.wanted.output == Some(CallFormat::Json) {
            let mut fields = self.fields(selected);
            fields.insert("alter_status".to_owned(), json!(done.alter_status));
            fields.insert("provider_status".to_owned(), json!(answer.status));
            fields.insert("duration_ms".to_owned(), json!(took));
            let headers = answer.headers.iter().map(|(name, value)| (name.clone(), json!(value)));
            fields.insert("headers".to_owned(), Value::Object(headers.collect()));
            if filtered.is_some() {
                fields.insert("body".to_owned(), Value::Null);
            } else {
                fields.extend(body(answer));
            }
            fields.insert("truncated".to_owned(), json!(!answer.is_whole()));
            fields.extend(cut(answer));
            fields.insert("approval_id".to_owned(), json!(answer.approval.map(|id| id.to_string())));
            fields.extend(standing.map(stands).unwrap_or_default());
            let body = match filtered {
                Some(Ok(output)) => filtered::as_one(output),
                Some(Err(diagnosis)) => {
                    report.failure(&diagnosis);
                    None
                }
                None => None,
            };
            if let Some(diagnosis) = &failed {
                fields.insert("error".to_owned(), report.fields(diagnosis));
            }
            return self.save_object(fields, body.as_deref(), exit, report);
        }
        let who =
            selected.and_then(|selected| selected.grant.as_ref()).map(|grant| grant.provider.to_string());
        let who = who.unwrap_or_else(|| "the provider".to_owned());
        report.notice(&format!("{who} answered {}, Alter {} ({took} ms)", answer.status, done.alter_status));
        for note in outcome::notes(answer) {
            report.notice(&note);
        }
        let filtered = match filtered.transpose() {
            Ok(filtered) => filtered.map(|output| output.text),
            Err(diagnosis) => {
                report.failure(&diagnosis);
                return exit;
            }
        };
        let mut head = String::new();
        if self.wanted.include {
            // Writing to a text cannot fail.
            let _ = writeln!(head, "{}", answer.status);
            for (name, value) in &answer.headers {
                let _ = writeln!(head, "{name}: {value}");
            }
            head.push('\n');
        }
        // A terminal takes UTF-8 alone; a pipe and a file get the bytes.
        let readable = (self.terminal && self.target.is_none()).then(|| as_text(answer));
        let body = filtered.as_deref().or(readable.as_deref()).unwrap_or(&answer.body);
        self.save(&[head.as_bytes(), body], exit, report)
    }

    /// What is wrong with an answer that came.
    fn wrong(&self, answer: &ProviderAnswer, filtered: &Filtered) -> Option<Diagnosis> {
        if let Some(refused) = classify(answer, false).diagnose(answer) {
            // A gateway that gives up may have let it through before.
            let is_open = self.is_write && answer.status >= 500;
            return Some(Diagnosis { retry: if is_open { Retry::Unsafe } else { refused.retry }, ..refused });
        }
        if !answer.is_whole() && !self.wanted.allow_truncated {
            let who = if answer.cut_here.is_some() { Who::Grantdeck } else { Who::Alter };
            let cut = Diagnosis::new(Code::AnswerCut, who, Retry::No);
            return Some(cut.fact("status", &answer.status.to_string()));
        }
        filtered.as_ref()?.as_ref().err().cloned()
    }

    fn kept(
        &self,
        selected: Option<&Selected>,
        held: &PendingApproval,
        standing: Option<&Approval>,
        now: Timestamp,
        report: &mut Report,
    ) -> Exit {
        let id = held.id.to_string();
        let left = length(held.expires_at.duration_since(now).max(SignedDuration::ZERO));
        let place = held.link().map(|link| format!("; approve at {link}")).unwrap_or_default();
        // Nothing on standard output: it is not the answer.
        report.notice(&format!("held for approval {id}, for {left}{place}"));
        if let Some(source) = &self.again {
            report.notice(&format!(
                "once decided, get the answer: grantdeck approvals {id} --wait 10m{source}"
            ));
        }
        let open = Diagnosis::new(Code::ApprovalStillOpen, Who::Alter, Retry::AfterRemedy);
        if report.is_json() {
            let mut fields = self.fields(selected);
            fields.insert("alter_status".to_owned(), json!(202));
            fields.insert("approval_id".to_owned(), json!(id));
            fields.insert("approval_url".to_owned(), json!(held.link()));
            fields.insert("expires_at".to_owned(), json!(held.expires_at.to_string()));
            fields.extend(standing.map_or_else(|| pending(held), stands));
            let error = open.clone().fact("status", "202").fact("approval", &id);
            let error = report.fields(&error);
            self.without_answer(fields, error, report);
        }
        Exit::from(&open)
    }

    pub(super) fn failed(
        &self,
        selected: Option<&Selected>,
        standing: Option<&Approval>,
        diagnosis: &Diagnosis,
        report: &mut Report,
    ) -> Exit {
        report.failure(diagnosis);
        self.finish(selected, standing, diagnosis, report)
    }

    /// The end by a failure that was told in words: what reads JSON gets it as an object.
    pub(super) fn finish(
        &self,
        selected: Option<&Selected>,
        standing: Option<&Approval>,
        diagnosis: &Diagnosis,
        report: &mut Report,
    ) -> Exit {
        if report.is_json() {
            let mut fields = self.fields(selected);
            let error = report.fields(diagnosis);
            fields.insert("approval_id".to_owned(), error.get("approval_id").cloned().unwrap_or_default());
            fields.extend(standing.map(stands).unwrap_or_default());
            self.without_answer(fields, error, report);
        }
        Exit::from(diagnosis)
    }

    /// The object of a call that has no answer.
    fn without_answer(&self, mut fields: Map<String, Value>, error: Value, report: &mut Report) {
        fields.insert("error".to_owned(), error);
        self.show(&[&object(&fields, None, self.terminal)], false, report);
    }

    fn fields(&self, selected: Option<&Selected>) -> Map<String, Value> {
        let provider = selected.and_then(|selected| selected.grant.as_ref()).map(|grant| &*grant.provider);
        let mut fields = Map::new();
        fields.insert("mode".to_owned(), json!(self.mode.to_string()));
        fields.insert("grant_id".to_owned(), json!(selected.map(|selected| selected.id.to_string())));
        fields.insert("provider".to_owned(), json!(provider));
        fields
    }

    /// Puts an answer where it was asked to go, or else where it is not lost.
    fn save(&mut self, pieces: &[&[u8]], exit: Exit, report: &mut Report) -> Exit {
        let mut exit = exit;
        if let Some(target) = self.target.take() {
            let Err(why) = target.save(pieces) else { return exit };
            exit = not_saved(&why, exit, report);
        }
        if self.show(pieces, true, report) || exit != Exit::Ok { exit } else { Exit::Error }
    }

    /// The same for an object, which then says that it is not where it should be.
    fn save_object(
        &mut self,
        mut fields: Map<String, Value>,
        body: Option<&RawValue>,
        exit: Exit,
        report: &mut Report,
    ) -> Exit {
        let mut exit = exit;
        if let Some(target) = self.target.take() {
            let Err(why) = target.save(&[&object(&fields, body, false)]) else { return exit };
            exit = not_saved(&why, exit, report);
            fields.entry("error").or_insert_with(|| report.fields(&why));
        }
        let shown = self.show(&[&object(&fields, body, self.terminal)], true, report);
        if shown || exit != Exit::Ok { exit } else { Exit::Error }
    }

    /// Prints to standard output, and says whether that worked. An answer that it does not take goes into a file that is
    /// named. Foreign text reaches a terminal without anything that steers it.
    fn show(&self, pieces: &[&[u8]], is_answer: bool, report: &mut Report) -> bool {
        report.clear();
        let mut out = io::stdout().lock();
        let written = if self.terminal {
            let bytes = pieces.concat();
            let Ok(text) = std::str::from_utf8(&bytes) else {
                let kept = kept_in_words(pieces);
                let count = bytes.len();
                report.notice(&format!("{count} bytes of binary data{kept}; use --out FILE or a pipe"));
                return true;
            };
            let mut text = Clean::lines(text).as_str().to_owned();
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            out.write_all(text.as_bytes())
        } else {
            pieces.iter().try_for_each(|piece| out.write_all(piece))
        };
        match written.and_then(|()| out.flush()) {
            Ok(()) => true,
            // A reader that has seen enough, as `head` does, is no failure.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => true,
            Err(error) => {
                let kept = if is_answer { kept_in_words(pieces) } else { String::new() };
                report.notice(&format!("cannot write to standard output: {error}{kept}"));
                false
            }
        }
    }
}

/// Says that an answer is not in its file; the exit code then.
fn not_saved(why: &Diagnosis, exit: Exit, report: &mut Report) -> Exit {
    report.failure(why);
    report.notice("the answer goes to standard output instead");
    if exit == Exit::Ok { Exit::from(why) } else { exit }
}

/// Saves an answer that nobody took, and says where.
fn kept_in_words(pieces: &[&[u8]]) -> String {
    match out::rescue(pieces) {
        Ok(path) => format!(", kept in {}", path.display()),
        Err(error) => format!(", and they cannot be stored: {error}"),
    }
}
