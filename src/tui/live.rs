//! The session behind the screen: opens it and gives access to the client, the history and the configuration.

use std::path::Path;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use tokio::sync::Mutex;

use super::TuiOptions;
use super::files::PendingPlan;
use super::search_worker::SearchWorker;
use crate::app::keymap::Keymap;
use crate::app::requests::Session;
use crate::domain::provider::{self, Table};
use crate::domain::{
    Budget, Code, CopyChoice, CopyText, Diagnosis, Preset, ProfileSummary, Remembered, Retry, ThemeName, Who,
};
use crate::jobs::{Context, Recorder};
use crate::platform::blocking::blocking;
use crate::platform::clipboard::{self, CopyOutcome};
use crate::protocol::UserToken;
use crate::sandbox;
use crate::session::fetch::Fetcher;
use crate::session::{self, Request, configuration};
use crate::store::paths::process_environment;
use crate::store::remembered::keep_last_profile;
use crate::store::{Config, Memory, Source, probes};
use crate::ui::Theme;

/// A session: just the options until it is open, then the client too.
pub(crate) struct LiveSession {
    options: TuiOptions,
    context: OnceLock<Context>,
    /// The same for the end user who signed in. The token is nowhere else.
    user: RwLock<Option<Context>>,
    /// The token of a sign-in that the screen has not taken yet.
    offered: std::sync::Mutex<Option<UserToken>>,
    /// Variables that profiles name as holding a secret.
    hidden_variables: OnceLock<Vec<String>>,
    /// The environment for copying, and the user's choice.
    copying: OnceLock<(clipboard::Environment, CopyChoice)>,
    /// The table of providers, with the user's own rows.
    table: OnceLock<Arc<Table>>,
    /// Where choices are remembered.
    memory: OnceLock<Memory>,
    /// The task that stores the last profile used.
    last: Mutex<Option<tokio::task::JoinHandle<()>>>,
    /// The demo backend, which runs as long as the session.
    demo: Mutex<Option<sandbox::Running>>,
    /// The search thread.
    pub(super) search: SearchWorker,
    /// The file change that waits for confirmation.
    pub(super) planned: PendingPlan,
    /// Makes every request panic, for tests.
    #[cfg(test)]
    pub(super) breaks: bool,
}

impl LiveSession {
    /// A session that is not open yet.
    pub(crate) fn new(options: TuiOptions) -> Self {
        Self {
            options,
            context: OnceLock::new(),
            user: RwLock::default(),
            offered: std::sync::Mutex::default(),
            hidden_variables: OnceLock::new(),
            copying: OnceLock::new(),
            table: OnceLock::new(),
            memory: OnceLock::new(),
            last: Mutex::default(),
            demo: Mutex::new(None),
            search: SearchWorker::default(),
            planned: PendingPlan::default(),
            #[cfg(test)]
            breaks: false,
        }
    }

    fn fetcher(&self) -> Fetcher {
        self.options.typed.as_ref().map(|typed| Fetcher::with(typed.key.clone())).unwrap_or_default()
    }

    /// Checks that a typed key goes to the backend for which it was requested.
    fn check_typed_backend(&self, source: &Source, config: &Config) -> Result<(), Diagnosis> {
        let Some(typed) = &self.options.typed else { return Ok(()) };
        let backend = match source {
            Source::Profile(name) => {
                config.profiles.get(name).and_then(|profile| profile.as_ref().ok()?.base_url.clone())
            }
            Source::Environment | Source::Typed | Source::Demo => None,
        };
        if backend == typed.backend {
            return Ok(());
        }
        Err(Diagnosis::new(Code::ConfigMalformed, Who::You, Retry::AfterRemedy)
            .fact("problem", "the profile's backend changed while its key was typed; try again"))
    }

    /// The table of providers, with the user's own rows.
    pub(super) fn table(&self) -> Arc<Table> {
        Arc::clone(self.table.get_or_init(|| Arc::new(provider::table().clone())))
    }

