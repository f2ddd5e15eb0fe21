//! What an account has and may have.

use argali_testkit::TestServer;

use super::user;
use crate::shape::complete;
use crate::stage::Stage;
use crate::world::{shared, tenant, tenant_on};

#[test]
fn what_there_is_is_counted() {
    let a = tenant();
    let count = |what: &str| a.must("Ims", "GetAccountSummary", &[])["SummaryMap"][what].clone();
    complete("Ims", "GetAccountSummary", &a.must("Ims", "GetAccountSummary", &[]), &[]);
    for what in ["Users", "Groups", "Roles", "Policies"] {
        assert_eq!(count(what), 0, "{what}");
    }
    user(&a, "alice");
    user(&a, "bob");
    a.must("Ims", "CreateGroup", &[("GroupName", "ops")]);
    a.role("ops", &[], &[]);
    let document = argali_testkit::allow(&["ecs:*"], &["*"]).to_string();
    a.must("Ram", "CreatePolicy", &[("PolicyName", "p"), ("PolicyDocument", &document)]);
    assert_eq!(["Users", "Groups", "Roles", "Policies"].map(count), [2, 1, 1, 1]);
    a.must("Ims", "DeleteGroup", &[("GroupName", "ops")]);
    assert_eq!(count("Groups"), 0);
    assert_eq!((count("UsersQuota"), count("PolicySizeQuota")), (5_000.into(), 6_144.into()));
    assert_eq!((count("MFADevices"), count("VirtualMFADevicesQuota")), (0.into(), 5_000.into()));
    let stage = Stage::new(shared(), a.clone());
    stage.params("Ims", "DeleteVirtualMFADevice");
    assert_eq!((count("MFADevices"), count("MFADevicesInUse")), (1.into(), 0.into()));
    stage.params("Ims", "UnbindMFADevice");
    assert_eq!((count("MFADevices"), count("MFADevicesInUse")), (2.into(), 1.into()));
}

#[test]
fn quotas_are_those_of_the_operator() {
    let server = TestServer::builder().configure(|config| config.quota.users = 7).start();
    let a = tenant_on(&server);
    assert_eq!(a.must("Ims", "GetAccountSummary", &[])["SummaryMap"]["UsersQuota"], 7);
}
