//! Mistakes in service files are reported with their place, and the built-in files have none.

use super::*;

/// A small service that is right.
const PLAIN: &str = r#"service = "nas"
title = "File storage"
product = "NAS"
version = "2017-06-26"
ram_code = "nas"

[errors]
"InvalidFileSystem.NotFound" = { status = 404, message = "The file system \"{value}\" does not exist." }

[table.zone]
key = "ZoneId"
rows = [{ ZoneId = "a", Size = 3 }]

[resource.file_system]
arn = "acs:nas:{region}:{account}:filesystem/{id}"
id = { parameter = "FileSystemId", length = 12 }
word = "filesystem"
tags = true
states = ["Pending", "Running"]
errors = { not_found = "InvalidFileSystem.NotFound" }
[resource.file_system.fields]
ProtocolType = { values = ["NFS", "SMB"], required = true }
ZoneId = { refers = "zone" }
[resource.file_system.view]
FileSystemId = "{id}"
Size = "{ZoneId.Size}"

[operation.CreateFileSystem]
creates = "file_system"
takes = ["ZoneId"]
requires = ["ProtocolType"]
path = ["Pending 2s", "Running"]
answer = { FileSystemId = "{self.id}" }

[operation.DescribeFileSystems]
lists = "file_system"
filters = ["ProtocolType"]
answer = { Items = "{items}" }
"#;

fn mistakes(text: &str) -> Vec<String> {
    match Catalog::read([("nas.toml", text)]) {
        Ok(_) => Vec::new(),
        Err(mistakes) => mistakes.iter().map(Mistake::to_string).collect(),
    }
}

/// What is reported when the first `from` is replaced by `to`.
fn changed(from: &str, to: &str) -> Vec<String> {
    assert!(PLAIN.contains(from), "{from}");
    mistakes(&PLAIN.replacen(from, to, 1))
}

#[test]
fn a_right_file_is_accepted() {
    assert_eq!(mistakes(PLAIN), Vec::<String>::new());
}

#[test]
fn each_mistake_is_reported_with_its_place_and_what_was_expected() {
    // What to replace, by what, and the beginning of the only report.
    let cases = [
        ("title = \"File storage\"\n", "", "nas.toml:1:1: `title` is missing: expected the name for people"),
        ("ram_code =", "ram_cod =", "nas.toml:1:1: `ram_code` is missing"),
        (
            "ram_code = \"nas\"",
            "ram_code = \"nas\"\ncolour = 1",
            "nas.toml:6:1: the integer `colour` is not known here: expected `authorization`,",
        ),
        ("ram_code = \"nas\"", "ram_code = nas", "nas.toml:5:12: this is not TOML"),
        (
            "ram_code = \"nas\"",
            "ram_code = 7",
            "nas.toml:5:12: expected the code in actions and ARNs, such as `\"ecs\"`, found the number `7`",
        ),
        (
            "ram_code = \"nas\"",
            "ram_code = \"nas\"\nauthorization = \"fine\"",
            "nas.toml:6:17: expected one of `\"service\"`, `\"operation\"`, `\"resource\"`, found `fine`",
        ),
        ("status = 404", "status = 200", "nas.toml:8:32: `status` must be an HTTP status from 400 to 599"),
        (
            "rows = [{ ZoneId = \"a\"",
            "rows = [{ Zone = \"a\"",
            "nas.toml:12:9: the row has no text in its key column `ZoneId`",
        ),
        ("/{id}\"", "/{Name}\"", "nas.toml:15:7: `nas.file_system` has no field `Name`"),
        (
            "filesystem/{id}\"",
            "filesystem/{id\"",
            "nas.toml:15:7: `acs:nas:{region}:{account}:filesystem/{id` has a `{` without its `}`",
        ),
        ("{region}:{account}:filesystem/{id}", "x", "nas.toml:14:11: the ARN names no `{id}`"),
        ("length = 12", "length = 2", "nas.toml:16:6: `length` must be 12 to 64"),
        (
            "not_found = \"InvalidFile",
            "not_found = \"InvalidFail",
            "nas.toml:20:24: there is no error `InvalidFailSystem.NotFound`: declare it",
        ),
        (
            "not_found =",
            "not_fund =",
            "nas.toml:20:12: `not_fund` is not a situation: expected one of `missing_parameter`,",
        ),
        (
            "values = [\"NFS\"",
            "kind = \"string\", values = [\"NFS\"",
            "nas.toml:22:25: `string` is not a kind: expected one of `\"text\"`,",
        ),
        ("refers = \"zone\"", "refers = \"area\"", "nas.toml:23:21: there is no type or table `nas.area`"),
        ("{ZoneId.Size}", "{ZoneId.Area}", "nas.toml:26:8: `nas.zone` has no column `Area`"),
        (
            "{ZoneId.Size}",
            "{ProtocolType.Size}",
            "nas.toml:26:8: `ProtocolType` refers to nothing, so it has no `Size`",
        ),
        (
            "{ZoneId.Size}",
            "{ZoneId.Size | double}",
            "nas.toml:26:8: `double` is not a filter: expected one of `minute`,",
        ),
        (
            "creates = \"file_system\"",
            "creates = \"file\"",
            "nas.toml:30:10: `ZoneId` is neither a field nor among the `parameters`",
        ),
        (
            "creates = \"file_system\"\n",
            "creates = \"file_system\"\nlists = \"file_system\"\n",
            "nas.toml:28:1: an operation has exactly one of `creates`,",
        ),
        (
            "takes = [\"ZoneId\"]",
            "takes = [\"ZoneID\"]",
            "nas.toml:30:10: `ZoneID` is neither a field nor among the `parameters`",
        ),
        ("Pending 2s", "Pending 2m", "nas.toml:32:9: `Pending 2m` is no step"),
        ("Pending 2s", "Waiting 2s", "nas.toml:28:12: `nas.file_system` has no state `Waiting`"),
        (
            "{self.id}",
            "{id}",
            "nas.toml:33:27: `id` is not known here: `CreateFileSystem` has no such parameter",
        ),
        (
            "takes = [\"ZoneId\"]",
            "takes = [\"ZoneId\"]\nchecks = [\"each\"]",
            "nas.toml:31:11: `each` needs an operation on existing resources",
        ),
        (
            "takes = [\"ZoneId\"]",
            "takes = [\"ZoneId\"]\nchecks = [\"ProtocolType\"]",
            "nas.toml:31:11: `ProtocolType` refers to nothing that could be checked",
        ),
        ("takes = [\"ZoneId\"]", "takes = [\"ZoneId\"]\nchecks = []", "nas.toml:28:1: `checks` is empty"),
        (
            "filters = [\"ProtocolType\"]",
            "filters = [\"Protocol\"]",
            "nas.toml:37:12: `nas.file_system` has no field `Protocol`",
        ),
        (
            "filters = [\"ProtocolType\"]\n",
            "rules = [{ error = \"X\" }]\n",
            "nas.toml:37:10: this is no rule: expected one of `equal = […]`",
        ),
    ];
    for (from, to, expected) in cases {
        let found = changed(from, to);
        assert!(
            found.iter().any(|mistake| mistake.starts_with(expected)),
            "{from} -> {to}\n{found:#?}\n{expected}"
        );
    }
}

