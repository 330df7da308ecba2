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
    /// List the configured profiles
    List {
        /// Output format [default: table on a terminal, else jsonl]
        #[arg(long, short, value_enum, value_name = "FORMAT")]
        output: Option<ListingFormat>,
    },
    /// Add a profile to the configuration; keeps the rest of the file
    Add(Box<AddArguments>),
    /// Set the default profile, used when none is named and ALTER_API_KEY is not set
    Use {
        /// Which one; `-` for none
        #[arg(value_name = "NAME", add = ArgValueCompleter::new(Profiles))]
        name: String,
    },
    /// Check a key and store it in the system keyring for this profile
    ///
    /// Prompts for the key, or reads it from standard input if that is not a terminal. The key is stored only after
    /// its form was checked and the backend accepted it; the configuration then points to the keyring.
    Login {
        /// Which one
        #[arg(value_name = "NAME", add = ArgValueCompleter::new(Profiles))]
        name: String,
    },
    /// Delete a profile's key from the keyring
    Logout {
        /// Which one
        #[arg(value_name = "NAME", add = ArgValueCompleter::new(Profiles))]
        name: String,
    },
    /// Remove a profile from the configuration
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
    /// Name of the profile
    #[arg(value_name = "NAME", value_parser = values::filled)]
    pub name: String,
    /// Environment variable that holds the key; must not begin with ALTER_
    #[arg(long, value_name = "VARIABLE")]
    pub key_env: Option<String>,
    /// Command that prints the key, such as 'op read op://work/alter/key' (run without a shell)
    #[arg(long, value_name = "COMMAND")]
    pub key_command: Option<String>,
    /// Keep the key in the system keyring; store it with `profiles login`
    #[arg(long)]
    pub keyring: bool,
    /// Prompt for the key at each start
    #[arg(long)]
    pub prompt: bool,
    /// Backend URL [default: Alter's]
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Environment variable that holds an end user's token
    #[arg(long, value_name = "VARIABLE")]
    pub user_token_env: Option<String>,
    /// Production: shows a banner, and calls that may change data are confirmed by name
    #[arg(long)]
    pub production: bool,
    /// Read-only: refuse calls that may change data
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
