//! The sandbox on its own: what it accepts, what it refuses, what it shows, and its weather.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that cannot go on ends the test and says why"
)]

mod agents;
mod catalog;
mod faults;
mod lists;
mod rig;
mod verification;
mod wire;
mod world;
