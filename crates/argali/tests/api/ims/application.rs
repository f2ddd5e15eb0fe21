//! OAuth applications: what they are told to be, and where they are installed.

use argali_testkit::Enterprise;
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::text;
use crate::world::tenant;

const DISPLAY: (&str, &str) = ("DisplayName", "Shop");
const WEB: (&str, &str) = ("AppType", "WebApp");
const NATIVE: (&str, &str) = ("AppType", "NativeApp");

/// A new application.
pub(super) fn made(owner: &Enterprise, params: &[(&str, &str)]) -> Value {
    owner.must("Ims", "CreateApplication", params)["Application"].clone()
}

fn scopes(of: &Value) -> Vec<(String, bool)> {
    let scopes = of["DelegatedScope"]["PredefinedScopes"]["PredefinedScope"].as_array().unwrap();
    scopes.iter().map(|scope| (text(&scope["Name"]), scope["Required"] == json!(true))).collect()
}

#[test]
fn what_an_application_cannot_be_is_refused() {
    let a = tenant();
    let create = |params: &[(&str, &str)], code: &str| {
        a.client.refused("Ims", "CreateApplication", params, code);
    };
    create(&[DISPLAY], "MissingAppType");
    create(&[WEB], "MissingDisplayName");
    create(&[DISPLAY, ("AppType", "MobileApp")], "InvalidParameter.AppType");
    create(&[WEB, ("DisplayName", &"x".repeat(25))], "InvalidParameter.DisplayName.Length");
    for (parameter, value, code) in [
        ("AppName", "my app", "InvalidParameter.AppName.InvalidChars"),
        ("AppName", &*"x".repeat(65), "InvalidParameter.AppName.Length"),
        ("AccessTokenValidity", "899", "InvalidParameter.AccessTokenValidity"),
        ("AccessTokenValidity", "10801", "InvalidParameter.AccessTokenValidity"),
        ("RefreshTokenValidity", "7199", "InvalidParameter.RefreshTokenValidity"),
        ("RefreshTokenValidity", "31536001", "InvalidParameter.RefreshTokenValidity"),
        ("PredefinedScopes", "aliuid;/acs/ccc", "InvalidParameter.PredefinedScopes"),
        ("RequiredScopes", "all", "InvalidParameter.RequiredScopes"),
        ("ProtocolVersion", "1.0", "InvalidParameter.ProtocolVersion"),
        ("RedirectUris", "https://a.example;javascript://a", "InvalidParameter.RedirectUris"),
        ("IsMultiTenant", "perhaps", "InvalidParameter.IsMultiTenant"),
    ] {
        create(&[DISPLAY, WEB, (parameter, value)], code);
    }
    made(&a, &[DISPLAY, WEB, ("AppName", "shop")]);
    create(&[DISPLAY, WEB, ("AppName", "SHOP")], "EntityAlreadyExists.Application");
}

#[test]
fn an_application_that_is_not_there_is_not_found() {
    let (a, b) = (tenant(), tenant());
    let of_b = made(&b, &[DISPLAY, NATIVE]);
    let of_b = of_b["AppId"].as_str().unwrap();
    for action in ["GetApplication", "UpdateApplication", "DeleteApplication", "ListAppSecretIds"] {
        a.client.refused("Ims", action, &[], "MissingAppId");
        for id in ["400000000000000001", of_b] {
            a.client.refused("Ims", action, &[("AppId", id)], "EntityNotExist.Application");
        }
    }
    for action in ["GetApplicationProvisionInfo", "GetExternalApplication", "DeprovisionApplication"] {
        a.client.refused("Ims", action, &[("AppId", of_b)], "EntityNotExist.Application");
    }
}

#[test]
fn what_an_application_is_unless_told_follows_from_its_type() {
    let a = tenant();
    for (kind, refresh, open, secret) in [
        ("WebApp", 7_776_000, false, true),
        ("NativeApp", 2_592_000, true, false),
        ("ServerApp", 2_592_000, true, true),
    ] {
        let shown = made(&a, &[DISPLAY, ("AppType", kind), ("SecretRequired", "false")]);
        assert_eq!(shown["AppName"], shown["AppId"], "{shown}");
        assert_eq!(
            [&shown["AccessTokenValidity"], &shown["RefreshTokenValidity"]],
            [&json!(3_600), &json!(refresh)]
        );
        let told = [&shown["IsMultiTenant"], &shown["SecretRequired"], &shown["ProtocolVersion"]];
        assert_eq!(told, [&json!(open), &json!(secret), &json!("2.0")], "{kind}");
        assert_eq!(scopes(&shown), [("openid".to_owned(), true)]);
    }
}

