//! Converts calls to rows and back.

use std::borrow::Cow;
use std::str::FromStr;

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension as _, Result, ToSql, named_params, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::template;
use crate::domain::{
    ApprovalId, Body, CallRecord, Ending, GrantId, KeptBody, Omitted, Outcome, RecordId, RecordQuery,
    RecordSummary,
};

/// Data without a column of its own. Other versions may have more fields, or fewer.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Details {
    path_parameters: Vec<(String, String)>,
    query: Vec<(String, Value)>,
    request_headers: Vec<(String, String)>,
    request_is_json: bool,
    context: Vec<(String, String)>,
    response_headers: Vec<(String, String)>,
    truncated: bool,
    who: String,
    headline: String,
    said: Option<String>,
    expires_at: Option<i64>,
    may_have_happened: bool,
}

/// A record as a row to insert.
pub(super) struct CallRow<'a> {
    record: &'a CallRecord,
    alter_status: Option<u16>,
    provider_status: Option<u16>,
    code: Option<&'a str>,
    held: Option<ApprovalId>,
    held_until: Option<i64>,
    answer: Option<&'a KeptBody>,
    details: String,
    haystack: String,
    size: i64,
}

impl<'a> CallRow<'a> {
    pub(super) fn new(record: &'a CallRecord) -> Self {
        let mut details = Details {
            path_parameters: record.path_parameters.clone(),
            query: record.query.clone(),
            request_headers: record.request_headers.clone(),
            request_is_json: record.request_is_json,
            context: record.context.clone(),
            ..Details::default()
        };
        let (mut alter_status, mut provider_status, mut code) = (None, None, None);
        let (mut held, mut held_until, mut answer) = (None, None, None);
        match &record.outcome {
            Outcome::Unfinished => {}
            Outcome::Answered {
                alter_status: alter,
                provider_status: provider,
                headers,
                body,
                truncated,
            } => {
                (alter_status, provider_status, answer) = (Some(*alter), Some(*provider), body.as_ref());
                details.response_headers.clone_from(headers);
                details.truncated = *truncated;
            }
            Outcome::Held { approval, expires_at } => {
                held = Some(*approval);
                held_until = Some(expires_at.as_microsecond());
                details.expires_at = held_until;
            }
            Outcome::Failed { code: name, who, headline, said } => {
                code = Some(name.as_str());
                details.who.clone_from(who);
                details.headline.clone_from(headline);
                details.said.clone_from(said);
            }
            Outcome::Cancelled { may_have_happened } => details.may_have_happened = *may_have_happened,
        }
        let details = serde_json::to_string(&details).unwrap_or_default();
        let ending: &str = record.outcome.ending().into();
        let statuses = [provider_status, alter_status].map(|status| status.map(|status| status.to_string()));
        let called = record.called();
        let parts = [
            record.provider.as_deref(),
            record.account.as_deref(),
            Some(&record.method),
            Some(&record.url),
            Some(called.as_str()).filter(|called| *called != record.url),
            statuses[0].as_deref(),
            statuses[1].as_deref(),
            code,
            Some(ending),
            record.reason.as_deref(),
        ];
        let haystack = parts.into_iter().flatten().collect::<Vec<_>>().join("\n").to_lowercase();
        let bodies = [record.request_body.as_ref(), answer].into_iter().flatten();
        let bodies: usize = bodies.map(|body| body.bytes.len()).sum();
        // Columns repeat parts of the haystack; the constant stands for the rest of a row. An estimate.
        let size = (details.len() + 2 * haystack.len() + bodies + 200) as i64;
        Self {
            record,
            alter_status,
            provider_status,
            code,
            held,
            held_until,
            answer,
            details,
            haystack,
            size,
        }
    }

    fn write(&self, connection: &Connection, sql: &str, id: Option<RecordId>) -> Result<()> {
        let record = self.record;
        let number = |value: Option<u64>| value.map(|value| i64::try_from(value).unwrap_or(i64::MAX));
        let ending: &str = record.outcome.ending().into();
        let (mode, audited): (&str, &str) = (record.mode.into(), record.audited.into());
        connection.prepare_cached(sql)?.execute(named_params! {
            ":id": id.map(|id| id.0),
            ":at": record.at.as_microsecond(),
            ":profile": record.profile,
            ":host": record.host,
            ":grant_id": record.grant.to_string(),
            ":provider": record.provider,
            ":account": record.account,
            ":mode": mode,
            ":method": record.method,
            ":url": record.url,
            ":reason": record.reason,
            ":elapsed_ms": number(record.elapsed_ms),
            ":duration_ms": number(record.duration_ms),
            ":approval": record.approval.or(self.held).map(|id| id.to_string()),
            ":ending": ending,
            ":alter_status": self.alter_status,
            ":provider_status": self.provider_status,
            ":code": self.code,
            ":audited": audited,
            ":held_until": self.held_until,
            ":details": self.details,
            ":haystack": self.haystack,
            ":size": self.size,
        })?;
        Ok(())
    }

