//! Test calls: what is sent and how answers are read, without a network.

mod approvals;
mod audit;
mod aws;
mod failures;
mod proxy;
mod ready;
mod retrieve;
mod streams;
mod tokens;
mod urls;

use grantdeck::domain::{ClearedDraft, DraftBody, GrantId, RequestDraft, WritePermit};
use grantdeck::protocol::call::{DraftError, Retrieval};
use serde_json::Value;

/// The grant that most rows use.
pub(crate) const GRANT: &str = "2a60b3ed-2485-535b-8dd1-9f04e567f3a1";

pub(crate) fn draft(method: &str, url: &str) -> RequestDraft {
    RequestDraft::new(GrantId::parse(GRANT).expect("an id"), method, url)
}

/// A checked call of our own; whoever tests what is sent has confirmed it.
pub(crate) fn retrieval(draft: &RequestDraft) -> Result<Retrieval, DraftError> {
    let cleared = ClearedDraft::new(draft.clone(), Some(WritePermit::confirmed()));
    Retrieval::check(&cleared.expect("confirmed"))
}

/// The texts of an object, in order; None where something else is in it.
pub(crate) fn pairs(object: &Value) -> Option<Vec<(String, String)>> {
    if object.is_null() {
        return Some(Vec::new());
    }
    let pair = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
    object.as_object()?.iter().map(pair).collect()
}

/// A draft from the arguments that the SDK takes; None where they have types that a draft cannot hold.
pub(crate) fn draft_of(input: &Value) -> Option<RequestDraft> {
    let mut draft = draft(input["method"].as_str()?, input["url"].as_str()?);
    draft.grant = GrantId::parse(input["grant_id"].as_str()?)?;
    draft.path_parameters = pairs(&input["path_params"])?;
    draft.headers = pairs(&input["extra_headers"])?;
    draft.context = pairs(&input["context"])?;
    draft.reason = input["reason"].as_str().map(str::to_owned);
    if let Some(query) = input.get("query_params").filter(|query| !query.is_null()) {
        draft.query = query.as_object()?.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    }
    if let Some(json) = input.get("json") {
        draft.body = DraftBody::Json(json.to_string());
    }
    Some(draft)
}
