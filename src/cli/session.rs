//! What a session is opened with: its source, the demonstration's backend. The screen opens its own the same way.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::arguments::SourceArguments;
use super::report::Report;
use crate::domain::log::{Entry, Host};
use crate::domain::{Code, Diagnosis, Retry, Who};
use crate::jobs::{Context, Recorder};
use crate::sandbox::{self, Options, Running};
use crate::session::fetch::Fetcher;
use crate::store::paths::{config_file, history_file, process_environment};
use crate::store::session::{Credentials, Source, resolve};
use crate::store::{Config, Place, Preferences};

/// A session, and the sandbox that serves it in a demonstration: it runs as long as this lives.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) context: Context,
    pub(super) demo: Option<Running>,
    /// What the user set.
    pub(super) config: Config,
    /// What of it is for this session.
    pub(super) preferences: Preferences,
}

/// Opens a session. Mistakes in the configuration are told and survived, unless they concern the source.
pub(super) async fn open(
    arguments: &SourceArguments,
    now: fn() -> Timestamp,
    report: &mut Report,
) -> Result<Session, Diagnosis> {
    let source = Source::choose(arguments.demo, arguments.profile.clone());
    let config = match (&source, &arguments.config) {
        // Nothing in it would count.
        (Source::Demo, None) => Config::default(),
        (_, option) => configuration(option.as_deref())?,
    };
    let source = source.settled(&config, &process_environment);
    let log = arguments.entries.clone();
    let credentials = credentials(&source, &config, &arguments.options(), now, Fetcher::default()).await;
    let about_source = credentials.as_ref().err();
    config
        .mistakes
        .iter()
        .filter(|mistake| about_source != Some(*mistake))
        .for_each(|mistake| report.failure(mistake));
    let (credentials, demo) = credentials?;
    let simulator = demo.as_ref().map(|demo| demo.base_url().to_owned());
    let recorder = recorder(&source, &config);
    let care = config.care(&source);
    let opened = Context::open_with(credentials, now, log).map_err(|refused| from(refused, &source))?;
    let (attribution, mistakes) = config.attribution(&source, &process_environment);
    for mistake in &mistakes {
        report.hint(mistake);
    }
    let context = Context { simulator, care, attribution, recorder, ..opened };
    let host = Host::new(context.client.host());
    context.log().write(&Entry::Opened { source: source.kind(), host });
    report.asks_as(&source, &context.client);
    let preferences = config.of(&source);
    Ok(Session { context, demo, config, preferences })
}

/// A refusal of what a source gave, with the profile that it came from.
pub(crate) fn from(refused: Diagnosis, source: &Source) -> Diagnosis {
    match source {
        Source::Profile(name) => refused.fact("profile", name),
        _ => refused,
    }
}

impl Session {
    /// Whether names of grants may lie about for a shell to complete: they are people's.
    pub(super) fn keeps_names(&self) -> bool {
        let Preferences { history, remember, .. } = self.preferences;
        history != Some(false) && remember != Some(false) && !self.context.care.production
    }

    /// Waits a moment for what is on its way into the history, and tells if it did not get there.
    pub(super) async fn keep(&self, report: &mut Report) {
        if let Some(recorder) = &self.context.recorder
            && let Some(why) = recorder.settle().await
        {
            report.hint(&why);
        }
    }
}

/// Where a session's calls are kept: those of a demonstration in memory, so that nothing of it stays.
pub(crate) fn recorder(source: &Source, config: &Config) -> Option<Recorder> {
    let place = match source {
        Source::Demo => Place::Memory,
        _ => Place::File(history_file(&process_environment)?),
    };
    Some(Recorder::new(place, config.retention, source.name(), config.keep(source)))
}

/// What the user's files say; `option` is the value of `--config`.
///
/// # Errors
/// When a file that the user named cannot be read.
pub(crate) fn configuration(option: Option<&Path>) -> Result<Config, Diagnosis> {
    let location = config_file(option, &process_environment)?;
    Config::load(location.as_ref())
}

/// What a source gives. For a demonstration its backend is started, and runs as long as the second value lives.
///
/// # Errors
/// What [`resolve`] refuses; a backend that cannot listen.
pub(crate) async fn credentials(
    source: &Source,
    config: &Config,
    demo: &Options,
    now: fn() -> Timestamp,
    fetch: Fetcher,
) -> Result<(Credentials, Option<Running>), Diagnosis> {
    if *source != Source::Demo {
        let (source, config) = (source.clone(), config.clone());
        // A command may take its time, and a person too.
        let found =
            tokio::task::spawn_blocking(move || resolve(&source, &config, &process_environment, &fetch));
        let found = found.await.map_err(|error| {
            Diagnosis::new(Code::TaskPanicked, Who::Grantdeck, Retry::No).fact("task", &error.to_string())
        })?;
        return Ok((found?, None));
    }
    let (credentials, running) = demonstration(demo, now).await?;
    Ok((credentials, Some(running)))
}

/// Starts the demonstration's backend. It brings its own key; the environment is not even looked at.
async fn demonstration(
    options: &Options,
    now: fn() -> Timestamp,
) -> Result<(Credentials, Running), Diagnosis> {
    let address = ([127, 0, 0, 1], 0).into();
    let running = sandbox::start(options, address, Arc::new(now)).await.map_err(|error| {
        Diagnosis::new(Code::NetworkFailed, Who::Grantdeck, Retry::Later(None))
            .fact("problem", &format!("the demonstration's backend cannot listen: {error}"))
    })?;
    let credentials = Credentials {
        key: running.app_key().clone(),
        key_from: "the demonstration".to_owned(),
        base_url: Some(running.base_url().to_owned()),
        base_url_from: "the demonstration".to_owned(),
        user_token: None,
        user_token_from: String::new(),
        caller: None,
    };
    Ok((credentials, running))
}
