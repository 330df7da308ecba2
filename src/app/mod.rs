//! The mind of the screen.