    fn write_bodies(&self, connection: &Connection, id: RecordId) -> Result<()> {
        for (side, body) in [(0, self.record.request_body.as_ref()), (1, self.answer)] {
            let Some(body) = body else { continue };
            let omitted: Option<&str> = body.omitted.map(Into::into);
            connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO bodies (call, side, bytes, whole_length, cut, omitted)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    id.0,
                    side,
                    &*body.bytes,
                    i64::try_from(body.whole_length).unwrap_or(i64::MAX),
                    body.cut,
                    omitted
                ])?;
        }
        Ok(())
    }
}

const INSERT: &str = "INSERT INTO calls (id, at, profile, host, grant_id, provider, account, mode, method, url, reason,
        elapsed_ms, duration_ms, approval, ending, alter_status, provider_status, code, audited, held_until, details,
        haystack, size)
    VALUES (:id, :at, :profile, :host, :grant_id, :provider, :account, :mode, :method, :url, :reason, :elapsed_ms,
        :duration_ms, :approval, :ending, :alter_status, :provider_status, :code, :audited, :held_until, :details,
        :haystack, :size)
    ON CONFLICT (id) DO UPDATE SET (at, profile, host, grant_id, provider, account, mode, method, url, reason,
        elapsed_ms, duration_ms, approval, ending, alter_status, provider_status, code, audited, held_until, details,
        haystack, size)
    = (:at, :profile, :host, :grant_id, :provider, :account, :mode, :method, :url, :reason, :elapsed_ms,
        :duration_ms, :approval, :ending, :alter_status, :provider_status, :code, :audited, :held_until, :details,
        :haystack, :size)";

/// Completes a call by id with the provider and account from an earlier call of the same profile, so that no request is
/// needed and a search for the account finds both.
pub(super) fn attributed<'r>(connection: &Connection, record: &'r CallRecord) -> Result<Cow<'r, CallRecord>> {
    if record.account.is_some() {
        return Ok(Cow::Borrowed(record));
    }
    let sql = "SELECT provider, account FROM calls
        WHERE grant_id = ?1 AND profile = ?2 AND host = ?3 AND account IS NOT NULL ORDER BY id DESC LIMIT 1";
    let known = connection
        .prepare_cached(sql)?
        .query_row(params![record.grant.to_string(), record.profile, record.host], |row| {
            Ok((row.get::<_, Option<String>>(0)?, row.get::<_, Option<String>>(1)?))
        });
    let Some((provider, account)) = known.optional()? else { return Ok(Cow::Borrowed(record)) };
    let mut record = record.clone();
    record.provider = record.provider.or(provider);
    record.account = account;
    Ok(Cow::Owned(record))
}

pub(super) fn insert(connection: &Connection, row: &CallRow<'_>) -> Result<RecordId> {
    row.write(connection, INSERT, None)?;
    let id = RecordId(connection.last_insert_rowid());
    row.write_bodies(connection, id)?;
    Ok(id)
}

pub(super) fn update(connection: &Connection, id: RecordId, row: &CallRow<'_>) -> Result<()> {
    row.write(connection, INSERT, Some(id))?;
    row.write_bodies(connection, id)
}

pub(super) fn list(connection: &Connection, query: &RecordQuery) -> Result<Vec<RecordSummary>> {
    let mut sql =
        "SELECT id, at, profile, grant_id, provider, account, mode, method, url, ending, alter_status,
        provider_status, code, elapsed_ms, approval, audited,
        CASE WHEN instr(url, '{') > 0 THEN details END FROM calls WHERE 1"
            .to_owned();
    let mut values: Vec<Box<dyn ToSql>> = Vec::new();
    let mut also = |condition: &str, value: Box<dyn ToSql>| {
        sql.push_str(condition);
        values.push(value);
    };
    for word in query.text.to_lowercase().split_whitespace() {
        also(" AND instr(haystack, ?) > 0", Box::new(word.to_owned()));
    }
    if let Some(grant) = query.grant {
        also(" AND grant_id = ?", Box::new(grant.to_string()));
    }
    if let Some(profile) = &query.profile {
        also(" AND profile = ?", Box::new(profile.clone()));
    }
    if let Some(ending) = query.ending {
        also(" AND ending = ?", Box::new(ending.to_string()));
    }
    if let Some(before) = query.before {
        also(" AND id < ?", Box::new(before.0));
    }
    also(" ORDER BY id DESC LIMIT ?", Box::new(i64::try_from(query.limit).unwrap_or(i64::MAX)));
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map(rusqlite::params_from_iter(values), |row| {
        let url: String = row.get(8)?;
        // Only needed if the URL has placeholders to fill.
        let details = row.get::<_, Option<String>>(16)?;
        let details = details.and_then(|details| serde_json::from_str::<Details>(&details).ok());
        Ok(RecordSummary {
            called: template::shown(&url, &details.unwrap_or_default().path_parameters),
            id: RecordId(row.get(0)?),
            at: instant(row.get(1)?),
            profile: row.get(2)?,
            grant: grant(&row.get::<_, String>(3)?, 3)?,
            provider: row.get(4)?,
            account: row.get(5)?,
            mode: parse_or_default(&row.get::<_, String>(6)?),
            method: row.get(7)?,
            url,
            ending: parse_or_default(&row.get::<_, String>(9)?),
            alter_status: row.get(10)?,
            provider_status: row.get(11)?,
            code: row.get(12)?,
            elapsed_ms: count(row.get(13)?),
            approval: approval(row.get(14)?),
            audited: parse_or_default(&row.get::<_, String>(15)?),
        })
    })?;
    rows.collect()
}

