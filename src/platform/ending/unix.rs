//! The thread that receives signals.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::thread;

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGXFSZ};
use signal_hook::iterator::{Handle, Signals};

use super::{received, state};
use crate::silent;

/// The other signals whose default action ends the program and leaves the terminal as it is. Faults of the program
/// itself (SIGSEGV and the like) cannot be handled.
const OTHERS: &[i32] = &[
    signal_hook::consts::SIGQUIT,
    signal_hook::consts::SIGABRT,
    signal_hook::consts::SIGUSR1,
    signal_hook::consts::SIGUSR2,
    signal_hook::consts::SIGALRM,
    signal_hook::consts::SIGXCPU,
    signal_hook::consts::SIGVTALRM,
    signal_hook::consts::SIGPROF,
    signal_hook::consts::SIGSYS,
    #[cfg(target_os = "linux")]
    signal_hook::consts::SIGIO,
    #[cfg(target_os = "linux")]
    rustix::process::Signal::POWER.as_raw(),
];

/// Handle of the signal thread, if it could be started.
static HEARS: OnceLock<Handle> = OnceLock::new();

/// Starts handling SIGINT, SIGTERM and SIGHUP. If that fails, their default action stays in place.
pub fn watch() {
    let ignored = ignored();
    // Exceeding a file size limit should be a write error, so that the writer can remove its partial file. A handler
    // that does nothing achieves that, and unlike SIG_IGN it is not inherited by child processes.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
    let asked: Vec<i32> =
        [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|number| !is_in(ignored, *number)).collect();
    let Ok(mut signals) = Signals::new(asked) else { return };
    let handle = signals.handle();
    let hears = move || {
        for number in signals.forever() {
            match number {
                // The screen handles suspending and resuming itself.
                SIGTSTP | SIGCONT if state().screen => {}
                SIGTSTP => silent::stop(),
                SIGCONT => silent::carry_on(),
                ends => received(u8::try_from(ends).unwrap_or_default()),
            }
        }
    };
    if thread::Builder::new().name("signals".into()).spawn(hears).is_ok() {
        let _ = HEARS.set(handle);
    }
}

/// Handles all other signals too: from here on the terminal has to be restored.
pub fn watch_all() {
    let Some(hears) = HEARS.get() else { return };
    let ignored = ignored();
    for number in OTHERS.iter().chain([&SIGTSTP, &SIGCONT]).filter(|number| !is_in(ignored, **number)) {
        // If a signal cannot be handled, its default action stays in place. Adding one twice has no effect.
        let _ = hears.add_signal(*number);
    }
}

/// Bit mask of the signals that were ignored when this program started, as by `nohup` or a shell without job control.
#[cfg(target_os = "linux")]
fn ignored() -> u64 {
    static IGNORED: OnceLock<u64> = OnceLock::new();
    // Read once: handling a signal changes the mask.
    *IGNORED.get_or_init(|| {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
    })
}

/// Not available on other systems.
#[cfg(not(target_os = "linux"))]
fn ignored() -> u64 {
    0
}

fn is_in(mask: u64, number: i32) -> bool {
    u32::try_from(number - 1).is_ok_and(|bit| mask.checked_shr(bit).unwrap_or_default() & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_has_a_bit_for_each_signal() {
        assert!(is_in(0b10, 2) && !is_in(0b10, 1) && !is_in(0b10, 15) && is_in(1 << 63, 64));
        assert!(!is_in(u64::MAX, 0) && !is_in(u64::MAX, 65));
    }
}
