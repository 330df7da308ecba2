//! Log entries. Apart from host names, no entry has a field for foreign text: everything else is a number or
//! from a table of this program. So no credential or account can get into a log, whatever the caller does.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{Code, Diagnosis, Who};

/// An event to log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogEntry {
    /// The program started.
    Begun {
        /// Its version.
        version: &'static str,
        /// The subcommand; "screen" if there is none.
        command: &'static str,
    },
    /// Key and backend were determined.
    Opened {
        /// The kind of key source: "environment", "profile", "typed", "demo".
        source: &'static str,
        /// The backend.
        host: Host,
    },
    /// Alter answered.
    Answered {
        /// Method and path, with placeholders like `{id}` for the variable parts.
        endpoint: &'static str,
        /// The backend.
        host: Host,
        /// Its status.
        status: u16,
        /// Time until the end of the answer.
        took: Duration,
    },
    /// A provider answered a retrieve-mode call. The path is left out, because some providers accept
    /// credentials in it.
    ProviderAnswered {
        /// The method.
        method: Verb,
        /// The provider.
        host: Host,
        /// Its status.
        status: u16,
        /// Time until the end of the answer.
        took: Duration,
    },
    /// There was no answer.
    Unanswered {
        /// Method and path as above, or what was called.
        endpoint: &'static str,
        /// The host.
        host: Host,
        /// Why: a word from a table.
        why: &'static str,
        /// Time spent waiting.
        took: Duration,
    },
    /// A retry after a pause.
    Again {
        /// What went wrong.
        code: Code,
        /// The pause.
        pause: Duration,
    },
    /// A failure was reported.
    Failed {
        /// Its code.
        code: Code,
        /// Who refused.
        who: Who,
    },
    /// The program exits.
    Ended {
        /// Its exit code.
        exit: u8,
    },
}

impl LogEntry {
    /// The entry for a failure.
    pub fn failed(diagnosis: &Diagnosis) -> Self {
        Self::Failed { code: diagnosis.code, who: diagnosis.who }
    }
}

impl fmt::Display for LogEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = Duration::as_millis;
        match self {
            Self::Begun { version, command } => write!(f, "begin version={version} command={command}"),
            Self::Opened { source, host } => write!(f, "session source={source} host={host}"),
            Self::Answered { endpoint, host, status, took } => {
                write!(f, "answer {endpoint} host={host} status={status} ms={}", millis(took))
            }
            Self::ProviderAnswered { method, host, status, took } => {
                write!(f, "provider {method} host={host} status={status} ms={}", millis(took))
            }
            Self::Unanswered { endpoint, host, why, took } => {
                write!(f, "no-answer {endpoint} host={host} why={why} ms={}", millis(took))
            }
            Self::Again { code, pause } => write!(f, "retry code={code} pause_ms={}", millis(pause)),
            Self::Failed { code, who } => write!(f, "failure code={code} who={who}"),
            Self::Ended { exit } => write!(f, "end exit={exit}"),
        }
    }
}

/// The name or address of a host, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host(Box<str>);

impl Host {
    /// The maximum length of a DNS name.
    const MAX_LENGTH: usize = 253;

    /// Accepts the host part of a URL; an invalid one becomes `?`.
    pub fn new(host: &str) -> Self {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
        let is_host = !host.is_empty() && host.len() <= Self::MAX_LENGTH && host.bytes().all(fits);
        Self(if is_host { host } else { "?" }.into())
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An HTTP method; an unknown one becomes `other`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verb(&'static str);

impl Verb {
    const KNOWN: [&'static str; 7] = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];

    /// Accepts a method in any case.
    pub fn new(method: &str) -> Self {
        Self(Self::KNOWN.into_iter().find(|known| known.eq_ignore_ascii_case(method)).unwrap_or("other"))
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Receives entries.
type Write = dyn Fn(&LogEntry) + Send + Sync;

/// A sink for entries. Cheap to clone; the default discards them.
#[derive(Clone, Default)]
pub struct Log(Option<Arc<Write>>);

impl Log {
    /// A log that calls a function for each entry. It is called synchronously, so it must return quickly.
    pub fn to(write: impl Fn(&LogEntry) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(write)))
    }

    /// A log that writes to both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self.0, other.0) {
            (None, one) | (one, None) => Self(one),
            (Some(one), Some(other)) => Self::to(move |entry| {
                one(entry);
                other(entry);
            }),
        }
    }

    /// Writes an entry.
    pub fn write(&self, entry: &LogEntry) {
        if let Some(write) = &self.0 {
            write(entry);
        }
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Log").field(&self.0.is_some()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn hosts_and_methods_hold_nothing_else() {
        for (text, want) in [
            ("backend.alterauth.com", "backend.alterauth.com"),
            ("[::1]", "[::1]"),
            ("a/b", "?"),
            ("user@host", "?"),
            ("", "?"),
            ("a\nb", "?"),
            (&"a".repeat(254), "?"),
        ] {
            assert_eq!(Host::new(text).to_string(), want, "{text}");
        }
        assert_eq!(Verb::new("get").to_string(), "GET");
        assert_eq!(Verb::new("sk-live-1").to_string(), "other");
    }

    #[test]
    fn entries_are_one_line_of_words_and_numbers() {
        let took = Duration::from_millis(12);
        let host = || Host::new("h.test");
        for (entry, want) in [
            (LogEntry::Begun { version: "1.2.3", command: "list" }, "begin version=1.2.3 command=list"),
            (LogEntry::Opened { source: "profile", host: host() }, "session source=profile host=h.test"),
            (
                LogEntry::Answered { endpoint: "POST /sdk/grants/list", host: host(), status: 200, took },
                "answer POST /sdk/grants/list host=h.test status=200 ms=12",
            ),
            (
                LogEntry::ProviderAnswered { method: Verb::new("put"), host: host(), status: 500, took },
                "provider PUT host=h.test status=500 ms=12",
            ),
            (
                LogEntry::Unanswered { endpoint: "provider", host: host(), why: "refused", took },
                "no-answer provider host=h.test why=refused ms=12",
            ),
            (LogEntry::Again { code: Code::TimedOut, pause: took }, "retry code=timed_out pause_ms=12"),
            (
                LogEntry::Failed { code: Code::InvalidKey, who: Who::Alter },
                "failure code=invalid_key who=alter",
            ),
            (LogEntry::Ended { exit: 130 }, "end exit=130"),
        ] {
            assert_eq!(entry.to_string(), want);
        }
    }

    #[test]
    fn two_logs_are_written_to_in_turn() {
        let (seen, other) = (Arc::new(Mutex::new(0)), Arc::new(Mutex::new(0)));
        let counting = |count: &Arc<Mutex<u32>>| {
            let count = Arc::clone(count);
            Log::to(move |_| *count.lock().unwrap() += 1)
        };
        let both = Log::default().and(counting(&seen)).and(counting(&other)).and(Log::default());
        both.write(&LogEntry::Ended { exit: 0 });
        assert_eq!((*seen.lock().unwrap(), *other.lock().unwrap()), (1, 1));
        Log::default().write(&LogEntry::Ended { exit: 0 });
    }
}
