//! The wire: the recorded vectors of the protocol, and the client against scripted servers.

mod answers;
mod errors;
mod exchanges;
mod flows;
mod grammars;
mod grants;
mod server;
mod signing;
mod support;
mod vectors;
mod weather;
