//! All keys of `config.toml`: the loader checks against this table, and help is generated from it.

use super::preferences::EVERYWHERE;

/// A key.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its path; `NAME` is the user's own name.
    pub key: &'static str,
    /// What its value must be; completes a sentence after "expected".
    pub expected: &'static str,
    /// An example value, in TOML.
    pub example: &'static str,
    /// What it does.
    pub help: &'static str,
}

/// The table.
pub const SETTINGS: &[Setting] = &[
    Setting {
        key: "theme",
        expected: "auto, dark, light, contrast or mono",
        example: "\"dark\"",
        help: "Theme of the screen; auto follows the terminal's background. NO_COLOR and --color still apply.",
    },
    Setting {
        key: "keymap",
        expected: "default, vim or emacs",
        example: "\"vim\"",
        help: "Keymap preset; rows of your keymap.toml override it.",
    },
    Setting {
        key: "filters",
        expected: "a table of provider, status, account, label, kind and health, each with a text that can be meant",
        example: "{ provider = \"google\", health = \"broken\" }",
        help: "Initial filters.",
    },
    Setting {
        key: "columns",
        expected: "a list of column names, each once",
        example: "[\"provider\", \"account\", \"health\"]",
        help: "Columns of the list, in order.",
    },
    Setting {
        key: "sort",
        expected: "a column name, with `:asc` or `:desc` behind it or nothing",
        example: "\"used\"",
        help: "Initial sort column; default: the backend's order. Ages and counts sort newest and highest first.",
    },
    Setting {
        key: "call_mode",
        expected: "proxy or retrieve",
        example: "\"retrieve\"",
        help: "Default mode of test calls on the screen: through Alter, or from this machine with a credential for one call. `grantdeck call` uses Alter unless --mode is given.",
    },
    Setting {
        key: "caller",
        expected: "1 to 255 characters of printable ASCII",
        example: "\"on-call\"",
        help: "Name of this program in Alter's log. Free text, or the id of one of the app's agents to act as.",
    },
    Setting {
        key: "reason",
        expected: "one line of text, 1 to 512 characters",
        example: "\"On-call check, see runbook 7\"",
        help: "Default reason of calls, for Alter's audit log, approvers and the account's owner.",
    },
    Setting {
        key: "context",
        expected: "a table of at most 20 keys, each with a text or { env = \"NAME\" }, a variable that holds no key and does not begin with ALTER_",
        example: "{ operator = { env = \"USER\" }, tool = \"grantdeck\" }",
        help: "Attribution sent to Alter with each call and probe. A profile adds to it key by key.",
    },
    Setting {
        key: "watch_seconds",
        expected: "a whole number of seconds, 60 or more",
        example: "300",
        help: "Seconds between automatic refreshes.",
    },
    Setting {
        key: "clipboard",
        expected: "auto, native, osc52 or print",
        example: "\"auto\"",
        help: "How to copy: automatic, desktop clipboard, terminal sequence (OSC 52), or show the text.",
    },
    Setting {
        key: "clipboard_clear_seconds",
        expected: "a whole number of seconds, at most 86400; 0 for never",
        example: "60",
        help: "Seconds until a sensitive copy is cleared from the clipboard.",
    },
    Setting {
        key: "history",
        expected: "true or false",
        example: "false",
        help: "Store test calls (without secrets), writes to grants and copied ids on this machine. An invalid value means false.",
    },
    Setting {
        key: "remember",
        expected: "true or false",
        example: "false",
        help: "Remember filters, sort order, columns, layout, copy format and saved views between starts. An invalid value means false.",
    },
    Setting {
        key: "history_days",
        expected: "a whole number of days, 1 or more",
        example: "30",
        help: "Days after which a call or a write is deleted.",
    },
    Setting {
        key: "history_megabytes",
        expected: "a whole number of MiB, 1 or more",
        example: "100",
        help: "Size limit of the history; beyond it the oldest calls are deleted.",
    },
    Setting {
        key: "profile",
        expected: "the name of a profile",
        example: "\"acme\"",
        help: "Default profile, unless --profile, --demo or ALTER_API_KEY is given.",
    },
    Setting {
        key: "profiles.NAME.base_url",
        expected: "the URL of a backend",
        example: "\"https://backend.alterauth.com\"",
        help: "Backend of this profile; default: the default backend, never ALTER_BASE_URL.",
    },
    Setting {
        key: "profiles.NAME.key_env",
        expected: "the name of an environment variable that does not begin with ALTER_",
        example: "\"ACME_ALTER_KEY\"",
        help: "Environment variable that holds the key of this profile.",
    },
    Setting {
        key: "profiles.NAME.key_command",
        expected: "a list: a program (a name or an absolute path) and its arguments",
        example: "[\"op\", \"read\", \"op://work/alter/key\"]",
        help: "Command that prints the key on one line within 10 seconds; run without a shell and without ALTER_ variables. Not run if others can write the file.",
    },
    Setting {
        key: "profiles.NAME.key",
        expected: "keyring or prompt",
        example: "\"keyring\"",
        help: "Take the key from the system keyring (see `grantdeck profiles login`), or prompt at each start.",
    },
    Setting {
        key: "profiles.NAME.user_token_env",
        expected: "the name of an environment variable that does not begin with ALTER_",
        example: "\"ACME_USER_TOKEN\"",
        help: "Environment variable that holds an end user's token, to list that user's grants only.",
    },
    Setting {
        key: "profiles.NAME.user_token_command",
        expected: "a list: a program (a name or an absolute path) and its arguments",
        example: "[\"acme-token\", \"--user\", \"jo\"]",
        help: "Command that prints an end user's token on one line; same rules as key_command.",
    },
    Setting {
        key: "profiles.NAME.production",
        expected: "true or false",
        example: "true",
        help: "Production: shows a banner, calls that may change data are confirmed by the profile's name, and the history stores no bodies.",
    },
    Setting {
        key: "profiles.NAME.read_only",
        expected: "true or false",
        example: "true",
        help: "Refuses every call that may change data, on the screen and on the command line.",
    },
];

