//! What was exported makes the same world elsewhere.

use super::{Terminal, example, server};

/// What the example lacks: names that occur twice or not at all, load balancers with listeners, databases, another region,
/// tags of identities.
const MORE: &str = r##"
[account.company-a.resource."slb.load_balancer".front]
[account.company-a.resource."slb.listener"."front/80"]
ListenerProtocol = "tcp"
Bandwidth = -1
BackendServerPort = 8080

[account.company-a.resource."vpc.vswitch"."#1"]
VpcId = "production"
ZoneId = "cn-hangzhou-h"
CidrBlock = "10.0.2.0/24"

[account.company-a.resource."ecs.instance"."web#2"]
InstanceType = "ecs.g6.large"
ImageId = "aliyun_3_x64_20G_alibase_20240528.vhd"
VSwitchId = "#1"
SecurityGroupIds = ["web"]

[account.company-a.resource."vpc.vpc"."production#2"]
region = "cn-shanghai"
CidrBlock = "192.168.0.0/16"
Description = "says \"hello\" \\ and ''' more"

[account.company-a.resource."rds.instance".orders]
Engine = "MySQL"
EngineVersion = "8.0"
DBInstanceClass = "mysql.n2.small.1"
DBInstanceStorage = 40
DBInstanceNetType = "Intranet"
PayType = "Postpaid"
SecurityIPList = "10.0.0.0/16"
VSwitchId = "web"
DBTimeZone = "Europe/Berlin"
resource_group = "production"
[account.company-a.resource."rds.database"."orders/orders"]
CharacterSetName = "utf8mb4"

[account.company-a.user.bob]
tags = { "cost center" = "4711", team = "web" }
[account.company-a.role.keeper]
trust = { Version = "1", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { RAM = [] } }] }
tags = { team = "ops" }
console_use = false
[account.company-a.policy.look]
document = { Version = "1", Statement = [{ Effect = "Allow", Action = "ecs:Describe*", Resource = "*" }] }
tags = { team = "ops" }
[account.company-a.resource_group.testing]
tags = { stage = "test" }
"##;

#[test]
fn an_export_applied_to_an_empty_account_makes_the_same_world() {
    let first = server();
    let a = first.account("company-a", "11223344");
    let terminal = Terminal::of(&a.client);
    terminal.apply(&format!("{}{MORE}", example()), &[]);
    a.must("Ram", "CreateAccessKey", &[("UserName", "alice")]);
    let exported = terminal.export();
    assert!(!exported.contains("AccessKey") && !exported.contains("LTAI"), "no secrets: {exported}");
    for line in [
        "DBInstanceStorage = 40",
        "SecurityIPList = \"10.0.0.0/16\"",
        "DBTimeZone = \"Europe/Berlin\"",
        "tags = { \"cost center\" = \"4711\", team = \"web\" }",
        "tags = { stage = \"test\" }",
        "console_use = false",
        "console_use = true",
        "shown = false",
        "shown = true",
    ] {
        assert!(exported.contains(line), "{line}: {exported}");
    }
    assert!(terminal.apply(&exported, &["--prune"]).contains("nothing to do"), "it says what there is");
    // The same account elsewhere.
    let second = server();
    let same = Terminal::of(&second.account("company-a", "11223344").client);
    same.apply(&exported, &[]);
    assert_eq!(same.export(), exported);
    assert!(same.apply(&exported, &["--prune"]).contains("nothing to do"));
    // Another account: nothing in the file but its number says whose it was.
    let other = second.account("company-b", "12345678");
    let there = Terminal::of(&other.client);
    let without_number = exported.replace("id = \"11223344\"\n", "");
    // Names of buckets are nobody else's.
    let without_number = without_number.replace("company-a-logs", "company-b-logs");
    there.apply(&without_number, &[]);
    let moved = there.export().replace("12345678", "11223344").replace("company-b", "company-a");
    assert_eq!(moved, exported);
    let role = other.must("Ram", "GetRole", &[("RoleName", "auditor")])["Role"].clone();
    assert!(role["AssumeRolePolicyDocument"].as_str().unwrap().contains("acs:ram::12345678:root"), "{role}");
}

#[test]
fn a_file_that_is_there_is_overwritten_only_if_told() {
    let server = server();
    let a = server.account("company-a", "11223344");
    a.user("alice");
    let terminal = Terminal::of(&a.client);
    assert_eq!(terminal.run(&["export", "world.toml"]).code, Some(0));
    let came = terminal.run(&["export", "world.toml"]);
    assert_eq!(came.code, Some(5), "{came:?}");
    assert_eq!(terminal.run(&["export", "world.toml", "--overwrite"]).code, Some(0));
    assert!(
        std::fs::read_to_string(terminal.folder.path().join("world.toml")).unwrap().contains("user.alice")
    );
}
