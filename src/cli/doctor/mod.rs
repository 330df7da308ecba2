//! `grantdeck doctor`: what works on this machine with this key, and what to do about the rest. Nothing in the report
//! is secret, so that it can be put into a bug report.

mod check;
mod local;
mod network;
mod proxy;

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use check::{Check, State};

use super::arguments::{Arguments, DoctorArguments};
use super::report::Report;
use super::{listing, session};
use crate::domain::{Diagnosis, Mode};
use crate::jobs::Context;
use crate::session::exit::Exit;
use crate::session::fetch::Fetcher;
use crate::store::paths::process_environment;
use crate::store::{Config, Source};

/// How long the backend is asked for, all in all: a dead network must not hold the rest up.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// Runs the subcommand.
pub(super) async fn doctor(arguments: &Arguments, asked: &DoctorArguments, now: fn() -> Timestamp) -> Exit {
    let source = Source::choose(arguments.source.demo, arguments.source.profile.clone());
    let config = session::configuration(arguments.source.config.as_deref());
    let mut checks = vec![local::version()];
    checks.extend(local::configuration(arguments.source.config.as_deref(), &config));
    let config = config.unwrap_or_default();
    let source = source.settled(&config, &process_environment);
    let surroundings = tokio::task::spawn_blocking({
        let config = config.clone();
        move || local::surroundings(&config)
    });
    let (opened, key) = open(arguments, &source, &config, now).await;
    checks.extend(key);
    checks.extend(local::attribution(&config, &source));
    if let Some((context, running)) = &opened {
        checks.push(proxy::check(context, running.is_some()));
        checks.extend(if asked.offline {
            vec![Check::new("backend", State::Unknown, "not asked (--offline)")]
        } else {
            network::checks(context, PATIENCE).await
        });
    }
    checks.extend(surroundings.await.unwrap_or_default());
    print(asked, &checks)
}

/// A session's context, and the sandbox that serves it in a demonstration.
type Opened = (Context, Option<crate::sandbox::Running>);

/// What the source gives, checked without asking anybody.
async fn open(
    arguments: &Arguments,
    source: &Source,
    config: &Config,
    now: fn() -> Timestamp,
) -> (Option<Opened>, Vec<Check>) {
    let named = match source {
        Source::Demo => "the demonstration".to_owned(),
        Source::Typed => "a typed key".to_owned(),
        Source::Environment => "the environment (ALTER_API_KEY)".to_owned(),
        Source::Profile(name) => {
            let care = config.care(source);
            let marks = [(care.production, ", production"), (care.read_only, ", read-only")];
            let marks: String = marks.iter().filter(|(set, _)| *set).map(|(_, mark)| *mark).collect();
            format!("profile {name}{marks}")
        }
    };
    let refused = |diagnosis: &Diagnosis| {
        (None, vec![Check::ok("source", &named), Check::of("key", State::Problem, diagnosis)])
    };
    let found =
        session::credentials(source, config, &arguments.source.options(), now, Fetcher::default()).await;
    let (credentials, running) = match found {
        Ok(found) => found,
        Err(diagnosis) => return refused(&diagnosis),
    };
    let (from, log) = (credentials.key_from.clone(), arguments.source.entries.clone());
    // Loading the platform's certificates reads hundreds of files.
    let context = tokio::task::spawn_blocking(move || Context::open_with(credentials, now, log)).await;
    match context {
        Ok(Ok(context)) => {
            let key = format!("{} from {from}; its form and checksum are right", context.client.masked_key());
            let checks = vec![Check::ok("source", &named), Check::ok("key", &key)];
            (Some((context, running)), checks)
        }
        Ok(Err(diagnosis)) => refused(&diagnosis),
        Err(_) => (None, vec![Check::new("key", State::Problem, "could not be checked")]),
    }
}

fn print(asked: &DoctorArguments, checks: &[Check]) -> Exit {
    let worst = checks.iter().map(|check| check.state).max().unwrap_or(State::Ok);
    let text = if asked.output.is_some() {
        let objects: Vec<_> = checks.iter().map(Check::object).collect();
        let ok = worst < State::Problem;
        listing::line(&json!({ "version": env!("CARGO_PKG_VERSION"), "ok": ok, "checks": objects })) + "\n"
    } else {
        checks.iter().map(lines).collect()
    };
    match listing::write(&text, &mut Report::plain()) {
        Exit::Ok if worst == State::Problem => Exit::Found,
        exit => exit,
    }
}

fn lines(check: &Check) -> String {
    let remedy = match check.remedy.as_str() {
        "" => String::new(),
        remedy => format!("{:28}→ {remedy}\n", ""),
    };
    format!("{}  {:<16} {}\n{remedy}", check.state.sign(), check.name, check.found)
}

/// How the report calls a way of calling.
fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Proxy => "proxy calls",
        Mode::Retrieve => "retrieve calls",
    }
}
