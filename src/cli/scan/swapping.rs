//! One id in the place of another, in every file at once: one diff, one confirmation.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::pin::pin;

use jiff::Timestamp;
use uuid::Uuid;

use super::shown;
use crate::cli::arguments::{OldId, ScanArguments};
use crate::cli::confirm::{self, Verdict};
use crate::cli::failure;
use crate::cli::report::{Report, refused};
use crate::domain::scan::{Finding, KnownIds, repairs};
use crate::domain::words::counted;
use crate::domain::{Code, Diagnosis, Grant, Health, Retry, Selector, Who};
use crate::edit::file::PlannedChange;
use crate::edit::mask;
use crate::jobs::{self, Swaps};
use crate::platform::ending::{Whole, interrupted};

/// Places of one id that are named.
const PLACES: usize = 6;

/// Old ids, each with the one that takes its place.
pub(super) type Pairs = Vec<(Uuid, Uuid)>;

/// What `--swap` asked for; which id is meant by a part of one is known when the files have been read.
pub(super) type Asked = Vec<(OldId, Uuid)>;

/// What swapping did.
#[derive(Default)]
pub(super) struct Swapped {
    /// In which files which old ids are gone, and what stands there now.
    pub(super) done: BTreeMap<(PathBuf, Uuid), Uuid>,
    /// Why not all was done, which was told: the first file that failed, nobody who confirmed it, an interruption.
    pub(super) failed: Option<Diagnosis>,
}

/// The pairs of `--swap`: the new grant must be in the list and alive.
pub(super) fn asked(
    swaps: &[(OldId, Selector)],
    grants: &[Grant],
    now: Timestamp,
    report: &mut Report,
) -> Result<Asked, Diagnosis> {
    let mut asked = Asked::new();
    for (old, new) in swaps {
        let selected = jobs::select::find_in(new, grants, now)?;
        report.chosen(&selected);
        let health = selected.grant.as_ref().map(|grant| Health::of(grant, now));
        if let Some(health @ (Health::Revoked | Health::Expired)) = health {
            return Err(refused("--swap", &format!("the new grant, {new}, is {}", health.word())));
        }
        asked.push((old.clone(), selected.id.0));
    }
    // What can be said before the files are read is said before.
    let whole = asked.iter().filter_map(|(old, new)| Some((old.whole()?, *new)));
    checked(whole.collect())?;
    Ok(asked)
}

/// Which ids of the files `--swap` meant.
pub(super) fn meant(asked: Asked, findings: &[Finding]) -> Result<Pairs, Diagnosis> {
    let mut pairs = Pairs::new();
    for (old, new) in asked {
        let found: BTreeSet<Uuid> = findings.iter().map(|one| one.id).filter(|id| old.fits(*id)).collect();
        let id = match (old.whole(), found.len()) {
            (Some(id), _) => Some(id),
            (None, 1) => found.first().copied(),
            (None, 0) => return Err(nothing(&format!("no id in these files matches {old}"))),
            (None, several) => {
                let problem = format!("{several} ids in these files match {old}; give more digits");
                return Err(refused("--swap", &problem));
            }
        };
        pairs.extend(id.map(|id| (id, new)));
    }
    checked(pairs)
}

/// There is nothing that could be swapped.
fn nothing(why: &str) -> Diagnosis {
    Diagnosis::new(Code::NothingSelected, Who::You, Retry::AfterRemedy).fact("selection", why)
}

fn checked(pairs: Pairs) -> Result<Pairs, Diagnosis> {
    if pairs.iter().any(|(old, new)| old == new) {
        return Err(refused("--swap", "the old id and the new one are the same"));
    }
    let mut seen = BTreeSet::new();
    match pairs.iter().find(|(old, _)| !seen.insert(*old)) {
        Some((twice, _)) => Err(refused("--swap", &format!("{} is replaced twice", mask::id(*twice)))),
        None => Ok(pairs),
    }
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
            [] => format!("{whose} stays: no replacement{why}"),
            [one] => {
                let one = mask::id(one.0);
                format!("{whose} stays: {one} could replace it{why}; confirm with --swap OLD=NEW")
            }
            several => {
                let several = several.len();
                format!("{whose} stays: {several} grants could replace it; choose with --swap OLD=NEW")
            }
        });
    }
    let more: Pairs = repairs.pairs.into_iter().filter(|(old, _)| !is_asked(*old)).collect();
    pairs.extend(more);
    pairs
}

