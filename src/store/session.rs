//! Where key, base URL and user token come from: always a single source.

use secrecy::SecretString;

use super::config::Config;
use super::keyring_place::KeyringPlace;
use super::paths::Environment;
use super::profile::{KeySource, TokenSource};
#[cfg(doc)]
use crate::domain::CallRecord;
use crate::domain::suggest::nearest;
use crate::domain::{Code, Diagnosis, Retry, Who};

/// The variable that holds a key; if set, it takes precedence over the configured default profile.
pub const KEY_VARIABLE: &str = "ALTER_API_KEY";

/// The source of a session's credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// `ALTER_API_KEY`, `ALTER_BASE_URL`, `ALTER_USER_TOKEN`.
    Environment,
    /// A profile of the configuration; all `ALTER_*` variables are ignored.
    Profile(String),
    /// A key typed at a prompt, for the default backend; all `ALTER_*` variables are ignored.
    Typed,
    /// The embedded sandbox, which brings its own; nothing else is read.
    Demo,
}

impl Source {
    /// The source chosen on the command line.
    pub fn choose(demo: bool, profile: Option<String>) -> Self {
        match profile {
            _ if demo => Self::Demo,
            Some(name) => Self::Profile(name),
            None => Self::Environment,
        }
    }

    /// Falls back to the configured default profile if neither a profile nor a key variable is given. Does not change a
    /// source that was named explicitly.
    #[must_use]
    pub fn settled(self, config: &Config, environment: Environment<'_>) -> Self {
        let named = environment(KEY_VARIABLE).is_some_and(|key| !key.is_empty());
        match (self, &config.profile) {
            (Self::Environment, Some(name)) if !named => Self::Profile(name.clone()),
            (source, _) => source,
        }
    }

    /// The kind of source, for the log: the name of a profile is free text.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::Profile(_) => "profile",
            Self::Typed => "typed",
            Self::Demo => "demo",
        }
    }

    /// The name in the history: the profile, or one of [`CallRecord::NAMELESS`].
    pub fn name(&self) -> &str {
        match self {
            Self::Profile(name) => name,
            nameless => nameless.kind(),
        }
    }
}

/// Fetches credentials that are not in the environment. Passed in, so that this layer neither starts processes nor
/// prompts.
pub trait Fetch {
    /// Runs a command and returns the one line it prints. It does not see the variables in `hidden`.
    ///
    /// # Errors
    /// Why there is none, without any of the command's output.
    fn command(&self, words: &[String], hidden: &[String]) -> Result<SecretString, String>;

    /// Reads a profile's key for its backend from the system's keyring.
    ///
    /// # Errors
    /// Why there is none: no keyring, a locked one, or no entry.
    fn keyring(&self, place: &KeyringPlace) -> Result<SecretString, String>;

    /// Prompts without echo.
    ///
    /// # Errors
    /// Why the prompt failed.
    fn prompt(&self, question: &str) -> Result<SecretString, String>;
}

/// Unvalidated credentials, with where they came from. `Debug` prints neither key nor token.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The key.
    pub key: SecretString,
    /// Where the key came from.
    pub key_from: String,
    /// The backend; `None` = the default one.
    pub base_url: Option<String>,
    /// Where the backend came from.
    pub base_url_from: String,
    /// An end user's token. An empty one is kept, so that it is refused later: ignoring it would list the grants of all
    /// users (docs/protocol/grants.md section 1, request).
    pub user_token: Option<SecretString>,
    /// Where the token came from.
    pub user_token_from: String,
    /// The program's name in Alter's log.
    pub caller: Option<String>,
}

/// Collects the credentials of a source. [`Source::Demo`] has none: its sandbox provides them.
///
/// # Errors
/// If the key is missing, or the profile is unknown or has a mistake.
pub fn resolve(
    source: &Source,
    config: &Config,
    environment: Environment<'_>,
    fetch: &dyn Fetch,
) -> Result<Credentials, Diagnosis> {
    match source {
        Source::Environment => Ok(Credentials {
            key: key(KEY_VARIABLE, environment)?,
            key_from: KEY_VARIABLE.to_owned(),
            base_url: environment("ALTER_BASE_URL"),
            base_url_from: "ALTER_BASE_URL".to_owned(),
            user_token: environment("ALTER_USER_TOKEN").map(SecretString::from),
            user_token_from: "ALTER_USER_TOKEN".to_owned(),
            caller: config.preferences.caller.clone(),
        }),
        Source::Profile(name) => ProfileResolver { name, config, environment, fetch }.credentials(),
        Source::Typed => Ok(Credentials {
            key: fetch.prompt(TYPE_A_KEY).map_err(|problem| {
                Diagnosis::new(Code::KeyMissing, Who::You, Retry::AfterRemedy).fact("problem", &problem)
            })?,
            key_from: "the prompt".to_owned(),
            base_url: None,
            base_url_from: String::new(),
            user_token: None,
            user_token_from: String::new(),
            caller: config.preferences.caller.clone(),
        }),
        Source::Demo => Err(Diagnosis::new(Code::KeyMissing, Who::Grantdeck, Retry::No)
            .fact("problem", "the demonstration brings its own key")),
    }
}