pub(super) fn get(connection: &Connection, id: RecordId) -> Result<Option<CallRecord>> {
    let sql = "SELECT at, profile, host, grant_id, provider, account, mode, method, url, reason, elapsed_ms,
        duration_ms, approval, ending, alter_status, provider_status, code, audited, details FROM calls WHERE id = ?1";
    let found = connection.query_row(sql, [id.0], |row| {
        let details: String = row.get(18)?;
        let details: Details = serde_json::from_str(&details)
            .map_err(|error| Error::FromSqlConversionFailure(18, Type::Text, Box::new(error)))?;
        let approval = approval(row.get(12)?);
        let outcome = match parse_or_default(&row.get::<_, String>(13)?) {
            Ending::Unfinished => Outcome::Unfinished,
            Ending::Answered => Outcome::Answered {
                alter_status: row.get::<_, Option<u16>>(14)?.unwrap_or_default(),
                provider_status: row.get::<_, Option<u16>>(15)?.unwrap_or_default(),
                headers: details.response_headers,
                body: None,
                truncated: details.truncated,
            },
            Ending::Held => Outcome::Held {
                approval: approval.unwrap_or(ApprovalId(uuid::Uuid::nil())),
                expires_at: instant(details.expires_at.unwrap_or_default()),
            },
            Ending::Failed => Outcome::Failed {
                code: row.get::<_, Option<String>>(16)?.unwrap_or_default(),
                who: details.who,
                headline: details.headline,
                said: details.said,
            },
            Ending::Cancelled => Outcome::Cancelled { may_have_happened: details.may_have_happened },
        };
        Ok(CallRecord {
            at: instant(row.get(0)?),
            profile: row.get(1)?,
            host: row.get(2)?,
            grant: grant(&row.get::<_, String>(3)?, 3)?,
            provider: row.get(4)?,
            account: row.get(5)?,
            mode: parse_or_default(&row.get::<_, String>(6)?),
            method: row.get(7)?,
            url: row.get(8)?,
            path_parameters: details.path_parameters,
            query: details.query,
            request_headers: details.request_headers,
            request_body: None,
            request_is_json: details.request_is_json,
            reason: row.get(9)?,
            context: details.context,
            elapsed_ms: count(row.get(10)?),
            duration_ms: count(row.get(11)?),
            approval,
            outcome,
            audited: parse_or_default(&row.get::<_, String>(17)?),
        })
    });
    let Some(mut record) = found.optional()? else { return Ok(None) };
    record.request_body = body(connection, id, 0)?;
    if let Outcome::Answered { body: kept, .. } = &mut record.outcome {
        *kept = body(connection, id, 1)?;
    }
    Ok(Some(record))
}

fn body(connection: &Connection, id: RecordId, side: i64) -> Result<Option<KeptBody>> {
    let sql = "SELECT bytes, whole_length, cut, omitted FROM bodies WHERE call = ?1 AND side = ?2";
    let read = |row: &rusqlite::Row<'_>| {
        let omitted: Option<String> = row.get(3)?;
        Ok(KeptBody {
            bytes: Body::from(row.get::<_, Vec<u8>>(0)?),
            whole_length: count(row.get(1)?).unwrap_or_default(),
            cut: row.get(2)?,
            omitted: omitted.map(|text| text.parse().unwrap_or(Omitted::Encoded)),
        })
    };
    connection.query_row(sql, params![id.0, side], read).optional()
}

pub(super) fn instant(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Parses an enum; a value from a later version becomes the default, which says least.
fn parse_or_default<T: FromStr + Default>(text: &str) -> T {
    text.parse().unwrap_or_default()
}

pub(super) fn count(number: Option<i64>) -> Option<u64> {
    number.and_then(|number| u64::try_from(number).ok())
}

pub(super) fn grant(text: &str, column: usize) -> Result<GrantId> {
    let wrong = || Error::InvalidColumnType(column, "grant_id".to_owned(), Type::Text);
    GrantId::parse(text).ok_or_else(wrong)
}

pub(super) fn approval(text: Option<String>) -> Option<ApprovalId> {
    Some(ApprovalId(uuid::Uuid::try_parse(&text?).ok()?))
}
