//! Many at once: limits and names hold, whoever comes first.
// SPEC: security, tests that decide, 20 parallel calls.

use std::sync::Barrier;

use argali_testkit::{Client, TestServer, allow};
use serde_json::Value;

use crate::expect::Calls;
use crate::world::{on_each_engine, tenant_on};

const CALLERS: usize = 20;

/// What comes of the same call made by many at the same moment: how many succeed, and the codes of the rest.
fn at_once(client: &Client, action: &str, params: &[(&str, &str)]) -> (usize, Vec<String>) {
    let barrier = Barrier::new(CALLERS);
    let call = || {
        barrier.wait();
        client.call("Ram", action, params)
    };
    let results: Vec<_> = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(call)).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    let mut codes: Vec<_> = results.into_iter().filter_map(Result::err).map(|failure| failure.code).collect();
    codes.sort();
    let done = CALLERS - codes.len();
    codes.dedup();
    (done, codes)
}

fn length(list: &Value) -> usize {
    list.as_array().map_or(0, Vec::len)
}

#[test]
fn twenty_users_of_one_name_become_one() {
    on_each_engine(|server: &TestServer| {
        let a = tenant_on(server);
        let (made, codes) = at_once(&a.client, "CreateUser", &[("UserName", "alice")]);
        assert_eq!((made, codes), (1, vec!["EntityAlreadyExists.User".to_owned()]));
        assert_eq!(length(&a.must("Ram", "ListUsers", &[])["Users"]["User"]), 1);
    });
}

#[test]
fn twenty_keys_for_one_user_become_two() {
    on_each_engine(|server| {
        let a = tenant_on(server);
        a.must("Ram", "CreateUser", &[("UserName", "alice")]);
        let (made, codes) = at_once(&a.client, "CreateAccessKey", &[("UserName", "alice")]);
        assert_eq!((made, codes), (2, vec!["LimitExceeded.User.AccessKey".to_owned()]));
        let keys = a.must("Ram", "ListAccessKeys", &[("UserName", "alice")]);
        assert_eq!(length(&keys["AccessKeys"]["AccessKey"]), 2);
    });
}

#[test]
fn twenty_versions_of_one_policy_become_five() {
    on_each_engine(|server| {
        let a = tenant_on(server);
        let document = allow(&["ecs:*"], &["*"]).to_string();
        let params = [("PolicyName", "p"), ("PolicyDocument", document.as_str())];
        a.must("Ram", "CreatePolicy", &params);
        let (made, codes) = at_once(&a.client, "CreatePolicyVersion", &params);
        assert_eq!((made, codes), (4, vec!["LimitExceeded.Policy.Version".to_owned()]));
        let versions = a.must("Ram", "ListPolicyVersions", &[("PolicyName", "p"), ("PolicyType", "Custom")]);
        assert_eq!(length(&versions["PolicyVersions"]["PolicyVersion"]), 5);
    });
}

#[test]
fn a_policy_is_either_attached_or_gone() {
    on_each_engine(|server| {
        let a = tenant_on(server);
        a.must("Ram", "CreateUser", &[("UserName", "alice")]);
        let document = allow(&["ecs:*"], &["*"]).to_string();
        for round in 0..10 {
            let name = format!("p{round}");
            a.must("Ram", "CreatePolicy", &[("PolicyName", &name), ("PolicyDocument", &document)]);
            let attach = [("UserName", "alice"), ("PolicyName", &name), ("PolicyType", "Custom")];
            let (attached, deleted) = std::thread::scope(|scope| {
                let attached = scope.spawn(|| a.client.call("Ram", "AttachPolicyToUser", &attach));
                let deleted = a.client.call("Ram", "DeletePolicy", &[("PolicyName", &name)]);
                (attached.join().unwrap(), deleted)
            });
            match (attached, deleted) {
                (Ok(_), Err(failure)) => assert_eq!(failure.code, "DeleteConflict.Policy.User"),
                (Err(failure), Ok(_)) => assert_eq!(failure.code, "EntityNotExist.Policy"),
                both => panic!("one must win and the other lose: {both:?}"),
            }
            // What is listed can be read: no attachment dangles.
            for policy in
                a.client.must("Ram", "ListPoliciesForUser", &[("UserName", "alice")])["Policies"]["Policy"]
                    .as_array()
                    .unwrap()
            {
                let name = policy["PolicyName"].as_str().unwrap();
                a.must("Ram", "GetPolicy", &[("PolicyName", name), ("PolicyType", "Custom")]);
                a.must(
                    "Ram",
                    "DetachPolicyFromUser",
                    &[("UserName", "alice"), ("PolicyName", name), ("PolicyType", "Custom")],
                );
            }
        }
    });
}

