//! `grantdeck sandbox`.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use secrecy::ExposeSecret;

use super::arguments::SandboxArguments;
use super::listing;
use super::run::{Done, Run};
use super::sandbox_files::SandboxFiles;
use crate::domain::Clean;
use crate::platform::clock::wall;
use crate::platform::ending::{INTERRUPT, interrupted};
use crate::sandbox::{self, Options, Running};
use crate::session::exit::Exit;

/// Serves until Ctrl-C.
pub(super) async fn sandbox(run: &mut Run<'_>, arguments: &SandboxArguments) -> Done {
    let (source, report) = (&run.arguments.source, &mut run.report);
    let options = Options {
        rate_limit: (arguments.rate_limit > 0).then_some(arguments.rate_limit),
        faults: arguments.fault.clone(),
        sessions: arguments.connect.into(),
        ..source.options()
    };
    let files = SandboxFiles::prepare(arguments.ready_file.as_deref(), arguments.env_file.as_deref())?;
    let address = SocketAddr::new(arguments.host, arguments.port);
    let running = match sandbox::start(&options, address, Arc::new(wall)).await {
        Ok(running) => running,
        Err(error) => {
            report.notice(&format!("the sandbox cannot listen at {address}: {error}"));
            if error.kind() == io::ErrorKind::AddrInUse {
                report.notice("--port 0 picks a free port and prints it");
            }
            return Ok(match error.kind() {
                io::ErrorKind::InvalidInput => Exit::Usage,
                _ => Exit::Error,
            });
        }
    };
    // A reader that went away does not end the service; without its keys nobody could use it.
    let exit = report.written(listing::write(&introduction(&running)));
    if exit != Exit::Ok {
        return Ok(exit);
    }
    files.write(&running)?;
    let exit = tokio::select! {
        // A service that is told to end in the usual way did all that was asked of it.
        number = interrupted() => if number == INTERRUPT { Exit::Ok } else { Exit::Terminated },
        () = running.wait() => {
            report.notice("the sandbox stopped");
            Exit::Error
        }
    };
    files.remove();
    Ok(exit)
}

/// Lines for a shell. The keys are real for this sandbox only, so they may be shown.
fn introduction(running: &Running) -> String {
    let all = running.credentials();
    let mut text = format!(
        "# The sandbox is at {0}; Ctrl-C ends it. Copy what you need:\nexport ALTER_BASE_URL='{0}'\nexport ALTER_API_KEY='{1}'\n",
        running.base_url(),
        all.app_key.expose_secret(),
    );
    let mut section = |head: &str, rows: Vec<(String, &str)>| {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "\n# {head}");
        for (comment, line) in rows {
            let _ = writeln!(text, "# export {line}   # {}", Clean::line(&comment));
        }
    };
    let agents: Vec<(String, String)> = all
        .agent_keys
        .iter()
        .map(|agent| {
            (
                format!("{} ({})", agent.name, agent.status),
                format!("ALTER_API_KEY='{}'", agent.key.expose_secret()),
            )
        })
        .collect();
    section("As an agent:", agents.iter().map(|(name, line)| (name.clone(), line.as_str())).collect());
    let users: Vec<(String, String)> = all
        .user_tokens
        .iter()
        .map(|user| {
            let state = if user.valid { "" } else { ", refused" };
            (format!("{}{state}", user.email), format!("ALTER_USER_TOKEN='{}'", user.token.expose_secret()))
        })
        .collect();
    section(
        "One end user's grants:",
        users.iter().map(|(name, line)| (name.clone(), line.as_str())).collect(),
    );
    let narrow: Vec<(String, String)> = all
        .narrow_keys
        .iter()
        .map(|narrow| (narrow.name.to_owned(), format!("ALTER_API_KEY='{}'", narrow.key.expose_secret())))
        .collect();
    section("Fewer permissions:", narrow.iter().map(|(name, line)| (name.clone(), line.as_str())).collect());
    let dead: Vec<(String, String)> = all
        .dead_keys
        .iter()
        .map(|(state, key)| (state.code().to_owned(), format!("ALTER_API_KEY='{}'", key.expose_secret())))
        .collect();
    section("Rejected keys:", dead.iter().map(|(name, line)| (name.clone(), line.as_str())).collect());
    text
}
