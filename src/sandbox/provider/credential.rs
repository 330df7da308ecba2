//! The credentials of the simulated providers: made from the world's seed, never stored.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;

use super::table::ProviderRow;
use crate::grant::{Grant, Kind};
use crate::verify::hmac_sha256;

const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const UPPER: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Makes credentials: the same ones each time.
#[derive(Debug)]
pub(crate) struct Secrets([u8; 32]);

/// A credential, and how it is put into a request (docs/protocol/calls.md A2).
#[derive(Debug)]
pub(crate) struct Credential {
    pub(crate) token: String,
    pub(crate) header: &'static str,
    pub(crate) format: &'static str,
    /// Further credentials, by name.
    pub(crate) additional: Vec<(&'static str, String)>,
    /// Target, key and source of each further injection.
    pub(crate) injections: &'static [(String, String, String)],
    /// Which credential of its connection this is; managed secrets have none.
    pub(crate) generation: Option<Uuid>,
}

impl Secrets {
    pub(crate) fn new(seed: u64) -> Self {
        Self(hmac_sha256(&seed.to_be_bytes(), b"sandbox provider credentials"))
    }

    fn bytes(&self, purpose: &str, id: Uuid) -> [u8; 32] {
        hmac_sha256(&self.0, format!("{purpose} {id}").as_bytes())
    }

    fn letters(&self, purpose: &str, id: Uuid, alphabet: &[u8]) -> String {
        let bytes = self.bytes(purpose, id);
        bytes.iter().map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()])).collect()
    }

    /// The credential of a grant.
    ///
    /// Real siblings share one. Here each has its own, so that the simulator can tell with which grant it is called.
    pub(crate) fn of(&self, grant: &Grant, row: &'static ProviderRow) -> Credential {
        let renewals = match &grant.kind {
            Kind::Oauth(oauth) => oauth.renewals,
            Kind::Secret(_) => 0,
        };
        // The first one as it always was.
        let purpose = |name: &str| if renewals == 0 { name.to_owned() } else { format!("{name} {renewals}") };
        let random = self.letters(&purpose("token"), grant.id, LETTERS);
        let mut additional = Vec::new();
        let token = if row.is_aws() {
            // Every other AWS credential is a temporary one, which brings a session token.
            let temporary = grant.id.as_u128() & 1 == 1;
            additional.push(("secret_key", self.letters("secret key", grant.id, LETTERS) + "sandbox/"));
            additional.push(("region", "eu-central-1".to_owned()));
            additional.push(("service", "sts".to_owned()));
            if temporary {
                let token = self.letters("session token", grant.id, LETTERS);
                additional.push(("session_token", format!("IQoJsandbox{token}//{token}==")));
            }
            let key = self.letters("access key", grant.id, UPPER);
            let key: String = key.chars().take(16).collect();
            format!("{}{key}", if temporary { "ASIA" } else { &row.prefix })
        } else if row.basic {
            STANDARD.encode(format!("{}:{random}", row.prefix))
        } else {
            format!("{}{random}", row.prefix)
        };
        for name in &row.extra {
            additional.push((name, self.letters(name, grant.id, LETTERS)));
        }
        let generation = match grant.kind {
            Kind::Oauth(_) => {
                let [first, ..]: [u8; 32] = self.bytes(&purpose("generation"), grant.credential);
                let mut id = *grant.credential.as_bytes();
                id[0] = first;
                Some(uuid::Builder::from_random_bytes(id).into_uuid())
            }
            Kind::Secret(_) => None,
        };
        Credential {
            token,
            header: row.header(),
            format: row.format(),
            additional,
            injections: &row.also,
            generation,
        }
    }
}

impl Credential {
    /// The value of a source: `token` or `additional_credentials.NAME`.
    pub(super) fn source(&self, source: &str) -> Option<&str> {
        match source.strip_prefix("additional_credentials.") {
            Some(name) => self.named(name),
            None => Some(&self.token),
        }
    }

    pub(crate) fn named(&self, name: &str) -> Option<&str> {
        self.additional.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// The header's whole value.
    pub(super) fn value(&self) -> String {
        self.format.replacen("{token}", &self.token, 1)
    }
}
