use clap::Parser as _;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::cli::arguments::{Arguments, Command};
use crate::domain::code::{About, Language, export};
use crate::domain::secret_names::{Place, is_secret_name};
use crate::domain::{GrantId, Mode, Selector};

/// The draft that a command line asks for.
fn asked(line: &str) -> (RequestDraft, bool) {
    let arguments = Arguments::try_parse_from(shell_words::split(line).unwrap()).unwrap();
    let Some(Command::Call(call)) = arguments.command else { panic!("{line}") };
    let Selector::Id(id) = call.selector else { panic!("{line}") };
    let selected = Selected::unseen(id);
    let body = body::body(&call).unwrap();
    let (method, url) = (call.method.clone().unwrap(), call.url.clone().unwrap());
    let request = request(&call, &selected, &method, &url, body);
    (request.draft, request.permit.is_some())
}

/// A name whose value is copied: that of `PWD` or `sig` is left out as a secret.
fn name(pattern: &'static str, place: Place) -> impl Strategy<Value = String> {
    pattern.prop_filter("a secret's name", move |name| !is_secret_name(name.trim(), place))
}

fn drafts() -> impl Strategy<Value = RequestDraft> {
    let text = "[ -~é日]{0,10}";
    let body = prop_oneof![
        Just(DraftBody::Empty),
        ("[ -~é\n]{0,8}").prop_map(|text| DraftBody::Json(json!({ "-": text }).to_string())),
        Just(DraftBody::Json("-1".to_owned())),
    ];
    (
        prop::sample::select(vec!["GET", "POST", "PUT", "DELETE", "HEAD", "-ODD"]),
        "(https://h/\\{id\\}|/\\{id\\}|-x\\{id\\})[a-z ']{0,6}(\\?a=1)?[a-z]",
        text,
        prop::collection::vec((name("[a-z&é -]{1,4}", Place::Parameter), text), 0..3),
        prop::collection::vec((name("[-A-Z]{1,4}", Place::Header), "[!-~]([ -~]{0,8}[!-~])?"), 0..3),
        body,
        (any::<bool>(), prop::option::of(text), prop::collection::vec(("[a-z-]{1,4}", text), 0..2)),
    )
        .prop_map(|(method, url, id, query, headers, body, (retrieved, reason, context))| RequestDraft {
            path_parameters: vec![("id".to_owned(), id)],
            query: query.into_iter().map(|(name, value)| (name, Value::String(value))).collect(),
            headers,
            body,
            mode: if retrieved { Mode::Retrieve } else { Mode::Proxy },
            reason,
            context,
            ..RequestDraft::new(GrantId::parse("7c1f0a52-0000-4000-8000-000000009e2a").unwrap(), method, &url)
        })
}

proptest! {
    #[test]
    fn a_copied_command_asks_for_the_same_call(draft in drafts()) {
        let about = About { provider: "google".to_owned(), account: "it's \"mine\"".to_owned() };
        let line = export(&draft, &about, Language::Command);
        let (found, confirmed) = asked(&line);
        prop_assert_eq!(confirmed, draft.is_write());
        prop_assert_eq!(found, draft, "{}", line);
    }
}
