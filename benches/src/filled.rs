//! An account with many users, and with some of everything else that its pages show.

use std::ops::Range;
use std::sync::Arc;

use anyhow::{Context, Result};

use crate::call::{Call, ECS, IMS, RAM, VPC};
use crate::load::run;
use crate::world::World;

type Params = Vec<(&'static str, String)>;

/// One call for some numbers: for every how many of them, and with what parameters.
struct Step {
    call: Call<'static>,
    every: usize,
    params: fn(usize) -> Params,
}

/// Makes users of company-b, each with a display name and a key; every third has a tag, and every tenth a policy.
///
/// # Errors
///
/// Fails if a call is refused.
pub async fn make_users(world: &World, numbers: Range<usize>, connections: usize) -> Result<()> {
    const TAG: &[(&str, &str)] = &[("ResourceType", "user"), ("Tag.1.Key", "team"), ("Tag.1.Value", "ops")];
    const POLICY: &[(&str, &str)] = &[("PolicyType", "System"), ("PolicyName", "AliyunECSReadOnlyAccess")];
    let named: fn(usize) -> Params = |number| vec![("UserName", user(number))];
    let steps = [
        Step {
            call: Call::new("CreateUser", RAM, &[]),
            every: 1,
            params: |number| {
                vec![("DisplayName", format!("Person {}", user(number))), ("UserName", user(number))]
            },
        },
        Step { call: Call::new("CreateAccessKey", RAM, &[]), every: 1, params: named },
        Step {
            call: Call::new("TagResources", IMS, TAG),
            every: 3,
            params: |number| vec![("ResourcePrincipalName.1", format!("{}@company-b", user(number)))],
        },
        Step { call: Call::new("AttachPolicyToUser", RAM, POLICY), every: 10, params: named },
    ];
    make(world, &steps, numbers, connections).await
}

/// Makes groups with members, policies, and roles that trust company-a and may do what the policies say, in company-b,
/// and instances in a network.
///
/// # Errors
///
/// Fails if a call is refused, as when there are fewer users than groups have members.
pub async fn furnish(world: &World, connections: usize) -> Result<()> {
    const TRUST: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":["acs:ram::11223344:root"]}}]}"#;
    const DOCUMENT: &str =
        r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"ecs:RebootInstance","Resource":"*"}]}"#;
    let steps = [
        Step {
            call: Call::new("CreateGroup", RAM, &[]),
            every: 5,
            params: |number| vec![("GroupName", format!("group-{number:03}"))],
        },
        Step {
            call: Call::new("AddUserToGroup", RAM, &[("GroupName", "group-000")]),
            every: 1,
            params: |number| vec![("UserName", user(number))],
        },
        Step {
            call: Call::new("CreatePolicy", RAM, &[("PolicyDocument", DOCUMENT)]),
            every: 1,
            params: |number| vec![("PolicyName", format!("reboot-{number:03}"))],
        },
        Step {
            call: Call::new("CreateRole", RAM, &[("AssumeRolePolicyDocument", TRUST)]),
            every: 2,
            params: |number| vec![("RoleName", format!("role-{number:03}"))],
        },
        Step {
            call: Call::new("AttachPolicyToRole", RAM, &[("PolicyType", "Custom")]),
            every: 2,
            params: |number| {
                vec![("RoleName", format!("role-{number:03}")), ("PolicyName", format!("reboot-{number:03}"))]
            },
        },
    ];
    make(world, &steps, 0..200, connections).await?;
    make_instances(world).await
}

async fn make(world: &World, steps: &[Step], numbers: Range<usize>, connections: usize) -> Result<()> {
    for Step { call, every, params } in steps {
        let action = call.action;
        let request = |number: usize| {
            let nonce = format!("{action}-{number}");
            call.request(&world.partner, world.server.port, &nonce, &params(number))
        };
        let wanted = numbers.clone().filter(|number| number % every == 0);
        let requests = wanted.map(request).collect::<Result<Vec<_>>>()?;
        run(&world.server, Arc::new(requests), connections).await.context(action)?;
    }
    Ok(())
}

/// A hundred instances in one network.
async fn make_instances(world: &World) -> Result<()> {
    const REGION: (&str, &str) = ("RegionId", "cn-hangzhou");
    const INSTANCES: &[(&str, &str)] = &[
        REGION,
        ("InstanceType", "ecs.g6.large"),
        ("ImageId", "ubuntu_22_04_x64_20G_alibase_20240710.vhd"),
        ("Amount", "100"),
    ];
    let ask = async |call: Call<'static>, made: &[(&str, &str)]| {
        let params: Vec<_> = made.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        world.ask(&world.partner, call, &params).await
    };
    let id = |answer: serde_json::Value, name: &str| {
        answer.get(name).and_then(serde_json::Value::as_str).map(str::to_owned).context("an id")
    };
    let vpc = ask(Call::new("CreateVpc", VPC, &[REGION, ("CidrBlock", "10.0.0.0/8")]), &[]).await?;
    let vpc = id(vpc, "VpcId")?;
    let vswitch = Call::new("CreateVSwitch", VPC, &[REGION, ("ZoneId", "cn-hangzhou-b")]);
    let vswitch = id(ask(vswitch, &[("VpcId", &vpc), ("CidrBlock", "10.0.0.0/20")]).await?, "VSwitchId")?;
    let group = ask(Call::new("CreateSecurityGroup", ECS, &[REGION]), &[("VpcId", &vpc)]).await?;
    let group = id(group, "SecurityGroupId")?;
    let network = [("VSwitchId", &*vswitch), ("SecurityGroupId", &*group)];
    ask(Call::new("RunInstances", ECS, INSTANCES), &network).await.map(drop)
}

fn user(number: usize) -> String {
    format!("user-{number:04}")
}
