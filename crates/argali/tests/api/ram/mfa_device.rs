//! Virtual MFA devices: made, listed and removed.

use argali_testkit::Authenticator;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::each;
use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::text;
use crate::world::{shared, tenant};

const NAME: &str = "VirtualMFADeviceName";

#[test]
fn names_and_numbers_are_checked() {
    let a = tenant();
    let long = "a".repeat(65);
    for (name, code) in [
        (long.as_str(), "InvalidParameter.VirtualMFADeviceName.Length"),
        ("a_b", "InvalidParameter.VirtualMFADeviceName.InvalidChars"),
        ("a b", "InvalidParameter.VirtualMFADeviceName.InvalidChars"),
        ("", "MissingVirtualMFADeviceName"),
    ] {
        a.client.refused("Ram", "CreateVirtualMFADevice", &[(NAME, name)], code);
    }
    a.must("Ram", "CreateVirtualMFADevice", &[(NAME, "Alice")]);
    let code = "EntityAlreadyExists.VirtualMFADevice";
    a.client.refused("Ram", "CreateVirtualMFADevice", &[(NAME, "aLICE")], code);
    let delete = |serial: &str, code| {
        a.client.refused("Ram", "DeleteVirtualMFADevice", &[("SerialNumber", serial)], code);
    };
    delete("Alice", "InvalidParameter.SerialNumber");
    delete(&format!("acs:ram::{}:role/Alice", a.id), "InvalidParameter.SerialNumber");
    delete(&format!("acs:ram::{}:mfa/bob", a.id), "EntityNotExist.VirtualMFADevice");
    // Of another account it is not there.
    let b = tenant();
    let serial = format!("acs:ram::{}:mfa/Alice", a.id);
    let params = [("SerialNumber", serial.as_str())];
    b.client.refused("Ram", "DeleteVirtualMFADevice", &params, "EntityNotExist.VirtualMFADevice");
    a.must("Ram", "DeleteVirtualMFADevice", &params);
    a.client.refused("Ram", "DeleteVirtualMFADevice", &params, "EntityNotExist.VirtualMFADevice");
}

#[test]
fn a_seed_is_shown_once() {
    let a = tenant();
    let made = a.must("Ram", "CreateVirtualMFADevice", &[(NAME, "Alice")]);
    complete("Ram", "CreateVirtualMFADevice", &made, &[]);
    let device = &made["VirtualMFADevice"];
    assert_eq!(device["SerialNumber"], format!("acs:ram::{}:mfa/Alice", a.id));
    let seed = text(&device["Base32StringSeed"]);
    assert_eq!(seed.len(), 32);
    let image = STANDARD.decode(text(&device["QRCodePNG"])).unwrap();
    assert!(image.starts_with(b"\x89PNG\r\n\x1a\n"));
    let listed = a.must("Ram", "ListVirtualMFADevices", &[]);
    assert!(!listed.to_string().contains(&seed));
}

#[test]
fn devices_are_listed_with_their_users() {
    let a = tenant();
    complete("Ram", "ListVirtualMFADevices", &a.must("Ram", "ListVirtualMFADevices", &[]), ALL);
    for name in ["b", "a"] {
        a.must("Ram", "CreateVirtualMFADevice", &[(NAME, name)]);
    }
    a.must("Ram", "CreateUser", &[("UserName", "alice"), ("DisplayName", "Alice")]);
    let made = a.must("Ram", "CreateVirtualMFADevice", &[(NAME, "c")]);
    let app = Authenticator::new(&text(&made["VirtualMFADevice"]["Base32StringSeed"]));
    let [first, second] = app.codes(shared().clock().now());
    let serial = format!("acs:ram::{}:mfa/c", a.id);
    let bind = [
        ("UserName", "alice"),
        ("SerialNumber", &serial),
        ("AuthenticationCode1", &first),
        ("AuthenticationCode2", &second),
    ];
    a.must("Ram", "BindMFADevice", &bind);
    let listed = a.must("Ram", "ListVirtualMFADevices", &[]);
    complete("Ram", "ListVirtualMFADevices", &listed, &[]);
    let devices = &listed["VirtualMFADevices"]["VirtualMFADevice"];
    let serials = ["a", "b", "c"].map(|name| format!("acs:ram::{}:mfa/{name}", a.id));
    assert_eq!(each(devices, "SerialNumber"), serials.each_ref().map(String::as_str));
    assert_eq!((&devices[0]["User"], &devices[0]["ActivateDate"]), (&Value::Null, &Value::Null));
    assert_eq!(devices[2]["User"]["UserName"], json!("alice"));
    assert_eq!(devices[2]["ActivateDate"], shared().clock().now().to_string());
}

/// The members of a list that is empty.
const ALL: &[&str] = &[
    "VirtualMFADevices.VirtualMFADevice[].ActivateDate",
    "VirtualMFADevices.VirtualMFADevice[].SerialNumber",
    "VirtualMFADevices.VirtualMFADevice[].User.DisplayName",
    "VirtualMFADevices.VirtualMFADevice[].User.UserId",
    "VirtualMFADevices.VirtualMFADevice[].User.UserName",
];
