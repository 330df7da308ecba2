//! Every key of `config.toml`, once: the loader checks against this table, and help is printed from it.

use super::preferences::EVERYWHERE;

/// One key.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Where it stands; `NAME` is the user's own word.
    pub key: &'static str,
    /// What its value has to be, as a sentence goes on after "expected".
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
        help: "Colours of the screen; without it auto: dark or light, as the terminal's own ground is where it tells. NO_COLOR and --color still decide whether there are any.",
    },
    Setting {
        key: "keymap",
        expected: "default, vim or emacs",
        example: "\"vim\"",
        help: "The keys to begin with; rows of your own keymap.toml go on top of them.",
    },
    Setting {
        key: "filters",
        expected: "a table of provider, status, account, label, kind and health, each with a text that can be meant",
        example: "{ provider = \"google\", health = \"broken\" }",
        help: "What narrows the list at first.",
    },
    Setting {
        key: "columns",
        expected: "a list of column names, each once",
        example: "[\"provider\", \"account\", \"health\"]",
        help: "Columns of the list, in this order.",
    },
    Setting {
        key: "sort",
        expected: "a column name, with `:asc` or `:desc` behind it or nothing",
        example: "\"used\"",
        help: "How the list is ordered at first; without it, as the backend sends it. Ages and counts begin with the newest and most.",
    },
    Setting {
        key: "call_mode",
        expected: "proxy or retrieve",
        example: "\"retrieve\"",
        help: "Who carries a test call on the screen out at first: Alter, or this machine with a credential for one call. `grantdeck call` goes by way of Alter where no --mode is given.",
    },
    Setting {
        key: "caller",
        expected: "1 to 255 characters of printable ASCII",
        example: "\"on-call\"",
        help: "What Alter's records call this program. Free text, or the id of one of the app's own agents, as which it then acts.",
    },
    Setting {
        key: "reason",
        expected: "one line of text, 1 to 512 characters",
        example: "\"On-call check, see runbook 7\"",
        help: "Why calls are made, for Alter's audit trail, approvers and the account's owner. Sent with each call and each probe that says nothing else.",
    },
    Setting {
        key: "context",
        expected: "a table of at most 20 keys, each with a text or { env = \"NAME\" }, a variable that holds no key and does not begin with ALTER_",
        example: "{ operator = { env = \"USER\" }, tool = \"grantdeck\" }",
        help: "Who asks, sent to Alter with each call and each probe. A profile adds to it key by key.",
    },
    Setting {
        key: "watch_seconds",
        expected: "a whole number of seconds, 60 or more",
        example: "300",
        help: "Seconds between two refreshes while watching.",
    },
    Setting {
        key: "clipboard",
        expected: "auto, native, osc52 or print",
        example: "\"auto\"",
        help: "How texts are copied: whatever fits, the desktop's clipboard, a sequence to the terminal, or not at all.",
    },
    Setting {
        key: "clipboard_clear_seconds",
        expected: "a whole number of seconds, at most 86400; 0 for never",
        example: "60",
        help: "Seconds after which a sensitive copy is cleared, if it is still in the clipboard.",
    },
    Setting {
        key: "history",
        expected: "true or false",
        example: "false",
        help: "Whether test calls, without their secrets, and which ids were copied are kept on this machine. A mistake here means false.",
    },
    Setting {
        key: "remember",
        expected: "true or false",
        example: "false",
        help: "Whether filters, order, columns, the place of the detail and how ids were copied are as you left them at the next start, and saved views are kept. A mistake here means false.",
    },
    Setting {
        key: "history_days",
        expected: "a whole number of days, 1 or more",
        example: "30",
        help: "After how many days a call is forgotten.",
    },
    Setting {
        key: "history_megabytes",
        expected: "a whole number of MiB, 1 or more",
        example: "100",
        help: "How large the history may become; beyond it the oldest calls are forgotten.",
    },
    Setting {
        key: "profile",
        expected: "the name of a profile",
        example: "\"acme\"",
        help: "The profile that is used where neither --profile, --demo nor ALTER_API_KEY says otherwise.",
    },
    Setting {
        key: "profiles.NAME.base_url",
        expected: "the URL of a backend",
        example: "\"https://backend.alterauth.com\"",
        help: "The backend of this profile. Without it the default backend, never ALTER_BASE_URL.",
    },
    Setting {
        key: "profiles.NAME.key_env",
        expected: "the name of an environment variable that does not begin with ALTER_",
        example: "\"ACME_ALTER_KEY\"",
        help: "The environment variable that holds the key of this profile.",
    },
    Setting {
        key: "profiles.NAME.key_command",
        expected: "a list: a program (a name or an absolute path) and its arguments",
        example: "[\"op\", \"read\", \"op://work/alter/key\"]",
        help: "A command that prints the key in one line, within 10 seconds; no shell, and no ALTER_ variables. Not run from a file that others may write.",
    },
    Setting {
        key: "profiles.NAME.key",
        expected: "keyring or prompt",
        example: "\"keyring\"",
        help: "The key is in the keyring of the system, where `grantdeck profiles login` puts it, or is asked for at each start.",
    },
    Setting {
        key: "profiles.NAME.user_token_env",
        expected: "the name of an environment variable that does not begin with ALTER_",
        example: "\"ACME_USER_TOKEN\"",
        help: "The environment variable that holds an end user's token, to list that user's grants only.",
    },
    Setting {
        key: "profiles.NAME.user_token_command",
        expected: "a list: a program (a name or an absolute path) and its arguments",
        example: "[\"acme-token\", \"--user\", \"jo\"]",
        help: "A command that prints an end user's token in one line, under the rules of key_command.",
    },
    Setting {
        key: "profiles.NAME.production",
        expected: "true or false",
        example: "true",
        help: "Marks a profile whose grants are in real use: a banner says so, a call that may change something is confirmed by the profile's name, and the history keeps no bodies.",
    },
    Setting {
        key: "profiles.NAME.read_only",
        expected: "true or false",
        example: "true",
        help: "Refuses every call that may change something, on the screen and on the command line.",
    },
];

/// The last words of the keys below a prefix (`""` for the top, `"profiles.NAME."` for a profile).
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

/// What the value of a key has to be.
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
