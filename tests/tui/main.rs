//! The whole program in a pseudo-terminal.
#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "tests measure and limit real time")]

mod driver;
mod life;
