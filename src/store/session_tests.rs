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

/// Returns the command or the prompt that it was called with.
struct Echo;

impl Fetch for Echo {
    fn command(&self, words: &[String], hidden: &[String]) -> Result<SecretString, String> {
        match words[0].as_str() {
            "broken" => Err("ended with 3".to_owned()),
            _ => Ok(SecretString::from(format!("{} without {}", words.join(" "), hidden.join(" ")))),
        }
    }

    fn keyring(&self, place: &KeyringPlace) -> Result<SecretString, String> {
        Ok(SecretString::from(format!("held for {}", place.own())))
    }

    fn prompt(&self, question: &str) -> Result<SecretString, String> {
        Ok(SecretString::from(question.to_owned()))
    }
}

fn from_profile(name: &str) -> Result<Credentials, Diagnosis> {
    resolve(&Source::Profile(name.to_owned()), &Config::read(CONFIG, "c"), &environment, &Echo)
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
    let found = resolve(&Source::Environment, &Config::read(CONFIG, "c"), &environment, &Echo).unwrap();
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
        let missing = resolve(&Source::Environment, &Config::default(), &lookup, &Echo).unwrap_err();
        assert_eq!((missing.code, missing.facts[1].1.as_str()), (Code::KeyMissing, problem));
    }
    let unreadable = Config::read("x = ", "c");
    let error = resolve(&Source::Profile("acme".into()), &unreadable, &environment, &Echo).unwrap_err();
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
fn commands_and_prompts_give_keys() {
    const TEXT: &str = "
[profiles.vault]
key_command = [\"op\", \"read\", \"x y\"]
user_token_command = [\"token\"]
[profiles.asked]
key = \"prompt\"
[profiles.held]
key = \"keyring\"
[profiles.broken]
key_command = [\"broken\"]
[profiles.other]
key_env = \"OTHER_KEY\"
";
    let config = Config::read(TEXT, "c");
    assert_eq!(config.mistakes, []);
    let get =
        |name: &str, config: &Config| resolve(&Source::Profile(name.to_owned()), config, &environment, &Echo);
    let vault = get("vault", &config).unwrap();
    assert_eq!(vault.key.expose_secret(), "op read x y without OTHER_KEY");
    assert_eq!(vault.key_from, "the command op");
    assert_eq!(vault.user_token.unwrap().expose_secret(), "token without OTHER_KEY");
    let held = get("held", &config).unwrap();
    assert_eq!(held.key.expose_secret(), "held for held at the default backend");
    let asked = get("asked", &config).unwrap();
    assert_eq!(asked.key.expose_secret(), "Alter API key of profile asked: ");
    let broken = get("broken", &config).unwrap_err();
    assert_eq!((broken.code, broken.facts[0].1.as_str()), (Code::KeyCommandFailed, "`broken` ended with 3"));

    let config = Config { untrusted: Some("others can write to c".to_owned()), ..config };
    let refused = get("vault", &config).unwrap_err();
    assert_eq!(refused.facts[0].1.as_str(), "`token` is not run: others can write to c");
    assert!(get("asked", &config).is_ok(), "a prompt runs nothing");
}

#[test]
fn secrets_are_not_printed() {
    let printed = format!("{:?}", from_profile("acme").unwrap());
    assert!(!printed.contains("acme-key"), "{printed}");
}

#[test]
fn the_history_knows_a_profile_from_what_has_no_name() {
    let nameless = [Source::Environment, Source::Typed, Source::Demo];
    assert_eq!(nameless.each_ref().map(Source::name), crate::domain::CallRecord::NAMELESS);
    assert_eq!(Source::Profile("live".to_owned()).name(), "live");
}
