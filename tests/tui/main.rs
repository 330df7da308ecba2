//! The whole program in a pseudo-terminal.
#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "tests measure and limit real time, and a test that cannot go on stops"
)]

mod answers;
mod background;
mod browse;
mod call;
mod calls;
mod connecting;
mod crowd;
mod driver;
mod faults;
mod files;
mod history;
mod hostile;
mod leak;
mod life;
mod lists;
mod portrait;
mod progress;
mod questions;
mod remembering;
mod revoking;
mod rig;
mod shells;
mod signals;
mod sources;
mod switching;
mod testing;
