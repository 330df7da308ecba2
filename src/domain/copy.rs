//! Copying: what is copied, which way it went, and the sentence that says so without claiming too much.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};
use zeroize::Zeroizing;

use super::{Clean, CopyFormat, GrantId};

/// A text on its way to a clipboard. It is wiped when dropped, and no report shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct CopyText {
    /// The text itself, as the target is to get it.
    pub text: Zeroizing<String>,
    /// What it is, for the toast: "the id of google · work@acme.com".
    pub label: Clean,
    /// Kept out of clipboard histories and cleared after a time, where that is possible.
    pub sensitive: bool,
    /// The ids in it, where it was made of ids; they are counted in the history.
    pub ids: Option<(Arc<[GrantId]>, CopyFormat)>,
}

/// An id was copied. What was copied is not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdCopy {
    /// Whose id.
    pub grant: GrantId,
    /// In which format.
    pub format: CopyFormat,
    /// Which way it went.
    pub route: CopyRoute,
    /// When.
    pub at: Timestamp,
}

/// How often an id was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copies {
    /// So often, as far back as the history reaches.
    pub times: u32,
    /// The last time.
    pub last: Timestamp,
}

impl CopyText {
    /// A text that is sensitive, as everything with a grant's id in it is.
    pub fn sensitive(text: impl Into<String>, label: Clean) -> Self {
        Self { text: Zeroizing::new(text.into()), label, sensitive: true, ids: None }
    }

    /// A text that anybody may see.
    pub fn plain(text: impl Into<String>, label: Clean) -> Self {
        Self { text: Zeroizing::new(text.into()), label, sensitive: false, ids: None }
    }

    /// The same text, which was made of these ids.
    #[must_use]
    pub fn of(self, ids: impl IntoIterator<Item = GrantId>, format: CopyFormat) -> Self {
        Self { ids: Some((ids.into_iter().collect(), format)), ..self }
    }

    /// What is to be counted once it went this way; nothing where no clipboard took it.
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

/// A way to a clipboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum CopyRoute {
    /// The clipboard of the desktop.
    Native,
    /// The buffer of the tmux around us, which hands it on to its terminal where it can.
    Tmux,
    /// A sequence that asks the terminal to copy; no terminal says whether it did.
    Osc52,
    /// No clipboard: the text is put on the screen, to be selected there.
    Shown,
}

impl CopyRoute {
    /// Its name.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Which ways the user wants to be tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum CopyChoice {
    /// Whatever fits the surroundings.
    #[default]
    Auto,
    /// The desktop's clipboard, whatever the surroundings look like.
    Native,
    /// The terminal's sequence.
    Osc52,
    /// No clipboard at all.
    Print,
}

/// How a copy went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The way it went.
    pub route: CopyRoute,
    /// Another process found the text there.
    pub verified: bool,
    /// It is cleared after this time, if it is still there then. None = it stays.
    pub clears_after: Option<Duration>,
    /// What the user should know beside that: why a better way was not taken, or that the text stays.
    pub note: Option<Clean>,
}

impl Copied {
    /// One sentence without its period, for a toast or a line on standard error.
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
