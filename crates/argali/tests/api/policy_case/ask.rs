//! The request of a case, as a call.

use argali_policy::case::{Answer, Case, CaseQuestion, PrincipalKind, Situation};
use argali_testkit::{ApiFailure, Client, TestServer};
use serde_json::Value;

use super::scene::{Scene, declare};
use super::translation::Translation;
use super::{bucket, federation, question};
use crate::expect::Calls;
use crate::stage::{Params, REGION, Stage, borrowed};

/// Puts a case to a server of its own.
pub(super) fn ask(case: &Case<'_>) -> Result<Answer, String> {
    match &case.question {
        CaseQuestion::Assume(situation) if situation.principal.kind == PrincipalKind::Federated => {
            federation::assume(situation)
        }
        CaseQuestion::Assume(situation) => assume(situation),
        CaseQuestion::Access(situation) if bucket::asks(situation) => bucket::ask(situation),
        CaseQuestion::Access(situation) if situation.principal.kind == PrincipalKind::Anonymous => {
            anonymous(situation)
        }
        CaseQuestion::Access(situation) if question::must_be_asked(situation) => question::ask(situation),
        CaseQuestion::Access(situation) => access(situation),
        CaseQuestion::Validate(_) => Err("documents are handed in elsewhere".to_owned()),
    }
}

