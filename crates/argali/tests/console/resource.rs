//! Resources of declared services: their lists, details, forms and buttons.
// SPEC: console, resources.

use std::fs;

use argali_testkit::{Page, TestServer, Visitor, allow, seconds};
use tempfile::TempDir;

use crate::estate::{IMAGE, Network, REGION};
use crate::stage::{Stage, heading};

const INSTANCES: &str = "/console/resources/ecs/instance";

/// Sends the form that asks before something is done.
fn carry_out(visitor: &Visitor, path: &str, values: &[(&str, &str)]) -> Page {
    visitor.submit(&visitor.open(path), path, values)
}

/// A browser of alice's, in a role of company-a.
fn in_role(stage: &Stage, role: &str) -> Visitor {
    let alice = stage.logged_on("alice");
    let form = alice.get("/console/switch-role");
    alice.follow(alice.submit(
        &form,
        "/console/switch-role",
        &[("Account", "company-a"), ("RoleName", role)],
    ));
    alice
}

#[test]
fn instances_are_listed_and_narrowed() {
    let stage = Stage::new();
    let network = Network::of(&stage.a);
    let (web, db) = (network.instance(&stage.a, "web-1"), network.instance(&stage.a, "db-1"));
    stage.server.clock().advance(seconds(3));
    stage.a.must("Ecs", "StopInstance", &[("InstanceId", &db)]);
    stage.server.clock().advance(seconds(2));
    let owner = stage.owner(&stage.a);
    let shown = |query: &str| {
        let page = owner.open(&format!("{INSTANCES}{query}"));
        assert_eq!((page.status, heading(&page).as_str()), (200, "ECS"), "{query}");
        [&web, &db].map(|id| page.body.contains(&format!("/instance/{id}?region=")))
    };
    assert_eq!(shown(""), [true, true]);
    assert_eq!(shown("?q=WEB"), [false, false], "names are told apart by case, as the operation does");
    assert_eq!(shown("?q=web"), [true, false]);
    assert_eq!(shown(&format!("?q={db}")), [false, true]);
    assert_eq!(shown("?state=Stopped"), [false, true]);
    assert_eq!(shown("?region=cn-beijing"), [false, false]);
    assert_eq!(shown("?region=nowhere"), [true, true], "what is no region is the usual one");
    let listed = owner.get(INSTANCES);
    for column in ["Instances", "Instance type", "2 in all", "Start", "Stop", "Reboot"] {
        assert!(listed.body.contains(column), "{column}");
    }
    let empty = owner.open("/console/resources/ecs/instance?q=nothing");
    assert!(empty.body.contains("Clear filters"), "{}", empty.body);
    assert_eq!(owner.get("/console/resources/ecs").header("location"), Some(INSTANCES));
    for path in ["/console/resources/none", "/console/resources/ecs/none", &format!("{INSTANCES}/i-none")] {
        assert_eq!(owner.open(path).status, 404, "{path}");
    }
}

/// What is needed elsewhere can be copied, and what was entered and refused is kept.
#[test]
fn identifiers_are_copied_and_refused_tags_are_kept() {
    let stage = Stage::new();
    let network = Network::of(&stage.a);
    let web = network.instance(&stage.a, "web-1");
    let owner = stage.owner(&stage.a);
    let page = owner.open(&format!("{INSTANCES}/{web}"));
    assert!(page.body.contains(&format!("data-copy=\"{web}\"")), "{}", page.body);
    assert!(page.body.contains("data-copy=\"10.1."), "its address: {}", page.body);
    assert!(!page.body.contains("data-copy=\"ecs.g6.large\""), "{}", page.body);
    let tags = format!("{INSTANCES}/{web}/tags?region=cn-hangzhou");
    let form = owner.open(&format!("{INSTANCES}/{web}?tab=tags"));
    let refused = owner.submit(&form, &tags, &[("Key", "acs:own"), ("Value", "kept")]);
    assert!(refused.status == 400 && refused.body.contains("value=\"acs:own\""), "{}", refused.body);
    assert!(
        refused.body.contains("value=\"kept\"") && refused.body.contains("data-copy=\""),
        "{}",
        refused.body
    );
}

