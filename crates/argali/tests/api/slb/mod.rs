//! SLB: load balancers, their listeners and backend servers.

mod backend;
mod listener;
mod load_balancer;

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
