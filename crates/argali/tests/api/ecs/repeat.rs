//! Calls that are sent again with the same `ClientToken`.

use argali_testkit::hours;

use super::{HERE, changed, ids, stage};
use crate::expect::Calls;
use crate::stage::{Stage, borrowed};
use crate::world::tenant_on;

#[test]
fn a_call_sent_again_with_its_token_is_answered_and_not_run_again() {
    stage!(server, stage);
    let client = &stage.owner.client;
    let params = changed(&stage.new_instance(), "ClientToken", Some("one"));
    let run = |params: &_| client.must("Ecs", "RunInstances", &borrowed(params));
    let first = run(&params);
    let again = run(&params);
    assert_eq!(first["InstanceIdSets"], again["InstanceIdSets"]);
    assert_ne!(first["RequestId"], again["RequestId"], "it is another request");

    let other = run(&changed(&params, "ClientToken", Some("two")));
    let none = run(&stage.new_instance());
    assert_ne!(first["InstanceIdSets"], other["InstanceIdSets"]);
    assert_ne!(first["InstanceIdSets"], none["InstanceIdSets"]);
    let all = client.must("Ecs", "DescribeInstances", &[HERE]);
    assert_eq!(ids(&all["Instances"]["Instance"], "InstanceId").len(), 3);
}

#[test]
fn a_token_stands_for_one_call_of_one_account_for_a_day() {
    stage!(server, stage);
    let client = &stage.owner.client;
    let params = changed(&stage.new_instance(), "ClientToken", Some("one"));
    let first = client.must("Ecs", "RunInstances", &borrowed(&params));
    let larger = changed(&params, "Amount", Some("2"));
    client.refused("Ecs", "RunInstances", &borrowed(&larger), "IdempotentParameterMismatch");
    let long = changed(&params, "ClientToken", Some(&"x".repeat(65)));
    client.refused("Ecs", "RunInstances", &borrowed(&long), "InvalidParameter.ClientToken");

    let neighbour = Stage::new(&server, tenant_on(&server));
    let theirs = changed(&neighbour.new_instance(), "ClientToken", Some("one"));
    neighbour.owner.client.must("Ecs", "RunInstances", &borrowed(&theirs));

    server.clock().advance(hours(25));
    server.core().tidy().unwrap();
    let later = client.must("Ecs", "RunInstances", &borrowed(&params));
    assert_ne!(first["InstanceIdSets"], later["InstanceIdSets"]);
}
