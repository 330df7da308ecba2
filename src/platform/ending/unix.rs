//! The thread that hears the signals.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::thread;

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGXFSZ};
use signal_hook::iterator::{Handle, Signals};

use super::{received, state};
use crate::platform::silent;

/// All others that end a program which does not hear them, and leave the terminal as it is. Faults of our own
/// (SIGSEGV and the like) cannot be heard.
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

/// What hears, where it could begin.
static HEARS: OnceLock<Handle> = OnceLock::new();

/// Begins to hear what asks the program to end. Without it the system ends it, as ever.
pub fn watch() {
    let ignored = ignored();
    // A file that grows beyond a limit is an error of the one who writes it, who takes away what is half. A handler that
    // does nothing lets the write fail, and is gone in every program that is started from here.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
    let asked: Vec<i32> =
        [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|number| !is_in(ignored, *number)).collect();
    let Ok(mut signals) = Signals::new(asked) else { return };
    let handle = signals.handle();
    let hears = move || {
        for number in signals.forever() {
            match number {
                // The screen stops and goes on in its own way.
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

/// Hears all others too: from here on the terminal is not as it was.
pub(crate) fn watch_all() {
    let Some(hears) = HEARS.get() else { return };
    let ignored = ignored();
    for number in OTHERS.iter().chain([&SIGTSTP, &SIGCONT]).filter(|number| !is_in(ignored, **number)) {
        // One that cannot be heard ends the program as ever. Adding it again changes nothing.
        let _ = hears.add_signal(*number);
    }
}

/// The signals that whoever started this program wants ignored, a bit each: `nohup`, a shell without job control.
#[cfg(target_os = "linux")]
fn ignored() -> u64 {
    static IGNORED: OnceLock<u64> = OnceLock::new();
    // Asked once: what is heard is not ignored any more.
    *IGNORED.get_or_init(|| {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
    })
}

/// Other systems do not say.
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