#[test]
fn fields_that_need_each_other_are_refused() {
    let found = changed(
        "ZoneId = { refers = \"zone\" }",
        "ZoneId = { refers = \"zone\" }\nA = { value = \"{B}\" }\nB = { default = \"{A}\" }",
    );
    assert_eq!(found, ["nas.toml:14:11: the fields `A`, `B` need each other"]);
}

#[test]
fn all_mistakes_of_a_file_are_reported_at_once() {
    let text = PLAIN.replace("{id}\"\nid", "{ID}\"\nid").replace("{items}", "{things}");
    assert_eq!(mistakes(&text).len(), 2, "{:#?}", mistakes(&text));
}

#[test]
fn two_files_cannot_be_the_same_service_or_declare_the_same_operation() {
    let twice = Catalog::read([("a.toml", PLAIN), ("b.toml", PLAIN)]).unwrap_err();
    assert_eq!(twice[0].to_string(), "b.toml:1:1: `nas` is already the service of a.toml");
    let other = PLAIN.replace("service = \"nas\"", "service = \"nas2\"");
    let of_another_product = other.replace("product = \"NAS\"", "product = \"NAS2\"");
    let expected = "a.toml has `CreateFileSystem` of version `2017-06-26` too, and calls name nothing else: give a \
                    service of your own a version of its own";
    for second in [&other, &of_another_product] {
        let twice = Catalog::read([("a.toml", PLAIN), ("b.toml", second)]).unwrap_err();
        assert!(twice.iter().any(|mistake| mistake.message == expected), "{twice:?}");
    }
    let of_another_version = of_another_product.replace("2017-06-26", "2017-06-27");
    Catalog::read([("a.toml", PLAIN), ("b.toml", &of_another_version)]).unwrap();
}

