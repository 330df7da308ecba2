//! Signals that end the program, heard in one place for every command and at every moment.
//!
//! A thread of its own waits for them. Work that wants to end in its own way listens ([`Listener`]). Where nobody does,
//! or who does not answer because it reads or writes something that blocks, the program ends from here: the terminal is
//! given back, nothing more is written, and the exit code is that of a shell (128 and the signal's number).

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

/// Nothing but Ctrl-C is heard there, by whoever listens.
#[cfg(not(unix))]
pub fn watch() {}

#[cfg(unix)]
pub use unix::watch;
#[cfg(unix)]
pub(crate) use unix::watch_all;

/// The number of SIGINT.
pub(crate) const INTERRUPT: u8 = 2;

/// The number of SIGQUIT.
const QUIT: u8 = 3;

/// How long somebody who listens may take to begin to end. Who takes longer is stuck.
const ANSWERS_WITHIN: Duration = Duration::from_millis(500);

/// How long it may take to end then: an interrupted call may still tell Alter, and is still kept.
const ENDS_WITHIN: Duration = Duration::from_secs(8);

/// How long it takes at most to write a file.
const WHOLE_WITHIN: Duration = Duration::from_secs(2);

/// How long a terminal may take what gives it back.
const GIVES_BACK_WITHIN: Duration = Duration::from_millis(300);

/// Which signal came, and who wants to know.
struct State {
    number: Option<u8>,
    /// Since it came.
    since: Option<Clock>,
    /// Somebody who listens has begun to end.
    answered: bool,
    listeners: usize,
    /// The screen listens, which stops in its own way.
    screen: bool,
    /// What the keyboard sends is another program's.
    lent: bool,
    /// How many are writing what must be whole.
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

/// Wakes who listens.
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

/// Somebody who ends in its own way. Dropped while a signal waits for it, it lets the program end at once.
pub(crate) struct Listener {
    came: watch::Receiver<Option<u8>>,
    screen: bool,
    answered: bool,
}

impl Listener {
    /// Begins to listen.
    pub(crate) fn begin() -> Self {
        Self::of(false)
    }

    /// The screen's.
    pub(crate) fn of_screen() -> Self {
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

    /// The number of the signal that ends the program; told once.
    pub(crate) async fn ends(&mut self) -> u8 {
        let number = self.came().await;
        if self.answered {
            pending::<()>().await;
        }
        self.answered = true;
        state().answer();
        number
    }

    /// Ends when a signal wants the program to end and nobody else ends in its own way. For whoever runs beside the
    /// work in one task: it is asked again whenever that goes on.
    pub(crate) async fn ends_the_rest(&mut self) {
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

/// Lends the keyboard to another program, or takes it back: what it sends to interrupt or quit is not meant for us.
pub(crate) fn lend(lent: bool) {
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

/// Ends when a signal wants the program to end; answers its number.
pub(crate) async fn interrupted() -> u8 {
    Listener::begin().ends().await
}

/// What is done in this time is done whole: the end waits for it. It does not begin once the end has.
pub(crate) struct Whole(());

impl Whole {
    /// Begins.
    pub(crate) fn begin() -> Self {
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

/// The number of the signal that ends the program, once one came.
pub(crate) fn signal() -> Option<u8> {
    state().number
}

/// A signal came.
fn received(number: u8) {
    let mut state = state();
    if state.lent && matches!(number, INTERRUPT | QUIT) {
        return;
    }
    if let Some(since) = &state.since {
        // One key may come as two signals; whoever presses it again does not want to wait.
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
    // The signals are still to be heard meanwhile.
    let limit = thread::Builder::new().name("ending".into()).spawn(move || limit(number));
    if limit.is_err() {
        end(number);
    }
}

/// Ends the program where those who listen do not.
fn limit(number: u8) {
    let waits = |state: &mut State| !state.answered;
    let waited = CHANGED.wait_timeout_while(state(), ANSWERS_WITHIN, waits);
    let answered = waited.unwrap_or_else(PoisonError::into_inner).0.answered;
    if answered {
        thread::sleep(ENDS_WITHIN);
    }
    end(number);
}

/// Ends the program.
#[expect(
    clippy::disallowed_methods,
    reason = "what blocks cannot be left, and the terminal is given back first"
)]
fn end(number: u8) -> ! {
    // A file that is being written is not left half. Who only waits for its turn does not hold this up for long.
    let writes = |state: &mut State| state.writing > 0;
    let waited = CHANGED.wait_timeout_while(state(), WHOLE_WITHIN, writes);
    // Kept: whoever wants to begin something waits here until the end.
    let _state = waited.unwrap_or_else(PoisonError::into_inner);
    let (done, wait) = mpsc::channel::<()>();
    // Settings come first. A terminal that takes nothing any more must not hold up the end.
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
