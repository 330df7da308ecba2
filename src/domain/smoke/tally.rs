//! Counts verdicts, for the board and for reports.

use strum::{EnumCount, IntoEnumIterator};

use super::{Change, SmokeResult, Standing, Verdict};

/// Upper bounds of the latency classes, in milliseconds; a last class is for everything above.
pub const BOUNDS: [u64; 9] = [50, 100, 200, 350, 500, 1_000, 2_000, 5_000, 10_000];

/// The counts of a run so far. Has a fixed size, independent of the number of grants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    verdicts: [u32; Verdict::COUNT],
    latencies: [u32; BOUNDS.len() + 1],
    /// Grants for which a call was made.
    pub called: u32,
    /// Worked in the previous run, but not in this one.
    pub broke: u32,
    /// Work in this run, but did not in the previous one.
    pub healed: u32,
    /// Have a previous result.
    pub compared: u32,
}

impl Tally {
    /// Adds a result.
    pub fn add(&mut self, result: &SmokeResult) {
        if let Some(count) = self.verdicts.get_mut(result.verdict as usize) {
            *count += 1;
        }
        if let Some(millis) = result.latency_ms {
            let class = BOUNDS.iter().position(|bound| millis <= *bound).unwrap_or(BOUNDS.len());
            if let Some(count) = self.latencies.get_mut(class) {
                *count += 1;
            }
        }
        self.called += u32::from(result.attempts > 0);
        self.compared += u32::from(result.before.is_some());
        match result.change() {
            Some(Change::Broke) => self.broke += 1,
            Some(Change::Healed) => self.healed += 1,
            None => {}
        }
    }

    /// Number of grants with this verdict.
    pub fn count(&self, verdict: Verdict) -> u32 {
        self.verdicts.get(verdict as usize).copied().unwrap_or_default()
    }

    /// The verdicts with non-zero counts, failures first.
    pub fn found(&self) -> impl Iterator<Item = (Verdict, u32)> {
        Verdict::iter().map(|verdict| (verdict, self.count(verdict))).filter(|(_, count)| *count > 0)
    }

    /// Number of grants with this standing.
    pub fn standing(&self, standing: Standing) -> u32 {
        self.found().filter(|(verdict, _)| verdict.standing() == standing).map(|(_, count)| count).sum()
    }

    /// Number of grants.
    pub fn total(&self) -> u32 {
        self.verdicts.iter().sum()
    }

    /// Number of answers in each class of [`BOUNDS`], and above the last one.
    pub fn latencies(&self) -> [u32; BOUNDS.len() + 1] {
        self.latencies
    }

    /// One line without a full stop: "3 of 40 fail: 2 reconnect, 1 scopes; 1 approval; 36 work".
    pub fn sentence(&self) -> String {
        let (failing, untold) = (self.standing(Standing::Failing), self.standing(Standing::Untold));
        let list = |standing: Standing| {
            let those = self.found().filter(|(verdict, _)| verdict.standing() == standing);
            those.map(|(verdict, count)| format!("{count} {}", verdict.word())).collect::<Vec<_>>().join(", ")
        };
        let mut parts = Vec::new();
        if failing > 0 {
            parts.push(format!("{failing} of {} fail: {}", self.total(), list(Standing::Failing)));
        }
        if untold > 0 {
            parts.push(list(Standing::Untold));
        }
        let fine = self.standing(Standing::Fine);
        parts.push(match (fine, self.count(Verdict::WorksBut)) {
            (fine, _) if fine == self.total() && fine == 0 => "nothing was tested".to_owned(),
            (1, 0) => "1 works".to_owned(),
            (fine, 0) => format!("{fine} work"),
            (fine, caveat) => format!("{fine} work, {caveat} with a warning"),
        });
        parts.join("; ")
    }
}

#[cfg(test)]
#[path = "tally_tests.rs"]
mod tests;