/// The last segments of the keys below a prefix (`""` for the top level, `"profiles.NAME."` for a profile).
pub fn names_below(prefix: &str) -> impl Iterator<Item = &'static str> {
    let everywhere = EVERYWHERE.iter().copied().filter(move |_| !prefix.is_empty());
    let rest = move |setting: &Setting| setting.key.strip_prefix(prefix);
    let mut seen = "";
    let own =
        SETTINGS.iter().filter_map(rest).filter_map(|rest| rest.split('.').next()).filter(move |name| {
            let new = *name != seen;
            seen = name;
            new
        });
    own.chain(everywhere)
}

/// What the value of a key must be.
pub fn expected(key: &str) -> &'static str {
    SETTINGS.iter().find(|setting| setting.key == key).map_or("a table", |setting| setting.expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_accepted_by_the_loader() {
        for setting in SETTINGS {
            let text = format!("{} = {}", setting.key, setting.example);
            let profile = setting.key.starts_with("profiles.") && !setting.key.contains(".key");
            let text = if profile { format!("profiles.NAME.key_env = \"K\"\n{text}") } else { text };
            let config = super::super::Config::read(&text, "config.toml");
            assert_eq!(config.mistakes, [], "{text}");
        }
        for key in EVERYWHERE {
            let setting = SETTINGS.iter().find(|setting| setting.key == *key).unwrap();
            let text = format!("profiles.NAME.key_env = \"K\"\nprofiles.NAME.{key} = {}", setting.example);
            let config = super::super::Config::read(&text, "config.toml");
            assert_eq!(config.mistakes, [], "{text}");
        }
    }

    #[test]
    fn a_profile_knows_its_own_names_and_those_that_may_stand_everywhere() {
        let top: Vec<&str> = names_below("").collect();
        let inside: Vec<&str> = names_below("profiles.NAME.").collect();
        assert!(top.contains(&"theme") && inside.contains(&"theme") && inside.contains(&"key_env"));
        assert!(top.contains(&"history_days") && !inside.contains(&"history_days"));
        assert!(!top.contains(&"key_env"));
        for names in [top, inside] {
            let mut once = names.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), names.len(), "{names:?}");
        }
    }
}