/// Resolves the credentials of a profile.
struct ProfileResolver<'a> {
    name: &'a str,
    config: &'a Config,
    environment: Environment<'a>,
    fetch: &'a dyn Fetch,
}

impl ProfileResolver<'_> {
    fn credentials(&self) -> Result<Credentials, Diagnosis> {
        let Self { name, config, environment, fetch } = *self;
        let profile = match config.profiles.get(name) {
            Some(Ok(profile)) => profile,
            Some(Err(mistake)) => return Err(mistake.clone()),
            None => return Err(config.unreadable.clone().unwrap_or_else(|| no_profile(name, config))),
        };
        let (user_token, user_token_from) = match &profile.user_token {
            None => (None, String::new()),
            // A missing token must not widen the list to all users.
            Some(TokenSource::Variable(variable)) => {
                let token = environment(variable).map(SecretString::from);
                let token =
                    token.ok_or_else(|| self.diagnosis(Code::UserTokenMalformed, variable, "not set"))?;
                (Some(token), variable.clone())
            }
            Some(TokenSource::Command(words)) => (
                Some(self.run(Code::UserTokenMalformed, words)?),
                format!("the command {}", program_of(words)),
            ),
        };
        let (key, key_from) = match &profile.key {
            KeySource::Variable(variable) => {
                let key = key(variable, environment).map_err(|missing| missing.fact("profile", name))?;
                (key, variable.clone())
            }
            KeySource::Command(words) => {
                (self.run(Code::KeyCommandFailed, words)?, format!("the command {}", program_of(words)))
            }
            KeySource::Keyring => {
                let place = KeyringPlace::of(name, profile);
                let key =
                    fetch.keyring(&place).map_err(|problem| self.diagnosis(Code::NoKeyring, "", &problem))?;
                (key, "the keyring".to_owned())
            }
            KeySource::Prompt => {
                let key = fetch.prompt(&question(name));
                (key.map_err(|problem| not_typed(name, &problem))?, "the prompt".to_owned())
            }
        };
        Ok(Credentials {
            key,
            key_from,
            base_url: profile.base_url.clone(),
            base_url_from: format!("profiles.{name}.base_url"),
            user_token,
            user_token_from,
            caller: profile.preferences.over(&config.preferences).caller,
        })
    }

    fn run(&self, code: Code, words: &[String]) -> Result<SecretString, Diagnosis> {
        let command = program_of(words);
        if let Some(why) = &self.config.untrusted {
            let problem = format!("`{command}` is not run: {why}");
            return Err(self.diagnosis(code, "", &problem));
        }
        let hidden: Vec<String> = self.config.hidden_variables.iter().cloned().collect();
        let found = self.fetch.command(words, &hidden);
        found.map_err(|problem| self.diagnosis(code, "", &format!("`{command}` {problem}")))
    }

    fn diagnosis(&self, code: Code, variable: &str, problem: &str) -> Diagnosis {
        let diagnosis = Diagnosis::new(code, Who::You, Retry::AfterRemedy);
        let diagnosis = if variable.is_empty() { diagnosis } else { diagnosis.fact("variable", variable) };
        diagnosis.fact("problem", problem).fact("profile", self.name)
    }
}

/// Prompt for a key without a profile.
pub const TYPE_A_KEY: &str = "Alter API key (for the default backend; not stored): ";

/// Prompt for the key of a profile.
pub fn question(profile: &str) -> String {
    format!("Alter API key of profile {profile}: ")
}

/// The diagnosis if no key was typed.
pub fn not_typed(profile: &str, problem: &str) -> Diagnosis {
    Diagnosis::new(Code::KeyMissing, Who::You, Retry::AfterRemedy)
        .fact("problem", problem)
        .fact("profile", profile)
}

/// A command's name for messages, without its arguments, which may be private.
fn program_of(words: &[String]) -> &str {
    words.first().map(String::as_str).unwrap_or_default()
}

fn key(variable: &str, environment: Environment<'_>) -> Result<SecretString, Diagnosis> {
    match environment(variable) {
        Some(key) if !key.is_empty() => Ok(SecretString::from(key)),
        found => Err(Diagnosis::new(Code::KeyMissing, Who::You, Retry::AfterRemedy)
            .fact("variable", variable)
            .fact("problem", if found.is_some() { "set, but empty" } else { "not set" })),
    }
}

fn no_profile(name: &str, config: &Config) -> Diagnosis {
    let refused = Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::AfterRemedy)
        .fact("argument", "--profile")
        .fact("problem", &format!("no profile `{name}`"));
    let names = || config.profiles.keys().map(String::as_str);
    match nearest(name, names()) {
        Some(near) => refused.fact("did you mean", near),
        None if config.profiles.is_empty() => {
            refused.fact("known", "none: the configuration has no profiles")
        }
        None => refused.fact("known", &names().collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
