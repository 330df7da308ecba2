//! What copies of this program do: hold a text in the desktop's clipboard, read it back, clear it in time.

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

/// The verifier found the text.
pub(super) const SAME: u8 = 0;
/// The verifier found something else, or nothing.
pub(super) const DIFFERENT: u8 = 3;
/// The verifier could not read.
const UNREADABLE: u8 = 4;

/// How often a owner asks whether its desktop is still there. An X server that is gone tells nobody.
#[cfg(all(unix, not(target_os = "macos")))]
const PULSE: Duration = Duration::from_secs(5);

/// How often a verifier looks again while the text is not there yet.
const AGAIN: Duration = Duration::from_millis(10);

/// How long tmux may take when a buffer is deleted; nobody waits for that.
const TMUX_LIMIT: Duration = Duration::from_secs(10);

/// Longer texts are not copied.
const LARGEST: u64 = 1 << 26;

type Failure = Box<dyn std::error::Error>;

/// [`super::OWNER`]: holds the text until somebody else copies something or its time is over.
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
            // Nobody listens any more where it broke later on.
            let _ = say(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

/// On X11 and Wayland a text is there as long as who copied it serves it.
#[cfg(all(unix, not(target_os = "macos")))]
fn hold(text: &Zeroizing<String>, secret: bool, after: Option<Duration>) -> Result<(), Failure> {
    use std::sync::mpsc::{self, RecvTimeoutError};

    use arboard::SetExtLinux;
    let clock = Clock::start();
    let mut clipboard = Clipboard::new()?;
    say("ok")?;
    let (sender, replaced) = mpsc::channel();
    let served = text.to_string();
    thread::spawn(move || {
        let set = clipboard.set();
        let set = if secret { set.exclude_from_history() } else { set };
        // Whether it was heard or not, this is the end.
        let _ = sender.send(set.wait().text(served));
    });
    loop {
        let left = after.map(|after| after.saturating_sub(clock.elapsed()));
        match replaced.recv_timeout(left.unwrap_or(PULSE).min(PULSE)) {
            Ok(ended) => return Ok(ended?),
            Err(RecvTimeoutError::Disconnected) => return Err("the server crashed".into()),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if after.is_some_and(|after| after <= clock.elapsed()) {
            return clear(text);
        }
        // While the text is ours this asks the server for nothing but whose it is.
        if !is_there(&mut Clipboard::new()?, text) {
            return Ok(());
        }
    }
}

/// The system holds the text; only clearing it needs somebody who stays.
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
    say("ok")?;
    if let Some(after) = after {
        thread::sleep(after);
        clear(text)?;
    }
    Ok(())
}

/// Clears what is still ours.
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

/// [`super::VERIFIER`]: waits until the clipboard holds the text that is expected.
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
        thread::sleep(AGAIN);
    }
}

/// [`super::TMUX_CLEANER`]: deletes the buffer after a time, if it holds the same text then.
pub(in super::super) fn clean_tmux(name: &str, after: &str) -> ExitCode {
    leave_session();
    let (Ok(after), Ok(expected)) = (after.parse().map(Duration::from_millis), input()) else {
        return ExitCode::from(2);
    };
    if say("ok").is_err() {
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
    io::stdin().lock().take(LARGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Tells who started this.
fn say(line: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{}", line.replace('\n', " "))?;
    output.flush()
}

/// The end of the terminal's session is not ours.
#[cfg(unix)]
fn leave_session() {
    // Fails where this leads a session already, and then there is none to leave.
    let _ = rustix::process::setsid();
}

#[cfg(not(unix))]
fn leave_session() {}
