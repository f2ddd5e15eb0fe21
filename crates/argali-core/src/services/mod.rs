//! The operations, a folder a product and a file a noun.

use crate::registry::{Refusal, Service};

pub mod ram;
pub mod sts;

/// Every API whose operations are written in Rust. Declared services are added to them at start.
pub const SERVICES: &[Service] = &[
    Service {
        product: "Ram",
        version: "2015-05-01",
        ram_code: "ram",
        refusal: Refusal::NoPermission,
        operations: ram::OPERATIONS,
    },
    Service {
        product: "Sts",
        version: "2015-04-01",
        ram_code: "sts",
        refusal: Refusal::NoPermission,
        operations: sts::OPERATIONS,
    },
];