/// How a case is asked.
pub(super) fn how(case: &Case<'_>) -> &'static str {
    match &case.question {
        CaseQuestion::Validate(_) => "by handing in a document",
        CaseQuestion::Assume(situation) => match situation.principal.kind {
            PrincipalKind::Federated => "by AssumeRoleWithOIDC",
            _ => "by AssumeRole",
        },
        CaseQuestion::Access(situation) if bucket::asks(situation) => "by a request to object storage",
        CaseQuestion::Access(situation) if question::must_be_asked(situation) => "by TestAccess",
        CaseQuestion::Access(Situation { request, .. }) => {
            match built_in(&request.action, &request.resources).is_some() {
                true => "by an operation of Argali's own",
                false => "by an operation that a service file of the case declares",
            }
        }
    }
}

fn assume(situation: &Situation<'_>) -> Result<Answer, String> {
    let mut scene = Scene::set(situation, None);
    let name = last_part(&situation.request.resources[0]);
    scene.role_to_assume(situation, name);
    let role_arn = format!("acs:ram::{}:role/{name}", situation.request.owner);
    let mut params = vec![("RoleArn", role_arn), ("RoleSessionName", "session".to_owned())];
    let external_id = situation.request.context.get("sts:ExternalId").first();
    params.extend(external_id.map(|id| ("ExternalId", id.clone())));
    let call = Call { product: "Sts", action: "AssumeRole".to_owned(), params, real_id: None };
    scene.attach(situation, str::to_owned);
    scene.wait_for(situation);
    answer(call.make(&scene, situation))
}

/// Nobody signs, so nobody is let in, whatever policies say.
fn anonymous(situation: &Situation<'_>) -> Result<Answer, String> {
    let request = &situation.request;
    let (product, action) =
        built_in(&request.action, &request.resources).ok_or("no operation asks for it")?;
    let server = TestServer::start();
    let owner = server.account("owner", &request.owner);
    owner.must(product, action, &[]);
    match owner.client.call_unsigned(product, action, &[]) {
        Err(failure) if failure.code == "MissingAccessKeyId" => Ok(Answer::ImplicitDeny),
        other => Err(format!("expected to be asked for an AccessKey, got {other:?}")),
    }
}

fn access(situation: &Situation<'_>) -> Result<Answer, String> {
    let request = &situation.request;
    let declared = built_in(&request.action, &request.resources).is_none();
    let translation = Translation::of(situation);
    let service = declared.then(|| declare(&request.action, &request.resources, !translation.is_empty()));
    let scene = Scene::set(situation, service.as_deref());
    let call = Call::of(&scene, situation, &translation);
    let exempt = request.action == "sts:GetCallerIdentity";
    if situation.principal.kind != PrincipalKind::Account && !exempt {
        let Err(failure) = call.make(&scene, situation) else { return Err("needs no policy".to_owned()) };
        let asked = format!("Resource: {} Action: {}.", call.resource(&request.resources[0]), request.action);
        if !failure.message.contains(&asked) {
            return Err(format!("asks for something else than `{asked}`: {failure}"));
        }
    }
    scene.attach(situation, |text| translation.rewrite(&call.rewrite(text)));
    scene.wait_for(situation);
    answer(call.make(&scene, situation))
}

/// Success, or the kind of the refusal; anything else is no answer to a case.
pub(super) fn answer(answer: Result<Value, ApiFailure>) -> Result<Answer, String> {
    let failure = match answer {
        Ok(_) => return Ok(Answer::Allow),
        Err(failure) => failure,
    };
    match failure.access_denied_detail.as_ref().map(|detail| detail.no_permission_type.as_str()) {
        Some("ExplicitDeny") => Ok(Answer::ExplicitDeny),
        Some("ImplicitDeny") => Ok(Answer::ImplicitDeny),
        _ => Err(format!("neither allowed nor denied: {failure}")),
    }
}

/// A call that asks what a case asks.
struct Call {
    product: &'static str,
    action: String,
    params: Params,
    /// The id in the case, and that of the resource which was made for it.
    real_id: Option<(String, String)>,
}

impl Call {
    fn of(scene: &Scene, situation: &Situation<'_>, translation: &Translation) -> Self {
        let request = &situation.request;
        let Some((product, operation)) = built_in(&request.action, &request.resources) else {
            let (_, action) = request.action.split_once(':').unwrap();
            let action = action.to_owned();
            let made = (!translation.is_empty()).then(|| thing(&scene.home.client, translation));
            let real_id = made.clone().map(|id| (last_part(&request.resources[0]).to_owned(), id));
            let params = made.map(|id| ("ThingId", id)).into_iter().collect();
            return Self { product: "Case", action, params, real_id };
        };
        let action = operation.to_owned();
        if product == "Ram" {
            return Self { product, action, params: of_ram(scene, situation, operation), real_id: None };
        }
        let stage = Stage::new(&scene.server, scene.home.clone());
        let mut params = stage.params(product, operation);
        let region = request.resources[0].split(':').nth(2).unwrap_or("*");
        let stated = last_part(&request.resources[0]);
        let named =
            params.iter().find(|(name, _)| ["InstanceId", "InstanceId.1", "VSwitchId"].contains(name));
        let mut real_id = named.filter(|_| stated != "*").map(|(_, real)| (stated.to_owned(), real.clone()));
        if region != "*" {
            params.retain(|(name, _)| *name != "RegionId");
            params.push(("RegionId", region.to_owned()));
        }
        if !["*", REGION].contains(&region) {
            // Nothing of this sort is there; only somebody who may ask would be told so.
            params
                .iter_mut()
                .filter(|(name, _)| *name == "InstanceId")
                .for_each(|(_, id)| stated.clone_into(id));
            real_id = None;
        }
        if let Some((_, real)) = &real_id {
            tag(&scene.home.client, translation, real);
        }
        Self { product, action, params, real_id }
    }

    /// The name of the case's resource, as it is called here.
    fn resource(&self, stated: &str) -> String {
        match &self.real_id {
            Some((id, real)) => stated.strip_suffix(id.as_str()).unwrap_or_default().to_owned() + real,
            None => stated.to_owned(),
        }
    }

    /// The text of a policy. What it says of an id that a server would never give, it says of the real one.
    fn rewrite(&self, policy: &str) -> String {
        match &self.real_id {
            Some((stated, real)) if stated != "*" => {
                [':', '/'].iter().fold(policy.to_owned(), |text, before| {
                    text.replace(&format!("{before}{stated}\""), &format!("{before}{real}\""))
                })
            }
            _ => policy.to_owned(),
        }
    }

    /// Makes the call, from the address that the case says.
    fn make(&self, scene: &Scene, situation: &Situation<'_>) -> Result<Value, ApiFailure> {
        let mut signed = scene.caller.sign(self.product, &self.action, &borrowed(&self.params));
        if let Some(address) = situation.request.context.get("acs:SourceIp").first() {
            signed.headers.push(("x-forwarded-for".to_owned(), address.clone()));
        }
        scene.caller.send(&signed)
    }
}

/// The operation that asks for an action on resources of this kind, if Argali has one.
fn built_in<'a>(action: &'a str, resources: &[String]) -> Option<(&'static str, &'a str)> {
    let (service, operation) = action.split_once(':')?;
    let relative = resources[0].splitn(5, ':').nth(4).unwrap_or_default();
    let global = resources[0].contains(":*:");
    Some(match (service, operation) {
        ("sts", "GetCallerIdentity") => ("Sts", operation),
        ("ram", "ListUsers" | "CreateUser" | "GetUser" | "GetRole" | "GetPolicy" | "AttachPolicyToUser")
            if global =>
        {
            ("Ram", operation)
        }
        ("ecs", "StopInstance" | "StartInstance" | "DeleteInstance" | "StopInstances") => ("Ecs", operation),
        ("ecs", "DescribeInstances" | "DescribeDisks" | "RunInstances")
            if !global && relative.ends_with("/*") =>
        {
            ("Ecs", operation)
        }
        ("vpc", "DescribeVpcs" | "DescribeRegions" | "DescribeVSwitches" | "DeleteVSwitch") => {
            ("Vpc", operation)
        }
        _ => return None,
    })
}

