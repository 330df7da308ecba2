//! Configuration, where keys come from, and the history of calls. Everything it reads is named by an environment
//! variable, by an option or by the user's configuration folder: never by the folder that the program happens to run
//! in.
//!
//! The room refuses to judge what it found: keys and URLs are texts here, the wire's own checks come later.

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

pub use config::Config;
pub use history::{History, HistoryError, HistoryPolicy, Place, Retention};
pub use keyring_place::KeyringPlace;
pub use paths::Environment;
pub use preferences::Preferences;
pub use profile::{KeySource, Profile, TokenSource};
pub use remembered::Memory;
pub use session::{Credentials, Source};
