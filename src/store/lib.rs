//! Configuration, sources of keys, and the history of calls. Every file read is named by an environment variable, an
//! option or the user's configuration folder, never found through the working directory.
//!
//! Nothing is validated here: keys and URLs are plain text until the protocol layer checks them.

pub mod attribution;
pub mod config;
#[cfg(test)]
pub mod docs;
pub mod edit_profiles;
pub mod history;
pub mod keyring_place;
pub mod log;
pub mod paths;
pub mod preferences;
pub mod probes;
pub mod profile;
pub mod remembered;
pub mod selectors;
pub mod session;
pub mod settings;

use grantdeck_disk as disk;
use grantdeck_domain as domain;

pub use config::Config;
pub use history::{History, HistoryError, HistoryPolicy, Place, Retention};
pub use keyring_place::KeyringPlace;
pub use paths::Environment;
pub use preferences::Preferences;
pub use profile::{KeySource, Profile, TokenSource};
pub use remembered::Memory;
pub use session::{Credentials, Source};
