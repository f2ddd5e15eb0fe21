//! Cases of object storage: the owner of the case makes the bucket and gives it the policy of the case, and the
//! principal of the case asks for it over object storage's own protocol.

use argali_policy::case::{Answer, AttachedLayer, CaseRequest, PrincipalKind, Situation};
use argali_protocol::decode_answer;
use argali_testkit::{ApiFailure, OssClient, XmlAnswer};
use serde_json::Value;

use super::ask::answer;
use super::scene::Scene;
use super::translation::is_filled;

/// Whether object storage has a request that asks for what the case asks, and under its circumstances.
pub(super) fn asks(situation: &Situation<'_>) -> bool {
    Wanted::of(&situation.request).is_some()
}

/// Asks before and after the policies of the case are there.
pub(super) fn ask(situation: &Situation<'_>) -> Result<Answer, String> {
    let (request, principal) = (&situation.request, &situation.principal);
    let wanted = Wanted::of(request).ok_or("no request to object storage asks for it")?;
    let scene = Scene::set(situation, None);
    let owner = scene.server.oss_client(Some(scene.owner.client.credentials()));
    owner.call("PUT", &wanted.bucket, "").send().must();
    if !wanted.key.is_empty() {
        owner.put(&wanted.bucket, wanted.key, b"x").must();
    }
    let signs = principal.kind != PrincipalKind::Anonymous;
    let caller = scene.server.oss_client(signs.then(|| scene.caller.credentials()));
    let is_owner = principal.kind == PrincipalKind::Account && principal.account == request.owner;
    if !is_owner {
        let Err(failure) = wanted.make(&caller) else { return Err("needs no policy".to_owned()) };
        wanted.must_be_refused(&failure, request, signs)?;
    }
    scene.attach(situation, |text| wanted.rewrite(text));
    if let Some(one) = situation.attached.iter().find(|one| one.layer == AttachedLayer::Resource) {
        let policy = name_user(&scene, situation, &wanted.rewrite(one.text));
        owner.call("PUT", &wanted.bucket, "").query("policy", "").body(policy).send().must();
    }
    scene.wait_for(situation);
    answer(wanted.make(&caller))
}

/// An answer of object storage as the other products' answers are read; what a success brings is left out.
pub(super) fn read(answer: &XmlAnswer) -> Result<Value, ApiFailure> {
    match answer.status {
        200..300 => Ok(Value::Null),
        status => decode_answer(status, answer.header("content-type"), &answer.body),
    }
}

/// The text of a bucket policy, with the number that the server gave the user for the one that the case says.
fn name_user(scene: &Scene, situation: &Situation<'_>, policy: &str) -> String {
    let principal = &situation.principal;
    if principal.kind != PrincipalKind::RAMUser {
        return policy.to_owned();
    }
    let shown = scene.home.must("Ram", "GetUser", &[("UserName", &principal.name)]);
    let id = shown["User"]["UserId"].as_str().unwrap();
    policy.replace(&format!("\"{}\"", principal.uid), &format!("\"{id}\""))
}

/// The request to object storage that asks what a case asks.
struct Wanted<'c> {
    method: &'static str,
    /// The name of the bucket in the case.
    stated: &'c str,
    /// The name that it has here: a bucket's has three characters at least.
    bucket: String,
    /// Empty if the bucket itself is asked for.
    key: &'c str,
    query: Vec<(&'static str, &'c str)>,
    /// The address that it comes from, if the case says.
    address: Option<&'c str>,
}

impl<'c> Wanted<'c> {
    fn of(request: &'c CaseRequest) -> Option<Self> {
        let [arn] = &request.resources[..] else { return None };
        let path = arn.strip_prefix(&format!("acs:oss:*:{}:", request.owner))?;
        let (stated, key) = path.split_once('/').unwrap_or((path, ""));
        let method = match (request.action.as_str(), key.is_empty()) {
            ("oss:ListObjects", true) | ("oss:GetObject", false) => "GET",
            ("oss:PutObject", false) => "PUT",
            _ => return None,
        };
        let mut query = Vec::new();
        for (name, values) in request.context.iter() {
            let [value] = values else { return None };
            match name {
                "oss:Prefix" if key.is_empty() => query.push(("prefix", value.as_str())),
                "oss:Delimiter" if key.is_empty() => query.push(("delimiter", value.as_str())),
                _ if is_filled(name, value) => {}
                _ => return None,
            }
        }
        let bucket = if stated.len() < 3 { format!("case-{stated}") } else { stated.to_owned() };
        let address = request.context.get("acs:SourceIp").first().map(String::as_str);
        Some(Self { method, stated, bucket, key, query, address })
    }

    fn make(&self, caller: &OssClient) -> Result<Value, ApiFailure> {
        let call = caller.call(self.method, &self.bucket, self.key);
        let call = self.query.iter().fold(call, |call, (name, value)| call.query(name, value));
        let call = self.address.iter().fold(call, |call, address| call.header("x-forwarded-for", address));
        read(&call.send())
    }

    /// Checks that a refusal is of the action and the resource of the case, as far as it tells.
    fn must_be_refused(
        &self,
        failure: &ApiFailure,
        request: &CaseRequest,
        signs: bool,
    ) -> Result<(), String> {
        let asked = format!("Resource: {} Action: {}.", self.rewrite(&request.resources[0]), request.action);
        let told = match &failure.access_denied_detail {
            // Where a session policy is in the way, the resource is not told.
            Some(detail) => {
                detail.auth_action == request.action
                    && (detail.policy_type == "SessionPolicy" || failure.message.contains(&asked))
            }
            // Nor is anything to whoever does not sign.
            None => !signs && failure.code == "AccessDenied",
        };
        if told { Ok(()) } else { Err(format!("asks for something else than `{asked}`: {failure}")) }
    }

    /// The text of a policy or an ARN, with the bucket's name as it is here.
    fn rewrite(&self, text: &str) -> String {
        let named = ["/", "\""].iter().fold(text.to_owned(), |text, end| {
            text.replace(&format!(":{}{end}", self.stated), &format!(":{}{end}", self.bucket))
        });
        match named.strip_suffix(&format!(":{}", self.stated)) {
            Some(start) => format!("{start}:{}", self.bucket),
            None => named,
        }
    }
}
