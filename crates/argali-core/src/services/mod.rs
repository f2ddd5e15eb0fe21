//! The operations, a folder a product and a file a noun.

use crate::registry::{MESSAGING, OBJECT_STORAGE, Refusal, Service};

pub mod actiontrail;
pub mod argali;
pub mod flat_list;
pub mod ims;
pub mod mns;
pub mod oss;
pub mod ram;
pub mod resource_manager;
pub mod sts;
mod token_page;

/// Every API whose operations are written in Rust. Declared services are added to them at start.
pub const SERVICES: &[Service] = &[
    Service {
        product: "Ram",
        version: "2015-05-01",
        ram_code: "ram",
        refusal: Refusal::NoPermission,
        operations: ram::OPERATIONS,
        refused: &[],
    },
    Service {
        product: "Sts",
        version: "2015-04-01",
        ram_code: "sts",
        refusal: Refusal::NoPermission,
        operations: sts::OPERATIONS,
        refused: sts::REFUSED,
    },
    Service {
        product: "Ims",
        version: "2019-08-15",
        ram_code: "ram",
        refusal: Refusal::NoPermission,
        operations: ims::OPERATIONS,
        refused: &[],
    },
    Service {
        product: "ResourceManager",
        version: "2020-03-31",
        ram_code: "ram",
        refusal: Refusal::NoPermission,
        operations: resource_manager::OPERATIONS,
        refused: resource_manager::REFUSED,
    },
    Service {
        product: "Actiontrail",
        version: "2020-07-06",
        ram_code: "actiontrail",
        refusal: Refusal::NoPermission,
        operations: actiontrail::OPERATIONS,
        refused: &[],
    },
    Service {
        product: "Argali",
        version: "2026-12-01",
        ram_code: "argali",
        refusal: Refusal::NoPermission,
        operations: argali::OPERATIONS,
        refused: &[],
    },
    Service {
        product: "Oss",
        version: OBJECT_STORAGE,
        ram_code: "oss",
        refusal: Refusal::AccessDenied,
        operations: oss::OPERATIONS,
        refused: &[],
    },
    Service {
        product: "Mns",
        version: MESSAGING,
        ram_code: "mns",
        refusal: Refusal::AccessDenied,
        operations: mns::OPERATIONS,
        refused: &[],
    },
];