/// Several that are refused at once each say why.
#[test]
fn what_several_are_refused_can_be_looked_into() {
    let stage = Stage::new();
    let network = Network::of(&stage.b);
    let web = network.instance(&stage.b, "web-1");
    stage.b.grant_document("alice", "looks", &allow(&["ecs:Describe*"], &["*"]));
    let alice = stage.logged_on("alice");
    let bulk = format!("{INSTANCES}/~chosen");
    let asked = alice.open(&format!("{bulk}?region=cn-hangzhou&do=StopInstance&on={web}"));
    let action = format!("{bulk}?region=cn-hangzhou");
    let done = alice.follow(alice.submit(&asked, &action, &[]));
    assert!(done.body.contains("/console/why/") && done.body.contains("Request ID"), "{}", done.body);
}

#[test]
fn pages_follow_each_other() {
    let stage = Stage::new();
    for at in 0..23 {
        stage.a.must("Ecs", "CreateSecurityGroup", &[REGION, ("SecurityGroupName", &format!("group-{at}"))]);
    }
    let owner = stage.owner(&stage.a);
    let path = "/console/resources/ecs/security_group";
    let count = |page: &Page| page.body.matches("<th scope=\"row\"").count();
    let first = owner.get(path);
    assert_eq!((count(&first), first.body.contains("marker=2")), (20, true));
    let second = owner.get(&format!("{path}?marker=2"));
    assert_eq!((count(&second), second.body.contains("marker=3")), (3, false));
    assert_eq!(count(&owner.get(&format!("{path}?size=50"))), 23);
    assert_eq!(count(&owner.get(&format!("{path}?marker=-7"))), 20, "what is no number is the first page");
}

/// People read words, in their language; what calls, answers and errors name stands beside them.
#[test]
fn fields_are_called_by_words_beside_what_calls_name_them() {
    let stage = Stage::new();
    let network = Network::of(&stage.a);
    let instance = network.instance(&stage.a, "web-1");
    for (language, [field, member, button]) in
        [("en", ["vSwitch", "Instance type family", "Edit"]), ("zh-CN", ["交换机", "实例规格族", "修改属性"])]
    {
        let owner = stage.owner(&stage.a).reading(language);
        let form = owner.open(&format!("{INSTANCES}/new/RunInstances"));
        let label = format!("<label for=\"p.VSwitchId\">{field} <code class=\"api\">VSwitch<wbr>Id</code>");
        assert!(form.body.contains(&label), "{language}: {}", form.body);
        let details = owner.open(&format!("{INSTANCES}/{instance}"));
        let fact = format!("<dt>{member} <code class=\"api\">Instance<wbr>Type<wbr>Family</code></dt>");
        assert!(details.body.contains(&fact), "{language}: {}", details.body);
        assert!(details.body.contains(&format!(">{button}</a>")), "{language}: {}", details.body);
        assert!(details.body.contains("<a href=\"/console/resource-groups/rg-"), "its group has a page");
    }
}

#[test]
fn a_column_that_nothing_fills_is_left_out() {
    let stage = Stage::new();
    let network = Network::of(&stage.a);
    let owner = stage.owner(&stage.a);
    let listed = || owner.open("/console/resources/ecs/security_group").body;
    let column = ">Name</a></th>";
    let unnamed = listed();
    assert!(unnamed.contains(&network.security_group) && !unnamed.contains(column), "{unnamed}");
    stage.a.must("Ecs", "CreateSecurityGroup", &[REGION, ("SecurityGroupName", "web")]);
    assert!(listed().contains(column), "{}", listed());
}

#[test]
fn an_instance_is_made_by_a_form_of_what_the_operation_takes() {
    let stage = Stage::new();
    let network = Network::of(&stage.a);
    let owner = stage.owner(&stage.a);
    let path = format!("{INSTANCES}/new/RunInstances?region=cn-hangzhou");
    let form = owner.open(&format!("{INSTANCES}/new"));
    // What must be given comes first, and what there is of everything is offered.
    let at = |name: &str| {
        form.body.find(&format!("name=\"p.{name}\"")).unwrap_or_else(|| panic!("{name}: {}", form.body))
    };
    assert!(at("InstanceType") < at("InstanceName") && at("VSwitchId") < at("HostName"));
    assert!(form.body.contains(&format!("value=\"{}\"", network.vswitch)));
    assert!(form.body.find("<details").unwrap() < at("HostName"), "the rest is folded");
    let values = [
        ("p.InstanceType", "ecs.g6.large"),
        ("p.VSwitchId", network.vswitch.as_str()),
        ("p.SecurityGroupId", network.security_group.as_str()),
        ("p.ImageId", IMAGE),
        ("p.InstanceName", "x"),
    ];
    let refused = owner.submit(&form, &path, &values);
    assert_eq!(refused.status, 400);
    assert!(
        refused.body.contains("role=\"alert\"") && refused.body.contains("id=\"p.InstanceName-error\""),
        "{}",
        refused.body
    );
    assert!(refused.body.contains("value=\"x\""), "what was entered is kept");
    let mut fields = refused.form(&path);
    for (name, value) in &mut fields {
        if name == "p.InstanceName" {
            *value = "made-here".to_owned();
        }
    }
    fields
        .extend([("p.Tag.key".to_owned(), "team".to_owned()), ("p.Tag.value".to_owned(), "web".to_owned())]);
    let made = owner.follow(owner.post(&path, &fields));
    assert!(made.body.contains("made-here") && heading(&made).starts_with("i-"), "{}", made.body);
    let listed =
        stage.a.must("Ecs", "DescribeInstances", &[REGION, ("Tag.1.Key", "team"), ("Tag.1.Value", "web")]);
    assert_eq!(listed["TotalCount"], 1, "with its tags");
}

