//! Accounts and databases of an instance.

use argali_testkit::seconds;
use serde_json::json;

use super::{HERE, stage};
use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::text;

const PASSWORD: (&str, &str) = ("AccountPassword", "Opal-4-Mountain");

#[test]
fn an_account_needs_a_name_of_its_own_and_a_good_password() {
    stage!(server, stage);
    let id = stage.database_instance();
    let owner = &stage.owner;
    let this = ("DBInstanceId", id.as_str());
    let refused =
        |params: &[(&str, &str)], code: &str| owner.client.refused("Rds", "CreateAccount", params, code);
    refused(&[this, PASSWORD], "MissingParameter");
    refused(&[this, ("AccountName", "app")], "MissingParameter");
    refused(&[("DBInstanceId", "rm-none"), ("AccountName", "app"), PASSWORD], "InvalidDBInstanceId.NotFound");
    refused(&[this, ("AccountName", "a/b"), PASSWORD], "InvalidParameter");
    for password in ["Ab1-", "alllowercase", "lower1234567", &"Aa1-".repeat(9)] {
        let failure =
            refused(&[this, ("AccountName", "app"), ("AccountPassword", password)], "InvalidParameter");
        assert!(!failure.message.contains(password), "a refusal repeats no secret: {}", failure.message);
    }
    complete(
        "Rds",
        "CreateAccount",
        &owner.must("Rds", "CreateAccount", &[this, ("AccountName", "app"), PASSWORD]),
        &[],
    );
    refused(&[this, ("AccountName", "app"), PASSWORD], "InvalidAccountName.Duplicate");
    let absent = [this, ("AccountName", "nobody"), PASSWORD];
    for action in ["ResetAccountPassword", "DeleteAccount"] {
        owner.client.refused("Rds", action, &absent, "InvalidAccountName.NotFound");
    }
    let weak = [this, ("AccountName", "app"), ("AccountPassword", "weak")];
    owner.client.refused("Rds", "ResetAccountPassword", &weak, "InvalidParameter");
    owner.must("Rds", "ResetAccountPassword", &[this, ("AccountName", "app"), PASSWORD]);
    owner.must("Rds", "StopDBInstance", &[HERE, this]);
    refused(&[this, ("AccountName", "late"), PASSWORD], "OperationDenied.DBInstanceStatus");
}

#[test]
fn privileges_join_accounts_and_databases_until_either_goes() {
    stage!(server, stage);
    let id = stage.database_instance();
    let owner = &stage.owner;
    let this = ("DBInstanceId", id.as_str());
    for name in ["shop", "stock"] {
        let database =
            [this, ("DBName", name), ("CharacterSetName", "utf8mb4"), ("DBDescription", "for tests")];
        complete("Rds", "CreateDatabase", &owner.must("Rds", "CreateDatabase", &database), &[]);
        owner.client.refused("Rds", "CreateDatabase", &database, "InvalidDBName.Duplicate");
    }
    owner.must("Rds", "CreateAccount", &[this, ("AccountName", "app"), PASSWORD]);
    server.clock().advance(seconds(1));
    let grant = |databases: &'static str| {
        [this, ("AccountName", "app"), ("DBName", databases), ("AccountPrivilege", "ReadOnly")]
    };
    owner.client.refused("Rds", "GrantAccountPrivilege", &grant("shop,none"), "InvalidDB.NotFound");
    owner.must("Rds", "GrantAccountPrivilege", &grant("shop,stock"));
    let account = || {
        let answer = owner.must("Rds", "DescribeAccounts", &[this]);
        known("Rds", "DescribeAccounts", &answer);
        answer["Accounts"]["DBInstanceAccount"][0].clone()
    };
    assert_eq!(account()["AccountStatus"], "Available");
    let names = || {
        let privileges = account()["DatabasePrivileges"]["DatabasePrivilege"].clone();
        privileges.as_array().unwrap().iter().map(|one| text(&one["DBName"])).collect::<Vec<_>>()
    };
    assert_eq!(names(), ["shop", "stock"]);
    let databases = |name: &str| {
        let answer = owner.must("Rds", "DescribeDatabases", &[this, ("DBName", name)]);
        known("Rds", "DescribeDatabases", &answer);
        answer["Databases"]["Database"].clone()
    };
    let of_shop = databases("shop");
    let expected =
        json!([{ "Account": "app", "AccountPrivilege": "ReadOnly", "AccountPrivilegeDetail": "" }]);
    assert_eq!(of_shop[0]["Accounts"]["AccountPrivilegeInfo"], expected);
    owner.must("Rds", "DeleteDatabase", &[this, ("DBName", "shop")]);
    owner.client.refused("Rds", "DeleteDatabase", &[this, ("DBName", "shop")], "InvalidDBName.NotFound");
    assert_eq!(names(), ["stock"]);
    owner.must("Rds", "DeleteAccount", &[this, ("AccountName", "app")]);
    assert_eq!(databases("stock")[0]["Accounts"]["AccountPrivilegeInfo"], json!([]));
}
