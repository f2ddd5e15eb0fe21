//! What applying a file changes, and what it leaves alone.

use super::{Terminal, example, server};
use crate::expect::Calls;

#[test]
fn the_file_of_the_guide_is_applied_once_and_then_changes_nothing() {
    let server = server();
    let a = server.account("company-a", "11223344");
    let terminal = Terminal::of(&a.client);
    terminal.write(example());
    let planned = terminal.run(&["apply", "world.toml", "--dry-run"]);
    assert_eq!(planned.code, Some(0), "{planned:?}");
    assert_eq!(terminal.run(&["apply", "world.toml", "--check"]).code, Some(1));
    assert_eq!(a.must("Ram", "ListUsers", &[])["Users"]["User"].as_array().unwrap().len(), 0, "only looked");
    let done = terminal.apply(example(), &[]);
    for line in
        ["+ user alice\n", "+ vpc.vpc production\n", "+ bucket company-a-logs\n", "+ ecs.instance web\n"]
    {
        assert!(planned.said.contains(line) && done.contains(line), "{line}: {done}");
    }
    assert!(planned.said.contains("To make: ") && done.contains("Made: "), "{done}");
    let checked = terminal.run(&["apply", "world.toml", "--check"]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
    assert!(checked.said.contains("nothing to do"), "{checked:?}");
    // It is in force: alice stops what is in her group, and nothing else.
    let instances = a.must("Ecs", "DescribeInstances", &[("RegionId", "cn-hangzhou")]);
    let instance = &instances["Instances"]["Instance"][0];
    assert_eq!((&instance["InstanceName"], &instance["Status"]), (&"web".into(), &"Running".into()));
    let key = a.must("Ram", "CreateAccessKey", &[("UserName", "alice")])["AccessKey"].clone();
    let alice = a.client.with_credentials(argali_testkit::credentials(&key));
    alice.must("Ecs", "StopInstance", &[("InstanceId", instance["InstanceId"].as_str().unwrap())]);
    alice.refused("Vpc", "DescribeVpcs", &[("RegionId", "cn-hangzhou")], "Forbidden.RAM");
    let role = a.must("Ram", "GetRole", &[("RoleName", "auditor")])["Role"].clone();
    assert!(role["AssumeRolePolicyDocument"].as_str().unwrap().contains("acs:ram::11223344:root"), "{role}");
}

#[test]
fn what_differs_is_changed_and_the_rest_is_left_alone() {
    let server = server();
    let a = server.account("company-a", "11223344");
    let terminal = Terminal::of(&a.client);
    let before = r#"
[account.company-a.resource_group.prod]
[account.company-a.policy.own]
document = { Version = "1", Statement = [{ Effect = "Allow", Action = "ecs:*", Resource = "*" }] }
[account.company-a.group.ops]
[account.company-a.user.alice]
comments = "first"
[account.company-a.role.keeper]
trust = { Version = "1", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { RAM = [] } }] }
max_session_duration = 3600
console_use = true
shown = true
tags = { team = "web" }
[account.company-a.resource."vpc.vpc".net]
CidrBlock = "10.0.0.0/16"
tags = { team = "web" }
[account.company-a.bucket.company-a-logs]
"#;
    terminal.apply(before, &[]);
    a.must("Ram", "CreateUser", &[("UserName", "by-hand")]);
    let after = before
        .replace("first", "second")
        .replace("ecs:*", "ecs:Describe*")
        .replace("3600", "7200")
        .replace("console_use = true\nshown = true", "console_use = false\nshown = false")
        .replace("team = \"web\"", "team = \"db\"")
        .replace("CidrBlock", "resource_group = \"prod\"\nDescription = \"for all\"\nCidrBlock")
        .replace("group.ops]", "group.ops]\npolicies = [\"own\", \"AliyunRAMReadOnlyAccess\"]")
        .replace("user.alice]", "user.alice]\ngroups = [\"ops\"]")
        .replace("company-a-logs]", "company-a-logs]\nacl = \"public-read\"");
    let said = terminal.apply(&after, &[]);
    let mut lines: Vec<&str> = said.lines().collect();
    let summary = lines.pop().unwrap();
    assert_eq!(
        lines,
        [
            "~ policy own: document",
            "~ user alice: comments",
            "~ role keeper: max_session_duration, console_use",
            "~ role keeper: tags",
            "~ role keeper: shown",
            "+ membership alice in ops",
            "+ grant AliyunRAMReadOnlyAccess to group ops",
            "+ grant own to group ops",
            "~ bucket company-a-logs: acl",
            "~ vpc.vpc net: resource_group",
            "~ vpc.vpc net: tags",
            "~ vpc.vpc net: Description",
        ]
    );
    assert!(summary.contains("Made: 3, changed: 5, deleted: 0."), "{summary}");
    assert!(summary.contains("left as they are: 1"), "{summary}");
    assert!(terminal.apply(&after, &[]).contains("nothing to do"));
    a.must("Ram", "GetUser", &[("UserName", "by-hand")]);
    // What cannot be changed is said before anything is.
    let impossible = after.replace("10.0.0.0/16", "10.1.0.0/16").replace("second", "third");
    terminal.write(&impossible);
    let came = terminal.run(&["apply", "world.toml"]);
    assert_eq!(came.code, Some(2), "{came:?}");
    assert!(
        came.complained.contains("`CidrBlock` of vpc.vpc net is otherwise and cannot be changed"),
        "{came:?}"
    );
    assert_eq!(a.must("Ram", "GetUser", &[("UserName", "alice")])["User"]["Comments"], "second");
}

#[test]
fn only_prune_deletes_and_it_says_what() {
    let server = server();
    let a = server.account("company-a", "11223344");
    let owner = Terminal::of(&a.client);
    owner.apply(example(), &[]);
    let admin = a.user("admin");
    a.grant("admin", "AdministratorAccess");
    a.must("Ram", "CreateAccessKey", &[("UserName", "alice")]);
    a.must("Ram", "CreateLoginProfile", &[("UserName", "alice"), ("Password", "Correct-horse-7")]);
    let empty = "[account.company-a]\nid = \"11223344\"\n";
    let left = owner.apply(empty, &[]);
    assert!(left.contains("nothing to do"), "{left}");
    // Whoever prunes stays, and can go on.
    let terminal = Terminal::of(&admin);
    terminal.write(empty);
    let planned = terminal.run(&["apply", "world.toml", "--prune", "--dry-run", "-o", "json"]);
    let planned: serde_json::Value = serde_json::from_str(&planned.said).unwrap();
    assert_eq!((&planned["Done"], &planned["Made"]), (&false.into(), &0.into()), "{planned}");
    let said = terminal.apply(empty, &["--prune"]);
    for line in [
        "- user alice: its console logon\n",
        "- user alice\n",
        "- grant AliyunECSFullAccess to user alice in production\n",
        "- vpc.vswitch web\n",
        "- ecs.instance web\n",
        "- resource group production\n",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(!said.contains("admin"), "{said}");
    assert!(terminal.apply(empty, &["--prune"]).contains("nothing to do"));
    let users = a.must("Ram", "ListUsers", &[])["Users"]["User"].clone();
    assert_eq!(users.as_array().unwrap().len(), 1, "{users}");
}
