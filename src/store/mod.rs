//! Configuration and key sources.
