//! An emulated Alter backend: demo, tests and `grantdeck sandbox` are this one object.
//!
//! [`World`] is a pure state machine: requests in, replies out, the clock passed in, everything random from a seed.
//! [`serve`] puts a thin HTTP front before it, on loopback only. It verifies signatures strictly and shares no code
//! with the client, whose tests it serves; its answers are built here, from `src/sandbox/assets/demo*.toml`.
//!
//! Where the protocol is silent, the choices are:
//!
//! - a signature, hash, clock or nonce that does not fit: 401 `invalid_signature`, with a `reason` for machines;
//!   300 seconds of tolerance; version 2 demanded as soon as an identity header is present;
//! - the key's own state (revoked, expired …) is told before its signature is checked;
//! - the list is newest first; with a user token it holds what belongs to that user (an agent: of its own);
//! - an agent sees the grants it owns and, as delegations, the children it holds;
//! - the view follows the key, also when an app key acts as an agent;
//! - `me` by an app key is 403, the other agent calls by an agent key are 403 `app_key_required`;
//! - an unknown path is 404 `not_found`, a known one with another method 405, both only for who has a key;
//! - a signed header that comes twice is refused;
//! - of a call, every field is checked and an unknown one refused; where a call may go, which methods there are, how
//!   policies are written inside, and how long anything about an approval takes, each says where it is decided;
//! - request rules of attenuated clients are signed and ignored, their scopes are not.

mod acts;
mod budget;
mod call;
mod connection;
mod delivery;
pub mod faults;
mod grant;
mod hostile;
mod input;
mod journal;
pub mod keys;
mod manage;
mod message;
mod options;
mod pages;
mod past;
mod provider;
mod routes;
mod scopes;
mod seed;
mod serve;
mod sessions;
mod tables;
mod tamper;
pub mod verify;
mod world;

pub use acts::Act;
pub use call::{AuditRow, CallError, Decision, Held};
pub use faults::{FAULTS, Fault, FaultSpec, OddEnvelope, OddRow};
pub use journal::JournalEntry;
pub use keys::{AgentKey, Credentials, KeyState, NarrowKey, UserToken};
pub use message::{Ending, Hold, Reply, Request};
pub use options::Options;
pub use provider::{ProviderCall, aws};
pub use serve::{Clock, Running, serve, start};
pub use sessions::SessionEnd;
pub use world::World;
