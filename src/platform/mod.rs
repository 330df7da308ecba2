//! The operating system: processes, signals, clocks, clipboard, keyring, terminal input. Independent of commands and
//! screens.

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

/// Must run first in `main`: disables core dumps and installs the panic hook that prints only the location.
///
/// # Panics
///
/// If a test asks a debug build to.
pub fn begin() {
    core_dumps::forbid();
    panic::report_only_where();
    #[cfg(debug_assertions)]
    assert!(!test_panic("begin"), "asked to break with {:?}", std::env::var_os("ALTER_API_KEY"));
}

/// Whether a test asks for a panic at a named place. Never in release builds.
#[cfg(debug_assertions)]
pub(crate) fn test_panic(place: &str) -> bool {
    std::env::var("GRANTDECK_TEST_PANIC").is_ok_and(|asked| asked == place)
}
