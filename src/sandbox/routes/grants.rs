//! The grant list (docs/protocol/grants.md section 1).

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::faults::Fault;
use crate::grant::{Grant, View};
use crate::keys::Holder;
use crate::message::{Reply, Request};
use crate::seed;
use crate::tamper::Page;
use crate::world::{Caller, World};

/// What the request asks for.
#[derive(Debug)]
struct Wanted {
    limit: u64,
    offset: u64,
    provider_id: Option<String>,
    status: Option<String>,
    account: Option<String>,
    label: Option<String>,
    user: Option<usize>,
}

pub(super) fn list(
    world: &mut World,
    request: &Request,
    caller: Caller,
    now: Timestamp,
    faults: &[Fault],
) -> Reply {
    let now = now.as_second();
    let wanted = match read(world, &request.body, now) {
        Ok(wanted) => wanted,
        Err(refusal) => return *refusal,
    };
    let lag = faults.iter().find_map(|fault| match fault {
        Fault::ListLags(seconds) => Some(i64::from(*seconds)),
        _ => None,
    });
    if let Some(lag) = lag {
        return list_of_the_past(world, &wanted, caller, now, lag, faults);
    }
    let World { grants, order, .. } = world;
    let everything = caller.holder == Holder::App && wanted.is_unfiltered();
    let chosen: Vec<usize> = if everything {
        Vec::new()
    } else {
        let hits =
            |index: &&usize| grants.get(**index).is_some_and(|grant| wanted.takes(grant, caller.holder, now));
        order.iter().filter(hits).copied().collect()
    };
    let rows: &[usize] = if everything { order } else { &chosen };
    let total = rows.len();
    let offset = usize::try_from(wanted.offset).unwrap_or(usize::MAX).min(total);
    let end = offset.saturating_add(usize::try_from(wanted.limit).unwrap_or(usize::MAX)).min(total);
    let items = rows
        .get(offset..end)
        .unwrap_or_default()
        .iter()
        .filter_map(|index| {
            let grant = grants.get_mut(*index)?;
            Some(match caller.holder {
                Holder::App => grant.operator_item(now),
                Holder::Agent(_) => grant.item(View::Agent, now),
            })
        })
        .collect();
    let page = Page {
        items,
        total: i64::try_from(total).unwrap_or(i64::MAX),
        limit: wanted.limit,
        offset: wanted.offset,
        has_more: end < total,
    };
    let mut reply = Reply::bytes(page.write(faults, &mut world.drift));
    reply.delay = world.options.page_latency;
    if faults.contains(&Fault::Shifting) {
        shift(world, now);
    }
    reply
}

/// The page as it was so many seconds ago: what changed since is not seen yet.
fn list_of_the_past(
    world: &mut World,
    wanted: &Wanted,
    caller: Caller,
    now: i64,
    lag: i64,
    faults: &[Fault],
) -> Reply {
    let then = |index: &usize| world.past.at(*index, now - lag, world.grants.get(*index));
    let rows: Vec<&Grant> =
        world.order.iter().filter_map(then).filter(|grant| wanted.takes(grant, caller.holder, now)).collect();
    let (total, size) = (rows.len(), usize::try_from(wanted.limit).unwrap_or(usize::MAX));
    let offset = usize::try_from(wanted.offset).unwrap_or(usize::MAX).min(total);
    let view = if caller.holder == Holder::App { View::Operator } else { View::Agent };
    let items: Vec<_> = rows.iter().skip(offset).take(size).map(|grant| grant.item(view, now)).collect();
    let page = Page {
        has_more: offset + items.len() < total,
        items,
        total: i64::try_from(total).unwrap_or(i64::MAX),
        limit: wanted.limit,
        offset: wanted.offset,
    };
    let mut reply = Reply::bytes(page.write(faults, &mut world.drift));
    reply.delay = world.options.page_latency;
    reply
}

fn read(world: &World, body: &[u8], now: i64) -> Result<Wanted, Box<Reply>> {
    let fields = match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => fields,
        Ok(_) => return invalid("body", "model_attributes_type", "Input should be an object"),
        Err(_) => return invalid("body", "json_invalid", "JSON decode error"),
    };
    let limit = number(&fields, "limit", 100, 1..=1000)?;
    let offset = number(&fields, "offset", 0, 0..=u64::MAX)?;
    let user = match text(&fields, "user_token")? {
        None => None,
        Some(token) => Some(world.user_of(&token, now)?),
    };
    Ok(Wanted {
        limit,
        offset,
        provider_id: text(&fields, "provider_id")?,
        status: text(&fields, "status")?,
        account: text(&fields, "account")?,
        label: text(&fields, "label")?,
        user,
    })
}

impl Wanted {
    fn is_unfiltered(&self) -> bool {
        self.provider_id.is_none()
            && self.status.is_none()
            && self.account.is_none()
            && self.label.is_none()
            && self.user.is_none()
    }

    fn takes(&self, grant: &Grant, holder: Holder, now: i64) -> bool {
        let same = |wanted: &Option<String>, given: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| Some(wanted) == given)
        };
        let seen = match holder {
            // A user's own grants; what was delegated from them belongs to agents.
            Holder::App => self.user.is_none() || (grant.user == self.user && grant.principal == "user"),
            Holder::Agent(index) => {
                grant.holder.is_some_and(|(holder, _)| holder == index)
                    && (self.user.is_none() || grant.user == self.user)
            }
        };
        seen && same(&self.provider_id, Some(&grant.selector))
            && same(&self.status, Some(grant.status_at(now)))
            && same(&self.account, grant.account.as_deref())
            && same(&self.label, grant.label.as_deref())
    }
}

/// Let a row come, then one go: the next page by offset repeats one, the one after skips one.
fn shift(world: &mut World, now: i64) {
    let arriving = world.shifts.is_multiple_of(2);
    world.shifts += 1;
    if !arriving {
        // Not the newcomer itself: somebody who was there from the start.
        if world.order.len() > 1 {
            world.order.remove(1);
        }
        return;
    }
    let Some(newest) = world.order.first().and_then(|index| world.grants.get(*index)) else { return };
    let mut newcomer = newest.clone();
    newcomer.id = seed::uuid(&mut world.rng);
    newcomer.created_at = now.max(newest.created_at);
    newcomer.written = None;
    world.grants.push(newcomer);
    world.order.insert(0, world.grants.len() - 1);
}

fn number(
    fields: &Map<String, Value>,
    name: &str,
    absent: u64,
    range: std::ops::RangeInclusive<u64>,
) -> Result<u64, Box<Reply>> {
    let Some(value) = fields.get(name) else { return Ok(absent) };
    if !value.is_i64() && !value.is_u64() {
        return invalid(name, "int_type", "Input should be a valid integer");
    }
    match value.as_u64() {
        Some(number) if range.contains(&number) => Ok(number),
        Some(number) if number > *range.end() => {
            let message = format!("Input should be less than or equal to {}", range.end());
            invalid(name, "less_than_equal", &message)
        }
        _ => {
            let message = format!("Input should be greater than or equal to {}", range.start());
            invalid(name, "greater_than_equal", &message)
        }
    }
}

fn text(fields: &Map<String, Value>, name: &str) -> Result<Option<String>, Box<Reply>> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => invalid(name, "string_type", "Input should be a valid string"),
    }
}

fn invalid<Wanted>(field: &str, kind: &str, message: &str) -> Result<Wanted, Box<Reply>> {
    Err(Box::new(Reply::invalid("body", field, kind, message)))
}
