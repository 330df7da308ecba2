//! Grant ids in the files of a project: what is known about them, and the request and events of a scan.

mod obstacle;

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use foldhash::fast::RandomState;
use jiff::Timestamp;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};
use uuid::Uuid;

pub use obstacle::Obstacle;

use super::{Clean, Grant, GrantId, Health, Moment};
use obstacle::Surroundings;

/// Larger files are skipped, in bytes; the skip is reported.
pub const LARGEST: u64 = 5 << 20;

/// The state of an id in a file, in report order: most urgent first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumIter, EnumString, IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Standing {
    /// Its grant is revoked or expired.
    Stale,
    /// Its grant is still valid, but the same account at the same provider has a newer one with the same
    /// label, in no worse health.
    Superseded,
    /// Not a grant in the list, although its name says so.
    Unknown,
    /// A grant in the list.
    Alive,
}

impl Standing {
    /// The stable name.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// A symbol that distinguishes them without colour.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Stale => "✗",
            Self::Superseded => "↑",
            Self::Unknown => "?",
            Self::Alive => "●",
        }
    }
}

/// What the list says about an id.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// The provider's id. Untrusted.
    pub provider: Arc<str>,
    /// The account's name, for people. Untrusted.
    pub account: Box<str>,
    /// Its label. Untrusted.
    pub label: Option<Arc<str>>,
    /// Its health.
    pub health: Health,
    /// Its state; never [`Standing::Unknown`].
    pub standing: Standing,
    /// For stale or superseded ids: the grants of the same account that could replace it, none of them in
    /// worse health; healthy ones first, then newest first. If the replacement is certain, only that one.
    pub replacements: Vec<GrantId>,
    /// The replacement that needs no confirmation, for stale ids: the only candidate, with the same label and
    /// no known problem.
    pub successor: Option<GrantId>,
    /// Why a stale or superseded id has no successor.
    pub obstacle: Option<Obstacle>,
}

impl Known {
    /// The only possible replacement; `None` if there are none or several.
    pub fn replacement(&self) -> Option<GrantId> {
        match self.replacements.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }
}

/// What the list says, by id.
#[derive(Clone, Debug, Default)]
pub struct KnownIds(HashMap<Uuid, Known, RandomState>);

/// Identifies the account of interchangeable grants.
type Account<'a> = (&'a str, &'a str, &'a str, &'a str);

/// A grant that may replace others.
struct Candidate<'a> {
    id: GrantId,
    label: Option<&'a str>,
    created: Option<Timestamp>,
    health: Health,
}

impl Candidate<'_> {
    /// Whether it is newer than another grant with the same label, and in no worse health.
    fn supersedes(&self, label: Option<&str>, created: Option<Timestamp>, health: Health) -> bool {
        let is_newer = self.created.zip(created).is_some_and(|(own, other)| own > other);
        is_newer && self.label == label && self.health >= health
    }
}

impl KnownIds {
    /// Evaluates all grants of a list. The list must be complete: a missing grant counts as unknown.
    ///
    /// Replacements are searched among grants of the same provider, account, kind and type of owner. The list
    /// does not say who the owner is, so only grants that have ended are replaced without asking, see
    /// [`Known::successor`]. Delegated grants neither replace nor are replaced, because the list does not say
    /// which agent has them; nor are grants without an account, which are different uses of one stored key.
    pub fn of<'a>(grants: impl IntoIterator<Item = &'a Grant>, now: Timestamp) -> Self {
        let grants: Vec<(GrantId, &Grant, Health)> = grants
            .into_iter()
            .filter_map(|grant| Some((grant.row.grant()?, grant, Health::of(grant, now))))
            .collect();
        let mut live: HashMap<Account<'_>, Vec<Candidate<'_>>, RandomState> = HashMap::default();
        for (id, grant, health) in &grants {
            if let Some(account) = account(grant)
                && is_live(*health)
            {
                let (label, created) = (grant.label.as_deref(), created(grant));
                live.entry(account).or_default().push(Candidate { id: *id, label, created, health: *health });
            }
        }
        let around = Surroundings::new(grants.iter().map(|(_, grant, health)| (*grant, *health)));
        let known = grants.iter().map(|(id, grant, health)| {
            let peers = account(grant).and_then(|account| live.get(&account)).map_or(&[][..], Vec::as_slice);
            (id.0, judge(grant, *health, peers, &around))
        });
        Self(known.collect())
    }

    /// What the list says about an id.
    pub fn get(&self, id: Uuid) -> Option<&Known> {
        self.0.get(&id)
    }

    /// Number of known ids.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no ids are known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn account(grant: &Grant) -> Option<Account<'_>> {
    let account = grant.account_identifier.as_deref().filter(|account| !account.is_empty())?;
    let root = grant.parent_grant_id.is_none();
    root.then_some((&*grant.provider, account, grant.kind.as_str(), grant.principal_type.as_str()))
}

