//! Subcommands and their output. The screen is somebody else's; this room only says that it is wanted.

pub mod arguments;
mod call;
mod completions;
mod confirm;
pub mod docs;
mod doctor;
mod failure;
pub mod fields;
mod id;
mod list;
mod listing;
mod man;
mod output;
mod profiles;
mod providers;
mod report;
mod sandbox;
mod scan;
mod session;
mod show;
mod smoke;
mod values;
mod words;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use jiff::Timestamp;

use arguments::{Arguments, Command};
use report::Report;

use crate::domain::log::{Entry, Log};
use crate::domain::{Diagnosis, ThemeName};
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

/// Reads the command line and runs the subcommand, if there is one. `now` is the wall clock.
pub fn run(arguments: impl IntoIterator<Item = OsString>, now: fn() -> Timestamp) -> Outcome {
    run_all(&arguments.into_iter().collect::<Vec<_>>(), now)
}

/// Not generic: what is generic is compiled where it is called, and all subcommands with it.
fn run_all(arguments: &[OsString], now: fn() -> Timestamp) -> Outcome {
    // Scripts and prompts ask for it often; all commands are not put together for it.
    if let [_, only] = arguments
        && (only == "--version" || only == "-V")
    {
        // Where the stream is closed, there is nobody to tell.
        let _ = writeln!(io::stdout(), "grantdeck {}", env!("CARGO_PKG_VERSION"));
        return Outcome::Done(Exit::Ok.end());
    }
    let read = Arguments::try_parse_from(arguments)
        .and_then(|arguments| arguments.contradiction().map_or(Ok(arguments), Err));
    let mut arguments = match read {
        Ok(arguments) => arguments,
        Err(error) => {
            // Where the stream is closed, there is nobody to tell.
            let _ = error.print();
            if !error.use_stderr() {
                return Outcome::Done(Exit::Ok.end());
            }
            if let Some(object) = failure::usage(arguments, &error) {
                // As above.
                let _ = writeln!(io::stdout(), "{}", listing::line(&object));
            }
            return Outcome::Done(Exit::Usage.end());
        }
    };
    match entries(&arguments, now) {
        Ok(entries) => arguments.source.entries = entries,
        Err(diagnosis) => return Outcome::Done(Report::new(&arguments, true).failed(&diagnosis).end()),
    }
    let log = arguments.source.entries.clone();
    let command = arguments.command.as_ref().map_or("screen", Into::into);
    log.write(&Entry::Begun { version: env!("CARGO_PKG_VERSION"), command });
    if arguments.command.is_none() {
        return Outcome::Screen(Box::new(screen(arguments)));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let Ok(runtime) = runtime else { return Outcome::Done(Exit::Error.end()) };
    let exit = runtime.block_on(async {
        match &arguments.command {
            Some(Command::List(list)) => list::list(&arguments, list, now).await,
            Some(Command::Show(show)) => show::show(&arguments, show, now).await,
            Some(Command::Id(id)) => id::id(&arguments, id, now).await,
            Some(Command::Scan(scan)) => scan::scan(&arguments, scan, now).await,
            Some(Command::Call(call)) => Box::pin(call::call(&arguments, call, now)).await,
            Some(Command::Approvals(asked)) => Box::pin(call::approvals(&arguments, asked, now)).await,
            Some(Command::Smoke(smoke)) => smoke::smoke(&arguments, smoke, now).await,
            Some(Command::Sandbox(sandbox)) => sandbox::sandbox(&arguments.source, sandbox, now).await,
            Some(Command::Providers(asked)) => providers::providers(&arguments, asked),
            Some(Command::Ops(asked)) => providers::operations(&arguments, asked).await,
            Some(Command::Doctor(asked)) => doctor::doctor(&arguments, asked).await,
            Some(Command::Profiles(asked)) => profiles::profiles(&arguments, asked, now).await,
            Some(Command::Completions(asked)) => completions::print(asked.shell),
            Some(Command::Man(asked)) => man::man(asked),
            None => Exit::Ok,
        }
    });
    // Whatever still hangs (a lookup, a connection) is left behind.
    runtime.shutdown_background();
    log.write(&Entry::Ended { exit: exit.number() });
    Outcome::Done(exit.end())
}

/// Where what happens is noted: a file, standard error, both, or nowhere.
fn entries(arguments: &Arguments, now: fn() -> Timestamp) -> Result<Log, Diagnosis> {
    let file = arguments.report.log.as_deref().map(|file| store::log::open(file, now)).transpose()?;
    let told = arguments.report.verbose.then(report::told);
    Ok(file.unwrap_or_default().and(told.unwrap_or_default()))
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
