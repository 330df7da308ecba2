//! The built program from outside: what it prints, where it says it, what it exits with.

#![expect(clippy::unwrap_used, clippy::panic, reason = "all of this is a test, its helpers too")]

mod list;
mod rig;
mod sources;
mod weather;
