//! Files that cannot be applied, and callers who may not.

use super::{Terminal, example, server};
use crate::expect::Calls;

#[test]
fn mistakes_are_told_with_their_place_and_nothing_is_changed() {
    let server = server();
    let a = server.account("company-a", "11223344");
    let terminal = Terminal::of(&a.client);
    let cases = [
        ("", "world.toml:1:1: there is no account"),
        ("[account.a]\nidd = \"1\"", "world.toml:2:1: the string `idd` is not known here: expected `bucket`"),
        ("[account.a", "world.toml:1:"),
        ("[account.a.user.alice]\ncoments = \"x\"", "world.toml:2:1: the string `coments`"),
        ("[account.a.policy.p]\ndocument = \"{\"", "world.toml:2:12: this is not JSON"),
        ("[account.a.user.alice]\ntags = [\"web\"]", "world.toml:2:8: expected tags, such as"),
        ("[account.a.role.r]\n", "`trust` is missing: expected a policy document"),
        (
            "[[account.a.grant]]\npolicy = \"P\"\nto = \"alice\"\nin = \"g\"",
            "world.toml:3:6: expected to whom",
        ),
        (
            "[account.a.user.alice]\ngroups = [\"ops\"]",
            "world.toml:2:11: there is no group ops in the file or the account",
        ),
        ("[account.a.resource.\"ecs.disk\".d]", "there is no type `ecs.disk` that can be made and listed"),
        (
            "[account.a.resource.\"vpc.vpc\".v]\nregion = \"mars\"",
            "world.toml:2:10: there is no region `mars`",
        ),
        (
            "[account.a.resource.\"vpc.vpc\".v]\nColour = 1",
            "`Colour` cannot be said of `vpc.vpc`: expected one of `CidrBlock`",
        ),
        (
            "[account.a.resource.\"vpc.vswitch\".v]\nCidrBlock = \"10.0.0.0/24\"",
            "`vpc.vswitch` cannot be made without `VpcId`, `ZoneId`",
        ),
        (
            "[account.a.role.r]\ntrust = { Statement = \"{account.b}\" }",
            "needs an account `b` with an `id` in this file",
        ),
    ];
    for (text, expected) in cases {
        terminal.write(text);
        let came = terminal.run(&["apply", "world.toml"]);
        assert_eq!(came.code, Some(2), "{text}: {came:?}");
        assert!(came.complained.contains(expected), "{text}: {came:?}");
        assert!(came.complained.contains("nothing was changed"), "{text}: {came:?}");
    }
    assert_eq!(a.must("Ram", "ListUsers", &[])["Users"]["User"].as_array().unwrap().len(), 0);
    assert_eq!(terminal.run(&["apply", "nothing.toml"]).code, Some(2));
}

#[test]
fn only_the_account_that_is_signed_in_is_touched() {
    let server = server();
    let (a, b) = (server.account("company-a", "11223344"), server.account("company-b", "12345678"));
    let file =
        "[account.company-a.user.alice]\n[account.other]\nid = \"12345678\"\n[account.other.user.bob]\n";
    let names = |client: &argali_testkit::Client| {
        let users = client.must("Ram", "ListUsers", &[])["Users"]["User"].clone();
        users
            .as_array()
            .unwrap()
            .iter()
            .map(|user| user["UserName"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    Terminal::of(&a.client).apply(file, &[]);
    assert_eq!((names(&a.client), names(&b.client)), (vec!["alice".to_owned()], Vec::new()));
    Terminal::of(&b.client).apply(file, &[]);
    assert_eq!((names(&a.client), names(&b.client)), (vec!["alice".to_owned()], vec!["bob".to_owned()]));
    let c = server.account("company-c", "99887766");
    let terminal = Terminal::of(&c.client);
    terminal.write(file);
    let came = terminal.run(&["apply", "world.toml"]);
    assert_eq!(came.code, Some(2), "{came:?}");
    assert!(came.complained.contains("you are signed in to account 99887766"), "{came:?}");
}

#[test]
fn who_may_not_is_refused_with_the_exit_code_of_refusals() {
    let server = server();
    let a = server.account("company-a", "11223344");
    let terminal = Terminal::of(&a.user("alice"));
    terminal.write(example());
    let came = terminal.run(&["apply", "world.toml"]);
    assert_eq!(came.code, Some(3), "{came:?}");
    assert!(came.complained.contains("NoPermission"), "{came:?}");
    assert_eq!(terminal.run(&["export"]).code, Some(3));
}
