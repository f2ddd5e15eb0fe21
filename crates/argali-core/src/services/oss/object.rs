//! Reading objects.

use argali_policy::Context as Conditions;

use super::error::no_such_key;
use super::scope::{Found, Reach, on_object};
use crate::dispatch::DataContext;
use crate::error::ApiError;
use crate::model::Object;
use crate::operation::{Access, DataOperation};
use crate::storage_name::{BucketName, ObjectKey};

/// Declares operations that read an object.
macro_rules! reads {
    ($($(#[$doc:meta])* $name:ident, $wire:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            /// Of which bucket.
            pub bucket: BucketName,
            /// What it is called.
            pub key: ObjectKey,
        }

        impl DataOperation for $name {
            const NAME: &'static str = $wire;
            const ACTION: &'static str = "oss:GetObject";
            const ACCESS: Access = Access::Read;
            type Subject = Found;
            type Answer = Object;

            fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Found, ApiError> {
                let named = (&self.bucket, &self.key);
                on_object(cx, named, Self::ACTION, Reach::Read, Conditions::new())
            }

            fn run(&self, _: &mut DataContext<'_>, found: Found) -> Result<Object, ApiError> {
                found.object.ok_or_else(no_such_key)
            }
        }
    )*};
}

reads! {
    /// Reads an object's bytes.
    GetObject, "GetObject";
    /// Reads what is told with an object's bytes.
    HeadObject, "HeadObject";
    /// Reads the little that is always told of an object.
    GetObjectMeta, "GetObjectMeta";
}
