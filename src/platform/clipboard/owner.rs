//! The clipboard's helper processes: owning a text, reading it back, clearing it.

use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use arboard::{Clipboard, Error};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::super::child::run;
use super::super::clock::Clock;
use super::tmux::tmux;

/// Exit code of the verifier: the text was found.
pub(super) const SAME: u8 = 0;
/// Exit code of the verifier: the clipboard is empty or holds something else.
pub(super) const DIFFERENT: u8 = 3;
/// Exit code of the verifier: the clipboard could not be read.
const UNREADABLE: u8 = 4;

/// How often an owner checks that its display still exists. A dying X server sends no notice.
#[cfg(all(unix, not(target_os = "macos")))]
const CHECK_INTERVAL: Duration = Duration::from_secs(5);

/// How often the verifier retries until the text is there.
const RETRY_INTERVAL: Duration = Duration::from_millis(10);

/// Time limit for the tmux commands of the cleaner; nothing waits for them.
const TMUX_LIMIT: Duration = Duration::from_secs(10);

/// The longest text, in bytes.
const MAX_TEXT: u64 = 1 << 26;

type Failure = Box<dyn std::error::Error>;

/// Runs [`super::OWNER`]: holds the text until something else is copied or the time is up.
pub(in super::super) fn keep(secrecy: &str, after: &str) -> ExitCode {
    leave_session();
    let after = match after {
        "never" => Ok(None),
        after => after.parse().map(|after| Some(Duration::from_millis(after))),
    };
    let (Ok(after), Ok(text)) = (after, input()) else { return ExitCode::from(2) };
    let Ok(text) = String::from_utf8(text.to_vec()).map(Zeroizing::new) else { return ExitCode::from(2) };
    match hold(&text, secrecy != "plain", after) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The parent has stopped reading if this failed after "ok".
            let _ = report(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

/// On X11 and Wayland, the text is only available while its owner serves it.
#[cfg(all(unix, not(target_os = "macos")))]
fn hold(text: &Zeroizing<String>, secret: bool, after: Option<Duration>) -> Result<(), Failure> {
    use std::sync::mpsc::{self, RecvTimeoutError};

    use arboard::SetExtLinux;
    let clock = Clock::start();
    let mut clipboard = Clipboard::new()?;
    report("ok")?;
    let (sender, replaced) = mpsc::channel();
    let served = text.to_string();
    thread::spawn(move || {
        let set = clipboard.set();
        let set = if secret { set.exclude_from_history() } else { set };
        // The receiver may be gone; this thread ends either way.
        let _ = sender.send(set.wait().text(served));
    });
    loop {
        let left = after.map(|after| after.saturating_sub(clock.elapsed()));
        match replaced.recv_timeout(left.unwrap_or(CHECK_INTERVAL).min(CHECK_INTERVAL)) {
            Ok(ended) => return Ok(ended?),
            Err(RecvTimeoutError::Disconnected) => return Err("the server crashed".into()),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if after.is_some_and(|after| after <= clock.elapsed()) {
            return clear(text);
        }
        // While we own the selection, this only asks the server for its owner.
        if !is_there(&mut Clipboard::new()?, text) {
            return Ok(());
        }
    }
}

/// The system stores the text; a process is only needed to clear it.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn hold(text: &Zeroizing<String>, secret: bool, after: Option<Duration>) -> Result<(), Failure> {
    let mut clipboard = Clipboard::new()?;
    let set = clipboard.set();
    #[cfg(target_os = "macos")]
    let set = {
        use arboard::SetExtApple;
        if secret { set.exclude_from_history() } else { set }
    };
    #[cfg(windows)]
    let set = {
        use arboard::SetExtWindows;
        if secret { set.exclude_from_monitoring().exclude_from_cloud().exclude_from_history() } else { set }
    };
    set.text(text.to_string())?;
    report("ok")?;
    if let Some(after) = after {
        thread::sleep(after);
        clear(text)?;
    }
    Ok(())
}

/// Clears the clipboard if it still holds our text.
fn clear(text: &str) -> Result<(), Failure> {
    let mut clipboard = Clipboard::new()?;
    if is_there(&mut clipboard, text) {
        clipboard.clear()?;
    }
    Ok(())
}

fn is_there(clipboard: &mut Clipboard, text: &str) -> bool {
    clipboard.get_text().map(Zeroizing::new).is_ok_and(|held| *held == text)
}

/// Runs [`super::VERIFIER`]: waits until the clipboard holds the expected text.
pub(in super::super) fn read_back(limit: &str) -> ExitCode {
    let clock = Clock::start();
    let (Ok(limit), Ok(expected)) = (limit.parse().map(Duration::from_millis), input()) else {
        return ExitCode::from(2);
    };
    let Ok(mut clipboard) = Clipboard::new() else { return ExitCode::from(UNREADABLE) };
    loop {
        let seen = match clipboard.get_text().map(Zeroizing::new) {
            Ok(text) if is_hash(&expected, text.as_bytes()) => return ExitCode::from(SAME),
            Ok(_) | Err(Error::ContentNotAvailable) => DIFFERENT,
            Err(_) => UNREADABLE,
        };
        if clock.elapsed() >= limit {
            return ExitCode::from(seen);
        }
        thread::sleep(RETRY_INTERVAL);
    }
}

/// Runs [`super::TMUX_CLEANER`]: deletes the buffer after a delay, if it still holds the same text.
pub(in super::super) fn clean_tmux(name: &str, after: &str) -> ExitCode {
    leave_session();
    let (Ok(after), Ok(expected)) = (after.parse().map(Duration::from_millis), input()) else {
        return ExitCode::from(2);
    };
    if report("ok").is_err() {
        return ExitCode::FAILURE;
    }
    thread::sleep(after);
    let ask = |arguments: &[&str]| run(&mut tmux(arguments), Zeroizing::default(), TMUX_LIMIT);
    let ours = ask(&["show-buffer", "-b", name])
        .is_ok_and(|(status, held)| status.success() && is_hash(&expected, &held));
    if ours && !ask(&["delete-buffer", "-b", name]).is_ok_and(|(status, _)| status.success()) {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn is_hash(expected: &[u8], text: &[u8]) -> bool {
    Sha256::digest(text).as_slice() == expected
}

fn input() -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    io::stdin().lock().take(MAX_TEXT).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reports to the parent process.
fn report(line: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{}", line.replace('\n', " "))?;
    output.flush()
}

/// Starts a new session, so that closing the terminal does not end this process.
#[cfg(unix)]
fn leave_session() {
    // Fails if this process already leads a session; there is none to leave then.
    let _ = rustix::process::setsid();
}

#[cfg(not(unix))]
fn leave_session() {}
