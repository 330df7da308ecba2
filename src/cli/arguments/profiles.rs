//! The arguments of `grantdeck profiles`.

use clap::{ArgGroup, Args, Subcommand};
use clap_complete::engine::ArgValueCompleter;

use super::ListingFormat;
use crate::cli::completions::Profiles;
use crate::cli::values;

/// What `grantdeck profiles` may be told.
#[derive(Debug, Args)]
pub struct ProfilesArguments {
    /// What to do; nothing: list them
    #[command(subcommand)]
    pub command: Option<ProfilesCommand>,
}

/// What can be done with profiles.
#[derive(Debug, Subcommand)]
pub enum ProfilesCommand {
    /// Print the profiles of the configuration
    List {
        /// How to print [default: table on a terminal, else jsonl]
        #[arg(long, short, value_enum, value_name = "FORMAT")]
        output: Option<ListingFormat>,
    },
    /// Add a profile to the configuration; what stands there stays as it is
    Add(Box<AddArguments>),
    /// Use a profile where none is named and ALTER_API_KEY is not set
    Use {
        /// Which one; `-` for none
        #[arg(value_name = "NAME", add = ArgValueCompleter::new(Profiles))]
        name: String,
    },
    /// Check a key and put it into the keyring of the system, for this profile
    ///
    /// The key is asked for, or read from standard input where that is no terminal. Its form is checked, the backend
    /// is asked whether it is accepted, and only then it is stored; the configuration is told that it is there.
    Login {
        /// Which one
        #[arg(value_name = "NAME", add = ArgValueCompleter::new(Profiles))]
        name: String,
    },
    /// Take the key of a profile out of the keyring
    Logout {
        /// Which one
        #[arg(value_name = "NAME", add = ArgValueCompleter::new(Profiles))]
        name: String,
    },
    /// Take a profile out of the configuration
    Remove {
        /// Which one
        #[arg(value_name = "NAME", add = ArgValueCompleter::new(Profiles))]
        name: String,
        /// Confirm it
        #[arg(long)]
        yes: bool,
    },
}

/// What `grantdeck profiles add` may be told.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("key").required(true).args(["key_env", "key_command", "keyring", "prompt"]))]
pub struct AddArguments {
    /// How the profile is called
    #[arg(value_name = "NAME", value_parser = values::filled)]
    pub name: String,
    /// The environment variable that holds the key; none that begins with ALTER_
    #[arg(long, value_name = "VARIABLE")]
    pub key_env: Option<String>,
    /// The command that prints the key, as in a shell: 'op read op://work/alter/key'; no shell runs it
    #[arg(long, value_name = "COMMAND")]
    pub key_command: Option<String>,
    /// Keep the key in the keyring of the system; `profiles login` puts it there
    #[arg(long)]
    pub keyring: bool,
    /// Ask for the key at each start
    #[arg(long)]
    pub prompt: bool,
    /// The backend [default: that of Alter]
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// The environment variable that holds an end user's token
    #[arg(long, value_name = "VARIABLE")]
    pub user_token_env: Option<String>,
    /// Its grants are in real use: a banner says so, and what may change something is confirmed by name
    #[arg(long)]
    pub production: bool,
    /// Refuse whatever may change something
    #[arg(long)]
    pub read_only: bool,
}

pub(super) const EXAMPLES: &str = "\
Examples:
  grantdeck profiles add acme --key-command 'op read op://work/alter/key' --production
  grantdeck profiles add lab --key-env LAB_ALTER_KEY --base-url https://alter.lab.example
  grantdeck profiles add shop --keyring && grantdeck profiles login shop
  grantdeck profiles use acme
  grantdeck --profile lab list";
