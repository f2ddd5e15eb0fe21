//! Telephones and mailboxes of users, which nothing is sent to.

use serde_json::{Value, json};

use super::{Given, logon_name};
use crate::expect::Calls;
use crate::shape::complete;
use crate::world::tenant;

const PHONE: (&str, &str) = ("MobilePhone", "86-18600000000");
const EMAIL: (&str, &str) = ("Email", "alice@example.com");
const SMS: (&str, &str) = ("VerifyType", "sms");
const MAIL: (&str, &str) = ("VerifyType", "email");

#[test]
fn a_telephone_and_a_mailbox_are_kept_and_never_confirmed() {
    let a = tenant();
    let (alice, bob) = (a.user("alice"), a.user("bob"));
    let name = logon_name(&a, "alice");
    let of_alice = ("UserPrincipalName", name.as_str());
    let cases: [(Given<'_>, &str); 8] = [
        (&[PHONE], "MissingVerifyType"),
        (&[("VerifyType", "post"), PHONE], "InvalidParameter.VerifyType"),
        (&[SMS], "MissingMobilePhone"),
        (&[SMS, EMAIL], "MissingMobilePhone"),
        (&[MAIL, PHONE], "MissingEmail"),
        (&[SMS, PHONE, EMAIL], "InvalidParameter.VerifyType"),
        (&[SMS, ("MobilePhone", "18600000000")], "InvalidParameter.MobilePhone.Format"),
        (&[MAIL, ("Email", "alice")], "InvalidParameter.Email.Format"),
    ];
    for action in ["SetVerificationInfo", "UnbindVerification"] {
        for (params, code) in &cases {
            a.client.refused("Ims", action, &[&[of_alice], *params].concat(), code);
        }
        let nobody = logon_name(&a, "nobody");
        a.client.refused("Ims", action, &[("UserPrincipalName", &nobody), SMS, PHONE], "EntityNotExist.User");
        bob.refused("Ims", action, &[of_alice, SMS, PHONE], "NoPermission");
    }
    bob.refused("Ims", "GetVerificationInfo", &[of_alice], "NoPermission");
    let shown = || a.must("Ims", "GetVerificationInfo", &[of_alice]);
    assert_eq!(
        (&shown()["SecurityPhoneDevice"], &shown()["SecurityEmailDevice"]),
        (&Value::Null, &Value::Null)
    );

    a.must("Ims", "SetVerificationInfo", &[of_alice, SMS, PHONE]);
    // Whoever may see to its devices sees to this, too.
    alice.must("Ims", "SetVerificationInfo", &[MAIL, EMAIL]);
    let answer = shown();
    complete("Ims", "GetVerificationInfo", &answer, &[]);
    let phone = json!({ "AreaCode": "86", "PhoneNumber": "18600000000", "Status": "pending" });
    assert_eq!(answer["SecurityPhoneDevice"], phone);
    assert_eq!(answer["SecurityEmailDevice"], json!({ "Email": "alice@example.com", "Status": "pending" }));
    assert_eq!(alice.must("Ims", "GetVerificationInfo", &[])["SecurityPhoneDevice"], phone);

    const NONE: &str = "EntityNotExist.User.VerificationInfo";
    let other = ("MobilePhone", "86-18600000001");
    a.client.refused("Ims", "UnbindVerification", &[of_alice, SMS, other], NONE);
    a.must("Ims", "UnbindVerification", &[of_alice, SMS, PHONE]);
    a.client.refused("Ims", "UnbindVerification", &[of_alice, SMS, PHONE], NONE);
    assert_eq!(
        (&shown()["SecurityPhoneDevice"], shown()["SecurityEmailDevice"].is_object()),
        (&Value::Null, true)
    );
    a.must("Ims", "SetSecurityPreference", &[("AllowUserToManageMFADevices", "false")]);
    alice.refused("Ims", "UnbindVerification", &[MAIL, EMAIL], "NoPermission");
}
