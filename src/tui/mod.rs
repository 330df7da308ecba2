//! The screen's host: the loop, the terminal, the effects.
//!
//! The core ([`crate::app`]) is a value; this layer runs its effects and brings the answers back.

// What no arm takes would be lost without a word.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

mod delivery;
mod effects;
mod files;
mod host;
mod input;
mod live;
mod r#loop;
mod memory;
mod parts;
mod requests;
mod search_worker;
mod signals;
mod tasks;
mod terminal;

use std::io::{self, IsTerminal};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use std::thread;

use secrecy::SecretString;

use crate::app::keymap::Keymap;
use crate::app::{Destination, ExitReason, Model, Switch};
use crate::domain::log::{Log, LogEntry};
use crate::domain::{Code, Diagnosis, Retry, ThemeName, Who};
use crate::platform::input::Keyboard;
use crate::platform::restorer::Restorer;
use crate::platform::silent::{Leave, Silent};
use crate::platform::{background, clock, panic, priority, secret_line};
use crate::sandbox;
use crate::session::configuration;
use crate::session::exit::Exit;
use crate::session::failure::complain;
use crate::store::paths::process_environment;
use crate::store::remembered::last_profile;
use crate::store::session::{TYPE_A_KEY, not_typed, question};
use crate::store::{Config, KeySource, Source};
use crate::ui::{Depth, Theme};

/// How many threads work behind the screen.
const WORKERS: usize = 2;

/// What the screen is started with.
#[derive(Clone, Debug)]
pub struct TuiOptions {
    /// Where key and base URL come from.
    pub source: Source,
    /// The demonstration's backend, for [`Source::Demo`].
    pub demo: sandbox::Options,
    /// The theme; None = the configuration's, else the one for the terminal's background.
    pub theme: Option<ThemeName>,
    /// How many colours the terminal has.
    pub depth: Depth,
    /// The configuration file; None = the usual place.
    pub config: Option<PathBuf>,
    /// The key, where it was asked for before the screen took the terminal.
    pub typed: Option<Typed>,
    /// The source was named: nothing else takes its place.
    pub chosen: bool,
    /// Ids and accounts are masked from the first frame on.
    pub private: bool,
    /// Where what is asked and answered is noted.
    pub log: Log,
}

/// A key that was typed, and for which backend.
#[derive(Clone, Debug)]
pub struct Typed {
    key: SecretString,
    /// None = the default one.
    backend: Option<String>,
}

/// Shows the screen until the user leaves; answers what the program should exit with (see [`Exit`]): that of the
/// failure where no session was ever open.
pub fn tui(options: TuiOptions) -> ExitCode {
    if !io::stdout().is_terminal() || !io::stdin().is_terminal() {
        complain(&Diagnosis::new(Code::NoTerminal, Who::You, Retry::AfterRemedy));
        return Exit::Usage.end();
    }
    // Such a terminal obeys no sequence: the picture would be a heap of them.
    if std::env::var_os("TERM").is_some_and(|term| term == "dumb") {
        complain(&Diagnosis::new(Code::NoTerminal, Who::You, Retry::AfterRemedy).fact("TERM", "dumb"));
        return Exit::Usage.end();
    }
    let keymap = builtin_keymap();
    let keyboard = Keyboard::default();
    let options = match asked(options, &keyboard, Leave::End) {
        Ok(options) => options,
        Err(diagnosis) => {
            complain(&diagnosis);
            return Exit::of(diagnosis.code).end();
        }
    };
    let restorer = Restorer::default();
    let record = panic::Record::default();
    let _hook = panic::install(restorer.clone(), record.clone());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .thread_name("worker")
        .on_thread_start(priority::behind_the_screen)
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return broken(&error).end(),
    };
    let mut options = options;
    let outcome = loop {
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            runtime.block_on(show(&options, &keymap, restorer.clone(), keyboard.clone(), record.clone()))
        }));
        match outcome {
            Ok(Ok((ExitReason::Switch(switch), hidden))) => {
                options = switched(options, switch, &keyboard);
                drop(hidden);
            }
            outcome => break outcome,
        }
    };
    // Whatever still runs (a browser that starts, a lookup that hangs) is left behind.
    runtime.shutdown_background();
    let exit = match outcome {
        Ok(Ok((reason, _))) => farewell(&reason, &options.log),
        Ok(Err(error)) => broken(&error),
        // The hook has said it all.
        Err(_) => Exit::Defect,
    };
    options.log.write(&LogEntry::Ended { exit: exit.number() });
    exit.end()
}

/// The built-in keys, read on a thread of their own while the rest begins: they are a quarter of what the first frame
/// costs. Whoever asks before they are there waits, or reads them himself.
fn builtin_keymap() -> Arc<OnceLock<Arc<Keymap>>> {
    let keymap = Arc::new(OnceLock::new());
    let early = Arc::clone(&keymap);
    let read = move || drop(early.get_or_init(|| Arc::new(Keymap::builtin())).clone());
    // Where there is no thread to be had, the first frame reads them.
    drop(thread::Builder::new().name("keymap".to_owned()).spawn(read));
    keymap
}

