//! Opening a session: what its source gives, the demonstration's backend, the client, the history.

use std::path::Path;
use std::sync::Arc;

use super::fetch::Fetcher;
use crate::domain::log::{Host, Log, LogEntry};
use crate::domain::{Code, Diagnosis, Retry, Who};
use crate::jobs::{Context, Recorder};
use crate::platform::blocking::blocking;
use crate::platform::clock::wall;
use crate::sandbox::{self, Options, Running};
use crate::store::paths::{config_file, history_file, process_environment};
use crate::store::session::{Credentials, Source, resolve};
use crate::store::{Config, Place, Preferences};

/// What a session is opened with, beside the configuration.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Where key and backend come from, settled.
    pub(crate) source: Source,
    /// The demonstration's backend, for [`Source::Demo`].
    pub(crate) demo: Options,
    /// Where what is asked and answered is noted.
    pub(crate) log: Log,
    /// What was typed already.
    pub(crate) fetcher: Fetcher,
}

/// A session, and the sandbox that serves it in a demonstration: it runs as long as this lives.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) context: Context,
    pub(crate) demo: Option<Running>,
    /// What the user set.
    pub(crate) config: Config,
    /// What of it is for this session.
    pub(crate) preferences: Preferences,
    /// What is wrong with how its calls are to be attributed.
    pub(crate) mistakes: Vec<Diagnosis>,
}

/// Opens a session.
///
/// # Errors
/// What [`connect`] refuses.
pub(crate) async fn open(request: &Request, config: Config) -> Result<Session, Diagnosis> {
    let source = &request.source;
    let Connected { context, demo, .. } = connect(request, &config).await?;
    let host = Host::new(context.client.host());
    context.log().write(&LogEntry::Opened { source: source.kind(), host });
    let (attribution, mistakes) = config.attribution(source, &process_environment);
    let simulator = demo.as_ref().map(|demo| demo.base_url().to_owned());
    let (recorder, write_policy) = (recorder(source, &config), config.write_policy(source));
    let context = Context { simulator, write_policy, attribution, recorder, ..context };
    let preferences = config.of(source);
    Ok(Session { context, demo, config, preferences, mistakes })
}

/// A client that has asked nothing yet.
#[derive(Debug)]
pub(crate) struct Connected {
    pub(crate) context: Context,
    /// What named the key.
    pub(crate) key_from: String,
    pub(crate) demo: Option<Running>,
}

/// What the source gives, checked without asking anybody. For a demonstration its backend is started.
///
/// # Errors
/// What [`resolve`] refuses, a malformed key or address, a backend that cannot listen.
pub(crate) async fn connect(request: &Request, config: &Config) -> Result<Connected, Diagnosis> {
    let Request { source, demo, log, fetcher } = request.clone();
    let (credentials, demo) = if source == Source::Demo {
        let (credentials, running) = demonstration(&demo).await?;
        (credentials, Some(running))
    } else {
        let (source, config) = (source.clone(), config.clone());
        // A command may take its time, and a person too.
        let found = blocking(move || resolve(&source, &config, &process_environment, &fetcher));
        (found.await??, None)
    };
    let key_from = credentials.key_from.clone();
    // Loading the platform's certificates reads hundreds of files.
    let context = blocking(move || Context::open_with(credentials, wall, log)).await?;
    let context = context.map_err(|refused| match source {
        Source::Profile(name) => refused.fact("profile", &name),
        _ => refused,
    })?;
    Ok(Connected { context, key_from, demo })
}

impl Session {
    /// Whether names of grants may lie about for a shell to complete: they are people's.
    pub(crate) fn keeps_names(&self) -> bool {
        let Preferences { history, remember, .. } = self.preferences;
        history != Some(false) && remember != Some(false) && !self.context.write_policy.production
    }

    /// Waits a moment for what is on its way into the history; why, if it did not get there.
    pub(crate) async fn settle(&self) -> Option<Diagnosis> {
        self.context.recorder.as_ref()?.settle().await
    }
}

/// Where a session's calls are kept: those of a demonstration in memory, so that nothing of it stays.
fn recorder(source: &Source, config: &Config) -> Option<Recorder> {
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

/// Starts the demonstration's backend. It brings its own key; the environment is not even looked at.
async fn demonstration(options: &Options) -> Result<(Credentials, Running), Diagnosis> {
    let address = ([127, 0, 0, 1], 0).into();
    let running = sandbox::start(options, address, Arc::new(wall)).await.map_err(|error| {
        Diagnosis::new(Code::NetworkFailed, Who::Grantdeck, Retry::Later(None))
            .fact("problem", &format!("the demonstration's backend cannot listen: {error}"))
    })?;
    let credentials = Credentials {
        key: running.app_key().clone(),
        key_from: "the demo".to_owned(),
        base_url: Some(running.base_url().to_owned()),
        base_url_from: "the demo".to_owned(),
        user_token: None,
        user_token_from: String::new(),
        caller: None,
    };
    Ok((credentials, running))
}