/// Shows all changes, asks once, and makes them. A file that fails is named, and the others go on.
pub(super) async fn swap(
    pairs: &[(Uuid, Uuid)],
    findings: &[Finding],
    known: &KnownIds,
    arguments: &ScanArguments,
    report: &mut Report,
) -> Swapped {
    let mut swapped = Swapped::default();
    let swaps = Swaps::plan(pairs, findings.iter().map(|finding| (&*finding.path, finding.id)));
    for error in &swaps.failed {
        swapped.fails(&error.diagnosis(), report);
    }
    for backup in &swaps.backups {
        report.notice(&format!("{} is a backup; its ids are kept", shown(backup)));
    }
    if swaps.files.is_empty() {
        if !arguments.swap.is_empty() && !arguments.allow_empty && swapped.failed.is_none() {
            let why = nothing("none of the old ids occur in these files");
            report.failure(&why);
            return swapped.ended(why);
        }
        report.notice("nothing to replace");
        return swapped;
    }
    for (old, new) in pairs.iter().filter(|(old, _)| swaps.has(*old)) {
        report.remark(&format!("{} → {}", named(*old, known), named(*new, known)));
    }
    for file in &swaps.files {
        confirm::show(&file.planned, report);
    }
    let files = counted(swaps.files.len() as u64, "file");
    let all = format!("{} in {files}", counted(swaps.places() as u64, "id"));
    report.remark(&format!("{all} would be replaced"));
    match confirm::confirm(arguments.confirm, &format!("Replace {all}?"), report).await {
        Verdict::Go => {}
        Verdict::Dry => return swapped,
        Verdict::No => return swapped.ended(confirm::missing()),
        Verdict::Interrupted => return swapped.ended(failure::cancelled()),
    }
    let (mut ids, mut written) = (0, 0);
    let mut interrupted = pin!(interrupted());
    for file in swaps.files {
        let is_over = tokio::select! {
            biased;
            _ = interrupted.as_mut() => true,
            () = std::future::ready(()) => false,
        };
        if is_over {
            report.notice(&format!("interrupted: {written} of {files} files were written completely"));
            swapped = swapped.ended(failure::cancelled());
            break;
        }
        let planned = if arguments.confirm.backup { file.planned.with_backup() } else { file.planned };
        let whole = Whole::begin();
        // What nobody looks at waits for others and is made on top of what they wrote.
        let done = if arguments.confirm.yes { planned.write_latest() } else { planned.write() };
        drop(whole);
        match done {
            Ok(done) => {
                let places = match done.change {
                    PlannedChange::Swap(places) => places,
                    PlannedChange::Values(_) => file.places,
                };
                (ids, written) = (ids + places, written + 1);
                if let Some(backup) = done.backup {
                    report.remark(&format!("backup: {}", shown(&backup)));
                }
                let gone = file
                    .found
                    .into_iter()
                    .flat_map(|(path, old)| old.into_iter().map(move |id| (path.clone(), id)));
                let new = |old| pairs.iter().find(|(known, _)| *known == old).map(|(_, new)| *new);
                swapped.done.extend(
                    gone.filter_map(|place| Some((new(place.1)?, place))).map(|(new, place)| (place, new)),
                );
            }
            Err(error) => swapped.fails(&error.diagnosis(), report),
        }
    }
    for pair in pairs {
        swapped.report_change(*pair, findings, report);
    }
    report.remark(&format!("replaced {} in {}", counted(ids as u64, "id"), counted(written as u64, "file")));
    swapped
}

/// An id, and whose it is by the list.
fn named(id: Uuid, known: &KnownIds) -> String {
    let Some(known) = known.get(id) else { return format!("{} (not in the list)", mask::id(id)) };
    let account = if known.account.is_empty() { String::new() } else { format!(" · {}", known.account) };
    let label = known.label.as_deref().map(|label| format!(" #{label}")).unwrap_or_default();
    format!("{} ({}{account}{label}, {})", mask::id(id), known.provider, known.health.word())
}

impl Swapped {
    /// Says of one id what it is now, whose it was, and where.
    fn report_change(&self, (old, new): (Uuid, Uuid), findings: &[Finding], report: &mut Report) {
        let is_swapped = |one: &&Finding| one.id == old && self.done.contains_key(&(one.path.clone(), old));
        let places: Vec<&Finding> = findings.iter().filter(is_swapped).collect();
        let Some(first) = places.first() else { return };
        let whose = first.known.as_ref().map(|known| format!(" ({} · {})", known.provider, known.account));
        let shown = places.iter().take(PLACES).map(|one| format!("{}:{}", shown(&one.path), one.line));
        let more = places.len().saturating_sub(PLACES);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let (old, new, whose) = (mask::id(old), mask::id(new), whose.unwrap_or_default());
        report
            .remark(&format!("{old}{whose} is now {new} in {}{more}", shown.collect::<Vec<_>>().join(", ")));
    }

    pub(super) fn ended(self, why: Diagnosis) -> Self {
        Self { failed: Some(why), ..self }
    }

    fn fails(&mut self, diagnosis: &Diagnosis, report: &mut Report) {
        report.failure(diagnosis);
        self.failed.get_or_insert_with(|| diagnosis.clone());
    }
}
