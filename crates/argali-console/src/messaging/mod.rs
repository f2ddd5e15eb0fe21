//! Calling operations of Message Service, whose requests have a form of their own: method, path and document.
//!
//! What an operation looks like as such a request is written once, in [`request`]: records of calls name what it names,
//! and "Show API call" shows it.

mod request;

use argali_core::dispatch::{Awaited, DataCall};
use argali_core::registry::MESSAGING;
use argali_protocol::ApiFailure;

use crate::data_plane::{failure, refused};
use crate::plan::planned;
use crate::visit::Visit;
pub(crate) use request::Requested;

impl Visit<'_> {
    /// Does an operation of Message Service that changes nothing, as whoever the address says.
    pub(crate) async fn read_messaging<O: Requested>(&self, operation: &O) -> Result<O::Answer, ApiFailure> {
        let mut call = self.enter_messaging(operation).await?;
        call.read(operation).await.map_err(|error| failure(call.request_id().to_string(), &error))
    }

    /// Does an operation of Message Service that changes something. Where its form is only to be shown, it is taken down,
    /// and fails.
    pub(crate) async fn change_messaging<O: Requested>(
        &self,
        operation: &O,
    ) -> Result<O::Answer, ApiFailure> {
        self.take_down(operation)?;
        let mut call = self.enter_messaging(operation).await?;
        call.change(operation).await.map_err(|error| failure(call.request_id().to_string(), &error))
    }

    /// The same of an operation that waits for something.
    pub(crate) async fn await_messaging<O: Requested + Awaited>(
        &self,
        operation: &O,
    ) -> Result<O::Answer, ApiFailure> {
        self.take_down(operation)?;
        let mut call = self.enter_messaging(operation).await?;
        call.change_when_there(operation)
            .await
            .map_err(|error| failure(call.request_id().to_string(), &error))
    }

    async fn enter_messaging<O: Requested>(&self, operation: &O) -> Result<DataCall, ApiFailure> {
        let request = operation.request();
        let named: Vec<_> = request.named.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.enter_data_plane::<O>(MESSAGING, &named).await
    }

    fn take_down<O: Requested>(&self, operation: &O) -> Result<(), ApiFailure> {
        let Some(plan) = self.plan() else { return Ok(()) };
        if let Ok(registered) = self.console().core.registry().find(MESSAGING, O::NAME) {
            let request = operation.request();
            let mut call = planned(registered, &request.params());
            call.written = Some(request.written(self.account_id()));
            plan.take(call);
        }
        Err(refused("NotDone", "It was not done: it was only to be shown."))
    }
}
