//! The user's `config.toml`, and the `keymap.toml` next to it.
//!
//! A mistake affects only its own key: it is reported with file, line and key, and that key keeps its default. A
//! profile with a mistake, however, is not used at all, because a key must never be sent to the wrong backend.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use strum::IntoEnumIterator;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::history::{HistoryPolicy, Retention};
use super::paths::{Location, Text, read};
use super::preferences::{EVERYWHERE, Preferences};
use super::profile::Profile;
use super::session::Source;
use super::settings::{expected, names_below};
use crate::domain::column::Order;
use crate::domain::suggest::nearest;
use crate::domain::{Code, Column, Diagnosis, ProfileSummary, Retry, Who, WritePolicy};

/// The shortest refresh interval, in seconds.
pub const WATCH_AT_LEAST: u64 = 60;

/// The longest time until a sensitive copy is cleared, in seconds: a day.
pub const CLEAR_AT_MOST: u64 = 86_400;

/// The user's settings, with defaults for everything else.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Preferences that apply unless a profile overrides them.
    pub preferences: Preferences,
    /// Seconds between automatic refreshes, at least [`WATCH_AT_LEAST`].
    pub watch_seconds: u64,
    /// Seconds until a sensitive copy is cleared, at most [`CLEAR_AT_MOST`]; 0 = never.
    pub clipboard_clear_seconds: u64,
    /// How many calls the history keeps, and for how long.
    pub retention: Retention,
    /// The default profile, used if none is named and `ALTER_API_KEY` is not set.
    pub profile: Option<String>,
    /// Profiles by name. A profile with mistakes is an `Err` with the first of them.
    pub profiles: BTreeMap<String, Result<Profile, Diagnosis>>,
    /// Variables that profiles name as holding a secret, including profiles with mistakes.
    pub hidden_variables: BTreeSet<String>,
    /// The user's own key bindings.
    pub keymap: Option<KeymapFile>,
    /// Why commands in the file must not be run: it belongs to someone else, or others can write to it. `None` = they
    /// may be run.
    pub untrusted: Option<String>,
    /// Mistakes in the file, in file order.
    pub mistakes: Vec<Diagnosis>,
    /// Set if the file could not be parsed at all: then no profile is known to be missing.
    pub unreadable: Option<Diagnosis>,
}

/// The unparsed text of `keymap.toml`; the screen owns the keymap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeymapFile {
    /// Its path.
    pub file: PathBuf,
    /// Its content.
    pub text: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            preferences: Preferences::default(),
            watch_seconds: WATCH_AT_LEAST,
            clipboard_clear_seconds: 60,
            retention: Retention::default(),
            profile: None,
            profiles: BTreeMap::new(),
            hidden_variables: BTreeSet::new(),
            keymap: None,
            untrusted: None,
            mistakes: Vec::new(),
            unreadable: None,
        }
    }
}

impl Config {
    /// Loads the files. A missing file is fine unless the user named it.
    ///
    /// # Errors
    /// If a file that the user named cannot be read.
    pub fn load(location: Option<&Location>) -> Result<Self, Diagnosis> {
        let Some(Location { file, named }) = location else { return Ok(Self::default()) };
        let mut config = match read(file) {
            Ok(Some(Text { text, untrusted })) => {
                Self { untrusted, ..Self::read(&text, &file.to_string_lossy()) }
            }
            Ok(None) if *named => {
                return Err(Diagnosis::new(Code::ConfigUnreadable, Who::You, Retry::AfterRemedy)
                    .fact("file", &file.to_string_lossy())
                    .fact("problem", "does not exist"));
            }
            Ok(None) => Self::default(),
            Err(unreadable) if *named => return Err(unreadable),
            Err(unreadable) => Self::broken(unreadable),
        };
        let keymap = file.parent().unwrap_or(Path::new("")).join("keymap.toml");
        match read(&keymap) {
            Ok(text) => config.keymap = text.map(|Text { text, .. }| KeymapFile { file: keymap, text }),
            Err(unreadable) => {
                config.mistakes.push(Diagnosis { code: Code::KeymapMalformed, ..unreadable });
            }
        }
        Ok(config)
    }

