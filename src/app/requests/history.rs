//! Past calls and writes.

use super::Request;
use crate::app::screens::history::{self, Comparison};
use crate::app::{Effect, Model, Ticket};
use crate::domain::{CallRecord, Diagnosis, HistoryPage, HistoryQuery, Now, RecordId, Which};

/// A part of the list of past calls and writes.
#[derive(Debug, PartialEq)]
pub struct ListRecords(pub HistoryQuery);

impl Request for ListRecords {
    type Answer = Result<HistoryPage, Diagnosis>;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        Some(Err(fault))
    }

    fn answered(model: &mut Model, _: Ticket, page: Self::Answer, now: Now) -> Vec<Effect> {
        history::page(&mut model.history, &mut model.shared, page, now)
    }
}

/// One past call; answered with None where there is none.
#[derive(Debug, PartialEq)]
pub struct ReadRecord(pub Which);

impl Request for ReadRecord {
    type Answer = Result<Option<(RecordId, Box<CallRecord>)>, Diagnosis>;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        Some(Err(fault))
    }

    fn answered(model: &mut Model, ticket: Ticket, record: Self::Answer, now: Now) -> Vec<Effect> {
        history::record(model, ticket, record, now)
    }
}

/// What differs between two past calls, the left one first; answered with None where one of them is forgotten.
#[derive(Debug, PartialEq)]
pub struct CompareRecords(pub RecordId, pub RecordId);

impl Request for CompareRecords {
    type Answer = Result<Option<Box<Comparison>>, Diagnosis>;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        Some(Err(fault))
    }

    fn answered(model: &mut Model, _: Ticket, compared: Self::Answer, now: Now) -> Vec<Effect> {
        history::compared(&mut model.history, &mut model.shared, compared, now)
    }
}

/// Forget one past call, or all of them; answered with how many.
#[derive(Debug, PartialEq)]
pub struct ForgetRecords(pub Option<RecordId>);

impl Request for ForgetRecords {
    type Answer = Result<usize, Diagnosis>;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        Some(Err(fault))
    }

    fn answered(model: &mut Model, _: Ticket, forgotten: Self::Answer, now: Now) -> Vec<Effect> {
        history::forgotten(&mut model.history, &mut model.shared, forgotten, now)
    }
}
