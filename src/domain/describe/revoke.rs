//! Describes a revocation: before the confirmation, and for each grant afterwards.

use std::collections::HashSet;
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};

use super::{Entry, Section, Span, Tone};
use crate::revoke::{Reach, RevokeOutcome, RevokePlan, RevokeTally, RevokeTarget, name};
use crate::smoke::Verdict;
use crate::words::{count, counted, relative};
use crate::{Clean, Grant, GrantId, Health, Moment, Reference, WritePolicy};

/// The warning that a revocation is final.
pub const FOR_GOOD: &str = "This cannot be undone: access can come back by consent, under a new id.";

/// The same, once it is done.
pub const COMES_BACK: &str = "Access can come back by consent, under a new id.";

/// A grant that was used within this time is probably in use.
const IN_USE: SignedDuration = SignedDuration::from_mins(15);

/// Context about the targets, in addition to the list.
pub trait Surroundings {
    /// The name of an agent.
    fn agent(&self, id: &Reference) -> String;
    /// Its last smoke verdict.
    fn verdict(&self, id: GrantId) -> Option<Verdict>;
    /// Files in the user's project that contain its id.
    fn files(&self, id: GrantId) -> &[PathBuf];
    /// Whether names of files are hidden.
    fn hides(&self) -> bool {
        false
    }
}

/// Describes the plan: what ends, and what else it affects. At most `most` targets are described; the rest is
/// counted.
pub fn plan(plan: &RevokePlan, known: &dyn Surroundings, most: usize, now: Timestamp) -> Section {
    let mut section = Section::new();
    if plan.targets.len() > 1 {
        section.push(Entry::line(totals(plan, now), Tone::Plain));
    }
    for target in plan.targets.iter().take(most) {
        section.extend(about(target, known, now));
    }
    let more = plan.targets.len().saturating_sub(most);
    if more > 0 {
        section.push(Entry::line(format!("and {}", counted(more as u64, "more grant")), Tone::Plain));
    }
    if !plan.gone.is_empty() {
        let gone = counted(plan.gone.len() as u64, "grant");
        section.push(Entry::line(format!("{gone} gone already: nothing to do"), Tone::Dim));
    }
    if let Some(reason) = &plan.reason {
        section.push(Entry::field("Reason", Clean::line(reason).as_str(), Tone::Plain));
    }
    if !plan.targets.is_empty() {
        section.push(Entry::line(FOR_GOOD, Tone::Strong));
    }
    section
}

/// The question at the end of the plan.
pub fn question(plan: &RevokePlan) -> String {
    match plan.targets.as_slice() {
        [one] => format!("Revoke {}?", name(&one.grant)),
        several => format!("Revoke {}?", counted(several.len() as u64, "grant")),
    }
}

/// The profile and backend that are about to be changed.
pub fn place(write_policy: &WritePolicy, host: &str) -> Entry {
    let profile =
        write_policy.profile.as_deref().map(|profile| format!(" · profile {}", Clean::line(profile)));
    let text = format!("{}{}", Clean::line(host), profile.unwrap_or_default());
    let mut spans = vec![Span::new(text, Tone::Dim)];
    if write_policy.production {
        spans.push(Span::new("  PRODUCTION", Tone::Bad));
    }
    Entry::Line(spans)
}

/// What a plan with several grants affects in total, on one line.
pub fn totals(plan: &RevokePlan, now: Timestamp) -> String {
    let targets = &plan.targets;
    let mut agents = HashSet::new();
    let (mut children, mut siblings) = (HashSet::<GrantId>::new(), HashSet::<GrantId>::new());
    for reach in targets.iter().map(|target| &target.reach) {
        agents.extend(&reach.agents);
        children.extend(&reach.children);
        siblings.extend(&reach.siblings);
    }
    for id in targets.iter().map(|target| target.id) {
        children.remove(&id);
        siblings.remove(&id);
    }
    let used = targets.iter().filter(|target| is_in_use(&target.grant, now)).count();
    let mut parts = vec![counted(targets.len() as u64, "grant")];
    for (number, words) in [
        (used, "probably in use"),
        (agents.len(), if agents.len() == 1 { "agent loses access" } else { "agents lose access" }),
        (children.len(), if children.len() == 1 { "more ends with them" } else { "more end with them" }),
        (siblings.len(), if siblings.len() == 1 { "sibling" } else { "siblings" }),
    ] {
        if number > 0 {
            parts.push(format!("{} {words}", count(number as u64)));
        }
    }
    parts.join(" · ")
}

