//! The body that `--data` names, read and checked before anything is sent.

use std::io::{self, Read};

use crate::body::reading;
use crate::cli::arguments::CallArguments;
use crate::cli::report::refused;
use crate::domain::{Diagnosis, DraftBody, Mode, media};
use crate::protocol::call::json;

/// The largest body that is read from a file or a pipe.
const LARGEST: u64 = 16 << 20;

/// The body of a call: JSON, or in retrieve mode whatever its Content-Type says.
pub(super) fn body(call: &CallArguments) -> Result<DraftBody, Diagnosis> {
    let Some(given) = call.data.as_deref() else { return Ok(DraftBody::Empty) };
    let refused = |problem: String| refused("--data", &problem);
    let (name, bytes) = read(given).map_err(refused)?;
    let kind = call.header.iter().rfind(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let kind = kind.map(|(_, value)| value.as_str());
    let is_raw = call.mode == Mode::Retrieve && kind.is_some_and(|kind| !media::is_json(kind));
    if is_raw && !kind.is_some_and(media::is_json_lines) {
        return Ok(DraftBody::Raw(bytes));
    }
    let text = reading::written(bytes).map_err(|problem| refused(format!("{name} {problem}")))?;
    if is_raw {
        return Ok(DraftBody::Raw(text.into_bytes()));
    }
    match json::check(&text) {
        Ok(_) => Ok(DraftBody::Json(text)),
        Err(error) => Err(refused(advised(&text, kind, call.mode, &error.to_string()))),
    }
}

/// What is wrong with a body that is not JSON, and how it is sent all the same.
fn advised(text: &str, kind: Option<&str>, mode: Mode, error: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let are_lines = lines.clone().count() > 1 && lines.clone().all(|line| json::check(line).is_ok());
    let problem = if are_lines {
        "the body is several JSON values (JSON Lines), not one".to_owned()
    } else {
        format!("the body is not JSON: {error}")
    };
    let typed = kind.is_some_and(|kind| !media::is_json(kind));
    // Who begins an object or a list meant JSON: the place of the mistake says it all.
    let meant_json = text.trim_start().starts_with(['{', '[']) || text.trim().is_empty();
    if !are_lines && !typed && meant_json {
        return problem;
    }
    let header = match (typed, are_lines) {
        (true, _) => String::new(),
        (false, true) => " -H 'Content-Type: application/x-ndjson'".to_owned(),
        (false, false) => " -H 'Content-Type: text/plain'".to_owned(),
    };
    let how = match mode {
        Mode::Proxy => format!("proxy mode takes JSON only; --mode retrieve{header} sends it unchanged"),
        Mode::Retrieve => format!("a body that is not JSON needs a Content-Type, such as{header}"),
    };
    format!("{problem}; {how}")
}

/// The bytes of a body, and what to call them: JSON, `@file`, or `-` for standard input.
fn read(given: &str) -> Result<(String, Vec<u8>), String> {
    let limited = |source: &mut dyn Read| {
        let mut bytes = Vec::new();
        match source.take(LARGEST + 1).read_to_end(&mut bytes) {
            Ok(_) if bytes.len() as u64 > LARGEST => Err("more than 16 MiB".to_owned()),
            Ok(_) => Ok(bytes),
            Err(error) => Err(error.to_string()),
        }
    };
    if matches!(given, "-" | "@-") {
        return limited(&mut io::stdin().lock()).map(|bytes| ("standard input".to_owned(), bytes));
    }
    let Some(file) = given.strip_prefix('@') else {
        return Ok(("the body".to_owned(), given.as_bytes().to_vec()));
    };
    let opened = std::fs::File::open(file).map_err(|error| error.to_string());
    let bytes = opened.and_then(|mut opened| limited(&mut opened));
    bytes.map(|bytes| (file.to_owned(), bytes)).map_err(|problem| format!("{file}: {problem}"))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::arguments::{Arguments, Command};
    use crate::domain::describe::diagnosis::Described;

    fn of(mode: &str, kind: Option<&str>, data: &str) -> Result<DraftBody, String> {
        let mut line =
            vec!["grantdeck", "call", "7c1f0a52", "POST", "https://h/", "--mode", mode, "-d", data];
        let header = kind.map(|kind| format!("Content-Type: {kind}"));
        line.extend(header.iter().flat_map(|header| ["-H", header.as_str()]));
        let arguments = Arguments::try_parse_from(line).unwrap();
        let Some(Command::Call(call)) = arguments.command else { panic!("no call") };
        body(&call).map_err(|refused| Described::new(&refused).first_line().to_owned())
    }

    fn file(bytes: &[u8]) -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("body");
        std::fs::write(&path, bytes).unwrap();
        let given = format!("@{}", path.display());
        (folder, given)
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_json() {
        let json = Ok(DraftBody::Json("{\"a\": \"é\"}".to_owned()));
        let text = "\u{feff}{\"a\": \"é\"}";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [text.as_bytes(), &little, &big] {
            let (_folder, given) = file(bytes);
            assert_eq!(of("proxy", None, &given), json);
            assert_eq!(of("retrieve", Some("application/json"), &given), json);
        }
        assert_eq!(of("proxy", None, text), json, "nor of an argument");
        for (bytes, said) in [
            (&little[2..], "UTF-16 without a byte-order mark); save it as UTF-8"),
            (b"{\"a\": \"\xe9\"}", "is not UTF-8 from byte 8 on; save it as UTF-8"),
        ] {
            let (_folder, given) = file(bytes);
            let refused = of("proxy", None, &given).unwrap_err();
            assert!(refused.contains(said) && refused.contains("body"), "{refused}");
        }
    }

    #[test]
    fn what_is_no_json_goes_as_it_stands_where_its_type_is_said() {
        let raw = |text: &str| Ok(DraftBody::Raw(text.as_bytes().to_vec()));
        let lines = "{\"a\": 1}\n{\"a\": 2}\n";
        assert_eq!(of("retrieve", Some("application/x-ndjson"), lines), raw(lines));
        assert_eq!(of("retrieve", Some("application/x-ndjson"), &format!("\u{feff}{lines}")), raw(lines));
        assert_eq!(of("retrieve", Some("text/plain; charset=utf-8"), "{\"a\": 1}"), raw("{\"a\": 1}"));
        assert_eq!(of("retrieve", Some("application/x-www-form-urlencoded"), "a=b"), raw("a=b"));
        let (_folder, given) = file(b"\xff\xfe\0");
        assert_eq!(of("retrieve", Some("image/png"), &given), Ok(DraftBody::Raw(b"\xff\xfe\0".to_vec())));
        let json = "{\"a\": 1}";
        for mode in ["proxy", "retrieve"] {
            assert_eq!(of(mode, None, json), Ok(DraftBody::Json(json.to_owned())));
        }
        assert_eq!(of("proxy", Some("text/plain"), json), Ok(DraftBody::Json(json.to_owned())));
    }

    #[test]
    fn a_refusal_says_how_it_is_sent_all_the_same() {
        let lines = "{\"a\": 1}\n{\"a\": 2}\n";
        for (mode, kind, data, said) in [
            (
                "proxy",
                None,
                lines,
                "several JSON values (JSON Lines), not one; proxy mode takes JSON only; --mode retrieve -H 'Content-Type: application/x-ndjson' sends it unchanged",
            ),
            (
                "proxy",
                Some("application/x-ndjson"),
                lines,
                "proxy mode takes JSON only; --mode retrieve sends it unchanged",
            ),
            (
                "retrieve",
                None,
                lines,
                "needs a Content-Type, such as -H 'Content-Type: application/x-ndjson'",
            ),
            ("retrieve", None, "hello", "needs a Content-Type, such as -H 'Content-Type: text/plain'"),
            ("proxy", Some("text/csv"), "a,b", "--mode retrieve sends it unchanged"),
        ] {
            let refused = of(mode, kind, data).unwrap_err();
            assert!(refused.contains(said), "{refused}");
        }
        let refused = of("proxy", None, "{\"a\":}").unwrap_err();
        assert!(refused.contains("line 1, column 6") && !refused.contains("mode"), "{refused}");
    }
}
