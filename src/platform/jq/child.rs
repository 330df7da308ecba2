//! The child process: reads a filter and an input, runs the filter, reports the outcome.

use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::thread;

use jaq_json::{Val, read};
use jaq_std::input::RcIter;

use super::filter::{self, Filter};
use super::limits::{self, STACK};
use super::message::{ChildEnd, Header};
use super::{input, write};

/// Entry point of the helper process: a copy of this program started with [`CHILD`](super::CHILD) as its first
/// argument.
pub fn child() -> ExitCode {
    let Ok(header) = Header::read(&mut io::stdin().lock()) else { return ExitCode::from(2) };
    limits::set(&header);
    limits::end_with(header.parent);
    let work = move || {
        let reported = serve(&header, &mut io::stdin().lock(), io::stdout().lock());
        // Fails if the parent is gone; there is nobody to report to then.
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

/// Reads the input, writes the results, returns the outcome.
///
/// # Errors
///
/// I/O errors; mistakes in filter or input are part of the outcome.
pub(super) fn serve(header: &Header, from: &mut impl BufRead, to: impl Write) -> io::Result<ChildEnd> {
    // Compile first, so that a mistake is reported without reading the whole input.
    let filter = match filter::compile(&header.filter) {
        Ok(filter) => filter,
        Err(reported) => return Ok(reported),
    };
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes)?;
    let text = input::text(&bytes);
    match input::check(&text) {
        Ok(()) => run_filter(header, &filter, &text, to),
        Err(reported) => Ok(reported),
    }
}

fn run_filter(header: &Header, filter: &Filter, text: &str, to: impl Write) -> io::Result<ChildEnd> {
    let mut out = write::Bounded::new(to, header.most);
    let mut values = 0;
    let parsed = read::parse_many(text.as_bytes()).map(|value| value.map_err(|error| error.to_string()));
    // The parser cannot recover after a value that it cannot read.
    let mut is_over = false;
    let inputs =
        RcIter::new(parsed.take_while(move |value| !std::mem::replace(&mut is_over, value.is_err())));
    let inputs: jaq_std::input::Inputs<'_, Val> = &inputs;
    for input in inputs {
        let input = match input {
            Ok(input) => input,
            Err(error) => return Ok(unreadable_input(text, &error)),
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

/// An input that is valid JSON but that jaq cannot read: half a surrogate pair. jaq's message is "byte offset 7: …".
fn unreadable_input(text: &str, error: &str) -> ChildEnd {
    let parts = error.strip_prefix("byte offset ").and_then(|rest| rest.split_once(": "));
    let (at, problem) = parts.unwrap_or(("0", error));
    input::wrong(text, at.parse().unwrap_or_default(), problem)
}