/// What a grant affects, in a few words; empty if nothing else.
pub fn brief(reach: &Reach) -> String {
    let parts =
        [(reach.agents.len(), "agent"), (reach.children.len(), "below"), (reach.siblings.len(), "sibling")];
    let parts = parts.into_iter().filter(|(number, _)| *number > 0).map(|(number, word)| match word {
        "below" => format!("{} below", count(number as u64)),
        word => counted(number as u64, word),
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// A grant on one line: its name, the start of its id, its health.
pub fn headline(grant: &Grant, id: GrantId, now: Timestamp) -> Entry {
    let health = Health::of(grant, now);
    Entry::Line(vec![
        Span::new(format!("{} ", health.sign()), health.into()),
        Span::new(name(grant).to_string(), Tone::Strong),
        Span::new(format!("  {id}  {}", health.word()), Tone::Dim),
    ])
}

fn about(target: &RevokeTarget, known: &dyn Surroundings, now: Timestamp) -> Section {
    let mut section = vec![headline(&target.grant, target.id, now)];
    section.extend(effects(target, known, now));
    section
}

/// Describes what the end of a grant affects.
pub fn effects(target: &RevokeTarget, known: &dyn Surroundings, now: Timestamp) -> Section {
    let mut section = vec![Entry::field("Last used", last_used(&target.grant, now), Tone::Plain)];
    if let Some(verdict) = known.verdict(target.id) {
        section.push(Entry::field("Last test", verdict.name().replace('_', " "), verdict.into()));
    }
    let reach = &target.reach;
    if !reach.agents.is_empty() {
        let names: Vec<String> = reach.agents.iter().map(|agent| known.agent(agent)).collect();
        let verb = if names.len() == 1 { "loses" } else { "lose" };
        section.push(Entry::field("Agents", format!("{} {verb} access", names.join(", ")), Tone::Plain));
    }
    if !reach.children.is_empty() {
        let below = counted(reach.children.len() as u64, "delegated grant");
        let verb = if reach.children.len() == 1 { "ends" } else { "end" };
        section.push(Entry::field("Below", format!("{below} {verb} with it"), Tone::Plain));
    }
    if !reach.siblings.is_empty() {
        let siblings = counted(reach.siblings.len() as u64, "other grant");
        let text = format!("{siblings} on the same credential: whether they survive is not known");
        section.push(Entry::field("Siblings", text, Tone::Soon));
    }
    let files = known.files(target.id);
    if !files.is_empty() {
        let names: Vec<String> =
            files.iter().map(|file| Clean::line(&file.to_string_lossy()).to_string()).collect();
        let verb = if files.len() == 1 { "holds" } else { "hold" };
        let text = if known.hides() {
            format!("{} {verb} this id", counted(files.len() as u64, "file"))
        } else {
            format!("{} {verb} this id", names.join(", "))
        };
        section.push(Entry::field("Files", text, Tone::Soon));
    }
    section
}

/// Whether a grant was used so recently that it is probably in use.
pub fn is_in_use(grant: &Grant, now: Timestamp) -> bool {
    let used = grant.last_used_at.as_ref().and_then(Moment::at);
    used.is_some_and(|at| now.duration_since(at) < IN_USE)
}

/// When a grant was last used, and whether that means that it is in use.
pub fn last_used(grant: &Grant, now: Timestamp) -> String {
    match grant.last_used_at.as_ref() {
        None => "never".to_owned(),
        Some(moment) => match moment.at() {
            Some(at) if is_in_use(grant, now) => format!("{}: probably in use", relative(at, now)),
            Some(at) => relative(at, now),
            None => moment_text(moment),
        },
    }
}

fn moment_text(moment: &Moment) -> String {
    moment.brief().to_string()
}

/// The outcome for a grant, in a few words.
pub fn outcome(outcome: &RevokeOutcome) -> String {
    match outcome {
        RevokeOutcome::Revoked { .. } => "revoked".to_owned(),
        RevokeOutcome::RevokedByList => "revoked (the answer was lost; the list says so)".to_owned(),
        RevokeOutcome::Gone => "gone already".to_owned(),
        RevokeOutcome::Failed(why) => format!("not revoked: {}", why.headline()),
        RevokeOutcome::Uncertain(why) => {
            format!("uncertain: {} It may have been revoked; check the list.", why.headline())
        }
        RevokeOutcome::NotTried => "not tried".to_owned(),
    }
}

/// The outcome for all of them, in one sentence.
pub fn summary(tally: RevokeTally) -> String {
    let mut parts = vec![format!("{} revoked", tally.revoked)];
    for (count, word) in [
        (tally.gone, "gone already"),
        (tally.failed, "failed"),
        (tally.uncertain, "uncertain"),
        (tally.left, "not tried"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::RowId;

    struct Nothing;

    impl Surroundings for Nothing {
        fn agent(&self, id: &Reference) -> String {
            Clean::line(&id.to_string()).to_string()
        }
        fn verdict(&self, _: GrantId) -> Option<Verdict> {
            Some(Verdict::Works)
        }
        fn files(&self, _: GrantId) -> &[PathBuf] {
            &[]
        }
    }

    fn text(section: &[Entry]) -> String {
        let spans = |spans: &[Span]| spans.iter().map(|span| span.text.as_str()).collect::<String>();
        let line = |entry: &Entry| match entry {
            Entry::Line(line) => spans(line),
            Entry::Field(label, value) => format!("{label}: {}", spans(value)),
            other => format!("{other:?}"),
        };
        section.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_plan_says_what_it_reaches_and_nothing_hostile_gets_through() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        let row = |number: u128| {
            let mut grant = Grant::blank(RowId::Grant(GrantId(Uuid::from_u128(number))));
            grant.provider = "github".into();
            grant.account_identifier = Some("octo\u{1b}[2J".into());
            grant.credential_id = Some(Reference::new("c"));
            grant
        };
        let mut root = row(1);
        root.last_used_at = Some(Moment::new("2026-11-22T09:58:00Z"));
        root.extra_mut().delegated_agent_ids = vec![Reference::new("bot\u{202e}")];
        let child = Grant { parent_grant_id: Some(Reference::Id(Uuid::from_u128(1))), ..row(2) };
        let list = [root, child, row(3)];
        let wanted = [1, 3, 9].map(|number| GrantId(Uuid::from_u128(number)));
        let reason = Some("left\nthe team".to_owned());
        let planned = RevokePlan::new(&wanted, &list, reason, now);
        let text = text(&plan(&planned, &Nothing, 1, now));
        for want in [
            "2 grants · 1 probably in use · 1 agent loses access · 1 more ends with them",
            "● github:octo�[2J  00000000-0000-0000-0000-000000000001  ok",
            "Last used: 2 min ago: probably in use",
            "Last test: works",
            "Agents: bot� loses access",
            "Below: 1 delegated grant ends with it",
            "Siblings: 1 other grant on the same credential: whether they survive is not known",
            "and 1 more grant",
            "1 grant gone already: nothing to do",
            "Reason: left the team",
            FOR_GOOD,
        ] {
            assert!(text.contains(want), "{want}\n{text}");
        }
        assert!(text.chars().all(|character| character == '\n' || !character.is_control()), "{text:?}");
        assert_eq!(question(&planned), "Revoke 2 grants?");
    }
}
