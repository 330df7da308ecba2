//! Drives the built program in a pseudo-terminal and looks at the screen it paints.
//!
//! Nothing here sleeps: a test waits for a condition on the screen, with one generous limit, and a failure shows
//! the screen. [`Tui::settle`] waits until every key that was sent is handled and no work is under way; the
//! program tells so in the window's title because `GRANTDECK_TEST_SETTLED` is set.
#![allow(dead_code, reason = "tests and benches use different parts of it")]

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use self::keys::bytes;
use self::title::{ProgramState, Titles};
use filedescriptor::{POLLIN, poll, pollfd};
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

#[path = "keys.rs"]
mod keys;
#[path = "title.rs"]
mod title;
#[path = "traffic.rs"]
mod traffic;

/// How long a condition may take before the test fails.
pub(crate) const LIMIT: Duration = Duration::from_secs(20);

/// How often the reading thread looks whether it should stop.
const STOP_CHECK: Duration = Duration::from_millis(20);

struct Captured {
    parser: vt100::Parser<Titles>,
    raw: Vec<u8>,
    /// When the first byte came since this was last emptied.
    first_byte: Option<Instant>,
    ended: bool,
}

#[derive(Default)]
struct Shared {
    seen: Mutex<Option<Captured>>,
    changed: Condvar,
    stop: AtomicBool,
}

/// How to start the program.
pub(crate) struct Start {
    command: CommandBuilder,
    size: (u16, u16),
}

impl Start {
    /// The program itself, without any `ALTER_*`, with an empty home.
    pub(crate) fn program(arguments: &[&str]) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_grantdeck"));
        command.args(arguments);
        Self::command(command)
    }

    /// The program under a shell with job control: `$0` in the script is the program.
    pub(crate) fn shell(script: &str) -> Self {
        let mut command = CommandBuilder::new("/bin/sh");
        command.args(["-c", script, env!("CARGO_BIN_EXE_grantdeck")]);
        Self::command(command)
    }

    fn command(mut command: CommandBuilder) -> Self {
        for (name, _) in std::env::vars() {
            if name.starts_with("ALTER_") || name.starts_with("GRANTDECK_") || name.starts_with("XDG_") {
                command.env_remove(name);
            }
        }
        for name in ["NO_COLOR", "COLORFGBG", "TMUX", "TMUX_PANE"] {
            command.env_remove(name);
        }
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        command.env("HOME", "/nonexistent");
        command.cwd(env!("CARGO_TARGET_TMPDIR"));
        command.env("GRANTDECK_TEST_SETTLED", "1");
        Self { command, size: (120, 36) }
    }

    /// Sets a variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Sets the home directory.
    pub(crate) fn home(self, path: &Path) -> Self {
        self.env("HOME", &path.display().to_string())
    }

    /// Sets the size, columns by rows.
    pub(crate) fn size(mut self, columns: u16, rows: u16) -> Self {
        self.size = (columns, rows);
        self
    }

    /// Starts it.
    pub(crate) fn spawn(self) -> Tui {
        let (columns, rows) = self.size;
        let pair = native_pty_system().openpty(size(columns, rows)).unwrap();
        let before = modes(&*pair.master);
        let started = Instant::now();
        let child = pair.slave.spawn_command(self.command).unwrap();
        drop(pair.slave);
        let shared = Arc::new(Shared::default());
        let parser = vt100::Parser::new_with_callbacks(cells(rows), cells(columns), 0, Titles::default());
        *shared.seen.lock().unwrap() =
            Some(Captured { parser, raw: Vec::new(), first_byte: None, ended: false });
        let reader = pair.master.try_clone_reader().unwrap();
        let descriptor = pair.master.as_raw_fd().unwrap();
        let reader = {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || read(reader, descriptor, &shared))
        };
        let writer = pair.master.take_writer().unwrap();
        Tui {
            master: Some(pair.master),
            writer: Some(writer),
            child,
            shared,
            reader: Some(reader),
            sent: 0,
            before,
            started,
        }
    }
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap()
}