fn created(grant: &Grant) -> Option<Timestamp> {
    grant.created_at.as_ref().and_then(Moment::at)
}

/// Whether a grant may replace another one. One that needs a reconnect is no better than one that has ended.
fn is_live(health: Health) -> bool {
    is_healthy(health) || health == Health::MissingScopes
}

/// Whether it has no known problem today.
fn is_healthy(health: Health) -> bool {
    matches!(health, Health::Ok | Health::Expiring)
}

fn judge(grant: &Grant, health: Health, peers: &[Candidate<'_>], around: &Surroundings<'_>) -> Known {
    let label = grant.label.as_deref();
    let is_stale = matches!(health, Health::Revoked | Health::Expired);
    let is_outdone = |label: Option<&str>, created: Option<Timestamp>, health: Health| {
        peers.iter().any(|peer| peer.supersedes(label, created, health))
    };
    let standing = match () {
        () if is_stale => Standing::Stale,
        () if is_outdone(label, created(grant), health) => Standing::Superseded,
        () => Standing::Alive,
    };
    let is_current =
        |peer: &&Candidate<'_>| peer.health >= health && !is_outdone(peer.label, peer.created, peer.health);
    let current: Vec<&Candidate<'_>> = match standing {
        Standing::Alive | Standing::Unknown => Vec::new(),
        _ => peers.iter().filter(is_current).collect(),
    };
    // Siblings that share an account are told apart by their labels.
    let own: Vec<&Candidate<'_>> = current.iter().copied().filter(|peer| peer.label == label).collect();
    // An older grant next to it may be the intended one.
    let alike = peers.iter().filter(|peer| peer.label == label && is_healthy(peer.health)).count();
    let successor = match own.as_slice() {
        [one] if is_stale && alike == 1 && is_healthy(one.health) => Some(one.id),
        _ => None,
    };
    let is_labelled = !own.is_empty();
    let mut chosen: Vec<&Candidate<'_>> = match standing {
        // It is unknown which grant was meant to follow one that has ended; an older one is possible too.
        Standing::Stale if successor.is_none() => {
            peers.iter().filter(|peer| !is_labelled || peer.label == label).collect()
        }
        _ if is_labelled => own,
        _ => current,
    };
    chosen.sort_by_key(|peer| (Reverse(is_healthy(peer.health)), Reverse(peer.created)));
    let obstacle = match chosen.as_slice() {
        _ if successor.is_some() || matches!(standing, Standing::Alive | Standing::Unknown) => None,
        [] => Some(around.nothing_for(grant)),
        [_, _, ..] => Some(Obstacle::Several),
        [_] if !is_stale => Some(Obstacle::StillGood),
        [_] if !is_labelled => Some(Obstacle::OtherLabel),
        [_] => Some(Obstacle::LacksScopes),
    };
    Known {
        provider: Arc::clone(&grant.provider),
        account: grant.account().into(),
        label: grant.label.clone(),
        health,
        standing,
        replacements: chosen.into_iter().map(|peer| peer.id).collect(),
        successor,
        obstacle,
    }
}

