//! Connecting accounts: the request for a session, the link for its user, the result, and which session
//! repairs a broken grant (docs/protocol/connect.md).

mod finished;
mod link;
mod outcome;
mod pace;
mod plan;
mod reconnect;
mod request;

pub use finished::{Finished, FinishedGrant};
pub use link::{SessionLink, SessionToken};
pub use outcome::{
    ConnectState, Connected, ConnectedGrant, DeclinedProvider, FailedGrant, GrantedDelegation, Operation,
    SecretPath, SessionFailure, SessionFailureKind,
};
pub use pace::{INTERVAL, Pace};
pub use plan::{
    AccountCheck, ConnectOptions, ConnectPlan, Forecast, Owner, PlannedSession, SessionPlan, appeared,
};
pub use reconnect::{NoReconnect, ReconnectOptions, instead_of_repair, reconnect};
pub use request::{
    ConnectMetadata, ConnectRequest, GrantPolicy, RequestRefused, RequestedGrant, Restrictions, SecretRequest,
};
