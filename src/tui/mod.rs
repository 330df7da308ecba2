//! Hosts the screen: the loop, the terminal, the effects.
//!
//! The core ([`crate::app`]) is pure; this layer runs its effects and delivers the answers.

// A variant that falls into a catch-all arm would be lost silently.
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

/// Number of worker threads.
const WORKERS: usize = 2;

/// Options of the screen.
#[derive(Clone, Debug)]
pub struct TuiOptions {
    /// The source of key and base URL.
    pub source: Source,
    /// Options of the demo backend, for [`Source::Demo`].
    pub demo: sandbox::Options,
    /// The theme; `None` = the configured one, else the one for the terminal's background.
    pub theme: Option<ThemeName>,
    /// The terminal's colour depth.
    pub depth: Depth,
    /// The configuration file; `None` = the default location.
    pub config: Option<PathBuf>,
    /// The key, if it was prompted for before the screen took the terminal.
    pub typed: Option<Typed>,
    /// The source was named explicitly: nothing else replaces it.
    pub chosen: bool,
    /// Mask ids and accounts from the first frame on.
    pub private: bool,
    /// The log of requests and answers.
    pub log: Log,
}

/// A typed key and the backend that it is for.
#[derive(Clone, Debug)]
pub struct Typed {
    key: SecretString,
    /// `None` = the default backend.
    backend: Option<String>,
}

/// Shows the screen until the user quits; returns the exit code (see [`Exit`]): that of the failure if no session was
/// ever open.
pub fn tui(options: TuiOptions) -> ExitCode {
    if !io::stdout().is_terminal() || !io::stdin().is_terminal() {
        complain(&Diagnosis::new(Code::NoTerminal, Who::You, Retry::AfterRemedy));
        return Exit::Usage.end();
    }
    // Such a terminal supports no escape sequences.
    if std::env::var_os("TERM").is_some_and(|term| term == "dumb") {
        complain(&Diagnosis::new(Code::NoTerminal, Who::You, Retry::AfterRemedy).fact("TERM", "dumb"));
        return Exit::Usage.end();
    }
    let keymap = builtin_keymap();
    let keyboard = Keyboard::default();
    let options = match with_typed_key(options, &keyboard, Leave::End) {
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
                options = next_options(options, switch, &keyboard);
                drop(hidden);
            }
            outcome => break outcome,
        }
    };
    // Leave running work behind (a browser that starts, a pending lookup).
    runtime.shutdown_background();
    let exit = match outcome {
        Ok(Ok((reason, _))) => exit_for(&reason, &options.log),
        Ok(Err(error)) => broken(&error),
        // Reported by the panic hook.
        Err(_) => Exit::Defect,
    };
    options.log.write(&LogEntry::Ended { exit: exit.number() });
    exit.end()
}

/// Parses the built-in key bindings on another thread during startup: they take a quarter of the time to the first
/// frame. If they are needed earlier, the caller waits for them or parses them itself.
fn builtin_keymap() -> Arc<OnceLock<Arc<Keymap>>> {
    let keymap = Arc::new(OnceLock::new());
    let early = Arc::clone(&keymap);
    let read = move || drop(early.get_or_init(|| Arc::new(Keymap::builtin())).clone());
    // Without a thread, the first frame parses them.
    drop(thread::Builder::new().name("keymap".to_owned()).spawn(read));
    keymap
}

/// Shows a session until it is left. Nothing is carried over to the next one.
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
    // The user may already be typing a key for the next session: turn echo off before this one is torn down.
    let goes_on = matches!(outcome, Ok(ExitReason::Switch(_)));
    let hidden = goes_on.then(|| Silent::hidden().ok()).flatten();
    // The screen is gone by now.
    if let Some(not_kept) = runner.finish().await {
        complain(&not_kept);
    }
    outcome.map(|reason| (reason, hidden))
}

/// The configured theme, for the first frame; `None` = the one for the terminal's background.
fn chosen_theme(options: &TuiOptions) -> Option<ThemeName> {
    let configured = || {
        // An unreadable file is reported on the screen.
        let config = configuration(options.config.as_deref()).ok()?;
        config.of(&options.source).theme
    };
    options.theme.or_else(configured).filter(|theme| *theme != ThemeName::Auto)
}

/// The options of the next session. If it needs a key and none is typed, the old session is opened again.
fn next_options(options: TuiOptions, switch: Switch, keyboard: &Keyboard) -> TuiOptions {
    let source = match switch.to {
        Destination::Demo => Source::Demo,
        Destination::Environment => Source::Environment,
        Destination::TypedKey => Source::Typed,
        Destination::Profile(name) => Source::Profile(name),
    };
    let private = switch.private;
    let next = TuiOptions { source, typed: None, chosen: true, private, ..options.clone() };
    with_typed_key(next, keyboard, Leave::Back).unwrap_or(TuiOptions { private, ..options })
}

/// Prompts for the key of a profile that requires it, while the terminal is in its normal mode.
fn with_typed_key(options: TuiOptions, keyboard: &Keyboard, leave: Leave) -> Result<TuiOptions, Diagnosis> {
    match options.source {
        Source::Demo => return Ok(options),
        Source::Typed => {
            let typed = secret_line::ask(keyboard, TYPE_A_KEY, leave);
            let typed = typed.map_err(|problem| not_typed(options.source.name(), &problem))?;
            return Ok(TuiOptions { typed: Some(Typed { key: typed, backend: None }), ..options });
        }
        Source::Environment | Source::Profile(_) => {}
    }
    // An unreadable file is reported on the screen.
    let Ok(config) = configuration(options.config.as_deref()) else { return Ok(options) };
    let source = if options.chosen {
        options.source.clone()
    } else {
        last_used(options.source.settled(&config, &process_environment), &config)
    };
    // Keep this source: if the file changes while a key is typed, the key must not be sent elsewhere.
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

/// If nothing names a source, the last profile used, if it still exists.
fn last_used(source: Source, config: &Config) -> Source {
    let named = process_environment("ALTER_API_KEY").is_some_and(|key| !key.is_empty());
    if source != Source::Environment || named {
        return source;
    }
    match last_profile(&process_environment) {
        Some(name) if config.profiles.get(&name).is_some_and(Result::is_ok) => {
            let last = Source::Profile(name);
            // It may have become a production profile, which is only opened explicitly.
            if config.remembers(&last) && !config.write_policy(&last).production { last } else { source }
        }
        _ => source,
    }
}

fn exit_for(reason: &ExitReason, log: &Log) -> Exit {
    match reason {
        // A switch never ends the program.
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

/// The terminal failed; most likely it is gone, and nobody sees this.
fn broken(error: &io::Error) -> Exit {
    let diagnosis =
        Diagnosis::new(Code::NoTerminal, Who::You, Retry::AfterRemedy).fact("terminal", &error.to_string());
    complain(&diagnosis);
    Exit::Error
}
