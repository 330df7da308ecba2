//! When a key may answer a question. A key that was pressed before the question could be read, came in the same burst
//! as the one that opened it, or is held down, never answers.

use super::input::Key;
use crate::domain::Now;

/// How long a question is shown before a key answers it, and how long no key may have come, in milliseconds: less than
/// anybody needs to read it, more than a bouncing key or a burst takes.
const READING: u64 = 250;
/// A key that comes again within this time may be held down: the longest usual delay before keys repeat.
const HELD: u64 = 1_000;
/// Keys that follow each other faster than anybody types were not typed.
const BURST: u64 = 30;

/// What is said to a key that came too soon.
pub(super) const TOO_FAST: &str = "Too fast: read the question, then press the key again.";

/// The last two keys or pastes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Presses {
    last: Option<Press>,
    before: Option<Press>,
}

/// A key or a paste that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Press {
    /// None where a text was pasted.
    key: Option<Key>,
    /// When it came, in [`Now::millis`].
    at: u64,
    /// Nothing else came with it, and it is no repeat.
    alone: bool,
}

impl Presses {
    /// A key came that continues no chord.
    pub(super) fn add(&mut self, key: Key, alone: bool, now: Now) {
        self.before = self.last.replace(Press { key: Some(key), at: now.millis, alone });
    }

    /// A text was pasted: what follows it at once was not typed.
    pub(super) fn paste(&mut self, now: Now) {
        self.before = self.last.replace(Press { key: None, at: now.millis, alone: false });
    }
}

/// What kind of answer a question takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// One key.
    Key,
    /// A name that is typed, then a key.
    Typed,
}

impl Answer {
    /// How long no key may have come before the one that answers.
    fn pause(self) -> u64 {
        match self {
            Self::Key => READING,
            Self::Typed => BURST,
        }
    }
}

/// Whether the key that came last may answer a question that is shown since `asked`.
pub(super) fn may_answer(answer: Answer, asked: Option<u64>, presses: Presses) -> bool {
    let (Some(asked), Some(last)) = (asked, presses.last) else { return false };
    let pause = |before: Press| {
        last.at.saturating_sub(before.at) >= if before.key == last.key { HELD } else { answer.pause() }
    };
    last.alone && last.at.saturating_sub(asked) >= READING && presses.before.is_none_or(pause)
}

/// From when on a key may answer, in [`Now::millis`], as far as that is known before the key.
pub(super) fn opens_at(answer: Answer, asked: Option<u64>, presses: Presses) -> Option<u64> {
    let typed = presses.last.map_or(0, |last| last.at + answer.pause());
    asked.map(|asked| typed.max(asked + READING))
}

/// Whether the question on top can be answered now.
pub(super) fn is_open(presses: Presses, answer: Answer, asked: Option<u64>, now: Now) -> bool {
    opens_at(answer, asked, presses).is_some_and(|at| at <= now.millis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::input::KeyCode;

    const ENTER: Key = Key::plain(KeyCode::Enter);
    const Y: Key = Key::char('y');

    #[test]
    fn a_key_answers_only_what_could_be_read_before_it_came() {
        for (answer, asked, before, last, want) in [
            (Answer::Key, 1_000, (ENTER, 1_000), (Y, 1_250), true),
            (Answer::Key, 1_000, (ENTER, 1_000), (Y, 1_249), false),
            (Answer::Key, 1_000, (ENTER, 1_000), (Y, 1_000), false),
            // A burst that came after the question.
            (Answer::Key, 1_000, (ENTER, 5_000), (Y, 5_010), false),
            // The key was down before, or is held.
            (Answer::Key, 1_000, (Y, 1_000), (Y, 1_660), false),
            (Answer::Key, 1_000, (Y, 5_000), (Y, 5_030), false),
            (Answer::Key, 1_000, (Y, 1_000), (Y, 2_000), true),
            // A question that came late, over keys that were meant for something else.
            (Answer::Key, 4_900, (ENTER, 1_000), (Y, 5_000), false),
            (Answer::Typed, 1_000, (Key::char('e'), 2_000), (ENTER, 2_060), true),
            (Answer::Typed, 1_000, (Key::char('e'), 2_000), (ENTER, 2_001), false),
            (Answer::Typed, 1_000, (Key::char('e'), 1_050), (ENTER, 1_100), false),
        ] {
            let [before, last] =
                [before, last].map(|(key, at)| Some(Press { key: Some(key), at, alone: true }));
            let presses = Presses { last, before };
            assert_eq!(may_answer(answer, Some(asked), presses), want, "{answer:?} {before:?} {last:?}");
        }
        let yes = Press { key: Some(Y), at: 9_000, alone: true };
        let presses = Presses { last: Some(yes), before: None };
        assert!(may_answer(Answer::Key, Some(1_000), presses));
        let burst = Presses { last: Some(Press { alone: false, ..yes }), before: None };
        assert!(!may_answer(Answer::Key, Some(1_000), burst), "it came with others");
        assert!(!may_answer(Answer::Typed, Some(1_000), burst), "it came with others");
        for (pasted, want) in [(8_999, false), (8_000, true)] {
            let before = Some(Press { key: None, at: pasted, alone: false });
            assert_eq!(may_answer(Answer::Key, Some(1_000), Presses { last: Some(yes), before }), want);
        }
        assert!(!may_answer(Answer::Key, None, presses), "nothing was asked");
        assert!(!may_answer(Answer::Key, Some(1_000), Presses::default()), "no key came");
    }
}
