//! Links that somebody opens: shown on standard error, and waited for. A link is a capability: it goes to the terminal
//! and to the opener, nowhere else.

use std::convert::Infallible;
use std::io::{self, IsTerminal};
use std::time::Duration;

use jiff::SignedDuration;
use tokio::time::{Instant, sleep};

use super::arguments::LinkArguments;
use super::report::Report;
use crate::domain::connect::SessionLink;
use crate::domain::words::countdown;
use crate::domain::{Clean, Diagnosis};
use crate::jobs::{self, Context};
use crate::platform::blocking::blocking;
use crate::platform::launch;
use crate::session::Session;
use crate::ui::qr::qr;

/// Shows a link; `what`: what is done with it, in the imperative.
pub(super) async fn show(
    session: &Session,
    what: &str,
    link: &SessionLink,
    lives: Duration,
    asked: &LinkArguments,
    report: &mut Report,
) {
    let time = countdown(SignedDuration::try_from(lives).unwrap_or_default());
    let text = Clean::line(link.reveal());
    report.print(&format!("{what} (expires in {time}):\n\n  {text}\n\n"));
    if asked.qr {
        match qr(link.reveal()) {
            Some(code) => report.print(&painted(&code)),
            None => report.notice("the link is too long for a QR code"),
        }
    }
    if asked.open {
        open(session, link, report).await;
    }
}

/// Says once a second how long a link still lives, where a person looks; never ends.
pub(super) async fn count_down(ends: Instant, report: &mut Report) -> Infallible {
    loop {
        let left = ends.saturating_duration_since(Instant::now());
        let left = Duration::from_secs(left.as_secs_f64().ceil() as u64);
        let time = countdown(SignedDuration::try_from(left).unwrap_or_default());
        report.standing(&format!("waiting; the link expires in {time} (Ctrl-C stops waiting)"));
        sleep(Duration::from_secs(1)).await;
    }
}

/// The code in dark ink on a light background, whatever the terminal's colours are.
fn painted(code: &[String]) -> String {
    let terminal = io::stderr().is_terminal();
    let (begin, end) = if terminal { ("\u{1b}[30;107m", "\u{1b}[0m") } else { ("", "") };
    let painted: Vec<String> = code.iter().map(|line| format!("  {begin}{line}{end}\n")).collect();
    painted.concat()
}

async fn open(session: &Session, link: &SessionLink, report: &mut Report) {
    let (link, hidden) = (link.clone(), session.config.hidden_variables.iter().cloned().collect::<Vec<_>>());
    // A desktop may let one wait.
    let opened = blocking(move || launch::open(link.reveal(), &hidden)).await;
    if let Ok(Err(why)) | Err(why) = opened {
        let reason =
            why.facts.iter().find(|(name, _)| *name == "browser").map(|(_, text)| format!(" ({text})"));
        report.notice(&format!("{}{}", why.headline(), reason.unwrap_or_default()));
    }
}

/// The context for a command: as it is, or for the end user who signs in first.
pub(super) async fn for_user(
    session: &Session,
    asked: &LinkArguments,
    report: &mut Report,
) -> Result<Context, Diagnosis> {
    let context = &session.context;
    if !asked.as_user {
        return Ok(context.clone());
    }
    let client = &context.client;
    let begun = jobs::sign_in::begin(client, asked.timeout).await?;
    show(session, "Sign in with this link", &begun.link, begun.pace.limit, asked, report).await;
    let ends = Instant::now() + begun.pace.limit;
    let signed_in = tokio::select! {
        biased;
        signed_in = begun.wait(client) => signed_in,
        never = count_down(ends, report) => match never {},
    };
    report.clear();
    let signed_in = signed_in?;
    let name = signed_in
        .name
        .as_deref()
        .map_or_else(|| "the user".to_owned(), |name| Clean::brief(name).to_string());
    report.remark(&format!("signed in as {name}, for this command"));
    Ok(Context { client: client.as_user(signed_in.token), ..context.clone() })
}
