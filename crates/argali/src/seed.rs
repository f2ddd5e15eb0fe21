//! The two enterprises of the documentation's example, made by real calls.

use std::path::Path;

use argali_protocol::Credentials;
use argali_server::Server;
use argali_server::config::OptionalAccount;
use argali_server::operator::Command;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::account;
use crate::assume::read_credentials;
use crate::client::{Api, Client, ECS, RAM, VPC};
use crate::failure::{Exit, Failure};
use crate::story_clock::StoryClock;
use crate::world;

/// Where everything that is made lies.
pub(crate) const REGION: &str = "cn-hangzhou";
/// Company-a's bucket.
const BUCKET: &str = "company-a-logs";
const ZONE: &str = "cn-hangzhou-h";
const IMAGE: &str = "aliyun_3_x64_20G_alibase_20240528.vhd";
const INSTANCE_TYPE: &str = "ecs.g6.large";
/// How long networks and instances need until they can be used, in seconds.
pub(crate) const START_S: i64 = 3;

/// An account of the story: its alias and number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Enterprise {
    pub(crate) alias: &'static str,
    pub(crate) id: &'static str,
}

impl Enterprise {
    fn named(self) -> (&'static str, &'static str) {
        (self.alias, self.id)
    }

    /// Its number, as the configuration has it.
    pub(crate) fn account(self) -> OptionalAccount {
        OptionalAccount(self.id.parse().ok())
    }
}

pub(crate) const COMPANY_A: Enterprise = Enterprise { alias: "company-a", id: "11223344" };
pub(crate) const COMPANY_B: Enterprise = Enterprise { alias: "company-b", id: "12345678" };
/// Who looks after the server, where nobody else is named.
pub(crate) const OPERATORS: Enterprise = Enterprise { alias: "operators", id: "10000000" };
pub(crate) const ROLE: &str = "ecs-admin";
pub(crate) const ROLE_ARN: &str = "acs:ram::11223344:role/ecs-admin";
/// What the role may do.
pub(crate) const ROLE_POLICY: &str = "AliyunECSFullAccess";
/// What B's users need to assume roles.
pub(crate) const USER_POLICY: &str = "AliyunSTSAssumeRoleAccess";
/// B's users.
const USERS: [&str; 3] = ["alice", "bob", "deploy-bot"];
/// Those of them who are people, and log on to the console.
const PEOPLE: [&str; 2] = ["alice", "bob"];
/// What their passwords are made of: nothing that is easily taken for another.
const PASSWORD_LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
const PASSWORD_LENGTH: usize = 16;

/// The parameters of a call.
pub(crate) fn params(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A trust policy that lets an account in, or nobody.
pub(crate) fn trust(account: Option<Enterprise>) -> String {
    let principal = account.map(|account| format!("\"acs:ram::{}:root\"", account.id)).unwrap_or_default();
    format!(
        r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{{"RAM":[{principal}]}}}}]}}"#
    )
}

/// Makes an account as the operator and returns a client that signs as the account itself.
pub(crate) fn enterprise(
    runtime: &Runtime,
    server: &Server,
    clock: &StoryClock,
    enterprise: Enterprise,
) -> Result<Client, Failure> {
    Ok(with_owner(runtime, server, clock, enterprise)?.0)
}

/// The same, and how the account's owner logs on to the console.
fn with_owner(
    runtime: &Runtime,
    server: &Server,
    clock: &StoryClock,
    enterprise: Enterprise,
) -> Result<(Client, Logon), Failure> {
    let (client, logon, _) = owner(runtime, server, clock, enterprise.alias, Some(enterprise.id))?;
    Ok((client, logon))
}

/// Makes an account as the operator, with a number if it is to have a certain one; who it is, and its number.
fn owner(
    runtime: &Runtime,
    server: &Server,
    clock: &StoryClock,
    name: &str,
    id: Option<&str>,
) -> Result<(Client, Logon, String), Failure> {
    let command = Command::CreateAccount {
        name: name.to_owned(),
        id: id.map(str::to_owned),
        alias: account::can_be_alias(name).then(|| name.to_owned()),
        email: None,
    };
    let made = account::done(runtime.block_on(server.operate(&command)))?;
    let client = Client::new(&server.addresses().http.to_string(), credentials_in(&made)?)?;
    let text = |name: &str| made.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let logon = Logon { name: text("AccountId"), password: text("OwnerPassword") };
    Ok((client.with_env(clock.env()), logon, text("AccountId")))
}

/// Makes the accounts that a file says. Returns everybody's credentials.
pub(crate) fn world(
    runtime: &Runtime,
    server: &Server,
    clock: &StoryClock,
    file: &Path,
    services: Option<&Path>,
) -> Result<Vec<Value>, Failure> {
    let mut found = Vec::new();
    let mut open = |name: &str, id: Option<&str>| {
        let (client, logon, id) = owner(runtime, server, clock, name, id)?;
        found.push(shown((name, &id), "(owner)", client.credentials(), Some(&logon)));
        Ok((client, id))
    };
    let seeded = world::seed(file, services, &mut open, &|| clock.skip(1))?;
    for account in seeded {
        for (user, key) in &account.users {
            found.push(shown((&account.name, &account.id), user, &credentials_in(key)?, None));
        }
    }
    Ok(found)
}

/// What somebody logs on to the console with.
struct Logon {
    /// The logon name of a user, or the number of an account for its owner.
    name: String,
    password: String,
}

