//! Passkeys: registered under My security, shown at logon and at verifications, and seen by administrators.

use argali_testkit::{Page, PasskeyDevice, Visitor, minutes};
use serde_json::Value;

use crate::every_page::is_sound;
use crate::stage::{PASSWORD, Stage, heading};

/// A browser that visits the server by the name that it has on this machine: at a number there are no passkeys.
fn by_name(stage: &Stage) -> Visitor {
    Visitor::at(&stage.server.endpoint().replace("127.0.0.1", "localhost"))
}

fn logged_on(stage: &Stage, user: &str) -> Visitor {
    let visitor = by_name(stage);
    let landed = stage.log_on(&visitor, &format!("{user}@company-b"), PASSWORD);
    assert_eq!(landed.status, 200, "{}", landed.body);
    visitor
}

fn tab(visitor: &Visitor) -> Page {
    visitor.get("/console/me?tab=passkeys")
}

/// What the script of a page asks the authenticator with.
fn options(page: &Page) -> Value {
    let tags = page.tags();
    let asked = tags.iter().find_map(|tag| tag.attribute("data-passkey"));
    serde_json::from_str(asked.unwrap_or_else(|| panic!("no passkey is asked for:\n{}", page.body))).unwrap()
}

/// Registers a passkey by the pages.
fn register(alice: &Visitor, name: &str) -> PasskeyDevice {
    let device = PasskeyDevice::new();
    let asked = alice.follow(alice.submit(&tab(alice), "/console/me/passkeys/new", &[]));
    let credential = device.create(&options(&asked), &alice.origin());
    let values = [("PasskeyName", name), ("Credential", &credential)];
    let listed = alice.follow(alice.submit(&asked, "/console/me/passkeys/register", &values));
    assert_eq!((listed.status, heading(&listed)), (200, "My security".to_owned()), "{}", listed.body);
    device
}

#[test]
fn a_user_registers_renames_and_deletes_its_passkeys() {
    let stage = Stage::new();
    let alice = logged_on(&stage, "alice");
    let page = tab(&alice);
    is_sound("passkeys, none", &page, "en");
    assert!(page.body.contains("No passkey yet"), "{}", page.body);
    let asked = alice.follow(alice.submit(&page, "/console/me/passkeys/new", &[]));
    is_sound("a new passkey", &asked, "en");
    assert!(asked.body.contains("A passkey needs script"), "it says so to whoever has none: {}", asked.body);
    // A form that is sent without the authenticator's answer, and one with the answer of another page.
    let evil = PasskeyDevice::new().create(&options(&asked), "https://evil.example");
    for credential in ["", "{}", &evil] {
        let values = [("PasskeyName", "Laptop"), ("Credential", credential)];
        let form = alice.get("/console/me?tab=passkeys");
        let mut fields = form.form("/console/me/passkeys/new");
        fields.extend(values.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let refused = alice.post("/console/me/passkeys/register", &fields);
        assert_eq!(refused.status, 400, "{}", refused.body);
        assert!(refused.body.contains("The passkey was not registered"), "{}", refused.body);
    }
    register(&alice, "<script>alert(1)</script>");
    let page = tab(&alice);
    is_sound("passkeys", &page, "en");
    assert!(page.body.contains("&lt;script&gt;") && page.body.contains("Never"), "{}", page.body);
    let rename = page
        .tags()
        .into_iter()
        .find_map(|tag| tag.attribute("href").filter(|href| href.contains("rename=")).map(str::to_owned));
    let form = alice.get(&rename.unwrap());
    is_sound("a passkey's name", &form, "en");
    let refused = alice.submit(&form, "/console/me/passkeys/rename", &[("PasskeyName", &"n".repeat(65))]);
    assert_eq!(refused.status, 400, "{}", refused.body);
    let renamed = alice.submit(&refused, "/console/me/passkeys/rename", &[("PasskeyName", "Phone")]);
    let renamed = alice.follow(renamed);
    assert!(renamed.body.contains("Phone") && !renamed.body.contains("&lt;script&gt;"), "{}", renamed.body);
    let deleted = alice.follow(alice.submit(&renamed, "/console/me/passkeys/delete", &[]));
    assert!(deleted.body.contains("No passkey yet"), "{}", deleted.body);
}

#[test]
fn a_passkey_stands_in_place_of_a_code() {
    let stage = Stage::new();
    let device = register(&logged_on(&stage, "alice"), "Laptop");
    let alice = by_name(&stage);
    let step = stage.log_on(&alice, "alice@company-b", PASSWORD);
    assert_eq!(heading(&step), "Confirm that it is you");
    assert!(!step.body.contains("AuthenticationCode"), "there is no code to be entered: {}", step.body);
    let nothing = alice.follow(alice.submit(&step, "/logon/continue", &[]));
    assert_eq!(heading(&nothing), "Confirm that it is you");
    let wrong = PasskeyDevice::new().get(&options(&nothing), &alice.origin());
    let refused = alice.submit(&nothing, "/logon/continue", &[("Credential", &wrong)]);
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("The passkey was not accepted"), "{}", refused.body);
    let right = device.get(&options(&refused), &alice.origin());
    let home = alice.follow(alice.submit(&refused, "/logon/continue", &[("Credential", &right)]));
    assert_eq!(heading(&home), "Welcome, alice");
    assert!(alice.get("/console/me?tab=sessions").body.contains("Password and MFA"));
    // At another address it cannot be shown, and the page says why.
    let elsewhere = stage.log_on(&Visitor::new(&stage.server), "alice@company-b", PASSWORD);
    assert!(elsewhere.body.contains("Your passkeys cannot be used here"), "{}", elsewhere.body);
    let chinese = stage.log_on(&by_name(&stage).reading("zh-CN"), "alice@company-b", PASSWORD);
    is_sound("a step with a passkey", &chinese, "zh-CN");
    assert!(chinese.body.contains("使用通行密钥"), "{}", chinese.body);
}

