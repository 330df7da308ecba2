//! Opening a session for a subcommand: its source, the demonstration's backend, the client.

use std::sync::Arc;

use jiff::Timestamp;

use super::arguments::SourceArguments;
use super::report::Report;
use crate::domain::{Code, Diagnosis, Retry, Who};
use crate::jobs::Context;
use crate::sandbox::{self, Options, Running};
use crate::store::Config;
use crate::store::paths::{config_file, process_environment};
use crate::store::session::{Credentials, Source, resolve};

/// A session, and the sandbox that serves it in a demonstration: it runs as long as this lives.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) context: Context,
    pub(super) demo: Option<Running>,
}

/// Opens a session. Mistakes in the configuration are told and survived, unless they concern the source.
pub(super) async fn open(
    arguments: &SourceArguments,
    now: fn() -> Timestamp,
    report: &mut Report,
) -> Result<Session, Diagnosis> {
    let source = Source::choose(arguments.demo, arguments.profile.clone());
    let (credentials, demo) = if source == Source::Demo {
        if arguments.config.is_some() {
            let config = read_config(arguments)?;
            config.mistakes.iter().for_each(|mistake| report.failure(mistake));
        }
        let (credentials, running) = demonstration(&arguments.options(), now).await?;
        (credentials, Some(running))
    } else {
        let config = read_config(arguments)?;
        let credentials = resolve(&source, &config, &process_environment);
        let about_source = credentials.as_ref().err();
        config
            .mistakes
            .iter()
            .filter(|mistake| about_source != Some(*mistake))
            .for_each(|mistake| report.failure(mistake));
        (credentials?, None)
    };
    let simulator = demo.as_ref().map(|demo| demo.base_url().to_owned());
    let context = Context { simulator, ..Context::open(credentials, now)? };
    Ok(Session { context, demo })
}

fn read_config(arguments: &SourceArguments) -> Result<Config, Diagnosis> {
    let location = config_file(arguments.config.as_deref(), &process_environment)?;
    Ok(Config::load(location.as_ref()))
}

/// Starts the demonstration's backend. It brings its own key; the environment is not even looked at.
pub(crate) async fn demonstration(
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
    };
    Ok((credentials, running))
}
