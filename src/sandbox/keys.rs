//! API keys: how they are made, who holds them, and which of them are dead.
//!
//! Source of the grammar: docs/protocol/transport.md section 2.

use std::collections::HashMap;

use fastrand::Rng;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::verify;

const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
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

#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) number: usize,
    pub(super) holder: Holder,
    pub(super) state: Option<KeyState>,
    pub(super) deprecated: bool,
    /// What it may do; `None`: everything.
    pub(super) scopes: Option<&'static [&'static str]>,
    /// What its requests are signed with.
    pub(super) secret: [u8; 32],
}

#[derive(Debug, Clone, Default)]
pub(super) struct KeyRing(HashMap<String, Key>);

impl KeyRing {
    pub(super) fn add(
        &mut self,
        plaintext: &SecretString,
        holder: Holder,
        state: Option<KeyState>,
        deprecated: bool,
    ) {
        let number = self.0.len();
        let plaintext = plaintext.expose_secret();
        let secret = verify::signing_key(plaintext);
        let key = Key { number, holder, state, deprecated, scopes: None, secret };
        self.0.insert(plaintext.to_owned(), key);
    }

    /// Let a key do no more than this.
    pub(super) fn narrow(&mut self, plaintext: &SecretString, scopes: &'static [&'static str]) {
        if let Some(key) = self.0.get_mut(plaintext.expose_secret()) {
            key.scopes = Some(scopes);
        }
    }

    pub(super) fn find(&self, plaintext: &str) -> Option<&Key> {
        self.0.get(plaintext)
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
