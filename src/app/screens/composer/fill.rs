//! What fills the whole request: a preset, an operation of the provider, a pasted command.

use super::Composer;
use crate::app::nav::View;
use crate::app::requests::{CopyOut, ListOperations, ReadOperation};
use crate::app::screens::call::Call;
use crate::app::screens::pick::{self, Value};
use crate::app::shared::Shared;
use crate::app::{Effect, Model, Slot};
use crate::domain::code::{self, About, Language};
use crate::domain::operation::{Operation, OperationSummary, Place, missing_scopes};
use crate::domain::{Clean, CopyText, Diagnosis, DraftBody, Grant, Now, RequestDraft, provider};

/// Something was picked for the request.
pub(crate) fn picked(current: &mut Option<Call>, shared: &mut Shared, value: &Value) -> Vec<Effect> {
    match value {
        Value::Preset(at) => {
            preset(current, *at);
            Vec::new()
        }
        Value::Operation(id) => ask_details(current, shared, id),
        Value::Language(language) => copy(current, shared, *language),
        Value::Action(_)
        | Value::Choice(_)
        | Value::Text(_)
        | Value::Column(_)
        | Value::AsSent
        | Value::Session(_)
        | Value::Grant(_)
        | Value::Agent(_)
        | Value::View(_) => Vec::new(),
    }
}

fn preset(current: &mut Option<Call>, at: usize) {
    let Some(call) = current else { return };
    let Some(known) = provider::known(&call.grant.provider) else { return };
    let base = known.base_url(call.grant.api_base_url());
    if let (Some(preset), Some(base)) = (known.ready().nth(at), base) {
        let draft = preset.draft(known, &base, call.composer.draft.grant);
        call.composer.take(draft, &preset.name);
        call.composer.missing_scopes = lacking(preset, &call.grant);
    }
}

/// A curl command was pasted. A credential in it never gets into the request; what was not taken over, or is read
/// in another way, stays above the request.
pub(super) fn pasted(current: &mut Option<Call>, shared: &mut Shared, text: &str, now: Now) {
    let Some(call) = current else { return };
    let open = call.composer.opened();
    match code::paste::curl(text) {
        Ok(pasted) => {
            let mut notes = notes(&pasted);
            let (variables, no_body) = (pasted.variables.clone(), pasted.no_body.clone());
            let mode = call.composer.mode();
            let mut draft = RequestDraft::new(call.composer.draft.grant, "GET", "");
            pasted.fill(&mut draft);
            call.composer.take(draft, "pasted curl");
            call.composer.known = None;
            if call.composer.mode() != mode {
                notes.insert(0, "Not JSON: the mode is now retrieve.".to_owned());
                notes.insert(
                    1,
                    if call.grant.is_proxy_only() {
                        "This grant needs proxy mode, which takes JSON only; Alter will refuse this body."
                            .to_owned()
                    } else {
                        "The credential is fetched to this machine for the call.".to_owned()
                    },
                );
            }
            call.composer.variables = variables;
            call.composer.no_body = no_body;
            call.composer.notes = notes;
            if let Some((field, typed)) = open {
                call.composer.go_on_with(&field, typed);
            }
            shared.toasts.info("Filled from the pasted curl command.", now);
        }
        Err(problem) => shared.toasts.refuse(&problem.to_string(), now),
    }
}

/// What a person should know of a pasted command, a sentence each.
fn notes(pasted: &code::Pasted) -> Vec<String> {
    let mut notes = pasted.notes.clone();
    let mut list = |head: &str, what: Vec<&str>| {
        if !what.is_empty() {
            notes.push(format!("{head}: {}.", what.join(", ")));
        }
    };
    let dropped = pasted.dropped.iter().map(|dropped| dropped.what.as_str()).collect();
    list("Dropped, the grant supplies the credential", dropped);
    list("May contain a secret", pasted.suspicious.iter().map(String::as_str).collect());
    list("Skipped", pasted.ignored.iter().map(String::as_str).collect());
    notes
}

