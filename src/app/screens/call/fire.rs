//! From the request to the wire: what must be confirmed is confirmed first, and the confirmation is spent.

use std::sync::Arc;
use std::time::Duration;

use super::{Call, offer};
use crate::app::nav::View;
use crate::app::requests::{FollowCall, SendCall};
use crate::app::screens::confirm::{Confirm, Then};
use crate::app::screens::{composer, history};
use crate::app::shared::Shared;
use crate::app::{Effect, Model, Slot, private};
use crate::domain::{
    CallRequest, Clean, FollowRequest, Mode, Now, RequestDraft, WritePermit, WritePolicy, template,
};
use crate::ui::Role;
use crate::ui::layout::Front;
use crate::ui::paint::Piece;

/// How long a screen waits for a decision. Nobody has to: Esc ends the waiting, the call stays held.
const WAIT: Duration = Duration::from_hours(1);

/// The person wants to send what the composer holds.
pub(crate) fn send(model: &mut Model, now: Now) -> Vec<Effect> {
    let Some(call) = &model.call else { return Vec::new() };
    if call.life.is_under_way() {
        model.shared.toasts.refuse("A call is running; Esc cancels it.", now);
        return Vec::new();
    }
    if let Err(lack) = call.composer.check() {
        model.shared.toasts.refuse(&lack.message, now);
        if let Some(field) = &lack.field {
            composer::fill_in(&mut model.call, &model.shared, field);
        }
        return Vec::new();
    }
    if call.mode() == Mode::Retrieve
        && let Some(refused) = call.strange_host()
    {
        model.shared.toasts.refuse(&refused.advice(), now);
        return Vec::new();
    }
    let draft = call.composer.draft().clone();
    let lost_body = call.composer.lacks_body();
    let write_policy =
        model.shared.session.value().map(|session| session.write_policy.clone()).unwrap_or_default();
    let write = draft.write();
    if let Err(refused) = write_policy.allows(write.as_deref()) {
        model.shared.toasts.refuse(refused.headline(), now);
        return Vec::new();
    }
    if let Err(problem) = history::before_sending(model) {
        model.shared.toasts.refuse(&problem, now);
        return Vec::new();
    }
    if write.is_some() || lost_body {
        let confirm = confirmation(model.call.as_ref(), &model.shared, &draft, &write_policy);
        model.shared.nav.push(View::Confirm(Box::new(confirm)));
        // The question is about the call on the screen: no past call may take its place meanwhile.
        return model.shared.give_up(Slot::Record).into_iter().collect();
    }
    fire(model, draft, None, now)
}

/// What a person reads before something may change.
fn confirmation(
    current: Option<&Call>,
    shared: &Shared,
    draft: &RequestDraft,
    write_policy: &WritePolicy,
) -> Confirm {
    let account = current.map(|call| whose(shared, call));
    let profile =
        write_policy.profile.as_deref().map(|name| format!(", profile {}", private::name(shared, name)));
    let method = draft.method.trim().to_uppercase();
    let mut lines = vec![
        vec![
            Piece::new(format!("{} ", Clean::line(&method)), Role::TextStrong),
            Piece::new(
                if shared.privacy {
                    private::url(shared, &draft.url)
                } else {
                    Clean::line(&template::shown(&draft.url, &draft.path_parameters)).to_string()
                },
                Role::Text,
            ),
        ],
        vec![
            Piece::new("with ", Role::TextDim),
            Piece::new(account.unwrap_or_default(), Role::Text),
            Piece::new(format!(", {} mode{}", draft.mode, profile.unwrap_or_default()), Role::TextDim),
        ],
        Vec::new(),
    ];
    // In retrieve mode it would not be asked.
    if current.is_some_and(|call| call.strange_host().is_some()) && draft.mode == Mode::Proxy {
        let text = "Alter may refuse this host: it is not a known host of the provider.";
        lines.push(vec![Piece::new(text, Role::HealthSoon)]);
    }
    if current.is_some_and(|call| call.composer.lacks_body()) {
        let text = "Its body was not stored, so it is sent without one. Press b on the request to write one.";
        lines.push(vec![Piece::new(text, Role::HealthSoon)]);
    }
    let then = Then::Send(Box::new(draft.clone()));
    if !draft.is_write() {
        return Confirm::new("Send without the body?", lines, "send it", then);
    }
    let text = "This is a real call. It may change data, it is logged, and the account's owner may see it.";
    lines.push(vec![Piece::new(text, Role::Text)]);
    let title = "Send a call that may change data?";
    let Some(word) = write_policy.word() else { return Confirm::new(title, lines, "send it", then) };
    lines.push(Vec::new());
    lines.push(vec![
        Piece::new("This is production. ", Role::HealthBroken),
        Piece::new(format!("Type {} to send it.", Clean::line(word)), Role::Text),
    ]);
    Confirm::new(title, lines, "send it", then).typed(word)
}