/// The name or id that an ARN ends in.
pub(super) fn last_part(arn: &str) -> &str {
    arn.rsplit([':', '/']).next().unwrap_or_default()
}

/// Parameters of an operation of RAM that works on the entities which the case names; they are made, too.
fn of_ram(scene: &Scene, situation: &Situation<'_>, operation: &str) -> Params {
    let name = |number: usize| {
        let arn = &situation.request.resources[number];
        last_part(arn).to_owned()
    };
    match operation {
        "CreateUser" => vec![("UserName", "newcomer".to_owned())],
        "GetUser" => vec![("UserName", name(0))],
        "GetRole" => {
            scene.home.role(&name(0), &[], &[]);
            vec![("RoleName", name(0))]
        }
        "GetPolicy" => vec![("PolicyName", name(0)), ("PolicyType", "System".to_owned())],
        "AttachPolicyToUser" => {
            scene.home.must("Ram", "CreateUser", &[("UserName", &name(0))]);
            vec![("UserName", name(0)), ("PolicyName", name(1)), ("PolicyType", "System".to_owned())]
        }
        _ => Vec::new(),
    }
}

/// Gives an instance the tags that the case says it has.
fn tag(owner: &Client, translation: &Translation, instance: &str) {
    for (key, value) in translation.tags() {
        let of = [("RegionId", REGION), ("ResourceType", "instance"), ("ResourceId.1", instance)];
        owner.must("Ecs", "TagResources", &[&of[..], &[("Tag.1.Key", key), ("Tag.1.Value", value)]].concat());
    }
}

/// Makes a declared resource with the tags that the case says it has; its id.
fn thing(owner: &Client, translation: &Translation) -> String {
    let mut params = Vec::new();
    for (number, (key, value)) in translation.tags().iter().enumerate() {
        params.push((format!("Tag.{}.Key", number + 1), key.clone()));
        params.push((format!("Tag.{}.Value", number + 1), value.clone()));
    }
    let params: Vec<(&str, &str)> =
        params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let made = owner.must("Case", "CreateThing", &params);
    made["ThingId"].as_str().unwrap().to_owned()
}
