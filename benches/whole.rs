//! Measures the built program as a whole.

fn main() {}
