//! Signals as events of the loop.

use std::io;

use crate::platform::ending::{Listener, lend};

/// A signal that reached the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignalEvent {
    /// SIGINT.
    Interrupt,
    /// SIGTERM, and all others that end a program.
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
    /// Another program has the keyboard: what that sends to interrupt or quit is not for us.
    fn lend(&self, _lent: bool) {}
}

impl SignalEvent {
    /// What ends the program, by its number.
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
    /// Begins to listen. Needs a tokio runtime.
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
        // The end first: after it everything else is moot.
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

/// Ctrl-C from outside the raw mode, the one signal that is left.
#[cfg(not(unix))]
pub(crate) struct Signals(Listener);

#[cfg(not(unix))]
impl Signals {
    /// Begins to listen.
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