    /// Parses a configuration; `source` names its file in diagnoses. Never fails: see [`Config::mistakes`].
    pub fn read(text: &str, source: &str) -> Self {
        let (table, errors) = DeTable::parse_recoverable(text);
        if let Some(error) = errors.first() {
            let at = error.span().map_or(0, |span| span.start);
            let mistake = Reader { text, source, config: Self::default() }.mistake(at, "", error.message());
            return Self::broken(mistake);
        }
        let mut reader = Reader { text, source, config: Self::default() };
        for (key, value) in in_file_order(table.get_ref()) {
            reader.setting(key, value);
        }
        reader.config
    }

    fn broken(unreadable: Diagnosis) -> Self {
        // The file may have turned these off; assume that it did.
        let preferences =
            Preferences { history: Some(false), remember: Some(false), ..Preferences::default() };
        let mistakes = vec![unreadable.clone()];
        Self { preferences, mistakes, unreadable: Some(unreadable), ..Self::default() }
    }

    /// The write policy of a session.
    pub fn write_policy(&self, source: &Source) -> WritePolicy {
        let Source::Profile(name) = source else { return WritePolicy::default() };
        let profile = self.profiles.get(name).and_then(|profile| profile.as_ref().ok());
        WritePolicy {
            profile: Some(name.as_str().into()),
            // Assume the stricter policy for a profile that cannot be read.
            production: profile.is_none_or(|profile| profile.production),
            read_only: profile.is_none_or(|profile| profile.read_only),
        }
    }

    /// The profiles, for a list to choose from.
    pub fn summaries(&self) -> Vec<ProfileSummary> {
        let summary = |(name, profile): (&String, &Result<Profile, Diagnosis>)| ProfileSummary {
            write_policy: self.write_policy(&Source::Profile(name.clone())),
            backend: profile
                .as_ref()
                .ok()
                .map(|profile| profile.base_url.clone().unwrap_or_else(|| "the default backend".to_owned())),
        };
        self.profiles.iter().map(summary).collect()
    }

    /// The preferences of a session: those of its profile, then the global ones.
    pub fn of(&self, source: &Source) -> Preferences {
        let profile = match source {
            Source::Profile(name) => self.profiles.get(name).and_then(|profile| profile.as_ref().ok()),
            Source::Environment | Source::Typed | Source::Demo => None,
        };
        profile
            .map_or_else(|| self.preferences.clone(), |profile| profile.preferences.over(&self.preferences))
    }

    /// How much of a session's calls the history keeps.
    pub fn keep(&self, source: &Source) -> HistoryPolicy {
        if *source == Source::Demo {
            return HistoryPolicy::Everything;
        }
        let production = match source {
            Source::Profile(name) => self
                .profiles
                .get(name)
                .and_then(|profile| profile.as_ref().ok())
                .is_some_and(|p| p.production),
            _ => false,
        };
        match self.of(source).history {
            Some(false) => HistoryPolicy::Nothing,
            _ if production => HistoryPolicy::WithoutBodies,
            _ => HistoryPolicy::Everything,
        }
    }

    /// Whether choices made on the screen are remembered.
    pub fn remembers(&self, source: &Source) -> bool {
        self.of(source).remember != Some(false)
    }
}

/// Parses a sort order: a column name, optionally followed by `:desc` or `:asc`; otherwise the column's usual direction
/// ([`Column::starts_descending`]).
///
/// # Errors
/// The column that was probably meant, if there is one.
pub fn parse_order(text: &str) -> Result<Order, Option<&'static str>> {
    let (name, direction) =
        text.split_once(':').map_or((text, None), |(name, direction)| (name, Some(direction)));
    let column = Column::sortable()
        .find(|column| column.name() == name)
        .ok_or_else(|| nearest(name, Column::sortable().map(Column::name)))?;
    let descending = match direction {
        None => column.starts_descending(),
        Some("asc") => false,
        Some("desc") => true,
        Some(_) => return Err(None),
    };
    Ok(Order::By { column, descending })
}

/// Parses a column name.
///
/// # Errors
/// The column that was probably meant, if there is one.
pub fn parse_column(name: &str) -> Result<Column, Option<&'static str>> {
    Column::iter()
        .find(|column| column.name() == name)
        .ok_or_else(|| nearest(name, Column::iter().map(Column::name)))
}

pub(super) struct Reader<'a> {
    text: &'a str,
    source: &'a str,
    pub(super) config: Config,
}

pub(super) type Key<'a> = Spanned<std::borrow::Cow<'a, str>>;
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

