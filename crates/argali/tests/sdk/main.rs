//! The delegation story, told by the official SDKs, unmodified: each on a server of its own with a fresh data folder.
//!
//! The scripts in `python` and `node` are the tests, and are meant to be read as examples. What is here starts
//! `argali serve`, makes the two accounts as an operator does, and hands their keys to the script. `./test` installs
//! what the scripts need; a tool that is missing is a failure, because a story that nobody told proves nothing.

#![cfg(test)]

mod delegated;
mod operation;
mod script;
mod server;
#[path = "../api/stage/mod.rs"]
mod stage;
mod trail;

use operation::every_operation;
use script::{Reach, node, node_by, node_caller, pytest, pytest_by, python_caller};

#[test]
fn python_tea_sdk_with_signature_v3() {
    pytest("test_tea.py", "ACS3-HMAC-SHA256");
}

#[test]
fn python_tea_sdk_with_signature_v1() {
    pytest("test_tea.py", "v2");
}

#[test]
fn python_classic_sdk() {
    pytest("test_classic.py", "v1");
}

#[test]
fn node_tea_sdk_with_signature_v3() {
    node("tea.test.js", "ACS3-HMAC-SHA256");
}

#[test]
fn node_pop_core_by_get() {
    node("pop-core.test.js", "GET");
}

#[test]
fn node_pop_core_by_post() {
    node("pop-core.test.js", "POST");
}

#[test]
fn python_oss2_with_signature_v1() {
    pytest("test_oss2.py", "v1");
}

#[test]
fn python_oss2_with_signature_v4() {
    pytest("test_oss2.py", "v4");
}

#[test]
fn python_oss_v2_with_signature_v1() {
    pytest("test_oss_v2.py", "v1");
}

#[test]
fn python_oss_v2_with_signature_v4() {
    pytest("test_oss_v2.py", "v4");
}

#[test]
fn node_ali_oss_with_signature_v1() {
    node("oss.test.js", "v1");
}

#[test]
fn node_ali_oss_with_signature_v4() {
    node("oss.test.js", "v4");
}

#[test]
fn rclone_copies_a_tree_in_and_out() {
    pytest("test_rclone.py", "");
}

#[test]
fn python_mns_sdk() {
    pytest("test_mns.py", "");
}

#[test]
fn python_receiver_verifies_what_webhooks_tell() {
    pytest("test_webhook.py", "");
}

#[test]
fn python_program_answers_gateways_and_authzen_clients() {
    pytest("test_gateway.py", "");
}

#[test]
fn python_role_provider_over_https() {
    pytest_by(Reach::Https, "test_role_provider.py", "");
}

#[test]
fn python_sdks_with_tokens_of_an_issuer() {
    pytest_by(Reach::Https, "test_oidc.py", "");
}

#[test]
fn node_role_provider_over_https() {
    node_by(Reach::Https, "role-provider.test.js", "");
}

#[test]
fn python_sdks_with_their_own_hosts_by_proxy() {
    pytest_by(Reach::Proxy, "test_fixed_hosts.py", "");
}

#[test]
fn every_operation_with_the_python_tea_sdk() {
    let products = ["Ram", "Sts", "Ims", "ResourceManager", "Actiontrail"];
    every_operation(python_caller(), &products, &[]);
}

#[test]
fn delegated_services_with_the_python_tea_sdk() {
    delegated::each_service(python_caller());
}

#[test]
fn every_operation_of_resource_services_with_the_python_tea_sdk() {
    every_operation(python_caller(), &["Ecs", "Vpc", "Slb", "Rds"], &[]);
}

#[test]
fn every_operation_with_the_node_tea_sdk() {
    // There is no Node SDK of ActionTrail, and those of RAM and IMS are older than their APIs.
    let missing = [
        ("Ram", "CreateServiceLinkedRole"),
        ("Ram", "DeleteServiceLinkedRole"),
        ("Ram", "GetServiceLinkedRoleTemplate"),
        ("Ims", "CreateServiceCredential"),
        ("Ims", "DeleteServiceCredential"),
        ("Ims", "GetServiceCredential"),
        ("Ims", "ListServiceCredentials"),
        ("Ims", "UpdateServiceCredential"),
        ("Ims", "GetAccessKeyPolicy"),
        ("Ims", "GetAccessKeyPolicyForAccount"),
        ("Ims", "SetAccessKeyPolicy"),
        ("Ims", "SetAccessKeyPolicyForAccount"),
    ];
    every_operation(node_caller(), &["Ram", "Sts", "Ims", "ResourceManager"], &missing);
}

#[test]
fn every_operation_of_resource_services_with_the_node_tea_sdk() {
    // There is no Node SDK of this generation for SLB.
    every_operation(node_caller(), &["Ecs", "Vpc", "Rds"], &[]);
}
