//! The operating system: processes, signals, clocks, the clipboard, the keyring, keys that are typed. Knows of no command
//! and of no screen.

pub(crate) mod background;
pub(crate) mod blocking;
pub(crate) mod child;
pub mod clipboard;
pub mod clock;
mod core_dumps;
pub(crate) mod editor;
pub mod ending;
mod helper;
pub(crate) mod home;
pub(crate) mod input;
pub mod jq;
pub(crate) mod keyring;
pub(crate) mod launch;
pub(crate) mod panic;
pub(crate) mod priority;
pub(crate) mod progress;
pub(crate) mod restorer;
pub(crate) mod save;
pub(crate) mod secret_line;
pub(crate) mod silent;
pub(crate) mod suspend;

pub use helper::run_helper;

/// What comes before anything else in `main`: no core dumps, and no panic that tells more than where it was.
///
/// # Panics
///
/// Where a test asks a debug build to.
pub fn begin() {
    core_dumps::forbid();
    panic::report_only_where();
    #[cfg(debug_assertions)]
    assert!(!test_panic("begin"), "asked to break with {:?}", std::env::var_os("ALTER_API_KEY"));
}

/// Whether a test asks for a panic in a named place. Not in released programs.
#[cfg(debug_assertions)]
pub(crate) fn test_panic(place: &str) -> bool {
    std::env::var("GRANTDECK_TEST_PANIC").is_ok_and(|asked| asked == place)
}
