//! One row of the list.
