//! Accounts by their names.

use argali_testkit::{Delegation, TestServer};

use crate::expect::Calls;
use crate::shape::complete;

#[test]
fn an_account_is_found_by_each_of_its_names() {
    let server = TestServer::start();
    let Delegation { a, alice, .. } = Delegation::set_up(&server);
    alice.refused("Argali", "FindAccount", &[("Account", "company-a")], "NoPermission");
    a.client.refused("Argali", "FindAccount", &[], "MissingAccount");
    for nobody in ["company-z", "99999999", "a b", "\u{202e}company-b"] {
        a.client.refused("Argali", "FindAccount", &[("Account", nobody)], "EntityNotExist.Account");
    }
    for name in ["company-b", "Company-B", "company-b.onaliyun.com", "12345678", " company-b "] {
        let found = a.must("Argali", "FindAccount", &[("Account", name)]);
        complete("Argali", "FindAccount", &found, &[]);
        assert_eq!((&found["AccountId"], &found["AccountAlias"]), (&"12345678".into(), &"company-b".into()));
    }
}