#[test]
fn an_instance_is_stopped_started_and_deleted() {
    let stage = Stage::new();
    let id = Network::of(&stage.a).instance(&stage.a, "web-1");
    stage.server.clock().advance(seconds(3));
    let owner = stage.owner(&stage.a);
    let one = format!("{INSTANCES}/{id}?region=cn-hangzhou");
    let deed = |operation: &str| format!("{INSTANCES}/{id}/do/{operation}?region=cn-hangzhou");
    let page = owner.open(&one);
    assert!(
        page.body.contains("ecs.g6.large")
            && page.body.replace("<wbr>", "").contains("VpcAttributes.VSwitchId"),
        "all members"
    );
    assert!(
        page.body.contains("disabled title=\"Not while it is Running: only while it is Stopped.\">Start"),
        "{}",
        page.body
    );
    let asked = owner.open(&deed("StopInstance"));
    assert_eq!(heading(&asked), format!("Stop: {id}"));
    let shown = owner.submit(&asked, &deed("StopInstance"), &[("show-api", "true")]);
    assert!(
        shown.body.contains("argali call ecs StopInstance") && shown.body.contains(&id),
        "{}",
        shown.body
    );
    let state = || {
        stage.server.clock().advance(seconds(3));
        let listed = stage.a.must("Ecs", "DescribeInstances", &[REGION]);
        listed["Instances"]["Instance"][0]["Status"].as_str().map(str::to_owned)
    };
    assert_eq!(state().as_deref(), Some("Running"), "asking does nothing");
    let done = owner.follow(carry_out(&owner, &deed("StopInstance"), &[]));
    assert!(done.body.contains("Stop was carried out."), "{}", done.body);
    assert_eq!(state().as_deref(), Some("Stopped"));
    let again = carry_out(&owner, &deed("StopInstance"), &[]);
    assert_eq!(again.status, 403);
    assert!(
        again.body.contains("IncorrectInstanceStatus") && again.body.contains("Request ID"),
        "{}",
        again.body
    );
    carry_out(&owner, &deed("ModifyInstanceAttribute"), &[("p.InstanceName", "renamed")]);
    assert!(owner.open(&one).body.contains("renamed"));
    let gone = carry_out(&owner, &deed("DeleteInstance"), &[]);
    assert_eq!(gone.header("location"), Some(format!("{INSTANCES}?region=cn-hangzhou").as_str()));
    assert_eq!((state(), owner.open(&one).status), (None, 404));
}

#[test]
fn several_are_stopped_at_once_and_each_has_its_result() {
    let stage = Stage::new();
    let network = Network::of(&stage.a);
    let ids = ["one", "two"].map(|name| network.instance(&stage.a, name));
    stage.server.clock().advance(seconds(3));
    stage.a.must("Ecs", "StopInstance", &[("InstanceId", &ids[1])]);
    stage.server.clock().advance(seconds(2));
    let owner = stage.owner(&stage.a);
    let chosen =
        format!("{INSTANCES}/~chosen?region=cn-hangzhou&do=StopInstance&on={}&on={}", ids[0], ids[1]);
    let asked = owner.open(&chosen);
    assert!(ids.iter().all(|id| asked.body.contains(id)));
    let action = format!("{INSTANCES}/~chosen?region=cn-hangzhou");
    let result = owner.follow(owner.post(&action, &asked.form(&action)));
    assert!(result.body.contains("Done") && result.body.contains("Failed"), "{}", result.body);
    assert!(owner.open(&format!("{INSTANCES}/~chosen?do=StopInstance")).body.contains("Nothing is chosen"));
    assert_eq!(owner.open(&format!("{INSTANCES}/~chosen?do=RunInstances&on=i-1")).status, 404);
}

