//! Merges the user's rows, which have the same form, into the built-in table. A mistake only affects its own
//! row.
//!
//! A user's row may set everything except where credentials are sent: [`hosts`](super::KnownProvider::hosts)
//! always come from the built-in table (safety rule 2).

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::check::{self, Problem};
use super::{Basis, KnownProvider, Preset, Probe, ProviderKind, Table, known_in};
use crate::line_numbers::line_of;
use crate::suggest::nearest;

/// The result of merging a user's file.
#[derive(Debug)]
pub struct Merged {
    /// The built-in rows, overridden by the valid rows of the file.
    pub table: Table,
    /// What is wrong with the other rows, in file order.
    pub mistakes: Vec<Mistake>,
    /// The rows whose built-in probe is disabled: the file changes where or how it is sent, so the table no
    /// longer guarantees that a request with its method is read-only.
    pub held: Vec<String>,
}

/// Why a row was rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Line in the file, from 1.
    pub line: usize,
    /// Key in the file: `github.probe.path`. Empty for the file as a whole.
    pub key: String,
    /// What is wrong and what is allowed, in a sentence without its full stop.
    pub problem: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, key, problem } = self;
        if key.is_empty() {
            write!(f, "line {line}: {problem}")
        } else {
            write!(f, "line {line}, {key}: {problem}")
        }
    }
}

/// Why a row with a disabled probe has none.
const PROBE_DISABLED: &str = "Its probe is not a GET and is trusted only as defined in the built-in table.";

/// The keys of a row.
const KEYS: [&str; 11] = [
    "name",
    "kind",
    "console",
    "hosts",
    "docs",
    "base",
    "base_from_grant",
    "headers",
    "probe",
    "probe_missing",
    "presets",
];

/// A row as the user writes it; missing keys come from the built-in row.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    name: Option<String>,
    kind: Option<ProviderKind>,
    console: Option<String>,
    hosts: Option<Vec<String>>,
    docs: Option<String>,
    base: Option<String>,
    base_from_grant: Option<bool>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    probe: Option<Probe>,
    probe_missing: Option<String>,
    #[serde(default)]
    presets: Vec<Preset>,
}

/// Merges the rows of a file into the built-in table. Presets and headers of the same name are replaced,
/// others added; a probe is replaced as a whole. A slug that starts with a built-in id is based on that row.
pub fn merge(builtin: &Table, text: &str) -> Merged {
    let mut merged = Merged { table: builtin.clone(), mistakes: Vec::new(), held: Vec::new() };
    let document = match DeTable::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let line = line_of(text, error.span().map_or(0, |span| span.start));
            let problem = format!("this is not TOML: {}", error.message());
            merged.mistakes.push(Mistake { line, key: String::new(), problem });
            return merged;
        }
    };
    for (id, value) in document.get_ref() {
        let row = FileRow { text, id: id.get_ref(), at: id.span().start, value };
        match row.read(builtin) {
            Ok((provider, held)) => {
                merged.held.extend(held.then(|| row.id.to_owned()));
                merged.table.insert(row.id.to_owned(), provider);
            }
            Err(mistakes) => merged.mistakes.extend(mistakes),
        }
    }
    merged.mistakes.sort_by_key(|mistake| mistake.line);
    merged
}

struct FileRow<'a> {
    text: &'a str,
    id: &'a str,
    at: usize,
    value: &'a Spanned<DeValue<'a>>,
}

