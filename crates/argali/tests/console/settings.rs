//! Security settings: each tab shown, and each changed by its form.

use argali_testkit::{Page, Visitor, minutes};

use crate::stage::{PASSWORD, Stage, heading};

const PATH: &str = "/console/settings";

fn tab(visitor: &Visitor, tab: &str) -> Page {
    visitor.get(&format!("{PATH}?tab={tab}"))
}

/// Changes settings by the form of a tab, and returns the tab then.
fn modify(visitor: &Visitor, tab: &str, values: &[(&str, &str)]) -> Page {
    let path = format!("{PATH}/{tab}");
    let form = visitor.get(&path);
    visitor.follow(visitor.submit(&form, &path, values))
}

/// S0-22: the page is there and shows the account's id, to everybody of the account.
#[test]
fn the_account_tab_shows_what_the_other_side_needs() {
    let stage = Stage::new();
    for visitor in [stage.owner(&stage.b), stage.logged_on("alice")] {
        let page = visitor.get(PATH);
        assert_eq!(heading(&page), "Security Settings");
        for words in
            ["12345678", "company-b.onaliyun.com", "/logon?form-of=separate&amp;AccountAlias=company-b"]
        {
            assert!(page.body.contains(words), "{words}: {}", page.body);
        }
    }
    let alice = stage.logged_on("alice");
    for (tab_name, action) in [("password", "ram:GetPasswordPolicy"), ("users", "ram:GetSecurityPreference")]
    {
        let page = tab(&alice, tab_name);
        assert_eq!(page.status, 403);
        assert!(page.body.contains("href=\"/console/why/"), "a refusal leads to its reasons: {}", page.body);
        assert!(page.body.contains(action) && page.body.contains("Security Settings"), "{}", page.body);
    }
}

/// In a role it is the role's account that is shown, even if the role may not ask for its alias: never one's own.
#[test]
fn in_a_role_the_account_is_the_role_s() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    for (account, shows_alias) in [("company-a", true), ("company-a.onaliyun.com", true), ("11223344", false)]
    {
        let form = alice.get("/console/switch-role");
        let there = [("Account", account), ("RoleName", "ecs-admin")];
        let landed = alice.submit(&form, "/console/switch-role", &there);
        let place = landed.header("location").unwrap().to_owned();
        let page = alice.get(&format!("{place}/settings"));
        assert_eq!(heading(&page), "Security Settings", "{place}");
        let copied: Vec<_> =
            page.tags().into_iter().filter_map(|tag| tag.attribute("data-copy").map(str::to_owned)).collect();
        assert!(copied.iter().all(|text| !text.contains("company-b")), "{account}: {copied:?}");
        assert_eq!(copied[0], "11223344");
        assert_eq!(copied.iter().any(|text| text == "company-a.onaliyun.com"), shows_alias, "{copied:?}");
        assert!(!page.body.contains("onaliyun.com.onaliyun.com"), "{copied:?}");
    }
}

/// The address that the page gives is where users of the account log on, with the account filled in.
#[test]
fn the_logon_address_leads_to_the_form() {
    let stage = Stage::new();
    let visitor = Visitor::new(&stage.server);
    let form = visitor.get("/logon?form-of=separate&AccountAlias=company-b");
    let values = [("UserName", "alice"), ("Password", PASSWORD)];
    let home = visitor.follow(visitor.submit(&form, "/logon", &values));
    assert_eq!(heading(&home), "Welcome, alice");
}

/// S4-03: the default domain is managed here, and logon names follow it.
#[test]
fn the_default_domain_is_changed_and_logon_names_with_it() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let form = owner.get(&format!("{PATH}/domain"));
    assert!(form.body.contains("What changes with it") && form.body.contains("company-b.onaliyun.com"));
    let refused = modify(&owner, "domain", &[("DefaultDomainName", "company_b!.onaliyun.com")]);
    assert_eq!(refused.status, 400);
    assert!(refused.body.contains("company_b!"), "what was entered is kept: {}", refused.body);
    let taken = modify(&owner, "domain", &[("DefaultDomainName", "company-a.onaliyun.com")]);
    assert_eq!(taken.status, 409, "{}", taken.body);
    let page = modify(&owner, "domain", &[("DefaultDomainName", "bravo.onaliyun.com")]);
    assert!(page.body.contains("alice@bravo.onaliyun.com"), "{}", page.body);
    let log_on = |name: &str| stage.log_on(&Visitor::new(&stage.server), name, PASSWORD).status;
    assert_eq!((log_on("alice@bravo"), log_on("alice@company-b")), (200, 403));
}