/// Lists are put in the order of any column, and are files of all that there is.
#[test]
fn resources_are_put_in_order_filed_and_moved_together() {
    let stage = Stage::new();
    let made =
        stage.a.must("ResourceManager", "CreateResourceGroup", &[("Name", "web"), ("DisplayName", "Web")]);
    let group = made["ResourceGroup"]["Id"].as_str().unwrap();
    let mut ids = Vec::new();
    // More than a call lists.
    for at in 0..120 {
        let name = format!("group-{:03}", at * 7 % 120);
        let made = stage.a.must("Ecs", "CreateSecurityGroup", &[REGION, ("SecurityGroupName", &name)]);
        ids.push(made["SecurityGroupId"].as_str().unwrap().to_owned());
    }
    let owner = stage.owner(&stage.a);
    let list = "/console/resources/ecs/security_group";
    let names = |page: &Page| {
        let list = page.body.split_once("<tbody>").unwrap().1.split_once("</tbody>").unwrap().0;
        let numbers = list.split("group-").skip(1).filter_map(|rest| rest.get(..3));
        numbers
            .filter(|number| number.parse::<u32>().is_ok())
            .map(|number| format!("group-{number}"))
            .collect::<Vec<_>>()
    };
    let (mut path, mut seen) = (format!("{list}?sort=SecurityGroupName&size=50"), Vec::new());
    loop {
        let page = owner.get(&path);
        assert!(page.body.contains("120 in all"), "{}", page.body);
        seen.extend(names(&page));
        let tags = page.tags();
        let Some(next) = tags.iter().find(|tag| tag.name == "a" && tag.text == "Next page") else { break };
        path = next.attribute("href").unwrap().to_owned();
    }
    assert_eq!(seen, (0..120).map(|at| format!("group-{at:03}")).collect::<Vec<_>>());
    let last = owner.get(&format!("{list}?sort=SecurityGroupName&order=desc"));
    assert_eq!(names(&last)[0], "group-119");
    // A name is found on whichever page of the operation it is, in any order.
    for number in [7, 60, 112] {
        let found = format!("{list}?q=group-{number:03}");
        for path in [format!("{found}&sort=SecurityGroupName"), found] {
            assert_eq!(names(&owner.get(&path)), [format!("group-{number:03}")], "{path}");
        }
    }
    let (mut path, mut found, mut pages) = (format!("{list}?q=group-0&size=20"), Vec::new(), 0);
    loop {
        let page = owner.get(&path);
        found.extend(names(&page));
        pages += 1;
        let tags = page.tags();
        let Some(next) = tags.iter().find(|tag| tag.name == "a" && tag.text == "Next page") else { break };
        path = next.attribute("href").unwrap().to_owned();
    }
    found.sort();
    assert_eq!((found, pages), ((0..100).map(|at| format!("group-{at:03}")).collect(), 5));
    let most = usize::MAX;
    let beyond = owner.get(&format!("{list}?q=group-0&size=20&marker=1%0A{most}"));
    assert_eq!(beyond.status, 200, "a place that no page has named");
    let file = owner.get(&format!("{list}?q=group-0&csv=true&sort=SecurityGroupName"));
    assert_eq!(file.body.lines().count(), 101, "{}", file.body);
    let file = owner.get(&format!("{list}?csv=true"));
    assert!(file.header("content-disposition").unwrap().contains("security_group-20"), "{file:?}");
    assert_eq!(file.body.lines().count(), 121);
    assert!(
        file.body.lines().next().unwrap().starts_with("SecurityGroupId,SecurityGroupName"),
        "{}",
        file.body
    );

    let chosen = format!("{list}/~chosen");
    let page = owner.open(&format!("{chosen}?region=cn-hangzhou&do=~group&on={}&on={}", ids[0], ids[1]));
    let action = format!("{chosen}?region=cn-hangzhou");
    let result = owner.follow(owner.submit(&page, &action, &[("ResourceGroupId", group)]));
    assert_eq!(result.body.matches(">Done<").count(), 2, "{}", result.body);
    assert!(owner.get(&format!("{list}?group={group}")).body.contains("2 in all"));
}

