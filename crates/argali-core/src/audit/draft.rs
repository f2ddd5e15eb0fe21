//! The record of one call, filled in while the call is handled.

use std::sync::Arc;

use argali_protocol::{Call, HttpRequest, Params};
use argali_store::Transaction;

use super::event::{CallerRecord, Event, GroupMove, ResourceRecord};
use super::index::Marks;
use super::parameters;
use super::segments::Record;
use super::session::SessionRecord;
use crate::delivery::INTERNAL;
use crate::diagnosis::Diagnosis;
use crate::dispatch::{DataRequest, Request, Standing};
use crate::env::Env;
use crate::error::ApiError;
use crate::identifier::{AccountId, RequestId};
use crate::model::{GlobalTable, Key};
use crate::operation::Access;
use crate::registry::{OBJECT_STORAGE, Registered};
use crate::session::Claims;
use crate::time::Timestamp;

/// The longest field that comes from outside, in bytes.
// SPEC: security, audit, A4.
pub(crate) const LONGEST_FIELD: usize = 1_024;
/// How many moves to another resource group one record tells of.
const MOST_MOVES: usize = 100;

/// The version of Argali's own API, under which the operator's acts are recorded.
const OPERATOR_API: &str = "2026-12-01";

/// A record in the making.
#[derive(Debug)]
pub struct Draft {
    id: RequestId,
    time: Timestamp,
    access: Option<Access>,
    event: Event,
    /// What was put into the outbox: the row's key, and the record as text.
    enlisted: Option<(Vec<u8>, Vec<u8>)>,
}

impl Draft {
    pub(crate) fn new(request: &Request) -> Self {
        let event = Event {
            request_id: request.id.to_string(),
            time_ms: request.now.as_millis(),
            source_ip: request.origin.source_ip.to_string(),
            ..Event::default()
        };
        Self { id: request.id, time: request.now, access: None, event, enlisted: None }
    }

    /// The record of something that the operator does.
    pub(crate) fn operator(env: &Env, action: &'static str) -> Self {
        let (id, time) = (RequestId::generate(env), env.now());
        let event = Event {
            request_id: id.to_string(),
            time_ms: time.as_millis(),
            source_ip: "operator".to_owned(),
            version: OPERATOR_API.to_owned(),
            action: action.to_owned(),
            product: Some("Argali".to_owned()),
            write: true,
            ..Event::default()
        };
        Self { id, time, access: Some(Access::Identity), event, enlisted: None }
    }

    /// The record of something that a service does to objects by itself.
    pub(crate) fn by_itself(env: &Env, service: &'static str, action: &'static str) -> Self {
        let (id, time) = (RequestId::generate(env), env.now());
        let event = Event {
            request_id: id.to_short(),
            time_ms: time.as_millis(),
            source_ip: INTERNAL.to_owned(),
            host: service.to_owned(),
            version: OBJECT_STORAGE.to_owned(),
            action: action.to_owned(),
            product: Some("Oss".to_owned()),
            write: true,
            ..Event::default()
        };
        Self { id, time, access: Some(Access::Resource), event, enlisted: None }
    }

    /// The record as it is now.
    pub fn event(&self) -> &Event {
        &self.event
    }

    pub(crate) fn request_id(&self) -> RequestId {
        self.id
    }

    pub(crate) fn time(&self) -> Timestamp {
        self.time
    }

    pub(crate) fn access(&self) -> Option<Access> {
        self.access
    }

    pub(crate) fn operation_name(&self) -> &str {
        &self.event.action
    }

    /// Whether it is shown who called, and whoever it is may call.
    pub(crate) fn is_authenticated(&self) -> bool {
        self.event.caller.is_some() && !self.event.refused_signer
    }

    /// As whose failures the record counts: of an address, and of the accounts whose trails it would be in.
    pub(super) fn counts_for(&self) -> Vec<String> {
        if self.is_authenticated() {
            return Vec::new();
        }
        let address = std::iter::once(self.event.source_ip.clone());
        let accounts = self.event.accounts.iter().filter(|_| self.event.refused_signer);
        address.chain(accounts.map(|account| format!("account {account}"))).collect()
    }

    /// Says what sent the request.
    pub(crate) fn sent_by(&mut self, http: &HttpRequest<'_>) {
        let agent = http.headers.iter().find(|(name, _)| *name == "user-agent");
        let agent = agent.map(|(_, agent)| String::from_utf8_lossy(agent));
        self.event.user_agent = agent.map(|agent| shortened(&agent));
    }

    /// Keeps the parameters of a call whose caller is known, or need not be.
    pub(crate) fn parameters(&mut self, params: &Params<'_>, operation: &Registered) {
        self.event.parameters = parameters::kept(params, &operation.secret_parameters);
    }

    pub(crate) fn call(&mut self, call: &Call<'_>) {
        self.event.host = shortened(call.host);
        self.event.version = shortened(&call.version);
        self.event.action = shortened(&call.action);
    }

