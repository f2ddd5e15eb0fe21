//! Database instances.

use argali_testkit::{Client, allow, seconds};
use serde_json::{Value, json};

use super::{HERE, stage};
use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::{borrowed, text};

/// What is shown of an instance.
fn shown(client: &Client, id: &str) -> Value {
    let answer = client.must("Rds", "DescribeDBInstanceAttribute", &[("DBInstanceId", id)]);
    known("Rds", "DescribeDBInstanceAttribute", &answer);
    answer["Items"]["DBInstanceAttribute"][0].clone()
}

#[test]
fn bad_requests_make_no_instance() {
    stage!(server, stage);
    let good = stage.params("Rds", "CreateDBInstance");
    for (name, value, code) in [
        ("RegionId", None, "MissingParameter"),
        ("RegionId", Some("xx-nowhere"), "InvalidRegionId.NotFound"),
        ("Engine", None, "MissingParameter"),
        ("Engine", Some("Abacus"), "InvalidParameter"),
        ("EngineVersion", None, "MissingParameter"),
        ("EngineVersion", Some("16.0"), "InvalidEngineVersion.Malformed"),
        ("DBInstanceClass", Some("mysql.huge"), "InvalidDBInstanceClass.NotFound"),
        ("DBInstanceStorage", Some("4"), "InvalidParameter"),
        ("DBInstanceNetType", None, "MissingParameter"),
        ("PayType", Some("Later"), "InvalidParameter"),
        ("SecurityIPList", None, "MissingParameter"),
        ("VSwitchId", Some("vsw-none"), "InvalidVSwitchId.NotFound"),
        ("VPCId", Some("vpc-another"), "InvalidVpcId.NotFound"),
        ("PrivateIpAddress", Some("192.168.0.1"), "InvalidParameter"),
        ("ResourceGroupId", Some("rg-none"), "InvalidResourceGroup.NotFound"),
        ("Amount", Some("21"), "InvalidParameter"),
        ("Tag.1.Key", Some("acs:team"), "InvalidParameter"),
    ] {
        let mut params = good.clone();
        params.retain(|(known, _)| *known != name);
        params.extend(value.map(|value| (name, value.to_owned())));
        stage.owner.client.refused("Rds", "CreateDBInstance", &borrowed(&params), code);
    }
    let found = stage.owner.must("Rds", "DescribeDBInstances", &[HERE]);
    assert_eq!(found["TotalRecordCount"], 0);
}

#[test]
fn an_instance_lives_from_creating_to_gone() {
    stage!(server, stage);
    let owner = &stage.owner;
    let made = owner.must("Rds", "CreateDBInstance", &borrowed(&stage.params("Rds", "CreateDBInstance")));
    known("Rds", "CreateDBInstance", &made);
    let id = text(&made["DBInstanceId"]);
    assert!(id.starts_with("rm-") && text(&made["ConnectionString"]).starts_with(&id), "{made}");
    let this = [HERE, ("DBInstanceId", id.as_str())];
    let state = || text(&shown(&owner.client, &id)["DBInstanceStatus"]);
    let wrong = |action: &str| {
        owner.client.refused("Rds", action, &this, "OperationDenied.DBInstanceStatus");
    };
    assert_eq!(state(), "Creating");
    for action in ["StartDBInstance", "StopDBInstance", "RestartDBInstance", "DeleteDBInstance"] {
        wrong(action);
    }
    server.clock().advance(seconds(5));
    for (action, during, after) in [
        ("RestartDBInstance", "Rebooting", "Running"),
        ("StopDBInstance", "Stopping", "Stopped"),
        ("StartDBInstance", "Starting", "Running"),
    ] {
        known("Rds", action, &owner.must("Rds", action, &this));
        assert_eq!(state(), during, "{action}");
        wrong(action);
        server.clock().advance(seconds(5));
        assert_eq!(state(), after, "{action}");
    }
    wrong("StartDBInstance");
    let larger = [this[1], ("DBInstanceClass", "mysql.n2.large.1"), ("DBInstanceStorage", "40")];
    let none = [this[1], ("DBInstanceClass", "mysql.huge")];
    owner.client.refused("Rds", "ModifyDBInstanceSpec", &none, "InvalidDBInstanceClass.NotFound");
    complete("Rds", "ModifyDBInstanceSpec", &owner.must("Rds", "ModifyDBInstanceSpec", &larger), &[]);
    assert_eq!(state(), "DBInstanceClassChanging");
    server.clock().advance(seconds(5));
    let after = shown(&owner.client, &id);
    assert_eq!((&after["DBInstanceStorage"], &after["DBInstanceCPU"]), (&json!(40), &json!("4")));
    let protect = |on| [this[1], ("DeletionProtection", on)];
    owner.must("Rds", "ModifyDBInstanceDeletionProtection", &protect("true"));
    owner.client.refused("Rds", "DeleteDBInstance", &this, "OperationDenied.DeletionProtection");
    owner.must("Rds", "ModifyDBInstanceDeletionProtection", &protect("false"));
    // What is in it goes with it.
    owner.must("Rds", "CreateDatabase", &[this[1], ("DBName", "shop"), ("CharacterSetName", "utf8")]);
    let vswitch = [("VSwitchId", stage.network().vswitch.as_str())];
    owner.client.refused("Vpc", "DeleteVSwitch", &vswitch, "DependencyViolation");
    complete("Rds", "DeleteDBInstance", &owner.must("Rds", "DeleteDBInstance", &this), &[]);
    for action in ["DescribeDBInstanceAttribute", "StartDBInstance", "DeleteDBInstance", "DescribeDatabases"]
    {
        owner.client.refused("Rds", action, &this, "InvalidDBInstanceId.NotFound");
    }
    owner.must("Vpc", "DeleteVSwitch", &vswitch);
}