#[test]
fn an_application_is_shown_as_it_was_made_and_changed() {
    let a = tenant();
    let made = a.must(
        "Ims",
        "CreateApplication",
        &[
            DISPLAY,
            WEB,
            ("AppName", "shop"),
            ("ProtocolVersion", "2.1"),
            ("PredefinedScopes", "profile;aliuid"),
            ("RequiredScopes", "profile"),
            ("RedirectUris", "https://a.example/cb; https://b.example/cb"),
            ("IsMultiTenant", "true"),
        ],
    );
    complete("Ims", "CreateApplication", &made, &[]);
    let this = ("AppId", made["Application"]["AppId"].as_str().unwrap());
    let got = a.must("Ims", "GetApplication", &[this]);
    complete("Ims", "GetApplication", &got, &[]);
    assert_eq!(got["Application"], made["Application"]);
    assert_eq!(got["Application"]["AccountId"], a.id);
    let uris = &got["Application"]["RedirectUris"]["RedirectUri"];
    assert_eq!(*uris, json!(["https://a.example/cb", "https://b.example/cb"]));
    let named = |names: &[(&str, bool)]| -> Vec<(String, bool)> {
        names.iter().map(|(name, required)| ((*name).to_owned(), *required)).collect()
    };
    assert_eq!(scopes(&got["Application"]), named(&[("openid", true), ("aliuid", false), ("profile", true)]));
    let change = [
        this,
        ("NewDisplayName", "The shop"),
        ("NewRedirectUris", "https://c.example/"),
        ("NewPredefinedScopes", "profile"),
        ("NewAccessTokenValidity", "900"),
        ("NewRefreshTokenValidity", "7200"),
        ("NewIsMultiTenant", "false"),
        ("NewSecretRequired", "false"),
    ];
    let changed = a.must("Ims", "UpdateApplication", &change);
    complete("Ims", "UpdateApplication", &changed, &[]);
    let changed = &changed["Application"];
    assert_eq!(scopes(changed), named(&[("openid", true), ("profile", true)]), "what was required is");
    assert_eq!(
        [&changed["DisplayName"], &changed["IsMultiTenant"], &changed["SecretRequired"]],
        [&json!("The shop"), &json!(false), &json!(true)]
    );
    let changed = a.must("Ims", "UpdateApplication", &[this, ("NewRequiredScopes", "aliuid")]);
    assert_eq!(scopes(&changed["Application"]), named(&[("openid", true), ("profile", false)]));
    assert_eq!(changed["Application"]["AccessTokenValidity"], 900, "what is left out stays");
    let wrong = [this, ("NewAccessTokenValidity", "1")];
    a.client.refused("Ims", "UpdateApplication", &wrong, "InvalidParameter.NewAccessTokenValidity");
    let listed = a.must("Ims", "ListApplications", &[]);
    complete("Ims", "ListApplications", &listed, &[]);
    assert_eq!(listed["Applications"]["Application"], json!([changed["Application"]]));
    complete("Ims", "DeleteApplication", &a.must("Ims", "DeleteApplication", &[this]), &[]);
    assert_eq!(a.must("Ims", "ListApplications", &[])["Applications"]["Application"], json!([]));
    let again = [DISPLAY, WEB, ("AppName", "shop")];
    assert_ne!(a.must("Ims", "CreateApplication", &again)["Application"]["AppId"], this.1, "ids are new");
}

#[test]
fn scopes_that_there_are_are_listed() {
    let a = tenant();
    a.client.refused("Ims", "ListPredefinedScopes", &[("AppType", "x")], "InvalidParameter.AppType");
    let listed = a.must("Ims", "ListPredefinedScopes", &[WEB]);
    complete("Ims", "ListPredefinedScopes", &listed, &[]);
    let names: Vec<_> = listed["PredefinedScopes"]["PredefinedScope"].as_array().unwrap().to_vec();
    let names: Vec<_> = names.iter().map(|scope| text(&scope["Name"])).collect();
    assert_eq!(names, ["openid", "aliuid", "profile"]);
}

#[test]
fn an_account_has_so_many_applications() {
    let a = tenant();
    for _ in 0..100 {
        made(&a, &[DISPLAY, WEB]);
    }
    a.client.refused("Ims", "CreateApplication", &[DISPLAY, WEB], "LimitExceeded.Application");
}