/// The first example of the guide to services of one's own.
fn example_of_towers() -> &'static str {
    const GUIDE: &str = include_str!("../../../../docs/services.md");
    GUIDE.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap()
}

/// A stage whose server has this service besides its own.
fn stage_of_towers(service: &str) -> Stage {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("tower.toml"), service).unwrap();
    // The folder is read at start and may be gone afterwards.
    Stage::on(
        TestServer::builder().configure(|config| config.services.dir = folder.path().to_owned()).start(),
    )
}

/// A list that is looked through here is looked through as far as its page has time, and further from there.
#[test]
fn what_was_not_found_yet_is_looked_for_further() {
    // So that a call lists one alone, and a page looks at twenty.
    let stage = stage_of_towers(&example_of_towers().replace("size = 10, most = 100", "size = 1, most = 1"));
    let owner = stage.owner(&stage.a);
    let towers = "/console/resources/tower/tower";
    let form = format!("{towers}/new/CreateTower?region=cn-hangzhou");
    for _ in 0..25 {
        owner.follow(owner.submit(&owner.open(&form), &form, &[("p.Name", "north"), ("p.Floors", "12")]));
    }
    let page = owner.open(&format!("{towers}?q=south"));
    assert!(
        page.body.contains("Nothing was found yet") && page.body.contains("20 were searched"),
        "{}",
        page.body
    );
    let further = |page: &Page| {
        let tags = page.tags();
        let link = tags.iter().find(|tag| tag.name == "a" && tag.text == "Look further").unwrap();
        link.attribute("href").unwrap().to_owned()
    };
    // What is put in order cannot go on: without an order it does.
    let ordered = owner.open(&format!("{towers}?q=south&sort=Name"));
    assert!(ordered.body.contains("Only the first 20 are put in order"), "{}", ordered.body);
    assert_eq!(further(&owner.open(&further(&ordered))), further(&page));
    let page = owner.open(&further(&page));
    assert!(page.body.contains("Nothing matches.") && !page.body.contains("were searched"), "{}", page.body);
}

/// What nothing can be done with has no room for buttons below its name.
#[test]
fn what_nothing_can_be_done_with_has_no_actions() {
    let stage = Stage::new();
    let _network = Network::of(&stage.a);
    let owner = stage.owner(&stage.a);
    let list = owner.open("/console/resources/vpc/route_table");
    let tags = list.tags();
    let mut links = tags.iter().filter_map(|tag| tag.attribute("href"));
    let path = links
        .find(|path| path.starts_with("/console/resources/vpc/route_table/"))
        .unwrap_or_else(|| panic!("{}", list.body));
    let table = owner.open(path);
    assert!(table.status == 200 && table.body.contains("vtb-"), "{}", table.body);
    assert!(!table.body.contains("<div class=\"actions\"></div>"), "{}", table.body);
}

/// An action that the role may not do is refused where it was asked for, with its number and why.
#[test]
fn a_denied_action_shows_the_denial_its_number_and_why() {
    let stage = Stage::new();
    let id = Network::of(&stage.a).instance(&stage.a, "web-1");
    stage.server.clock().advance(seconds(3));
    stage.a.role("ecs-reader", &[&stage.b.root_arn()], &["AliyunECSReadOnlyAccess"]);
    let alice = in_role(&stage, "ecs-reader");
    let base = "/console/as/company-a/ecs-reader/resources/ecs/instance";
    let path = format!("{base}/{id}/do/StopInstance?region=cn-hangzhou");
    let refused = carry_out(&alice, &path, &[]);
    assert_eq!(refused.status, 403);
    for words in ["You may not do this", "ecs:StopInstance", "Request ID", "Why", "No policy"] {
        assert!(refused.body.contains(words), "{words}: {}", refused.body);
    }
    assert_eq!(heading(&refused), format!("Stop: {id}"), "and it is the page that one was on");
    // Lists that may not be seen say so in their place.
    let page = alice.open("/console/as/company-a/ecs-reader/resources/rds/instance");
    assert_eq!((page.status, heading(&page).as_str()), (403, "RDS"));
    assert!(page.body.contains("rds:DescribeDBInstances"), "{}", page.body);
}

