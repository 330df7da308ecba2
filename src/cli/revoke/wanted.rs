//! Which grants are meant: those of the command line and those of a file, found in a list that is read just now.

use std::io::Read as _;

use crate::cli::arguments::RevokeArguments;
use crate::cli::report::{Report, refused};
use crate::domain::{Code, Diagnosis, Grant, GrantId, Retry, Selector, ServerFilter, Who};
use crate::jobs::{self, Context};
use crate::platform::clock::wall;

/// The most that is read of a file, in bytes: half a million ids.
const LARGEST: u64 = 20 << 20;

/// What was named, and where.
pub(super) struct Wanted {
    selector: Selector,
    /// A line of a file: an id that the list no longer has is done already.
    of_file: bool,
}

/// What the arguments name, before anything is sent.
pub(super) fn read(asked: &RevokeArguments) -> Result<Vec<Wanted>, Diagnosis> {
    let named = asked.selectors.iter().map(|selector| Wanted { selector: selector.clone(), of_file: false });
    let mut wanted: Vec<Wanted> = named.collect();
    let several = asked.agent.is_some() || asked.own;
    if several && wanted.len() != 1 {
        return Err(refused("SELECTOR", "--agent and --own are about exactly one grant"));
    }
    let Some(path) = &asked.from else { return Ok(wanted) };
    let mut text = String::new();
    let read = if path.as_os_str() == "-" {
        std::io::stdin().lock().take(LARGEST).read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(LARGEST).read_to_string(&mut text))
    };
    read.map_err(|error| {
        Diagnosis::new(Code::FileNotReadable, Who::You, Retry::AfterRemedy)
            .fact("file", &path.to_string_lossy())
            .fact("problem", &error.to_string())
    })?;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let selector = line.parse().map_err(|error| {
            refused("--from", &format!("line {}: {error}", number + 1)).fact("line", line)
        })?;
        wanted.push(Wanted { selector, of_file: true });
    }
    if wanted.is_empty() {
        return Err(refused("--from", "the file names no grant"));
    }
    Ok(wanted)
}

/// Finds each grant that is meant, and gives the whole list with them.
pub(super) async fn find(
    context: &Context,
    wanted: &[Wanted],
    report: &mut Report,
) -> Result<(Vec<GrantId>, Vec<Grant>), Diagnosis> {
    // One name needs the grants of its provider alone: relatives have the same one.
    let filter = match wanted {
        [one] => one.selector.wide_filter(),
        _ => ServerFilter::default(),
    };
    let list = jobs::everything(&context.client, &wall, filter, |reading| report.reading(reading)).await?;
    report.clear();
    let mut ids = Vec::with_capacity(wanted.len());
    for Wanted { selector, of_file } in wanted {
        match jobs::select::find_in(selector, &list.grants, wall()) {
            Ok(selected) => {
                report.chosen(&selected);
                ids.push(selected.id);
            }
            Err(none) => match (selector, list.doubt()) {
                // It may be there all the same.
                (_, Some(why)) if none.code == Code::GrantNotFound => return Err(why),
                // The list of one person proves nothing about the grants of others.
                (Selector::Id(id), None) if *of_file && !context.client.is_narrowed() => ids.push(*id),
                _ => return Err(none),
            },
        }
    }
    // Another one may have the name.
    let by_name = wanted.iter().any(|wanted| !matches!(wanted.selector, Selector::Id(_)));
    match list.doubt() {
        Some(why) if by_name => Err(why),
        _ => Ok((ids, list.grants)),
    }
}
