//! Secrets of OAuth applications.

use serde_json::json;

use super::application::made;
use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::text;
use crate::world::tenant;

#[test]
fn a_secret_is_made_read_listed_and_deleted() {
    let a = tenant();
    let application = made(&a, &[("DisplayName", "Shop"), ("AppType", "WebApp")]);
    let this = ("AppId", application["AppId"].as_str().unwrap());
    let missing = [this, ("AppSecretId", "nothing")];
    for action in ["GetAppSecret", "DeleteAppSecret"] {
        a.client.refused("Ims", action, &[this], "MissingAppSecretId");
        a.client.refused("Ims", action, &missing, "EntityNotExist.AppSecret");
    }
    a.client.refused("Ims", "CreateAppSecret", &[("AppId", "4")], "EntityNotExist.Application");
    let first = a.must("Ims", "CreateAppSecret", &[this]);
    complete("Ims", "CreateAppSecret", &first, &[]);
    let second = a.must("Ims", "CreateAppSecret", &[this]);
    assert_ne!(first["AppSecret"]["AppSecretValue"], second["AppSecret"]["AppSecretValue"]);
    a.client.refused("Ims", "CreateAppSecret", &[this], "LimitExceeded.AppSecret");
    let id = text(&first["AppSecret"]["AppSecretId"]);
    let shown = a.must("Ims", "GetAppSecret", &[this, ("AppSecretId", &id)]);
    complete("Ims", "GetAppSecret", &shown, &[]);
    assert_eq!(shown["AppSecret"], first["AppSecret"]);
    let listed = a.must("Ims", "ListAppSecretIds", &[this]);
    complete("Ims", "ListAppSecretIds", &listed, &[]);
    assert_eq!(listed["AppSecrets"]["AppSecret"].as_array().unwrap().len(), 2);
    a.must("Ims", "DeleteAppSecret", &[this, ("AppSecretId", &id)]);
    a.client.refused("Ims", "GetAppSecret", &[this, ("AppSecretId", &id)], "EntityNotExist.AppSecret");
    let listed = a.must("Ims", "ListAppSecretIds", &[this]);
    assert_eq!(listed["AppSecrets"]["AppSecret"][0]["AppSecretId"], second["AppSecret"]["AppSecretId"]);
    assert_eq!(listed["AppSecrets"]["AppSecret"].as_array().unwrap().len(), 1);
}

/// Another application's secret is as absent as one that never was.
#[test]
fn a_secret_belongs_to_one_application() {
    let a = tenant();
    let [one, other] =
        ["One", "Other"].map(|name| made(&a, &[("DisplayName", name), ("AppType", "NativeApp")]));
    let made = a.must("Ims", "CreateAppSecret", &[("AppId", one["AppId"].as_str().unwrap())]);
    let id = ("AppSecretId", made["AppSecret"]["AppSecretId"].as_str().unwrap());
    let of_other = [("AppId", other["AppId"].as_str().unwrap()), id];
    a.client.refused("Ims", "GetAppSecret", &of_other, "EntityNotExist.AppSecret");
    let listed = a.must("Ims", "ListAppSecretIds", &of_other[..1]);
    assert_eq!(listed["AppSecrets"]["AppSecret"], json!([]));
}
