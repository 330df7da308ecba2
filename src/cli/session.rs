//! Opening the session of a command.

use super::arguments::SourceArguments;
use super::report::Report;
use crate::domain::Diagnosis;
use crate::session::{self, Session, configuration};
use crate::store::paths::process_environment;
use crate::store::{Config, Source};

/// Opens a session. Mistakes in the configuration are told and survived, unless they concern the source.
pub(super) async fn open(arguments: &SourceArguments, report: &mut Report) -> Result<Session, Diagnosis> {
    let source = Source::choose(arguments.demo, arguments.profile.clone());
    let config = match (&source, &arguments.config) {
        // Nothing in it would count.
        (Source::Demo, None) => Config::default(),
        (_, option) => configuration(option.as_deref())?,
    };
    let request = arguments.request(source.settled(&config, &process_environment));
    let mistakes = config.mistakes.clone();
    let opened = session::open(&request, config).await;
    let refused = opened.as_ref().err();
    mistakes.iter().filter(|mistake| refused != Some(*mistake)).for_each(|mistake| report.failure(mistake));
    let session = opened?;
    session.mistakes.iter().for_each(|mistake| report.hint(mistake));
    report.asks_as(&request.source, &session.context.client);
    Ok(session)
}
