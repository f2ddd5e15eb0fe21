//! RDS.

use argali_testkit::seconds;

use super::{Params, REGION, Stage, text};

/// A password that every engine takes.
pub(crate) const DATABASE_PASSWORD: &str = "Opal-4-Mountain";

impl Stage<'_> {
    pub(super) fn rds(&self, action: &str) -> Option<Params> {
        let region = || ("RegionId", REGION.to_owned());
        let instance = || ("DBInstanceId", self.database_instance());
        let tag = || [("Tag.1.Key", "team".to_owned()), ("Tag.1.Value", "web".to_owned())];
        let this = |id: String| vec![region(), ("ResourceType", "INSTANCE".to_owned()), ("ResourceId.1", id)];
        let password = || ("AccountPassword", DATABASE_PASSWORD.to_owned());
        Some(match action {
            "DescribeRegions" => Vec::new(),
            "DescribeAvailableZones" => vec![region(), ("Engine", "MySQL".to_owned())],
            "DescribeDBInstances" => vec![region()],
            "CreateDBInstance" => self.new_database_instance("MySQL", "8.0", "mysql.n2.small.1"),
            "DescribeDBInstanceAttribute"
            | "DescribeDBInstanceNetInfo"
            | "DescribeDBInstanceIPArrayList"
            | "DescribeAccounts"
            | "DescribeDatabases"
            | "RestartDBInstance"
            | "DeleteDBInstance" => vec![instance()],
            "StopDBInstance" => vec![region(), instance()],
            "StartDBInstance" => {
                let params = vec![region(), instance()];
                self.call("Rds", "StopDBInstance", params.clone());
                self.server.clock().advance(seconds(5));
                params
            }
            "ModifyDBInstanceDescription" => {
                vec![instance(), ("DBInstanceDescription", "renamed".to_owned())]
            }
            "ModifyDBInstanceSpec" => vec![instance(), ("DBInstanceClass", "mysql.n2.medium.1".to_owned())],
            "ModifyDBInstanceDeletionProtection" => {
                vec![instance(), ("DeletionProtection", "true".to_owned())]
            }
            "ModifySecurityIps" => vec![instance(), ("SecurityIps", "10.0.0.1,10.0.0.2".to_owned())],
            "CreateAccount" => vec![instance(), ("AccountName", "app".to_owned()), password()],
            "ResetAccountPassword" => {
                let mut params = self.database_account();
                params.push(password());
                params
            }
            "DeleteAccount" => self.database_account(),
            "CreateDatabase" => new_database(instance().1),
            "DeleteDatabase" => self.database(instance().1),
            "GrantAccountPrivilege" => {
                let mut params = self.database_account();
                params.extend(self.database(params[0].1.clone()).into_iter().skip(1));
                params.push(("AccountPrivilege", "ReadWrite".to_owned()));
                params
            }
            "ModifyResourceGroup" => {
                let instance = instance();
                let shown = self.call("Rds", "DescribeDBInstanceAttribute", vec![instance.clone()]);
                let group = text(&shown["Items"]["DBInstanceAttribute"][0]["ResourceGroupId"]);
                vec![instance, ("ResourceGroupId", group)]
            }
            "TagResources" => [this(self.database_instance()), tag().to_vec()].concat(),
            "UntagResources" => {
                let params = this(self.database_instance());
                self.call("Rds", "TagResources", [params.clone(), tag().to_vec()].concat());
                [params, vec![("TagKey.1", "team".to_owned())]].concat()
            }
            "ListTagResources" => this(self.database_instance()),
            _ => return None,
        })
    }

    /// What `CreateDBInstance` needs.
    pub(crate) fn new_database_instance(&self, engine: &str, version: &str, class: &str) -> Params {
        vec![
            ("RegionId", REGION.to_owned()),
            ("Engine", engine.to_owned()),
            ("EngineVersion", version.to_owned()),
            ("DBInstanceClass", class.to_owned()),
            ("DBInstanceStorage", "20".to_owned()),
            ("DBInstanceNetType", "Intranet".to_owned()),
            ("PayType", "Postpaid".to_owned()),
            ("SecurityIPList", "127.0.0.1".to_owned()),
            ("VSwitchId", self.network().vswitch.clone()),
        ]
    }

    /// A new database instance that runs.
    pub(crate) fn database_instance(&self) -> String {
        let made = self.call("Rds", "CreateDBInstance", self.params("Rds", "CreateDBInstance"));
        self.server.clock().advance(seconds(5));
        text(&made["DBInstanceId"])
    }

    /// A new account of a new instance.
    fn database_account(&self) -> Params {
        let mut params = self.params("Rds", "CreateAccount");
        self.call("Rds", "CreateAccount", params.clone());
        params.truncate(2);
        params
    }

    /// A new database of an instance.
    fn database(&self, instance: String) -> Params {
        let mut params = new_database(instance);
        self.call("Rds", "CreateDatabase", params.clone());
        params.truncate(2);
        params
    }
}

fn new_database(instance: String) -> Params {
    vec![
        ("DBInstanceId", instance),
        ("DBName", "shop".to_owned()),
        ("CharacterSetName", "utf8mb4".to_owned()),
    ]
}
