//! An emulated Alter backend.