/// The line discipline's settings, printed.
fn modes(master: &(dyn MasterPty + Send)) -> String {
    let settings = master.get_termios().unwrap();
    format!("{:?} {:?} {:?}", settings.input_flags, settings.output_flags, settings.local_flags)
}

/// Reads until the end, or until told to stop: a hang-up happens only once every copy of the master is closed, so
/// this thread must never be stuck in a read.
fn read(mut reader: Box<dyn Read + Send>, descriptor: i32, shared: &Shared) {
    let mut buffer = vec![0; 64 * 1024];
    while !shared.stop.load(Ordering::SeqCst) {
        let mut wanted = [pollfd { fd: descriptor, events: POLLIN, revents: 0 }];
        match poll(&mut wanted, Some(STOP_CHECK)) {
            Ok(0) => continue,
            Ok(_) => {}
            Err(_) => break,
        }
        let count = reader.read(&mut buffer).unwrap_or(0);
        let now = Instant::now();
        let mut seen = shared.seen.lock().unwrap();
        if let Some(seen) = seen.as_mut() {
            if count > 0 {
                seen.parser.process(&buffer[..count]);
                seen.raw.extend_from_slice(&buffer[..count]);
                seen.first_byte.get_or_insert(now);
            }
            seen.ended |= count == 0;
        }
        drop(seen);
        shared.changed.notify_all();
        if count == 0 {
            break;
        }
    }
}

/// The running program.
pub(crate) struct Tui {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    child: Box<dyn Child + Send + Sync>,
    shared: Arc<Shared>,
    reader: Option<JoinHandle<()>>,
    sent: u64,
    before: String,
    started: Instant,
}

impl Tui {
    /// Sends one key, named as [`bytes`] says.
    pub(crate) fn press(&mut self, key: &str) {
        self.send(&bytes(key), 1);
        if key == "esc" {
            // Followed at once by another key it would be that key with Alt.
            let sent = self.sent;
            self.wait_for_state("Esc is handled", |state| state.handled >= sent);
        }
    }

    /// Types characters, one key each.
    pub(crate) fn type_text(&mut self, text: &str) {
        self.send(text.as_bytes(), text.chars().count() as u64);
    }

    /// Pastes a text, as a terminal with bracketed paste does.
    pub(crate) fn paste(&mut self, text: &str) {
        self.send(format!("\x1b[200~{text}\x1b[201~").as_bytes(), 1);
    }

    /// Presses the main button at a cell, counted from 0.
    pub(crate) fn click(&mut self, column: u16, row: u16) {
        let (column, row) = (column + 1, row + 1);
        self.send(format!("\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m").as_bytes(), 1);
    }

    /// Sends bytes that the program counts as so many keys.
    pub(crate) fn send(&mut self, bytes: &[u8], keys: u64) {
        self.sent += keys;
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(bytes).unwrap();
        writer.flush().unwrap();
    }