/// Every setting of passwords is shown and can be changed, within its limits.
#[test]
fn the_password_policy_is_shown_and_changed() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let page = tab(&owner, "password");
    for words in ["8 characters", "Not required", "Never", "14 days", "No limit"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let refused = modify(&owner, "password", &[("MinimumPasswordLength", "33")]);
    assert_eq!(refused.status, 400);
    assert!(refused.body.contains("MinimumPasswordLength-hint") && refused.body.contains("value=\"33\""));
    let page = modify(
        &owner,
        "password",
        &[
            ("MinimumPasswordLength", "12"),
            ("RequireSymbols", "true"),
            ("MaxPasswordAge", "90"),
            ("HardExpire", "true"),
            ("MaxLoginAttemps", "5"),
        ],
    );
    for words in ["12 characters", "90 days", "No logon: an administrator sets a new one", ">5<"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let answer = stage.b.must("Ims", "GetPasswordPolicy", &[]);
    assert_eq!(answer["PasswordPolicy"]["RequireSymbols"], true);
    assert_eq!(answer["PasswordPolicy"]["RequireNumbers"], false, "the rest stays");
    assert_eq!(answer["PasswordPolicy"]["InitialPasswordAge"], 14);
}

/// Boxes that are not ticked switch off, and a form says all of its settings.
#[test]
fn what_users_may_do_is_ticked() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let path = format!("{PATH}/users");
    let mut fields = owner.get(&path).form(&path);
    fields.retain(|(name, _)| name != "AllowUserToChangePassword");
    for (name, value) in &mut fields {
        match name.as_str() {
            "LoginSessionDuration" => *value = "12".to_owned(),
            "MFAOperationForLogin" => *value = "adaptive".to_owned(),
            _ => {}
        }
    }
    fields.push(("EnableSaveMFATicket".to_owned(), "true".to_owned()));
    let page = owner.follow(owner.post(&path, &fields));
    assert!(page.body.contains("12 hours") && page.body.contains("Unusual logons"), "{}", page.body);
    let answer = stage.b.must("Ims", "GetSecurityPreference", &[]);
    let preference = &answer["SecurityPreference"];
    assert_eq!(preference["LoginProfilePreference"]["AllowUserToChangePassword"], false);
    assert_eq!(preference["LoginProfilePreference"]["EnableSaveMFATicket"], true);
    assert_eq!(preference["MFAPreference"]["AllowUserToManageMFADevices"], true, "it was ticked and is");
    assert_eq!(preference["MaxIdleDays"]["MaxIdleDaysForUsers"], 730);
}

/// Whoever would be locked out is told so first.
#[test]
fn addresses_that_leave_oneself_out_are_asked_about() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let asked = modify(&owner, "network", &[("LoginNetworkMasks", "10.0.0.0/8\n192.0.2.7")]);
    assert_eq!(asked.status, 409);
    assert!(asked.body.contains("You would lock yourself out") && asked.body.contains("127.0.0.1"));
    let masks = || {
        let answer = stage.b.must("Ims", "GetSecurityPreference", &[]);
        answer["SecurityPreference"]["LoginProfilePreference"]["LoginNetworkMasks"].clone()
    };
    assert_eq!(masks(), "", "nothing was changed yet");
    let path = format!("{PATH}/network");
    let page = owner.follow(owner.submit(&asked, &path, &[("anyway", "true")]));
    assert!(page.body.contains("192.0.2.7"), "{}", page.body);
    assert_eq!(masks(), "10.0.0.0/8;192.0.2.7");
    let page = modify(&owner, "network", &[("LoginNetworkMasks", "127.0.0.1")]);
    assert!(page.body.contains("127.0.0.1"), "{}", page.body);
    assert_eq!(modify(&owner, "network", &[("LoginNetworkMasks", "nowhere")]).status, 400);
    modify(&owner, "network", &[("LoginNetworkMasks", "")]);
    assert_eq!(masks(), "", "an empty field lets everybody log on from anywhere");
}

