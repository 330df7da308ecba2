//! No core dumps: the memory of this program holds a key.

/// Forbids core dumps of this process and its children. A system that refuses changes nothing else.
#[cfg(unix)]
pub(crate) fn forbid() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}

/// Nothing to forbid here.
#[cfg(not(unix))]
pub(crate) fn forbid() {}
