//! Compiles a filter, and translates jaq's errors into plain words.

use std::fmt::{self, Write as _};

use jaq_core::compile::{Errors as CompileErrors, Undefined};
use jaq_core::data::HasLut;
use jaq_core::load::{self, Arena, Errors, File, Loader, lex, parse};
use jaq_core::{Ctx, DataT, Exn, Lut, Vars};
use jaq_json::Val;
use jaq_std::input::{HasInputs, Inputs};

use super::message::ChildEnd;

/// How deep brackets may nest. Deeper nesting overflows the parser's stack.
const MAX_DEPTH: usize = 1_000;

/// jaq's functions that read files or the environment; the local ones read this machine's time zone from them.
const WITHHELD: &[&str] = &["env", "localtime", "strflocaltime"];

/// Functions of jq that are not offered here.
const UNAVAILABLE: &[&str] =
    &["input_filename", "input_line_number", "get_search_list", "localtime", "strflocaltime"];

/// Defines an empty environment.
const EMPTY_ENV: &str = "def env: {};";

/// How many characters of the filter to quote in a message.
const MAX_QUOTE: usize = 24;

/// jaq's data type for our filters.
pub(super) struct Data;

/// What native functions can access: the compiled filter and the remaining inputs.
#[derive(Clone)]
pub(super) struct RunData<'a> {
    lut: &'a Lut<Data>,
    inputs: Inputs<'a, Val>,
}

impl DataT for Data {
    type V<'a> = Val;
    type Data<'a> = RunData<'a>;
}

impl<'a> HasLut<'a, Data> for RunData<'a> {
    fn lut(&self) -> &'a Lut<Data> {
        self.lut
    }
}

impl<'a> HasInputs<'a, Val> for RunData<'a> {
    fn inputs(&self) -> Inputs<'a, Val> {
        self.inputs
    }
}

/// A compiled filter.
pub(super) struct Filter(jaq_core::Filter<Data>);

impl Filter {
    /// Runs the filter on one value.
    pub(super) fn run<'a>(
        &'a self,
        input: Val,
        inputs: Inputs<'a, Val>,
    ) -> impl Iterator<Item = Result<Val, Exn<'a, Val>>> {
        let world = RunData { lut: &self.0.lut, inputs };
        let context = Ctx::<Data>::new(world, Vars::new([Val::obj(jaq_json::Map::default())]));
        self.0.id.run((context, input))
    }
}

/// Compiles a filter.
///
/// # Errors
///
/// The first mistake in the filter.
pub(super) fn compile(code: &str) -> Result<Filter, ChildEnd> {
    if let Some(at) = too_deep(code) {
        return Err(mistake(Some(at), &format!("brackets nest more than {MAX_DEPTH} deep")));
    }
    let ours = parse(EMPTY_ENV, |parser| parser.defs()).unwrap_or_default();
    let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs()).chain(ours);
    let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
    let functions = functions.chain(jaq_std::input::funs().into_vec().into_iter().map(jaq_core::native::run));
    let functions = functions.filter(|(name, ..)| !WITHHELD.contains(name));
    let arena = Arena::default();
    let modules = Loader::new(definitions)
        .load(&arena, File { code, path: () })
        .map_err(|errors| misread(code, &errors))?;
    // Data modules are never available.
    load::import(&modules, |_| Err(String::new())).map_err(|errors| misread(code, &errors))?;
    let compiler = jaq_core::Compiler::default().with_funs(functions).with_global_vars(["$ENV"]);
    compiler.compile(modules).map(Filter).map_err(|errors| undefined(code, &errors))
}

/// Why a run ended early; `None` if the filter halted with code 0.
pub(super) fn failure(exception: Exn<'_, Val>) -> Option<String> {
    let error = match exception.get_err() {
        Ok(error) => error.into_val(),
        Err(other) => {
            return match other.get_halt() {
                Ok(0) => None,
                Ok(code) => Some(format!("the filter stopped itself with code {code}")),
                Err(_) => Some("the filter breaks out of a label that is not active".to_owned()),
            };
        }
    };
    let mut words = Squeezed::default();
    // Formatting into this type cannot fail.
    let _ = match &error {
        Val::TStr(text) => write!(words, "{}", String::from_utf8_lossy(text)),
        other => write!(words, "{other}"),
    };
    Some(with_articles(words.text()))
}

/// jaq's type names, and how they read in a sentence.
const TYPES: &[(&str, &str)] = &[
    (" as integer", " as an integer"),
    (" as number", " as a number"),
    (" as string", " as a string"),
    (" as array", " as an array"),
    (" as iterable (array or object)", " as an array or an object"),
    (" as rangeable (array or string)", " as an array or a string"),
];

fn with_articles(message: String) -> String {
    let named = TYPES.iter().find_map(|(theirs, ours)| Some((message.strip_suffix(theirs)?, ours)));
    named.map(|(before, ours)| format!("{before}{ours}")).unwrap_or(message)
}

fn mistake(at: Option<usize>, message: &str) -> ChildEnd {
    ChildEnd::Filter { message: message.to_owned(), at }
}

/// Where brackets nest too deep. An approximation: brackets in strings count too.
fn too_deep(code: &str) -> Option<usize> {
    let mut depth = 0_usize;
    code.bytes().position(|byte| {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > MAX_DEPTH
    })
}

