//! From a key to a link.

use super::{Connect, Open, Planned, Stage, What, choose};
use crate::app::action::ManageAction;
use crate::app::nav::{Kind, View};
use crate::app::requests::{ChangeUser, PlanSession, RunSession, SignIn};
use crate::app::shared::Shared;
use crate::app::{Effect, Model, Slot, manage};
use crate::domain::connect::ConnectOptions;
use crate::domain::{Grant, Now};

/// Carries out what opens a session; None for the other actions.
pub(super) fn act_anywhere(model: &mut Model, action: ManageAction) -> Option<Vec<Effect>> {
    match action {
        ManageAction::Connect => {
            let pick = choose::providers(&model.grants, &model.shared);
            model.shared.nav.push(View::Pick(Box::new(pick)));
            Some(Vec::new())
        }
        ManageAction::Reconnect => subject(model).cloned().map(|grant| renew(model, grant, false)),
        ManageAction::SwitchAccount => subject(model).cloned().map(|grant| renew(model, grant, true)),
        ManageAction::ConnectAnew => {
            let grant = model.connect.to_connect_anew()?;
            let provider = grant.provider.to_string();
            let label = grant.label.as_deref().filter(|label| !label.is_empty()).map(str::to_owned);
            Some(connect(model, provider, ConnectOptions { label, ..ConnectOptions::default() }))
        }
        ManageAction::SignIn if model.shared.user.is_some() && model.shared.nav.screen() != Kind::Connect => {
            Some(vec![model.shared.slots.ask(ChangeUser(None))])
        }
        ManageAction::SignIn => {
            let about = model.connect.open.as_ref().and_then(|open| open.about.clone());
            let about = about.filter(|_| model.shared.nav.screen() == Kind::Connect);
            Some(sign_in(model, about))
        }
        ManageAction::Revoke | ManageAction::RevokeAgent | ManageAction::TestSiblings => None,
    }
}

/// Whether a session is planned or waited for.
pub(super) fn is_under_way(model: &Model) -> bool {
    model.shared.slots.is_open(Slot::Link)
}

/// The grant that the session on the screen is about, else the one that is meant elsewhere.
fn subject(model: &Model) -> Option<&Grant> {
    let about = model.connect.open.as_ref().and_then(|open| open.about.as_ref());
    about.filter(|_| model.shared.nav.screen() == Kind::Connect).or_else(|| manage::subject(model))
}

/// Plans the session that brings a grant back.
pub(super) fn renew(model: &mut Model, grant: Grant, switch_account: bool) -> Vec<Effect> {
    let Some(id) = grant.row.grant() else { return Vec::new() };
    let provider = grant.provider.to_string();
    open(model, What::Renewal(provider.clone()), Some(grant), Stage::Planning);
    vec![model.shared.slots.ask(PlanSession::Renewal { id, provider, switch_account })]
}

/// Plans what failed once more.
pub(super) fn again(model: &mut Model) -> Vec<Effect> {
    let Some(open) = model.connect.open.take() else { return Vec::new() };
    match (open.what, open.about) {
        (What::Renewal(_), Some(grant)) => renew(model, grant, false),
        (What::Renewal(_), None) => Vec::new(),
        (What::New(provider, options), _) => connect(model, provider, options),
        (What::SignIn, about) => sign_in(model, about),
    }
}

/// Asks for the link of a sign-in; `about`: the grant for whose sake.
fn sign_in(model: &mut Model, about: Option<Grant>) -> Vec<Effect> {
    open(model, What::SignIn, about, Stage::Beginning);
    vec![model.shared.slots.ask(SignIn)]
}

/// Plans a new connection.
pub(super) fn connect(model: &mut Model, provider: String, options: ConnectOptions) -> Vec<Effect> {
    open(model, What::New(provider.clone(), options.clone()), None, Stage::Planning);
    vec![model.shared.slots.ask(PlanSession::New { provider, options })]
}

fn open(model: &mut Model, what: What, about: Option<Grant>, stage: Stage) {
    model.connect = Connect { open: Some(Open { what, about, plan: None, stage }) };
    model.grants.typing = false;
    show(&mut model.shared);
}

fn show(shared: &mut Shared) {
    shared.nav.reopen(View::Connect);
}

/// The plan was confirmed: the link is asked for.
pub(crate) fn begin(model: &mut Model, planned: Planned) -> Vec<Effect> {
    let Some(open) = &mut model.connect.open else { return Vec::new() };
    open.stage = Stage::Beginning;
    vec![model.shared.slots.ask(RunSession(planned))]
}

/// Stops waiting for the user of a link, which lives on.
pub(crate) fn stop_waiting(model: &mut Model, now: Now) -> Vec<Effect> {
    let message = if is_sign_in(&model.connect) {
        "Stopped waiting for the sign-in."
    } else {
        "Stopped waiting. The link lives on; the list shows what comes of it (r)."
    };
    model.connect.open = None;
    model.shared.nav.forget(Kind::Connect);
    model.shared.toasts.info(message, now);
    model.shared.give_up(Slot::Link).into_iter().collect()
}

/// What leaving the program would end.
pub(crate) fn under_way_in_words(connect: &Connect) -> Option<String> {
    connect.waiting()?;
    Some(if is_sign_in(connect) {
        "A sign-in is being waited for.".to_owned()
    } else {
        "A link waits for its user. It lives on; the list will show what comes of it.".to_owned()
    })
}

fn is_sign_in(connect: &Connect) -> bool {
    connect.open.as_ref().is_some_and(|open| open.what == What::SignIn)
}
