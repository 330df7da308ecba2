//! What the child must not do: use too much, or leave its memory behind.

use super::message::Header;

/// The stack of the thread that runs a filter, in bytes. Filters that call themselves and deep inputs need it; only
/// what is used of it costs memory.
pub(super) const STACK: usize = 256 << 20;

/// Address space beside the memory that is counted: the program itself, and what an allocator sets aside.
#[cfg(unix)]
const ASIDE: u64 = 1 << 30;

/// Sets the limits of this process. A system that refuses one changes nothing else.
#[cfg(unix)]
pub(super) fn set(header: &Header) {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let memory = header.memory.saturating_add(STACK as u64);
    let set = |resource, current: u64, maximum: u64| {
        let _ = setrlimit(resource, Rlimit { current: Some(current), maximum: Some(maximum) });
    };
    set(Resource::Data, memory, memory);
    set(Resource::As, memory.saturating_add(ASIDE), memory.saturating_add(ASIDE));
    set(Resource::Cpu, header.seconds, header.seconds + 1);
    set(Resource::Core, 0, 0);
    // A collector of core dumps does not ask for the limit.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// No limits to set here: the parent ends it in time.
#[cfg(not(unix))]
pub(super) fn set(_: &Header) {}

/// How often it is looked whether the parent is still there.
#[cfg(unix)]
const LOOK: std::time::Duration = std::time::Duration::from_millis(100);

/// Ends this process when its parent has ended, however that did: nobody waits for the results any more. The system's own
/// way (Linux) follows the thread that started it, not the process.
#[cfg(unix)]
pub(super) fn end_with(parent: u32) {
    use rustix::process::{Signal, getpid, getppid, kill_process};
    let is_there = move || getppid().is_some_and(|now| now.as_raw_nonzero().get().cast_unsigned() == parent);
    let watch = move || {
        while is_there() {
            std::thread::sleep(LOOK);
        }
        let _ = kill_process(getpid(), Signal::KILL);
    };
    // Without a thread the limit on processor time ends it.
    let _ = std::thread::Builder::new().name("parent".to_owned()).spawn(watch);
}

/// The parent ends it in time, unless it is killed itself.
#[cfg(not(unix))]
pub(super) fn end_with(_: u32) {}
