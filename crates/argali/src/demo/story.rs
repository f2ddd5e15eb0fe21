//! The story itself: A lets B in, B works, A takes it back.

use argali_server::Server;
use serde_json::Value;
use tokio::runtime::Runtime;

use super::stage::{Actor, Side, Stage, Step};
use crate::client::{ECS, RAM, STS, VPC};
use crate::failure::Failure;
use crate::seed::{self, COMPANY_A, COMPANY_B, REGION, ROLE, ROLE_ARN, ROLE_POLICY, START_S, USER_POLICY};
use crate::story_clock::StoryClock;

/// The two owners.
struct Cast {
    a: Actor,
    b: Actor,
}

/// Tells everything. Fails at the first step that does not come out as it must.
pub(crate) fn tell(
    stage: &mut Stage<'_>,
    runtime: &Runtime,
    server: &Server,
    clock: &StoryClock,
) -> Result<(), Failure> {
    let cast = two_enterprises(stage, runtime, server, clock)?;
    let instance = a_owns_instances(stage, &cast.a, clock)?;
    a_lets_b_in(stage, &cast)?;
    let alice = b_chooses_alice(stage, &cast)?;
    let session = alice_assumes_the_role(stage, &alice)?;
    alice_works(stage, &session, &instance, clock)?;
    alice_meets_the_limits(stage, &session)?;
    a_takes_it_back(stage, &cast, &alice, &session)?;
    a_tidies_up(stage, &cast.a)
}

fn two_enterprises(
    stage: &mut Stage<'_>,
    runtime: &Runtime,
    server: &Server,
    clock: &StoryClock,
) -> Result<Cast, Failure> {
    stage.chapter("Two enterprises")?;
    let mut actor = |enterprise: seed::Enterprise, side| {
        let client = seed::enterprise(runtime, server, clock, enterprise)?;
        stage.operator(
            &format!("makes the account {}", enterprise.alias),
            &format!("argali account create {} --id {}", enterprise.alias, enterprise.id),
            &format!("{} {}, with an AccessKey of its own", enterprise.alias, enterprise.id),
        )?;
        Ok::<_, Failure>(Actor { name: enterprise.alias, side, client })
    };
    let a = actor(COMPANY_A, Side::A)?;
    let b = actor(COMPANY_B, Side::B)?;
    Ok(Cast { a, b })
}

fn a_owns_instances(stage: &mut Stage<'_>, a: &Actor, clock: &StoryClock) -> Result<String, Failure> {
    stage.chapter("A owns ECS instances")?;
    let network = seed::network(clock, |does, api, action, params| {
        stage.done(a, &Step { does, api, action, params }, made)
    })?;
    let run = seed::run_instances(&network, "web", "2");
    let run: Vec<_> = run.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let step = Step { does: "starts two instances in it", api: ECS, action: "RunInstances", params: &run };
    let answer = stage.done(a, &step, |answer| ids(answer).join(", "))?;
    clock.skip(START_S);
    Ok(ids(&answer).into_iter().next().unwrap_or_default())
}

fn a_lets_b_in(stage: &mut Stage<'_>, cast: &Cast) -> Result<(), Failure> {
    stage.chapter("A lets B in, without sharing a key")?;
    let document = seed::trust(Some(COMPANY_B));
    let step = Step {
        does: "makes a role that trusts company-b",
        api: RAM,
        action: "CreateRole",
        params: &[("RoleName", ROLE), ("AssumeRolePolicyDocument", &document)],
    };
    stage.done(&cast.a, &step, |answer| text(answer, "/Role/Arn"))?;
    let step = Step {
        does: "says what the role may do: everything with ECS, and nothing else",
        api: RAM,
        action: "AttachPolicyToRole",
        params: &[("PolicyType", "System"), ("PolicyName", ROLE_POLICY), ("RoleName", ROLE)],
    };
    stage.done(&cast.a, &step, |_| format!("{ROLE_POLICY} is attached to {ROLE}"))?;
    Ok(())
}

fn b_chooses_alice(stage: &mut Stage<'_>, cast: &Cast) -> Result<Actor, Failure> {
    stage.chapter("B chooses who may work there")?;
    let step = Step {
        does: "makes the user alice",
        api: RAM,
        action: "CreateUser",
        params: &[("UserName", "alice")],
    };
    stage.done(&cast.b, &step, |answer| format!("UserId {}", text(answer, "/User/UserId")))?;
    let step = Step {
        does: "gives her an AccessKey",
        api: RAM,
        action: "CreateAccessKey",
        params: &[("UserName", "alice")],
    };
    let key = stage.done(&cast.b, &step, |answer| {
        format!("{}; the secret is shown once, and not here", text(answer, "/AccessKey/AccessKeyId"))
    })?;
    let credentials = seed::credentials_in(key.get("AccessKey").unwrap_or(&Value::Null))?;
    let alice = Actor { name: "alice", side: Side::B, client: cast.b.client.with_credentials(credentials) };
    stage.refused(&alice, &assume("tries the role before anybody at B allowed her to"), "NoPermission")?;
    let step = Step {
        does: "allows alice to assume roles",
        api: RAM,
        action: "AttachPolicyToUser",
        params: &[("PolicyType", "System"), ("PolicyName", USER_POLICY), ("UserName", "alice")],
    };
    stage.done(&cast.b, &step, |_| format!("{USER_POLICY} is attached to alice"))?;
    Ok(alice)
}

