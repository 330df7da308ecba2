//! Widgets over plain data.
