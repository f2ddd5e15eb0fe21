//! What an operation needs to succeed: one entry an operation, made anew for each call; a file a product.

mod actiontrail;
mod argali;
mod ecs;
mod express_connect;
pub(crate) mod federation;
mod ims;
mod oauth;
pub(crate) mod passkey;
mod ram;
mod rds;
mod resource_manager;
mod slb;
mod sofa;
mod sts;
mod vpc;

use std::cell::OnceCell;
use std::sync::atomic::{AtomicU64, Ordering};

use argali_testkit::{Enterprise, TestServer, TestServerBuilder};
use serde_json::Value;

/// A server on which every operation can succeed: it reaches the issuer of tokens.
pub(crate) fn builder() -> TestServerBuilder {
    TestServer::builder().configure(|config| federation::issuer().reachable_from(config))
}

/// Parameters of a call.
pub(crate) type Params = Vec<(&'static str, String)>;

/// The same as clients take them.
pub(crate) fn borrowed(params: &Params) -> Vec<(&str, &str)> {
    params.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

pub(crate) const REGION: &str = "cn-hangzhou";
pub(crate) const ZONE: &str = "cn-hangzhou-h";
pub(crate) const IMAGE: &str = "debian_12_6_x64_20G_alibase_20240711.vhd";
pub(crate) const INSTANCE_TYPE: &str = "ecs.g6.large";

/// An account, and whatever calls in it need. It moves the clock of its server, which must be its own.
#[derive(Debug)]
pub(crate) struct Stage<'s> {
    server: &'s TestServer,
    pub(crate) owner: Enterprise,
    network: OnceCell<Network>,
}

/// Where instances run.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    pub(crate) vpc: String,
    pub(crate) vswitch: String,
    pub(crate) security_group: String,
}

/// A name that was not used before.
pub(crate) fn fresh(kind: &str) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("{kind}{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

impl<'s> Stage<'s> {
    pub(crate) fn new(server: &'s TestServer, owner: Enterprise) -> Self {
        Self { server, owner, network: OnceCell::new() }
    }

    /// Parameters with which the operation succeeds now, once, for whoever is allowed to call it in this account.
    ///
    /// # Panics
    ///
    /// Panics at an operation that has no entry: every operation needs one.
    pub(crate) fn params(&self, product: &str, action: &str) -> Params {
        let params = match product {
            "Ram" => self.ram(action),
            "Sts" => self.sts(action),
            "Ecs" => self.ecs(action),
            "Vpc" => self.vpc(action).or_else(|| self.express_connect(action)),
            "Rds" => self.rds(action),
            "SOFA" => self.sofa(action),
            "Slb" => self.slb(action),
            "Ims" => self.ims(action),
            "ResourceManager" => self.resource_manager(action),
            "Actiontrail" => self.actiontrail(action),
            "Argali" => self.argali(action),
            _ => None,
        };
        params.unwrap_or_else(|| panic!("{product} {action} has no entry in tests/api/stage/: add one"))
    }

    fn call(&self, product: &str, action: &str, params: Params) -> Value {
        self.owner.must(product, action, &borrowed(&params))
    }

    /// Does something in RAM, and gives back with which parameters.
    fn done(&self, action: &str, params: Params) -> Params {
        self.owner.must("Ram", action, &borrowed(&params));
        params
    }
}

/// A text in an answer.
#[track_caller]
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}")).to_owned()
}
