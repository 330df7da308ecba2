//! The lists to pick from that fill a request, and the ways to write it down elsewhere.

use strum::IntoEnumIterator;

use super::items::item;
use super::{Item, Pick, Purpose, Value};
use crate::app::Model;
use crate::app::nav::View;
use crate::app::remote::Remote;
use crate::domain::Clean;
use crate::domain::code::Language;
use crate::domain::operation::OperationSummary;
use crate::domain::provider::{self, KnownProvider};

/// What is usually asked of the provider.
pub(crate) fn presets(model: &Model) -> Pick {
    let known = model.call.as_ref().and_then(|call| provider::known(&call.grant.provider));
    let presets = known.into_iter().flat_map(KnownProvider::ready);
    let items = presets
        .enumerate()
        .map(|(at, preset)| item(Value::Preset(at), &preset.name, &preset.help, &preset.method));
    Pick::new(Purpose::Preset, "Presets", items.collect())
}

/// The ways to write the call down elsewhere.
pub(crate) fn languages(_model: &Model) -> Pick {
    let items = Language::iter()
        .map(|language| item(Value::Language(language), language.name(), explained(language), ""));
    Pick::new(Purpose::Language, "Copy the call as", items.collect())
}

fn explained(language: Language) -> &'static str {
    match language {
        Language::Curl => "calls the provider itself, with a placeholder for the credential",
        Language::Command => "the same call from a shell",
        Language::Python | Language::TypeScript => "the same call by the official SDK",
    }
}

/// What the backend knows to call at the provider; a line that says so while it is asked.
pub(crate) fn operations(model: &Model) -> Pick {
    let call = model.call.as_ref();
    let known = call.map(|call| call.composer.operations());
    let items = match known {
        Some(Remote::Ready { value, .. }) => value.iter().map(operation).collect(),
        Some(Remote::Failed { .. }) => vec![waiting("These are unreadable.")],
        _ => vec![waiting("Asking the backend…")],
    };
    let items = if items.is_empty() { vec![waiting("None listed by the backend.")] } else { items };
    Pick::new(Purpose::Operation, "Operations", items)
}

fn waiting(message: &str) -> Item {
    Item {
        blocked: Some("Nothing to choose yet.".to_owned()),
        ..item(Value::Operation(String::new()), message, "", "")
    }
}

fn operation(summary: &OperationSummary) -> Item {
    let label = format!("{} {}", summary.method, summary.path);
    let mut item = item(Value::Operation(summary.id.clone()), &label, &summary.summary, "");
    item.right = Clean::brief(&summary.id);
    item
}

/// Fills a list of operations that is open with what has come; what was typed into it stays.
pub(crate) fn refresh_operations(model: &mut Model) {
    let fresh = operations(model);
    let Some(View::Pick(open)) = model.shared.nav.popup_mut() else { return };
    if open.purpose == Purpose::Operation {
        open.refill(fresh.items);
    }
}
