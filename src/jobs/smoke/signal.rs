//! What the outcome of a probe says about Alter and the provider's host, apart from the grant: pure.

use std::time::Duration;

use crate::domain::smoke::{Judged, Verdict};
use crate::domain::{CallReport, Code, Diagnosis, Retry, Who};
use crate::protocol::rate;

/// The pause if a provider asks for one without saying how long.
const DEFAULT_PAUSE: Duration = Duration::from_secs(30);

/// What a probe's outcome says about Alter and the provider's host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// Both work.
    Fine,
    /// The provider asks for a pause.
    HostSlow(Duration),
    /// The provider failed.
    HostFailed,
    /// Alter, or something in front of it, asks for a pause; the probe was not carried out.
    AlterSlow(Duration),
    /// Alter failed, or could not be reached.
    AlterFailed,
    /// A timeout: it could be either.
    NobodyAnswered,
}

/// The signal of a provider's answer.
pub(super) fn of_report(report: &CallReport, verdict: Verdict) -> Signal {
    match verdict {
        Verdict::RateLimited => Signal::HostSlow(retry_after(report)),
        Verdict::ProviderDown => Signal::HostFailed,
        _ => Signal::Fine,
    }
}

/// `Retry-After`: seconds, or a date by the provider's own clock (RFC 9110 section 10.2.3).
fn retry_after(report: &CallReport) -> Duration {
    let answer = &report.answer;
    let Some(text) = answer.header("retry-after").map(str::trim) else { return DEFAULT_PAUSE };
    if let Ok(seconds) = text.parse() {
        return Duration::from_secs(seconds);
    }
    let dates = rate::clock(text).zip(answer.header("date").and_then(rate::clock));
    dates.and_then(|(then, now)| Duration::try_from(then.duration_since(now)).ok()).unwrap_or(DEFAULT_PAUSE)
}

/// The signal of a call without a provider's answer.
pub(super) fn of_failure(failure: &Diagnosis, judged: &Judged, attempts: u32) -> Signal {
    let asked = match failure.retry {
        Retry::Later(asked) => asked,
        Retry::AfterRemedy | Retry::No | Retry::Unsafe => None,
    };
    let backing_off = || Duration::from_secs(2 << attempts.min(5));
    match failure.code {
        Code::RateLimitExceeded | Code::ThrottledOnTheWay => {
            Signal::AlterSlow(asked.unwrap_or_else(backing_off))
        }
        // The service says when it will be back.
        Code::ServiceUnavailable if asked.is_some() => Signal::AlterSlow(asked.unwrap_or_default()),
        Code::TimedOut => Signal::NobodyAnswered,
        // Alter was reached; the host was not.
        Code::ProviderUnreachable => Signal::HostFailed,
        _ if judged.verdict == Verdict::ProviderDown => Signal::HostFailed,
        _ if failure.who == Who::Network || failure.retry == Retry::Later(None) => Signal::AlterFailed,
        _ => Signal::Fine,
    }
}

/// Whether a retry can help. It is always safe: a probe only reads.
pub(super) fn should_retry(signal: &Signal, attempts: u32) -> bool {
    match signal {
        Signal::Fine | Signal::NobodyAnswered => false,
        Signal::HostFailed => attempts < 2,
        Signal::AlterFailed | Signal::HostSlow(_) => attempts < 3,
        // It was not carried out, so attempts are cheap.
        Signal::AlterSlow(_) => attempts < 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Mode, ProviderAnswer};

    fn report(headers: &[(&str, &str)]) -> CallReport {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        CallReport {
            mode: Mode::Proxy,
            alter_status: 200,
            answer: ProviderAnswer::new(429, headers, ""),
            first_byte: None,
            elapsed: Duration::ZERO,
        }
    }

    #[test]
    fn a_provider_says_how_long_in_seconds_or_by_its_own_clock() {
        let date = ("Date", "Thu, 01 Jan 2026 00:00:00 GMT");
        for (headers, seconds) in [
            (&[("Retry-After", "7")][..], 7),
            (&[("retry-after", " 0 ")], 0),
            (&[("Retry-After", "Thu, 01 Jan 2026 00:01:40 GMT"), date], 100),
            (&[("Retry-After", "Wed, 31 Dec 2025 00:01:40 GMT"), date], 30),
            (&[("Retry-After", "Thu, 01 Jan 2026 00:01:40 GMT")], 30),
            (&[("Retry-After", "soon")], 30),
            (&[], 30),
        ] {
            let want = Signal::HostSlow(Duration::from_secs(seconds));
            assert_eq!(of_report(&report(headers), Verdict::RateLimited), want, "{headers:?}");
        }
        assert_eq!(of_report(&report(&[]), Verdict::ProviderDown), Signal::HostFailed);
        assert_eq!(of_report(&report(&[]), Verdict::NeedsReconnect), Signal::Fine);
    }

    #[test]
    fn only_what_is_reported_retryable_is_tried_again() {
        let reported = Some(Duration::from_secs(9));
        for (code, who, retry, want) in [
            (
                Code::RateLimitExceeded,
                Who::Alter,
                Retry::Later(reported),
                Signal::AlterSlow(Duration::from_secs(9)),
            ),
            (
                Code::ThrottledOnTheWay,
                Who::Network,
                Retry::Later(None),
                Signal::AlterSlow(Duration::from_secs(4)),
            ),
            (
                Code::ServiceUnavailable,
                Who::Alter,
                Retry::Later(reported),
                Signal::AlterSlow(Duration::from_secs(9)),
            ),
            (Code::ServiceUnavailable, Who::Alter, Retry::Later(None), Signal::AlterFailed),
            (Code::BadGateway, Who::Alter, Retry::Later(None), Signal::AlterFailed),
            (Code::ConnectionLost, Who::Network, Retry::Later(None), Signal::AlterFailed),
            (Code::TimedOut, Who::Network, Retry::Later(None), Signal::NobodyAnswered),
            // Windows of a policy may last a month, and are specific to the grant.
            (Code::QuotaExceeded, Who::Alter, Retry::Later(reported), Signal::Fine),
            (Code::GrantRevoked, Who::Alter, Retry::AfterRemedy, Signal::Fine),
            (Code::PolicyViolation, Who::Alter, Retry::AfterRemedy, Signal::Fine),
        ] {
            let failure = Diagnosis::new(code, who, retry);
            let judged = crate::domain::smoke::of_failure(&failure).unwrap();
            let signal = of_failure(&failure, &judged, 1);
            assert_eq!(signal, want, "{code}");
            assert_eq!(should_retry(&signal, 1), !matches!(want, Signal::Fine | Signal::NobodyAnswered));
            assert!(!should_retry(&signal, 6), "not for ever");
        }
    }
}
