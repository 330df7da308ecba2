//! The client of the Alter backend.