impl FileRow<'_> {
    /// Returns the row, and whether its probe is disabled.
    fn read(&self, builtin: &Table) -> Result<(KnownProvider, bool), Vec<Mistake>> {
        let slug =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
        if self.id.is_empty() || !self.id.bytes().all(slug) {
            let problem = "a row is named by a provider id or the head of a slug: a-z, 0-9, - and _";
            return Err(vec![self.mistake("", problem.into())]);
        }
        if !matches!(self.value.get_ref(), DeValue::Table(_)) {
            return Err(vec![self.mistake("", "a row must be a table, such as [github]".into())]);
        }
        let own = known_in(builtin, self.id);
        let patch = self.patch()?;
        let served = |host: &String| own.is_some_and(|row| row.hosts.contains(host));
        if let Some(host) = patch.hosts.iter().flatten().find(|host| !served(host)) {
            let problem = format!(
                "`{host}` cannot be added here: a file never widens where credentials go; name it for the one \
                 call that needs it (--allow-host)"
            );
            return Err(vec![self.mistake("hosts", problem)]);
        }
        // The file's own presets are checked separately, so that errors use the file's indices.
        let mut row = own.cloned().unwrap_or_default();
        let known = std::mem::take(&mut row.presets);
        let own_probe = patch.probe.is_some();
        let mut row = override_row(row, patch);
        let is_held = !own_probe && row.probe.as_ref().is_some_and(|probe| !probe.is_read_only(&row));
        if is_held {
            row.probe = None;
            row.probe_missing = Some(PROBE_DISABLED.to_owned());
        }
        let problems = check::problems(&row);
        if !problems.is_empty() {
            let reported = problems.into_iter().map(|Problem { key, problem }| self.mistake(&key, problem));
            return Err(reported.collect());
        }
        row.presets = merge_presets(known, row.presets);
        Ok((row, is_held))
    }

    fn patch(&self) -> Result<Patch, Vec<Mistake>> {
        let mut track = serde_path_to_error::Track::new();
        let source = self.value.clone().into_deserializer();
        Patch::deserialize(serde_path_to_error::Deserializer::new(source, &mut track)).map_err(|error| {
            let path = track.path().to_string();
            let key = if path == "." { "" } else { path.as_str() };
            let mut problem = error.message().to_owned();
            let unknown = problem.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
            if let Some(near) = unknown.filter(|_| !key.contains('.')).and_then(|word| nearest(word, KEYS)) {
                problem = format!("{problem}; did you mean `{near}`?");
            }
            let at = error.span().map_or_else(|| self.place(key), |span| span.start);
            vec![Mistake { line: line_of(self.text, at), key: self.key(key), problem }]
        })
    }

    fn mistake(&self, key: &str, problem: String) -> Mistake {
        Mistake { line: line_of(self.text, self.place(key)), key: self.key(key), problem }
    }

    fn key(&self, key: &str) -> String {
        if key.is_empty() { self.id.to_owned() } else { format!("{}.{key}", self.id) }
    }

    /// The offset of a key such as `presets[1].path`, or of its nearest ancestor.
    fn place(&self, key: &str) -> usize {
        let mut at = self.at;
        let mut value = self.value;
        for part in key.split(['.', '[', ']']).filter(|part| !part.is_empty()) {
            let inner = match value.get_ref() {
                DeValue::Table(table) => {
                    table.iter().find(|(name, _)| name.get_ref() == part).map(|(name, inner)| {
                        // A table has a header; an inline table's key is where it is.
                        at = name.span().start;
                        inner
                    })
                }
                DeValue::Array(list) => {
                    part.parse::<usize>().ok().and_then(|index| list.get(index)).inspect(|inner| {
                        at = inner.span().start;
                    })
                }
                _ => None,
            };
            match inner {
                Some(inner) => value = inner,
                None => break,
            }
        }
        at
    }
}

fn override_row(mut row: KnownProvider, patch: Patch) -> KnownProvider {
    let Patch {
        name,
        kind,
        console,
        hosts,
        docs,
        base,
        base_from_grant,
        headers,
        probe,
        probe_missing,
        presets,
    } = patch;
    // A probe that is sent differently is the user's responsibility, and no longer guaranteed by the built-in
    // table.
    let known = row.clone();
    row.name = name.unwrap_or(row.name);
    row.kind = kind.unwrap_or(row.kind);
    row.hosts = hosts.unwrap_or(row.hosts);
    row.console = console.or(row.console);
    row.docs = docs.or(row.docs);
    row.base = base.or(row.base);
    row.base_from_grant = base_from_grant.unwrap_or(row.base_from_grant);
    for (header, value) in headers {
        row.headers.retain(|known, _| !known.eq_ignore_ascii_case(&header));
        row.headers.insert(header, value);
    }
    // Setting one of the two clears the other; setting both is a mistake that the check finds.
    if probe.is_some() || probe_missing.is_some() {
        (row.probe, row.probe_missing) = (probe, probe_missing);
    } else if row.probe.is_none() && row.probe_missing.is_none() {
        row.probe_missing = Some("None in this row.".to_owned());
    }
    let what =
        |row: &KnownProvider| (row.probe.clone(), row.base.clone(), row.base_from_grant, row.headers.clone());
    if what(&row) != what(&known)
        && let Some(probe) = &mut row.probe
    {
        probe.state = Basis::Yours;
    }
    row.presets = presets;
    row
}

/// Replaces presets of the same name in place, and appends the others.
fn merge_presets(mut known: Vec<Preset>, own: Vec<Preset>) -> Vec<Preset> {
    for preset in own {
        match known.iter_mut().find(|known| known.name == preset.name) {
            Some(known) => *known = preset,
            None => known.push(preset),
        }
    }
    known
}

#[cfg(test)]
#[path = "merge_tests.rs"]
mod tests;
