//! Keys and tokens.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fastrand::Rng;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{DAY, Grower, HOUR, User};
use crate::keys::{
    AgentKey, Credentials, Holder, Key, KeyRing, KeyState, NarrowKey, UserToken, make_legacy, make_scoped,
};

/// Application keys that may not do everything: one only looks, one fetches credentials and nothing else with them,
/// one makes grants and can end none.
const NARROW: [(&str, &[&str]); 3] = [
    ("lists only", &["grants:read", "agents:read", "providers:read"]),
    (
        "retrieve mode only",
        &["grants:read", "agents:read", "providers:read", "tokens:retrieve", "audit:emit"],
    ),
    (
        "everything but revoking",
        &[
            "grants:read",
            "agents:read",
            "providers:read",
            "tokens:retrieve",
            "proxy:execute",
            "audit:emit",
            "connect:initiate",
            "secrets:write",
            "idp_users:write",
        ],
    ),
];

/// The keys of the application are this old.
const KEYS_AGE: i64 = 90 * DAY;

/// Accepted and ended sign-in tokens: the user's index, and when each ends, in Unix seconds.
pub(crate) type Tokens = HashMap<String, (usize, i64)>;

/// A sign-in token; it looks like a JWT and is one only in looks.
pub(crate) fn make_token(rng: &mut Rng, user: &User, now: i64, ends: i64) -> String {
    let claims = json!({ "sub": user.subject, "email": user.email, "iat": now, "exp": ends });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signature: [u8; 32] = std::array::from_fn(|_| rng.u8(..));
    let head = json!({ "alg": "RS256", "typ": "JWT", "kid": "sandbox" });
    format!("{}.{}.{}", part(&head), part(&claims), URL_SAFE_NO_PAD.encode(signature))
}

impl Grower {
    pub(super) fn issue_credentials(&mut self) -> (KeyRing, Credentials, Tokens) {
        let mut ring = KeyRing::default();
        let born = self.now - KEYS_AGE;
        let mut scoped = |grower: &mut Self,
                          kind: &'static str,
                          key_state: Option<KeyState>,
                          deprecated: bool| {
            let key = SecretString::from(make_scoped(&mut grower.rng, kind));
            let deprecated_at = deprecated.then_some(born);
            ring.add(&key, Key { dead: key_state, deprecated_at, ..Key::new(&key, kind, Holder::App, born) });
            key
        };
        let app_key = scoped(self, "rk", None, false);
        let deprecated_app_key = scoped(self, "rk", None, true);
        let dead = [
            ("rk", KeyState::Revoked),
            ("dk", KeyState::Expired),
            ("rk", KeyState::Rotated),
            ("pk", KeyState::Inactive),
        ];
        let dead_keys =
            dead.map(|(kind, key_state)| (key_state, scoped(self, kind, Some(key_state), false))).to_vec();
        // Keys of their own seed: those that were there before them stay what they were.
        let mut apart = Rng::with_seed(self.rng.clone().u64(..) ^ 0x6E61_7272_6F77);
        let agent_keys = (0..self.agents.len())
            .map(|index| {
                let key = SecretString::from(make_legacy(&mut self.rng));
                let agent = &self.agents[index];
                let name = format!("{}-1", agent.name);
                let holder = Holder::Agent(index);
                ring.add(&key, Key { name, ..Key::new(&key, "ak", holder, agent.created_at) });
                AgentKey { id: agent.id, name: agent.name.clone(), status: agent.status.clone(), key }
            })
            .collect();

        let narrow_keys = NARROW.map(|(name, scopes)| {
            let key = SecretString::from(make_scoped(&mut apart, "rk"));
            let held = Some(scopes.iter().map(|scope| (*scope).to_owned()).collect());
            let called = name.replace(' ', "-");
            ring.add(&key, Key { name: called, scopes: held, ..Key::new(&key, "rk", Holder::App, born) });
            NarrowKey { name, scopes, key }
        });
        let mut tokens = HashMap::new();
        let user_tokens = (0..4)
            .map(|index| {
                let valid = index < 3;
                let user = &self.users[index];
                let ends = self.now + if valid { 12 * HOUR } else { -HOUR };
                let token = SecretString::from(make_token(&mut self.rng, user, self.now, ends));
                tokens.insert(token.expose_secret().to_owned(), (index, ends));
                UserToken { name: user.name.clone(), email: user.email.clone(), token, valid }
            })
            .collect();
        let credentials = Credentials {
            app_key,
            deprecated_app_key,
            agent_keys,
            narrow_keys: narrow_keys.to_vec(),
            dead_keys,
            user_tokens,
        };
        (ring, credentials, tokens)
    }
}
