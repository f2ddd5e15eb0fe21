//! The default domain, which is the alias in another form.

use super::user;
use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::fresh;
use crate::world::tenant;

#[test]
fn a_domain_is_an_alias_with_the_suffix() {
    let (a, b) = (tenant(), tenant());
    let refused = |domain: &str, code: &str| {
        a.client.refused("Ims", "SetDefaultDomain", &[("DefaultDomainName", domain)], code);
    };
    refused("", "MissingDefaultDomainName");
    let of_others = format!("{}.onaliyun.com", b.id);
    for domain in
        ["company", "onaliyun.com", ".onaliyun.com", "a.example.com", "a--b.onaliyun.com", &of_others]
    {
        refused(domain, "InvalidParameter.DefaultDomainName");
    }
    refused(&format!("{}.onaliyun.com", b.alias), "EntityAlreadyExists.DefaultDomain");
    assert_eq!(a.must("Ram", "GetAccountAlias", &[])["AccountAlias"], a.alias);
}

// S1-19, S1-20, S1-21
#[test]
fn alias_and_default_domain_are_one_and_names_of_users_follow() {
    let a = tenant();
    let id = user(&a, "alice")["UserId"].clone();
    let domain = || a.must("Ims", "GetDefaultDomain", &[])["DefaultDomainName"].clone();
    let name = || {
        let params = [("UserId", id.as_str().unwrap())];
        a.must("Ims", "GetUser", &params)["User"]["UserPrincipalName"].clone()
    };
    assert_eq!(domain(), format!("{}.onaliyun.com", a.alias));

    let alias = fresh("moved-");
    let moved = format!("{alias}.onaliyun.com");
    let answer = a.must("Ims", "SetDefaultDomain", &[("DefaultDomainName", &moved)]);
    complete("Ims", "SetDefaultDomain", &answer, &[]);
    assert_eq!(a.must("Ram", "GetAccountAlias", &[])["AccountAlias"], alias);
    assert_eq!(name(), format!("alice@{moved}"));
    let old = format!("alice@{}", a.alias);
    a.client.refused("Ims", "GetUser", &[("UserPrincipalName", &old)], "EntityNotExist.User");

    a.must("Ram", "ClearAccountAlias", &[]);
    assert_eq!(
        (domain(), name()),
        (format!("{}.onaliyun.com", a.id).into(), format!("alice@{}.onaliyun.com", a.id).into())
    );
    complete("Ims", "GetDefaultDomain", &a.must("Ims", "GetDefaultDomain", &[]), &[]);
    // The domain of the number is what one has without an alias.
    a.must("Ram", "SetAccountAlias", &[("AccountAlias", &alias)]);
    a.must("Ims", "SetDefaultDomain", &[("DefaultDomainName", &format!("{}.onaliyun.com", a.id))]);
    a.client.refused("Ram", "GetAccountAlias", &[], "EntityNotExist.AccountAlias");
}
