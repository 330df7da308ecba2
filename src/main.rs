//! Parses the command line, dispatches, maps the outcome to an exit code.

fn main() {}
