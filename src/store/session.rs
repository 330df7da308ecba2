//! Where key, base URL and user token come from: one source, never two mixed.

use secrecy::SecretString;

use super::config::Config;
use super::keyring_place::KeyringPlace;
use super::paths::Environment;
use super::profile::{KeySource, TokenSource};
#[cfg(doc)]
use crate::domain::CallRecord;
use crate::domain::near::nearest;
use crate::domain::{Code, Diagnosis, Retry, Who};

/// The variable that holds a key; while it is set, it goes before the profile of the configuration.
pub const KEY_VARIABLE: &str = "ALTER_API_KEY";

/// The source of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// `ALTER_API_KEY`, `ALTER_BASE_URL`, `ALTER_USER_TOKEN`.
    Environment,
    /// A profile of the configuration; every `ALTER_*` variable is ignored.
    Profile(String),
    /// A key that somebody types, for the default backend; every `ALTER_*` variable is ignored.
    Typed,
    /// The embedded sandbox, which brings its own; nothing else is read.
    Demo,
}

impl Source {
    /// The source that was asked for on the command line.
    pub fn choose(demo: bool, profile: Option<String>) -> Self {
        match profile {
            _ if demo => Self::Demo,
            Some(name) => Self::Profile(name),
            None => Self::Environment,
        }
    }

    /// Where neither a profile nor a variable was named, the configuration's own profile counts. Not for a source that
    /// somebody chose by name.
    #[must_use]
    pub fn settled(self, config: &Config, environment: Environment<'_>) -> Self {
        let named = environment(KEY_VARIABLE).is_some_and(|key| !key.is_empty());
        match (self, &config.profile) {
            (Self::Environment, Some(name)) if !named => Self::Profile(name.clone()),
            (source, _) => source,
        }
    }

    /// What sort of source it is, for the log: the name of a profile is somebody's text.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::Profile(_) => "profile",
            Self::Typed => "typed",
            Self::Demo => "demo",
        }
    }

    /// How the history calls it: the profile, or one of [`CallRecord::NAMELESS`].
    pub fn name(&self) -> &str {
        match self {
            Self::Profile(name) => name,
            nameless => nameless.kind(),
        }
    }
}

/// Fetches what is not in the environment. Passed in, so that this layer starts no process and asks nobody.
pub trait Fetch {
    /// What a command prints in one line. `hidden`: variables that it must not see.
    ///
    /// # Errors
    /// Why there is none, in words that hold nothing of what was printed.
    fn command(&self, words: &[String], hidden: &[String]) -> Result<SecretString, String>;

    /// What the keyring of the system holds for a profile, at its backend.
    ///
    /// # Errors
    /// Why there is none: no keyring, a locked one, nothing in it.
    fn keyring(&self, place: &KeyringPlace) -> Result<SecretString, String>;

    /// What somebody types, unseen.
    ///
    /// # Errors
    /// Why nobody could be asked.
    fn prompt(&self, question: &str) -> Result<SecretString, String>;
}

/// What a source gave, unchecked, with the names of the places it came from. Neither key nor token is printed
/// by `Debug`.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The key, as it was found.
    pub key: SecretString,
    /// The variable that held the key.
    pub key_from: String,
    /// The backend; None = the default one.
    pub base_url: Option<String>,
    /// What named the backend.
    pub base_url_from: String,
    /// An end user's token. An empty one is kept, so that it is refused: ignoring it would show every user's
    /// grants (docs/protocol/grants.md section 1, request).
    pub user_token: Option<SecretString>,
    /// The variable that held the token.
    pub user_token_from: String,
    /// What the backend is to call this program in its records.
    pub caller: Option<String>,
}

/// Collects what a source gives. [`Source::Demo`] has none to give: its sandbox is asked instead.
///
/// # Errors
/// A missing key, an unknown profile, a profile with a mistake in it.
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
        Source::Profile(name) => Named { name, config, environment, fetch }.credentials(),
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

/// A profile that is asked for what it takes.
struct Named<'a> {
    name: &'a str,
    config: &'a Config,
    environment: Environment<'a>,
    fetch: &'a dyn Fetch,
}

impl Named<'_> {
    fn credentials(&self) -> Result<Credentials, Diagnosis> {
        let Self { name, config, environment, fetch } = *self;
        let profile = match config.profiles.get(name) {
            Some(Ok(profile)) => profile,
            Some(Err(mistake)) => return Err(mistake.clone()),
            None => return Err(config.unreadable.clone().unwrap_or_else(|| no_profile(name, config))),
        };
        let (user_token, user_token_from) = match &profile.user_token {
            None => (None, String::new()),
            // A token that was asked for and is not there must not widen the list to every user.
            Some(TokenSource::Variable(variable)) => {
                let token = environment(variable).map(SecretString::from);
                let token = token.ok_or_else(|| self.lacks(Code::UserTokenMalformed, variable, "not set"))?;
                (Some(token), variable.clone())
            }
            Some(TokenSource::Command(words)) => {
                (Some(self.run(Code::UserTokenMalformed, words)?), format!("the command {}", program(words)))
            }
        };
        let (key, key_from) = match &profile.key {
            KeySource::Variable(variable) => {
                let key = key(variable, environment).map_err(|missing| missing.fact("profile", name))?;
                (key, variable.clone())
            }
            KeySource::Command(words) => {
                (self.run(Code::KeyCommandFailed, words)?, format!("the command {}", program(words)))
            }
            KeySource::Keyring => {
                let place = KeyringPlace::of(name, profile);
                let key =
                    fetch.keyring(&place).map_err(|problem| self.lacks(Code::NoKeyring, "", &problem))?;
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
        let command = program(words);
        if let Some(why) = &self.config.untrusted {
            let problem = format!("`{command}` is not run: {why}");
            return Err(self.lacks(code, "", &problem));
        }
        let hidden: Vec<String> = self.config.hidden_variables.iter().cloned().collect();
        let found = self.fetch.command(words, &hidden);
        found.map_err(|problem| self.lacks(code, "", &format!("`{command}` {problem}")))
    }

    fn lacks(&self, code: Code, variable: &str, problem: &str) -> Diagnosis {
        let lacks = Diagnosis::new(code, Who::You, Retry::AfterRemedy);
        let lacks = if variable.is_empty() { lacks } else { lacks.fact("variable", variable) };
        lacks.fact("problem", problem).fact("profile", self.name)
    }
}

/// What is asked where somebody wants to type a key.
pub const TYPE_A_KEY: &str = "Alter API key (for the default backend; not stored): ";

/// What is asked where a profile has its key typed.
pub fn question(profile: &str) -> String {
    format!("Alter API key of profile {profile}: ")
}

/// The key was asked for and not given.
pub fn not_typed(profile: &str, problem: &str) -> Diagnosis {
    Diagnosis::new(Code::KeyMissing, Who::You, Retry::AfterRemedy)
        .fact("problem", problem)
        .fact("profile", profile)
}

/// How a command is called: its arguments may name what nobody should read over a shoulder.
fn program(words: &[String]) -> &str {
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