/// Shows one session until it is left. Another one begins with nothing of it.
async fn show(
    options: &TuiOptions,
    keymap: &OnceLock<Arc<Keymap>>,
    restorer: Restorer,
    keyboard: Keyboard,
    record: panic::Record,
) -> io::Result<(ExitReason, Option<Silent>)> {
    let clock = clock::Clock::start();
    let signals = signals::Signals::listen()?;
    let depth = options.depth;
    let fixed = chosen_theme(options);
    let background = background::of_environment(process_environment).unwrap_or_default();
    let name = fixed.map_or(background.theme(), ThemeName::name);
    let theme = Theme::builtin(name, depth);
    let keymap = keymap.get_or_init(|| Arc::new(Keymap::builtin()));
    let mut model = Model::new(Arc::new(theme), depth, Arc::clone(keymap));
    model.shared.follows_background = fixed.is_none();
    model.shared.privacy = options.private;
    let (answers, deliveries) = delivery::channel();
    let runner = effects::Effects::new(live::LiveSession::new(options.clone()), answers, record);
    // A theme without colours is the same on every background.
    let asks = fixed.is_none() && depth != Depth::Mono && background::may_be_asked(process_environment);
    let host = host::TerminalHost::new(restorer, keyboard, asks)?;
    let screen = r#loop::Loop::new(model, host, signals, runner, deliveries, clock);
    let (outcome, runner) = Box::pin(screen.run()).await;
    // Whoever wants to type a key may have begun: what is left of this session must not let it be seen.
    let goes_on = matches!(outcome, Ok(ExitReason::Switch(_)));
    let hidden = goes_on.then(|| Silent::hidden().ok()).flatten();
    // The screen is gone by now.
    if let Some(not_kept) = runner.finish().await {
        complain(&not_kept);
    }
    outcome.map(|reason| (reason, hidden))
}

/// The theme that somebody chose, which is the first frame's too; None = the one for the terminal's background.
fn chosen_theme(options: &TuiOptions) -> Option<ThemeName> {
    let configured = || {
        // A file that cannot be read is told on the screen.
        let config = configuration(options.config.as_deref()).ok()?;
        config.of(&options.source).theme
    };
    options.theme.or_else(configured).filter(|theme| *theme != ThemeName::Auto)
}

/// What the next session is opened with. Where it takes a key that nobody types, the old one comes back.
fn switched(options: TuiOptions, switch: Switch, keyboard: &Keyboard) -> TuiOptions {
    let source = match switch.to {
        Destination::Demo => Source::Demo,
        Destination::Environment => Source::Environment,
        Destination::TypedKey => Source::Typed,
        Destination::Profile(name) => Source::Profile(name),
    };
    let private = switch.private;
    let next = TuiOptions { source, typed: None, chosen: true, private, ..options.clone() };
    asked(next, keyboard, Leave::Back).unwrap_or(TuiOptions { private, ..options })
}

/// Asks for the key of a profile that wants to be asked, while the terminal is still an ordinary one.
fn asked(options: TuiOptions, keyboard: &Keyboard, leave: Leave) -> Result<TuiOptions, Diagnosis> {
    match options.source {
        Source::Demo => return Ok(options),
        Source::Typed => {
            let typed = secret_line::ask(keyboard, TYPE_A_KEY, leave);
            let typed = typed.map_err(|problem| not_typed(options.source.name(), &problem))?;
            return Ok(TuiOptions { typed: Some(Typed { key: typed, backend: None }), ..options });
        }
        Source::Environment | Source::Profile(_) => {}
    }
    // A file that cannot be read is told on the screen.
    let Ok(config) = configuration(options.config.as_deref()) else { return Ok(options) };
    let source = if options.chosen {
        options.source.clone()
    } else {
        last_used(options.source.settled(&config, &process_environment), &config)
    };
    // What was settled here stays: a file that changes while a key is typed must not send it elsewhere.
    let options = TuiOptions { source, chosen: true, ..options };
    let Source::Profile(name) = &options.source else { return Ok(options) };
    match config.profiles.get(name) {
        Some(Ok(profile)) if profile.key == KeySource::Prompt => {
            let typed = secret_line::ask(keyboard, &question(name), leave)
                .map_err(|problem| not_typed(name, &problem))?;
            let backend = profile.base_url.clone();
            Ok(TuiOptions { typed: Some(Typed { key: typed, backend }), ..options })
        }
        _ => Ok(options),
    }
}

/// Where nothing says what to open, the profile that was used last, if there still is one of that name.
fn last_used(source: Source, config: &Config) -> Source {
    let named = process_environment("ALTER_API_KEY").is_some_and(|key| !key.is_empty());
    if source != Source::Environment || named {
        return source;
    }
    match last_profile(&process_environment) {
        Some(name) if config.profiles.get(&name).is_some_and(Result::is_ok) => {
            let last = Source::Profile(name);
            // It may have become one since that is opened on purpose only.
            if config.remembers(&last) && !config.write_policy(&last).production { last } else { source }
        }
        _ => source,
    }
}

fn farewell(reason: &ExitReason, log: &Log) -> Exit {
    match reason {
        // A switch is no end.
        ExitReason::User | ExitReason::Switch(_) => Exit::Ok,
        ExitReason::Interrupted => Exit::Interrupted,
        ExitReason::Terminated => Exit::Terminated,
        ExitReason::Failed(diagnosis) => {
            log.write(&LogEntry::failed(diagnosis));
            complain(diagnosis);
            Exit::of(diagnosis.code)
        }
    }
}

/// The terminal failed: most often it is gone, and then nobody reads this.
fn broken(error: &io::Error) -> Exit {
    let diagnosis =
        Diagnosis::new(Code::NoTerminal, Who::You, Retry::AfterRemedy).fact("terminal", &error.to_string());
    complain(&diagnosis);
    Exit::Error
}
