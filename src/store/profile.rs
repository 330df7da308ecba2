//! Profiles: a backend, the source of its key, and its write policy.

use std::path::Path;

use super::config::{Key, Reader, Value, in_file_order, is_own_variable};
use super::preferences::{EVERYWHERE, Preferences};
use super::settings::expected;
use crate::domain::Diagnosis;

/// The source of a key. Never the key itself: the configuration is a plain file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// An environment variable.
    Variable(String),
    /// A command that prints it on one line; program and arguments, no shell.
    Command(Vec<String>),
    /// The system's keyring.
    Keyring,
    /// A prompt at each start.
    Prompt,
}

/// The source of an end user's token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// An environment variable.
    Variable(String),
    /// A command that prints it on one line; program and arguments, no shell.
    Command(Vec<String>),
}

/// A backend, how to authenticate there, and what is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The backend; `None` = the default one.
    pub base_url: Option<String>,
    /// The source of the key.
    pub key: KeySource,
    /// The source of an end user's token; `None` = grants of all users are listed.
    pub user_token: Option<TokenSource>,
    /// Preferences that override the global ones.
    pub preferences: Preferences,
    /// Production: no bodies are stored, and calls that may change data are confirmed by the profile's name.
    pub production: bool,
    /// Calls that may change data are refused.
    pub read_only: bool,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            base_url: None,
            key: KeySource::Prompt,
            user_token: None,
            preferences: Preferences::default(),
            production: false,
            read_only: false,
        }
    }
}

/// A profile while it is being parsed.
#[derive(Default)]
struct Draft {
    profile: Profile,
    /// The source of the key, and the setting that named it.
    key: Option<(&'static str, KeySource)>,
    token: Option<(&'static str, TokenSource)>,
    first: Option<Diagnosis>,
}

impl Reader<'_> {
    /// Parses a profile. A profile with a mistake is not used at all.
    pub(super) fn profile(&mut self, name: &Key<'_>, value: &Value<'_>) {
        let path = format!("profiles.{}", name.get_ref());
        let Some(table) = value.get_ref().as_table() else {
            let mistake = self.invalid(value, &path, "profiles", None);
            self.config.profiles.insert(name.get_ref().to_string(), Err(mistake));
            return;
        };
        let mut draft = Draft::default();
        for (key, value) in in_file_order(table) {
            let mistake = self.entry(&path, key, value, &mut draft).err();
            draft.first = draft.first.or(mistake);
        }
        if draft.key.is_none() && draft.first.is_none() {
            let problem = format!("expected {}, found none", expected("profiles.NAME.key_env"));
            let mistake = self.mistake(name.span().start, &format!("{path}.key_env"), &problem);
            let ways = "key_env, key_command, or key = \"keyring\" or \"prompt\"";
            let mistake = mistake.fact("or one of", ways);
            self.config.mistakes.push(mistake.clone());
            draft.first = Some(mistake);
        }
        let Draft { mut profile, key, token, first } = draft;
        if let Some((_, key)) = key {
            profile.key = key;
        }
        profile.user_token = token.map(|(_, token)| token);
        self.config.profiles.insert(name.get_ref().to_string(), first.map_or(Ok(profile), Err));
    }

    fn entry(
        &mut self,
        path: &str,
        key: &Key<'_>,
        value: &Value<'_>,
        draft: &mut Draft,
    ) -> Result<(), Diagnosis> {
        let name: &str = key.get_ref();
        let text = value.get_ref().as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let variable = || text.clone().filter(|name| is_own_variable(name));
        let command = || command_words(value);
        let flag = value.get_ref().as_bool();
        if matches!(name, "key_env" | "user_token_env") {
            // Hide the variable even if the profile has a mistake elsewhere.
            self.config.hidden_variables.extend(variable());
        }
        let profile = &mut draft.profile;
        let found = match name {
            "base_url" => text.clone().map(|text| profile.base_url = Some(text)),
            name if EVERYWHERE.contains(&name) => {
                return self.preference(name, &format!("{path}.{name}"), value, &mut profile.preferences);
            }
            "production" => flag.map(|marked| profile.production = marked),
            "read_only" => flag.map(|marked| profile.read_only = marked),
            "key_env" | "key_command" | "key" => {
                let (setting, source) = match name {
                    "key_env" => ("key_env", variable().map(KeySource::Variable)),
                    "key_command" => ("key_command", command().map(KeySource::Command)),
                    _ => ("key", text.as_deref().and_then(valueless_source)),
                };
                if let Some((other, _)) = draft.key.as_ref().filter(|_| source.is_some()) {
                    return Err(self.conflict(key, path, other));
                }
                source.map(|source| draft.key = Some((setting, source)))
            }
            "user_token_env" | "user_token_command" => {
                let (setting, source) = match name {
                    "user_token_env" => ("user_token_env", variable().map(TokenSource::Variable)),
                    _ => ("user_token_command", command().map(TokenSource::Command)),
                };
                if let Some((other, _)) = draft.token.as_ref().filter(|_| source.is_some()) {
                    return Err(self.conflict(key, path, other));
                }
                source.map(|source| draft.token = Some((setting, source)))
            }
            _ => return Err(self.unknown_setting(key, &format!("{path}.{name}"), "profiles.NAME.")),
        };
        found.ok_or_else(|| {
            self.invalid(value, &format!("{path}.{name}"), &format!("profiles.NAME.{name}"), None)
        })
    }

    /// Two settings that exclude each other.
    fn conflict(&mut self, key: &Key<'_>, path: &str, other: &str) -> Diagnosis {
        let problem = format!("{path}.{other} is set too; keep only one");
        let mistake = self.mistake(key.span().start, &format!("{path}.{}", key.get_ref()), &problem);
        self.config.mistakes.push(mistake.clone());
        mistake
    }
}

/// Sources that need no further value.
fn valueless_source(text: &str) -> Option<KeySource> {
    match text {
        "keyring" => Some(KeySource::Keyring),
        "prompt" => Some(KeySource::Prompt),
        _ => None,
    }
}

/// A program and its arguments.
fn command_words(value: &Value<'_>) -> Option<Vec<String>> {
    let items = value.get_ref().as_array()?;
    let words: Option<Vec<String>> =
        items.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect();
    words.filter(|words| is_command(words))
}

/// Whether words are a program and its arguments. A relative path is refused: it would name another program in each
/// folder.
pub fn is_command(words: &[String]) -> bool {
    let program = words.first().map(String::as_str).unwrap_or_default();
    !program.is_empty() && (Path::new(program).is_absolute() || !program.contains(['/', '\\']))
}
