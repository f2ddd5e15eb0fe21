//! Express Connect: physical connections, virtual border routers and router interfaces, and the gate before them.

mod gate;
mod life;
mod permission;

use argali_testkit::Client;
use serde_json::Value;

use crate::expect::Calls;
use crate::shape::known;
use crate::stage::{REGION, text};

const HERE: (&str, &str) = ("RegionId", REGION);

/// A server with an account that has a network.
macro_rules! stage {
    ($server:ident, $stage:ident) => {
        let $server = argali_testkit::TestServer::start();
        let $stage = crate::stage::Stage::new(&$server, crate::world::tenant_on(&$server));
    };
}

use stage;

/// What a list shows of one resource.
fn one(client: &Client, action: &str, (key, id): (&str, &str), path: (&str, &str)) -> Value {
    let filter = [HERE, ("Filter.1.Key", key), ("Filter.1.Value.1", id)];
    let answer = client.must("Vpc", action, &filter);
    known("Vpc", action, &answer);
    assert_eq!(answer["TotalCount"], 1, "{answer}");
    answer[path.0][path.1][0].clone()
}

fn connection(client: &Client, id: &str) -> Value {
    let path = ("PhysicalConnectionSet", "PhysicalConnectionType");
    one(client, "DescribePhysicalConnections", ("PhysicalConnectionId", id), path)
}

fn border(client: &Client, id: &str) -> Value {
    let path = ("VirtualBorderRouterSet", "VirtualBorderRouterType");
    one(client, "DescribeVirtualBorderRouters", ("VbrId", id), path)
}

fn interface(client: &Client, id: &str) -> Value {
    let path = ("RouterInterfaceSet", "RouterInterfaceType");
    one(client, "DescribeRouterInterfaces", ("RouterInterfaceId", id), path)
}

fn status(shown: &Value) -> String {
    text(&shown["Status"])
}