/// Settings are sensitive: the password is asked for first, and then the form is carried out.
#[test]
fn settings_ask_for_verification_and_are_carried_out_then() {
    let stage = Stage::new();
    stage.b.grant("alice", "AliyunRAMFullAccess");
    let alice = stage.logged_on("alice");
    let path = format!("{PATH}/verification");
    let form = alice.get(&path);
    stage.server.clock().advance(minutes(16));
    let asked = alice.submit(&form, &path, &[("VerificationTypes", "[\"totp\"]")]);
    assert_eq!((asked.status, heading(&asked).as_str()), (403, "Security verification"));
    let page = alice.follow(alice.submit(&asked, "/console/verify", &[("Password", PASSWORD)]));
    assert!(page.body.contains("MFA code, for whoever has a device"), "{}", page.body);
}

/// The owner logs on under an address that it has chosen, after showing that it is still the same.
#[test]
fn the_owner_changes_the_address_under_which_it_logs_on() {
    let stage = Stage::new();
    let password = stage.server.give_owner_password(&stage.b);
    let log_on = |name: &str| {
        let visitor = Visitor::new(&stage.server);
        let form = visitor.get("/logon?form-of=owner");
        let page = visitor.submit(&form, "/logon", &[("Owner", name), ("Password", &password)]);
        (visitor, page.status)
    };
    let (owner, _) = log_on("company-b");
    let account = tab(&owner, "account");
    assert!(
        account.body.contains("E-mail address of the owner") && account.body.contains("None"),
        "{}",
        account.body
    );
    stage.server.clock().advance(minutes(16));
    let path = format!("{PATH}/email");
    let asked = owner.submit(&owner.get(&path), &path, &[("OwnerEmail", "Owner@company-b.example")]);
    assert_eq!(heading(&asked), "Security verification");
    let changed = owner.follow(owner.submit(&asked, "/console/verify", &[("Password", &password)]));
    assert!(changed.body.contains("Owner@company-b.example"), "{}", changed.body);
    assert!(owner.get(&path).body.contains("value=\"Owner@company-b.example\""), "the form shows what it is");
    assert_eq!(log_on("owner@COMPANY-B.example").1, 303);
    assert_eq!(log_on("nobody@company-b.example").1, 403);

    let wrong = owner.submit(&owner.get(&path), &path, &[("OwnerEmail", "no address")]);
    assert_eq!(wrong.status, 400);
    assert!(
        wrong.body.contains("href=\"#OwnerEmail\"") && wrong.body.contains("value=\"no address\""),
        "{}",
        wrong.body
    );
    stage.a.must("Argali", "SetOwnerEmail", &[("OwnerEmail", "taken@company-a.example")]);
    let taken = owner.submit(&owner.get(&path), &path, &[("OwnerEmail", "Taken@company-a.example")]);
    assert_eq!(taken.status, 409);
    assert!(taken.body.contains("id=\"OwnerEmail-error\""), "{}", taken.body);
    let none = owner.follow(owner.submit(&owner.get(&path), &path, &[("OwnerEmail", "")]));
    assert!(none.body.contains("None"), "{}", none.body);
    assert_eq!(log_on("owner@company-b.example").1, 403);
}

#[test]
fn who_may_not_see_the_owners_address_does_not() {
    let stage = Stage::new();
    stage.b.must("Argali", "SetOwnerEmail", &[("OwnerEmail", "owner@company-b.example")]);
    let alice = stage.logged_on("alice");
    assert!(!tab(&alice, "account").body.contains("owner@company-b.example"));
    assert_eq!(alice.get(&format!("{PATH}/email")).status, 403);
}