/// The credentials in an answer that must hold some.
pub(crate) fn credentials_in(answer: &Value) -> Result<Credentials, Failure> {
    read_credentials(answer)
        .ok_or_else(|| Failure::new(Exit::Server, "the server's answer holds no credentials"))
}

/// What instances run in.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) vswitch: String,
    pub(crate) security_group: String,
}

/// Makes a network for instances. `call` is given what each call does, and makes it.
pub(crate) fn network(
    clock: &StoryClock,
    mut call: impl FnMut(&str, Api<'_>, &str, &[(&str, &str)]) -> Result<Value, Failure>,
) -> Result<Network, Failure> {
    let id =
        |answer: &Value, name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let own = [("RegionId", REGION), ("CidrBlock", "10.0.0.0/16"), ("VpcName", "production")];
    let vpc = id(&call("makes a network", VPC, "CreateVpc", &own)?, "VpcId");
    clock.skip(START_S);
    let own = [("RegionId", REGION), ("VpcId", &vpc), ("ZoneId", ZONE), ("CidrBlock", "10.0.1.0/24")];
    let vswitch = id(&call("divides it", VPC, "CreateVSwitch", &own)?, "VSwitchId");
    let own = [("RegionId", REGION), ("VpcId", &vpc), ("SecurityGroupName", "web")];
    let security_group =
        id(&call("makes a security group", ECS, "CreateSecurityGroup", &own)?, "SecurityGroupId");
    clock.skip(START_S);
    Ok(Network { vswitch, security_group })
}

/// The call that starts instances in `network`.
pub(crate) fn run_instances(network: &Network, name: &str, amount: &str) -> Vec<(String, String)> {
    params(&[
        ("RegionId", REGION),
        ("InstanceName", name),
        ("InstanceType", INSTANCE_TYPE),
        ("Amount", amount),
        ("ImageId", IMAGE),
        ("VSwitchId", &network.vswitch),
        ("SecurityGroupId", &network.security_group),
    ])
}

/// Makes the account whose owner looks after the server in the console. Returns its credentials.
pub(crate) fn operators(
    runtime: &Runtime,
    server: &Server,
    clock: &StoryClock,
    operators: Enterprise,
) -> Result<Value, Failure> {
    let (client, owner) = with_owner(runtime, server, clock, operators)?;
    Ok(shown(operators.named(), "(owner)", client.credentials(), Some(&owner)))
}

/// Makes both enterprises with all that the example has, as far as its services are there. Returns everybody's
/// credentials.
pub(crate) fn two_enterprises(
    runtime: &Runtime,
    server: &Server,
    clock: &StoryClock,
) -> Result<Vec<Value>, Failure> {
    let (a, owner_of_a) = with_owner(runtime, server, clock, COMPANY_A)?;
    let (b, owner_of_b) = with_owner(runtime, server, clock, COMPANY_B)?;
    let network = network(clock, |_, api, action, own| Ok(a.call(api, action, &params(own))?))?;
    for (name, amount) in [("web", "2"), ("db", "1")] {
        a.call(ECS, "RunInstances", &run_instances(&network, name, amount))?;
    }
    clock.skip(START_S);
    if let Some(address) = server.addresses().oss {
        a.put(address, (BUCKET, None), b"")?;
        a.put(address, (BUCKET, Some("welcome.txt")), b"Objects of company-a.\n")?;
    }
    let document = trust(Some(COMPANY_B));
    a.call(RAM, "CreateRole", &params(&[("RoleName", ROLE), ("AssumeRolePolicyDocument", &document)]))?;
    let policy = [("PolicyType", "System"), ("PolicyName", ROLE_POLICY), ("RoleName", ROLE)];
    a.call(RAM, "AttachPolicyToRole", &params(&policy))?;

    let mut found = vec![
        shown(COMPANY_A.named(), "(owner)", a.credentials(), Some(&owner_of_a)),
        shown(COMPANY_B.named(), "(owner)", b.credentials(), Some(&owner_of_b)),
    ];
    for user in USERS {
        b.call(RAM, "CreateUser", &params(&[("UserName", user)]))?;
        let policy = [("PolicyType", "System"), ("PolicyName", USER_POLICY), ("UserName", user)];
        b.call(RAM, "AttachPolicyToUser", &params(&policy))?;
        let key = b.call(RAM, "CreateAccessKey", &params(&[("UserName", user)]))?;
        let key = credentials_in(key.get("AccessKey").unwrap_or(&Value::Null))?;
        let logon = PEOPLE.contains(&user).then(|| person(clock, &b, user)).transpose()?;
        found.push(shown(COMPANY_B.named(), user, &key, logon.as_ref()));
    }
    Ok(found)
}

/// Lets a user of B log on to the console.
fn person(clock: &StoryClock, b: &Client, user: &str) -> Result<Logon, Failure> {
    let password = clock.env().random_text(PASSWORD_LETTERS, PASSWORD_LENGTH);
    b.call(RAM, "CreateLoginProfile", &params(&[("UserName", user), ("Password", &password)]))?;
    Ok(Logon { name: format!("{user}@{}", COMPANY_B.alias), password })
}

fn shown(
    (name, id): (&str, &str),
    identity: &str,
    credentials: &Credentials,
    logon: Option<&Logon>,
) -> Value {
    json!({
        "Account": name,
        "AccountId": id,
        "Identity": identity,
        "AccessKeyId": credentials.access_key_id,
        "AccessKeySecret": credentials.access_key_secret.expose(),
        "LogonName": logon.map(|logon| logon.name.as_str()),
        "Password": logon.map(|logon| logon.password.as_str()),
    })
}
