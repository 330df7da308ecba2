//! API keys: how they are made, who holds them, and which of them are dead.
//!
//! Source of the grammar: docs/protocol/transport.md section 2.

use std::collections::HashMap;
use std::sync::Arc;

use fastrand::Rng;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::verify;

const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// So much of a key is shown in lists.
const PREFIX: usize = 13;
const LEGACY: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The six check characters of a scoped key: CRC-32 of `type:body`, five bits at a time, lowest first.
pub fn checksum(kind: &str, body: &str) -> String {
    let crc = crc32(format!("{kind}:{body}").as_bytes());
    (0..6).map(|group| char::from(BASE32[usize::try_from((crc >> (5 * group)) & 31).unwrap_or(0)])).collect()
}

/// CRC-32 (IEEE), bit by bit: a handful of keys are made per world, and the client's table is not shared.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = !0_u32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

pub(super) fn make_scoped(rng: &mut Rng, kind: &str) -> String {
    let body: String = (0..22).map(|_| char::from(BASE32[rng.usize(..BASE32.len())])).collect();
    let check = checksum(kind, &body);
    format!("alter_{kind}_{body}_{check}")
}

pub(super) fn make_legacy(rng: &mut Rng) -> String {
    let body: String = (0..40).map(|_| char::from(LEGACY[rng.usize(..LEGACY.len())])).collect();
    format!("alter_key_{body}")
}

/// On whose behalf a key acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    App,
    /// The agent with this index.
    Agent(usize),
}

/// Why a key no longer works; each answers 401 with its code (docs/protocol/errors.md, main surface).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// `key_revoked`.
    Revoked,
    /// `key_expired`.
    Expired,
    /// `key_rotated_grace_expired`.
    Rotated,
    /// `key_not_active`.
    Inactive,
}

impl KeyState {
    /// The machine code of the refusal.
    pub fn code(self) -> &'static str {
        match self {
            Self::Revoked => "key_revoked",
            Self::Expired => "key_expired",
            Self::Rotated => "key_rotated_grace_expired",
            Self::Inactive => "key_not_active",
        }
    }

    pub(super) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Revoked => ("This API key has been revoked.", "Create a new key in the dashboard."),
            Self::Expired => ("This API key has expired.", "Create a new key or derive a fresh one."),
            Self::Rotated => {
                ("This API key was rotated and its overlap is over.", "Deploy the key that replaced it.")
            }
            Self::Inactive => ("This API key is not active.", "Activate the key in the dashboard."),
        }
    }
}

/// A key as the backend stores it. Instants are Unix seconds.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) id: Uuid,
    /// `rk`, `dk` and `pk` are an application's, `ak` an agent's (docs/protocol/grants.md section 11).
    pub(super) kind: &'static str,
    pub(super) name: String,
    /// The beginning of the plaintext.
    pub(super) prefix: String,
    pub(super) holder: Holder,
    /// Why it never worked in this world.
    pub(super) dead: Option<KeyState>,
    pub(super) deprecated_at: Option<i64>,
    pub(super) revoked_at: Option<i64>,
    pub(super) expires_at: Option<i64>,
    /// Until when it goes on working beside the key that replaced it.
    pub(super) replaced_until: Option<i64>,
    pub(super) created_at: i64,
    pub(super) last_used_at: Option<i64>,
    /// The key it was derived from, by number.
    pub(super) parent: Option<usize>,
    /// What it may do; `None`: everything.
    pub(super) scopes: Option<Arc<[String]>>,
    /// The networks that may use it. Kept and shown only: a sandbox is asked from loopback.
    pub(super) networks: Option<Vec<String>>,
    /// What its requests are signed with.
    pub(super) secret: [u8; 32],
}

impl Key {
    /// A key that may do everything and never ends.
    pub(super) fn new(plaintext: &SecretString, kind: &'static str, holder: Holder, created_at: i64) -> Self {
        let plaintext = plaintext.expose_secret();
        let secret = verify::signing_key(plaintext);
        Self {
            // Made from the key, so that the world's random numbers stay what they are.
            id: Uuid::new_v5(&Uuid::NAMESPACE_OID, &secret),
            kind,
            name: "default".to_owned(),
            prefix: plaintext.chars().take(PREFIX).collect(),
            holder,
            dead: None,
            deprecated_at: None,
            revoked_at: None,
            expires_at: None,
            replaced_until: None,
            created_at,
            last_used_at: None,
            parent: None,
            scopes: None,
            networks: None,
            secret,
        }
    }

    /// Why it does not work at an instant.
    pub(super) fn state_at(&self, now: i64) -> Option<KeyState> {
        let over = |end: Option<i64>| end.is_some_and(|end| end <= now);
        match self.dead {
            Some(state) => Some(state),
            None if self.revoked_at.is_some() => Some(KeyState::Revoked),
            None if over(self.expires_at) => Some(KeyState::Expired),
            None if over(self.replaced_until) => Some(KeyState::Rotated),
            None => None,
        }
    }
}

/// Every key there is, by number.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyRing {
    keys: Vec<Key>,
    numbers: HashMap<String, usize>,
}

impl KeyRing {
    /// Take a key in; its number.
    pub(super) fn add(&mut self, plaintext: &SecretString, key: Key) -> usize {
        let number = self.keys.len();
        self.keys.push(key);
        self.numbers.insert(plaintext.expose_secret().to_owned(), number);
        number
    }

    pub(super) fn find(&self, plaintext: &str) -> Option<(usize, &Key)> {
        let number = *self.numbers.get(plaintext)?;
        Some((number, self.keys.get(number)?))
    }

    pub(super) fn get(&self, number: usize) -> Option<&Key> {
        self.keys.get(number)
    }

    pub(super) fn get_mut(&mut self, number: usize) -> Option<&mut Key> {
        self.keys.get_mut(number)
    }

    /// The keys with their numbers, the oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &Key)> {
        self.keys.iter().enumerate()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (usize, &mut Key)> {
        self.keys.iter_mut().enumerate()
    }
}

/// An agent's own key.
#[derive(Debug, Clone)]
pub struct AgentKey {
    /// The agent's id.
    pub id: Uuid,
    /// The agent's name, unique in the app.
    pub name: String,
    /// `active`, `inactive` or `revoked`: the agent's own state. Only the first lists grants.
    pub status: String,
    /// The key.
    pub key: SecretString,
}

/// An application key that may not do everything.
#[derive(Debug, Clone)]
pub struct NarrowKey {
    /// What it may do, in a few words.
    pub name: &'static str,
    /// Its scopes.
    pub scopes: &'static [&'static str],
    /// The key.
    pub key: SecretString,
}

/// An end user's sign-in token.
#[derive(Debug, Clone)]
pub struct UserToken {
    /// The user's name, as written.
    pub name: String,
    /// The user's mail address.
    pub email: String,
    /// The token; it looks like a JWT and is one only in looks.
    pub token: SecretString,
    /// Whether the backend accepts it.
    pub valid: bool,
}

/// Every secret of a world: what a person or a test needs to talk to it.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The application key that works.
    pub app_key: SecretString,
    /// An application key that works and is announced as deprecated.
    pub deprecated_app_key: SecretString,
    /// One key per managed agent.
    pub agent_keys: Vec<AgentKey>,
    /// Application keys with fewer scopes.
    pub narrow_keys: Vec<NarrowKey>,
    /// Application keys that do not work, one per reason.
    pub dead_keys: Vec<(KeyState, SecretString)>,
    /// Tokens of some end users; the last one has expired.
    pub user_tokens: Vec<UserToken>,
}
