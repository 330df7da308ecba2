//! Moving: what each motion means, in every list and every text.

use super::action::Motion;

/// A way that is longer than any list, and still far from overflowing.
const TO_THE_END: isize = isize::MAX / 2;

impl Motion {
    /// By how many lines it moves where `page` of them are in sight.
    pub(crate) fn lines(self, page: usize) -> isize {
        let page = page.max(1).cast_signed();
        let half = (page / 2).max(1);
        match self {
            Self::Up => -1,
            Self::Down => 1,
            Self::HalfPageUp => -half,
            Self::HalfPageDown => half,
            Self::PageUp | Self::PreviousPage => -page,
            Self::PageDown | Self::NextPage => page,
            Self::Top => -TO_THE_END,
            Self::Bottom => TO_THE_END,
        }
    }

    /// Where it leads from a place, at most to the last one.
    pub(crate) fn from(self, at: usize, last: usize, page: usize) -> usize {
        at.min(last).saturating_add_signed(self.lines(page)).min(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_motion_stays_between_the_ends_and_always_moves() {
        for (motion, at, page, want) in [
            (Motion::Up, 5, 10, 4),
            (Motion::Up, 0, 10, 0),
            (Motion::Down, 99, 10, 99),
            (Motion::HalfPageDown, 5, 9, 9),
            (Motion::HalfPageDown, 5, 0, 6),
            (Motion::HalfPageUp, 5, 1, 4),
            (Motion::PageUp, 15, 10, 5),
            (Motion::PreviousPage, 5, 10, 0),
            (Motion::NextPage, 5, 10, 15),
            (Motion::PageDown, 95, 10, 99),
            (Motion::Top, 50, 10, 0),
            (Motion::Bottom, 50, 10, 99),
            // What is scrolled past the end begins there.
            (Motion::Up, 500, 10, 98),
        ] {
            assert_eq!(motion.from(at, 99, page), want, "{motion} from {at} by pages of {page}");
        }
    }
}
