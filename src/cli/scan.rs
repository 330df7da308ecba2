//! `grantdeck scan`.

mod printing;
mod swapping;

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;

use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::arguments::{Format, ScanArguments};
use super::failure;
use super::report::{Report, refused};
use super::run::{Done, Run};
use crate::domain::scan::{Finding, KnownIds, ScanCounts, ScanEvent, ScanRequest, Skip, Standing};
use crate::domain::words::count;
use crate::domain::{Code, Diagnosis, Retry, ServerFilter, Who};
use crate::jobs;
use crate::platform::clock::wall;
use crate::platform::ending::interrupted;
use crate::session::exit::Exit;
use swapping::Swapped;

/// Events that wait between the scan and the report.
const EVENTS: usize = 256;

/// What a scan found.
#[derive(Default)]
struct Scanned {
    /// By file and place.
    findings: Vec<Finding>,
    counts: ScanCounts,
    /// The first path that was asked for and could not be looked into, and why.
    unread: Option<(PathBuf, Skip)>,
    /// Somebody stopped it: there may be more.
    interrupted: bool,
    /// Why some grants may look unknown: the list is not whole, or has ids that cannot be read.
    doubt: Option<Diagnosis>,
}

/// Runs the subcommand.
pub(super) async fn scan(run: &mut Run<'_>, scan: &ScanArguments) -> Done {
    let (scanned, asked, known) = look(run, scan).await?;
    let report = &mut run.report;
    report.clear();
    let terminal = io::stdout().is_terminal();
    let format = printing::format(scan.output, terminal);
    let print = |swapped: &Swapped, error: Option<&Value>, report: &mut Report| {
        let printed = printing::print(&scanned.findings, swapped, error, format, terminal);
        // Who reads no further has not said that nothing shall be swapped.
        match report.written(printed) {
            Exit::Ok => Ok(()),
            failed => Err(failed),
        }
    };
    // People read what was found before they are asked; programs get what became of it, too.
    let is_early = format == Format::Table;
    if is_early && let Err(failed) = print(&Swapped::default(), None, report) {
        return Ok(failed);
    }
    summary(&scanned, report);
    let swapped = if scanned.interrupted || scan.swap.is_empty() && !scan.repair {
        Swapped::default()
    } else {
        match swapping::meant(asked, &scanned.findings) {
            Ok(pairs) => {
                let pairs = swapping::pairs(pairs, scan.repair, &scanned.findings, report);
                swapping::swap(&pairs, &scanned.findings, &known, scan, report).await
            }
            Err(diagnosis) => {
                report.failure(&diagnosis);
                Swapped::default().ended(diagnosis)
            }
        }
    };
    let failed = match &swapped.failed {
        _ if scanned.interrupted => Some(failure::cancelled()),
        Some(diagnosis) => Some(diagnosis.clone()),
        None => scanned.unread.as_ref().map(|(path, why)| unread(path, why)),
    };
    let fails = |finding: &Finding| {
        let is_swapped = swapped.done.contains_key(&(finding.path.clone(), finding.id));
        scan.fail_on.contains(&finding.standing) && !is_swapped
    };
    let found = scanned.findings.iter().any(fails);
    // Grants that are named and swapped need no list.
    let doubted = scanned.doubt.as_ref().filter(|_| failed.is_none() && !found && scan.swap.is_empty());
    if let Some(diagnosis) = doubted {
        report.failure(diagnosis);
    }
    let failed = failed.as_ref().or(doubted);
    let error = failed.map(|diagnosis| report.object(diagnosis));
    if !is_early && let Err(failed) = print(&swapped, error.as_ref(), report) {
        return Ok(failed);
    }
    Ok(match failed {
        Some(diagnosis) => Exit::from(diagnosis),
        None if found => Exit::Found,
        None => Exit::Ok,
    })
}

