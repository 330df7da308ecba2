//! The child: reads a filter and an input, runs the one over the other, says how it went.

use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::thread;

use jaq_json::{Val, read};
use jaq_std::input::RcIter;

use super::filter::{self, Filter};
use super::limits::{self, STACK};
use super::message::{ChildEnd, Header};
use super::{input, write};

/// What a copy of this program does that was started with [`CHILD`](super::CHILD) as its first argument.
pub fn child() -> ExitCode {
    let Ok(header) = Header::read(&mut io::stdin().lock()) else { return ExitCode::from(2) };
    limits::set(&header);
    limits::end_with(header.parent);
    let work = move || {
        let reported = serve(&header, &mut io::stdin().lock(), io::stdout().lock());
        // A parent that is gone cannot be told.
        let mut line = serde_json::to_vec(&reported?)?;
        line.push(b'\n');
        io::stderr().lock().write_all(&line)
    };
    let thread = thread::Builder::new().name("jq".to_owned()).stack_size(STACK).spawn(work);
    match thread.map(thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// Reads the input, writes the results, answers what there is to tell.
///
/// # Errors
///
/// Of reading and writing; what is wrong with filter or input is told instead.
pub(super) fn serve(header: &Header, from: &mut impl BufRead, to: impl Write) -> io::Result<ChildEnd> {
    // First, so that a mistake is told without waiting for the whole input.
    let filter = match filter::compile(&header.filter) {
        Ok(filter) => filter,
        Err(reported) => return Ok(reported),
    };
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes)?;
    let text = input::text(&bytes);
    match input::check(&text) {
        Ok(()) => each(header, &filter, &text, to),
        Err(reported) => Ok(reported),
    }
}

fn each(header: &Header, filter: &Filter, text: &str, to: impl Write) -> io::Result<ChildEnd> {
    let mut out = write::Bounded::new(to, header.most);
    let mut values = 0;
    let parsed = read::parse_many(text.as_bytes()).map(|value| value.map_err(|error| error.to_string()));
    // Behind a value that cannot be read, nothing can.
    let mut is_over = false;
    let inputs =
        RcIter::new(parsed.take_while(move |value| !std::mem::replace(&mut is_over, value.is_err())));
    let inputs: jaq_std::input::Inputs<'_, Val> = &inputs;
    for input in inputs {
        let input = match input {
            Ok(input) => input,
            Err(error) => return Ok(unread(text, &error)),
        };
        for result in filter.run(input, inputs) {
            let result = match result {
                Ok(result) => result,
                Err(exception) => {
                    out.flush()?;
                    return Ok(match filter::failure(exception) {
                        Some(message) => ChildEnd::Run { message, values },
                        None => ChildEnd::Done { values, truncated: false },
                    });
                }
            };
            if let Err(error) = write_result(&mut out, &result, header) {
                if !out.is_full {
                    return Err(error);
                }
                out.flush()?;
                return Ok(ChildEnd::Done { values, truncated: true });
            }
            values += 1;
        }
    }
    out.flush()?;
    Ok(ChildEnd::Done { values, truncated: false })
}

fn write_result(out: &mut impl Write, result: &Val, header: &Header) -> io::Result<()> {
    match result {
        Val::TStr(bytes) | Val::BStr(bytes) if header.raw => write::raw(out, bytes)?,
        result => write::value(out, result, header.pretty.then_some(0))?,
    }
    out.write_all(b"\n")
}

/// An input that is JSON and that jaq cannot read all the same: half a surrogate pair. It says "byte offset 7: …".
fn unread(text: &str, error: &str) -> ChildEnd {
    let said = error.strip_prefix("byte offset ").and_then(|rest| rest.split_once(": "));
    let (at, problem) = said.unwrap_or(("0", error));
    input::wrong(text, at.parse().unwrap_or_default(), problem)
}
