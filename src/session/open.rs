//! Opens a session: credentials, the demo backend, client and history.

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

/// What a session is opened with, apart from the configuration.
#[derive(Clone, Debug)]
pub struct Request {
    /// Where key and backend come from.
    pub source: Source,
    /// Options of the demo backend, for [`Source::Demo`].
    pub demo: Options,
    /// The log of requests and answers.
    pub log: Log,
    /// Fetches keys that are not in the environment.
    pub fetcher: Fetcher,
}

/// An open session. In a demo it owns the sandbox, which runs as long as the session.
#[derive(Debug)]
pub struct Session {
    /// What its calls are made with.
    pub context: Context,
    /// The backend of a demo.
    pub demo: Option<Running>,
    /// The user's configuration.
    pub config: Config,
    /// The preferences that apply to this session.
    pub preferences: Preferences,
    /// Mistakes in how its calls are to be attributed.
    pub mistakes: Vec<Diagnosis>,
}

/// Opens a session.
///
/// # Errors
/// As for [`connect`].
pub async fn open(request: &Request, config: Config) -> Result<Session, Diagnosis> {
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

/// A client that has not sent anything yet.
#[derive(Debug)]
pub struct Connected {
    /// What its calls are made with.
    pub context: Context,
    /// Where the key came from.
    pub key_from: String,
    /// The backend of a demo.
    pub demo: Option<Running>,
}

/// Resolves the credentials and checks them without sending anything. Starts the demo backend if needed.
///
/// # Errors
/// As for [`resolve`]; also a malformed key or address, or a backend that cannot listen.
pub async fn connect(request: &Request, config: &Config) -> Result<Connected, Diagnosis> {
    let Request { source, demo, log, fetcher } = request.clone();
    let (credentials, demo) = if source == Source::Demo {
        let (credentials, running) = demonstration(&demo).await?;
        (credentials, Some(running))
    } else {
        let (source, config) = (source.clone(), config.clone());
        // A key command may be slow, and so may a person at a prompt.
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
    /// Whether names of grants may be stored on disk for shell completion: they identify people.
    pub fn keeps_names(&self) -> bool {
        let Preferences { history, remember, .. } = self.preferences;
        history != Some(false) && remember != Some(false) && !self.context.write_policy.production
    }

    /// Waits briefly for pending writes to the history; returns why they failed, if they did.
    pub async fn settle(&self) -> Option<Diagnosis> {
        self.context.recorder.as_ref()?.settle().await
    }
}

/// Where a session's calls are recorded: a demo's in memory, so that nothing of it stays.
fn recorder(source: &Source, config: &Config) -> Option<Recorder> {
    let place = match source {
        Source::Demo => Place::Memory,
        _ => Place::File(history_file(&process_environment)?),
    };
    Some(Recorder::new(place, config.retention, source.name(), config.keep(source)))
}

/// Loads the configuration; `option` is the value of `--config`.
///
/// # Errors
/// If a file that the user named cannot be read.
pub fn configuration(option: Option<&Path>) -> Result<Config, Diagnosis> {
    let location = config_file(option, &process_environment)?;
    Config::load(location.as_ref())
}

/// Starts the demo backend. It brings its own key; the environment is not read.
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
