//! What must hold of each service that one enterprise delegates to another, called with an official SDK under
//! credentials of STS: a read-only role changes nothing, a full-access role reaches no other service, a role in a
//! resource group reaches that group alone, and a policy on one resource reaches that one.

use argali_protocol::{Credentials, Secret};
use argali_testkit::{Client, Enterprise, TestClock, TestServer, allow};
use serde_json::{Value, json};

use crate::operation::Caller;
use crate::stage::{Params, REGION, Stage, text};

/// What is known of a service.
struct Service {
    product: &'static str,
    /// Which of the product's operations are the service's.
    owns: fn(&str) -> bool,
    read_only: &'static str,
    full: &'static str,
    /// Lists resources of a type.
    list: &'static str,
    /// Changes one of them.
    change: &'static str,
    /// The parameter that names one, and what else the change needs.
    id: &'static str,
    more: &'static [(&'static str, &'static str)],
    /// What ARNs begin and end with.
    arn: (&'static str, &'static str),
    make: fn(&Stage<'_>) -> String,
    /// Moves one to a resource group, if that is possible.
    regroup: Option<fn(&Enterprise, &str, &str)>,
}

fn is_express_connect(action: &str) -> bool {
    ["PhysicalConnection", "VirtualBorderRouter", "RouterInterface", "ExpressConnect", "AccessPoints"]
        .iter()
        .any(|word| action.contains(word))
}

const SERVICES: &[Service] = &[
    Service {
        product: "Ecs",
        owns: |_| true,
        read_only: "AliyunECSReadOnlyAccess",
        full: "AliyunECSFullAccess",
        list: "DescribeInstances",
        change: "ModifyInstanceAttribute",
        id: "InstanceId",
        more: &[("InstanceName", "renamed")],
        arn: ("ecs", "instance"),
        make: |stage| stage.instance(),
        regroup: Some(|owner, id, group| {
            move_to(
                owner,
                "Ecs",
                "JoinResourceGroup",
                &[("ResourceType", "instance"), ("ResourceId", id), ("ResourceGroupId", group)],
            );
        }),
    },
    Service {
        product: "Slb",
        owns: |_| true,
        read_only: "AliyunSLBReadOnlyAccess",
        full: "AliyunSLBFullAccess",
        list: "DescribeLoadBalancers",
        change: "SetLoadBalancerName",
        id: "LoadBalancerId",
        more: &[("LoadBalancerName", "renamed")],
        arn: ("slb", "loadbalancer"),
        make: |stage| stage.load_balancer(),
        regroup: Some(|owner, id, group| {
            move_to(
                owner,
                "Slb",
                "MoveResourceGroup",
                &[("ResourceType", "loadbalancer"), ("ResourceId", id), ("NewResourceGroupId", group)],
            );
        }),
    },
    Service {
        product: "Rds",
        owns: |_| true,
        read_only: "AliyunRDSReadOnlyAccess",
        full: "AliyunRDSFullAccess",
        list: "DescribeDBInstances",
        change: "ModifyDBInstanceDescription",
        id: "DBInstanceId",
        more: &[("DBInstanceDescription", "renamed")],
        arn: ("rds", "dbinstance"),
        make: |stage| stage.database_instance(),
        regroup: Some(|owner, id, group| {
            move_to(owner, "Rds", "ModifyResourceGroup", &[("DBInstanceId", id), ("ResourceGroupId", group)]);
        }),
    },
    Service {
        product: "Vpc",
        owns: |action| !is_express_connect(action),
        read_only: "AliyunVPCReadOnlyAccess",
        full: "AliyunVPCFullAccess",
        list: "DescribeVpcs",
        change: "ModifyVpcAttribute",
        id: "VpcId",
        more: &[("VpcName", "renamed")],
        arn: ("vpc", "vpc"),
        make: |stage| stage.new_vpc(),
        regroup: Some(|owner, id, group| {
            move_to(
                owner,
                "Vpc",
                "MoveResourceGroup",
                &[("ResourceType", "VPC"), ("ResourceId", id), ("NewResourceGroupId", group)],
            );
        }),
    },
    Service {
        product: "Vpc",
        owns: is_express_connect,
        read_only: "AliyunExpressConnectReadOnlyAccess",
        full: "AliyunExpressConnectFullAccess",
        list: "DescribePhysicalConnections",
        change: "ModifyPhysicalConnectionAttribute",
        id: "PhysicalConnectionId",
        more: &[("Name", "renamed")],
        arn: ("vpc", "physicalconnection"),
        make: |stage| stage.connection(),
        // There is no operation that moves one.
        regroup: None,
    },
];

fn move_to(owner: &Enterprise, product: &str, action: &str, params: &[(&str, &str)]) {
    owner.must(product, action, &[&[("RegionId", REGION)], params].concat());
}

/// Two enterprises and the SDK.
struct Scene<'s> {
    server: &'s TestServer,
    stage: Stage<'s>,
    b: Enterprise,
    alice: Client,
    caller: Caller,
}

/// S0-04: resources of several services, each held to what must hold.
pub(crate) fn each_service(caller: Caller) {
    let server = crate::stage::builder().clock(TestClock::real()).start();
    let (a, b) = (server.account("company-a", "11223344"), server.account("company-b", "12345678"));
    server.gate(&a.id, "expressconnect", argali_testkit::Gate::Open);
    let alice = b.user("alice");
    b.grant("alice", "AliyunSTSAssumeRoleAccess");
    let mut scene = Scene { server: &server, stage: Stage::new(&server, a), b, alice, caller };
    for (at, service) in SERVICES.iter().enumerate() {
        scene.a_read_only_role_changes_nothing(service);
        scene.a_full_access_role_reaches_no_other_service(service, at);
        scene.a_role_in_a_resource_group_reaches_that_group_alone(service);
        scene.a_policy_on_one_resource_reaches_that_one(service);
    }
}

