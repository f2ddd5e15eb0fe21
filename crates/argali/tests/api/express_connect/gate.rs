//! Express Connect is closed to other accounts until the operator opens the owning one.

use argali_testkit::{Client, Delegation, Enterprise, Gate, TestServer};

use super::{HERE, stage};
use crate::expect::Calls;
use crate::process::Installation;
use crate::stage::{Stage, borrowed};

/// A session of the delegate's in a role that may manage Express Connect.
fn delegate(a: &Enterprise, b: &Enterprise, alice: &Client) -> Client {
    let policies = ["AliyunExpressConnectFullAccess", "AliyunVPCReadOnlyAccess"];
    let role = a.role("connect-admin", &[&b.root_arn()], &policies);
    alice.assume(&role, "alice").unwrap()
}

/// S0-01, S0-06, S0-08, S0-09: closed whatever the role's policies say, to chains that began elsewhere, until the
/// operator opens the owning account; closed again at once.
#[test]
fn it_is_closed_to_chains_that_began_in_another_account_until_the_operator_opens_it() {
    let server = TestServer::start();
    let Delegation { a, b, alice, .. } = Delegation::set_up(&server);
    let session = delegate(&a, &b, &alice);
    let stage = Stage::new(&server, a.clone());
    let connection = stage.connection();
    let list = || session.call("Vpc", "DescribePhysicalConnections", &[HERE]);
    let rename = [HERE, ("PhysicalConnectionId", connection.as_str()), ("Name", "renamed")];
    let closed = || {
        for (action, params) in [
            ("DescribePhysicalConnections", vec![HERE]),
            ("ModifyPhysicalConnectionAttribute", rename.to_vec()),
            ("DescribeAccessPoints", vec![HERE]),
        ] {
            let refusal = session.refused("Vpc", action, &params, "Forbidden.RAM");
            let said = "Express Connect resources cannot be accessed from another account by default. \
                        Ask the operator of this service.";
            assert_eq!(refusal.message, said);
        }
    };
    closed();
    // The owner finds it among what was refused, and why.
    let refused = a.must("Argali", "ListActivity", &[("Outcome", "Denied"), ("OnlyNotable", "true")]);
    let first = &refused["Events"][0];
    assert_eq!(first["Action"], "DescribeAccessPoints", "{refused}");
    let why = a.must("Argali", "Why", &[("RequestId", first["RequestId"].as_str().unwrap())]);
    assert_eq!((&why["Outcome"], &why["Refusal"]), (&"Denied".into(), &serde_json::Value::Null));
    assert!(why["Call"]["ErrorMessage"].as_str().unwrap().contains("Ask the operator"), "{why}");
    // The rest of the product is open.
    session.must("Vpc", "DescribeVpcs", &[HERE]);
    // The owner's own people are let in, and so are its own roles.
    let own_role = a.role("own-admin", &[&a.root_arn()], &["AliyunExpressConnectFullAccess"]);
    let bob = a.user("bob");
    a.grant("bob", "AliyunSTSAssumeRoleAccess");
    bob.assume(&own_role, "bob").unwrap().must("Vpc", "DescribePhysicalConnections", &[HERE]);
    // Another account that is opened does not matter.
    server.gate(&b.id, "expressconnect", Gate::Open);
    closed();
    server.gate(&a.id, "expressconnect", Gate::Open);
    assert_eq!(list().unwrap()["TotalCount"], 1);
    session.must("Vpc", "ModifyPhysicalConnectionAttribute", &rename);
    // What the role may not do stays refused.
    session.refused("Vpc", "CreateVpc", &[HERE], "Forbidden.RAM");
    server.gate(&a.id, "expressconnect", Gate::Closed);
    closed();
}

/// S0-07: the read-only policy reads and changes nothing.
#[test]
fn a_read_only_role_reads_and_changes_nothing() {
    let server = TestServer::start();
    let Delegation { a, b, alice, .. } = Delegation::set_up(&server);
    server.gate(&a.id, "expressconnect", Gate::Open);
    let role = a.role("reader", &[&b.root_arn()], &["AliyunExpressConnectReadOnlyAccess"]);
    let session = alice.assume(&role, "alice").unwrap();
    let stage = Stage::new(&server, a);
    for action in [
        "DescribeAccessPoints",
        "DescribePhysicalConnections",
        "DescribeVirtualBorderRouters",
        "DescribeVirtualBorderRoutersForPhysicalConnection",
        "DescribeRouterInterfaces",
        "ListTagResourcesForExpressConnect",
    ] {
        session.must("Vpc", action, &borrowed(&stage.params("Vpc", action)));
    }
    for action in [
        "CreatePhysicalConnection",
        "EnablePhysicalConnection",
        "DeletePhysicalConnection",
        "CreateVirtualBorderRouter",
        "DeleteRouterInterface",
        "TagResourcesForExpressConnect",
    ] {
        let params = stage.params("Vpc", action);
        let refusal = session.refused("Vpc", action, &borrowed(&params), "Forbidden.RAM");
        assert_eq!(refusal.access_denied_detail.unwrap().auth_action, format!("vpc:{action}"));
    }
}

#[test]
fn the_operator_turns_the_gate_with_a_command() {
    let installation = Installation::new();
    let a = installation.create_account("company-a", "11223344");
    let b = installation.create_account("company-b", "12345678");
    let server = installation.serve("info");
    let enterprise = |id: &str, credentials| Enterprise {
        id: id.to_owned(),
        alias: id.to_owned(),
        client: server.client(credentials),
    };
    let (a, b) = (enterprise("11223344", a), enterprise("12345678", b));
    let alice = b.user("alice");
    b.grant("alice", "AliyunSTSAssumeRoleAccess");
    let session = delegate(&a, &b, &alice);
    let turn = |service: &str, state: &str| {
        installation.operate(&["account", "gate", "company-a", service, state]).status.code()
    };
    let call = ["call", "Vpc", "DescribePhysicalConnections", "RegionId=cn-hangzhou"];
    let list = || installation.run(&call, &server, session.credentials()).status.code();
    assert_eq!(list(), Some(3), "it is closed");
    assert_ne!(turn("nothing", "open"), Some(0), "there is no such service");
    assert_eq!(turn("expressconnect", "open"), Some(0));
    assert_eq!(list(), Some(0));
    assert_eq!(turn("expressconnect", "closed"), Some(0));
    assert_eq!(list(), Some(3));
}

#[test]
fn tags_and_lists_of_all_resources_keep_the_gate() {
    stage!(server, stage);
    let (owner, connection) = (stage.owner.clone(), stage.connection());
    let elsewhere = crate::world::tenant_on(&server);
    let role = owner.role("all", &[&elsewhere.root_arn()], &["AdministratorAccess"]);
    let alice = elsewhere.user("alice");
    elsewhere.grant("alice", "AliyunSTSAssumeRoleAccess");
    let session = alice.assume(&role, "alice").unwrap();
    let tag = [
        HERE,
        ("ResourceType", "PHYSICALCONNECTION"),
        ("ResourceId.1", connection.as_str()),
        ("Tag.1.Key", "team"),
    ];
    session.refused("Vpc", "TagResourcesForExpressConnect", &tag, "Forbidden.RAM");
    session.refused("Vpc", "ListTagResourcesForExpressConnect", &tag[..3], "Forbidden.RAM");
    // Lists over all services leave out what is closed.
    let listed = session.must("ResourceManager", "ListResources", &[]).to_string();
    assert!(!listed.contains(&connection), "{listed}");
    assert!(owner.must("ResourceManager", "ListResources", &[]).to_string().contains(&connection));
}
