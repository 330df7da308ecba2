//! The desktop's clipboard: one copy of this program holds the text, another one reads it back.

use std::time::Duration;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::super::child::{Helper, ourselves, run};
use super::super::clock::Clock;
use super::owner::{DIFFERENT, SAME};
use super::{Broken, Environment, OWNER, VERIFIER, detach, point};
use crate::domain::{Copied, CopyRoute, CopyText};

const WHO: &str = "the native clipboard";

/// Copies and checks, within the environment's limit. A owner whose text was not found is ended.
pub(super) fn copy(text: &CopyText, environment: &Environment, hidden: &[String]) -> Result<Copied, Broken> {
    let clock = Clock::start();
    let left = || environment.limit.saturating_sub(clock.elapsed());
    let clears_after = environment.clear_after.filter(|_| text.sensitive);
    let helper = |helper| {
        let command = ourselves(helper, environment.program.as_deref(), hidden);
        command
            .map(|mut command| {
                point(&mut command, environment);
                command
            })
            .map_err(|error| Broken::of(WHO, error))
    };

    let mut command = helper(OWNER)?;
    detach(&mut command);
    command.arg(if text.sensitive { "secret" } else { "plain" });
    command.arg(clears_after.map_or_else(|| "never".to_owned(), |after| after.as_millis().to_string()));
    let bytes = Zeroizing::new(text.text.as_bytes().to_vec());
    let mut owner = Helper::start(&mut command, bytes).map_err(|error| Broken::of(WHO, error))?;
    match owner.first_line(left()).as_deref() {
        Some("ok") => {}
        Some(reason) => return Err(Broken::Refused(WHO, reason.to_owned())),
        None if left().is_zero() => return Err(Broken::Slow(WHO)),
        None => return Err(Broken::Refused(WHO, "its clipboard owner crashed".to_owned())),
    }

    let mut command = helper(VERIFIER)?;
    // It gives up a little earlier than we do, to be able to say what it saw.
    command.arg((left() * 3 / 4).as_millis().to_string());
    let hash = Zeroizing::new(Sha256::digest(text.text.as_bytes()).to_vec());
    let (status, _) = run(&mut command, hash, left()).map_err(|error| Broken::of(WHO, error))?;
    match status.code() {
        Some(code) if code == i32::from(SAME) => {}
        Some(code) if code == i32::from(DIFFERENT) => return Err(Broken::Different(WHO)),
        _ => return Err(Broken::Refused(WHO, "it cannot be read back".to_owned())),
    }
    // The text that was found was not this owner's.
    if owner.ended().is_some_and(|status| !status.success()) {
        return Err(Broken::Refused(WHO, "its clipboard owner crashed".to_owned()));
    }
    owner.detach();
    Ok(Copied { route: CopyRoute::Native, verified: true, clears_after: clears_after.map(whole), note: None })
}

/// Nobody reads milliseconds.
fn whole(time: Duration) -> Duration {
    Duration::from_secs(time.as_secs_f32().ceil() as u64)
}
