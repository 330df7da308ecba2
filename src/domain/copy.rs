//! Copying: the text, the route it took, and a message that only claims what is known.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};
use zeroize::Zeroizing;

use super::{Clean, CopyFormat, GrantId};

/// Text to copy to a clipboard. Wiped on drop and omitted from debug output.
#[derive(Clone, PartialEq, Eq)]
pub struct CopyText {
    /// The text itself.
    pub text: Zeroizing<String>,
    /// Description for the toast: "the id of google · work@acme.com".
    pub label: Clean,
    /// Kept out of clipboard histories and cleared after some time, where possible.
    pub sensitive: bool,
    /// The ids in it and their format, to count copies in the history.
    pub ids: Option<(Arc<[GrantId]>, CopyFormat)>,
}

/// An id was copied. Does not contain the copied text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdCopy {
    /// The grant whose id was copied.
    pub grant: GrantId,
    /// The format.
    pub format: CopyFormat,
    /// The route.
    pub route: CopyRoute,
    /// When.
    pub at: Timestamp,
}

/// How often an id was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copies {
    /// Number of copies, as far back as the history goes.
    pub times: u32,
    /// The most recent copy.
    pub last: Timestamp,
}

impl CopyText {
    /// A sensitive text. Everything that contains a grant id is sensitive.
    pub fn sensitive(text: impl Into<String>, label: Clean) -> Self {
        Self { text: Zeroizing::new(text.into()), label, sensitive: true, ids: None }
    }

    /// A text that is not sensitive.
    pub fn plain(text: impl Into<String>, label: Clean) -> Self {
        Self { text: Zeroizing::new(text.into()), label, sensitive: false, ids: None }
    }

    /// Records which ids the text contains.
    #[must_use]
    pub fn with_ids(self, ids: impl IntoIterator<Item = GrantId>, format: CopyFormat) -> Self {
        Self { ids: Some((ids.into_iter().collect(), format)), ..self }
    }

    /// Returns the copies to count after this route was taken; none if no clipboard took the text.
    pub fn counted(&self, route: CopyRoute, at: Timestamp) -> Vec<IdCopy> {
        let Some((ids, format)) = self.ids.as_ref().filter(|_| route != CopyRoute::Shown) else {
            return Vec::new();
        };
        ids.iter().map(|grant| IdCopy { grant: *grant, format: *format, route, at }).collect()
    }
}

impl fmt::Debug for CopyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CopyText")
            .field("bytes", &self.text.len())
            .field("label", &self.label)
            .field("sensitive", &self.sensitive)
            .finish_non_exhaustive()
    }
}

/// A way to copy text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum CopyRoute {
    /// The desktop clipboard.
    Native,
    /// The buffer of the surrounding tmux, which forwards it to its terminal if it can.
    Tmux,
    /// An escape sequence that asks the terminal to copy; terminals do not confirm it.
    Osc52,
    /// No clipboard: the text is shown on the screen, to be selected there.
    Shown,
}

impl CopyRoute {
    /// Its stable name.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The copy setting of the user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum CopyChoice {
    /// Choose by the environment.
    #[default]
    Auto,
    /// The desktop clipboard, whatever the environment.
    Native,
    /// The terminal escape sequence.
    Osc52,
    /// No clipboard at all.
    Print,
}

/// The result of a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The route it took.
    pub route: CopyRoute,
    /// Another process read the text back.
    pub verified: bool,
    /// The clipboard is cleared after this time if it still holds the text. `None` = it stays.
    pub clears_after: Option<Duration>,
    /// A further remark: why a better route was not taken, or that the text stays.
    pub note: Option<Clean>,
}

impl Copied {
    /// One sentence without its full stop, for a toast or for standard error.
    pub fn words(&self, label: &Clean) -> String {
        let (claim, mut details) = match self.route {
            CopyRoute::Native => (format!("Copied {label}"), vec!["native clipboard".to_owned()]),
            CopyRoute::Tmux => (format!("Copied {label} to the tmux buffer"), vec![]),
            CopyRoute::Osc52 => {
                (format!("Copied {label} through the terminal"), vec!["OSC 52, unconfirmed".to_owned()])
            }
            CopyRoute::Shown => (format!("Not copied; {label} is shown for selection"), vec![]),
        };
        if self.verified {
            details.push("verified".to_owned());
        }
        if let Some(pause) = self.clears_after {
            details.push(format!("clears in {} s", pause.as_secs_f32().ceil()));
        }
        let details = if details.is_empty() { String::new() } else { format!(" ({})", details.join(", ")) };
        let note = self.note.as_ref().map(|note| format!("; {note}")).unwrap_or_default();
        format!("{claim}{details}{note}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_claim_what_is_known() {
        let label = Clean::from("the id");
        let minute = Some(Duration::from_mins(1));
        let cases = [
            (CopyRoute::Native, true, None, None, "Copied the id (native clipboard, verified)"),
            (
                CopyRoute::Native,
                true,
                minute,
                None,
                "Copied the id (native clipboard, verified, clears in 60 s)",
            ),
            (CopyRoute::Native, false, None, None, "Copied the id (native clipboard)"),
            (CopyRoute::Tmux, false, None, None, "Copied the id to the tmux buffer"),
            (CopyRoute::Tmux, true, None, None, "Copied the id to the tmux buffer (verified)"),
            (
                CopyRoute::Osc52,
                false,
                None,
                Some("the native clipboard did not answer in time"),
                "Copied the id through the terminal (OSC 52, unconfirmed); the native clipboard did not answer in time",
            ),
            (CopyRoute::Shown, false, None, None, "Not copied; the id is shown for selection"),
        ];
        for (route, verified, clears_after, note, want) in cases {
            let copied = Copied { route, verified, clears_after, note: note.map(Clean::from) };
            assert_eq!(copied.words(&label), want);
        }
    }

    #[test]
    fn no_report_shows_the_text() {
        let text = CopyText::sensitive("7c1f0a52", Clean::from("the id"));
        let report = format!("{text:?}");
        assert!(!report.contains("7c1f") && report.contains("the id"), "{report}");
    }

    #[test]
    fn names_are_those_of_the_setting() {
        for (name, choice) in [
            ("auto", CopyChoice::Auto),
            ("native", CopyChoice::Native),
            ("osc52", CopyChoice::Osc52),
            ("print", CopyChoice::Print),
        ] {
            assert_eq!(name.parse(), Ok(choice));
            assert_eq!(<&str>::from(choice), name);
        }
        assert_eq!([CopyRoute::Osc52.name(), CopyRoute::Shown.name()], ["osc52", "shown"]);
    }
}
