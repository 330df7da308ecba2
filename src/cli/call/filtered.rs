//! `--jq`: a filter over the answer's body.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::domain::{Body, Code, Diagnosis, JqOutput, JqRequest, Retry, Who};
use crate::platform::jq::{self, JqError, Limits};

/// How many bytes of results are printed.
const MOST: usize = 256 << 20;

/// Tells a mistake in a filter before anything is sent: over nothing, a filter without one gives nothing.
pub(super) async fn check(filter: &str) -> Result<(), Diagnosis> {
    apply(filter, Body::default(), false, false).await.map(drop)
}

/// What a filter gives for a body.
pub(super) async fn apply(filter: &str, input: Body, raw: bool, pretty: bool) -> Result<JqOutput, Diagnosis> {
    let request = JqRequest { filter: filter.to_owned(), input, raw, pretty, most: MOST };
    let output = jq::run(request, Limits::default()).await.map_err(|error: JqError| error.diagnosis())?;
    if output.truncated {
        return Err(Diagnosis::new(Code::JqLimitMet, Who::You, Retry::AfterRemedy)
            .fact("problem", "jq: the result is larger than 256 MiB"));
    }
    Ok(output)
}

/// Results that stand one on each line, as one value: the only one, or a list of several.
pub(super) fn as_one(output: JqOutput) -> Option<Box<RawValue>> {
    let lines = String::from_utf8(output.text).ok()?;
    let lines = lines.trim_end();
    let text = match output.values {
        0 => "null".to_owned(),
        1 => lines.to_owned(),
        _ => format!("[{}]", lines.replace('\n', ",")),
    };
    RawValue::from_string(text).ok()
}

/// An object whose `body` is written as the filter wrote it: long numbers and deep values stay what they are.
pub(super) struct Object<'a> {
    pub(super) fields: &'a Map<String, Value>,
    pub(super) body: Option<&'a RawValue>,
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.fields.len()))?;
        for (name, value) in self.fields {
            match self.body.filter(|_| name == "body") {
                Some(body) => map.serialize_entry(name, body)?,
                None => map.serialize_entry(name, value)?,
            }
        }
        map.end()
    }
}
