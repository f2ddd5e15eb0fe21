//! What pages can show of the services that come with Argali.

use super::*;

fn built_in() -> Vec<ServiceOutline> {
    Catalog::load(&[]).unwrap().outlines()
}

fn kind<'o>(outlines: &'o [ServiceOutline], service: &str, name: &str) -> &'o TypeOutline {
    outlines.iter().find(|outline| outline.name == service).unwrap().kind(name).unwrap()
}

fn labels(acts: &[OperationOutline]) -> Vec<String> {
    acts.iter().map(|act| act.words.join(" ")).collect()
}

#[test]
fn an_instance_can_be_listed_made_and_moved() {
    let outlines = built_in();
    let instance = kind(&outlines, "ecs", "instance");
    let list = instance.list.as_ref().unwrap();
    assert_eq!(
        (list.operation.as_str(), list.items.join(".")),
        ("DescribeInstances", "Instances.Instance".to_owned())
    );
    assert_eq!(list.total, ["TotalCount"]);
    assert_eq!(list.ids, Some(("InstanceIds".to_owned(), Form::JsonList)));
    assert_eq!(list.names, Some(("InstanceName".to_owned(), true)));
    assert_eq!(list.state, Some(("Status".to_owned(), Form::Text)));
    assert_eq!(list.paging, Paging::Numbers);
    let shown = |shows| list.members.iter().find(|member| member.shows == shows).unwrap().name.as_str();
    assert_eq!((shown(Shows::Id), shown(Shows::State), shown(Shows::Tags)), ("InstanceId", "Status", "Tags"));
    assert_eq!((shown(Shows::Name), list.members[0].shows), ("InstanceName", Shows::Id));
    assert_eq!(labels(&instance.acts), ["Reboot", "Start", "Stop", "Modify Attribute", "Delete"]);
    assert!(instance.acts.iter().all(|act| act.target.form == Form::Text), "one at a time");
    assert_eq!(labels(&instance.creations), ["Run", "Create"]);
    let main: Vec<_> =
        instance.creations[0].parameters.iter().filter(|parameter| parameter.is_main).collect();
    let names: Vec<_> = main.iter().map(|parameter| parameter.name.as_str()).collect();
    assert!(
        ["InstanceType", "VSwitchId", "ImageId", "SecurityGroupId", "InstanceName"]
            .iter()
            .all(|name| names.contains(name)),
        "{names:?}"
    );
    assert!(main[0].required && main[1].required && !names.contains(&"HostName"));
}

#[test]
fn what_refers_to_a_resource_is_found_and_what_is_within_another_is_a_part() {
    let outlines = built_in();
    let related: Vec<_> = kind(&outlines, "ecs", "instance")
        .related
        .iter()
        .map(|other| format!("{}.{}", other.service, other.resource))
        .collect();
    assert!(
        related.contains(&"ecs.disk".to_owned()) && related.contains(&"slb.load_balancer".to_owned()),
        "{related:?}"
    );
    let account = kind(&outlines, "rds", "account");
    assert!(account.is_part() && !kind(&outlines, "rds", "instance").is_part());
    assert_eq!(
        account.target.pairs("rm-1/bob"),
        [("AccountName".to_owned(), "bob".to_owned()), ("DBInstanceId".to_owned(), "rm-1".to_owned())]
    );
    assert!(kind(&outlines, "expressconnect", "physical_connection").is_closed);
    assert_eq!(
        kind(&outlines, "expressconnect", "physical_connection")
            .list
            .as_ref()
            .unwrap()
            .ids
            .as_ref()
            .unwrap()
            .1,
        Form::Filter
    );
}

/// Every form can be sent: what it must give can be entered or chosen.
#[test]
fn every_type_that_is_listed_has_columns_and_forms_with_names() {
    for outline in built_in() {
        for kind in outline.types.iter().filter(|kind| kind.list.is_some()) {
            let list = kind.list.as_ref().unwrap();
            let place = format!("{}.{}", outline.name, kind.name);
            assert!(list.members.iter().any(|member| member.shows == Shows::Id), "{place}");
            assert!(
                kind.acts
                    .iter()
                    .chain(&kind.creations)
                    .all(|act| act.words.iter().all(|word| !word.is_empty())),
                "{place}"
            );
            for language in ["en", "zh-CN"] {
                assert!(
                    outline.names.contains_key(language) && kind.names.contains_key(language),
                    "{place}: {language}"
                );
            }
        }
    }
}

