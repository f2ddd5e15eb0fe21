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
