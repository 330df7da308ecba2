//! Which commands print JSON, asked for or by default: what reads it gets failures as JSON, too.

use super::{Arguments, Command, Format, ListingFormat, ProfilesCommand, ShowFormat, SmokeFormat};

impl Arguments {
    /// Whether standard output gets JSON. `terminal`: a terminal reads it, and people get tables by default.
    pub(in crate::cli) fn reads_json(&self, terminal: bool) -> bool {
        let listed =
            |format: Option<ListingFormat>| format.map_or(!terminal, |format| format != ListingFormat::Table);
        let rows = |format: Option<Format>| {
            format.map_or(!terminal, |format| matches!(format, Format::Json | Format::Jsonl))
        };
        match &self.command {
            Some(Command::List(list)) => rows(list.output),
            Some(Command::Scan(scan)) => rows(scan.output),
            Some(Command::Show(show)) => show.output.map_or(!terminal, |format| format == ShowFormat::Json),
            Some(Command::Smoke(smoke)) => smoke
                .output
                .map_or(!terminal, |format| matches!(format, SmokeFormat::Json | SmokeFormat::Jsonl)),
            Some(Command::Call(call)) => call.answer.output.is_some(),
            // The list of held calls is a short listing, one of them is an answer.
            Some(Command::Approvals(asked)) => {
                asked.answer.output.is_some() || asked.id.is_none() && !terminal
            }
            Some(Command::Connect(asked)) => asked.output.is_some(),
            Some(Command::Reconnect(asked)) => asked.output.is_some(),
            Some(Command::Whoami(asked)) => asked.output.is_some(),
            Some(Command::Revoke(asked)) => asked.output.is_some(),
            Some(Command::History(asked)) => listed(asked.output),
            Some(Command::Providers(asked)) => listed(asked.output),
            Some(Command::Ops(asked)) => listed(asked.output),
            Some(Command::Profiles(asked)) => match &asked.command {
                None => listed(None),
                Some(ProfilesCommand::List { output }) => listed(*output),
                Some(_) => false,
            },
            Some(Command::Doctor(asked)) => asked.output.is_some(),
            Some(Command::Id(_) | Command::Sandbox(_) | Command::Completions(_) | Command::Man(_)) | None => {
                false
            }
        }
    }
}
