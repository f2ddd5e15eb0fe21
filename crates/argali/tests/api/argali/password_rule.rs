//! What a new password must be like, told to whoever chooses one.
// SPEC: console, log on, rules listed.

use argali_testkit::{Delegation, TestServer};
use serde_json::json;

use crate::expect::Calls;
use crate::person::Person;
use crate::shape::complete;

#[test]
fn whoever_is_logged_on_is_told_what_its_own_account_asks_for() {
    let server = TestServer::start();
    let Delegation { a, b, alice: key, .. } = Delegation::set_up(&server);
    key.refused("Argali", "GetPasswordRules", &[], "Logon.Required");
    let alice = Person::of(&server, &b, "alice");
    let rules = || alice.must("Argali", "GetPasswordRules", &[]);
    complete("Argali", "GetPasswordRules", &rules(), &[]);
    let of = |name: &str| rules()["PasswordRules"][name].clone();
    assert_eq!((of("MinimumPasswordLength"), of("MaximumPasswordLength")), (json!(8), json!(32)));
    a.must("Ims", "SetPasswordPolicy", &[("MinimumPasswordLength", "20")]);
    b.must("Ims", "SetPasswordPolicy", &[("MinimumPasswordLength", "12"), ("RequireSymbols", "true")]);
    assert_eq!((of("MinimumPasswordLength"), of("RequireSymbols")), (json!(12), json!(true)));
    // In a role of another account it is still her own password that she would change.
    let role = ("company-a", "ecs-admin");
    alice.switch(role).unwrap();
    let told = alice.call_in(role, "Argali", "GetPasswordRules", &[]).unwrap();
    assert_eq!(told["PasswordRules"]["MinimumPasswordLength"], 12);
}
