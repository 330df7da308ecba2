//! Who goes first where there are fewer processors than threads with something to do.

/// How much nicer workers are than the thread that draws: enough that it need not wait for its turn behind them, and so
/// little that nothing else on the machine starves them.
#[cfg(target_os = "linux")]
const NICER: i32 = 5;

/// Lets the thread that draws go before the one that calls this: a key is answered while both of two processors are busy
/// with a body that arrives. Linux keeps this by thread; elsewhere it would be the whole program, and nothing is done.
pub(crate) fn behind_the_screen() {
    #[cfg(target_os = "linux")]
    {
        // Without it keys are answered a little later; there is nobody to tell.
        let _ = rustix::process::nice(NICER);
    }
}
