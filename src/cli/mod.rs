//! Subcommands and their output. The screen is somebody else's; this layer only says that it is wanted.

pub mod arguments;
mod call;
mod completions;
mod confirm;
mod connect;
mod consent;
#[cfg(test)]
pub mod docs;
mod doctor;
mod failure;
pub mod fields;
mod history;
mod id;
mod lines;
mod link;
mod list;
mod listing;
mod man;
mod output;
mod profiles;
mod providers;
mod reconnect;
mod report;
mod revoke;
mod run;
mod sandbox;
mod sandbox_files;
mod scan;
mod show;
mod smoke;
mod values;
mod whoami;
mod words;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;
use report::Report;

use crate::domain::log::{Log, LogEntry};
use crate::domain::{Diagnosis, ThemeName};
use crate::platform::clock::wall;
use crate::sandbox::Options;
use crate::session::exit::Exit;
use crate::store::{self, Source};

/// What the command line asks for.
#[derive(Debug)]
pub enum Outcome {
    /// Open the screen.
    Screen(Box<Screen>),
    /// It is done.
    Done(ExitCode),
}

/// How the screen is to be opened.
#[derive(Debug)]
pub struct Screen {
    /// Where key and backend come from.
    pub source: Source,
    /// The demonstration's backend.
    pub demo: Options,
    /// A theme.
    pub theme: Option<ThemeName>,
    /// Colours: always, never, or as the terminal has them.
    pub colour: Option<bool>,
    /// The configuration file.
    pub config: Option<PathBuf>,
    /// Where what is asked and answered is noted.
    pub log: Log,
}

pub use completions::complete;

/// Reads the command line and runs the subcommand, if there is one.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Outcome {
    run_all(&arguments.into_iter().collect::<Vec<_>>())
}

/// Not generic: what is generic is compiled where it is called, and all subcommands with it.
fn run_all(arguments: &[OsString]) -> Outcome {
    // Scripts and prompts ask for it often; all commands are not put together for it.
    if let [_, only] = arguments
        && (only == "--version" || only == "-V")
    {
        let version = concat!("grantdeck ", env!("CARGO_PKG_VERSION"), "\n");
        return Outcome::Done(Report::default().written(listing::write(version)).end());
    }
    let read = Arguments::try_parse_from(arguments)
        .and_then(|arguments| arguments.contradiction().map_or(Ok(arguments), Err));
    let mut arguments = match read {
        Ok(arguments) => arguments,
        Err(error) => {
            let printed = error.print().and_then(|()| io::stdout().flush());
            if !error.use_stderr() {
                // Help, or the version.
                return Outcome::Done(Report::default().written(printed).end());
            }
            if let Some(object) = failure::usage(arguments, &error) {
                // Where the stream is closed, there is nobody to tell.
                let _ = writeln!(io::stdout(), "{}", listing::line(&object));
            }
            return Outcome::Done(Exit::Usage.end());
        }
    };
    match entries(&arguments) {
        Ok(entries) => arguments.source.entries = entries,
        Err(diagnosis) => return Outcome::Done(Report::new(&arguments, true).failed(&diagnosis).end()),
    }
    let log = arguments.source.entries.clone();
    let name = arguments.command.as_ref().map_or("screen", Into::into);
    log.write(&LogEntry::Begun { version: env!("CARGO_PKG_VERSION"), command: name });
    let Some(command) = &arguments.command else { return Outcome::Screen(Box::new(screen(arguments))) };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let Ok(runtime) = runtime else { return Outcome::Done(Exit::Error.end()) };
    let exit = runtime.block_on(run::run(&arguments, command));
    // Whatever still hangs (a lookup, a connection) is left behind.
    runtime.shutdown_background();
    log.write(&LogEntry::Ended { exit: exit.number() });
    Outcome::Done(exit.end())
}

/// Where what happens is noted: a file, standard error, both, or nowhere.
fn entries(arguments: &Arguments) -> Result<Log, Diagnosis> {
    let file = arguments.report.log.as_deref().map(|file| store::log::open(file, wall)).transpose()?;
    let verbose = arguments.report.verbose.then(report::stderr_log);
    Ok(file.unwrap_or_default().and(verbose.unwrap_or_default()))
}

fn screen(arguments: Arguments) -> Screen {
    let demo = arguments.source.options();
    let source = arguments.source;
    Screen {
        source: Source::choose(source.demo, source.profile),
        demo,
        theme: arguments.theme,
        colour: arguments.color.wanted(),
        config: source.config,
        log: source.entries,
    }
}
