//! Disks: with their instance, and without it.

use argali_testkit::seconds;

use super::{HERE, stage};
use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::{borrowed, text};

#[test]
fn a_data_disk_is_kept_if_it_is_meant_to_outlive_its_instance() {
    stage!(server, stage);
    let owner = &stage.owner;
    let mut params = stage.new_instance();
    for (name, value) in [
        ("DataDisk.1.DiskName", "goes"),
        ("DataDisk.1.DeleteWithInstance", "true"),
        ("DataDisk.2.DiskName", "stays"),
        ("DataDisk.2.DeleteWithInstance", "false"),
    ] {
        params.push((name, value.to_owned()));
    }
    let made = owner.must("Ecs", "RunInstances", &borrowed(&params));
    let instance = text(&made["InstanceIdSets"]["InstanceIdSet"][0]);
    server.clock().advance(seconds(3));
    let disks = || {
        let found = owner.must("Ecs", "DescribeDisks", &[HERE]);
        known("Ecs", "DescribeDisks", &found);
        found["Disks"]["Disk"].as_array().unwrap().clone()
    };
    assert_eq!(disks().len(), 3, "a system disk and two of data");
    owner.must("Ecs", "DeleteInstance", &[("InstanceId", &instance), ("Force", "true")]);
    let left = disks();
    assert_eq!(left.len(), 1);
    assert_eq!(
        (left[0]["DiskName"].as_str(), left[0]["Status"].as_str()),
        (Some("stays"), Some("Available"))
    );
    assert_eq!(left[0]["InstanceId"], "");
    let disk = text(&left[0]["DiskId"]);
    let next = stage.instance();
    let both = [("InstanceId", next.as_str()), ("DiskId", disk.as_str())];
    owner.client.refused("Ecs", "DetachDisk", &both, "IncorrectDiskStatus");
    owner.client.refused("Ecs", "AttachDisk", &[both[0], ("DiskId", "d-none")], "InvalidDiskId.NotFound");
    owner.client.refused(
        "Ecs",
        "AttachDisk",
        &[("InstanceId", "i-none"), both[1]],
        "InvalidInstanceId.NotFound",
    );
    complete("Ecs", "AttachDisk", &owner.must("Ecs", "AttachDisk", &both), &[]);
    owner.client.refused("Ecs", "DeleteDisk", &both[1..], "IncorrectDiskStatus");
    assert_eq!(owner.must("Ecs", "DescribeDisks", &[HERE, both[0]])["TotalCount"], 2);
    complete("Ecs", "DetachDisk", &owner.must("Ecs", "DetachDisk", &both), &[]);
    complete("Ecs", "DeleteDisk", &owner.must("Ecs", "DeleteDisk", &both[1..]), &[]);
    owner.client.refused("Ecs", "DeleteDisk", &both[1..], "InvalidDiskId.NotFound");
}

#[test]
fn an_image_family_stands_for_its_newest_image() {
    stage!(server, stage);
    let owner = &stage.owner;
    let with = |family: &str| {
        let mut params = stage.new_instance();
        params.retain(|(name, _)| *name != "ImageId");
        params.push(("ImageFamily", family.to_owned()));
        params
    };
    owner.client.refused("Ecs", "RunInstances", &borrowed(&with("acs:none")), "InvalidImageFamily.NotFound");
    owner.must("Ecs", "RunInstances", &borrowed(&with("acs:debian_12_6_x64")));
    let found = owner.must("Ecs", "DescribeInstances", &[HERE]);
    assert_eq!(found["Instances"]["Instance"][0]["ImageId"], crate::stage::IMAGE);
}

#[test]
fn instances_are_found_by_when_they_were_made() {
    stage!(server, stage);
    let early = stage.instance();
    let now = text(
        &stage.owner.must("Ecs", "DescribeInstances", &[HERE])["Instances"]["Instance"][0]["CreationTime"],
    );
    server.clock().advance(seconds(3_600));
    let late = stage.instance();
    let ids = |key: &str| {
        let filter = [HERE, ("Filter.1.Key", key), ("Filter.1.Value", "2099-01-01T00:00Z")];
        let after = [HERE, ("Filter.1.Key", key), ("Filter.1.Value", now.as_str())];
        let count = |params: &[(&str, &str)]| {
            stage.owner.must("Ecs", "DescribeInstances", params)["TotalCount"].as_u64().unwrap()
        };
        (count(&filter), count(&after))
    };
    assert_ne!(early, late);
    assert_eq!(ids("CreationStartTime"), (0, 2));
    assert_eq!(ids("CreationEndTime"), (2, 0), "the minute in which the first was made began before it");
}
