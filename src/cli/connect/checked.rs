//! What the arguments of a connection alone refuse.

use super::writable;
use crate::cli::arguments::ConnectArguments;
use crate::cli::report::refused;
use crate::domain::{Diagnosis, formats};

/// What the arguments alone refuse.
pub(super) fn arguments(asked: &ConnectArguments) -> Result<(), Diagnosis> {
    let several = asked.providers.len() > 1;
    if several && !asked.scopes.is_empty() {
        return Err(refused("--scope", "scopes are those of exactly one provider"));
    }
    if several && (asked.write.is_some() || asked.name.is_some()) {
        return Err(refused("--write", "one name needs exactly one provider"));
    }
    if let (Some(format), Some(name)) = (asked.format, &asked.name) {
        formats::check(format, name).map_err(|problem| refused("--name", &problem.to_string()))?;
    }
    writable(asked)
}
