//! Grant ids in the files of a project: what is known of them, and what a scan asks and reports.

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

/// Larger files are passed over, and that is said.
pub const LARGEST: u64 = 5 << 20;

/// How an id in a file stands. The order is that of a report, the most pressing first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumIter, EnumString, IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Standing {
    /// Its grant is revoked or expired.
    Stale,
    /// Its grant is not over, but the same account of the same provider has a newer one under the same label, in no
    /// worse health.
    Superseded,
    /// No grant of the list, though it is named like one.
    Unknown,
    /// A grant of the list.
    Alive,
}

impl Standing {
    /// The stable name.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// A sign that tells them apart without colour.
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
    /// What the list says of it.
    pub health: Health,
    /// How it stands; never [`Standing::Unknown`].
    pub standing: Standing,
    /// For what is stale or superseded: the grants of the same account that could take its place, none of them in
    /// worse health; the sound ones first, then the newest. Where one is certain, that one alone.
    pub replacements: Vec<GrantId>,
    /// The only one of them, where it takes the place of a stale id without anybody being asked: under the same label,
    /// and with nothing in the list that speaks against it.
    pub successor: Option<GrantId>,
    /// Why there is no successor, for what is stale or superseded.
    pub obstacle: Option<Obstacle>,
}

impl Known {
    /// The only one that could take its place. None where there is none, or several.
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

/// Grants that can take each other's place: those of one account.
type Account<'a> = (&'a str, &'a str, &'a str, &'a str);

/// A grant that may replace others.
struct Candidate<'a> {
    id: GrantId,
    label: Option<&'a str>,
    created: Option<Timestamp>,
    health: Health,
}

impl Candidate<'_> {
    /// Whether it is newer than another grant under the same label, and in no worse health.
    fn outdoes(&self, label: Option<&str>, created: Option<Timestamp>, health: Health) -> bool {
        let is_newer = self.created.zip(created).is_some_and(|(own, other)| own > other);
        is_newer && self.label == label && self.health >= health
    }
}

impl KnownIds {
    /// Judges every grant of a list. Only whole lists make sense: what is missing is unknown.
    ///
    /// Replacements are looked for among the grants of the same provider, account, kind and sort of owner. Who the
    /// owner is the list does not say, so that only what ended is replaced without asking, see [`Known::successor`].
    /// Delegated grants neither replace nor are replaced, for the list does not say whose agent holds them; nor do
    /// grants without an account, which are different uses of one stored key.
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
        let around = Surroundings::of(grants.iter().map(|(_, grant, health)| (*grant, *health)));
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

    /// How many ids are known.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is.
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

/// Whether a grant may take the place of another. One that needs to be reconnected works no better than one that
/// ended.
fn is_live(health: Health) -> bool {
    is_sound(health) || health == Health::MissingScopes
}

/// Whether no problem is known today.
fn is_sound(health: Health) -> bool {
    matches!(health, Health::Ok | Health::Expiring)
}

fn judge(grant: &Grant, health: Health, peers: &[Candidate<'_>], around: &Surroundings<'_>) -> Known {
    let label = grant.label.as_deref();
    let is_stale = matches!(health, Health::Revoked | Health::Expired);
    let is_outdone = |label: Option<&str>, created: Option<Timestamp>, health: Health| {
        peers.iter().any(|peer| peer.outdoes(label, created, health))
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
    // An older one beside it may be the one that is meant.
    let alike = peers.iter().filter(|peer| peer.label == label && is_sound(peer.health)).count();
    let successor = match own.as_slice() {
        [one] if is_stale && alike == 1 && is_sound(one.health) => Some(one.id),
        _ => None,
    };
    let is_labelled = !own.is_empty();
    let mut chosen: Vec<&Candidate<'_>> = match standing {
        // Of what ended nobody knows which one was meant to follow it: older ones could as well.
        Standing::Stale if successor.is_none() => {
            peers.iter().filter(|peer| !is_labelled || peer.label == label).collect()
        }
        _ if is_labelled => own,
        _ => current,
    };
    chosen.sort_by_key(|peer| (Reverse(is_sound(peer.health)), Reverse(peer.created)));
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

/// What is scanned.
#[derive(Clone, Debug, Default)]
pub struct ScanRequest {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// The grants of the list.
    pub known: Arc<KnownIds>,
    /// Ids that are reported wherever they stand, whatever they are.
    pub wanted: Vec<Uuid>,
}

/// An id in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The file, as it was reached.
    pub path: PathBuf,
    /// From 1.
    pub line: usize,
    /// In bytes, from 1.
    pub column: usize,
    /// The id. Sensitive.
    pub id: Uuid,
    /// How it stands.
    pub standing: Standing,
    /// The name that it stands under.
    pub name: Option<Clean>,
    /// Its line, masked: names, signs of the format and this id, shortened.
    pub context: Clean,
    /// What the list says; None for what is unknown.
    pub known: Option<Known>,
}

/// What can be put right of what a scan found.
#[derive(Debug, Default)]
pub struct Repairs<'a> {
    /// Stale ids, each with its [`Known::successor`].
    pub pairs: Vec<(Uuid, Uuid)>,
    /// The first finding of each other id that is stale or superseded: somebody has to choose, or nothing takes its
    /// place.
    pub left: Vec<&'a Finding>,
}

/// Finds out what can be put right without asking anybody to choose.
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

/// Why a file was not looked into.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Skip {
    /// Over [`LARGEST`].
    #[error("it has {bytes} bytes; files over 5 MiB are skipped")]
    TooLarge {
        /// Its size.
        bytes: u64,
    },
    /// A file of settings with zero bytes in it: binary, or UTF-16 that does not say so.
    #[error("it contains NUL bytes (binary, or UTF-16 without a byte-order mark); save it as UTF-8")]
    Binary,
    /// An encoding that is not read.
    #[error("it is {0}; save it as UTF-8")]
    Encoding(&'static str),
    /// It was there a moment ago.
    #[error("it no longer exists")]
    Vanished,
    /// No permission, or the disk fails.
    #[error("it cannot be read ({problem})")]
    Unreadable {
        /// What the system says.
        problem: Clean,
    },
    /// A link to nothing.
    #[error("it is a dangling symlink")]
    DanglingLink,
    /// Links that lead in a circle.
    #[error("its symlinks form a loop")]
    LinkLoop,
    /// A path that was asked for is not there.
    #[error("there is no such file or folder")]
    Missing,
    /// A path that was asked for is a device, a pipe or a socket, which may have no end.
    #[error("it is neither a file nor a folder")]
    NotAFile,
}

/// How far a scan is, and in the end what it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScanCounts {
    /// Files that were read.
    pub files: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Binary files, of which only the beginning was read.
    pub binary: u64,
    /// Backups, which keep what they hold.
    pub backups: u64,
    /// Links to folders, which are not followed.
    pub links: u64,
    /// Files that were passed over and told of.
    pub skipped: u64,
    /// Ids that are no grants and not named like one.
    pub other_ids: u64,
}

/// What a scan reports: findings and what was passed over, in no order, then `Done` unless it was cancelled.
#[derive(Clone, Debug, PartialEq)]
pub enum ScanEvent {
    /// How far it is. Some are left out where the reader is slow.
    Progress(ScanCounts),
    /// An id.
    Found(Box<Finding>),
    /// A file that was not looked into.
    Skipped {
        /// The file.
        path: PathBuf,
        /// Why.
        why: Skip,
        /// It was asked for by its name.
        asked: bool,
    },
    /// It is over.
    Done(ScanCounts),
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