#[test]
fn a_passkey_verifies_before_something_sensitive() {
    let stage = Stage::new();
    let alice = logged_on(&stage, "alice");
    let device = register(&alice, "Laptop");
    stage.server.clock().advance(minutes(16));
    let asked = alice.submit(&tab(&alice), "/console/me/passkeys/delete", &[]);
    assert_eq!(heading(&asked), "Security verification");
    is_sound("a verification", &asked, "en");
    let refused = alice.submit(&asked, "/console/verify", &[("Credential", "{}")]);
    assert_eq!(refused.status, 403, "{}", refused.body);
    let credential = device.get(&options(&refused), &alice.origin());
    let done = alice.follow(alice.submit(&refused, "/console/verify", &[("Credential", &credential)]));
    assert!(done.body.contains("No passkey yet"), "{}", done.body);
}

#[test]
fn it_is_said_where_there_are_no_passkeys() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let page = tab(&alice);
    assert!(page.body.contains("Passkeys need https and an address that has a name"), "{}", page.body);
    assert!(!page.body.contains("/passkeys/new"), "{}", page.body);
    let owner = stage.owner(&stage.b);
    assert!(tab(&owner).body.contains("Passkeys are for RAM users"));
    stage.b.must("Ims", "SetSecurityPreference", &[("AllowUserToManageMFADevices", "false")]);
    assert_eq!(tab(&alice).status, 403);
}

#[test]
fn an_administrator_sees_and_deletes_the_passkeys_of_users() {
    let stage = Stage::new();
    register(&logged_on(&stage, "alice"), "Laptop");
    let owner = stage.owner(&stage.b);
    let page = owner.get("/console/ram/users/alice?tab=logon");
    is_sound("a user's passkeys", &page, "en");
    assert!(page.body.contains("Laptop"), "{}", page.body);
    let deleted = owner.follow(owner.submit(&page, "/console/ram/users/alice/passkey-delete", &[]));
    assert!(deleted.body.contains("This user has no passkeys"), "{}", deleted.body);
}
