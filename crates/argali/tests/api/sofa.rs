//! SOFAStack, whose resources policies cannot tell apart.

use argali_testkit::{Delegation, TestServer, allow, seconds};

use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::{REGION, Stage, borrowed};
use crate::world::tenant_on;

#[test]
fn an_application_lives_from_deploying_to_gone() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    a.client.refused("SOFA", "CreateApplication", &[("Name", "shop")], "MissingParameter");
    let made = a.must("SOFA", "CreateApplication", &[("Name", "shop"), ("Image", "registry/shop:1")]);
    complete("SOFA", "CreateApplication", &made, &[]);
    let id = made["ApplicationId"].as_str().unwrap();
    let this = [("ApplicationId", id)];
    let state = || {
        let shown = a.must("SOFA", "GetApplication", &this);
        complete("SOFA", "GetApplication", &shown, &[]);
        shown["Application"]["Status"].as_str().unwrap().to_owned()
    };
    assert_eq!(state(), "Deploying");
    a.client.refused("SOFA", "StopApplication", &this, "IncorrectApplicationStatus");
    server.clock().advance(seconds(2));
    a.must("SOFA", "StopApplication", &this);
    server.clock().advance(seconds(2));
    assert_eq!(state(), "Stopped");
    a.must("SOFA", "DeployApplication", &[this[0], ("Image", "registry/shop:2")]);
    server.clock().advance(seconds(2));
    let listed = a.must("SOFA", "ListApplications", &[("Name", "shop")]);
    complete("SOFA", "ListApplications", &listed, &[]);
    assert_eq!(listed["Applications"][0]["Image"], "registry/shop:2");
    a.must("SOFA", "DeleteApplication", &this);
    a.client.refused("SOFA", "GetApplication", &this, "InvalidApplication.NotFound");
}

/// S1-02, S1-11: operations on the container application service are delegated as a whole; a policy on one resource
/// has no effect.
#[test]
fn only_a_grant_on_the_whole_service_has_effect() {
    let server = TestServer::start();
    let Delegation { a, b, alice, .. } = Delegation::set_up(&server);
    let stage = Stage::new(&server, a.clone());
    let params = stage.params("SOFA", "StopApplication");
    let one = format!("acs:sofa:{REGION}:{}:application/{}", a.id, params[0].1);
    let all = format!("acs:sofa:*:{}:*", a.id);
    for (role, resource) in [("narrow", one.as_str()), ("wide", &all), ("whole", "*")] {
        let arn = a.role(role, &[&b.root_arn()], &[]);
        let document = allow(&["sofa:*"], &[resource]).to_string();
        let policy = [("PolicyName", role), ("PolicyDocument", document.as_str())];
        a.must("Ram", "CreatePolicy", &policy);
        let grant = [("RoleName", role), ("PolicyName", role), ("PolicyType", "Custom")];
        a.must("Ram", "AttachPolicyToRole", &grant);
        let session = alice.assume(&arn, "alice").unwrap();
        if resource == "*" {
            session.must("SOFA", "StopApplication", &borrowed(&params));
        } else {
            let refusal = session.refused("SOFA", "StopApplication", &borrowed(&params), "Forbidden.RAM");
            assert_eq!(refusal.access_denied_detail.unwrap().auth_action, "sofa:StopApplication");
        }
    }
    // There is nothing to put in a resource group, and nothing to tag.
    let listed = a.must("ResourceManager", "ListResourceGroupCapability", &[("Service", "sofa")]);
    assert_eq!(listed["Capabilities"], serde_json::json!([]));
}
