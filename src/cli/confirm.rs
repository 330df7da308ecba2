//! Changes of files on the command line: shown on standard error first, made only when confirmed.

use std::fmt::Write as _;
use std::io::{self, BufRead, IsTerminal};

use anstyle::{AnsiColor, Style};

use super::arguments::ConfirmArguments;
use super::report::{Report, refused};
use crate::domain::{Clean, Diagnosis};
use crate::edit::file::Planned;
use crate::edit::{DiffKind, DiffLine};
use crate::platform::ending::interrupted;

/// What becomes of changes that were shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// They are made.
    Go,
    /// Only showing them was asked for.
    Dry,
    /// Nobody confirmed them.
    No,
    /// Interrupted while it was asked.
    Interrupted,
}

/// Shows what a change does: names, the ids that come and go, and the comments that are put in. All else in the file is
/// hidden, for a configuration holds more than ids.
pub(super) fn show(planned: &Planned, report: &mut Report) {
    let terminal = io::stderr().is_terminal();
    let colour = terminal && anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never;
    let painted = |text: &str, style: Style| {
        if colour { format!("{}{text}{}", style.render(), style.render_reset()) } else { text.to_owned() }
    };
    let path = Clean::line(&planned.path.to_string_lossy());
    let is_new = if planned.is_new { " (new)" } else { "" };
    let mut out = painted(&format!("--- {path}{is_new}"), Style::new().bold()) + "\n";
    for line in &planned.diff {
        let DiffLine { kind, old, new, .. } = line;
        let (sign, style) = match kind {
            DiffKind::Same => (' ', Style::new().dimmed()),
            DiffKind::Removed => ('-', AnsiColor::Red.on_default()),
            DiffKind::Added => ('+', AnsiColor::Green.on_default()),
            DiffKind::Gap => ('⋮', Style::new().dimmed()),
            DiffKind::Path => ('@', AnsiColor::Cyan.on_default()),
        };
        let number = new.or(*old).map(|number| number.to_string()).unwrap_or_default();
        let text = line.text();
        // Writing to a text cannot fail.
        let _ = writeln!(out, "{}", painted(format!("{number:>5} {sign} {text}").trim_end(), style));
    }
    report.print(&out);
    if let Some(link) = &planned.via_link {
        report.notice(&format!("{} is a symlink; the file it points to is written", link.display()));
    }
    if planned.hard_links > 0 {
        report.notice(&format!("{path} has {} hard links, which keep the old content", planned.hard_links));
    }
}

/// Finds out whether what was shown is to be done; `question` is put to a terminal.
pub(super) async fn confirm(arguments: ConfirmArguments, question: &str, report: &mut Report) -> Verdict {
    if arguments.dry_run {
        report.notice("nothing was written (--dry-run)");
        return Verdict::Dry;
    }
    if arguments.yes {
        return Verdict::Go;
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        report.failure(&missing());
        return Verdict::No;
    }
    forget_typed();
    report.print(&format!("{} [y/N] ", Clean::line(question)));
    tokio::select! {
        biased;
        _ = interrupted() => {
            report.print("\n");
            Verdict::Interrupted
        }
        yes = said_yes() => {
            if yes {
                return Verdict::Go;
            }
            report.notice("nothing was written");
            Verdict::No
        }
    }
}

/// Nobody confirmed a change that was shown.
pub(super) fn missing() -> Diagnosis {
    refused("--yes", "the change is shown above; confirm to write it")
}

/// What was typed before a question was asked does not answer it. Called right before it is shown, never after: what
/// is typed in answer must not be lost.
pub(super) fn forget_typed() {
    // A terminal that cannot do this is asked all the same.
    #[cfg(unix)]
    let _ = rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush);
}

/// Whether the next line of standard input is a yes. Read elsewhere: signals must be heard while somebody thinks.
pub(super) async fn said_yes() -> bool {
    let line = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        // A line that cannot be read is no yes.
        io::stdin().lock().read_line(&mut line).map(|_| line).unwrap_or_default()
    });
    let line = line.await.unwrap_or_default();
    matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}
