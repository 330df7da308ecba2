//! Agents and end users.

use serde_json::{Map, Value, json};

use super::{Agent, DAY, Grower, HOUR, User, early, uuid, weighted};
use crate::tables::{AgentRow, Provider};

impl Grower {
    pub(super) fn hire_agents(&mut self) {
        let rows: Vec<AgentRow> = std::mem::take(&mut self.people.agent);
        for (position, row) in rows.into_iter().enumerate() {
            let mut scopes = Map::new();
            for name in &row.providers {
                let held = self.providers.provider.iter().find(|provider| *provider.id == **name);
                scopes.insert(name.clone(), held.map_or_else(|| json!([]), default_scopes));
            }
            if !row.secrets.is_empty() {
                scopes.insert("managed_secret_slugs".to_owned(), json!(row.secrets));
            }
            let age = DAY * (20 + 31 * i64::try_from(position).unwrap_or(0)) + self.rng.i64(0..DAY);
            self.agents.push(Agent {
                id: uuid(&mut self.rng),
                name: row.name,
                display_name: row.display_name,
                kind: row.kind,
                status: row.status.unwrap_or_else(|| "active".to_owned()),
                selectors: [row.providers, row.secrets].concat(),
                scopes,
                narrowing: None,
                metadata: Map::new(),
                policy: row.policy.unwrap_or_else(|| json!({})),
                rate_limit_per_minute: row.rate_limit_per_minute,
                version: self.rng.u32(1..6),
                created_at: self.now - age,
                last_used_at: self.rng.bool().then(|| self.now - self.rng.i64(30..HOUR)),
            });
        }
    }

    pub(super) fn meet_users(&mut self, count: usize) {
        for _ in 0..count {
            let user = self.meet_user();
            self.users.push(user);
        }
    }

    fn meet_user(&mut self) -> User {
        let rng = &mut self.rng;
        let script =
            &self.people.script[weighted(rng, self.people.script.iter().map(|script| script.weight))];
        let given = &script.given[rng.usize(..script.given.len())];
        let family = &script.family[rng.usize(..script.family.len())];
        let name = match (script.family_first, script.spaced) {
            (true, true) => format!("{} {}", family.0, given.0),
            (true, false) => format!("{}{}", family.0, given.0),
            (false, _) => format!("{} {}", given.0, family.0),
        };
        // Earlier companies are bigger.
        let company = early(rng, self.people.company.len());
        let handle = format!("{}.{}", given.1, family.1);
        let number = self.users.len();
        // A second person of the same name gets a number, as everywhere.
        let digits = if number < 40 { String::new() } else { number.to_string() };
        User {
            id: uuid(rng),
            name,
            email: format!("{handle}{digits}@{}.example", self.people.company[company].slug),
            subject: format!("usr_{:012x}", rng.u64(..) >> 16),
            handle,
            company,
        }
    }
}

fn default_scopes(provider: &Provider) -> Value {
    provider.scopes().filter(|scope| scope.required || scope.default).map(|scope| json!(scope.name)).collect()
}