    /// Changes the size: the emulator first, so that no frame for the new size meets the old one.
    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        self.with(|seen| seen.parser.set_size(cells(rows), cells(columns)));
        self.master.as_ref().unwrap().resize(size(columns, rows)).unwrap();
    }

    /// Sends a signal to the program itself.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        kill(self.process(), signal);
    }

    /// The process id of what was started.
    pub(crate) fn process(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Closes every copy of the master, as a terminal window that is closed does.
    pub(crate) fn hang_up(&mut self) {
        self.stop_reading();
        self.writer = None;
        self.master = None;
    }

    fn stop_reading(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
    }

    /// Waits until the screen shows a text.
    pub(crate) fn wait_for(&self, text: &str) {
        self.wait_until(&format!("the screen shows {text:?}"), |screen| screen.contents().contains(text));
    }

    /// Waits until a text has left the screen.
    pub(crate) fn wait_gone(&self, text: &str) {
        self.wait_until(&format!("{text:?} is gone"), |screen| !screen.contents().contains(text));
    }

    /// Waits until the screen is as wanted.
    pub(crate) fn wait_until(&self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) {
        self.wait(what, |seen| wanted(seen.parser.screen()));
    }

    /// Waits until all keys are handled and nothing is under way; answers what was told.
    pub(crate) fn settle(&self) -> ProgramState {
        self.wait_for_state("everything is handled", |state| state.idle && state.handled >= self.sent)
    }

    /// Waits until everything is handled and nothing will change by itself: the last notice has left.
    pub(crate) fn rest(&self) -> ProgramState {
        let sent = self.sent;
        self.wait_for_state("the program is at rest", |state| state.rests && state.handled >= sent)
    }

    /// Waits until the program tells something.
    pub(crate) fn wait_for_state(&self, what: &str, wanted: impl Fn(ProgramState) -> bool) -> ProgramState {
        self.wait(what, |seen| seen.parser.callbacks().state.is_some_and(&wanted));
        self.with(|seen| seen.parser.callbacks().state.unwrap())
    }

    /// The text of the screen.
    pub(crate) fn screen(&self) -> String {
        self.look(vt100::Screen::contents)
    }

    /// Anything about the screen.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&vt100::Screen) -> T) -> T {
        self.with(|seen| look(seen.parser.screen()))
    }

    /// When the program was started.
    pub(crate) fn started(&self) -> Instant {
        self.started
    }

    /// Does something and tells how long the program took to write the first byte of its answer.
    pub(crate) fn latency(&mut self, act: impl FnOnce(&mut Self)) -> Duration {
        self.with(|seen| seen.first_byte = None);
        let began = Instant::now();
        act(self);
        self.wait("an answer", |seen| seen.first_byte.is_some());
        let first = self.with(|seen| seen.first_byte.unwrap());
        first.duration_since(began)
    }

    /// Sends keys and tells how long the program took until they were drawn and their effects started.
    pub(crate) fn handling(&mut self, act: impl FnOnce(&mut Self)) -> Duration {
        let began = Instant::now();
        act(self);
        let sent = self.sent;
        self.wait_for_state("the keys are handled", |state| state.handled >= sent);
        began.elapsed()
    }

    /// The line discipline's settings before the program ran, and now.
    pub(crate) fn modes(&self) -> (String, String) {
        (self.before.clone(), modes(&**self.master.as_ref().unwrap()))
    }

    /// Waits for the end.
    pub(crate) fn exit_status(&mut self) -> ExitStatus {
        if self.reader.is_some() {
            self.wait("the program ends", |seen| seen.ended);
        }
        let since = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(since.elapsed() < LIMIT, "the program closed its terminal but does not end");
            std::thread::yield_now();
        }
    }

    fn with<T>(&self, look: impl FnOnce(&mut Captured) -> T) -> T {
        look(self.lock().as_mut().unwrap())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Captured>> {
        self.shared.seen.lock().unwrap()
    }

    fn wait(&self, what: &str, wanted: impl Fn(&Captured) -> bool) {
        let seen = self.lock();
        let (seen, timeout) = self
            .shared
            .changed
            .wait_timeout_while(seen, LIMIT, |seen| {
                let seen = seen.as_ref().unwrap();
                !wanted(seen) && !seen.ended
            })
            .unwrap();
        let seen = seen.as_ref().unwrap();
        if !wanted(seen) {
            let why = if timeout.timed_out() { "in vain" } else { "until the program ended" };
            let mut message =
                format!("waited {why} for: {what}\ntold: {:?}\n", seen.parser.callbacks().state);
            for row in seen.parser.screen().contents().lines() {
                let _ = writeln!(message, "| {row}");
            }
            panic!("{message}");
        }
    }
}

impl Drop for Tui {
    fn drop(&mut self) {
        let _ = self.child.kill();
        self.shared.stop.store(true, Ordering::SeqCst);
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
        let _ = self.child.wait();
    }
}

/// Sends a signal to a process.
pub(crate) fn kill(process: u32, signal: rustix::process::Signal) {
    let process = rustix::process::Pid::from_raw(process as i32).unwrap();
    rustix::process::kill_process(process, signal).unwrap();
}
