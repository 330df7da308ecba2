//! Where key, base URL and user token come from: one source, never two mixed.

use secrecy::SecretString;

use super::config::Config;
use super::paths::Environment;
use crate::domain::near::nearest;
use crate::domain::{Code, Diagnosis, Retry, Who};

/// The source of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// `ALTER_API_KEY`, `ALTER_BASE_URL`, `ALTER_USER_TOKEN`.
    Environment,
    /// A profile of the configuration; every `ALTER_*` variable is ignored.
    Profile(String),
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

    /// How the history calls it.
    pub fn name(&self) -> &str {
        match self {
            Self::Environment => "environment",
            Self::Profile(name) => name,
            Self::Demo => "demo",
        }
    }
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
    /// grants (protocol: grants.md section 1, request).
    pub user_token: Option<SecretString>,
    /// The variable that held the token.
    pub user_token_from: String,
}

/// Collects what a source gives. [`Source::Demo`] has none to give: its sandbox is asked instead.
///
/// # Errors
/// A missing key, an unknown profile, a profile with a mistake in it.
pub fn resolve(
    source: &Source,
    config: &Config,
    environment: Environment<'_>,
) -> Result<Credentials, Diagnosis> {
    match source {
        Source::Environment => Ok(Credentials {
            key: key("ALTER_API_KEY", environment)?,
            key_from: "ALTER_API_KEY".to_owned(),
            base_url: environment("ALTER_BASE_URL"),
            base_url_from: "ALTER_BASE_URL".to_owned(),
            user_token: environment("ALTER_USER_TOKEN").map(SecretString::from),
            user_token_from: "ALTER_USER_TOKEN".to_owned(),
        }),
        Source::Profile(name) => profile(name, config, environment),
        Source::Demo => Err(Diagnosis::new(Code::KeyMissing, Who::Grantdeck, Retry::No)
            .fact("problem", "the demonstration brings its own key")),
    }
}

fn profile(name: &str, config: &Config, environment: Environment<'_>) -> Result<Credentials, Diagnosis> {
    let profile = match config.profiles.get(name) {
        Some(Ok(profile)) => profile,
        Some(Err(mistake)) => return Err(mistake.clone()),
        None => return Err(config.unreadable.clone().unwrap_or_else(|| no_profile(name, config))),
    };
    let user_token = match &profile.user_token_env {
        None => None,
        // A token that was asked for and is not there must not widen the list to every user.
        Some(variable) => Some(environment(variable).ok_or_else(|| {
            Diagnosis::new(Code::UserTokenMalformed, Who::You, Retry::AfterRemedy)
                .fact("variable", variable)
                .fact("problem", "not set")
                .fact("profile", name)
        })?),
    };
    Ok(Credentials {
        key: key(&profile.key_env, environment).map_err(|missing| missing.fact("profile", name))?,
        key_from: profile.key_env.clone(),
        base_url: profile.base_url.clone(),
        base_url_from: format!("profiles.{name}.base_url"),
        user_token: user_token.map(SecretString::from),
        user_token_from: profile.user_token_env.clone().unwrap_or_default(),
    })
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
        .fact("problem", &format!("no profile is called `{name}`"));
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
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    const CONFIG: &str = "
[profiles.acme]
base_url = \"https://alter.acme.test\"
key_env = \"ACME_KEY\"
[profiles.plain]
key_env = \"PLAIN_KEY\"
[profiles.narrow]
key_env = \"PLAIN_KEY\"
user_token_env = \"NARROW_TOKEN\"
[profiles.broken]
base_url = 1
key_env = \"PLAIN_KEY\"
";

    fn environment(name: &str) -> Option<String> {
        let value = match name {
            "ALTER_API_KEY" => "environment-key",
            "ALTER_BASE_URL" => "https://elsewhere.test",
            "ALTER_USER_TOKEN" => "environment-token",
            "ACME_KEY" => "acme-key",
            "PLAIN_KEY" => "plain-key",
            _ => return None,
        };
        Some(value.to_owned())
    }

    fn from_profile(name: &str) -> Result<Credentials, Diagnosis> {
        resolve(&Source::Profile(name.to_owned()), &Config::read(CONFIG, "c"), &environment)
    }

    #[test]
    fn a_profile_ignores_the_environment_of_another_source() {
        for (name, key, base_url) in
            [("acme", "acme-key", Some("https://alter.acme.test")), ("plain", "plain-key", None)]
        {
            let found = from_profile(name).unwrap();
            assert_eq!(found.key.expose_secret(), key, "{name}");
            assert_eq!(found.base_url.as_deref(), base_url, "{name}");
            assert!(found.user_token.is_none(), "{name}");
        }
    }

    #[test]
    fn the_environment_ignores_profiles() {
        let found = resolve(&Source::Environment, &Config::read(CONFIG, "c"), &environment).unwrap();
        assert_eq!(found.key.expose_secret(), "environment-key");
        assert_eq!(found.base_url.as_deref(), Some("https://elsewhere.test"));
        assert_eq!(found.user_token.unwrap().expose_secret(), "environment-token");
    }

    #[test]
    fn what_is_missing_is_named_and_never_replaced() {
        let narrow = from_profile("narrow").unwrap_err();
        assert_eq!((narrow.code, narrow.facts[0].1.as_str()), (Code::UserTokenMalformed, "NARROW_TOKEN"));
        assert_eq!(from_profile("broken").unwrap_err().code, Code::ConfigMalformed);
        let near = from_profile("acm").unwrap_err();
        assert_eq!((near.code, near.facts[2].1.as_str()), (Code::ArgumentRefused, "acme"));
        for (value, problem) in [(None, "not set"), (Some(""), "set, but empty")] {
            let lookup = |_: &str| value.map(str::to_owned);
            let missing = resolve(&Source::Environment, &Config::default(), &lookup).unwrap_err();
            assert_eq!((missing.code, missing.facts[1].1.as_str()), (Code::KeyMissing, problem));
        }
        let unreadable = Config::read("x = ", "c");
        let error = resolve(&Source::Profile("acme".into()), &unreadable, &environment).unwrap_err();
        assert_eq!(error.code, Code::ConfigMalformed);
    }

    #[test]
    fn every_variable_with_a_secret_in_it_is_known_whatever_is_wrong_with_its_profile() {
        let variables = Config::read(CONFIG, "c").hidden_variables;
        assert_eq!(variables.into_iter().collect::<Vec<_>>(), ["ACME_KEY", "NARROW_TOKEN", "PLAIN_KEY"]);
        let broken = "[profiles.broken]\nbase_url = 1\nkey_env = \"BROKEN_KEY\"\nuser_token_env = \"T\"";
        let variables = Config::read(broken, "c").hidden_variables;
        assert_eq!(variables.into_iter().collect::<Vec<_>>(), ["BROKEN_KEY", "T"]);
    }

    #[test]
    fn secrets_are_not_printed() {
        let printed = format!("{:?}", from_profile("acme").unwrap());
        assert!(!printed.contains("acme-key"), "{printed}");
    }
}