#[test]
fn what_is_written_in_rust_keeps_its_names_whether_offered_or_not() {
    let with = |version: &str, name: &str| {
        let text = PLAIN.replace("2017-06-26", version).replace("CreateFileSystem", name);
        mistakes(&text).into_iter().find(|mistake| mistake.contains("a version of its own"))
    };
    for (product, version, name) in [
        ("Ims", "2019-08-15", "CreateUser"),
        ("Sts", "2015-04-01", "AssumeRoleWithSAML"),
        ("ResourceManager", "2020-03-31", "EnableResourceDirectory"),
    ] {
        let mistake = with(version, name).unwrap();
        assert!(mistake.contains(&format!("{product} has `{name}` of version `{version}` too")), "{mistake}");
        assert_eq!(with("2017-06-26", name), None);
        assert_eq!(with(version, "CreateFileSystem"), None);
    }
}

/// The operations that clients of each product call.
const EXPECTED: &[(&str, &str, &[&str])] = &[
    (
        "Ecs",
        "2014-05-26",
        &[
            "CreateInstance",
            "CreateSecurityGroup",
            "DeleteInstance",
            "DeleteInstances",
            "DeleteSecurityGroup",
            "DescribeDisks",
            "DescribeImages",
            "DescribeInstanceStatus",
            "DescribeInstanceTypes",
            "DescribeInstances",
            "DescribeRegions",
            "DescribeSecurityGroups",
            "DescribeZones",
            "JoinResourceGroup",
            "ListTagResources",
            "ModifyInstanceAttribute",
            "RebootInstance",
            "RebootInstances",
            "RunInstances",
            "StartInstance",
            "StartInstances",
            "StopInstance",
            "StopInstances",
            "TagResources",
            "UntagResources",
        ],
    ),
    (
        "Vpc",
        "2016-04-28",
        &[
            "CreateVSwitch",
            "CreateVpc",
            "DeleteVSwitch",
            "DeleteVpc",
            "DescribeRegions",
            "DescribeRouteTableList",
            "DescribeVSwitchAttributes",
            "DescribeVSwitches",
            "DescribeVpcAttribute",
            "DescribeVpcs",
            "DescribeZones",
            "ListTagResources",
            "ModifyVSwitchAttribute",
            "ModifyVpcAttribute",
            "MoveResourceGroup",
            "TagResources",
            "UnTagResources",
        ],
    ),
];

#[test]
fn a_role_that_cannot_be_one_is_reported() {
    let role = |service: &str, name: &str, policy: &str, rest: &str| {
        let table =
            format!("[linked_role.{service:?}]\nname = {name:?}\npolicy = {policy:?}\n{rest}\n\n[errors]");
        changed("[errors]", &table)
    };
    let (service, name, policy) = ("nas.aliyuncs.com", "AliyunServiceRoleForNas", "AliyunECSReadOnlyAccess");
    assert_eq!(role(service, name, policy, "used_by = [\"file_system\"]\nsuffixes = true"), [""; 0]);
    for (mistakes, expected) in [
        (role("nas", name, policy, ""), "`nas` is no service"),
        (role(service, "ForNas", policy, ""), "must begin with `AliyunServiceRoleFor`"),
        (role(service, "AliyunServiceRoleFor_Nas", policy, ""), "is not what the role is called"),
        (role(service, name, "Nobody", ""), "there is no system policy `Nobody`"),
        (role(service, name, policy, "used_by = [\"share\"]"), "there is no resource type `nas.share`"),
        (role(service, name, policy, "colour = \"red\""), "`colour` is not known here"),
    ] {
        assert!(mistakes.iter().any(|mistake| mistake.contains(expected)), "{expected}: {mistakes:?}");
    }
    let again = PLAIN.replacen("[errors]", "[linked_role.\"actiontrail.aliyuncs.com\"]\nname = \"AliyunServiceRoleForNas\"\npolicy = \"AliyunECSReadOnlyAccess\"\n[errors]", 1);
    let mistakes = Catalog::load(&[("nas.toml".to_owned(), again)]).unwrap_err();
    assert!(mistakes[0].message.contains("the role of `actiontrail.aliyuncs.com`"), "{mistakes:?}");
}

#[test]
fn the_built_in_files_are_right_and_complete() {
    let catalog = match Catalog::load(&[]) {
        Ok(catalog) => catalog,
        Err(mistakes) => panic!("{}", mistakes.iter().map(Mistake::to_string).collect::<Vec<_>>().join("\n")),
    };
    for (product, version, expected) in EXPECTED {
        let found: Vec<&str> = catalog
            .operations()
            .filter(|(service, _)| service.product == *product && service.version == *version)
            .map(|(_, operation)| operation.name.as_str())
            .collect();
        for name in *expected {
            assert!(found.contains(name), "{product} {name}");
        }
    }
}

#[test]
fn a_torn_file_is_reported_and_never_panics() {
    let whole = include_str!("../../services/vpc.toml");
    for end in (0..whole.len()).step_by(61) {
        let torn = whole.get(..end).unwrap_or_default();
        assert!(Catalog::read([("vpc.toml", torn)]).is_err(), "{end}");
    }
}