impl Reader<'_> {
    pub(super) fn mistake(&self, at: usize, key: &str, problem: &str) -> Diagnosis {
        let before = self.text.as_bytes().iter().take(at);
        let line = 1 + before.filter(|byte| **byte == b'\n').count();
        let mut mistake = Diagnosis::new(Code::ConfigMalformed, Who::You, Retry::AfterRemedy)
            .fact("file", self.source)
            .fact("line", &line.to_string());
        if !key.is_empty() {
            mistake = mistake.fact("key", key);
        }
        mistake.fact("problem", problem)
    }

    pub(super) fn invalid(
        &mut self,
        value: &Value<'_>,
        key: &str,
        setting: &str,
        near: Option<&str>,
    ) -> Diagnosis {
        let found = match value.get_ref() {
            // Do not quote it: a key may have been pasted in place of a variable's name.
            DeValue::String(_) if key.starts_with("profiles") => "this text".to_owned(),
            DeValue::String(text) => format!("`{text}`"),
            DeValue::Array(_) => "this list".to_owned(),
            other => format!("{} {}", article(other.type_str()), other.type_str()),
        };
        let problem = format!("expected {}, found {found}", expected(setting));
        let mut mistake = self.mistake(value.span().start, key, &problem);
        if let Some(near) = near {
            mistake = mistake.fact("did you mean", near);
        }
        self.config.mistakes.push(mistake.clone());
        mistake
    }

    pub(super) fn unknown_setting(&mut self, key: &Key<'_>, path: &str, prefix: &str) -> Diagnosis {
        self.unknown_key(key, path, nearest(key.get_ref(), names_below(prefix)))
    }

    pub(super) fn unknown_key(&mut self, key: &Key<'_>, path: &str, near: Option<&str>) -> Diagnosis {
        let mut mistake = self.mistake(key.span().start, path, "no such key");
        if let Some(near) = near {
            mistake = mistake.fact("did you mean", near);
        }
        self.config.mistakes.push(mistake.clone());
        mistake
    }

    fn setting(&mut self, key: &Key<'_>, value: &Value<'_>) {
        let name: &str = key.get_ref();
        match name {
            name if EVERYWHERE.contains(&name) => {
                let mut preferences = std::mem::take(&mut self.config.preferences);
                // The mistake is recorded, and affects this key only.
                let _ = self.preference(name, name, value, &mut preferences);
                self.config.preferences = preferences;
            }
            "watch_seconds" => match integer(value).filter(|seconds| *seconds >= WATCH_AT_LEAST) {
                Some(seconds) => self.config.watch_seconds = seconds,
                None => _ = self.invalid(value, name, name, None),
            },
            "history_days" => {
                match integer(value).and_then(|days| u32::try_from(days).ok()).filter(|days| *days > 0) {
                    Some(days) => self.config.retention.days = days,
                    None => _ = self.invalid(value, name, name, None),
                }
            }
            "history_megabytes" => {
                match integer(value).filter(|size| *size > 0).and_then(|size| size.checked_mul(1 << 20)) {
                    Some(bytes) => self.config.retention.bytes = bytes,
                    None => _ = self.invalid(value, name, name, None),
                }
            }
            "clipboard_clear_seconds" => match integer(value).filter(|seconds| *seconds <= CLEAR_AT_MOST) {
                Some(seconds) => self.config.clipboard_clear_seconds = seconds,
                None => _ = self.invalid(value, name, name, None),
            },
            "profile" => match value.get_ref().as_str().filter(|name| !name.is_empty()) {
                Some(given) => self.config.profile = Some(given.to_owned()),
                None => _ = self.invalid(value, name, name, None),
            },
            "profiles" => match value.get_ref().as_table() {
                Some(table) => in_file_order(table).for_each(|(name, value)| self.profile(name, value)),
                None => _ = self.invalid(value, name, name, None),
            },
            unknown => _ = self.unknown_setting(key, unknown, ""),
        }
    }
}

fn integer(value: &Value<'_>) -> Option<u64> {
    let number = value.get_ref().as_integer()?;
    u64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// The parser sorts by name; mistakes are reported in file order.
pub(super) fn in_file_order<'t, 'i>(
    table: &'t DeTable<'i>,
) -> impl Iterator<Item = (&'t Key<'i>, &'t Value<'i>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries.into_iter()
}

/// Whether a profile may use this variable. `ALTER_*` variables are a source of their own; a profile that used one
/// would mix the two.
pub fn is_own_variable(name: &str) -> bool {
    !name.to_ascii_uppercase().starts_with("ALTER_") && !name.contains(['=', '\0', ' '])
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
