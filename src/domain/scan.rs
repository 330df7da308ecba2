//! Grant ids in the files of a project: what is known of them, and what a scan asks and reports.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use foldhash::fast::RandomState;
use jiff::Timestamp;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};
use uuid::Uuid;

use super::{Clean, Grant, GrantId, Health, Moment};

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
    /// Its grant works, but the same account of the same provider has a newer one under the same label.
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

    /// What it means, in a few words.
    pub fn explained(self) -> &'static str {
        match self {
            Self::Stale => "revoked or expired",
            Self::Superseded => "the account has a newer grant",
            Self::Unknown => "named like a grant, and not in the list",
            Self::Alive => "in the list",
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
    /// For what is stale or superseded: the live grants of the same account that could take its place.
    pub replacements: Vec<GrantId>,
}

impl Known {
    /// The one that takes its place. None where there is none, or where somebody has to choose.
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
}

impl KnownIds {
    /// Judges every grant of a list. Only whole lists make sense: what is missing is unknown.
    ///
    /// Replacements are looked for among the grants of the same provider, account, kind and sort of owner.
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
                live.entry(account).or_default().push(Candidate { id: *id, label, created });
            }
        }
        let known = grants.iter().map(|(id, grant, health)| {
            let peers = account(grant).and_then(|account| live.get(&account)).map_or(&[][..], Vec::as_slice);
            (id.0, judge(grant, *health, peers))
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

fn is_live(health: Health) -> bool {
    !matches!(health, Health::Revoked | Health::Expired | Health::Unknown)
}

fn judge(grant: &Grant, health: Health, peers: &[Candidate<'_>]) -> Known {
    let label = grant.label.as_deref();
    let same_label = |peer: &&Candidate<'_>| peer.label == label;
    let is_stale = matches!(health, Health::Revoked | Health::Expired);
    let has_newer = |label: Option<&str>, at: Option<Timestamp>| {
        let mut same = peers.iter().filter(|peer| peer.label == label);
        at.is_some_and(|at| same.any(|peer| peer.created.is_some_and(|other| other > at)))
    };
    let standing = match () {
        () if is_stale => Standing::Stale,
        () if has_newer(label, created(grant)) => Standing::Superseded,
        () => Standing::Alive,
    };
    let current: Vec<&Candidate<'_>> = match standing {
        Standing::Alive | Standing::Unknown => Vec::new(),
        _ => peers.iter().filter(|peer| !has_newer(peer.label, peer.created)).collect(),
    };
    // Siblings that share an account are told apart by their labels.
    let own: Vec<&Candidate<'_>> = current.iter().copied().filter(same_label).collect();
    let chosen = if own.is_empty() { current } else { own };
    Known {
        provider: Arc::clone(&grant.provider),
        account: grant.account().into(),
        label: grant.label.clone(),
        health,
        standing,
        replacements: chosen.into_iter().map(|peer| peer.id).collect(),
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
    /// Its line, masked: names and shortened ids, nothing else.
    pub context: Clean,
    /// What the list says; None for what is unknown.
    pub known: Option<Known>,
}

/// What can be put right of what a scan found.
#[derive(Debug, Default)]
pub struct Repairs<'a> {
    /// Stale and superseded ids, each with the only grant that takes its place.
    pub pairs: Vec<(Uuid, Uuid)>,
    /// The first finding of each id for which there is none, or several.
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
        match finding.known.as_ref().and_then(Known::replacement) {
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
    #[error("it has {bytes} bytes; files over 5 MiB are passed over")]
    TooLarge {
        /// Its size.
        bytes: u64,
    },
    /// It was there a moment ago.
    #[error("it is not there any more")]
    Vanished,
    /// No permission, or the disk fails.
    #[error("it cannot be read ({problem})")]
    Unreadable {
        /// What the system says.
        problem: Clean,
    },
    /// A link to nothing.
    #[error("it is a link to nothing")]
    DanglingLink,
    /// Links that lead in a circle.
    #[error("its links lead in a circle")]
    LinkLoop,
    /// A path that was asked for is not there.
    #[error("there is no such file or folder")]
    Missing,
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
    },
    /// It is over.
    Done(ScanCounts),
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