#[test]
fn tags_and_group_of_an_instance_are_changed() {
    let stage = Stage::new();
    let id = Network::of(&stage.a).instance(&stage.a, "web-1");
    stage.server.clock().advance(seconds(3));
    let made =
        stage.a.must("ResourceManager", "CreateResourceGroup", &[("Name", "web"), ("DisplayName", "Web")]);
    let group = made["ResourceGroup"]["Id"].as_str().unwrap();
    let owner = stage.owner(&stage.a);
    let tab = format!("{INSTANCES}/{id}?region=cn-hangzhou&tab=tags");
    let tags = format!("{INSTANCES}/{id}/tags?region=cn-hangzhou");
    let page = owner.follow(owner.submit(&owner.open(&tab), &tags, &[("Key", "team"), ("Value", "web")]));
    assert!(page.body.contains("<bdi>team</bdi>") && page.body.contains("<bdi>web</bdi>"), "{}", page.body);
    // The first form on the page is now the one that removes it.
    let page = owner.follow(owner.post(&tags, &page.form(&tags)));
    assert!(page.body.contains("It has no tags yet."), "{}", page.body);
    let refused = owner.submit(&page, &tags, &[("Key", "acs:mine")]);
    assert!(refused.body.contains("InvalidTagKey"), "{}", refused.body);
    let path = format!("{INSTANCES}/{id}/group?region=cn-hangzhou");
    let one = format!("{INSTANCES}/{id}?region=cn-hangzhou");
    owner.follow(owner.submit(&owner.open(&one), &path, &[("ResourceGroupId", group)]));
    let found = owner.open(&format!("{INSTANCES}?group={group}"));
    assert!(found.body.contains(&id), "{}", found.body);
}

/// S3-67: after switching, the load balancers of the other account are there.
/// Whoever changes something sees what it is now, and need not look for the fields.
#[test]
fn a_form_that_changes_something_shows_what_it_is_now() {
    let stage = Stage::new();
    let made =
        stage.a.must("Vpc", "CreateVpc", &[REGION, ("VpcName", "production"), ("Description", "a <b>")]);
    let path =
        format!("/console/resources/vpc/vpc/{}/do/ModifyVpcAttribute", made["VpcId"].as_str().unwrap());
    for (language, now) in [("en", "Now: production"), ("zh-CN", "当前：production")] {
        let form = stage.owner(&stage.a).reading(language).open(&format!("{path}?region=cn-hangzhou"));
        assert!(form.body.contains(now) && form.body.contains("a &lt;b&gt;"), "{}", form.body);
        assert!(
            !form.body.contains("<details><summary>"),
            "nothing is folded away where all of it may stay empty"
        );
    }
}

#[test]
fn load_balancers_of_the_other_account_are_accessible() {
    let stage = Stage::new();
    let made = stage.a.must("Slb", "CreateLoadBalancer", &[REGION, ("LoadBalancerName", "front")]);
    let id = made["LoadBalancerId"].as_str().unwrap();
    stage.a.role("slb-admin", &[&stage.b.root_arn()], &["AliyunSLBFullAccess"]);
    let alice = in_role(&stage, "slb-admin");
    let base = "/console/as/company-a/slb-admin/resources/slb/load_balancer";
    assert!(alice.open(base).body.contains(id));
    let path = format!("{base}/{id}/do/SetLoadBalancerName?region=cn-hangzhou");
    let done = alice.follow(carry_out(&alice, &path, &[("p.LoadBalancerName", "renamed")]));
    assert!(done.body.contains("renamed"), "{}", done.body);
    assert_eq!(
        alice.open("/console/resources/slb/load_balancer").status,
        403,
        "she herself has nothing to do with it"
    );
}

