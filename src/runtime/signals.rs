//! Signals as events of the loop.

use std::io;

/// A signal that reached the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignalEvent {
    /// SIGINT.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGHUP: the terminal is gone.
    HangUp,
    /// SIGTSTP from outside. Ctrl-Z is a key in raw mode and comes as an effect.
    Stop,
    /// SIGCONT.
    Continue,
}

/// Where the loop gets its signals from.
pub(crate) trait SignalSource {
    /// The next signal. Dropping the future loses nothing.
    fn next(&mut self) -> impl Future<Output = SignalEvent>;
}

/// The signals of the operating system.
#[cfg(unix)]
pub(crate) struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
    stop: tokio::signal::unix::Signal,
    carry_on: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Begins to listen. Needs a tokio runtime.
    pub(crate) fn listen() -> io::Result<Self> {
        use rustix::process::Signal as Number;
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            stop: signal(SignalKind::from_raw(Number::TSTP.as_raw()))?,
            carry_on: signal(SignalKind::from_raw(Number::CONT.as_raw()))?,
        })
    }
}

#[cfg(unix)]
impl SignalSource for Signals {
    async fn next(&mut self) -> SignalEvent {
        // A hang-up first: after it every other wish is moot.
        tokio::select! {
            biased;
            Some(()) = self.hang_up.recv() => SignalEvent::HangUp,
            Some(()) = self.terminate.recv() => SignalEvent::Terminate,
            Some(()) = self.interrupt.recv() => SignalEvent::Interrupt,
            Some(()) = self.stop.recv() => SignalEvent::Stop,
            Some(()) = self.carry_on.recv() => SignalEvent::Continue,
            else => std::future::pending().await,
        }
    }
}

/// Ctrl-C from outside the raw mode, the one signal that is left.
#[cfg(not(unix))]
pub(crate) struct Signals;

#[cfg(not(unix))]
impl Signals {
    /// Begins to listen.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self)
    }
}

#[cfg(not(unix))]
impl SignalSource for Signals {
    async fn next(&mut self) -> SignalEvent {
        match tokio::signal::ctrl_c().await {
            Ok(()) => SignalEvent::Interrupt,
            Err(_) => std::future::pending().await,
        }
    }
}
