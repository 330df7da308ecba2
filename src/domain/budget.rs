//! The rate budget, as the backend last told it (protocol: transport.md section 7).

/// A reading of the rate limit headers. No reading = unknown, never unlimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Requests allowed in the window.
    pub limit: u64,
    /// Requests left in it.
    pub remaining: u64,
    /// When the window resets, Unix seconds.
    pub reset: u64,
}

impl Budget {
    /// How many requests background work may still spend: three quarters of the limit, the last quarter stays
    /// the user's.
    pub fn for_background(&self) -> u64 {
        self.remaining.saturating_sub(self.limit.div_ceil(4))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn background_leaves_a_quarter() {
        for (limit, remaining, want) in
            [(1000, 942, 692), (60, 15, 0), (60, 16, 1), (60, 3, 0), (0, 0, 0), (1, 1, 0)]
        {
            assert_eq!(
                Budget { limit, remaining, reset: 0 }.for_background(),
                want,
                "{remaining} of {limit}"
            );
        }
    }
}
