//! A terminal without echo. Whatever ends or stops the program restores it first, from any thread.

#[cfg(unix)]
pub use self::unix::{Silent, carry_on, give_back, stop};
#[cfg(not(unix))]
pub use self::windows::{Silent, give_back};

/// What Ctrl-C does while a line is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// Returns to where the prompt came from; Ctrl-C arrives as a key.
    Back,
    /// Ends the program, as in a shell; Ctrl-Z stops it.
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
    use crate::{ending, suspend};

    /// The active silences, newest last.
    static SILENT: Mutex<Vec<State>> = Mutex::new(Vec::new());

    struct State {
        terminal: File,
        before: Termios,
        during: Termios,
        question: String,
    }

    /// Restores the terminal's settings on drop.
    pub struct Silent(());

    fn silent() -> MutexGuard<'static, Vec<State>> {
        SILENT.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The controlling terminal, else stdin.
    fn terminal() -> io::Result<File> {
        let controlling = OpenOptions::new().read(true).write(true).open("/dev/tty");
        controlling.or_else(|_| Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?)))
    }

    impl Silent {
        /// Turns echo off; nothing else changes.
        ///
        /// # Errors
        /// If there is no terminal.
        pub fn hidden() -> io::Result<Self> {
            Self::begin("", |modes| modes.local_modes.remove(LocalModes::ECHO))
        }

        /// Prompts, and delivers each key as it is pressed.
        ///
        /// # Errors
        /// If there is no terminal.
        pub fn asking(question: &str, leave: Leave) -> io::Result<Self> {
            Self::begin(question, |modes| {
                let output = modes.output_modes;
                modes.make_raw();
                modes.output_modes = output;
                modes.local_modes.set(LocalModes::ISIG, leave == Leave::End);
            })
        }

        fn begin(question: &str, change: impl FnOnce(&mut Termios)) -> io::Result<Self> {
            // Handle every signal from here on: whichever ends the program, the terminal is restored.
            ending::watch_all();
            let mut terminal = terminal()?;
            let before = tcgetattr(&terminal)?;
            let mut during = before.clone();
            change(&mut during);
            let mut states = silent();
            tcsetattr(&terminal, OptionalActions::Now, &during)?;
            let asked = terminal.write_all(question.as_bytes());
            states.push(State { terminal, before, during, question: question.to_owned() });
            // From here on, dropping this restores what was pushed.
            let silent = Self(());
            drop(states);
            asked.map(|()| silent)
        }
    }

    impl Drop for Silent {
        fn drop(&mut self) {
            if let Some(mut state) = silent().pop() {
                // Nothing to restore if the terminal is gone.
                let _ = tcsetattr(&state.terminal, OptionalActions::Now, &state.before);
                if !state.question.is_empty() {
                    // Move the cursor to the line after the prompt.
                    let _ = state.terminal.write_all(b"\n");
                }
            }
        }
    }

    /// Restores the terminal to its state before the first silence, as the program exits.
    pub fn give_back() {
        let mut states = silent();
        if let Some(state) = states.first() {
            let _ = tcsetattr(&state.terminal, OptionalActions::Now, &state.before);
        }
        if let Some(state) = states.last_mut().filter(|state| !state.question.is_empty()) {
            let _ = state.terminal.write_all(b"\n");
        }
        // Guards dropped from now on must not change the terminal again.
        states.clear();
    }

    /// Stops the program as the terminal driver would. Code after this call may run before the stop takes effect.
    pub fn stop() {
        if !suspend::is_possible() {
            return;
        }
        if let Some(state) = silent().first() {
            let _ = tcsetattr(&state.terminal, OptionalActions::Now, &state.before);
        }
        // A process may always send signals to itself.
        let _ = kill_process(getpid(), Signal::STOP);
    }

    /// Resumes after a stop: applies our settings and prompt again, whatever the shell did to the terminal.
    pub fn carry_on() {
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

    /// Restores the console's mode on drop.
    pub struct Silent {
        asks: bool,
    }

    impl Silent {
        /// Nothing is hidden between two sessions on this system.
        pub fn hidden() -> io::Result<Self> {
            Ok(Self { asks: false })
        }

        /// Prompts, and delivers each key as it is pressed.
        ///
        /// # Errors
        /// If there is no console.
        pub fn asking(question: &str, _: Leave) -> io::Result<Self> {
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
                // Nothing to restore if the console is gone.
                let _ = disable_raw_mode();
                let _ = writeln!(io::stderr());
            }
        }
    }

    /// No signal on this system ends the program at once.
    pub fn give_back() {}
}
