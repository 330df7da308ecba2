//! Filtering, matching and ordering of rows.
