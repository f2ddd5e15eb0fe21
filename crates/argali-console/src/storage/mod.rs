//! Calling operations of object storage, whose requests have a form of their own: method, path, headers and document.
//!
//! What an operation looks like as such a request is written once, in [`request`], for "Show API call".

mod place;
mod request;

use argali_core::dispatch::DataCall;
use argali_core::model::Object;
use argali_core::operation::DataOperation;
use argali_core::registry::OBJECT_STORAGE;
use argali_core::services::oss::{GetObject, HeadObject, PutObject};
use argali_protocol::ApiFailure;

use crate::data_plane::{Named, failure, refused};
use crate::plan::planned;
use crate::visit::Visit;
use request::Written;

impl Visit<'_> {
    /// Does an operation of object storage that changes nothing, as whoever the address says.
    pub(crate) async fn read_storage<O: DataOperation>(
        &self,
        operation: &O,
        named: &Named<'_>,
    ) -> Result<O::Answer, ApiFailure> {
        let mut call = self.enter_storage::<O>(named).await?;
        call.read(operation).await.map_err(|error| failure(call.request_id().to_short(), &error))
    }

    /// Does an operation of object storage that changes something.
    pub(crate) async fn change_storage<O: Written>(
        &self,
        operation: &O,
        named: &Named<'_>,
    ) -> Result<O::Answer, ApiFailure> {
        self.take_down_storage(operation, named)?;
        let mut call = self.enter_storage::<O>(named).await?;
        call.change(operation).await.map_err(|error| failure(call.request_id().to_short(), &error))
    }

    /// Stores an object of these bytes.
    pub(crate) async fn store(
        &self,
        mut operation: PutObject,
        bytes: &[u8],
        named: &Named<'_>,
    ) -> Result<(), ApiFailure> {
        self.take_down_storage(&operation, named)?;
        let mut call = self.enter_storage::<PutObject>(named).await?;
        let id = call.request_id();
        call.admit(&operation).await.map_err(|error| failure(id.to_short(), &error))?;
        match self.console().bytes.take(bytes.to_vec()).await {
            Ok(bytes) => operation.bytes = Some(bytes),
            Err(error) => return Err(failure(id.to_short(), &call.refuse(error).await)),
        }
        call.change(&operation).await.map(drop).map_err(|error| failure(id.to_short(), &error))
    }

    /// An object with all its bytes, if they are no more than `most`.
    pub(crate) async fn fetch(
        &self,
        operation: &GetObject,
        most: u64,
        named: &Named<'_>,
    ) -> Result<(Object, Option<Vec<u8>>), ApiFailure> {
        let mut call = self.enter_storage::<GetObject>(named).await?;
        let id = call.request_id();
        let object = call.read(operation).await.map_err(|error| failure(id.to_short(), &error))?;
        if object.size > most {
            return Ok((object, None));
        }
        let bytes =
            self.console().bytes.fetch(&object).await.map_err(|error| failure(id.to_short(), &error))?;
        // Reading may have taken a while: whoever may no longer have them does not get them.
        if !call.vigil(operation.clone()).holds() {
            return Err(failure(
                id.to_short(),
                &argali_core::services::oss::access_denied("You may no longer read it."),
            ));
        }
        Ok((object, Some(bytes)))
    }

    /// An address under which whoever holds it reads an object for `lasts_s` seconds, if the caller may read it.
    pub(crate) async fn presign(
        &self,
        operation: &HeadObject,
        lasts_s: i64,
        named: &Named<'_>,
    ) -> Result<String, ApiFailure> {
        let mut call = self.enter_storage::<HeadObject>(named).await?;
        let id = call.request_id();
        call.read(operation).await.map_err(|error| failure(id.to_short(), &error))?;
        let object = (&operation.bucket, &operation.key);
        let target = call.presign(object, lasts_s).map_err(|error| failure(id.to_short(), &error))?;
        Ok(format!("{}{target}", self.storage_place().origin()))
    }

    /// Takes an operation down, and fails, where its form is only to be shown.
    fn take_down_storage<O: Written>(&self, operation: &O, named: &Named<'_>) -> Result<(), ApiFailure> {
        let Some(plan) = self.plan() else { return Ok(()) };
        if let Ok(registered) = self.console().core.registry().find(OBJECT_STORAGE, O::NAME) {
            let (request, place) = (operation.request(), self.storage_place());
            let mut call = planned(registered, named);
            (call.written, call.command) = (Some(request.written(&place)), Some(request.command(&place)));
            plan.take(call);
        }
        Err(refused("NotDone", "It was not done: it was only to be shown."))
    }

    async fn enter_storage<O: DataOperation>(&self, named: &Named<'_>) -> Result<DataCall, ApiFailure> {
        self.enter_data_plane::<O>(OBJECT_STORAGE, named).await
    }
}
