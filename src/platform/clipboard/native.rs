//! The desktop's clipboard: one helper process owns the text, another reads it back.

use std::time::Duration;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::super::child::{Helper, helper_command, run};
use super::super::clock::Clock;
use super::owner::{DIFFERENT, SAME};
use super::{Environment, OWNER, RouteError, VERIFIER, detach, set_display};
use crate::domain::{Copied, CopyRoute, CopyText};

const WHO: &str = "the native clipboard";

/// Copies and verifies, within the environment's limit. Kills the clipboard owner if its text cannot be read back.
pub(super) fn copy(
    text: &CopyText,
    environment: &Environment,
    hidden: &[String],
) -> Result<Copied, RouteError> {
    let clock = Clock::start();
    let left = || environment.limit.saturating_sub(clock.elapsed());
    let clears_after = environment.clear_after.filter(|_| text.sensitive);
    let helper = |helper| {
        let command = helper_command(helper, environment.program.as_deref(), hidden);
        command
            .map(|mut command| {
                set_display(&mut command, environment);
                command
            })
            .map_err(|error| RouteError::of(WHO, error))
    };

    let mut command = helper(OWNER)?;
    detach(&mut command);
    command.arg(if text.sensitive { "secret" } else { "plain" });
    command.arg(clears_after.map_or_else(|| "never".to_owned(), |after| after.as_millis().to_string()));
    let bytes = Zeroizing::new(text.text.as_bytes().to_vec());
    let mut owner = Helper::start(&mut command, bytes).map_err(|error| RouteError::of(WHO, error))?;
    match owner.first_line(left()).as_deref() {
        Some("ok") => {}
        Some(reason) => return Err(RouteError::Refused(WHO, reason.to_owned())),
        None if left().is_zero() => return Err(RouteError::Slow(WHO)),
        None => return Err(RouteError::Refused(WHO, "its clipboard owner crashed".to_owned())),
    }

    let mut command = helper(VERIFIER)?;
    // The verifier's limit is a little shorter, so that it can still report what it found.
    command.arg((left() * 3 / 4).as_millis().to_string());
    let hash = Zeroizing::new(Sha256::digest(text.text.as_bytes()).to_vec());
    let (status, _) = run(&mut command, hash, left()).map_err(|error| RouteError::of(WHO, error))?;
    match status.code() {
        Some(code) if code == i32::from(SAME) => {}
        Some(code) if code == i32::from(DIFFERENT) => return Err(RouteError::Different(WHO)),
        _ => return Err(RouteError::Refused(WHO, "it cannot be read back".to_owned())),
    }
    // The text found was not put there by our owner.
    if owner.ended().is_some_and(|status| !status.success()) {
        return Err(RouteError::Refused(WHO, "its clipboard owner crashed".to_owned()));
    }
    owner.detach();
    Ok(Copied {
        route: CopyRoute::Native,
        verified: true,
        clears_after: clears_after.map(rounded_up),
        note: None,
    })
}

/// Rounds up to whole seconds, for display.
fn rounded_up(time: Duration) -> Duration {
    Duration::from_secs(time.as_secs_f32().ceil() as u64)
}