#[test]
fn what_belongs_to_something_is_shown_with_it() {
    let stage = Stage::new();
    let params = [
        REGION,
        ("Engine", "MySQL"),
        ("EngineVersion", "8.0"),
        ("DBInstanceClass", "mysql.n2.medium.1"),
        ("DBInstanceStorage", "20"),
        ("DBInstanceNetType", "Intranet"),
        ("PayType", "Postpaid"),
        ("SecurityIPList", "127.0.0.1"),
    ];
    let made = stage.a.must("Rds", "CreateDBInstance", &params);
    let id = made["DBInstanceId"].as_str().unwrap();
    stage.server.clock().advance(seconds(600));
    let owner = stage.owner(&stage.a);
    let accounts = format!("/console/resources/rds/account?region=cn-hangzhou&in={id}");
    let page = owner.open(&format!("/console/resources/rds/instance/{id}?region=cn-hangzhou&tab=related"));
    assert!(page.body.contains("Accounts") && page.body.contains("Databases"), "{}", page.body);
    assert_eq!(
        owner.get("/console/resources/rds/account").header("location"),
        Some("/console/resources/rds/instance?region=cn-hangzhou")
    );
    let path = "/console/resources/rds/account/new/CreateAccount?region=cn-hangzhou";
    let form = owner.open(&format!("{path}&p.DBInstanceId={id}"));
    assert!(form.body.contains("type=\"password\""), "{}", form.body);
    let values =
        [("p.DBInstanceId", id), ("p.AccountName", "reader"), ("p.AccountPassword", "Correct-horse-7")];
    let made = owner.follow(owner.submit(&form, path, &values));
    assert!(made.body.contains("reader"), "{}", made.body);
    assert!(!made.body.contains("Correct-horse-7"));
    assert!(owner.open(&accounts).body.contains("reader"));
}

/// The first service of docs/services.md, as it stands there: pages need no code.
#[test]
fn a_service_of_ones_own_has_its_pages() {
    let stage = stage_of_towers(example_of_towers());
    let owner = stage.owner(&stage.a);
    let towers = "/console/resources/tower/tower";
    assert!(owner.open("/console").body.contains("/console/resources/tower"), "it is in the navigation");
    let list = owner.open("/console/resources/tower");
    assert!(
        list.body.contains("Towers") && list.body.contains("There are none in this region yet."),
        "{}",
        list.body
    );
    let path = format!("{towers}/new/CreateTower?region=cn-hangzhou");
    let form = owner.open(&path);
    let refused = owner.submit(&form, &path, &[("p.Name", "north"), ("p.Floors", "900")]);
    assert!(refused.status >= 400 && refused.body.contains("id=\"p.Floors-error\""), "{}", refused.body);
    let made =
        owner.follow(owner.submit(&owner.open(&path), &path, &[("p.Name", "north"), ("p.Floors", "12")]));
    let id = heading(&made).split(' ').next().unwrap().to_owned();
    assert!(id.starts_with("tow-") && made.body.contains("Stopped"), "{}", made.body);
    let deed = |operation: &str| format!("{towers}/{id}/do/{operation}?region=cn-hangzhou");
    owner.follow(carry_out(&owner, &deed("StartTower"), &[]));
    stage.server.clock().advance(seconds(2));
    assert!(owner.open(&format!("{towers}/{id}")).body.contains("Running"));
    let chinese = Visitor::new(&stage.server).reading("zh-CN");
    stage.log_on(&chinese, "alice@company-b", crate::stage::PASSWORD);
    assert!(chinese.open("/console").body.contains("Tower"), "what has one name has it in every language");
}

