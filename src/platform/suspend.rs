//! Stopping as the terminal driver would.

/// Who is to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Ctrl-Z: the whole process group, so that a wrapper that started us stops too.
    Group,
    /// SIGTSTP from outside: only this process was meant.
    Process,
}

/// Whether a shell with job control is there to continue us. The group of a session leader has none; the
/// terminal driver's SIGTSTP has no effect there either.
#[cfg(unix)]
pub(crate) fn is_possible() -> bool {
    rustix::process::getsid(None).is_ok_and(|session| session != rustix::process::getpgrp())
}

/// Stops this process, or asks its group to. Everything after this call may already run before the stop took hold,
/// so the caller waits for SIGCONT before it touches the terminal again. This process catches what the group is
/// asked by: the caller waits for that too, and then stops this process.
#[cfg(unix)]
pub(crate) fn stop(scope: Scope) {
    use rustix::process::{Signal, getpid, kill_current_process_group, kill_process};
    // A process may always send signals to itself and so to its group.
    let _ = match scope {
        Scope::Group => kill_current_process_group(Signal::TSTP),
        Scope::Process => kill_process(getpid(), Signal::STOP),
    };
}

/// There is no job control.
#[cfg(not(unix))]
pub(crate) fn is_possible() -> bool {
    false
}

/// There is no job control.
#[cfg(not(unix))]
pub(crate) fn stop(_: Scope) {}
