//! Test calls (protocol: calls.md), pure: what is sent, how answers are read, what comes next.
//!
//! Proxy mode: [`proxy`], [`approval`]. Both modes: [`draft`], [`template`], [`json`].

pub mod approval;
pub mod draft;
pub mod json;
pub mod proxy;
pub mod template;

pub use draft::DraftError;
