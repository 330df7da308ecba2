//! A whole session: begun, its link handed over, waited for, with its record in the history.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{timed_out, wait_for_connection};
use crate::api::ApiError;
use crate::domain::connect::{
    ConnectPlan, Connected, ConnectedGrant, DeclinedProvider, Forecast, Operation, Owner, Pace, SecretPath,
    SessionLink, SessionPlan, SessionToken, appeared,
};
use crate::domain::describe::connect::{REPAIR_NOT_FOUND, REPAIR_NOT_THEIRS};
use crate::domain::{
    Code, Diagnosis, Grant, Retry, RowId, ServerFilter, WriteAct, WriteOutcome, WriteRecord,
};
use crate::record::WriteHandle;
use crate::{Context, everything};

/// How often the list is read for a managed secret's session, which cannot be polled.
const LIST_INTERVAL: Duration = Duration::from_secs(5);

/// A session that was begun. Its link is a capability.
pub struct Begun {
    /// What its user opens.
    pub link: SessionLink,
    /// How long it lives.
    pub lives: Duration,
    /// When it ends, as received. Untrusted.
    pub expires_at: String,
    /// Scopes that will not count, as the backend says. Untrusted.
    pub warnings: Vec<String>,
    /// What the user of a managed secret's session has to do.
    pub path: Option<SecretPath>,
    /// What it is polled with; None = only the list tells.
    token: Option<SessionToken>,
    record: WriteHandle,
}

/// Begins the session of a plan. What comes of it is kept in the history as begun: nobody may ever finish it.
///
/// # Errors
/// The backend refused, or the plan cannot be sent.
pub async fn begin(context: &Context, plan: &ConnectPlan, about: Option<&Grant>) -> Result<Begun, Diagnosis> {
    let act = if plan.renews().is_some() { WriteAct::Reconnect } else { WriteAct::Connect };
    let record = WriteRecord::begin(act, (context.now)());
    let record = match about {
        Some(grant) => record.about(grant),
        None => WriteRecord { provider: Some(plan.providers().join(", ")), ..record },
    };
    let record = context.begin_write(record);
    let begun = match &plan.session {
        SessionPlan::Oauth(request) => context.client.begin_connect(request).await.map(|session| {
            let lives = Duration::from_secs(session.expires_in);
            let (link, token) = (session.connect_url, Some(session.session_token));
            (link, lives, session.expires_at, session.scope_constraint_warnings, None, token)
        }),
        SessionPlan::Secret(request) => context.client.begin_secret(request).await.map(|session| {
            let lives = Duration::from_secs(session.expires_in);
            (session.connect_url, lives, session.expires_at, Vec::new(), session.path, None)
        }),
    };
    match begun {
        Ok((link, lives, expires_at, warnings, path, token)) => {
            Ok(Begun { link, lives, expires_at, warnings, path, token, record })
        }
        Err(error) => {
            let why = refused(&error, plan);
            let ended = record.record.clone().ended(WriteOutcome::Failed, Some(&why));
            record.end(ended);
            Err(why)
        }
    }
}

/// What a refusal means. Of a repair it says little by itself.
fn refused(error: &ApiError, plan: &ConnectPlan) -> Diagnosis {
    let why = error.diagnose();
    let not_found = matches!(why.code, Code::GrantNotFound | Code::NotFound);
    if plan.repairs().is_none() || !not_found {
        return why;
    }
    match plan.owner {
        Owner::Application => why.fact("why", REPAIR_NOT_FOUND),
        Owner::User => why.fact("why", REPAIR_NOT_THEIRS),
    }
}

/// Waits until somebody finished a session; `wanted` bounds the waiting, `before` is the list as it was. Dropping the
/// future stops the waiting; the session goes on living, and its record stays as begun.
///
/// # Errors
/// See [`wait_for_connection`].
pub async fn wait(
    context: &Context,
    begun: Begun,
    plan: &ConnectPlan,
    before: &[Grant],
    wanted: Option<Duration>,
    declined: impl FnMut(&DeclinedProvider),
) -> Result<Connected, Diagnosis> {
    let pace = Pace::of(begun.lives.as_secs(), wanted);
    let connected = match &begun.token {
        Some(token) => wait_for_connection(&context.client, token, pace, declined).await,
        None => wait_for_list(context, plan, before, Pace { interval: LIST_INTERVAL, ..pace }).await,
    };
    let record = begun.record.record.clone();
    let ended = match &connected {
        Ok(connected) => {
            let done = record.ended(WriteOutcome::Done, None);
            match connected.grants.first() {
                Some(first) => {
                    // Of an agent's grant the session reports that of the user.
                    let is_agents = matches!(plan.forecast, Forecast::MayChange(_));
                    let is_other = !is_agents && done.grant.is_some_and(|id| id != first.id);
                    WriteRecord {
                        new_grant: Some(first.id).filter(|_| is_other || done.act == WriteAct::Connect),
                        grant: done.grant.or(Some(first.id)),
                        account: first.account.clone().or(done.account),
                        ..done
                    }
                }
                None => done,
            }
        }
        // The user may finish it all the same.
        Err(why) if why.code == Code::SessionTimedOut || why.retry == Retry::Unsafe => {
            record.ended(WriteOutcome::Uncertain, Some(why))
        }
        Err(why) => record.ended(WriteOutcome::Failed, Some(why)),
    };
    begun.record.end(ended);
    connected
}

/// Reads the list until a grant of the managed secret appears or changes.
async fn wait_for_list(
    context: &Context,
    plan: &ConnectPlan,
    before: &[Grant],
    pace: Pace,
) -> Result<Connected, Diagnosis> {
    let start = Instant::now();
    let provider = plan.providers().first().copied().unwrap_or_default();
    let filter = ServerFilter { provider: Some(provider.into()), ..ServerFilter::default() };
    loop {
        let began = start.elapsed();
        let now = || (context.now)();
        let list = everything(&context.client, &now, filter.clone(), |_| {}).await?;
        let grants: Vec<ConnectedGrant> = appeared(before, &list.grants, provider)
            .into_iter()
            .filter_map(|grant| connected(grant, before))
            .collect();
        if !grants.is_empty() {
            return Ok(Connected { grants, failed: Vec::new(), declined: Vec::new() });
        }
        let asked = context.client.background_pause();
        let Some(pause) = pace.pause(began, start.elapsed(), Some(asked)) else {
            return Err(timed_out("poll_deadline_elapsed", &[]));
        };
        sleep(pause).await;
    }
}

/// A row of the list as a session would report it.
fn connected(grant: &Grant, before: &[Grant]) -> Option<ConnectedGrant> {
    let RowId::Grant(id) = grant.row else { return None };
    let is_known = before.iter().any(|known| known.row == grant.row);
    Some(ConnectedGrant {
        id,
        provider: grant.provider.to_string(),
        account: Some(grant.account()).filter(|account| !account.is_empty()).map(str::to_owned),
        scopes: grant.scopes.iter().map(ToString::to_string).collect(),
        api_base_url: None,
        operation: if is_known { Operation::Reauth } else { Operation::Creation },
        delegation: None,
    })
}
