//! Disables core dumps: this program's memory contains a key.

/// Disables core dumps of this process and, on Linux, prevents the user's other processes from reading its memory.
/// Failures are ignored.
#[cfg(unix)]
pub(crate) fn forbid() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    // Core dump collectors (pipes in `core_pattern`) ignore the limit.
    #[cfg(target_os = "linux")]
    if !a_test_reads_along() {
        let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    }
}

/// Whether a test is going to search this process's memory for credentials. Never in release builds.
#[cfg(target_os = "linux")]
fn a_test_reads_along() -> bool {
    cfg!(debug_assertions) && std::env::var_os("GRANTDECK_TEST_READABLE").is_some()
}

/// Nothing to do on this system.
#[cfg(not(unix))]
pub(crate) fn forbid() {}