#[test]
fn engines_have_their_own_ids_hosts_and_ports() {
    stage!(server, stage);
    for (engine, version, class, prefix, port) in [
        ("PostgreSQL", "16.0", "pg.n2.small.1", "pgm-", "5432"),
        ("SQLServer", "2022_std_ha", "mssql.x2.medium.s2", "rm-", "1433"),
        ("MariaDB", "10.6", "mariadb.n2.small.2c", "rm-", "3306"),
    ] {
        let params = stage.new_database_instance(engine, version, class);
        let made = stage.owner.must("Rds", "CreateDBInstance", &borrowed(&params));
        assert!(text(&made["DBInstanceId"]).starts_with(prefix), "{made}");
        assert_eq!(made["Port"], port);
    }
}

#[test]
fn lists_are_narrowed_and_cut_in_pages() {
    stage!(server, stage);
    let owner = &stage.owner;
    for name in ["alpha", "beta", "gamma"] {
        server.clock().advance(seconds(1));
        let mut params = stage.params("Rds", "CreateDBInstance");
        params.extend([
            ("DBInstanceDescription", name.to_owned()),
            ("Tag.1.Key", "name".to_owned()),
            ("Tag.1.Value", name.to_owned()),
        ]);
        owner.must("Rds", "CreateDBInstance", &borrowed(&params));
    }
    let names = |params: &[(&str, &str)]| -> Vec<String> {
        let found = owner.must("Rds", "DescribeDBInstances", &[&[HERE], params].concat());
        known("Rds", "DescribeDBInstances", &found);
        let list = found["Items"]["DBInstance"].as_array().unwrap().clone();
        list.iter().map(|one| text(&one["DBInstanceDescription"])).collect()
    };
    assert_eq!(names(&[("SearchKey", "lph")]), ["alpha"]);
    assert_eq!(names(&[("Tags", r#"{"name":"beta"}"#)]), ["beta"]);
    assert_eq!(names(&[("Engine", "PostgreSQL")]), [""; 0]);
    assert_eq!(names(&[("DBInstanceStatus", "Creating")]), ["alpha", "beta", "gamma"]);
    assert_eq!(names(&[("PageSize", "2"), ("PageNumber", "2")]), ["gamma"]);
    assert_eq!(names(&[("VSwitchId", stage.network().vswitch.as_str()), ("MaxResults", "1")]), ["alpha"]);
    owner.client.refused("Rds", "DescribeDBInstances", &[HERE, ("Tags", "team")], "InvalidParameter");
}

#[test]
fn whitelists_are_covered_added_to_and_taken_from() {
    stage!(server, stage);
    let id = stage.database_instance();
    let owner = &stage.owner;
    let this = ("DBInstanceId", id.as_str());
    let change = |list: &str, mode: &str, ips: &str| {
        let params = [this, ("DBInstanceIPArrayName", list), ("ModifyMode", mode), ("SecurityIps", ips)];
        owner.must("Rds", "ModifySecurityIps", &params);
        let answer = owner.must("Rds", "DescribeDBInstanceIPArrayList", &[this]);
        complete("Rds", "DescribeDBInstanceIPArrayList", &answer, &[]);
        let lists = answer["Items"]["DBInstanceIPArray"].as_array().unwrap().clone();
        let show =
            |one: &Value| format!("{}={}", text(&one["DBInstanceIPArrayName"]), text(&one["SecurityIPList"]));
        lists.iter().map(show).collect::<Vec<_>>()
    };
    assert_eq!(change("default", "Append", "10.0.0.1,10.0.0.2"), ["default=127.0.0.1,10.0.0.1,10.0.0.2"]);
    assert_eq!(change("default", "Delete", "127.0.0.1,10.0.0.2"), ["default=10.0.0.1"]);
    assert_eq!(change("office", "Cover", "10.1.0.0/24"), ["default=10.0.0.1", "office=10.1.0.0/24"]);
    assert_eq!(change("default", "Cover", "10.9.9.9"), ["default=10.9.9.9", "office=10.1.0.0/24"]);
    let absent = [("DBInstanceId", "rm-none"), ("SecurityIps", "10.0.0.1")];
    owner.client.refused("Rds", "ModifySecurityIps", &absent, "InvalidDBInstanceId.NotFound");
    let slash = [this, ("DBInstanceIPArrayName", "a/b"), ("SecurityIps", "10.0.0.1")];
    owner.client.refused("Rds", "ModifySecurityIps", &slash, "InvalidParameter");
    known("Rds", "DescribeDBInstanceNetInfo", &owner.must("Rds", "DescribeDBInstanceNetInfo", &[this]));
    for action in ["DescribeRegions", "DescribeAvailableZones"] {
        let answer = owner.must("Rds", action, &[HERE, ("Engine", "MySQL")]);
        complete("Rds", action, &answer, &[]);
    }
}

#[test]
fn a_policy_can_name_one_instance_or_its_tag_by_its_own_key() {
    stage!(server, stage);
    let (mine, tagged, other) =
        (stage.database_instance(), stage.database_instance(), stage.database_instance());
    let owner = &stage.owner;
    let tag = [
        HERE,
        ("ResourceType", "INSTANCE"),
        ("ResourceId.1", &tagged),
        ("Tag.1.Key", "team"),
        ("Tag.1.Value", "web"),
    ];
    owner.must("Rds", "TagResources", &tag);
    known("Rds", "ListTagResources", &owner.must("Rds", "ListTagResources", &tag[..3]));
    let alice = owner.user("alice");
    let arn = format!("acs:rds:{}:{}:dbinstance/{mine}", HERE.1, owner.id);
    let mut document = allow(&["rds:*"], &[&arn]);
    let mut by_tag = allow(&["rds:*"], &["*"])["Statement"][0].clone();
    by_tag["Condition"] = json!({ "StringEquals": { "rds:ResourceTag/team": "web" } });
    let mut by_common_tag = allow(&["rds:*"], &["*"])["Statement"][0].clone();
    by_common_tag["Condition"] = json!({ "StringEquals": { "acs:ResourceTag/team": "web" } });
    document["Statement"].as_array_mut().unwrap().push(by_tag);
    owner.grant_document("alice", "some", &document);
    let bob = owner.user("bob");
    document["Statement"] = json!([by_common_tag]);
    owner.grant_document("bob", "common", &document);
    for id in [&mine, &tagged] {
        alice.must("Rds", "RestartDBInstance", &[("DBInstanceId", id)]);
        alice.must("Rds", "DescribeAccounts", &[("DBInstanceId", id)]);
    }
    for id in [other.as_str(), "rm-none"] {
        alice.refused("Rds", "RestartDBInstance", &[("DBInstanceId", id)], "Forbidden.RAM");
        alice.refused("Rds", "DescribeAccounts", &[("DBInstanceId", id)], "Forbidden.RAM");
    }
    // The service does not fill the key that others fill.
    bob.refused("Rds", "RestartDBInstance", &[("DBInstanceId", &tagged)], "Forbidden.RAM");
}
