//! Job control: stops this process as the terminal driver would.

/// What to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Ctrl-Z: the whole process group, so that a wrapper that started us stops too.
    Group,
    /// SIGTSTP from outside: only this process.
    Process,
}

/// Whether a shell with job control can resume us. A session leader's group has none; SIGTSTP from the terminal driver
/// has no effect there either.
#[cfg(unix)]
pub fn is_possible() -> bool {
    rustix::process::getsid(None).is_ok_and(|session| session != rustix::process::getpgrp())
}

/// Stops this process, or asks its group to stop. Code after this call may run before the stop takes effect, so the
/// caller must wait for SIGCONT before it touches the terminal again. This process catches the signal sent to the
/// group: the caller waits for that too, and then stops this process.
#[cfg(unix)]
pub fn stop(scope: Scope) {
    use rustix::process::{Signal, getpid, kill_current_process_group, kill_process};
    // A process may always send signals to itself and to its group.
    let _ = match scope {
        Scope::Group => kill_current_process_group(Signal::TSTP),
        Scope::Process => kill_process(getpid(), Signal::STOP),
    };
}

/// No job control on this system.
#[cfg(not(unix))]
pub fn is_possible() -> bool {
    false
}

/// No job control on this system.
#[cfg(not(unix))]
pub fn stop(_: Scope) {}
