//! Whose an MFA device is.

use argali_testkit::{Authenticator, Client, Enterprise, TestServer, seconds};

use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::text;
use crate::world::{shared, tenant, tenant_on};

const ALICE: (&str, &str) = ("UserName", "alice");

/// A device of an account, and the app that shows its codes.
struct Device {
    serial: String,
    app: Authenticator,
}

fn device(client: &Client, name: &str) -> Device {
    let made = client.must("Ram", "CreateVirtualMFADevice", &[("VirtualMFADeviceName", name)]);
    let device = &made["VirtualMFADevice"];
    let app = Authenticator::new(&text(&device["Base32StringSeed"]));
    Device { serial: text(&device["SerialNumber"]), app }
}

fn with_alice() -> (Enterprise, Device) {
    let a = tenant();
    a.must("Ram", "CreateUser", &[ALICE]);
    let device = device(&a.client, "first");
    (a, device)
}

/// The parameters that bind `serial` to `user` with these codes.
fn binding<'p>(user: &'p str, serial: &'p str, codes: &'p [String; 2]) -> [(&'static str, &'p str); 4] {
    let [first, second] = codes;
    [
        ("UserName", user),
        ("SerialNumber", serial),
        ("AuthenticationCode1", first),
        ("AuthenticationCode2", second),
    ]
}

fn codes(server: &TestServer, device: &Device) -> [String; 2] {
    device.app.codes(server.clock().now())
}

#[test]
fn who_which_and_what_must_be_right() {
    let (a, first) = with_alice();
    let good = codes(shared(), &first);
    let refused = |user: &str, serial: &str, codes: &[String; 2], code: &str| {
        a.client.refused("Ram", "BindMFADevice", &binding(user, serial, codes), code)
    };
    refused("nobody", &first.serial, &good, "EntityNotExist.User");
    let absent = format!("acs:ram::{}:mfa/absent", a.id);
    refused("alice", &absent, &good, "EntityNotExist.VirtualMFADevice");
    for bad in ["12345", "1234567", "12345a", "１２３４５６"] {
        let bad = [good[0].clone(), bad.to_owned()];
        refused("alice", &first.serial, &bad, "InvalidParameter.AuthenticationCode.Format");
    }
    let [one, two] = good.clone();
    for wrong in [[two.clone(), one.clone()], [one.clone(), one.clone()], ["000000".to_owned(), two]] {
        refused("alice", &first.serial, &wrong, "CheckAuthenticationCodeFail");
    }
    for action in ["UnbindMFADevice", "GetUserMFAInfo"] {
        a.client.refused("Ram", action, &[ALICE], "EntityNotExist.User.MFADevice");
        a.client.refused("Ram", action, &[("UserName", "nobody")], "EntityNotExist.User");
    }
    // A device of another account is not there.
    let b = tenant();
    b.must("Ram", "CreateUser", &[ALICE]);
    let params = binding("alice", &first.serial, &good);
    b.client.refused("Ram", "BindMFADevice", &params, "EntityNotExist.VirtualMFADevice");
}

#[test]
fn a_user_has_one_device_and_a_device_one_user() {
    let (a, first) = with_alice();
    a.must("Ram", "CreateUser", &[("UserName", "bob")]);
    let good = codes(shared(), &first);
    let bound = a.must("Ram", "BindMFADevice", &binding("alice", &first.serial, &good));
    complete("Ram", "BindMFADevice", &bound, &[]);
    let shown = a.must("Ram", "GetUserMFAInfo", &[ALICE]);
    complete("Ram", "GetUserMFAInfo", &shown, &[]);
    assert_eq!(
        (&shown["MFADevice"]["Type"], text(&shown["MFADevice"]["SerialNumber"])),
        (&"VMFA".into(), first.serial.clone())
    );
    let second = device(&a.client, "second");
    let refused = |user: &str, device: &Device, code: &str| {
        let codes = codes(shared(), device);
        a.client.refused("Ram", "BindMFADevice", &binding(user, &device.serial, &codes), code);
    };
    refused("alice", &second, "EntityAlreadyExists.User.MFADevice");
    refused("bob", &first, "EntityAlreadyExists.VirtualMFADevice.User");
    let serial = [("SerialNumber", first.serial.as_str())];
    a.client.refused("Ram", "DeleteVirtualMFADevice", &serial, "DeleteConflict.VirtualMFADevice.User");
    a.client.refused("Ram", "DeleteUser", &[ALICE], "DeleteConflict.User.MFADevice");
    let unbound = a.must("Ram", "UnbindMFADevice", &[ALICE]);
    complete("Ram", "UnbindMFADevice", &unbound, &[]);
    assert_eq!(text(&unbound["MFADevice"]["SerialNumber"]), first.serial);
    a.client.refused("Ram", "GetUserMFAInfo", &[ALICE], "EntityNotExist.User.MFADevice");
    a.must("Ram", "DeleteVirtualMFADevice", &serial);
    a.must("Ram", "DeleteUser", &[ALICE]);
}

#[test]
fn codes_may_be_a_step_off_and_count_once() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    a.must("Ram", "CreateUser", &[ALICE]);
    let first = device(&a.client, "first");
    let early = codes(&server, &first);
    server.clock().advance(seconds(90));
    let params = binding("alice", &first.serial, &early);
    a.client.refused("Ram", "BindMFADevice", &params, "CheckAuthenticationCodeFail");
    let good = codes(&server, &first);
    server.clock().advance(seconds(60));
    a.must("Ram", "BindMFADevice", &binding("alice", &first.serial, &good));
    a.must("Ram", "UnbindMFADevice", &[ALICE]);
    // What was used once is used up.
    let params = binding("alice", &first.serial, &good);
    a.client.refused("Ram", "BindMFADevice", &params, "CheckAuthenticationCodeFail");
    server.clock().advance(seconds(30));
    let next = codes(&server, &first);
    a.must("Ram", "BindMFADevice", &binding("alice", &first.serial, &next));
}

#[test]
fn users_manage_a_device_of_their_name_if_the_account_lets_them() {
    let a = tenant();
    let alice = a.user("alice_b");
    a.user("bob");
    let name = |name: &'static str| [("VirtualMFADeviceName", name)];
    alice.refused("Ram", "CreateVirtualMFADevice", &name("bob"), "NoPermission");
    alice.refused("Ram", "ListVirtualMFADevices", &[], "NoPermission");
    let own = device(&alice, "Alice-B");
    let good = codes(shared(), &own);
    alice.refused("Ram", "BindMFADevice", &binding("bob", &own.serial, &good), "NoPermission");
    alice.must("Ram", "BindMFADevice", &binding("alice_b", &own.serial, &good));
    alice.must("Ram", "GetUserMFAInfo", &[("UserName", "alice_b")]);
    alice.refused("Ram", "GetUserMFAInfo", &[("UserName", "bob")], "NoPermission");
    alice.must("Ram", "UnbindMFADevice", &[("UserName", "alice_b")]);
    let serial = [("SerialNumber", own.serial.as_str())];
    alice.must("Ram", "DeleteVirtualMFADevice", &serial);
    a.must("Ram", "SetSecurityPreference", &[("AllowUserToManageMFADevices", "false")]);
    alice.refused("Ram", "CreateVirtualMFADevice", &name("Alice-B"), "NoPermission");
}