    /// Names a call of a data plane. Requests to object storage have shorter numbers.
    pub(crate) fn data_call(&mut self, received: &DataRequest<'_>) {
        if received.api == OBJECT_STORAGE {
            self.event.request_id = self.id.to_short();
        }
        self.event.host = shortened(received.host);
        self.event.version = received.api.to_owned();
        self.event.action = received.operation.to_owned();
        self.event.user_agent = received.user_agent.map(shortened);
    }

    pub(crate) fn operation(&mut self, operation: &Registered) {
        self.event.product = Some(operation.product.clone());
        self.event.write = operation.access() != Access::Read;
        self.access = Some(operation.access());
    }

    pub(crate) fn signed_with(&mut self, access_key_id: &str) {
        self.event.access_key_id = Some(shortened(access_key_id));
    }

    /// Drops what a call that runs again has decided before.
    pub(crate) fn begin_again(&mut self) {
        self.event.resources.clear();
        self.event.refusal = None;
        self.event.notes.clear();
        self.event.moves.clear();
        self.event.session = None;
    }

    /// Names the caller.
    pub(crate) fn caller(&mut self, standing: &Standing) {
        if self.event.caller.is_none() {
            self.event.accounts = standing.record().accounts();
            self.event.caller = Some(Arc::clone(standing.record()));
        }
    }

    /// Names who signed a call that is refused for what it was signed with.
    pub(crate) fn refused_signer(&mut self, record: Arc<CallerRecord>) {
        self.event.accounts = record.accounts();
        self.event.caller = Some(record);
        self.event.refused_signer = true;
    }

    /// Names who acts in a call that no key has signed.
    pub(crate) fn acts_as(&mut self, record: CallerRecord) {
        self.event.accounts = record.accounts();
        self.event.caller = Some(Arc::new(record));
    }

    pub(crate) fn decided(&mut self, arn: &str, allowed: bool, decided_by: Option<String>) {
        self.event.resources.push(ResourceRecord { arn: shortened(arn), allowed, decided_by });
    }

    /// Keeps why permission was refused.
    pub(crate) fn refused(&mut self, diagnosis: Diagnosis) {
        self.event.refusal = Some(Box::new(diagnosis));
    }

    pub(crate) fn note(&mut self, name: &'static str, value: String) {
        self.event.notes.insert(name.into(), shortened(&value));
    }

    /// Keeps that a resource went to another resource group, of one call not more than fit a record.
    pub(crate) fn moved(&mut self, moved: GroupMove) {
        if self.event.moves.len() < MOST_MOVES {
            self.event.moves.push(moved);
        }
    }

    pub(crate) fn begins_session(&mut self, claims: &Claims, access_key_id: &str) {
        self.event.session = Some(SessionRecord::of(claims, access_key_id));
    }

    /// Says that another account may read the record, too.
    pub(crate) fn concerns(&mut self, account: AccountId) {
        if !self.event.accounts.contains(&account) {
            self.event.accounts.push(account);
        }
    }

    pub(crate) fn succeed(&mut self) {
        self.event.error_code = None;
        self.event.error_message = None;
        self.event.refusal = None;
    }

    pub(crate) fn fail(&mut self, error: &ApiError) {
        self.event.error_code = Some(shortened(&error.code().wire()));
        // Whoever is not known may be told what was signed, which can hold anything.
        self.event.error_message = self.event.caller.is_some().then(|| shortened(error.message()));
    }

    /// Puts the record into the outbox, in the transaction of the change that it is about.
    pub(crate) fn enlist(&mut self, tx: &mut dyn Transaction) {
        let millis = u64::try_from(self.time.as_millis()).unwrap_or_default();
        let key = Key::global(GlobalTable::AuditOutbox).number(millis).bytes(self.id.as_bytes());
        let text = self.to_json();
        tx.put(key.as_bytes(), &text);
        self.enlisted = Some((key.as_bytes().to_vec(), text));
    }

    /// Has the record say in the end what has become known since it was put into the outbox.
    pub(crate) fn amend(&mut self) {
        let amended = self.to_json();
        if let Some((_, text)) = &mut self.enlisted {
            *text = amended;
        }
    }

    /// The record as it is appended, with its row in the outbox; nothing if it was not put there.
    pub(super) fn into_enlisted(self) -> Option<(Vec<u8>, Record)> {
        let marks = Marks::of(&self.event);
        self.enlisted.map(|(key, text)| (key, Record { text, marks, again: None }))
    }

    /// The record as it is appended.
    pub(super) fn to_record(&self) -> Record {
        Record { text: self.to_json(), marks: Marks::of(&self.event), again: None }
    }

    fn to_json(&self) -> Vec<u8> {
        // Texts, numbers and lists of them always have a JSON form.
        serde_json::to_vec(&self.event).unwrap_or_default()
    }
}

/// At most [`LONGEST_FIELD`] bytes of a text, cut between characters.
pub(crate) fn shortened(text: &str) -> String {
    beginning(text, LONGEST_FIELD).to_owned()
}

/// At most `most` bytes of a text, cut between characters.
pub(crate) fn beginning(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