/// What a preset needs and the grant provably lacks.
fn lacking(preset: &provider::Preset, grant: &Grant) -> Vec<String> {
    let held = |scope: &str| missing_scopes(&[scope], grant).is_empty();
    preset.scopes.missing(held).into_iter().map(str::to_owned).collect()
}

/// Opens the picker of operations; asks for them where that was not done yet.
pub(super) fn ask(model: &mut Model, now: Now) -> Vec<Effect> {
    let picker = pick::operations(model);
    model.shared.nav.push(View::Pick(Box::new(picker)));
    let Some(call) = &mut model.call else { return Vec::new() };
    if call.composer.operations.value().is_some() || model.shared.slots.is_open(Slot::Operations) {
        return Vec::new();
    }
    call.composer.operations.load(now.millis);
    let job = ListOperations { kind: call.grant.kind.clone(), provider: call.grant.provider.clone() };
    vec![model.shared.slots.ask(job)]
}

/// The operations have come: a picker that waits for them is filled.
pub(crate) fn operations(
    model: &mut Model,
    result: Result<Vec<OperationSummary>, Diagnosis>,
    now: Now,
) -> Vec<Effect> {
    let Some(call) = &mut model.call else { return Vec::new() };
    match result {
        Ok(operations) => call.composer.operations.arrive(operations, now.millis),
        Err(diagnosis) => {
            model.shared.toasts.failure(&diagnosis, now);
            call.composer.operations.fail(diagnosis);
        }
    }
    pick::refresh_operations(model);
    Vec::new()
}

fn ask_details(current: &mut Option<Call>, shared: &mut Shared, id: &str) -> Vec<Effect> {
    let Some(call) = current else { return Vec::new() };
    let job = ReadOperation { grant: Box::new(call.grant.clone()), id: id.to_owned() };
    vec![shared.slots.ask(job)]
}

/// One operation has come: it becomes the request, with what is required ready to be filled.
pub(crate) fn details(
    current: &mut Option<Call>,
    shared: &mut Shared,
    result: Result<Operation, Diagnosis>,
    now: Now,
) -> Vec<Effect> {
    let Some(call) = current else { return Vec::new() };
    match result {
        Ok(operation) => {
            let lacking = missing_scopes(&operation.summary.scopes, &call.grant);
            call.composer.take_operation(&operation);
            if !lacking.is_empty() {
                let message = format!("This grant lacks scopes for the operation: {}.", lacking.join(", "));
                shared.toasts.warning(&message, now);
            }
            call.composer.missing_scopes = lacking;
        }
        Err(diagnosis) => shared.toasts.failure(&diagnosis, now),
    }
    Vec::new()
}

fn copy(current: &mut Option<Call>, shared: &mut Shared, language: Language) -> Vec<Effect> {
    let Some(call) = current else { return Vec::new() };
    let about = About { provider: call.grant.provider.to_string(), account: call.grant.account().to_owned() };
    let text = code::export(&call.composer.draft, &about, language);
    let label = Clean::line(&format!("the call as {}", language.name()));
    // The text names a grant by its id.
    vec![shared.slots.ask(CopyOut(CopyText::sensitive(text, label)))]
}

impl Composer {
    fn take_operation(&mut self, operation: &Operation) {
        let mut draft = RequestDraft::new(self.draft.grant, &operation.summary.method, &operation.url);
        for parameter in &operation.parameters {
            let known = parameter.example.as_ref().or(parameter.default.as_ref());
            let value = known.or(parameter.choices.first()).cloned().unwrap_or_default();
            let name = parameter.name.clone();
            match parameter.place {
                Place::Path => draft.path_parameters.push((name, value)),
                Place::Query if parameter.required => draft.query.push((name, value.into())),
                Place::Header if parameter.required => draft.headers.push((name, value)),
                Place::Query | Place::Header => {}
            }
        }
        if let Some(skeleton) = &operation.body {
            draft.body = DraftBody::Json(skeleton.text.clone());
        }
        self.take(draft, &operation.summary.id);
    }
}
