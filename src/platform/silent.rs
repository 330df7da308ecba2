//! A terminal that repeats nothing of what is typed. Whoever ends or stops the program gives it back first, from any
//! thread.

#[cfg(unix)]
pub(crate) use self::unix::{Silent, carry_on, give_back, stop};
#[cfg(not(unix))]
pub(crate) use self::windows::{Silent, give_back};

/// What Ctrl-C does while a line is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leave {
    /// It goes back to where the question was asked from; it comes as a key.
    Back,
    /// It ends the program, as in a shell; Ctrl-Z stops it.
    End,
}

#[cfg(unix)]
mod unix {
    use std::fs::{File, OpenOptions};
    use std::io::{self, Write as _};
    use std::os::fd::AsFd;
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use rustix::process::{Signal, getpid, kill_process};
    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

    use super::Leave;
    use crate::platform::{ending, suspend};

    /// What is silent now, the newest last.
    static SILENT: Mutex<Vec<State>> = Mutex::new(Vec::new());

    struct State {
        terminal: File,
        before: Termios,
        during: Termios,
        question: String,
    }

    /// Ends the silence when it is dropped.
    pub(crate) struct Silent(());

    fn silent() -> MutexGuard<'static, Vec<State>> {
        SILENT.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The terminal that this program was started in, else standard input.
    fn terminal() -> io::Result<File> {
        let controlling = OpenOptions::new().read(true).write(true).open("/dev/tty");
        controlling.or_else(|_| Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?)))
    }

    impl Silent {
        /// What is typed is not shown; nothing else changes.
        ///
        /// # Errors
        /// There is no terminal.
        pub(crate) fn hidden() -> io::Result<Self> {
            Self::begin("", |modes| modes.local_modes.remove(LocalModes::ECHO))
        }

        /// Asks, and hands over each key as it is pressed.
        ///
        /// # Errors
        /// There is no terminal.
        pub(crate) fn asking(question: &str, leave: Leave) -> io::Result<Self> {
            Self::begin(question, |modes| {
                let output = modes.output_modes;
                modes.make_raw();
                modes.output_modes = output;
                modes.local_modes.set(LocalModes::ISIG, leave == Leave::End);
            })
        }

        fn begin(question: &str, change: impl FnOnce(&mut Termios)) -> io::Result<Self> {
            // From here on every signal is heard: whichever ends the program, the terminal is given back.
            ending::watch_all();
            let mut terminal = terminal()?;
            let before = tcgetattr(&terminal)?;
            let mut during = before.clone();
            change(&mut during);
            let mut states = silent();
            tcsetattr(&terminal, OptionalActions::Now, &during)?;
            let asked = terminal.write_all(question.as_bytes());
            states.push(State { terminal, before, during, question: question.to_owned() });
            // What was pushed is given back.
            let silent = Self(());
            drop(states);
            asked.map(|()| silent)
        }
    }

    impl Drop for Silent {
        fn drop(&mut self) {
            if let Some(mut state) = silent().pop() {
                // A terminal that is gone needs nothing back.
                let _ = tcsetattr(&state.terminal, OptionalActions::Now, &state.before);
                if !state.question.is_empty() {
                    // The cursor stands behind the question.
                    let _ = state.terminal.write_all(b"\n");
                }
            }
        }
    }

    /// Gives the terminal back as it was before the first silence; the program ends.
    pub(crate) fn give_back() {
        let mut states = silent();
        if let Some(state) = states.first() {
            let _ = tcsetattr(&state.terminal, OptionalActions::Now, &state.before);
        }
        if let Some(state) = states.last_mut().filter(|state| !state.question.is_empty()) {
            let _ = state.terminal.write_all(b"\n");
        }
        // Whoever is silent is told of the end by nobody, and must not change anything any more.
        states.clear();
    }

    /// Stops the program as the terminal driver would. What follows may still run before it stops.
    pub(crate) fn stop() {
        if !suspend::is_possible() {
            return;
        }
        if let Some(state) = silent().first() {
            let _ = tcsetattr(&state.terminal, OptionalActions::Now, &state.before);
        }
        // A process may always send signals to itself.
        let _ = kill_process(getpid(), Signal::STOP);
    }

    /// Goes on: whatever the terminal looks like now, it is not ours.
    pub(crate) fn carry_on() {
        if let Some(state) = silent().last() {
            let _ = tcsetattr(&state.terminal, OptionalActions::Now, &state.during);
            let _ = (&state.terminal).write_all(state.question.as_bytes());
        }
    }
}

#[cfg(not(unix))]
mod windows {
    use std::io::{self, Write as _};

    use crossterm::terminal::{disable_raw_mode, enable_raw_mode};

    use super::Leave;

    /// Ends the silence when it is dropped.
    pub(crate) struct Silent {
        asks: bool,
    }

    impl Silent {
        /// Nothing is hidden here between two sessions.
        pub(crate) fn hidden() -> io::Result<Self> {
            Ok(Self { asks: false })
        }

        /// Asks, and hands over each key as it is pressed.
        ///
        /// # Errors
        /// There is no console.
        pub(crate) fn asking(question: &str, _: Leave) -> io::Result<Self> {
            enable_raw_mode()?;
            let silent = Self { asks: true };
            let mut out = io::stderr();
            write!(out, "{question}").and_then(|()| out.flush())?;
            Ok(silent)
        }
    }

    impl Drop for Silent {
        fn drop(&mut self) {
            if self.asks {
                // A console that is gone needs nothing back.
                let _ = disable_raw_mode();
                let _ = writeln!(io::stderr());
            }
        }
    }

    /// Nothing is heard here that ends the program at once.
    pub(crate) fn give_back() {}
}