#[test]
fn only_what_is_open_to_others_is_installed_by_them() {
    let (a, b) = (tenant(), tenant());
    let closed = made(&a, &[DISPLAY, WEB]);
    let closed = ("AppId", closed["AppId"].as_str().unwrap());
    for action in ["ProvisionApplication", "ProvisionExternalApplication"] {
        b.client.refused("Ims", action, &[closed], "EntityNotExist.Application");
    }
    a.client.refused("Ims", "ProvisionExternalApplication", &[closed], "EntityNotExist.Application");
    let own = a.must("Ims", "ProvisionApplication", &[closed]);
    complete("Ims", "ProvisionApplication", &own, &[]);
    let own = a.must("Ims", "GetApplicationProvisionInfo", &[closed]);
    assert_eq!(own["ApplicationProvisionInfo"]["NeedPrincipalConsent"], false);
    assert_eq!(
        a.must("Ims", "ListExternalApplications", &[])["ExternalApplications"],
        json!({ "ExternalApplication": [] })
    );
    a.must("Ims", "UpdateApplication", &[closed, ("NewIsMultiTenant", "true")]);
    b.must("Ims", "ProvisionExternalApplication", &[closed]);
    // Closed again, it stays where it is, as it is.
    a.must("Ims", "UpdateApplication", &[closed, ("NewIsMultiTenant", "false")]);
    b.must("Ims", "GetExternalApplication", &[closed]);
    b.client.refused("Ims", "ProvisionExternalApplication", &[closed], "EntityNotExist.Application");
}

#[test]
fn an_installed_application_learns_what_it_was_given() {
    let (a, b) = (tenant(), tenant());
    let params = [
        DISPLAY,
        NATIVE,
        ("AppName", "shop"),
        ("PredefinedScopes", "aliuid;profile"),
        ("RequiredScopes", "aliuid"),
    ];
    let this = made(&a, &params);
    let this = ("AppId", this["AppId"].as_str().unwrap());
    let installed = b.must("Ims", "ProvisionExternalApplication", &[this]);
    complete("Ims", "ProvisionExternalApplication", &installed, &[]);
    let installed = &installed["ExternalApplication"];
    assert_eq!(installed["AppPrincipalName"], format!("shop@app.{}.onaliyun.com", a.id));
    assert_eq!([&installed["TenantId"], &installed["ForeignAppId"]], [&json!(b.id), &json!(this.1)]);
    let names = |of: &Value| scopes(of).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names(installed), ["openid", "aliuid", "profile"]);
    let unknown = [this, ("Scopes", "email")];
    b.client.refused("Ims", "ProvisionApplication", &unknown, "InvalidParameter.Scopes");
    let fewer = b.must("Ims", "ProvisionApplication", &[this, ("Scopes", "openid")]);
    assert_eq!(names(&fewer["ApplicationProvisionInfo"]), ["openid", "aliuid"], "what is required is given");
    let shown = b.must("Ims", "GetExternalApplication", &[this]);
    complete("Ims", "GetExternalApplication", &shown, &[]);
    let listed = b.must("Ims", "ListExternalApplications", &[]);
    complete("Ims", "ListExternalApplications", &listed, &["Marker"]);
    assert_eq!(listed["ExternalApplications"]["ExternalApplication"], json!([shown["ExternalApplication"]]));
    let info = b.must("Ims", "GetApplicationProvisionInfo", &[this]);
    complete("Ims", "GetApplicationProvisionInfo", &info, &[]);
    let infos = |source: &[(&str, &str)]| {
        let listed = b.must("Ims", "ListApplicationProvisionInfos", source);
        listed["ApplicationProvisionInfos"]["ApplicationProvisionInfo"].clone()
    };
    assert_eq!(infos(&[]), json!([info["ApplicationProvisionInfo"]]));
    assert_eq!(infos(&[("SourceType", "external")]), infos(&[]));
    assert_eq!(infos(&[("SourceType", "inner")]), json!([]));
    let wrong = [("SourceType", "elsewhere")];
    b.client.refused("Ims", "ListApplicationProvisionInfos", &wrong, "InvalidParameter.SourceType");
    // What the application gives up is gone at once.
    a.must("Ims", "UpdateApplication", &[this, ("NewPredefinedScopes", "profile")]);
    assert_eq!(names(&b.must("Ims", "GetExternalApplication", &[this])["ExternalApplication"]), ["openid"]);
    b.must("Ims", "DeprovisionExternalApplication", &[this]);
    b.client.refused("Ims", "DeprovisionApplication", &[this], "EntityNotExist.Application");
    b.must("Ims", "ProvisionApplication", &[this]);
    a.must("Ims", "DeleteApplication", &[this]);
    b.client.refused("Ims", "GetExternalApplication", &[this], "EntityNotExist.Application");
    assert_eq!(infos(&[]), json!([]), "nothing is left of what its owner deleted");
}
