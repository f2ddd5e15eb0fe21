//! RDS: database instances, and the databases, accounts and whitelists in them.

mod account;
mod instance;

use crate::stage::REGION;

const HERE: (&str, &str) = ("RegionId", REGION);

/// A server with an account that has a network.
macro_rules! stage {
    ($server:ident, $stage:ident) => {
        let $server = argali_testkit::TestServer::start();
        let $stage = crate::stage::Stage::new(&$server, crate::world::tenant_on(&$server));
    };
}

use stage;
