//! grantdeck: the terminal deck for the grants of an Alter Vault application.
//!
//! The layers, and what each may import (drawn in `docs/architecture.md`). Most are packages, re-exported here:
//!
//! - [`domain`]: what a grant *is*. Pure data and rules; no clock, no I/O.
//! - [`protocol`]: the wire, pure: answers, request signing, the error table. Knows `domain`.
//! - [`search`]: filtering, matching and ordering of rows, pure. Knows `domain`.
//! - [`body`]: bodies made viewable: JSON with folds, text, bytes, searching, comparing. Pure. Knows `domain`.
//! - [`api`]: the client of the Alter backend. Knows `domain`, `protocol`.
//! - [`disk`]: how a file is replaced: by one writer at a time, whole or not at all. Knows nobody.
//! - [`store`]: configuration and where keys come from. Knows `domain`, `disk`; never the network.
//! - [`edit`]: one value in a file of the user's project, everything else as it was; grant ids in files. Knows
//!   `domain`, `disk`; never the network.
//! - [`jobs`]: the work itself (list, call, …) as cancellable functions that report events. Knows `domain`,
//!   `protocol`, `body`, `api`, `search`, `store`; never who reads.
//! - [`sandbox`]: an emulated backend. Knows nobody: it must be able to test the rest.
//! - [`ui`]: widgets over plain data, theme, layout, text. Knows `domain`'s clean text and `body`'s lines.
//! - [`app`]: the app behind the screen: model, messages, effects, update, view. Knows `domain`, `body`, `search`,
//!   `ui`.
//! - [`platform`]: the operating system: processes, signals, clocks, clipboard, keyring, keys that are typed. Knows
//!   `domain`, `disk`.
//! - [`session`]: what a session is opened with and how one ends, for commands and screen alike. Knows `platform`,
//!   `store`, `jobs`, `sandbox`.
//! - [`cli`]: subcommands and their output. Knows everything but `ui`, `tui` and, save the keymap, `app`.
//! - [`tui`]: the screen's host: the loop, the terminal, the effects. Knows everything but `cli`.

pub mod app;
pub mod cli;
#[doc(hidden)]
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod tui;
pub mod ui;

pub use grantdeck_api as api;
pub use grantdeck_body as body;
pub use grantdeck_disk as disk;
pub use grantdeck_domain as domain;
pub use grantdeck_edit as edit;
pub use grantdeck_jobs as jobs;
pub use grantdeck_platform as platform;
pub use grantdeck_protocol as protocol;
pub use grantdeck_sandbox as sandbox;
pub use grantdeck_search as search;
pub use grantdeck_session as session;
pub use grantdeck_store as store;
