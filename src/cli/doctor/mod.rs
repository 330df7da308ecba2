//! `grantdeck doctor`: what works on this machine with this key, and what to do about the rest. Nothing in the report
//! is secret, so that it can be put into a bug report.

mod check;
mod local;
mod network;
mod proxy;

use std::time::Duration;

use serde_json::json;

use check::{Check, CheckState};

use super::arguments::{Arguments, DoctorArguments};
use super::listing;
use super::report::Report;
use super::run::{Done, Run};
use crate::domain::Mode;
use crate::session::exit::Exit;
use crate::session::{self, Connected};
use crate::store::paths::process_environment;
use crate::store::{Config, Source};

/// How long the backend is asked for, all in all: a dead network must not hold the rest up.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// Runs the subcommand.
pub(super) async fn doctor(run: &mut Run<'_>, asked: &DoctorArguments) -> Done {
    let arguments = run.arguments;
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
    let (opened, key) = open(arguments, &source, &config).await;
    checks.extend(key);
    checks.extend(local::attribution(&config, &source));
    if let Some(Connected { context, demo, .. }) = &opened {
        checks.push(proxy::check(context, demo.is_some()));
        checks.extend(if asked.offline {
            vec![Check::new("backend", CheckState::Unknown, "not asked (--offline)")]
        } else {
            network::checks(context, PATIENCE).await
        });
    }
    checks.extend(surroundings.await.unwrap_or_default());
    Ok(print(asked, &checks, &mut run.report))
}

/// What the source gives, checked without asking anybody.
async fn open(arguments: &Arguments, source: &Source, config: &Config) -> (Option<Connected>, Vec<Check>) {
    let named = match source {
        Source::Demo => "the demo".to_owned(),
        Source::Typed => "a typed key".to_owned(),
        Source::Environment => "the environment (ALTER_API_KEY)".to_owned(),
        Source::Profile(name) => {
            let write_policy = config.write_policy(source);
            let marks = [(write_policy.production, ", production"), (write_policy.read_only, ", read-only")];
            let marks: String = marks.iter().filter(|(set, _)| *set).map(|(_, mark)| *mark).collect();
            format!("profile {name}{marks}")
        }
    };
    let named = Check::ok("source", &named);
    match session::connect(&arguments.source.request(source.clone()), config).await {
        Ok(connected) => {
            let (key, from) = (connected.context.client.masked_key(), &connected.key_from);
            let key = Check::ok("key", &format!("{key} from {from}; format and checksum are valid"));
            (Some(connected), vec![named, key])
        }
        Err(refused) => (None, vec![named, Check::of("key", CheckState::Problem, &refused)]),
    }
}

fn print(asked: &DoctorArguments, checks: &[Check], report: &mut Report) -> Exit {
    let worst = checks.iter().map(|check| check.state).max().unwrap_or(CheckState::Ok);
    let text = if asked.output.is_some() {
        let objects: Vec<_> = checks.iter().map(Check::object).collect();
        let ok = worst < CheckState::Problem;
        listing::line(&json!({ "version": env!("CARGO_PKG_VERSION"), "ok": ok, "checks": objects })) + "\n"
    } else {
        checks.iter().map(lines).collect()
    };
    match report.written(listing::write(&text)) {
        Exit::Ok if worst == CheckState::Problem => Exit::Found,
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
