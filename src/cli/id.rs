//! `grantdeck id`.

use std::path::Path;
use std::sync::Arc;

use super::arguments::{ConfirmArguments, IdArguments};
use super::confirm::{self, Verdict};
use super::listing;
use super::report::{Report, refused};
use super::run::{Done, Run};
use crate::domain::{
    Clean, Code, Copied, CopyChoice, CopyRoute, CopyText, Diagnosis, GrantId, Health, Named, Retry, Selector,
    ServerFilter, Who, formats,
};
use crate::edit::file::{Planned, PlannedChange};
use crate::edit::{self, Entry};
use crate::jobs::{self, Need, Selected};
use crate::platform::blocking::blocking;
use crate::platform::clipboard::{self, Environment};
use crate::platform::clock::wall;
use crate::platform::ending::Whole;
use crate::session::Session;
use crate::session::exit::Exit;

/// Runs the subcommand.
pub(super) async fn id(run: &mut Run<'_>, id: &IdArguments) -> Done {
    let (session, grants) = find(run, id).await?;
    Ok(finish(&session, id, &grants, &mut run.report).await?)
}

/// Checks what was asked for before anything is sent, and finds the grants.
async fn find(run: &mut Run<'_>, id: &IdArguments) -> Result<(Arc<Session>, Vec<Named>), Diagnosis> {
    let format = id.format.unwrap_or_default();
    if let (Some(name), None) = (&id.name, &id.write) {
        if !format.is_named() {
            let problem = format!("the format {format} has no name; choose another with --as");
            return Err(refused("--name", &problem));
        }
        formats::check(format, name).map_err(|problem| refused("--name", &problem.to_string()))?;
    }
    let session = run.open().await?;
    let report = &mut run.report;
    let found = select(&session, id, report).await?;
    let mut grants: Vec<Named> = Vec::with_capacity(found.len());
    for selected in found {
        report.chosen(&selected);
        let Selected { id: found, grant, .. } = selected;
        let named = grant.as_ref().and_then(Named::from_grant).unwrap_or_else(|| Named {
            name: formats::suggest("", ""),
            id: found,
            provider: String::new(),
            account: String::new(),
        });
        if let Some(health) = grant.as_ref().map(|grant| Health::of(grant, wall())) {
            let about = formats::about(&named);
            match over(health) {
                // Whatever it is written into would fail with it later, and nobody would know why.
                Some(code) if !id.no_check => {
                    return Err(Diagnosis::new(code, Who::Alter, Retry::AfterRemedy)
                        .fact("grant", about.as_str())
                        .fact("health", health.word()));
                }
                _ if matches!(health, Health::Revoked | Health::Expired | Health::NeedsReconnect) => {
                    report.notice(&format!(
                        "the grant of {about} is {}: {}",
                        health.word(),
                        health.explained()
                    ));
                }
                _ => {}
            }
        }
        // One that was named twice is one grant.
        if grants.iter().all(|other| other.id != named.id) {
            grants.push(named);
        }
    }
    if let (Some(name), [one]) = (&id.name, grants.as_mut_slice()) {
        one.name.clone_from(name);
    }
    Ok((session, grants))
}

/// Why an id is of no use any more.
fn over(health: Health) -> Option<Code> {
    match health {
        Health::Revoked => Some(Code::GrantRevoked),
        Health::Expired => Some(Code::GrantExpired),
        _ => None,
    }
}

/// One grant is looked for with the backend's filters; several in one walk of the list.
async fn select(
    session: &Session,
    id: &IdArguments,
    report: &mut Report,
) -> Result<Vec<Selected>, Diagnosis> {
    let client = &session.context.client;
    let selectors = &id.selectors;
    let unseen = |selector: &Selector| match selector {
        Selector::Id(id) => Some(Selected::unseen(*id)),
        Selector::Named { .. } => None,
    };
    if id.no_check
        && let Some(found) = selectors.iter().map(unseen).collect()
    {
        return Ok(found);
    }
    if let [selector] = selectors.as_slice() {
        return Ok(vec![jobs::select(client, &wall, selector, Need::Row).await?]);
    }
    let all =
        jobs::everything(client, &wall, ServerFilter::default(), |reading| report.reading(reading)).await?;
    report.clear();
    let taken = |selector: &Selector| unseen(selector).filter(|_| id.no_check);
    let found: Result<Vec<Selected>, Diagnosis> = selectors
        .iter()
        .map(|selector| {
            taken(selector).map_or_else(|| jobs::select::find_in(selector, &all.grants, wall()), Ok)
        })
        .collect();
    match (found, all.doubt()) {
        // Another one may have the name, or what was not found may be there.
        (Ok(_), Some(why)) if selectors.iter().any(|selector| unseen(selector).is_none()) => Err(why),
        (Err(none), Some(why)) if none.code == Code::GrantNotFound => Err(why),
        (found, _) => found,
    }
}

