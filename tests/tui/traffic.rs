//! The bytes between the program and its terminal.

use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};

use filedescriptor::{POLLIN, poll, pollfd};
use rustix::fs::{Mode, OFlags};

use super::{LIMIT, Tui};

impl Tui {
    /// How many bytes the program has written.
    pub(crate) fn bytes_written(&self) -> usize {
        self.with(|seen| seen.raw.len())
    }

    /// All bytes the program has written, with what is no text replaced.
    pub(crate) fn raw(&self) -> String {
        String::from_utf8_lossy(&self.raw_bytes()).into_owned()
    }

    /// The same as they are.
    pub(crate) fn raw_bytes(&self) -> Vec<u8> {
        self.with(|seen| seen.raw.clone())
    }

    /// Waits until the program has written these bytes.
    pub(crate) fn wait_for_bytes(&self, bytes: &str) {
        let wanted = bytes.as_bytes();
        self.wait(&format!("the program writes {bytes:?}"), |seen| {
            seen.raw.windows(wanted.len()).any(|window| window == wanted)
        });
    }

    /// Waits until the program has read whatever was sent: what is sent next comes as a piece of its own.
    pub(crate) fn wait_until_read(&self) {
        let name = self.master.as_ref().unwrap().tty_name().unwrap();
        let line = rustix::fs::open(name, OFlags::RDONLY | OFlags::NOCTTY, Mode::empty()).unwrap();
        let since = Instant::now();
        // Asked this way, the system first hands over what it still has on the way; a count of bytes misses that.
        let mut unread = [pollfd { fd: line.as_raw_fd(), events: POLLIN, revents: 0 }];
        while poll(&mut unread, Some(Duration::ZERO)).unwrap() > 0 {
            assert!(since.elapsed() < LIMIT, "the program does not read what was sent");
            std::thread::yield_now();
        }
    }
}
