//! `grantdeck scan`.

mod printing;
mod swapping;

use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::arguments::{Arguments, ScanArguments};
use super::exit::Exit;
use super::report::{Report, refused};
use super::session;
use crate::domain::scan::{Finding, KnownIds, ScanCounts, ScanEvent, ScanRequest, Skip, Standing};
use crate::domain::words::count;
use crate::domain::{Diagnosis, ServerFilter};
use crate::jobs;

/// Events that wait between the scan and the report.
const EVENTS: usize = 256;

/// What a scan found.
struct Scanned {
    /// By file and place.
    findings: Vec<Finding>,
    counts: ScanCounts,
    /// A path that was asked for is not there.
    missing: bool,
}

/// Runs the subcommand.
pub(super) async fn scan(arguments: &Arguments, scan: &ScanArguments, now: fn() -> Timestamp) -> Exit {
    let mut report = Report::new(false);
    let looked = tokio::select! {
        biased;
        looked = look(arguments, scan, now, &mut report) => looked,
        _ = tokio::signal::ctrl_c() => {
            report.clear();
            return Exit::Interrupted;
        }
    };
    let (scanned, pairs) = match looked {
        Ok(looked) => looked,
        Err(diagnosis) => {
            report.failure(&diagnosis);
            return Exit::from(&diagnosis);
        }
    };
    report.clear();
    let terminal = io::stdout().is_terminal();
    if let Err(error) = printing::print(&scanned.findings, scan.output, terminal)
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        report.notice(&format!("cannot write: {error}"));
        return Exit::Error;
    }
    summary(&scanned, &mut report);
    let mut repaired = BTreeSet::new();
    let mut exit = if scanned.missing { Exit::Error } else { Exit::Ok };
    if !scan.swap.is_empty() || scan.repair {
        let pairs = swapping::pairs(pairs, scan.repair, &scanned.findings, &mut report);
        match swapping::swap(&pairs, &scanned.findings, scan.confirm, &mut report).await {
            Ok(swapped) => {
                repaired = swapped.done;
                exit = swapped.failed.unwrap_or(exit);
            }
            Err(refused) => return refused,
        }
    }
    let fails = |finding: &Finding| {
        let is_swapped = repaired.contains(&(finding.path.clone(), finding.id));
        scan.fail_on.contains(&finding.standing) && !is_swapped
    };
    if exit == Exit::Ok && scanned.findings.iter().any(fails) { Exit::Found } else { exit }
}

/// Reads the list, finds what is to be swapped in it, and looks through the files.
async fn look(
    arguments: &Arguments,
    scan: &ScanArguments,
    now: fn() -> Timestamp,
    report: &mut Report,
) -> Result<(Scanned, swapping::Pairs), Diagnosis> {
    let session = session::open(&arguments.source, now, report).await?;
    let clock = move || now();
    let client = &session.context.client;
    let all =
        jobs::everything(client, &clock, ServerFilter::default(), |reading| report.reading(reading)).await;
    let all =
        all.map_err(|diagnosis| diagnosis.fact("backend", client.host()).fact("key", &client.masked_key()))?;
    drop(session.demo);
    if !all.complete {
        if scan.repair {
            // A grant that is missing could be the better successor.
            let problem = "the list of grants is not proven whole, so nothing is repaired; run it again, or name the \
                           grants with --swap OLD=NEW";
            return Err(refused("--repair", problem));
        }
        report.notice("the list is not proven whole: what is unknown here may be a grant all the same");
    }
    let pairs = swapping::asked(&scan.swap, &all.grants, now())?;
    let request = ScanRequest {
        paths: scan.paths.clone(),
        known: Arc::new(KnownIds::of(&all.grants, now())),
        wanted: pairs.iter().map(|(old, _)| *old).collect(),
    };
    let (sender, mut events) = mpsc::channel(EVENTS);
    let work = jobs::scan(request, CancellationToken::new(), sender);
    let read = async {
        let mut scanned = Scanned { findings: Vec::new(), counts: ScanCounts::default(), missing: false };
        while let Some(event) = events.recv().await {
            match event {
                ScanEvent::Progress(counts) => report.scanned(counts.files, scanned.findings.len()),
                ScanEvent::Found(finding) => scanned.findings.push(*finding),
                ScanEvent::Skipped { path, why } => {
                    scanned.missing |= why == Skip::Missing;
                    report.notice(&format!("{}: {why}", shown(&path)));
                }
                ScanEvent::Done(counts) => scanned.counts = counts,
            }
        }
        scanned
    };
    let ((), mut scanned) = tokio::join!(work, read);
    let place = |finding: &Finding| (finding.path.clone(), finding.line, finding.column);
    scanned.findings.sort_by_cached_key(place);
    // Paths that lie in each other are looked through twice.
    scanned.findings.dedup_by(|one, other| place(one) == place(other));
    Ok((scanned, pairs))
}

/// A path as it is shown: without the `./` that the walk puts before it.
fn shown(path: &std::path::Path) -> String {
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
    let found = if standings.is_empty() { "no grant ids".to_owned() } else { standings.join(", ") };
    let more = [
        (counts.skipped, "passed over"),
        (counts.binary, "binary"),
        (counts.links, "links to folders not followed"),
    ];
    let more = more.iter().filter(|(number, _)| *number > 0);
    let more: Vec<String> = more.map(|(number, what)| format!("; {} {what}", count(*number))).collect();
    let (files, more) = (count(counts.files), more.concat());
    report.notice(&format!("{found} in {files} {}{more}", if counts.files == 1 { "file" } else { "files" }));
}
