//! tmux's paste buffer, which tmux passes on to its terminal if it can.

use std::process::Command;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::super::child::{Helper, helper_command, run, withhold};
use super::super::clock::Clock;
use super::{Environment, RouteError, TMUX_CLEANER, detach, set_display, wants_clearing};
use crate::domain::{Clean, Copied, CopyRoute, CopyText};

const WHO: &str = "tmux";

/// Loads the text and reads it back, within the environment's limit.
pub(super) fn copy(
    text: &CopyText,
    environment: &Environment,
    hidden: &[String],
) -> Result<Copied, RouteError> {
    let clock = Clock::start();
    let left = || environment.limit.saturating_sub(clock.elapsed());
    let ask = |arguments: &[&str], input: &[u8]| {
        let mut command = tmux(arguments);
        withhold(&mut command, hidden);
        set_display(&mut command, environment);
        let answer = run(&mut command, Zeroizing::new(input.to_vec()), left());
        answer.map_err(|error| RouteError::of(WHO, error))
    };
    let (loaded, _) = ask(&["load-buffer", "-w", "-"], text.text.as_bytes())?;
    if !loaded.success() {
        // Before 3.2, tmux had no `-w` for passing buffers on.
        let (loaded, _) = ask(&["load-buffer", "-"], text.text.as_bytes())?;
        if !loaded.success() {
            return Err(RouteError::Refused(WHO, "tmux did not accept the buffer".to_owned()));
        }
    }
    // tmux has the text now: failures below only lower what is known about it.
    let newest = ask(&["list-buffers", "-F", "#{buffer_name}"], &[]).ok().and_then(|(_, names)| {
        let names = String::from_utf8_lossy(&names);
        names.lines().next().map(str::to_owned)
    });
    let ours = newest.filter(|name| {
        let held = ask(&["show-buffer", "-b", name], &[]);
        held.is_ok_and(|(status, held)| status.success() && *held == text.text.as_bytes())
    });
    let wanted = wants_clearing(text, environment);
    let cleared = wanted && ours.as_ref().is_some_and(|name| clear_later(name, text, environment, hidden));
    let stays = if cleared {
        "a copy that tmux passed to its terminal stays there"
    } else {
        "not cleared automatically"
    };
    Ok(Copied {
        route: CopyRoute::Tmux,
        verified: ours.is_some(),
        clears_after: environment.clear_after.filter(|_| cleared),
        note: wanted.then(|| Clean::from(stays)),
    })
}

/// Starts the helper that deletes the buffer later. Returns whether that worked.
fn clear_later(name: &str, text: &CopyText, environment: &Environment, hidden: &[String]) -> bool {
    let Some(after) = environment.clear_after else { return false };
    let Ok(mut command) = helper_command(TMUX_CLEANER, environment.program.as_deref(), hidden) else {
        return false;
    };
    set_display(&mut command, environment);
    detach(&mut command);
    command.args([name, &after.as_millis().to_string()]);
    let hash = Zeroizing::new(Sha256::digest(text.text.as_bytes()).to_vec());
    let Ok(mut cleaner) = Helper::start(&mut command, hash) else { return false };
    let ready = cleaner.first_line(environment.limit).is_some_and(|line| line == "ok");
    if ready {
        cleaner.detach();
    }
    ready
}

/// A command for the tmux that `TMUX` names.
pub(super) fn tmux(arguments: &[&str]) -> Command {
    let mut command = Command::new("tmux");
    command.args(arguments);
    command
}