#[test]
fn a_field_is_called_by_the_words_of_its_name() {
    for (name, called) in [
        ("VSwitchId", "vSwitch"),
        ("SecurityGroupIds", "Security groups"),
        ("CpuOptions", "CPU options"),
        ("DBInstanceClass", "DB instance class"),
        ("Ipv6CidrBlock", "IPv6 CIDR block"),
        ("healthCheckInterval", "Health check interval"),
        ("floors", "Floors"),
        ("Id", "ID"),
        ("", ""),
    ] {
        assert_eq!(words::field(name), called, "{name}");
    }
}

#[test]
fn a_file_names_its_fields_for_itself_first_and_for_others_too() {
    let tower = r#"
service = "tower"
title = "Tower"
product = "Tower"
version = "2026-12-01"
ram_code = "tower"
[pages.operations]
CreateTower = { en = "Build" }
[pages.fields]
Name = { en = "What the tower is called" }
Beacon = { en = "Light on top" }
"Top.Height" = { en = "Height of the top (m)", zh-CN = "塔顶高度（米）" }
[resource.tower]
arn = "acs:tower:*:{account}:tower/{id}"
id = { parameter = "TowerId", prefix = "tow-", length = 16 }
[resource.tower.fields]
Name = { required = true }
[resource.tower.view]
TowerId = "{id}"
[operation.CreateTower]
creates = "tower"
requires = ["Name"]
answer = { TowerId = "{self.id}" }
[operation.ListTowers]
lists = "tower"
ids = "TowerId"
answer = { Towers = "{items}" }
"#;
    let outlines = Catalog::load(&[("tower.toml".to_owned(), tower.to_owned())]).unwrap().outlines();
    let of = |service: &str, name: &str, language: &str| {
        outlines.iter().find(|outline| outline.name == service).unwrap().labels.of(name, language)
    };
    assert_eq!(of("tower", "Name", "en"), "What the tower is called");
    assert_eq!(
        (of("sofa", "Name", "en"), of("tower", "Name", "zh-CN")),
        ("Name".to_owned(), "名称".to_owned())
    );
    assert_eq!(of("tower", "VSwitchId", "zh-CN"), "交换机", "as another file calls it");
    assert_eq!(
        (of("tower", "Floors", "en"), of("tower", "Floors", "zh-CN")),
        ("Floors".to_owned(), "Floors".to_owned())
    );
    assert_eq!(of("tower", "Beacon", "zh-CN"), "Light on top", "what a file says in one language alone");
    assert_eq!(of("tower", "Top.Height", "zh-CN"), "塔顶高度（米）");
    assert_eq!(of("tower", "TopFloor.RoomCount", "en"), "Top floor · Room count");
    assert_eq!(of("ecs", "SystemDisk.Size", "en"), "System disk · Size (GiB)");
    assert_eq!(of("vpc", "VSwitchIds.VSwitchId", "en"), "vSwitches");
    assert_eq!(
        of("tower", "PrivateIpAddress.IpAddress", "en"),
        "Private address",
        "what wraps it is named alone"
    );
    assert_eq!(kind(&outlines, "tower", "tower").creations[0].names["en"], "Build");
}

/// The names of everything that a template shows below `path`.
fn keys(path: &str, template: &Template, found: &mut Vec<String>) {
    match template {
        Template::Table(entries) => {
            for (key, template) in entries {
                keys(&format!("{path}.{key}"), template, found);
            }
        }
        Template::Each(each) => keys(path, &each.show, found),
        _ => found.push(path.trim_start_matches('.').to_owned()),
    }
}

/// Pages show nobody the names of programs alone, in neither language.
#[test]
fn every_field_and_button_of_the_built_in_services_has_a_name_in_both_languages() {
    let catalog = Catalog::load(&[]).unwrap();
    let outlines = catalog.outlines();
    let is_chinese = |text: &str| !text.is_ascii();
    // What is called the same everywhere.
    let same = ["Cookie", "NUMA", "MTU", "X-Forwarded-For", "VLAN ID"];
    let mut missing = Vec::new();
    for outline in &outlines {
        let mut names = Vec::new();
        for kind in &outline.types {
            let operations = kind.creations.iter().chain(&kind.acts);
            for operation in operations {
                names.extend(operation.parameters.iter().map(|parameter| parameter.name.replace(".1.", ".")));
                let given = operation.names.contains_key("zh-CN");
                if !given && operation.words.len() > 1 {
                    missing.push(format!("{}: {}", outline.name, operation.name));
                }
            }
            keys("", &catalog.resource(&format!("{}.{}", outline.name, kind.name)).unwrap().view, &mut names);
        }
        // Tags are shown in a tab of their own.
        for name in names.iter().filter(|name| !name.to_lowercase().starts_with("tag")) {
            let called = outline.labels.of(name, "zh-CN");
            if !called.split(" · ").all(|part| is_chinese(part) || same.contains(&part)) {
                missing.push(format!("{}: {name} is called {called}", outline.name));
            }
        }
    }
    missing.sort();
    missing.dedup();
    assert_eq!(missing, [""; 0]);
}

