//! Opening a session for a subcommand: its source, the demonstration's backend, the client.

use std::sync::Arc;

use jiff::Timestamp;
use secrecy::SecretString;

use super::arguments::SourceArguments;
use super::report::Report;
use crate::domain::{Code, Diagnosis, Retry, Who};
use crate::jobs::Context;
use crate::sandbox::{self, Running};
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
        let running = start(arguments, now).await?;
        (demo_credentials(&running), Some(running))
    } else {
        let location = config_file(arguments.config.as_deref(), &process_environment)?;
        let config = Config::load(location.as_ref());
        let credentials = resolve(&source, &config, &process_environment);
        let about_source = credentials.as_ref().err();
        config
            .mistakes
            .iter()
            .filter(|mistake| about_source != Some(*mistake))
            .for_each(|mistake| report.failure(mistake));
        (credentials?, None)
    };
    Ok(Session { context: Context::open(credentials, now)?, demo })
}

async fn start(arguments: &SourceArguments, now: fn() -> Timestamp) -> Result<Running, Diagnosis> {
    sandbox::start(&arguments.options(), ([127, 0, 0, 1], 0).into(), Arc::new(now)).await.map_err(|error| {
        Diagnosis::new(Code::NetworkFailed, Who::Grantdeck, Retry::Later(None))
            .fact("problem", &format!("the demonstration's backend cannot listen: {error}"))
    })
}

/// The demonstration brings its own key; the environment is not even looked at.
fn demo_credentials(running: &Running) -> Credentials {
    let key: SecretString = running.app_key().clone();
    Credentials {
        key,
        key_from: "the demonstration".to_owned(),
        base_url: Some(running.base_url().to_owned()),
        base_url_from: "the demonstration".to_owned(),
        user_token: None,
        user_token_from: String::new(),
    }
}
