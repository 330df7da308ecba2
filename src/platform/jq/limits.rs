//! Resource limits of the child process.

use super::message::Header;

/// Stack of the thread that runs a filter, in bytes. Recursive filters and deep inputs need it; only the part in use
/// costs memory.
pub(super) const STACK: usize = 256 << 20;

/// Address space on top of the memory limit, in bytes: the program itself and what the allocator reserves.
#[cfg(unix)]
const RESERVED_ADDRESS_SPACE: u64 = 1 << 30;

/// Sets the limits of this process. Failures are ignored.
#[cfg(unix)]
pub(super) fn set(header: &Header) {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let memory = header.memory.saturating_add(STACK as u64);
    let set = |resource, current: u64, maximum: u64| {
        let _ = setrlimit(resource, Rlimit { current: Some(current), maximum: Some(maximum) });
    };
    set(Resource::Data, memory, memory);
    set(
        Resource::As,
        memory.saturating_add(RESERVED_ADDRESS_SPACE),
        memory.saturating_add(RESERVED_ADDRESS_SPACE),
    );
    set(Resource::Cpu, header.seconds, header.seconds + 1);
    set(Resource::Core, 0, 0);
    // Core dump collectors (pipes in `core_pattern`) ignore the limit.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// No limits on this system: the parent kills the child in time.
#[cfg(not(unix))]
pub(super) fn set(_: &Header) {}

/// How often to check that the parent still runs.
#[cfg(unix)]
const POLL_INTERVAL: std::time::Duration = std::time::Duration::from_millis(100);

/// Kills this process once its parent has exited, however that happened: nothing waits for the results any more.
/// Linux's own mechanism (`PR_SET_PDEATHSIG`) follows the parent's thread, not the process.
#[cfg(unix)]
pub(super) fn end_with(parent: u32) {
    use rustix::process::{Signal, getpid, getppid, kill_process};
    let is_there = move || getppid().is_some_and(|now| now.as_raw_nonzero().get().cast_unsigned() == parent);
    let watch = move || {
        while is_there() {
            std::thread::sleep(POLL_INTERVAL);
        }
        let _ = kill_process(getpid(), Signal::KILL);
    };
    // Without this thread, the CPU time limit still ends the process.
    let _ = std::thread::Builder::new().name("parent".to_owned()).spawn(watch);
}

/// Nothing to do on this system: the parent kills the child in time, unless it is killed itself.
#[cfg(not(unix))]
pub(super) fn end_with(_: u32) {}