/// Reads the list, finds what is to be swapped in it, and looks through the files.
async fn look(
    run: &mut Run<'_>,
    scan: &ScanArguments,
) -> Result<(Scanned, swapping::Asked, Arc<KnownIds>), Diagnosis> {
    let (request, asked, doubt) = prepare(run, scan).await?;
    let report = &mut run.report;
    let mut interrupted = pin!(interrupted());
    let (cancel, known) = (CancellationToken::new(), Arc::clone(&request.known));
    let (sender, mut events) = mpsc::channel(EVENTS);
    let work = jobs::scan(request, cancel.clone(), sender);
    let read = async {
        let mut scanned = Scanned { doubt, ..Scanned::default() };
        loop {
            let event = tokio::select! {
                biased;
                _ = interrupted.as_mut(), if !scanned.interrupted => {
                    // What was found until now is still worth printing.
                    scanned.interrupted = true;
                    cancel.cancel();
                    continue;
                }
                event = events.recv() => event,
            };
            match event {
                Some(ScanEvent::Progress(counts)) => {
                    scanned.counts = counts;
                    report.scanned(counts.files, scanned.findings.len());
                }
                Some(ScanEvent::Found(finding)) => scanned.findings.push(*finding),
                Some(ScanEvent::Skipped { path, why, asked }) => {
                    report.notice(&format!("{}: {why}", shown(&path)));
                    if asked {
                        scanned.unread.get_or_insert((path, why));
                    }
                }
                Some(ScanEvent::Done(counts)) => scanned.counts = counts,
                None => break scanned,
            }
        }
    };
    let ((), mut scanned) = tokio::join!(work, read);
    let place = |finding: &Finding| (finding.path.clone(), finding.line, finding.column);
    scanned.findings.sort_by_cached_key(place);
    // Paths that lie in each other are looked through twice.
    scanned.findings.dedup_by(|one, other| place(one) == place(other));
    Ok((scanned, asked, known))
}

/// Reads the list, and says what is looked for.
async fn prepare(
    run: &mut Run<'_>,
    scan: &ScanArguments,
) -> Result<(ScanRequest, swapping::Asked, Option<Diagnosis>), Diagnosis> {
    let session = run.open().await?;
    let report = &mut run.report;
    let client = &session.context.client;
    let all =
        jobs::everything(client, &wall, ServerFilter::default(), |reading| report.reading(reading)).await;
    let all =
        all.map_err(|diagnosis| diagnosis.fact("backend", client.host()).fact("key", &client.masked_key()))?;
    let doubt = all.doubt();
    if let Some(doubt) = &doubt {
        let (why, again) = if doubt.code == Code::RowsUnreadable {
            ("the list has rows with unreadable ids", "")
        } else {
            ("the list is incomplete", "run it again, or ")
        };
        if scan.repair {
            // A grant that is missing could be the better successor.
            let problem =
                format!("{why}, so nothing is replaced; {again}name the grants with --swap OLD=NEW");
            return Err(refused("--repair", &problem));
        }
        report.notice(&format!(
            "{why}: unknown ids may still be grants, and ids without a replacement may have one"
        ));
    }
    let asked = swapping::asked(&scan.swap, &all.grants, wall(), report)?;
    let request = ScanRequest {
        paths: scan.paths.clone(),
        known: Arc::new(KnownIds::of(&all.grants, wall())),
        wanted: asked.iter().filter_map(|(old, _)| old.whole()).collect(),
    };
    Ok((request, asked, doubt))
}

/// A path that was asked for could not be looked into, which was told.
pub(super) fn unread(path: &Path, why: &Skip) -> Diagnosis {
    Diagnosis::new(Code::FileNotReadable, Who::You, Retry::AfterRemedy)
        .fact("path", &shown(path))
        .fact("problem", &why.to_string())
}

/// A path as it is shown: without the `./` that the walk puts before it.
fn shown(path: &Path) -> String {
    path.strip_prefix(".").map_or_else(|_| path.to_owned(), PathBuf::from).to_string_lossy().into_owned()
}

fn summary(scanned: &Scanned, report: &mut Report) {
    use strum::IntoEnumIterator;
    let counts = &scanned.counts;
    let of =
        |standing: Standing| scanned.findings.iter().filter(|one| one.standing == standing).count() as u64;
    let standings = Standing::iter().filter(|standing| of(*standing) > 0);
    let standings: Vec<String> =
        standings.map(|standing| format!("{} {standing}", count(of(standing)))).collect();
    let until = if scanned.interrupted { "interrupted: " } else { "" };
    let found = if standings.is_empty() { "no grant ids".to_owned() } else { standings.join(", ") };
    let more = [
        (counts.skipped, "skipped"),
        (counts.binary, "binary"),
        (counts.backups, "backups skipped"),
        (counts.links, "links to folders not followed"),
    ];
    let more = more.iter().filter(|(number, _)| *number > 0);
    let more: Vec<String> = more.map(|(number, what)| format!("; {} {what}", count(*number))).collect();
    let (files, more) = (count(counts.files), more.concat());
    let message =
        format!("{until}{found} in {files} {}{more}", if counts.files == 1 { "file" } else { "files" });
    if scanned.interrupted { report.notice(&message) } else { report.remark(&message) }
}
