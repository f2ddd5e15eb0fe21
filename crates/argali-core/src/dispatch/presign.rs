//! Addresses that lend an object to whoever holds them.

use argali_protocol::{Credentials, OssOutgoing, OssScheme, Secret, presign_oss};

use super::data_call::DataCall;
use crate::error::{ApiError, ErrorCode};
use crate::storage_name::{BucketName, ObjectKey};

impl DataCall {
    /// Path and query under which whoever holds them reads an object for `lasts_s` seconds, with the caller's authority:
    /// at any host of object storage that names no bucket. Nothing is judged here: it is when they are used.
    ///
    /// # Errors
    ///
    /// Fails if the caller has no key to sign with, as somebody who is logged on and in no role.
    pub fn presign(
        &self,
        (bucket, key): (&BucketName, &ObjectKey),
        lasts_s: i64,
    ) -> Result<String, ApiError> {
        let no_key = || {
            let message = "Somebody who is logged on has no key to sign with: switch to a role.";
            ApiError::new(ErrorCode::Declared("NoKeyToSignWith".into(), 400), message)
        };
        let authenticated = self.authenticated.as_ref().ok_or_else(no_key)?;
        let secret = authenticated.standing.secret().ok_or_else(no_key)?;
        let credentials = Credentials {
            access_key_id: authenticated.standing.caller().access_key_id().as_ref().to_owned(),
            access_key_secret: Secret::new(secret.expose().to_owned()),
            security_token: authenticated.token.clone(),
        };
        let request = OssOutgoing {
            method: "GET",
            host: "",
            bucket: Some(bucket.as_str()),
            key: Some(key.as_str()),
            query: &[],
            headers: &[],
            timestamp_unix_s: self.request.now.as_seconds(),
            region: "",
        };
        let target = presign_oss(&request, OssScheme::V1, &credentials, lasts_s);
        target.map_err(|_| ApiError::internal("an address cannot be signed"))
    }
}