/// What is lost of a call that is under way.
pub(crate) fn under_way_in_words(current: Option<&Call>) -> Option<String> {
    let text = match current?.life {
        super::Life::Waiting(_) => "A call is held for approval. It stays held; the history has its id.",
        super::Life::Sending { .. } => "A call is running. It may still be executed; its answer is lost.",
        super::Life::Building | super::Life::Ended => return None,
    };
    Some(text.to_owned())
}

/// What is lost of the request on the screen that was edited and not sent.
pub(super) fn unsent_in_words(current: Option<&Call>, shared: &Shared) -> Option<String> {
    current.and_then(|call| unsent(shared, call))
}

/// What is lost of all requests that were edited and not sent: that on the screen, and those put aside.
pub(crate) fn all_unsent_in_words(model: &Model) -> impl Iterator<Item = String> {
    model.call.iter().chain(&model.history.aside).filter_map(|call| unsent(&model.shared, call))
}

fn unsent(shared: &Shared, call: &Call) -> Option<String> {
    let is_unsent = call.composer.is_unsent();
    is_unsent.then(|| format!("The request for {} was edited and not sent.", whose(shared, call)))
}

/// Whose grant a call is made with.
fn whose(shared: &Shared, call: &Call) -> String {
    let provider = private::provider(shared, &call.grant.provider);
    format!("{provider} · {}", private::account(shared, call.grant.account()))
}

/// Sends it. A call that may change something needs the permit that only a confirmation makes.
pub(crate) fn fire(
    model: &mut Model,
    draft: RequestDraft,
    permit: Option<WritePermit>,
    now: Now,
) -> Vec<Effect> {
    let Some(call) = &mut model.call else { return Vec::new() };
    let request = CallRequest {
        patience: call.composer.patience().map(Into::into),
        wait: WAIT,
        permit,
        allowed: call.composer.allowed_hosts().to_vec(),
        ..CallRequest::for_grant(draft.clone(), Some(&call.grant))
    };
    call.response.close_lines();
    call.composer.sent();
    // What was said before is about the call before.
    model.shared.toasts.dismiss(now);
    call.life.begun(Arc::new(draft), now);
    call.front = Front::Second;
    // From here on it is a call of its own.
    call.past = None;
    history::forget_sent(&mut model.history);
    vec![model.shared.slots.ask(SendCall(Box::new(request)))]
}

/// Asks again about a call that is held, and waits for what comes of it.
pub(super) fn ask_again(current: &mut Option<Call>, shared: &mut Shared, now: Now) -> Vec<Effect> {
    let Some(call) = current else { return Vec::new() };
    let Some(held) = offer::still_held(call).cloned() else { return Vec::new() };
    call.response.close_lines();
    call.life.begun(Arc::new(call.composer.draft().clone()), now);
    call.life.held(held.clone(), now);
    call.front = Front::Second;
    let request = FollowCall(Box::new(FollowRequest { held, wait: WAIT }));
    vec![shared.slots.ask(request)]
}
