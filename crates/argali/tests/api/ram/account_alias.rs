//! The alias of an account.

use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::fresh;
use crate::world::tenant;

#[test]
fn an_alias_is_of_letters_and_nobody_elses() {
    let (a, b) = (tenant(), tenant());
    let refused = |alias: &str, code: &str| {
        a.client.refused("Ram", "SetAccountAlias", &[("AccountAlias", alias)], code);
    };
    refused("", "MissingAccountAlias");
    refused("ab", "InvalidParameter.AccountAlias.Length");
    refused(&"a".repeat(51), "InvalidParameter.AccountAlias.Length");
    for alias in ["Company", "a_b", "a.b", "-ab", "ab-", "a--b", "firma ä"] {
        refused(alias, "InvalidParameter.AccountAlias.Format");
    }
    // One of digits alone could be taken for an account's number, whosever it is.
    for number in [a.id.as_str(), &b.id, "99999999"] {
        refused(number, "InvalidParameter.AccountAlias.Format");
    }
    refused(&b.alias, "EntityAlreadyExists.AccountAlias");
    assert_eq!(a.must("Ram", "GetAccountAlias", &[])["AccountAlias"], a.alias);
}

/// S4-02: an account can have an alias before anything else happens.
#[test]
fn an_alias_is_taken_given_up_and_free_for_others() {
    let (a, b) = (tenant(), tenant());
    let alias = fresh("renamed-");
    let set = [("AccountAlias", alias.as_str())];
    complete("Ram", "SetAccountAlias", &a.must("Ram", "SetAccountAlias", &set), &[]);
    complete("Ram", "GetAccountAlias", &a.must("Ram", "GetAccountAlias", &[]), &[]);
    // Its own it may take again; the one before is free.
    a.must("Ram", "SetAccountAlias", &set);
    b.must("Ram", "SetAccountAlias", &[("AccountAlias", &a.alias)]);
    complete("Ram", "ClearAccountAlias", &a.must("Ram", "ClearAccountAlias", &[]), &[]);
    a.client.refused("Ram", "GetAccountAlias", &[], "EntityNotExist.AccountAlias");
    a.client.refused("Ram", "ClearAccountAlias", &[], "EntityNotExist.AccountAlias");
    b.must("Ram", "SetAccountAlias", &set);
    assert_eq!(b.must("Ram", "GetAccountAlias", &[])["AccountAlias"], alias);
}
