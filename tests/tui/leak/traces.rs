//! Finding secrets in bytes, whatever form they have there.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use memchr::memmem::Finder;

/// A part of a secret that no chance brings about, in bytes.
const PART: usize = 12;

/// Everything by which one secret is known.
pub(crate) struct Trace {
    name: String,
    forms: Vec<(String, Finder<'static>)>,
}

impl Trace {
    pub(crate) fn of(name: &str, secret: &str) -> Self {
        let mut forms: Vec<(String, Vec<u8>)> = vec![("itself".to_owned(), secret.into())];
        // Also what is left of one that was partly overwritten, or drawn in two pieces.
        for part in secret.as_bytes().chunks_exact(PART).filter(|part| !is_common(part)) {
            forms.push(("a part".to_owned(), part.into()));
        }
        for (shift, before) in ["", "x", "xx"].into_iter().enumerate() {
            let text = format!("{before}{secret}");
            // Only the digits that depend on nothing but the secret.
            let (first, last) = ([0, 2, 3][shift], text.len() / 3 * 4);
            for (kind, engine) in
                [("base64", &BASE64_STANDARD_NO_PAD), ("base64url", &BASE64_URL_SAFE_NO_PAD)]
            {
                let digits = engine.encode(&text);
                forms.push((format!("{kind} at {shift}"), digits[first..last].into()));
            }
        }
        let each = |write: fn(&mut String, u8)| {
            secret.bytes().fold(String::new(), |mut out, byte| {
                write(&mut out, byte);
                out
            })
        };
        let percent = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>();
        forms.push(("percent-encoded".to_owned(), percent.to_ascii_lowercase().into()));
        forms.push(("percent-encoded".to_owned(), percent.into()));
        forms.push((
            "all percent-encoded".to_owned(),
            each(|out, byte| write!(out, "%{byte:02X}").unwrap()).into(),
        ));
        forms.push(("hex".to_owned(), each(|out, byte| write!(out, "{byte:02x}").unwrap()).into()));
        forms.push(("UTF-16LE".to_owned(), secret.encode_utf16().flat_map(u16::to_le_bytes).collect()));
        forms.push(("UTF-16BE".to_owned(), secret.encode_utf16().flat_map(u16::to_be_bytes).collect()));
        let forms = forms.into_iter().map(|(kind, form)| (kind, Finder::new(&form).into_owned())).collect();
        Self { name: name.to_owned(), forms }
    }

    /// Where in some bytes it is, and in which form.
    pub(crate) fn find(&self, bytes: &[u8]) -> Option<(usize, String)> {
        self.forms
            .iter()
            .find_map(|(kind, form)| form.find(bytes).map(|at| (at, format!("{}, {kind}", self.name))))
    }
}

/// How all of the sandbox's credentials of a kind begin or end.
fn is_common(part: &[u8]) -> bool {
    memchr::memmem::find(part, b"sandbox").is_some()
}

/// Says where any of the secrets is; the bytes around it are not told.
pub(crate) fn search(traces: &[Trace], place: &str, bytes: &[u8]) -> Vec<String> {
    let found = traces.iter().filter_map(|trace| trace.find(bytes));
    found.map(|(at, what)| format!("{place}, byte {at}: {what}")).collect()
}

/// Every file below a folder.
pub(crate) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    all
}

/// All that a process could have written to: each mapping with its name. The rest of its memory is the program as it
/// lies on disk.
pub(crate) fn memory(process: u32) -> io::Result<Vec<(String, Vec<u8>)>> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps"))?;
    let mut memory = fs::File::open(format!("/proc/{process}/mem"))?;
    let mut all = Vec::new();
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (Some(range), Some(rights)) = (words.next(), words.next()) else { continue };
        let name = words.nth(3).unwrap_or("anonymous");
        if !rights.starts_with("rw") || name.starts_with("[vv") {
            continue;
        }
        let (from, to) = range.split_once('-').unwrap();
        let number = |digits: &str| u64::from_str_radix(digits, 16).unwrap();
        let mut bytes = vec![0; (number(to) - number(from)) as usize];
        memory.seek(SeekFrom::Start(number(from)))?;
        // What is mapped from a device cannot be read; of a mapping that went away meanwhile nothing is left.
        if memory.read_exact(&mut bytes).is_ok() {
            all.push((format!("memory at {range} ({name})"), bytes));
        }
    }
    Ok(all)
}

#[test]
fn a_secret_is_found_in_every_form() {
    let secret = "gho_sandboxQ7f/9Zk+3TnXw2Lr8Vb5Yc1Md6Hs4";
    let traces = [Trace::of("it", secret)];
    let percent: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let wide = |write: fn(u16) -> [u8; 2]| secret.encode_utf16().flat_map(write).collect::<Vec<u8>>();
    let encoded = |before: &str| BASE64_STANDARD.encode(format!("{before}{secret}, and more")).into_bytes();
    for (what, form) in [
        ("itself", secret.as_bytes().to_vec()),
        ("percent", percent.into_bytes()),
        ("little", wide(u16::to_le_bytes)),
        ("big", wide(u16::to_be_bytes)),
        ("base64", encoded("")),
        ("base64 behind one", encoded(":")),
        ("base64 behind two", encoded("a:")),
        ("base64 behind a word", encoded("authorization: token ")),
        ("a part", secret.as_bytes()[20..].to_vec()),
    ] {
        let around = [&b"some bytes "[..], &form, b" and others"].concat();
        assert_eq!(search(&traces, "here", &around).len(), 1, "{what}");
    }
    assert!(search(&traces, "here", b"gho_sandbox and nothing of it").is_empty());
}