impl Scene<'_> {
    fn owner(&self) -> &Enterprise {
        &self.stage.owner
    }

    /// A session of the other enterprise in a role, from the SDK's AssumeRole.
    fn session(&mut self, arn: &str) -> Client {
        let params = vec![("RoleArn", arn.to_owned()), ("RoleSessionName", "alice".to_owned())];
        let answer = self.caller.explained(&self.alice, ("Sts", "AssumeRole"), &params);
        let key = &answer["body"]["Credentials"];
        self.alice.with_credentials(Credentials {
            access_key_id: text(&key["AccessKeyId"]),
            access_key_secret: Secret::new(text(&key["AccessKeySecret"])),
            security_token: Some(text(&key["SecurityToken"])),
        })
    }

    fn role(&mut self, name: &str, policies: &[&str]) -> Client {
        let arn = self.owner().role(name, &[&self.b.root_arn()], policies);
        self.session(&arn)
    }

    #[track_caller]
    fn allowed(&mut self, client: &Client, name: (&str, &str), params: &Params) -> Value {
        let answer = self.caller.explained(client, name, params);
        assert!(answer["body"]["RequestId"].is_string(), "{name:?} {params:?}: {answer}");
        answer["body"].clone()
    }

    #[track_caller]
    fn denied(&mut self, client: &Client, name: (&str, &str), params: &Params) {
        let answer = self.caller.explained(client, name, params);
        assert_eq!(
            (&answer["code"], &answer["status"]),
            (&json!("Forbidden.RAM"), &json!(403)),
            "{name:?}: {answer}"
        );
        let denied = answer["denied"].as_str().unwrap_or_default();
        assert!(denied.ends_with(&format!(":{}", name.1)), "AccessDeniedDetail names the action: {answer}");
    }

    fn a_read_only_role_changes_nothing(&mut self, service: &Service) {
        let session = self.role(&format!("reader-{}", service.arn.1), &[service.read_only]);
        self.allowed(&session, (service.product, service.list), &vec![("RegionId", REGION.to_owned())]);
        let registry = self.server.core().registry();
        let changes = registry.iter().filter(|operation| {
            operation.product == service.product
                && operation.access().is_change()
                && (service.owns)(operation.name())
        });
        let changes: Vec<String> = changes.map(|operation| operation.name().to_owned()).collect();
        assert!(changes.len() > 5, "{changes:?}");
        for action in changes {
            let params = self.stage.params(service.product, &action);
            self.denied(&session, (service.product, &action), &params);
        }
    }

    fn a_full_access_role_reaches_no_other_service(&mut self, service: &Service, own: usize) {
        let session = self.role(&format!("full-{}", service.arn.1), &[service.full]);
        for (at, other) in SERVICES.iter().enumerate() {
            let params = change(other, &(other.make)(&self.stage));
            if at == own {
                self.allowed(&session, (other.product, other.change), &params);
            } else {
                self.denied(&session, (other.product, other.change), &params);
            }
        }
    }

    fn a_role_in_a_resource_group_reaches_that_group_alone(&mut self, service: &Service) {
        let Some(regroup) = service.regroup else { return };
        let name = format!("group-{}", service.arn.1);
        let made = self.owner().must(
            "ResourceManager",
            "CreateResourceGroup",
            &[("Name", &name), ("DisplayName", &name)],
        );
        let group = text(&made["ResourceGroup"]["Id"]);
        let session = self.role(&name, &[]);
        let grant = [
            ("RoleName", name.as_str()),
            ("PolicyName", service.full),
            ("PolicyType", "System"),
            ("ResourceGroupId", &group),
        ];
        self.owner().must("Ram", "AttachPolicyToRole", &grant);
        let (ours, theirs) = ((service.make)(&self.stage), (service.make)(&self.stage));
        regroup(self.owner(), &ours, &group);
        let (list, here) = ((service.product, service.list), ("RegionId", REGION.to_owned()));
        let seen = self.allowed(&session, list, &vec![here.clone(), ("ResourceGroupId", group)]).to_string();
        assert!(seen.contains(&ours) && !seen.contains(&theirs), "{seen}");
        self.denied(&session, list, &vec![here]);
        let name = (service.product, service.change);
        self.allowed(&session, name, &change(service, &ours));
        self.denied(&session, name, &change(service, &theirs));
    }

    fn a_policy_on_one_resource_reaches_that_one(&mut self, service: &Service) {
        let (ours, theirs) = ((service.make)(&self.stage), (service.make)(&self.stage));
        let (code, kind) = service.arn;
        let name = format!("one-{kind}");
        let arn = format!("acs:{code}:{REGION}:{}:{kind}/{ours}", self.owner().id);
        let document = allow(&[&format!("{code}:{}", service.change)], &[&arn]).to_string();
        self.owner().must("Ram", "CreatePolicy", &[("PolicyName", &name), ("PolicyDocument", &document)]);
        let session = self.role(&name, &[]);
        let grant = [("RoleName", name.as_str()), ("PolicyName", &name), ("PolicyType", "Custom")];
        self.owner().must("Ram", "AttachPolicyToRole", &grant);
        let name = (service.product, service.change);
        self.allowed(&session, name, &change(service, &ours));
        self.denied(&session, name, &change(service, &theirs));
    }
}

/// Parameters that change a resource.
fn change(service: &Service, id: &str) -> Params {
    let mut params = vec![("RegionId", REGION.to_owned()), (service.id, id.to_owned())];
    // Where the SDK has no such parameter, the region is not needed.
    params.retain(|(name, _)| *name != "RegionId" || service.change == "ModifyPhysicalConnectionAttribute");
    params.extend(service.more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    params
}