    /// Reads the remembered choices, with a diagnosis if their file is unusable; remembers this profile as the last one
    /// used.
    async fn recall(&self, config: &Config) -> (Result<Remembered, &'static str>, Option<Diagnosis>) {
        let memory = match Memory::of(&self.options.source, config, &process_environment) {
            Ok(memory) => memory,
            Err(why) => return (Err(why.words()), None),
        };
        let _ = self.memory.set(memory.clone());
        let last = match &self.options.source {
            // A production profile is only opened explicitly.
            Source::Profile(name) if !config.write_policy(&self.options.source).production => {
                Some(name.clone())
            }
            Source::Environment | Source::Profile(_) | Source::Typed | Source::Demo => None,
        };
        if let Some(name) = last {
            // The first page must not wait for the disk; a write error is reported with the next choice.
            let work = move || drop(keep_last_profile(&name, &process_environment));
            *self.last.lock().await = Some(tokio::task::spawn_blocking(work));
        }
        let found = tokio::task::spawn_blocking(move || memory.recall()).await;
        let (remembered, problem) = found.unwrap_or_default();
        (Ok(remembered), problem)
    }

    /// The client and its context: those of the user who signed in, if one did.
    ///
    /// # Errors
    /// If the session is not open.
    pub(super) fn context(&self) -> Result<Context, Diagnosis> {
        let user = self.user.read().unwrap_or_else(PoisonError::into_inner).clone();
        user.map_or_else(|| self.own_context(), Ok)
    }

    /// The client and its context as the session was opened, whoever signed in.
    ///
    /// # Errors
    /// As for [`Self::context`].
    pub(super) fn own_context(&self) -> Result<Context, Diagnosis> {
        let own = self.context.get().cloned();
        own.ok_or_else(|| Diagnosis::new(Code::Cancelled, Who::Grantdeck, Retry::AfterRemedy))
    }

    /// Keeps the token of somebody who signed in, until [`Self::become_user`].
    pub(super) fn offer_user(&self, token: UserToken) {
        *self.offered.lock().unwrap_or_else(PoisonError::into_inner) = Some(token);
    }

    /// From now on everything is asked for the user who signed in last, or as the session was opened. The token is used
    /// once, or forgotten.
    pub(super) fn become_user(&self, is_user: bool) {
        let token = self.offered.lock().unwrap_or_else(PoisonError::into_inner).take();
        let token = token.filter(|_| is_user);
        let own = self.context.get();
        let user =
            token.zip(own).map(|(token, own)| Context { client: own.client.as_user(token), ..own.clone() });
        *self.user.write().unwrap_or_else(PoisonError::into_inner) = user;
    }
}

/// The user's files: settings, key bindings, provider rows, and mistakes in them.
struct Files {
    config: Config,
    keymap: Option<Arc<Keymap>>,
    /// The table of providers, if the user has own rows.
    table: Option<Table>,
    warnings: Vec<Diagnosis>,
}

/// Reads the files; blocks.
fn read_files(option: Option<&Path>, source: &Source) -> Result<Files, Diagnosis> {
    let config = configuration(option)?;
    let mut warnings = config.mistakes.clone();
    let preset = config.of(source).keymap.unwrap_or_default();
    let keymap = match &config.keymap {
        Some(file) => {
            let (keymap, mistakes) = Keymap::load(preset, &file.text, &file.file.display().to_string());
            warnings.extend(mistakes);
            Some(keymap)
        }
        None => (preset != Preset::Default).then(|| Keymap::preset(preset)),
    };
    // A demo ignores the user's files.
    let (table, mistakes) = match source {
        Source::Demo => (None, Vec::new()),
        Source::Environment | Source::Profile(_) | Source::Typed => probes::standing(option),
    };
    warnings.extend(mistakes);
    Ok(Files { config, keymap: keymap.map(Arc::new), table, warnings })
}

