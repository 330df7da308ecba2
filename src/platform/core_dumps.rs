//! No core dumps: the memory of this program holds a key.

/// Forbids core dumps of this process, and on Linux other programs of this person to read its memory. A system that
/// refuses changes nothing else.
#[cfg(unix)]
pub(crate) fn forbid() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    // A collector of core dumps does not ask for the limit.
    #[cfg(target_os = "linux")]
    if !a_test_reads_along() {
        let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    }
}

/// Whether a test looks for credentials in the memory of this process. Not in released programs.
#[cfg(target_os = "linux")]
fn a_test_reads_along() -> bool {
    cfg!(debug_assertions) && std::env::var_os("GRANTDECK_TEST_READABLE").is_some()
}

/// Nothing to forbid here.
#[cfg(not(unix))]
pub(crate) fn forbid() {}
