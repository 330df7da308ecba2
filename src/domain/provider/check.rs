//! Validates a row of the table beyond its types.

use serde_json::Value;

use super::base::{host_of, path_of};
use super::{Answers, Assertion, Condition, KnownProvider, Meaning, Preset, Probe};
use crate::Origin;
use crate::secret_names::{Place, is_secret_name};
use crate::smoke::Standing;

/// Headers that would misdirect a call. Like secret headers, they are not allowed in a row.
const MISDIRECTING: [&str; 5] =
    ["host", "x-stripe-account", "x-http-method-override", "content-length", "transfer-encoding"];

/// A problem in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// The key in the row: `probe.path`.
    pub(super) key: String,
    /// What is wrong and what is allowed, in a sentence without its full stop.
    pub(super) problem: String,
}

/// Returns all problems of a row.
pub(super) fn problems(row: &KnownProvider) -> Vec<Problem> {
    let mut found = Problems::default();
    found.line("name", &row.name);
    for (key, link) in [("console", &row.console), ("docs", &row.docs)] {
        found.link(key, link.as_deref());
    }
    for host in &row.hosts {
        let fixed = host.strip_prefix("*.").unwrap_or(host);
        // At least two labels after the asterisk: `*.com` would match everybody.
        if fixed.split('.').count() < 2 || Origin::parse(&format!("https://{fixed}")).is_none() {
            found.add("hosts", format!("`{host}` is not a host, nor `*.` and one"));
        }
    }
    found.base("base", row.base.as_deref());
    for name in &row.headers {
        found.header("headers", name);
    }
    match (&row.probe, &row.probe_missing) {
        (Some(probe), None) => found.probe(row, probe),
        (None, Some(why)) => found.line("probe_missing", why),
        _ => found.add("probe", "a row has either a `probe` or `probe_missing`, which says why not".into()),
    }
    for (index, preset) in row.presets.iter().enumerate() {
        let key = format!("presets[{index}]");
        found.call(&key, preset);
        let twice = row.presets.iter().take(index).any(|other| other.name == preset.name);
        if twice || preset.name == Probe::NAME {
            found.add(&format!("{key}.name"), format!("`{}` is taken by another preset", preset.name));
        }
    }
    found.0
}