fn misread(code: &str, errors: &Errors<&str, ()>) -> ChildEnd {
    match errors.first().map(|(_, error)| error) {
        Some(load::Error::Io(found)) => {
            let at = found.first().and_then(|(path, _)| place(code, path));
            mistake(at, "modules cannot be loaded here")
        }
        Some(load::Error::Lex(found)) => found.first().map_or_else(unknown, |error| lexed(code, error)),
        Some(load::Error::Parse(found)) => found.first().map_or_else(unknown, |error| parsed(code, error)),
        None => unknown(),
    }
}

fn unknown() -> ChildEnd {
    mistake(None, "the filter cannot be read")
}

fn lexed(code: &str, (expected, found): &lex::Error<&str>) -> ChildEnd {
    use lex::Expect as E;
    let at = place(code, found);
    match expected {
        E::Delim(open) => {
            let message = if *open == "\"" { "a text is not closed" } else { "a bracket is not closed" };
            mistake(place(code, open), &format!("{message}: `{open}`"))
        }
        E::Digit => mistake(at, "a digit is missing"),
        E::Ident => mistake(at, "a name is missing"),
        E::Escape => mistake(at, "there is no such escape in a text"),
        E::Unicode => mistake(at, "`\\u` needs four hexadecimal digits of a character"),
        _ => mistake(at, &unexpected(&found.chars().take(1).collect::<String>())),
    }
}

fn parsed(code: &str, (expected, found): &parse::Error<&str>) -> ChildEnd {
    use parse::Expect as E;
    let missing = match expected {
        E::Just(word) => format!("`{word}`"),
        E::Term if found.is_empty() => "a step".to_owned(),
        E::Nothing | E::Term => String::new(),
        E::Var => "a $variable".to_owned(),
        E::Pattern => "a $variable or a pattern".to_owned(),
        E::ElseOrEnd => "`else` or `end`".to_owned(),
        E::CommaOrRBrack => "`,` or `]`".to_owned(),
        E::CommaOrRBrace => "`,` or `}`".to_owned(),
        E::SemicolonOrRParen => "`;` or `)`".to_owned(),
        E::Key => "a key".to_owned(),
        E::Ident => "a name".to_owned(),
        E::Arg => "the name of an argument".to_owned(),
        E::Str => "a text".to_owned(),
        other => other.as_str().to_owned(),
    };
    let message = match (found.is_empty(), missing.is_empty()) {
        (true, true) => "the filter ends too early".to_owned(),
        (true, false) => format!("the filter ends too early, {missing} is missing"),
        (false, true) => unexpected(found),
        (false, false) => format!("{} instead of {missing}", unexpected(found)),
    };
    mistake(place(code, found), &message)
}

fn undefined(code: &str, errors: &CompileErrors<&str, ()>) -> ChildEnd {
    let Some((name, what)) = errors.iter().find_map(|(_, found)| found.first()) else { return unknown() };
    let quoted = shortened(name);
    let message = match what {
        Undefined::Filter(_) if UNAVAILABLE.contains(name) => format!("`{quoted}` is not available here"),
        Undefined::Filter(0) => format!("there is no filter `{quoted}`"),
        Undefined::Filter(1) => format!("there is no filter `{quoted}` with 1 argument"),
        Undefined::Filter(count) => format!("there is no filter `{quoted}` with {count} arguments"),
        Undefined::Var => format!("there is no variable `{quoted}`"),
        Undefined::Label => format!("there is no label `{quoted}` around this"),
        Undefined::Mod => format!("there is no module `{quoted}`"),
        _ => format!("`{quoted}` is not known"),
    };
    mistake(place(code, name), &message)
}

fn unexpected(found: &str) -> String {
    format!("unexpected `{}`", shortened(found))
}

/// Shortens a piece of the filter for a message; of a bracket, only its opening character is kept.
fn shortened(piece: &str) -> String {
    let mut characters = piece.chars();
    match characters.next() {
        Some(open @ ('(' | '[' | '{' | '"')) => open.to_string(),
        _ if piece.chars().count() > MAX_QUOTE => {
            format!("{}…", piece.chars().take(MAX_QUOTE).collect::<String>())
        }
        _ => piece.to_owned(),
    }
}

/// The offset of a piece of the filter within it; `None` if it is not a slice of it.
fn place(code: &str, piece: &str) -> Option<usize> {
    let at = piece.as_ptr().addr().checked_sub(code.as_ptr().addr())?;
    (at + piece.len() <= code.len()).then_some(at)
}

/// Keeps the beginning and the end of a text that may be as large as the input: messages quote values.
#[derive(Default)]
struct Squeezed {
    head: String,
    tail: std::collections::VecDeque<char>,
    is_cut: bool,
}

/// How much of the beginning (in bytes) and of the end (in characters) is kept.
const HEAD: usize = 100;
const TAIL: usize = 60;

impl fmt::Write for Squeezed {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            // In bytes: close enough, and cheap.
            if self.head.len() < HEAD {
                self.head.push(character);
                continue;
            }
            if self.tail.len() == TAIL {
                self.tail.pop_front();
                self.is_cut = true;
            }
            self.tail.push_back(character);
        }
        Ok(())
    }
}

impl Squeezed {
    fn text(self) -> String {
        let gap = if self.is_cut { "…" } else { "" };
        format!("{}{gap}{}", self.head, self.tail.into_iter().collect::<String>())
    }
}