/// S0-08, S0-62: Express Connect refuses across accounts, then works after the operator's switch.
#[test]
fn express_connect_is_closed_to_other_accounts_until_the_operator_opens_it() {
    use argali_testkit::Gate;
    let stage = Stage::new();
    let policies = ["AliyunExpressConnectFullAccess", "AliyunVPCReadOnlyAccess"];
    stage.a.role("connect-admin", &[&stage.b.root_arn()], &policies);
    let line = [REGION, ("AccessPointId", "ap-cn-hangzhou-a"), ("LineOperator", "CT")];
    let made = stage.a.must("Vpc", "CreatePhysicalConnection", &line);
    let id = made["PhysicalConnectionId"].as_str().unwrap();
    stage.server.clock().advance(seconds(8));
    let alice = in_role(&stage, "connect-admin");
    let base = "/console/as/company-a/connect-admin/resources/expressconnect/physical_connection";
    let sentence = "Express Connect resources cannot be accessed from another account by default. Ask the operator of this service.";
    let rename = format!("{base}/{id}/do/ModifyPhysicalConnectionAttribute?region=cn-hangzhou");
    let closed = |path: &str| {
        let page = alice.open(path);
        assert_eq!(page.status, 403, "{path}");
        assert!(page.body.contains(sentence) && !page.body.contains("<td"), "{path}: {}", page.body);
    };
    closed(base);
    closed(&format!("{base}/{id}"));
    // Whoever asks the operator has the number at hand, and the owner of the account finds the refusal.
    let (page, owner) = (alice.open(base), stage.owner(&stage.a));
    let why = page
        .tags()
        .into_iter()
        .find_map(|tag| tag.attribute("href").filter(|to| to.contains("/why/")).map(str::to_owned));
    let why = why.unwrap_or_else(|| panic!("{}", page.body));
    let request = why.rsplit('/').next().unwrap().to_owned();
    assert!(page.body.contains(&format!("data-copy=\"{request}\"")), "{}", page.body);
    for page in [
        alice.open(&why),
        owner.open(&format!("/console/why/{request}")),
        owner.open(&format!("/console/activity/{request}")),
    ] {
        assert!(page.body.contains(sentence), "{}", page.body);
    }
    assert!(alice.open(&why).body.contains("whatever policies allow"));
    let refusals = owner.open("/console/activity?shown=refused");
    assert!(refusals.body.contains(&format!("/console/why/{request}")), "{}", refusals.body);
    let refused = carry_out(&alice, &rename, &[("p.Name", "renamed")]);
    assert!(refused.status == 403 && refused.body.contains(sentence), "{}", refused.body);
    // What is pressed in vain says that it is the gate, and no permission that is missing.
    for path in [&rename, &format!("{base}/new/CreatePhysicalConnection?region=cn-hangzhou")] {
        let form = alice.open(path);
        let reason = format!("disabled title=\"{sentence}\"");
        assert!(form.body.contains(&reason) && !form.body.contains("You need permission"), "{}", form.body);
    }
    // Neither the owner's own people nor what the role may not do are told so.
    assert!(
        stage.owner(&stage.a).open("/console/resources/expressconnect/physical_connection").body.contains(id)
    );
    let chinese = alice.reading("zh-CN");
    assert!(chinese.open(base).body.contains("默认不允许其他账号访问高速通道资源"));
    let alice = chinese.reading("en");
    stage.server.gate(&stage.a.id, "expressconnect", Gate::Open);
    let list = alice.open(base);
    assert!(list.status == 200 && list.body.contains(id), "{}", list.body);
    alice.follow(carry_out(&alice, &rename, &[("p.Name", "renamed")]));
    assert!(alice.open(&format!("{base}/{id}")).body.contains("renamed"));
    stage.server.gate(&stage.a.id, "expressconnect", Gate::Closed);
    assert!(alice.open(base).body.contains(sentence), "closed again at once");
}

/// SPEC: console, budgets: at most 60 KB of HTML a page, whatever its size.
#[test]
fn a_full_page_of_instances_has_few_bytes() {
    let stage = Stage::new();
    let network = Network::of(&stage.a);
    for number in 0..100 {
        network.instance(&stage.a, &format!("web-server-of-the-finance-department-{number:03}"));
    }
    let owner = stage.owner(&stage.a).reading("zh-CN");
    for size in ["50", "100"] {
        let page = owner.get(&format!("/console/resources/ecs/instance?size={size}&sort=InstanceName"));
        assert!(page.body.contains("web-server-of-the-finance-department-049"), "{size}");
        assert!(page.status == 200 && page.body.len() <= 60 << 10, "{size}: {}", page.body.len());
    }
}

#[test]
fn a_field_for_json_shows_what_it_looks_like() {
    let stage = Stage::new();
    let made = stage.a.must("Slb", "CreateLoadBalancer", &[REGION]);
    let id = made["LoadBalancerId"].as_str().unwrap();
    let path = format!("/console/resources/slb/load_balancer/{id}/do/AddBackendServers?region={}", REGION.1);
    let form = stage.owner(&stage.a).open(&path);
    let example =
        "[{&quot;ServerId&quot;:&quot;…&quot;,&quot;Type&quot;:&quot;ecs&quot;,&quot;Weight&quot;:100}]";
    assert!(form.body.contains(example), "{}", form.body);
}

#[test]
fn when_a_disk_was_attached_is_not_when_it_was_made() {
    let stage = Stage::new();
    let network = Network::of(&stage.a);
    let instance = network.instance(&stage.a, "web");
    stage.server.clock().advance(seconds(3));
    let owner = stage.owner(&stage.a);
    let disks = stage.a.must("Ecs", "DescribeDisks", &[REGION, ("InstanceId", &instance)]);
    let disk = disks["Disks"]["Disk"][0]["DiskId"].as_str().unwrap();
    let page = owner.open(&format!("/console/resources/ecs/disk/{disk}?region={}", REGION.1));
    let created = page.body.matches("<dt>Created").count();
    assert!(created == 1 && page.body.contains("<dt>Attached"), "{}", page.body);
}