#[derive(Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, key: &str, problem: String) {
        self.0.push(Problem { key: key.to_owned(), problem });
    }

    fn line(&mut self, key: &str, text: &str) {
        if text.trim().is_empty() || text.trim() != text || text.contains(char::is_control) {
            self.add(key, "must be one line of text, without outer blanks".into());
        }
    }

    fn link(&mut self, key: &str, link: Option<&str>) {
        let fine = |link: &str| host_of(link).is_some_and(is_host) && !link.contains(char::is_whitespace);
        if link.is_some_and(|link| !fine(link)) {
            self.add(key, "must be an https:// link".into());
        }
    }

    fn base(&mut self, key: &str, base: Option<&str>) {
        let fine = |base: &str| {
            host_of(base).is_some_and(is_host)
                && !base.ends_with('/')
                && !base.contains(['?', '#', '{', '}', '\\'])
                && !base.contains(char::is_whitespace)
                && !has_dots(path_of(base))
        };
        if base.is_some_and(|base| !fine(base)) {
            self.add(key, "must be https://host or https://host/path, without a slash at the end".into());
        }
    }

    fn header(&mut self, key: &str, (name, value): (&String, &String)) {
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || !name.bytes().all(token) {
            self.add(key, format!("{name:?} is not the name of a header"));
        } else if is_secret_name(name, Place::Header)
            || MISDIRECTING.iter().any(|never| name.eq_ignore_ascii_case(never))
        {
            self.add(key, format!("{name} cannot be set: it carries credentials or redirects the call"));
        }
        if !value.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            self.add(key, format!("the value of {name} must be printable ASCII"));
        }
    }

    fn call(&mut self, key: &str, call: &Preset) {
        let at = |field: &str| format!("{key}.{field}");
        self.line(&at("name"), &call.name);
        self.line(&at("help"), &call.help);
        self.link(&at("doc"), call.doc.as_deref());
        self.base(&at("base"), call.base.as_deref());
        if call.method.is_empty() || !call.method.bytes().all(|byte| byte.is_ascii_uppercase()) {
            self.add(&at("method"), "must be a method in capitals".into());
        }
        let path = call.path.as_str();
        if !path.starts_with('/')
            || path.contains(['?', '#', '\\', ' '])
            || path.contains(char::is_control)
            || has_dots(path)
        {
            let problem = "must begin with a slash; the query has a key of its own, `query`";
            self.add(&at("path"), problem.into());
        }
        for place in call.places.keys() {
            if !path.contains(&format!("{{{place}}}")) {
                self.add(&at("places"), format!("the path has no placeholder `{{{place}}}`"));
            }
        }
        for (name, value) in &call.query {
            let plain = |value: &Value| !value.is_object() && !value.is_array();
            let fine = plain(value) || value.as_array().is_some_and(|list| list.iter().all(plain));
            if !fine {
                self.add(&at("query"), format!("`{name}` must be a text, a number, true, false or a list"));
            }
        }
        for header in &call.headers {
            self.header(&at("headers"), header);
        }
        let json = |body: &String| serde_json::from_str::<Value>(body).err();
        if let Some(error) = call.body.as_ref().and_then(json) {
            self.add(&at("body"), format!("is not JSON: {error}"));
        }
    }

    fn probe(&mut self, row: &KnownProvider, probe: &Probe) {
        self.call("probe", probe.request());
        self.line("probe.rests_on", &probe.rests_on);
        if !probe.is_read_only(row) {
            let problem = "a probe only reads: its method must be GET, HEAD or OPTIONS; that another one only reads is \
                           vouched for by the built-in table alone";
            self.add("probe.method", problem.into());
        } else if probe.reads {
            self.line("probe.reads_because", probe.reads_because.as_deref().unwrap_or_default());
        }
        if probe.expect.is_empty() || probe.expect.iter().any(|status| !(200..400).contains(status)) {
            self.add("probe.expect", "must be a list of statuses from 200 to 399".into());
        }
        let json = probe.answers == Answers::Json;
        let pointer = |at: &str| match probe.answers {
            Answers::Json => at.is_empty() || at.starts_with('/'),
            Answers::Xml => is_element(at),
            Answers::Nothing => true,
        };
        let asserted = probe.assert.iter().flat_map(Assertion::places).map(|at| ("probe.assert", at));
        let meant = probe.means.iter().filter_map(|meaning| match &meaning.when {
            Condition::Place(place) => Some(place.places().map(|at| ("probe.means", at))),
            Condition::Text(_) => None,
        });
        let meant = meant.flatten();
        self.means(probe);
        for host in &probe.regions {
            if !row.serves(host) {
                self.add("probe.regions", format!("`{host}` is none of the row's `hosts`"));
            }
        }
        for (key, at) in
            asserted.chain(meant).chain(probe.account.iter().map(|at| ("probe.account", at.as_str())))
        {
            if !pointer(at) {
                let wanted =
                    if json { "a JSON pointer such as /user/email" } else { "the name of an element" };
                self.add(key, format!("`{at}` must be {wanted}"));
            }
        }
        let looks = !probe.assert.is_empty() || !probe.account.is_empty();
        if looks && probe.answers == Answers::Nothing {
            self.add("probe.answers", "an empty answer has nothing to check".into());
        }
        if !looks && probe.answers == Answers::Xml {
            self.add("probe.assert", "an answer in XML must be told from any other page".into());
        }
    }

    fn means(&mut self, probe: &Probe) {
        for Meaning { when, status, verdict, because } in &probe.means {
            let key = "probe.means";
            match when {
                Condition::Text(text) => self.line(key, text),
                Condition::Place(_) if probe.answers == Answers::Nothing => {
                    self.add(key, "an empty answer has no fields: use `text`".into());
                }
                Condition::Place(_) => {}
            }
            if status.is_some_and(|status| !(100..600).contains(&status)) {
                self.add(key, "`status` must be from 100 to 599".into());
            }
            if verdict.standing() == Standing::Fine {
                self.add(key, format!("`{verdict}` is what assertions say, never a refusal"));
            }
            if let Some(because) = because {
                self.line(key, because);
            }
        }
    }
}

fn is_host(host: &str) -> bool {
    Origin::parse(&format!("https://{host}")).is_some()
}

fn is_element(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

fn has_dots(path: &str) -> bool {
    path.split('/').any(|part| part == "." || part == "..")
}
