//! The sandbox on its own: what it accepts, what it refuses, what it shows, and its faults.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that cannot go on ends the test and says why"
)]

mod act_faults;
mod address;
mod agents;
mod approvals;
mod aws;
mod calls;
mod catalog;
mod faults;
mod held;
mod keys;
mod lists;
mod manage;
mod probes;
mod providers;
mod reports;
mod retrieve;
mod rig;
mod secret_sessions;
mod sessions;
mod sign_in;
mod verification;
mod wire;
mod world;
