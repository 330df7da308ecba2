//! The work behind the screen: opening the session, and every question from the backend.

use std::path::Path;
use std::sync::{Arc, OnceLock};

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
use crate::sandbox;
use crate::session::fetch::Fetcher;
use crate::session::{self, Request, configuration};
use crate::store::paths::process_environment;
use crate::store::remembered::keep_last_profile;
use crate::store::{Config, Memory, Source, probes};
use crate::ui::Theme;

/// One session: options until it is open, then the client too.
pub(crate) struct LiveSession {
    options: TuiOptions,
    context: OnceLock<Context>,
    /// What profiles name as holding a secret.
    hidden_variables: OnceLock<Vec<String>>,
    /// How texts are copied here, and how the user wants it.
    copying: OnceLock<(clipboard::Environment, CopyChoice)>,
    /// The table of providers, with the user's own rows.
    table: OnceLock<Arc<Table>>,
    /// Where what is chosen is kept.
    memory: OnceLock<Memory>,
    /// Which profile was used last, on its way to the disk.
    last: Mutex<Option<tokio::task::JoinHandle<()>>>,
    /// The demonstration's backend lives as long as the session.
    demo: Mutex<Option<sandbox::Running>>,
    /// The thread that searches.
    pub(super) search: SearchWorker,
    /// The change of files that waits for a yes.
    pub(super) planned: PendingPlan,
    /// Every request breaks.
    #[cfg(test)]
    pub(super) breaks: bool,
}

impl LiveSession {
    /// A session that is not open.
    pub(crate) fn new(options: TuiOptions) -> Self {
        Self {
            options,
            context: OnceLock::new(),
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

    /// A key that was typed goes to the backend that was there when it was asked for, and to no other.
    fn is_for(&self, source: &Source, config: &Config) -> Result<(), Diagnosis> {
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

    /// What is known of providers, with the user's own rows.
    pub(super) fn table(&self) -> Arc<Table> {
        Arc::clone(self.table.get_or_init(|| Arc::new(provider::table().clone())))
    }

    /// What was chosen before, and what is wrong with its file; remembers that this profile was used.
    async fn recall(&self, config: &Config) -> (Result<Remembered, &'static str>, Option<Diagnosis>) {
        let memory = match Memory::of(&self.options.source, config, &process_environment) {
            Ok(memory) => memory,
            Err(why) => return (Err(why.words()), None),
        };
        let _ = self.memory.set(memory.clone());
        let last = match &self.options.source {
            // One for production is opened on purpose only.
            Source::Profile(name) if !config.write_policy(&self.options.source).production => {
                Some(name.clone())
            }
            Source::Environment | Source::Profile(_) | Source::Typed | Source::Demo => None,
        };
        if let Some(name) = last {
            // Nobody waits for the disk before the first page; what cannot be written is told with the next choice.
            let work = move || drop(keep_last_profile(&name, &process_environment));
            *self.last.lock().await = Some(tokio::task::spawn_blocking(work));
        }
        let found = tokio::task::spawn_blocking(move || memory.recall()).await;
        let (remembered, trouble) = found.unwrap_or_default();
        (Ok(remembered), trouble)
    }

    /// The client and what goes with it.
    ///
    /// # Errors
    /// The session is not open.
    pub(super) fn context(&self) -> Result<&Context, Diagnosis> {
        self.context.get().ok_or_else(|| Diagnosis::new(Code::Cancelled, Who::Grantdeck, Retry::AfterRemedy))
    }
}

/// What the files say: settings, keys, own providers, mistakes.
struct Files {
    config: Config,
    keymap: Option<Arc<Keymap>>,
    /// The table of providers, where the user has rows of his own.
    table: Option<Table>,
    warnings: Vec<Diagnosis>,
}

/// Reads the files, off the screen's thread.
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
    // In a demonstration nothing of the user's counts.
    let (table, mistakes) = match source {
        Source::Demo => (None, Vec::new()),
        Source::Environment | Source::Profile(_) | Source::Typed => probes::standing(option),
    };
    warnings.extend(mistakes);
    Ok(Files { config, keymap: keymap.map(Arc::new), table, warnings })
}

impl LiveSession {
    /// Opens configuration, key and client. A second opening keeps the first.
    ///
    /// # Errors
    /// What [`session::open`] refuses.
    pub(super) async fn open(&self) -> Result<Session, Diagnosis> {
        // The first frame with rows asks it; by then it was read, beside what the rows need themselves.
        drop(tokio::task::spawn_blocking(provider::table));
        let path = self.options.config.clone();
        let of = self.options.source.clone();
        let files = blocking(move || read_files(path.as_deref(), &of)).await?;
        let Files { config, keymap, table, mut warnings } = files?;
        // As with the client: a second opening keeps the first.
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
        self.is_for(source, &config)?;
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
        let (remembered, trouble) = self.recall(&config).await;
        warnings.extend(trouble);
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
        // A second opening of the same deck keeps the first client.
        let _ = self.context.set(context);
        Ok(session)
    }

    /// What answers so far said of the key itself.
    pub(super) fn key_notice(&self) -> Option<Diagnosis> {
        self.context.get()?.key_notice()
    }

    /// Where what is chosen on the screen is kept; None where it is not.
    pub(super) fn memory(&self) -> Option<Memory> {
        self.memory.get().cloned()
    }

    /// Ends when nothing is on its way to the disk any more.
    pub(super) async fn farewell(&self) {
        if let Some(last) = self.last.lock().await.take() {
            let _ = last.await;
        }
    }

    /// Ends when the history is written, or cannot be; then also why, if nobody was told yet.
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
    /// There is no place for one.
    pub(super) fn recorder(&self) -> Result<Recorder, Diagnosis> {
        let nowhere = || {
            Diagnosis::new(Code::HistoryOff, Who::You, Retry::AfterRemedy)
                .fact("problem", "no home folder is known")
        };
        self.context()?.recorder.clone().ok_or_else(nowhere)
    }

    /// Variables that no other program may see, beside `ALTER_*`; known once it is open.
    pub(super) fn hidden_variables(&self) -> Vec<String> {
        self.hidden_variables.get().cloned().unwrap_or_default()
    }

    /// What is left of the rate budget, as far as it was told.
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
