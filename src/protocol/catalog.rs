//! The provider catalog (docs/protocol/grants.md section 8), parsed leniently: an entry of a newer or broken backend
//! must not affect the others.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::malformed::{self, Malformed};
use crate::domain::{Catalog, CatalogProvider, CatalogScope};

/// Method and path.
pub const ENDPOINT: &str = "GET /sdk/oauth/provider-catalog";

/// Parses the catalog. Optional parts of the wrong type count as absent; an entry that is not an object is left out.
///
/// # Errors
/// Only if there is no map of providers at all.
pub fn parse(bytes: &[u8]) -> Result<Catalog, Malformed> {
    let answer: Value = malformed::read(ENDPOINT, bytes)?;
    let providers = answer.get("providers").and_then(Value::as_object).ok_or_else(|| Malformed {
        endpoint: ENDPOINT,
        position: "providers".to_owned(),
        problem: "expected a map of providers".to_owned(),
    })?;
    let readable = providers.iter().filter_map(|(id, entry)| {
        let entry = entry.as_object()?;
        Some((Arc::from(id.as_str()), provider(id, entry)))
    });
    Ok(Catalog { providers: readable.collect() })
}

fn provider(id: &str, entry: &Map<String, Value>) -> CatalogProvider {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    CatalogProvider {
        display_name: text("display_name").or_else(|| text("name")).unwrap_or(id).into(),
        category: text("category").map(Arc::from),
        description: text("description").map(Arc::from),
        scopes: entry
            .get("available_scopes")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((Arc::from(name.as_str()), scope(value.as_object()?))))
            .collect(),
        required_scopes: texts(entry.get("required_scopes")),
    }
}

fn scope(entry: &Map<String, Value>) -> CatalogScope {
    CatalogScope {
        description: entry.get("description").and_then(Value::as_str).unwrap_or("").into(),
        required: entry.get("required") == Some(&Value::Bool(true)),
        requires: texts(entry.get("requires")),
    }
}

fn texts(value: Option<&Value>) -> Vec<Arc<str>> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(Arc::from).collect()
}