/// Nor the codes of states alone: those of the types, and whatever else members that end in `Status` can hold.
#[test]
fn every_state_of_the_built_in_services_has_a_name_in_both_languages() {
    for outline in built_in() {
        let given = |parameter: &ParameterOutline| match &parameter.choice {
            Choice::Values(values) if parameter.name.ends_with("Status") => values.clone(),
            _ => Vec::new(),
        };
        let parameters = |kind: &TypeOutline| {
            kind.creations
                .iter()
                .chain(&kind.acts)
                .flat_map(|operation| &operation.parameters)
                .flat_map(given)
                .collect()
        };
        let states = outline.types.iter().flat_map(|kind| [kind.states.clone(), parameters(kind)].concat());
        for state in states.chain(["Available".to_owned()]) {
            let [english, chinese] = ["en", "zh-CN"].map(|language| outline.labels.state(&state, language));
            let place = format!("{}: {state} is called {english}, {chinese}", outline.name);
            assert!(chinese.chars().all(|c| !c.is_ascii()), "{place}");
            assert!(english.starts_with(char::is_uppercase) && !english.contains('_'), "{place}");
        }
    }
}

#[test]
fn a_state_is_called_by_its_words_or_as_a_file_says() {
    let outlines = built_in();
    let of = |service: &str, state: &str| {
        let outline = outlines.iter().find(|outline| outline.name == service).unwrap();
        ["en", "zh-CN"].map(|language| outline.labels.state(state, language))
    };
    assert_eq!(of("ecs", "In_use"), ["In use", "使用中"]);
    assert_eq!(of("ecs", "Available"), ["Available", "待挂载"], "of a disk");
    assert_eq!(of("vpc", "Available"), ["Available", "可用"]);
    assert_eq!(of("rds", "DBInstanceClassChanging"), ["Changing class", "变更规格中"]);
    assert_eq!(of("slb", "stopped"), ["Stopped", "已停止"]);
    assert_eq!(of("sofa", "Rebooting"), ["Rebooting", "重启中"], "as another file calls it");
    assert_eq!(of("sofa", "CoolingDown"), ["Cooling down"; 2], "what nobody has named");
}

#[test]
fn one_of_a_type_is_called_by_the_singular() {
    let outlines = built_in();
    for (service, name, english, chinese) in [
        ("ecs", "instance", "Instance", "实例"),
        ("ecs", "security_group", "Security group", "安全组"),
        ("vpc", "vswitch", "vSwitch", "交换机"),
        ("vpc", "route_entry", "Route", "路由条目"),
    ] {
        let kind = kind(&outlines, service, name);
        assert_eq!((kind.one_in("en").as_str(), kind.one_in("zh-CN").as_str()), (english, chinese));
    }
    assert_eq!(words::singular("Addresses"), "Address");
    assert_eq!(words::singular("Databases"), "Database");
    assert_eq!(words::singular("Chassis of towers"), "Chassis of tower");
}

#[test]
fn what_began_with_a_disk_is_not_when_it_was_made() {
    let outlines = built_in();
    let list = kind(&outlines, "ecs", "disk").list.as_ref().unwrap();
    let created = list.members.iter().find(|member| member.shows == Shows::Created).unwrap();
    assert_eq!(created.name, "CreationTime");
}

#[test]
fn json_of_a_known_shape_has_an_example() {
    let outlines = built_in();
    let acts = &kind(&outlines, "slb", "load_balancer").acts;
    let servers =
        acts.iter().flat_map(|act| &act.parameters).find(|known| known.name == "BackendServers").unwrap();
    assert_eq!(servers.example.as_deref(), Some(r#"[{"ServerId":"…","Type":"ecs","Weight":100}]"#));
}
