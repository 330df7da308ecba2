//! Writes on the command line: the plan is shown first, and sent only when it is confirmed.

use std::io::{self, BufRead, IsTerminal};

use super::arguments::ConsentArguments;
use super::confirm::forget_typed;
use super::report::{Report, refused};
use crate::domain::describe::Entry;
use crate::domain::{Clean, Diagnosis, WritePolicy};
use crate::platform::ending::interrupted;

/// What becomes of a plan that was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consent {
    /// It is carried out.
    Go,
    /// It was only to be shown.
    Dry,
    /// Somebody said no.
    No,
    /// Interrupted while it was asked.
    Interrupted,
}

/// Refuses what the arguments alone refuse, before anything is asked of anybody: a read-only profile, a wrong name.
///
/// # Errors
/// Why nothing may be sent.
pub(super) fn allowed(
    asked: &ConsentArguments,
    write_policy: &WritePolicy,
    what: &str,
) -> Result<(), Diagnosis> {
    write_policy.allows(Some(what).filter(|_| !asked.dry_run))?;
    let profile = write_policy.profile.as_deref();
    match &asked.confirm {
        Some(name) if profile != Some(name) => {
            let problem = match profile {
                Some(profile) => format!("this is the profile {profile}, not {name}"),
                None => "there is no profile to confirm here; use --yes".to_owned(),
            };
            Err(refused("--confirm", &problem))
        }
        _ => Ok(()),
    }
}

/// Finds out whether what was shown is to be done. `number`: how many things it is about; more than one are confirmed
/// by typing the number, and a production profile by typing its name.
///
/// # Errors
/// Nobody is there to confirm it.
pub(super) async fn consent(
    asked: &ConsentArguments,
    write_policy: &WritePolicy,
    question: &str,
    number: usize,
    report: &mut Report,
) -> Result<Consent, Diagnosis> {
    if asked.dry_run {
        report.remark("nothing was sent (--dry-run)");
        return Ok(Consent::Dry);
    }
    let word = write_policy.word();
    // A line from the shell's memory must not write in production by itself.
    if asked.confirm.is_some() || asked.yes && word.is_none() {
        return Ok(Consent::Go);
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(match word {
            Some(word) => refused(
                "--confirm",
                &format!("the profile {word} is in production: confirm with --confirm {word}"),
            ),
            None => refused("--yes", "nothing was sent: add --yes to confirm the plan above"),
        });
    }
    let number = number.to_string();
    let word = word.or_else(|| (number != "1").then_some(number.as_str()));
    let hint = match word {
        Some(word) => format!("type {word} to confirm: "),
        None => "[y/N] ".to_owned(),
    };
    forget_typed();
    report.print(&format!("{} {hint}", Clean::line(question)));
    let line = tokio::select! {
        biased;
        _ = interrupted() => {
            report.print("\n");
            return Ok(Consent::Interrupted);
        }
        line = typed_line() => line,
    };
    let typed = line.trim();
    let is_yes = match word {
        Some(word) => typed == word,
        None => matches!(typed.to_ascii_lowercase().as_str(), "y" | "yes"),
    };
    if is_yes {
        return Ok(Consent::Go);
    }
    report.notice("nothing was sent");
    Ok(Consent::No)
}

/// The next line of standard input. Read elsewhere: signals must be heard while somebody thinks.
async fn typed_line() -> String {
    let line = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        // A line that cannot be read confirms nothing.
        io::stdin().lock().read_line(&mut line).map(|_| line).unwrap_or_default()
    });
    line.await.unwrap_or_default()
}

/// A plan in lines for people.
pub(super) fn lines<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> String {
    entries.into_iter().map(|entry| super::lines::line(entry).trim_end().to_owned() + "\n").collect()
}
