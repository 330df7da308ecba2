//! One id in the place of another, in every file at once: one diff, one confirmation.

use std::collections::BTreeSet;
use std::path::PathBuf;

use jiff::Timestamp;
use uuid::Uuid;

use super::shown;
use crate::cli::arguments::ConfirmArguments;
use crate::cli::confirm::{self, Verdict};
use crate::cli::exit::Exit;
use crate::cli::report::{Report, refused};
use crate::domain::scan::{Finding, repairs};
use crate::domain::words::count;
use crate::domain::{Diagnosis, Grant, Health, Selector};
use crate::edit::mask;
use crate::jobs::{self, Swaps};

/// Old ids, each with the one that takes its place.
pub(super) type Pairs = Vec<(Uuid, Uuid)>;

/// What swapping did.
#[derive(Default)]
pub(super) struct Swapped {
    /// In which files which old ids are gone.
    pub(super) done: BTreeSet<(PathBuf, Uuid)>,
    /// How the first file failed that could not be read or written.
    pub(super) failed: Option<Exit>,
}

/// The pairs of `--swap`: the new grant must be in the list and alive.
pub(super) fn asked(
    swaps: &[(Uuid, Selector)],
    grants: &[Grant],
    now: Timestamp,
) -> Result<Pairs, Diagnosis> {
    let mut pairs = Pairs::new();
    for (old, new) in swaps {
        let selected = jobs::select::among(new, grants)?;
        let health = selected.grant.as_ref().map(|grant| Health::of(grant, now));
        if let Some(health @ (Health::Revoked | Health::Expired)) = health {
            return Err(refused("--swap", &format!("the new grant, {new}, is {}", health.word())));
        }
        if selected.id.0 == *old {
            return Err(refused("--swap", "the old id and the new one are the same"));
        }
        if pairs.iter().any(|(known, _)| known == old) {
            return Err(refused("--swap", &format!("{} is swapped twice", mask::id(*old))));
        }
        pairs.push((*old, selected.id.0));
    }
    Ok(pairs)
}

/// Adds those of `--repair`, and says which ids stay and why.
pub(super) fn pairs(mut pairs: Pairs, repair: bool, findings: &[Finding], report: &mut Report) -> Pairs {
    if !repair {
        return pairs;
    }
    let repairs = repairs(findings);
    let is_asked = |id: Uuid| pairs.iter().any(|(old, _)| *old == id);
    for finding in repairs.left.into_iter().filter(|finding| !is_asked(finding.id)) {
        let Some(known) = &finding.known else { continue };
        let whose = format!("{} ({} · {})", mask::id(finding.id), known.provider, known.account);
        let why = known.obstacle.map(|why| format!(" ({})", why.words())).unwrap_or_default();
        report.notice(&match known.replacements.as_slice() {
            [] => format!("{whose} stays: nothing takes its place{why}"),
            [one] => {
                let one = mask::id(one.0);
                format!("{whose} stays: {one} could take its place{why}; confirm it with --swap OLD=NEW")
            }
            several => {
                let several = several.len();
                format!("{whose} stays: {several} grants could take its place; choose with --swap OLD=NEW")
            }
        });
    }
    let more: Pairs = repairs.pairs.into_iter().filter(|(old, _)| !is_asked(*old)).collect();
    pairs.extend(more);
    pairs
}

/// Shows all changes, asks once, and makes them. A file that fails is named, and the others go on.
///
/// # Errors
/// The exit, where nothing was confirmed or it was interrupted.
pub(super) async fn swap(
    pairs: &[(Uuid, Uuid)],
    findings: &[Finding],
    arguments: ConfirmArguments,
    report: &mut Report,
) -> Result<Swapped, Exit> {
    let mut swapped = Swapped::default();
    let swaps = Swaps::plan(pairs, findings.iter().map(|finding| (&*finding.path, finding.id)));
    for error in &swaps.failed {
        swapped.fails(&error.diagnosis(), report);
    }
    if swaps.files.is_empty() {
        report.notice("there is nothing to swap");
        return Ok(swapped);
    }
    for file in &swaps.files {
        confirm::show(&file.planned, report);
    }
    let files = counted(swaps.files.len(), "file");
    let all = format!("{} in {files}", counted(swaps.places(), "id"));
    report.notice(&format!("{all} would be swapped"));
    match confirm::confirm(arguments, &format!("Swap {all}?"), report).await {
        Verdict::Go => {}
        Verdict::Dry => return Ok(swapped),
        Verdict::No => return Err(Exit::Usage),
        Verdict::Interrupted => return Err(Exit::Interrupted),
    }
    let (mut ids, mut written) = (0, 0);
    let interrupted = tokio::signal::ctrl_c();
    tokio::pin!(interrupted);
    for file in swaps.files {
        let is_over = tokio::select! {
            biased;
            _ = &mut interrupted => true,
            () = std::future::ready(()) => false,
        };
        if is_over {
            report.notice(&format!("interrupted: {written} of {files} were written, each of them whole"));
            return Err(Exit::Interrupted);
        }
        let planned = if arguments.backup { file.planned.with_backup() } else { file.planned };
        match planned.write() {
            Ok(done) => {
                (ids, written) = (ids + file.places, written + 1);
                if let Some(backup) = done.backup {
                    report.notice(&format!("the old content is in {}", shown(&backup)));
                }
                let gone = file
                    .found
                    .into_iter()
                    .flat_map(|(path, old)| old.into_iter().map(move |id| (path.clone(), id)));
                swapped.done.extend(gone);
            }
            Err(error) => swapped.fails(&error.diagnosis(), report),
        }
    }
    report.notice(&format!("swapped {} in {}", counted(ids, "id"), counted(written, "file")));
    Ok(swapped)
}

impl Swapped {
    fn fails(&mut self, diagnosis: &Diagnosis, report: &mut Report) {
        report.failure(diagnosis);
        self.failed.get_or_insert(Exit::from(diagnosis));
    }
}

fn counted(number: usize, what: &str) -> String {
    let end = if number == 1 { "" } else { "s" };
    format!("{} {what}{end}", count(number as u64))
}
