//! Commands that make and end grants, against a backend that keeps a list and answers by script.

pub(crate) mod backend;
mod connect;
mod reconnect;
mod revoke;
mod whoami;
