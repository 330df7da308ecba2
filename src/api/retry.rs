//! When to retry: a pure rule (docs/protocol/errors.md, column Retry; docs/protocol/transport.md section 7).

use std::time::Duration;

use crate::domain::Retry;

/// Limits for retrying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Attempts in total, including the first.
    pub attempts: u32,
    /// The pause after the first failure; doubled after each further one.
    pub first_pause: Duration,
    /// The longest pause chosen by this program.
    pub longest_pause: Duration,
    /// The longest pause to accept from the backend; a longer one is left to the user.
    pub patience: Duration,
    /// Limit for the sum of all pauses.
    pub deadline: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(8),
            patience: Duration::from_secs(90),
            deadline: Duration::from_mins(3),
        }
    }
}

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Retry after this pause.
    Wait(Duration),
    /// Give up.
    Stop(Why),
}

/// Why to give up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Retrying cannot help.
    Final,
    /// The call may have happened, and repeating it is not safe.
    NotSafe,
    /// No attempts left.
    Attempts,
    /// The backend asks for too long a pause.
    TooLong,
    /// The limit for pauses is reached.
    Deadline,
}

/// Decides after failed attempt number `attempt` (from 1), when pauses of `waited` in total have passed. `idempotent`:
/// sending the request twice has the same effect as once.
pub fn next(policy: &Policy, attempt: u32, outcome: &Retry, idempotent: bool, waited: Duration) -> Next {
    let asked = match outcome {
        Retry::Later(asked) => *asked,
        Retry::AfterRemedy | Retry::No => return Next::Stop(Why::Final),
        Retry::Unsafe => return Next::Stop(Why::NotSafe),
    };
    if !idempotent {
        return Next::Stop(Why::NotSafe);
    }
    if attempt >= policy.attempts {
        return Next::Stop(Why::Attempts);
    }
    if asked.is_some_and(|asked| asked > policy.patience) {
        return Next::Stop(Why::TooLong);
    }
    let doubled = policy.first_pause.saturating_mul(1 << attempt.saturating_sub(1).min(16));
    // Never retry earlier than the backend asked.
    let pause = asked.unwrap_or_default().max(doubled.min(policy.longest_pause));
    if waited.saturating_add(pause) > policy.deadline {
        return Next::Stop(Why::Deadline);
    }
    Next::Wait(pause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn retry() -> impl Strategy<Value = Retry> {
        prop_oneof![
            Just(Retry::No),
            Just(Retry::AfterRemedy),
            Just(Retry::Unsafe),
            Just(Retry::Later(None)),
            (0..200_000u64).prop_map(|millis| Retry::Later(Some(Duration::from_millis(millis)))),
        ]
    }

    fn policy() -> impl Strategy<Value = Policy> {
        (1..10u32, 1..5000u64, 1..20_000u64, 0..200_000u64, 0..500_000u64).prop_map(
            |(attempts, first, longest, patience, deadline)| Policy {
                attempts,
                first_pause: Duration::from_millis(first),
                longest_pause: Duration::from_millis(longest),
                patience: Duration::from_millis(patience),
                deadline: Duration::from_millis(deadline),
            },
        )
    }

    proptest! {
        #[test]
        fn a_wait_is_never_too_early_too_long_or_in_vain(
            policy in policy(), attempt in 1..u32::MAX, outcome in retry(), idempotent: bool, waited in 0..600_000u64,
        ) {
            let waited = Duration::from_millis(waited);
            if let Next::Wait(pause) = next(&policy, attempt, &outcome, idempotent, waited) {
                let Retry::Later(asked) = outcome else { return Err(TestCaseError::fail("final")) };
                prop_assert!(idempotent && attempt < policy.attempts);
                prop_assert!(asked.is_none_or(|asked| pause >= asked && asked <= policy.patience));
                prop_assert!(pause <= policy.longest_pause.max(policy.patience));
                prop_assert!(waited + pause <= policy.deadline);
            }
        }

        #[test]
        fn every_run_ends_within_its_bounds(policy in policy(), outcomes in prop::collection::vec(retry(), 1..8)) {
            let mut waited = Duration::ZERO;
            let mut attempts = 0;
            for outcome in outcomes.iter().cycle() {
                attempts += 1;
                match next(&policy, attempts, outcome, true, waited) {
                    Next::Wait(pause) => waited += pause,
                    Next::Stop(_) => break,
                }
            }
            prop_assert!(attempts <= policy.attempts);
            prop_assert!(waited <= policy.deadline);
        }

        #[test]
        fn pauses_of_our_own_only_grow(policy in policy(), attempt in 1..100u32) {
            let patient = Policy { attempts: 200, deadline: Duration::MAX, ..policy };
            let pause = |attempt| next(&patient, attempt, &Retry::Later(None), true, Duration::ZERO);
            let (Next::Wait(one), Next::Wait(two)) = (pause(attempt), pause(attempt + 1)) else {
                return Err(TestCaseError::fail("stopped"));
            };
            prop_assert!(one <= two);
        }
    }

    #[test]
    fn each_reason_to_stop() {
        let policy = Policy::default();
        let later = |seconds| Retry::Later(Some(Duration::from_secs(seconds)));
        let none = Duration::ZERO;
        for (attempt, outcome, idempotent, waited, want) in [
            (1, Retry::No, true, none, Why::Final),
            (1, Retry::AfterRemedy, true, none, Why::Final),
            (1, later(1), false, none, Why::NotSafe),
            (1, Retry::Unsafe, true, none, Why::NotSafe),
            (4, later(1), true, none, Why::Attempts),
            (1, later(91), true, none, Why::TooLong),
            (1, later(60), true, Duration::from_secs(130), Why::Deadline),
        ] {
            assert_eq!(next(&policy, attempt, &outcome, idempotent, waited), Next::Stop(want));
        }
    }
}