#[test]
fn twenty_attachments_of_one_policy_become_one() {
    on_each_engine(|server| {
        let a = tenant_on(server);
        a.must("Ram", "CreateUser", &[("UserName", "alice")]);
        let params = [("UserName", "alice"), ("PolicyName", "AdministratorAccess"), ("PolicyType", "System")];
        let (made, codes) = at_once(&a.client, "AttachPolicyToUser", &params);
        assert_eq!((made, codes), (1, vec!["EntityAlreadyExists.User.Policy".to_owned()]));
        let entities = a.must("Ram", "ListEntitiesForPolicy", &params[1..]);
        assert_eq!(length(&entities["Users"]["User"]), 1);
    });
}

#[test]
fn one_request_sent_twenty_times_at_once_runs_once() {
    on_each_engine(|server| {
        let a = tenant_on(server);
        for params in [&[("UserName", "alice")][..], &[]] {
            let action = if params.is_empty() { "ListUsers" } else { "CreateUser" };
            let request = a.client.sign("Ram", action, params);
            let barrier = Barrier::new(CALLERS);
            let send = || {
                barrier.wait();
                a.client.send(&request)
            };
            let results: Vec<_> = std::thread::scope(|scope| {
                let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(send)).collect();
                callers.into_iter().map(|caller| caller.join().unwrap()).collect()
            });
            let refusals: Vec<_> = results.into_iter().filter_map(Result::err).collect();
            assert_eq!(refusals.len(), CALLERS - 1, "{action}");
            assert!(refusals.iter().all(|failure| failure.code == "SignatureNonceUsed"), "{refusals:?}");
        }
    });
}

#[test]
fn a_resource_group_either_holds_something_or_is_gone() {
    on_each_engine(|server| {
        let a = tenant_on(server);
        for round in 0..5 {
            let user = format!("user-{round}");
            a.must("Ram", "CreateUser", &[("UserName", &user)]);
            let group = [("Name", format!("group-{round}")), ("DisplayName", "Team".to_owned())];
            let group = group.each_ref().map(|(name, value)| (*name, value.as_str()));
            let made = a.must("ResourceManager", "CreateResourceGroup", &group);
            let id = made["ResourceGroup"]["Id"].as_str().unwrap();
            let vpc = a.must("Vpc", "CreateVpc", &[("RegionId", "cn-hangzhou")])["VpcId"].clone();
            let barrier = Barrier::new(CALLERS);
            let call = |number: usize| {
                let (this, here) = (("ResourceGroupId", id), ("RegionId", "cn-hangzhou"));
                let moved = [
                    here,
                    ("ResourceType", "VPC"),
                    ("ResourceId", vpc.as_str().unwrap()),
                    ("NewResourceGroupId", id),
                ];
                let granted = [
                    ("UserName", user.as_str()),
                    ("PolicyName", "AliyunVPCFullAccess"),
                    ("PolicyType", "System"),
                    this,
                ];
                barrier.wait();
                _ = match number % 4 {
                    0 => a.client.call("ResourceManager", "DeleteResourceGroup", &[this]),
                    1 => a.client.call("Vpc", "CreateVpc", &[here, this]),
                    2 => a.client.call("Vpc", "MoveResourceGroup", &moved),
                    _ => a.client.call("Ram", "AttachPolicyToUser", &granted),
                };
            };
            std::thread::scope(|scope| {
                for number in 0..CALLERS {
                    scope.spawn(move || call(number));
                }
            });
            let there = a.must("ResourceManager", "ListResourceGroups", &[("ResourceGroupId", id)])["TotalCount"]
                == 1;
            let held = a.must("Vpc", "DescribeVpcs", &[("RegionId", "cn-hangzhou"), ("ResourceGroupId", id)]);
            let granted = a.client.call("Ram", "DeleteUser", &[("UserName", &user)]).is_err();
            // Whoever is first decides: what came before the deletion forbids it or ends with it.
            assert!(there || (held["TotalCount"] == 0 && !granted), "{there} {held} {granted}");
            assert!(!there || held["TotalCount"] != 0, "nothing forbade the deletion");
        }
    });
}
