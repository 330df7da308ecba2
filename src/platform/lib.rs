//! The operating system: processes, signals, clocks, clipboard, keyring, terminal input. Independent of commands and
//! screens.

pub mod background;
pub mod blocking;
pub mod child;
pub mod clipboard;
pub mod clock;
mod core_dumps;
pub mod editor;
pub mod ending;
mod helper;
pub mod home;
pub mod input;
pub mod jq;
pub mod keyring;
pub mod launch;
pub mod panic;
pub mod priority;
pub mod progress;
pub mod restorer;
pub mod save;
pub mod secret_line;
pub mod silent;
pub mod suspend;

use grantdeck_disk as disk;
use grantdeck_domain as domain;

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
pub fn test_panic(place: &str) -> bool {
    std::env::var("GRANTDECK_TEST_PANIC").is_ok_and(|asked| asked == place)
}
