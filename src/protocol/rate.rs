//! The rate budget in an answer's headers (docs/protocol/transport.md section 7).

use jiff::Timestamp;

use crate::domain::Budget;

/// The latest reset that is accepted: the end of the year 9999.
const LATEST: u64 = 253_402_300_799;

/// The backend's clock, from an answer's `Date`.
pub fn clock(date: &str) -> Option<Timestamp> {
    Some(jiff::fmt::rfc2822::parse(date).ok()?.timestamp())
}

/// Parses the budget from an answer's headers. `header` looks up a header by its lower-case name; `now` is in Unix
/// seconds, by the backend's clock if known. `None` = unknown, never unlimited.
pub fn read<'a>(header: impl Fn(&str) -> Option<&'a str>, now: u64) -> Option<Budget> {
    let number = |name: &str| header(name).and_then(digits);
    let legacy = || {
        let budget = Budget {
            limit: number("x-ratelimit-limit")?,
            remaining: number("x-ratelimit-remaining")?,
            reset: number("x-ratelimit-reset")?,
        };
        (budget.reset <= LATEST).then_some(budget)
    };
    legacy().or_else(|| standard(header("ratelimit-policy")?, header("ratelimit")?, now))
}

fn standard(policies: &str, limits: &str, now: u64) -> Option<Budget> {
    let policies: Vec<Item<'_>> = policies.split(',').filter_map(Item::parse).collect();
    limits.split(',').filter_map(Item::parse).find_map(|item| {
        let policy = policies.iter().rev().find(|policy| policy.name == item.name)?;
        let budget = Budget {
            limit: policy.parameter("q")?,
            remaining: item.parameter("r")?,
            reset: now.checked_add(item.parameter("t")?)?,
        };
        (budget.reset <= LATEST).then_some(budget)
    })
}

/// `"name";key=digits;…`
struct Item<'a> {
    name: &'a str,
    parameters: Vec<(&'a str, u64)>,
}

impl<'a> Item<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let name = parts.next()?.strip_prefix('"')?.strip_suffix('"')?;
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':' | b'-');
        if !(1..=64).contains(&name.len()) || !name.bytes().all(legal) {
            return None;
        }
        let parameters = parts
            .map(|part| {
                let (key, value) = part.split_once('=')?;
                let lower = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase());
                Some((key, digits(value).filter(|_| lower)?))
            })
            .collect::<Option<Vec<_>>>()?;
        Some(Self { name, parameters })
    }

    fn parameter(&self, key: &str) -> Option<u64> {
        self.parameters.iter().rev().find(|(known, _)| *known == key).map(|(_, value)| *value)
    }
}

/// ASCII digits, with surrounding whitespace and leading zeros, at most 12 significant ones.
fn digits(text: &str) -> Option<u64> {
    let text = text.trim_matches([' ', '\t']);
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let significant = text.trim_start_matches('0');
    if significant.len() > 12 {
        return None;
    }
    if significant.is_empty() { Some(0) } else { significant.parse().ok() }
}
