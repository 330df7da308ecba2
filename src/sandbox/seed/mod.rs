//! Growing a world: the same seed, size and instant give the same one.

mod family;
mod former;
mod people;
mod roots;
mod secrets;

use fastrand::Rng;
use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

pub(super) use secrets::{Tokens, make_token};

use super::grant::Grant;
use super::keys::{Credentials, KeyRing};
use super::tables::{self, People, Providers};

pub(super) const MINUTE: i64 = 60;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

/// A managed agent (docs/protocol/grants.md section 7). Instants are Unix seconds.
#[derive(Debug, Clone)]
pub(super) struct Agent {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) display_name: Option<String>,
    pub(super) kind: String,
    pub(super) status: String,
    /// Provider ids and slugs it works with.
    pub(super) selectors: Vec<String>,
    pub(super) scopes: Map<String, Value>,
    /// What it will be narrowed to, and when.
    pub(super) narrowing: Option<(Map<String, Value>, i64)>,
    pub(super) policy: Value,
    pub(super) metadata: Map<String, Value>,
    pub(super) rate_limit_per_minute: Option<u32>,
    pub(super) version: u32,
    pub(super) created_at: i64,
    pub(super) last_used_at: Option<i64>,
}

/// An end user of the app.
#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) email: String,
    /// The name as spelled in an address.
    pub(super) handle: String,
    /// Index of the company.
    pub(super) company: usize,
    pub(super) subject: String,
}

/// Everything that growth makes.
#[derive(Debug)]
pub(super) struct Growth {
    pub(super) app_id: Uuid,
    pub(super) idp_id: Uuid,
    pub(super) providers: Providers,
    pub(super) agents: Vec<Agent>,
    pub(super) users: Vec<User>,
    /// Newest first.
    pub(super) grants: Vec<Grant>,
    pub(super) keys: KeyRing,
    pub(super) credentials: Credentials,
    pub(super) tokens: Tokens,
    /// Per managed secret: its id and its developer credentials.
    pub(super) secret_ids: Vec<(Uuid, [Uuid; 2])>,
}

/// What growing needs at hand.
struct Grower {
    rng: Rng,
    now: i64,
    people: People,
    providers: Providers,
    /// Per managed secret: its id and its two developer credentials.
    secret_ids: Vec<(Uuid, [Uuid; 2])>,
    agents: Vec<Agent>,
    users: Vec<User>,
    grants: Vec<Grant>,
}

pub(super) fn grow(count: u32, seed: u64, now: Timestamp) -> Growth {
    let (people, providers) = (tables::people(), tables::providers());
    let mut rng = Rng::with_seed(seed);
    let (app_id, idp_id) = (uuid(&mut rng), uuid(&mut rng));
    let secret_ids =
        providers.secret.iter().map(|_| (uuid(&mut rng), [uuid(&mut rng), uuid(&mut rng)])).collect();
    let count = count as usize;
    let mut grower = Grower {
        rng,
        now: now.as_second(),
        people,
        providers,
        secret_ids,
        agents: Vec::new(),
        users: Vec::new(),
        grants: Vec::with_capacity(count),
    };
    // What depends on `count` comes last: keys, agents and fixtures are the same in every size.
    grower.hire_agents();
    grower.meet_users(8);
    let (keys, credentials, tokens) = grower.issue_credentials();
    grower.add_fixtures(count);
    grower.meet_users(count / 4);
    grower.fill_up(count);
    let Grower { providers, people, agents, users, mut grants, secret_ids, .. } = grower;
    grants.truncate(count);
    grants.sort_by_key(|grant| std::cmp::Reverse(grant.created_at));
    former::remember(&people.former, &mut grants, now.as_second());
    Growth { app_id, idp_id, providers, agents, users, grants, keys, credentials, tokens, secret_ids }
}

/// A random UUID (version 4) from our own seed.
pub(super) fn uuid(rng: &mut Rng) -> Uuid {
    uuid::Builder::from_random_bytes(rng.u128(..).to_be_bytes()).into_uuid()
}

/// An index, as likely as its weight.
fn weighted(rng: &mut Rng, weights: impl Iterator<Item = u32> + Clone) -> usize {
    let mut left = rng.u32(0..weights.clone().sum::<u32>().max(1));
    for (index, weight) in weights.enumerate() {
        if left < weight {
            return index;
        }
        left -= weight;
    }
    0
}

/// An index below `length`, early ones more often than late ones.
fn early(rng: &mut Rng, length: usize) -> usize {
    let one = rng.usize(..length);
    one.min(rng.usize(..length))
}

/// `8m`, `3h`, `12d`, `-3h` in seconds; `None` for anything else (`never`).
fn span(text: &str) -> Option<i64> {
    let unit = text.chars().last()?;
    let number: i64 = text.strip_suffix(unit)?.parse().ok()?;
    match unit {
        'm' => Some(number * MINUTE),
        'h' => Some(number * HOUR),
        'd' => Some(number * DAY),
        _ => None,
    }
}

/// True once in a while: `share` of a thousand.
fn once_in(rng: &mut Rng, share: u32) -> bool {
    rng.u32(0..1000) < share
}
