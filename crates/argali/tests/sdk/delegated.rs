//! What must hold of each service that one enterprise delegates to another, called with an official SDK under
//! credentials of STS: a read-only role changes nothing, a full-access role reaches no other service, a role in a
//! resource group reaches that group alone, and a policy on one resource reaches that one.

use std::collections::BTreeSet;

use argali_protocol::{Credentials, Secret};
use argali_testkit::{Client, Enterprise, Level, OssClient, TestClock, TestServer, allow};
use serde_json::{Value, json};

use crate::operation::Caller;
use crate::stage::{Params, REGION, Stage, borrowed, fresh, text};

/// What is known of a service.
struct Service {
    /// Its file among those that declare services, or `oss`.
    name: &'static str,
    product: &'static str,
    /// Which of the product's operations are the service's.
    owns: fn(&str) -> bool,
    read_only: Grant,
    full: Grant,
    /// Lists resources of a type.
    list: &'static str,
    /// Changes one of them.
    change: &'static str,
    /// The parameter that names one, and what else the change needs.
    id: &'static str,
    more: &'static [(&'static str, &'static str)],
    /// The ARN of what the change is about, with `{owner}` and `{id}`, and its type.
    arn: (&'static str, &'static str),
    make: fn(&Scene<'_>) -> String,
    in_group: InGroup,
}

/// How one comes into a resource group.
#[derive(Clone, Copy)]
enum InGroup {
    /// It is moved there.
    Moved(fn(&Scene<'_>, &str, &str)),
    /// It is made there; nothing moves it.
    Made(fn(&Scene<'_>, &str) -> String),
    /// Not at all: its service knows no groups.
    Never,
}

/// What a role is granted.
#[derive(Clone, Copy)]
enum Grant {
    /// A system policy.
    System(&'static str),
    /// A custom policy for these actions on `*`, where no system policy fits.
    Actions(&'static [&'static str]),
}

fn is_express_connect(action: &str) -> bool {
    ["PhysicalConnection", "VirtualBorderRouter", "RouterInterface", "ExpressConnect", "AccessPoints"]
        .iter()
        .any(|word| action.contains(word))
}

/// Every service that can be delegated. A service file without a row fails in [`each_service_has_a_row`].
const SERVICES: &[Service] = &[
    Service {
        name: "ecs",
        product: "Ecs",
        owns: |_| true,
        read_only: Grant::System("AliyunECSReadOnlyAccess"),
        full: Grant::System("AliyunECSFullAccess"),
        list: "DescribeInstances",
        change: "ModifyInstanceAttribute",
        id: "InstanceId",
        more: &[("InstanceName", "renamed")],
        arn: ("acs:ecs:cn-hangzhou:{owner}:instance/{id}", "instance"),
        make: |scene| scene.stage.instance(),
        in_group: InGroup::Moved(|scene, id, group| {
            let params = [("ResourceType", "instance"), ("ResourceId", id), ("ResourceGroupId", group)];
            move_to(scene.owner(), "Ecs", "JoinResourceGroup", &params);
        }),
    },
    Service {
        name: "slb",
        product: "Slb",
        owns: |_| true,
        read_only: Grant::System("AliyunSLBReadOnlyAccess"),
        full: Grant::System("AliyunSLBFullAccess"),
        list: "DescribeLoadBalancers",
        change: "SetLoadBalancerName",
        id: "LoadBalancerId",
        more: &[("LoadBalancerName", "renamed")],
        arn: ("acs:slb:cn-hangzhou:{owner}:loadbalancer/{id}", "loadbalancer"),
        make: |scene| scene.stage.load_balancer(),
        in_group: InGroup::Moved(|scene, id, group| {
            let params =
                [("ResourceType", "loadbalancer"), ("ResourceId", id), ("NewResourceGroupId", group)];
            move_to(scene.owner(), "Slb", "MoveResourceGroup", &params);
        }),
    },
    Service {
        name: "rds",
        product: "Rds",
        owns: |_| true,
        read_only: Grant::System("AliyunRDSReadOnlyAccess"),
        full: Grant::System("AliyunRDSFullAccess"),
        list: "DescribeDBInstances",
        change: "ModifyDBInstanceDescription",
        id: "DBInstanceId",
        more: &[("DBInstanceDescription", "renamed")],
        arn: ("acs:rds:cn-hangzhou:{owner}:dbinstance/{id}", "dbinstance"),
        make: |scene| scene.stage.database_instance(),
        in_group: InGroup::Moved(|scene, id, group| {
            let params = [("DBInstanceId", id), ("ResourceGroupId", group)];
            move_to(scene.owner(), "Rds", "ModifyResourceGroup", &params);
        }),
    },
    Service {
        name: "vpc",
        product: "Vpc",
        owns: |action| !is_express_connect(action),
        read_only: Grant::System("AliyunVPCReadOnlyAccess"),
        full: Grant::System("AliyunVPCFullAccess"),
        list: "DescribeVpcs",
        change: "ModifyVpcAttribute",
        id: "VpcId",
        more: &[("VpcName", "renamed")],
        arn: ("acs:vpc:cn-hangzhou:{owner}:vpc/{id}", "vpc"),
        make: |scene| scene.stage.new_vpc(),
        in_group: InGroup::Moved(|scene, id, group| {
            let params = [("ResourceType", "VPC"), ("ResourceId", id), ("NewResourceGroupId", group)];
            move_to(scene.owner(), "Vpc", "MoveResourceGroup", &params);
        }),
    },
    Service {
        name: "expressconnect",
        product: "Vpc",
        owns: is_express_connect,
        read_only: Grant::System("AliyunExpressConnectReadOnlyAccess"),
        full: Grant::System("AliyunExpressConnectFullAccess"),
        list: "DescribePhysicalConnections",
        change: "ModifyPhysicalConnectionAttribute",
        id: "PhysicalConnectionId",
        more: &[("RegionId", REGION), ("Name", "renamed")],
        arn: ("acs:vpc:cn-hangzhou:{owner}:physicalconnection/{id}", "physicalconnection"),
        make: |scene| scene.stage.connection(),
        in_group: InGroup::Made(|scene, group| {
            let mut params = scene.stage.params("Vpc", "CreatePhysicalConnection");
            params.push(("ResourceGroupId", group.to_owned()));
            text(
                &scene.owner().must("Vpc", "CreatePhysicalConnection", &borrowed(&params))["PhysicalConnectionId"],
            )
        }),
    },
    Service {
        name: "sofa",
        product: "SOFA",
        owns: |_| true,
        read_only: Grant::Actions(&["sofa:GetApplication", "sofa:ListApplications"]),
        full: Grant::Actions(&["sofa:*"]),
        list: "ListApplications",
        change: "StopApplication",
        id: "ApplicationId",
        more: &[],
        arn: ("acs:sofa:cn-hangzhou:{owner}:application/{id}", "application"),
        make: |scene| scene.stage.params("SOFA", "StopApplication").remove(0).1,
        in_group: InGroup::Never,
    },
    Service {
        name: "oss",
        product: "Oss",
        owns: |_| true,
        read_only: Grant::System("AliyunOSSReadOnlyAccess"),
        full: Grant::System("AliyunOSSFullAccess"),
        list: "ListBuckets",
        change: "PutObject",
        id: "Bucket",
        more: &[],
        arn: ("acs:oss:*:{owner}:{id}/*", "bucket"),
        make: |scene| {
            let bucket = fresh("delegated-");
            scene.buckets().call("PUT", &bucket, "").send().must();
            scene.buckets().put(&bucket, "source", b"x").must();
            bucket
        },
        in_group: InGroup::Moved(|scene, id, group| {
            let body = format!(
                "<BucketResourceGroupConfiguration><ResourceGroupId>{group}</ResourceGroupId></BucketResourceGroupConfiguration>"
            );
            scene.buckets().call("PUT", id, "").query("resourceGroup", "").body(body).send().must();
        }),
    },
];

/// Services whose clients are unlike the others; the script beside this file holds them to the same.
const OF_THEIR_OWN: &[(&str, &str)] = &[("mns", include_str!("python/test_mns.py"))];

/// Products that look after accounts rather than being delegated.
const OF_ACCOUNTS: &[&str] = &["Ram", "Sts", "Ims", "ResourceManager", "Actiontrail", "Argali"];

/// S2-01, S4-04: whatever an account can own can be delegated, and is held to what must hold.
#[test]
fn each_service_has_a_row() {
    let server = TestServer::start();
    let registry = server.core().registry();
    let files = registry.catalog().services().filter(|service| !service.operations.is_empty());
    let planes = registry.of_data_plane().map(|operation| operation.product.to_lowercase());
    let known: BTreeSet<String> = files.map(|service| service.name.clone()).chain(planes).collect();
    let own = OF_THEIR_OWN.iter().map(|(name, _)| *name);
    let rows: BTreeSet<String> =
        SERVICES.iter().map(|service| service.name).chain(own).map(str::to_owned).collect();
    for (name, script) in OF_THEIR_OWN {
        for role in ["admin", "reader"] {
            assert!(script.contains(&format!("{name}-{role}")), "{name} has no {role}");
        }
    }
    assert_eq!(rows, known, "a service that can be delegated needs a row in SERVICES");
    for operation in registry.iter() {
        let named = SERVICES.iter().any(|service| service.product == operation.product);
        assert!(
            named || OF_ACCOUNTS.contains(&operation.product.as_str()),
            "{} has no row",
            operation.product
        );
    }
    // Whatever is in resource groups is proven to be.
    let grouped = registry.catalog().grouped_types();
    for Service { name, arn: (arn, word), in_group, .. } in SERVICES.iter().filter(|one| one.name != "oss") {
        let code = arn.split(':').nth(1).unwrap();
        let has_groups = grouped.iter().any(|known| known.is_called(Some(code), Some(word)));
        assert_eq!(!matches!(in_group, InGroup::Never), has_groups, "{name}");
    }
}

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

/// S0-04, S3-01: resources of several services, each held to what must hold.
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

    /// The owner as a client of object storage.
    fn buckets(&self) -> OssClient {
        self.server.oss_client(Some(self.owner().client.credentials()))
    }

    /// A session in a new role with a grant, in the whole account or in a resource group.
    fn role(&mut self, name: &str, grant: Option<Grant>, group: Option<&str>) -> Client {
        let arn = self.owner().role(name, &[&self.b.root_arn()], &[]);
        let (policy, kind) = match grant {
            None => return self.session(&arn),
            Some(Grant::System(policy)) => (policy, "System"),
            Some(Grant::Actions(actions)) => {
                self.make_policy(name, &allow(actions, &["*"]));
                (name, "Custom")
            }
        };
        let mut params = vec![("RoleName", name), ("PolicyName", policy), ("PolicyType", kind)];
        params.extend(group.map(|group| ("ResourceGroupId", group)));
        self.owner().must("Ram", "AttachPolicyToRole", &params);
        self.session(&arn)
    }

    fn make_policy(&self, name: &str, document: &Value) {
        let document = document.to_string();
        self.owner().must("Ram", "CreatePolicy", &[("PolicyName", name), ("PolicyDocument", &document)]);
    }

    fn call(&mut self, client: &Client, name: (&str, &str), params: &Params) -> Value {
        let mut params = params.clone();
        if name.0 == "Oss" {
            params.push(("Endpoint", self.server.oss_client(None).address().to_string()));
        }
        self.caller.explained(client, name, &params)
    }

    #[track_caller]
    fn allowed(&mut self, client: &Client, name: (&str, &str), params: &Params) -> Value {
        let answer = self.call(client, name, params);
        assert!(answer["body"]["RequestId"].is_string(), "{name:?} {params:?}: {answer}");
        answer["body"].clone()
    }

    /// Object storage has a code of its own, and its actions are shared by several operations.
    #[track_caller]
    fn denied(&mut self, client: &Client, name: (&str, &str), params: &Params) {
        let registry = self.server.core().registry();
        let stored = registry.of_data_plane().find(|known| name == (&known.product, known.name()));
        let (code, action) = match stored {
            Some(operation) => ("AccessDenied", operation.action.to_owned()),
            None => ("Forbidden.RAM", format!(":{}", name.1)),
        };
        let answer = self.call(client, name, params);
        assert_eq!((&answer["code"], &answer["status"]), (&json!(code), &json!(403)), "{name:?}: {answer}");
        let denied = answer["denied"].as_str().unwrap_or_default();
        assert!(denied.ends_with(&action), "AccessDeniedDetail names {action}: {answer}");
    }

    /// The names of a service's operations that change something.
    fn changes(&self, service: &Service) -> Vec<String> {
        let registry = self.server.core().registry();
        let own = registry.iter().chain(registry.of_data_plane()).filter(|operation| {
            operation.access().is_change()
                && operation.product == service.product
                && (service.owns)(operation.name())
        });
        own.map(|operation| operation.name().to_owned()).collect()
    }

    fn a_read_only_role_changes_nothing(&mut self, service: &Service) {
        let session = self.role(&format!("reader-{}", service.arn.1), Some(service.read_only), None);
        self.allowed(&session, (service.product, service.list), &list(service, None));
        let changes = self.changes(service);
        assert!(changes.len() > 3, "{changes:?}");
        let stored = (service.make)(self);
        for action in changes {
            let params = match service.product {
                "Oss" => vec![("Bucket", stored.clone())],
                product => self.stage.params(product, &action),
            };
            self.denied(&session, (service.product, &action), &params);
        }
    }

    fn a_full_access_role_reaches_no_other_service(&mut self, service: &Service, own: usize) {
        let session = self.role(&format!("full-{}", service.arn.1), Some(service.full), None);
        for (at, other) in SERVICES.iter().enumerate() {
            let params = change(other, &(other.make)(self));
            if at == own {
                self.allowed(&session, (other.product, other.change), &params);
            } else {
                self.denied(&session, (other.product, other.change), &params);
            }
        }
    }

    fn a_role_in_a_resource_group_reaches_that_group_alone(&mut self, service: &Service) {
        if matches!(service.in_group, InGroup::Never) {
            return;
        }
        let name = format!("group-{}", service.arn.1);
        let params = [("Name", name.as_str()), ("DisplayName", name.as_str())];
        let made = self.owner().must("ResourceManager", "CreateResourceGroup", &params);
        let group = text(&made["ResourceGroup"]["Id"]);
        let session = self.role(&name, Some(service.full), Some(&group));
        let theirs = (service.make)(self);
        let ours = match service.in_group {
            InGroup::Made(make) => make(self, &group),
            _ => (service.make)(self),
        };
        if let InGroup::Moved(to_group) = service.in_group {
            to_group(self, &ours, &group);
        }
        let named = (service.product, service.list);
        let seen = self.allowed(&session, named, &list(service, Some(&group))).to_string();
        assert!(seen.contains(&ours) && !seen.contains(&theirs), "{seen}");
        self.denied(&session, named, &list(service, None));
        let named = (service.product, service.change);
        self.allowed(&session, named, &change(service, &ours));
        self.denied(&session, named, &change(service, &theirs));
    }

    /// Where a service is authorized as a whole, such a policy reaches nothing.
    fn a_policy_on_one_resource_reaches_that_one(&mut self, service: &Service) {
        let (ours, theirs) = ((service.make)(self), (service.make)(self));
        let (arn, kind) = service.arn;
        let name = format!("one-{kind}");
        let arn = arn.replace("{owner}", &self.owner().id).replace("{id}", &ours);
        let code = arn.split(':').nth(1).unwrap();
        self.make_policy(&name, &allow(&[&format!("{code}:{}", service.change)], &[&arn]));
        let session = self.role(&name, None, None);
        let grant = [("RoleName", name.as_str()), ("PolicyName", &name), ("PolicyType", "Custom")];
        self.owner().must("Ram", "AttachPolicyToRole", &grant);
        let catalog = self.server.core().registry().catalog();
        let level = catalog.services().find(|known| known.name == service.name).map(|known| known.level);
        let named = (service.product, service.change);
        if level == Some(Level::Service) {
            self.denied(&session, named, &change(service, &ours));
        } else {
            self.allowed(&session, named, &change(service, &ours));
        }
        self.denied(&session, named, &change(service, &theirs));
    }
}

/// Parameters that list resources, of a group or of all.
fn list(service: &Service, group: Option<&str>) -> Params {
    let mut params = Params::new();
    if service.product != "Oss" {
        params.push(("RegionId", REGION.to_owned()));
    }
    params.extend(group.map(|group| ("ResourceGroupId", group.to_owned())));
    params
}

/// Parameters that change a resource.
fn change(service: &Service, id: &str) -> Params {
    let more = service.more.iter().map(|(name, value)| (*name, (*value).to_owned()));
    [(service.id, id.to_owned())].into_iter().chain(more).collect()
}
