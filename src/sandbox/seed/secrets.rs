//! Keys and tokens.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fastrand::Rng;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{Grower, HOUR};
use crate::keys::{
    AgentKey, Credentials, Holder, KeyRing, KeyState, NarrowKey, UserToken, make_legacy, make_scoped,
};

/// Application keys that may not do everything: one only looks, one fetches credentials and nothing else with them.
const NARROW: [(&str, &[&str]); 2] = [
    ("lists only", &["grants:read", "agents:read", "providers:read"]),
    (
        "retrieve mode only",
        &["grants:read", "agents:read", "providers:read", "tokens:retrieve", "audit:emit"],
    ),
];

impl Grower {
    pub(super) fn issue_credentials(&mut self) -> (KeyRing, Credentials, HashMap<String, (usize, bool)>) {
        let mut ring = KeyRing::default();
        let mut scoped = |grower: &mut Self, kind: &str, key_state: Option<KeyState>, deprecated: bool| {
            let key = SecretString::from(make_scoped(&mut grower.rng, kind));
            ring.add(&key, Holder::App, key_state, deprecated);
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
                ring.add(&key, Holder::Agent(index), None, false);
                let agent = &self.agents[index];
                AgentKey { id: agent.id, name: agent.name.clone(), status: agent.status.clone(), key }
            })
            .collect();

        let narrow_keys = NARROW.map(|(name, scopes)| {
            let key = SecretString::from(make_scoped(&mut apart, "rk"));
            ring.add(&key, Holder::App, None, false);
            ring.narrow(&key, scopes);
            NarrowKey { name, scopes, key }
        });
        let mut tokens = HashMap::new();
        let user_tokens = (0..4)
            .map(|index| {
                let valid = index < 3;
                let user = &self.users[index];
                let ends = self.now + if valid { 12 * HOUR } else { -HOUR };
                let claims =
                    json!({ "sub": user.subject, "email": user.email, "iat": self.now, "exp": ends });
                let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
                let signature: [u8; 32] = std::array::from_fn(|_| self.rng.u8(..));
                let head = json!({ "alg": "RS256", "typ": "JWT", "kid": "sandbox" });
                let token =
                    format!("{}.{}.{}", part(&head), part(&claims), URL_SAFE_NO_PAD.encode(signature));
                let token = SecretString::from(token);
                tokens.insert(token.expose_secret().to_owned(), (index, valid));
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
