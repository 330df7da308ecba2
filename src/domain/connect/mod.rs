//! Connecting accounts: what a session is asked for, the link that its user opens, what comes of it, and which session
//! brings a broken grant back (docs/protocol/connect.md).

mod link;
mod outcome;
mod pace;
mod request;

pub use link::{SessionLink, SessionToken};
pub use outcome::{
    ConnectState, ConnectedGrant, DeclinedProvider, FailedGrant, GrantedDelegation, Operation, SecretPath,
    SessionFailure, SessionFailureKind,
};
pub use pace::{INTERVAL, Pace};
pub use request::{
    ConnectMetadata, ConnectRequest, GrantPolicy, RequestRefused, RequestedGrant, Restrictions, SecretRequest,
};