fn alice_assumes_the_role(stage: &mut Stage<'_>, alice: &Actor) -> Result<Actor, Failure> {
    stage.chapter("Alice works on A's instances")?;
    let answer = stage.done(alice, &assume("assumes the role"), |answer| {
        let key = text(answer, "/Credentials/AccessKeyId");
        format!("{key}, good until {}", text(answer, "/Credentials/Expiration"))
    })?;
    let credentials = seed::credentials_in(answer.get("Credentials").unwrap_or(&Value::Null))?;
    let session = Actor {
        name: "alice, as ecs-admin,",
        side: Side::B,
        client: alice.client.with_credentials(credentials),
    };
    let step = Step { does: "asks who she is now", api: STS, action: "GetCallerIdentity", params: &[] };
    stage.done(&session, &step, |answer| text(answer, "/Arn"))?;
    Ok(session)
}

fn alice_works(
    stage: &mut Stage<'_>,
    session: &Actor,
    instance: &str,
    clock: &StoryClock,
) -> Result<(), Failure> {
    stage.done(session, &describe("lists the instances of company-a"), statuses)?;
    let step = Step {
        does: "stops one",
        api: ECS,
        action: "StopInstance",
        params: &[("RegionId", REGION), ("InstanceId", instance)],
    };
    stage.done(session, &step, accepted)?;
    clock.skip(START_S);
    stage.done(session, &describe("looks again (the demo moves the server's clock on)"), statuses)?;
    let step = Step {
        does: "starts it",
        api: ECS,
        action: "StartInstance",
        params: &[("RegionId", REGION), ("InstanceId", instance)],
    };
    stage.done(session, &step, accepted)?;
    clock.skip(START_S);
    stage.done(session, &describe("looks once more"), statuses)?;
    Ok(())
}

fn alice_meets_the_limits(stage: &mut Stage<'_>, session: &Actor) -> Result<(), Failure> {
    stage.chapter("The role allows no more than that")?;
    let step = Step { does: "tries to list company-a's users", api: RAM, action: "ListUsers", params: &[] };
    stage.refused(session, &step, "NoPermission")?;
    let step = Step {
        does: "tries to make a network",
        api: VPC,
        action: "CreateVpc",
        params: &[("RegionId", REGION), ("CidrBlock", "10.9.0.0/16")],
    };
    stage.refused(session, &step, "Forbidden.RAM")?;
    Ok(())
}

fn a_takes_it_back(
    stage: &mut Stage<'_>,
    cast: &Cast,
    alice: &Actor,
    session: &Actor,
) -> Result<(), Failure> {
    stage.chapter("A takes it back, in one edit")?;
    let nobody = seed::trust(None);
    let step = Step {
        does: "removes company-b from the trust policy",
        api: RAM,
        action: "UpdateRole",
        params: &[("RoleName", ROLE), ("NewAssumeRolePolicyDocument", &nobody)],
    };
    stage.done(&cast.a, &step, |_| format!("{ROLE} trusts nobody"))?;
    stage.refused(
        session,
        &describe("goes on with her live session, at the very next request"),
        "InvalidSecurityToken.Revoked",
    )?;
    stage.refused(alice, &assume("tries to assume the role again"), "NoPermission")?;
    Ok(())
}

fn a_tidies_up(stage: &mut Stage<'_>, a: &Actor) -> Result<(), Failure> {
    stage.chapter("A tidies up")?;
    let delete = |does| Step { does, api: RAM, action: "DeleteRole", params: &[("RoleName", ROLE)] };
    stage.refused(
        a,
        &delete("deletes the role while it still holds a policy"),
        "DeleteConflict.Role.Policy",
    )?;
    let step = Step {
        does: "detaches the policy",
        api: RAM,
        action: "DetachPolicyFromRole",
        params: &[("PolicyType", "System"), ("PolicyName", ROLE_POLICY), ("RoleName", ROLE)],
    };
    stage.done(a, &step, |_| format!("{ROLE} holds nothing"))?;
    stage.done(a, &delete("deletes the role"), |_| format!("{ROLE} is gone"))?;
    Ok(())
}

fn assume(does: &str) -> Step<'_> {
    Step {
        does,
        api: STS,
        action: "AssumeRole",
        params: &[("RoleArn", ROLE_ARN), ("RoleSessionName", "alice")],
    }
}

fn describe(does: &str) -> Step<'_> {
    Step { does, api: ECS, action: "DescribeInstances", params: &[("RegionId", REGION)] }
}

fn text(answer: &Value, pointer: &str) -> String {
    answer.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The id of what was made.
fn made(answer: &Value) -> String {
    let ids = ["/VpcId", "/VSwitchId", "/SecurityGroupId"];
    ids.iter().map(|id| text(answer, id)).find(|id| !id.is_empty()).unwrap_or_default()
}

fn ids(answer: &Value) -> Vec<String> {
    let ids = answer.pointer("/InstanceIdSets/InstanceIdSet").and_then(Value::as_array);
    ids.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn statuses(answer: &Value) -> String {
    let instances = answer.pointer("/Instances/Instance").and_then(Value::as_array);
    let each = instances.into_iter().flatten();
    let each = each.map(|one| format!("{} {}", text(one, "/InstanceId"), text(one, "/Status")));
    each.collect::<Vec<_>>().join(", ")
}

fn accepted(answer: &Value) -> String {
    format!("accepted, request {}", text(answer, "/RequestId"))
}
