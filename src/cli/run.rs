//! How every subcommand runs: its session is opened here, it ends here when it is asked to, and how it ended is said
//! here. A subcommand is its arguments and its body.

use std::io::{self, IsTerminal as _};
use std::pin::pin;
use std::sync::Arc;

use super::arguments::{Arguments, Command};
use super::report::Report;
use super::{
    call, completions, connect, doctor, history, id, list, man, profiles, providers, reconnect, revoke,
    sandbox, scan, show, smoke, whoami,
};
use crate::domain::Diagnosis;
use crate::platform::ending::Listener;
use crate::session::exit::Exit;
use crate::session::{self, Session, configuration};
use crate::store::paths::process_environment;
use crate::store::{Config, Source};

/// What a body works with.
pub(super) struct Run<'a> {
    pub(super) arguments: &'a Arguments,
    pub(super) report: Report,
    /// Kept here, so that it is ended whatever becomes of the body.
    session: Option<Arc<Session>>,
}

/// Why a body did not come to its end.
pub(super) enum Abort {
    /// It failed.
    Failed(Diagnosis),
    /// It failed, and that was told in words.
    Printed(Diagnosis),
    /// Standard output does not take what it prints.
    Output(io::Error),
}

/// How a body ends.
pub(super) type Done = Result<Exit, Abort>;

impl From<Diagnosis> for Abort {
    fn from(diagnosis: Diagnosis) -> Self {
        Self::Failed(diagnosis)
    }
}

impl From<io::Error> for Abort {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Runs a subcommand.
pub(super) async fn run(arguments: &Arguments, command: &Command) -> Exit {
    // Rows that come one by one on the terminal would stand in the way of progress.
    let rows = matches!(command, Command::List(list) if list.sort.is_none());
    let report = Report::new(arguments, rows && io::stdout().is_terminal());
    let mut run = Run { arguments, report, session: None };
    let mut signals = Listener::begin();
    let done = {
        let mut body = pin!(body(&mut run, command));
        tokio::select! {
            biased;
            () = signals.ends_the_rest() => None,
            done = &mut body => Some(done),
        }
    };
    drop(signals);
    let exit = match done {
        Some(Ok(exit)) => exit,
        Some(Err(Abort::Failed(diagnosis))) => run.report.failed(&diagnosis),
        Some(Err(Abort::Printed(diagnosis))) => run.report.ended(&diagnosis),
        Some(Err(Abort::Output(error))) => run.report.written(Err(error)),
        None => run.report.interrupted(),
    };
    // What is on its way into the history gets a moment; the demonstration ends with the session.
    if let Some(session) = run.session.take()
        && let Some(why) = session.settle().await
    {
        run.report.hint(&why);
    }
    exit
}

async fn body(run: &mut Run<'_>, command: &Command) -> Done {
    match command {
        Command::List(asked) => list::list(run, asked).await,
        Command::Show(asked) => show::show(run, asked).await,
        Command::Id(asked) => id::id(run, asked).await,
        Command::Scan(asked) => scan::scan(run, asked).await,
        Command::Call(asked) => Box::pin(call::call(run, asked)).await,
        Command::Approvals(asked) => Box::pin(call::approvals(run, asked)).await,
        Command::Smoke(asked) => smoke::smoke(run, asked).await,
        Command::Connect(asked) => Box::pin(connect::connect(run, asked)).await,
        Command::Reconnect(asked) => Box::pin(reconnect::reconnect(run, asked)).await,
        Command::Whoami(asked) => Box::pin(whoami::whoami(run, asked)).await,
        Command::Revoke(asked) => Box::pin(revoke::revoke(run, asked)).await,
        Command::History(asked) => history::history(run, asked).await,
        Command::Sandbox(asked) => sandbox::sandbox(run, asked).await,
        Command::Providers(asked) => providers::providers(run, asked),
        Command::Ops(asked) => providers::operations(run, asked).await,
        Command::Doctor(asked) => doctor::doctor(run, asked).await,
        Command::Profiles(asked) => profiles::profiles(run, asked).await,
        Command::Completions(asked) => completions::print(asked.shell),
        Command::Man(asked) => man::man(run, asked),
    }
}

impl Run<'_> {
    /// Opens the session. Mistakes in the configuration are told and survived, unless they concern the source.
    ///
    /// # Errors
    /// There is none.
    pub(super) async fn open(&mut self) -> Result<Arc<Session>, Diagnosis> {
        let (arguments, report) = (&self.arguments.source, &mut self.report);
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
        mistakes
            .iter()
            .filter(|mistake| refused != Some(*mistake))
            .for_each(|mistake| report.failure(mistake));
        let session = Arc::new(opened?);
        session.mistakes.iter().for_each(|mistake| report.hint(mistake));
        report.asks_as(&request.source, &session.context.client);
        self.session = Some(Arc::clone(&session));
        Ok(session)
    }
}