impl LiveSession {
    /// Opens configuration, credentials and client. Opening again keeps the first client.
    ///
    /// # Errors
    /// As for [`session::open`].
    pub(super) async fn open(&self) -> Result<Session, Diagnosis> {
        // The first frame with rows needs the table; load it concurrently.
        drop(tokio::task::spawn_blocking(provider::table));
        let path = self.options.config.clone();
        let of = self.options.source.clone();
        let files = blocking(move || read_files(path.as_deref(), &of)).await?;
        let Files { config, keymap, table, mut warnings } = files?;
        // As for the client: opening again keeps the first one.
        if let Some(table) = table {
            let _ = self.table.set(Arc::new(table));
        }
        let _ = self.hidden_variables.set(config.hidden_variables.iter().cloned().collect());
        let surroundings =
            clipboard::Environment::of_process().clearing_after(config.clipboard_clear_seconds);
        let options = &self.options;
        let source = &options.source;
        let preferences = config.of(source);
        let _ = self.copying.set((surroundings, preferences.clipboard.unwrap_or(CopyChoice::Auto)));
        self.check_typed_backend(source, &config)?;
        let request = Request {
            source: source.clone(),
            demo: options.demo.clone(),
            log: options.log.clone(),
            fetcher: self.fetcher(),
        };
        let session::Session { context, demo, config, preferences, mistakes } =
            session::open(&request, config).await?;
        *self.demo.lock().await = demo;
        warnings.extend(mistakes);
        let (remembered, problem) = self.recall(&config).await;
        warnings.extend(problem);
        let theme =
            preferences.theme.filter(|theme| self.options.theme.is_none() && *theme != ThemeName::Auto);
        let session = Session {
            host: context.client.host().to_owned(),
            masked_key: context.client.masked_key(),
            demo: *source == Source::Demo,
            write_policy: context.write_policy.clone(),
            one_user: context.client.is_narrowed(),
            keymap,
            theme: theme.map(|name| Arc::new(Theme::builtin(name.name(), self.options.depth))),
            look: preferences.look(),
            remembered,
            mode: preferences.call_mode.unwrap_or_default(),
            attribution: context.attribution.clone(),
            watch_seconds: config.watch_seconds,
            warnings,
        };
        // Opening again keeps the first client.
        let _ = self.context.set(context);
        Ok(session)
    }

    /// A notice about the key itself, from the answers so far.
    pub(super) fn key_notice(&self) -> Option<Diagnosis> {
        self.context.get()?.key_notice()
    }

    /// Where choices are remembered; `None` if they are not.
    pub(super) fn memory(&self) -> Option<Memory> {
        self.memory.get().cloned()
    }

    /// Waits for pending writes of the last profile.
    pub(super) async fn farewell(&self) {
        if let Some(last) = self.last.lock().await.take() {
            let _ = last.await;
        }
    }

    /// Waits for pending writes to the history; returns why they failed, if that was not reported before.
    pub(super) async fn settled(&self) -> Option<Diagnosis> {
        match self.recorder() {
            Ok(recorder) => recorder.settle().await,
            Err(_) => None,
        }
    }

    /// The profiles of the configuration.
    pub(super) async fn profiles(&self) -> Result<Vec<ProfileSummary>, Diagnosis> {
        let path = self.options.config.clone();
        let config = blocking(move || configuration(path.as_deref())).await??;
        config.unreadable.clone().map_or_else(|| Ok(config.summaries()), Err)
    }

    /// The history of calls.
    ///
    /// # Errors
    /// If there is nowhere to store it.
    pub(super) fn recorder(&self) -> Result<Recorder, Diagnosis> {
        let nowhere = || {
            Diagnosis::new(Code::HistoryOff, Who::You, Retry::AfterRemedy)
                .fact("problem", "no home folder is known")
        };
        self.context()?.recorder.clone().ok_or_else(nowhere)
    }

    /// Variables that other programs must not see, in addition to `ALTER_*`; empty until the session is open.
    pub(super) fn hidden_variables(&self) -> Vec<String> {
        self.hidden_variables.get().cloned().unwrap_or_default()
    }

    /// The remaining rate budget, as last reported.
    pub(super) fn budget(&self) -> Option<Budget> {
        self.context.get()?.client.budget()
    }

    /// Copies a text.
    pub(super) async fn copy(&self, text: CopyText) -> Result<CopyOutcome, Diagnosis> {
        let hidden = self.hidden_variables();
        let (environment, choice) =
            self.copying.get_or_init(|| (clipboard::Environment::of_process(), CopyChoice::Auto));
        let ids = text.clone();
        let outcome = clipboard::copy(text, environment, *choice, &hidden).await?;
        if let Some(context) = self.context.get()
            && let Some(recorder) = &context.recorder
        {
            let copies = ids.counted(outcome.copied.route, (context.now)());
            recorder.keep_copies(recorder.whose(&context.backend()), copies);
        }
        Ok(outcome)
    }
}

#[cfg(test)]
#[path = "live_tests.rs"]
mod tests;
