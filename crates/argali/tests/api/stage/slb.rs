//! SLB.

use argali_testkit::seconds;
use serde_json::json;

use super::{Params, REGION, Stage, text};

impl Stage<'_> {
    pub(super) fn slb(&self, action: &str) -> Option<Params> {
        let region = || ("RegionId", REGION.to_owned());
        let balancer = || ("LoadBalancerId", self.load_balancer());
        let tag = || [("Tag.1.Key", "team".to_owned()), ("Tag.1.Value", "web".to_owned())];
        let this = |id: String| vec![region(), ("ResourceType", "instance".to_owned()), ("ResourceId.1", id)];
        Some(match action {
            "DescribeRegions" => Vec::new(),
            "DescribeZones" | "DescribeLoadBalancers" => vec![region()],
            "CreateLoadBalancer" => vec![region(), ("VSwitchId", self.network().vswitch.clone())],
            "DescribeLoadBalancerAttribute" | "DeleteLoadBalancer" => vec![balancer()],
            "DescribeLoadBalancerListeners" => vec![("LoadBalancerId.1", self.load_balancer())],
            "SetLoadBalancerName" => vec![balancer(), ("LoadBalancerName", "renamed".to_owned())],
            "SetLoadBalancerStatus" => vec![balancer(), ("LoadBalancerStatus", "inactive".to_owned())],
            "SetLoadBalancerDeleteProtection" => {
                vec![region(), balancer(), ("DeleteProtection", "on".to_owned())]
            }
            "ModifyLoadBalancerInstanceSpec" => {
                vec![balancer(), ("LoadBalancerSpec", "slb.s2.small".to_owned())]
            }
            "CreateLoadBalancerTCPListener" => new_listener(self.load_balancer(), "Bandwidth", "-1"),
            "CreateLoadBalancerHTTPListener" => new_listener(self.load_balancer(), "HealthCheck", "on"),
            "DescribeLoadBalancerHTTPListenerAttribute" => self.listener("HTTP"),
            "DescribeLoadBalancerTCPListenerAttribute"
            | "StartLoadBalancerListener"
            | "DeleteLoadBalancerListener" => self.listener("TCP"),
            "StopLoadBalancerListener" => {
                let listener = self.listener("TCP");
                self.call("Slb", "StartLoadBalancerListener", listener.clone());
                self.server.clock().advance(seconds(1));
                listener
            }
            "AddBackendServers" => vec![balancer(), servers(&self.instance())],
            "SetBackendServers" | "RemoveBackendServers" => {
                let params = vec![balancer(), servers(&self.instance())];
                self.call("Slb", "AddBackendServers", params.clone());
                params
            }
            "DescribeHealthStatus" => self.listener("TCP").into_iter().take(1).collect(),
            "MoveResourceGroup" => {
                let balancer = balancer();
                let shown = self.call("Slb", "DescribeLoadBalancerAttribute", vec![balancer.clone()]);
                vec![
                    region(),
                    ("ResourceType", "loadbalancer".to_owned()),
                    ("ResourceId", balancer.1),
                    ("NewResourceGroupId", text(&shown["ResourceGroupId"])),
                ]
            }
            "TagResources" => [this(self.load_balancer()), tag().to_vec()].concat(),
            "UntagResources" => {
                let params = this(self.load_balancer());
                self.call("Slb", "TagResources", [params.clone(), tag().to_vec()].concat());
                [params, vec![("TagKey.1", "team".to_owned())]].concat()
            }
            "ListTagResources" => this(self.load_balancer()),
            _ => return None,
        })
    }

    /// A new load balancer in the network of the account.
    pub(crate) fn load_balancer(&self) -> String {
        let made = self.call("Slb", "CreateLoadBalancer", self.params("Slb", "CreateLoadBalancer"));
        text(&made["LoadBalancerId"])
    }

    /// A new listener, which is stopped, on a new load balancer.
    fn listener(&self, protocol: &str) -> Params {
        let action = format!("CreateLoadBalancer{protocol}Listener");
        let made = self.params("Slb", &action);
        self.call("Slb", &action, made.clone());
        made.into_iter().filter(|(name, _)| matches!(*name, "LoadBalancerId" | "ListenerPort")).collect()
    }
}

fn new_listener(balancer: String, required: &'static str, value: &str) -> Params {
    vec![
        ("LoadBalancerId", balancer),
        ("ListenerPort", "80".to_owned()),
        ("BackendServerPort", "8080".to_owned()),
        (required, value.to_owned()),
    ]
}

fn servers(instance: &str) -> (&'static str, String) {
    ("BackendServers", json!([{ "ServerId": instance, "Weight": 50 }]).to_string())
}
