//! The screens, drawn into memory: snapshots to be read, and laws that any sequence of messages keeps.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod bodies;
mod calls;
mod connecting;
mod copying;
mod details;
mod filtering;
mod fixtures;
mod forms;
mod heavy;
mod held;
mod helping;
mod history;
mod large;
mod laws;
mod leaving;
mod missing;
mod pictures;
mod privacy;
mod questions;
mod remembering;
mod revoking;
mod saving;
mod scanning;
mod searching;
mod stage;
mod stories;
mod testing;
mod walks;
mod weight;
mod write_policy;