async fn finish(
    session: &Session,
    id: &IdArguments,
    grants: &[Named],
    report: &mut Report,
) -> Result<Exit, Diagnosis> {
    if let Some(path) = &id.write {
        return write(path, id.name.as_deref(), id.confirm, grants, report).await;
    }
    let mut text = formats::render(id.format.unwrap_or_default(), grants);
    if id.copy {
        let label = label(grants);
        let ids = CopyText::sensitive(text.clone(), label.clone());
        let ids = ids.with_ids(grants.iter().map(|grant| grant.id), id.format.unwrap_or_default());
        let copied = copy(session, ids.clone()).await?;
        if let Some(recorder) = &session.context.recorder {
            let whose = recorder.whose(&session.context.backend());
            recorder.keep_copies(whose, ids.counted(copied.route, (session.context.now)()));
        }
        let message = copied.words(&label);
        if copied.route != CopyRoute::Shown {
            report.remark(&message);
            return Ok(Exit::Ok);
        }
        report.notice(&message);
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let written = report.written(listing::write(&text));
    // A script that goes on would paste what was there before.
    let is_missed = id.copy && session.preferences.clipboard != Some(CopyChoice::Print);
    Ok(if is_missed && written == Exit::Ok { Exit::Error } else { written })
}

/// What is copied, in words.
fn label(grants: &[Named]) -> Clean {
    match grants {
        [one] => format!("the id of {}", formats::about(one)).as_str().into(),
        several => format!("the ids of {} grants", several.len()).as_str().into(),
    }
}

/// Copies, and says which way it went.
async fn copy(session: &Session, text: CopyText) -> Result<Copied, Diagnosis> {
    let config = &session.config;
    let environment = Environment::of_process().clearing_after(config.clipboard_clear_seconds);
    let (choice, hidden) = (
        session.preferences.clipboard.unwrap_or(CopyChoice::Auto),
        config.hidden_variables.iter().cloned().collect::<Vec<_>>(),
    );
    // The desktop may let one wait.
    blocking(move || clipboard::copy_without_screen(&text, &environment, choice, &hidden)).await?
}

/// Whether a file takes an id under this name: what can be wrong with it is said before anything is sent.
pub(super) fn check_writable(path: &Path, name: Option<&str>) -> Result<(), Diagnosis> {
    let nil = GrantId(uuid::Uuid::nil());
    let text = String::new;
    let placeholder = Named { name: "GRANT_ID".to_owned(), id: nil, provider: text(), account: text() };
    let entries = edit::entries(path, &[placeholder], name);
    let entries = entries.map_err(|problem| refused("--name", &problem.to_string()))?;
    Planned::read(path, &entries).map(drop).map_err(|error| error.diagnosis())
}

/// Writes ids to a file where that was confirmed already; the change is shown.
pub(super) async fn write_confirmed(
    path: &Path,
    name: Option<&str>,
    grants: &[Named],
    report: &mut Report,
) -> Result<Exit, Diagnosis> {
    let confirm = ConfirmArguments { dry_run: false, yes: true, backup: false };
    write(path, name, confirm, grants, report).await
}

async fn write(
    path: &Path,
    name: Option<&str>,
    confirm: ConfirmArguments,
    grants: &[Named],
    report: &mut Report,
) -> Result<Exit, Diagnosis> {
    let entries = edit::entries(path, grants, name);
    let entries = entries.map_err(|problem| refused("--name", &problem.to_string()))?;
    let planned = Planned::read(path, &entries).map_err(|error| error.diagnosis())?;
    let (file, done) = (path.display(), summary(&planned.change, &entries));
    if !planned.is_change() {
        report.remark(&format!("{file} is unchanged: {done}"));
        return Ok(Exit::Ok);
    }
    confirm::show(&planned, report);
    match confirm::confirm(confirm, &format!("Write to {file}?"), report).await {
        Verdict::Go => {}
        Verdict::Dry => return Ok(Exit::Ok),
        Verdict::No => return Ok(Exit::Usage),
        Verdict::Interrupted => return Ok(Exit::Interrupted),
    }
    let planned = if confirm.backup { planned.with_backup() } else { planned };
    let whole = Whole::begin();
    // What nobody looks at waits for others and is made on top of what they wrote.
    let written = if confirm.yes { planned.write_latest() } else { planned.write() };
    drop(whole);
    let written = written.map_err(|error| error.diagnosis())?;
    let became = if written.changed { "was written" } else { "stays as it is" };
    report.remark(&format!("{file} {became}: {}", summary(&written.change, &entries)));
    if let Some(backup) = written.backup {
        report.remark(&format!("backup: {}", backup.display()));
    }
    Ok(Exit::Ok)
}

fn summary(change: &PlannedChange, entries: &[Entry]) -> String {
    match change {
        PlannedChange::Values(changes) => edit::summary(entries, changes),
        PlannedChange::Swap(_) => String::new(),
    }
}
