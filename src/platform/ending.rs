//! Handling of the signals that end the program, in one place and for every command.
//!
//! A dedicated thread waits for them. Code that has to clean up registers a [`Listener`]. If there is none, or it does
//! not respond because it is blocked on I/O, the program exits from here: the terminal is restored, nothing more is
//! written, and the exit code is the shell's (128 + signal number).

#[cfg(unix)]
mod unix;

use std::future::{pending, poll_fn};
use std::sync::{Condvar, LazyLock, Mutex, MutexGuard, PoisonError, mpsc};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use tokio::sync::watch;

use super::clock::Clock;
use super::{progress, restorer, silent};

/// Only Ctrl-C is handled on this system, by whoever listens.
#[cfg(not(unix))]
pub fn watch() {}

#[cfg(unix)]
pub use unix::watch;
#[cfg(unix)]
pub use unix::watch_all;

/// Number of SIGINT.
pub const INTERRUPT: u8 = 2;

/// Number of SIGQUIT.
const QUIT: u8 = 3;

/// How long a listener may take to start its shutdown. After that it counts as stuck.
const ANSWERS_WITHIN: Duration = Duration::from_millis(500);

/// How long the shutdown may take: an interrupted call may still send its audit row and is still recorded.
const ENDS_WITHIN: Duration = Duration::from_secs(8);

/// The longest wait for a file that is being written.
const WHOLE_WITHIN: Duration = Duration::from_secs(2);

/// How long restoring the terminal may take.
const GIVES_BACK_WITHIN: Duration = Duration::from_millis(300);

/// Which signal was received, and who handles it.
struct State {
    number: Option<u8>,
    /// When it was received.
    since: Option<Clock>,
    /// A listener has started its shutdown.
    answered: bool,
    listeners: usize,
    /// The screen listens, and handles SIGTSTP and SIGCONT itself.
    screen: bool,
    /// Another program has the keyboard: its signals are not for us.
    lent: bool,
    /// Number of writes in progress that must not be cut short.
    writing: usize,
}

static STATE: Mutex<State> = Mutex::new(State {
    number: None,
    since: None,
    answered: false,
    listeners: 0,
    screen: false,
    lent: false,
    writing: 0,
});

static CHANGED: Condvar = Condvar::new();

/// Notifies the listeners.
static CAME: LazyLock<watch::Sender<Option<u8>>> = LazyLock::new(|| watch::Sender::new(None));

impl State {
    fn answer(&mut self) {
        self.answered = true;
        CHANGED.notify_all();
    }
}

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Registration of code that ends in its own way. Dropping it while its signal is pending exits the program at once.
pub struct Listener {
    came: watch::Receiver<Option<u8>>,
    screen: bool,
    answered: bool,
}

impl Listener {
    /// Registers a listener.
    pub fn begin() -> Self {
        Self::of(false)
    }

    /// Registers the listener of the screen.
    pub fn of_screen() -> Self {
        Self::of(true)
    }

    fn of(screen: bool) -> Self {
        let mut state = state();
        state.listeners += 1;
        state.screen |= screen;
        drop(state);
        Self { came: CAME.subscribe(), screen, answered: false }
    }

    async fn came(&mut self) -> u8 {
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_ok() {
            return INTERRUPT;
        }
        let came = self.came.wait_for(Option::is_some).await.ok().and_then(|number| *number);
        match came {
            Some(number) => number,
            None => pending().await,
        }
    }

    /// Waits for the signal that ends the program and returns its number; resolves once.
    pub async fn ends(&mut self) -> u8 {
        let number = self.came().await;
        if self.answered {
            pending::<()>().await;
        }
        self.answered = true;
        state().answer();
        number
    }

    /// Resolves when a signal is to end the program and no other listener handles it. For code that runs beside the
    /// work in the same task: it is polled again whenever that makes progress.
    pub async fn ends_the_rest(&mut self) {
        self.came().await;
        poll_fn(|_| {
            let mut state = state();
            if state.answered || state.listeners > 1 {
                return Poll::Pending;
            }
            state.answer();
            Poll::Ready(())
        })
        .await;
    }
}

/// Sets whether another program has the keyboard; SIGINT and SIGQUIT are ignored while it does.
pub fn lend(lent: bool) {
    state().lent = lent;
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut state = state();
        state.listeners -= 1;
        state.screen &= !self.screen;
        let pending = state.number.filter(|_| !state.answered && state.listeners == 0);
        drop(state);
        if let Some(number) = pending.filter(|_| !thread::panicking()) {
            end(number);
        }
    }
}

/// Waits for a signal that ends the program and returns its number.
pub async fn interrupted() -> u8 {
    Listener::begin().ends().await
}

/// A guard for writes that must not be cut short: exiting waits for it. It cannot be taken once the exit has begun.
pub struct Whole(());

impl Whole {
    /// Takes the guard.
    pub fn begin() -> Self {
        let mut state = state();
        if let Some(number) = state.number {
            drop(state);
            end(number);
        }
        state.writing += 1;
        Self(())
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        state().writing -= 1;
        CHANGED.notify_all();
    }
}

/// The number of the signal that ends the program, if one was received.
pub fn signal() -> Option<u8> {
    state().number
}

/// Handles a received signal.
fn received(number: u8) {
    let mut state = state();
    if state.lent && matches!(number, INTERRUPT | QUIT) {
        return;
    }
    if let Some(since) = &state.since {
        // One key press may arrive as two signals; pressing it again later means "now".
        let again = since.elapsed() > ANSWERS_WITHIN;
        drop(state);
        if again {
            end(number);
        }
        return;
    }
    (state.number, state.since) = (Some(number), Some(Clock::start()));
    let is_waited_for = state.listeners > 0;
    drop(state);
    if !is_waited_for {
        end(number);
    }
    CAME.send_replace(Some(number));
    // On another thread, so that signals are still handled meanwhile.
    let limit = thread::Builder::new().name("ending".into()).spawn(move || limit(number));
    if limit.is_err() {
        end(number);
    }
}

/// Exits if the listeners do not end the program in time.
fn limit(number: u8) {
    let waits = |state: &mut State| !state.answered;
    let waited = CHANGED.wait_timeout_while(state(), ANSWERS_WITHIN, waits);
    let answered = waited.unwrap_or_else(PoisonError::into_inner).0.answered;
    if answered {
        thread::sleep(ENDS_WITHIN);
    }
    end(number);
}

/// Exits the program.
#[expect(
    clippy::disallowed_methods,
    reason = "what blocks cannot be left, and the terminal is given back first"
)]
fn end(number: u8) -> ! {
    // Let a file that is being written be finished. Writers waiting for a lock do not delay this for long.
    let writes = |state: &mut State| state.writing > 0;
    let waited = CHANGED.wait_timeout_while(state(), WHOLE_WITHIN, writes);
    // Keep the lock: code that wants to take a guard now blocks here until the exit.
    let _state = waited.unwrap_or_else(PoisonError::into_inner);
    let (done, wait) = mpsc::channel::<()>();
    // Terminal settings come first. A blocked terminal must not delay the exit.
    let give_back = move || {
        restorer::give_back();
        silent::give_back();
        progress::clear();
        drop(done);
    };
    if thread::Builder::new().name("give back".into()).spawn(give_back).is_ok() {
        let _ = wait.recv_timeout(GIVES_BACK_WITHIN);
    }
    std::process::exit(i32::from(128 | number))
}
