//! The work itself.
