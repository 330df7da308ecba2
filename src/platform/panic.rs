//! Panic hooks. A subcommand prints where it panicked, and nothing that may contain data. On the screen's thread the
//! terminal is restored before anything is printed; on other threads the location is only recorded, and the task that
//! ran the work reports it.

use std::io::Write;
use std::panic::PanicHookInfo;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::restorer::Restorer;
use crate::domain::{Code, Diagnosis, Retry, Who};

/// The location of the newest panic on another thread.
#[derive(Clone, Debug, Default)]
pub struct Record(Arc<Mutex<Option<String>>>);

impl Record {
    fn put(&self, place: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(place);
    }

    /// The diagnosis for work that panicked.
    pub fn fault(&self) -> Diagnosis {
        let place = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let fault = Diagnosis::new(Code::TaskPanicked, Who::Grantdeck, Retry::Later(None));
        match place {
            Some(place) => fault.fact("where", &place),
            None => fault,
        }
    }
}

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send + 'static>;

/// Keeps our panic hook installed; restores the previous one on drop.
pub struct Guard {
    before: Option<Hook>,
}

/// Installs the hook for programs without a screen: prints each panic's location to stderr, never its message, which
/// may contain text from outside. A panic on the main thread then exits with code 101.
pub fn report_only_where() {
    std::panic::set_hook(Box::new(|info| {
        // Fails if stderr is closed; there is nobody to report to then.
        let _ = write!(std::io::stderr().lock(), "{}", brief(&place(info)));
    }));
}

/// Installs the hook. The calling thread is the screen's.
pub fn install(restorer: Restorer, record: Record) -> Guard {
    let screen = thread::current().id();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let place = place(info);
        if thread::current().id() == screen {
            restorer.restore();
            // Fails if the terminal is gone; there is nobody to report to then.
            let _ = write!(std::io::stderr().lock(), "{}", report(&place, literal_message(info)));
        } else {
            record.put(place);
        }
    }));
    Guard { before: Some(before) }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // The hook cannot be changed while this thread is unwinding.
        if !thread::panicking()
            && let Some(before) = self.before.take()
        {
            std::panic::set_hook(before);
        }
    }
}

fn place(info: &PanicHookInfo<'_>) -> String {
    info.location().map_or_else(|| "an unknown place".into(), |at| format!("{}:{}", at.file(), at.line()))
}

/// The panic's message if it is a literal: a formatted message may contain data, which does not belong in a report.
fn literal_message(info: &PanicHookInfo<'_>) -> Option<&'static str> {
    info.payload().downcast_ref::<&'static str>().copied()
}

fn report(place: &str, words: Option<&str>) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let words = words.map(|words| format!(": {words}")).unwrap_or_default();
    format!(
        "grantdeck {version} crashed at {place}{words}\n\
         This is a bug in grantdeck. Your terminal was restored, and your grants were not touched.\n\
         Please report the line above; it contains no keys, ids or names.\n"
    )
}

fn brief(place: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "grantdeck {version} crashed at {place}\n\
         This is a bug in grantdeck. Please report the line above; it contains no keys, ids or names.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_names_the_place_and_a_fault_takes_it_once() {
        let text = report("src/app/view.rs:7", Some("index out of bounds"));
        assert!(
            text.contains("src/app/view.rs:7: index out of bounds\n") && text.contains("a bug in grantdeck"),
            "{text}"
        );
        assert!(report("x.rs:1", None).contains("x.rs:1\n"));
        let record = Record::default();
        record.put("x.rs:1".into());
        assert_eq!(record.fault().facts.len(), 1);
        assert_eq!(record.fault().facts.len(), 0);
        assert_eq!(record.fault().code, Code::TaskPanicked);
    }
}
