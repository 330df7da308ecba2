//! The built program from outside: what it prints, where it says it, what it exits with.

#![expect(clippy::string_slice, reason = "keys and ids are ASCII")]
#![expect(clippy::unwrap_used, reason = "all of this is a test, its helpers too")]

mod attribution;
mod breakdown;
mod call;
mod call_failures;
mod call_faults;
#[cfg(target_os = "linux")]
mod clipboard;
#[cfg(target_os = "linux")]
mod desktop;
mod doctor;
mod echo;
mod exits;
mod failures;
mod faults;
mod history;
mod id;
mod jq;
mod list;
mod log;
mod manage;
mod profiles;
mod proxies;
mod rig;
#[cfg(target_os = "linux")]
mod runner;
mod scan;
mod scan_demo;
mod secrets;
mod sent;
mod shell;
#[cfg(target_os = "linux")]
mod signals;
mod smoke;
mod sources;
mod streams;
mod surroundings;
mod tls;
mod unread;
mod writers;