/// The parameters of a scan.
#[derive(Clone, Debug, Default)]
pub struct ScanRequest {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// The grants in the list.
    pub known: Arc<KnownIds>,
    /// Ids that are reported wherever they occur, even if unknown.
    pub wanted: Vec<Uuid>,
}

/// An id in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The file, by the path that led there.
    pub path: PathBuf,
    /// Line, from 1.
    pub line: usize,
    /// Column in bytes, from 1.
    pub column: usize,
    /// The id. Sensitive.
    pub id: Uuid,
    /// Its state.
    pub standing: Standing,
    /// The name it is assigned to.
    pub name: Option<Clean>,
    /// Its line, masked: only names, punctuation and this id, shortened.
    pub context: Clean,
    /// What the list says; `None` for unknown ids.
    pub known: Option<Known>,
}

/// The repairs that are possible for the findings of a scan.
#[derive(Debug, Default)]
pub struct Repairs<'a> {
    /// Stale ids, each with its [`Known::successor`].
    pub pairs: Vec<(Uuid, Uuid)>,
    /// The first finding of each other stale or superseded id: a person has to choose, or nothing can replace
    /// it.
    pub left: Vec<&'a Finding>,
}

/// Determines which findings can be repaired without asking.
pub fn repairs<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Repairs<'a> {
    let (mut repairs, mut seen) = (Repairs::default(), HashSet::new());
    for finding in findings {
        let is_old = matches!(finding.standing, Standing::Stale | Standing::Superseded);
        if !is_old || !seen.insert(finding.id) {
            continue;
        }
        match finding.known.as_ref().and_then(|known| known.successor) {
            Some(new) => repairs.pairs.push((finding.id, new.0)),
            None => repairs.left.push(finding),
        }
    }
    repairs
}

/// Why a file was skipped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Skip {
    /// Larger than [`LARGEST`].
    #[error("it has {bytes} bytes; files over 5 MiB are skipped")]
    TooLarge {
        /// Its size.
        bytes: u64,
    },
    /// A settings file with zero bytes: binary, or UTF-16 without a byte-order mark.
    #[error("it contains NUL bytes (binary, or UTF-16 without a byte-order mark); save it as UTF-8")]
    Binary,
    /// An unsupported encoding.
    #[error("it is {0}; save it as UTF-8")]
    Encoding(&'static str),
    /// It was deleted during the scan.
    #[error("it no longer exists")]
    Vanished,
    /// No permission, or a disk error.
    #[error("it cannot be read ({problem})")]
    Unreadable {
        /// The system's message.
        problem: Clean,
    },
    /// A dangling symlink.
    #[error("it is a dangling symlink")]
    DanglingLink,
    /// A symlink loop.
    #[error("its symlinks form a loop")]
    LinkLoop,
    /// A requested path does not exist.
    #[error("there is no such file or folder")]
    Missing,
    /// A requested path is a device, pipe or socket, which may have no end.
    #[error("it is neither a file nor a folder")]
    NotAFile,
}

/// Progress counts, and at the end the totals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScanCounts {
    /// Files read.
    pub files: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Binary files, of which only the beginning was read.
    pub binary: u64,
    /// Backup files, which are left alone.
    pub backups: u64,
    /// Symlinks to folders, which are not followed.
    pub links: u64,
    /// Skipped files that were reported.
    pub skipped: u64,
    /// UUIDs that are neither grants nor named like one.
    pub other_ids: u64,
}

/// Events of a scan: findings and skipped files in any order, then `Done` unless cancelled.
#[derive(Clone, Debug, PartialEq)]
pub enum ScanEvent {
    /// Progress. Some updates are dropped if the receiver is slow.
    Progress(ScanCounts),
    /// A finding.
    Found(Box<Finding>),
    /// A file was skipped.
    Skipped {
        /// The file.
        path: PathBuf,
        /// Why.
        why: Skip,
        /// It was requested by name.
        asked: bool,
    },
    /// The scan is complete.
    Done(ScanCounts),
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
