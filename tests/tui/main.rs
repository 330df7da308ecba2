//! The whole program in a pseudo-terminal.
#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests measure and limit real time, and a test that cannot go on stops"
)]

mod driver;
mod life;
mod portrait;
