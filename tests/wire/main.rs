//! The wire: the recorded vectors of the protocol, and the client against scripted servers.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "functions shared by tests, where a panic is the report and the real clock measures the test itself"
)]

mod answers;
mod calls;
mod connect;
mod echoes;
mod errors;
mod exchanges;
mod faults;
mod flows;
mod grammars;
mod grants;
mod limits;
mod pastes;
mod providers;
mod server;
mod signing;
mod support;
mod surroundings;
mod vectors;
