//! Thread priorities, for machines with fewer processors than busy threads.

/// Niceness of workers relative to the drawing thread: enough that it does not wait behind them, small enough that
/// other programs do not starve them.
#[cfg(target_os = "linux")]
const NICER: i32 = 5;

/// Lowers the priority of the calling thread below the drawing thread's, so that keys stay responsive while both of two
/// processors are busy with an arriving body. Linux keeps niceness per thread; elsewhere it would affect the whole
/// process, and nothing is done.
pub fn behind_the_screen() {
    #[cfg(target_os = "linux")]
    {
        // If this fails, keys are only handled a little later.
        let _ = rustix::process::nice(NICER);
    }
}
