//! Signals as events of the loop.

use std::io;

use crate::platform::ending::{Listener, lend};

/// A signal received by the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignalEvent {
    /// SIGINT.
    Interrupt,
    /// SIGTERM, and all other signals that end a program.
    Terminate,
    /// SIGHUP: the terminal is gone.
    HangUp,
    /// SIGTSTP from outside. Ctrl-Z is a key in raw mode and becomes an effect.
    Stop,
    /// SIGCONT.
    Continue,
}

/// The source of the loop's signals.
pub(crate) trait SignalSource {
    /// Waits for the next signal. Cancel-safe.
    fn next(&mut self) -> impl Future<Output = SignalEvent>;
    /// Sets whether another program has the keyboard: its SIGINT and SIGQUIT are not for us.
    fn lend(&self, _lent: bool) {}
}

impl SignalEvent {
    /// The event for a signal that ends the program, by its number.
    fn of(number: u8) -> Self {
        match number {
            1 => Self::HangUp,
            2 => Self::Interrupt,
            _ => Self::Terminate,
        }
    }
}

/// The signals of the operating system.
#[cfg(unix)]
pub(crate) struct Signals {
    ending: Listener,
    stop: tokio::signal::unix::Signal,
    carry_on: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Starts listening. Needs a tokio runtime.
    pub(crate) fn listen() -> io::Result<Self> {
        use rustix::process::Signal as Number;
        use tokio::signal::unix::{SignalKind, signal};
        let ending = Listener::of_screen();
        crate::platform::ending::watch_all();
        Ok(Self {
            ending,
            stop: signal(SignalKind::from_raw(Number::TSTP.as_raw()))?,
            carry_on: signal(SignalKind::from_raw(Number::CONT.as_raw()))?,
        })
    }
}

#[cfg(unix)]
impl SignalSource for Signals {
    async fn next(&mut self) -> SignalEvent {
        // The end has priority: nothing else matters after it.
        tokio::select! {
            biased;
            number = self.ending.ends() => SignalEvent::of(number),
            Some(()) = self.stop.recv() => SignalEvent::Stop,
            Some(()) = self.carry_on.recv() => SignalEvent::Continue,
            else => std::future::pending().await,
        }
    }

    fn lend(&self, lent: bool) {
        lend(lent);
    }
}

/// Ctrl-C from outside raw mode, the only signal on this system.
#[cfg(not(unix))]
pub(crate) struct Signals(Listener);

#[cfg(not(unix))]
impl Signals {
    /// Starts listening.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self(Listener::of_screen()))
    }
}

#[cfg(not(unix))]
impl SignalSource for Signals {
    async fn next(&mut self) -> SignalEvent {
        SignalEvent::of(self.0.ends().await)
    }
}
