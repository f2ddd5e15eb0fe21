//! What the ARNs look like of what policies can name, for editors: with names in braces for what differs.

use std::collections::BTreeMap;

use crate::hosted::{Catalog, Level, Piece, Template};

/// Those of services that are written in Rust; those of declared services stand in their files.
// SPEC: service authorization, resources.
const OURS: &[(&str, &[&str])] = &[
    ("actiontrail", &["acs:actiontrail:{region}:{account}:trail/{id}"]),
    (
        "argali",
        &[
            "acs:argali:*:{account}:account/{id}",
            "acs:argali:*:{account}:call/{id}",
            "acs:argali:*:{account}:finding/{id}",
            "acs:argali:*:{account}:received-role/{id}",
            "acs:argali:*:{account}:session/{id}",
            "acs:argali:*:{account}:webhook/{id}",
        ],
    ),
    (
        "mns",
        &[
            "acs:mns:{region}:{account}:/queues/{queue}",
            "acs:mns:{region}:{account}:/queues/{queue}/messages",
            "acs:mns:{region}:{account}:/topics/{topic}",
            "acs:mns:{region}:{account}:/topics/{topic}/messages",
            "acs:mns:{region}:{account}:/topics/{topic}/subscriptions/{subscription}",
        ],
    ),
    ("oss", &["acs:oss:*:{account}:{bucket}", "acs:oss:*:{account}:{bucket}/{object}"]),
    (
        "ram",
        &[
            "acs:ram:*:{account}:user/{id}",
            "acs:ram:*:{account}:group/{id}",
            "acs:ram:*:{account}:role/{id}",
            "acs:ram:*:{account}:policy/{id}",
            "acs:ram:*:{account}:mfa/{id}",
            "acs:ram:*:{account}:oidc-provider/{id}",
            "acs:ram:*:{account}:saml-provider/{id}",
            "acs:ram:*:{account}:resourcegroup/{id}",
        ],
    ),
    // They are judged on the resource groups that they are about.
    ("resourcemanager", &["acs:ram:*:{account}:resourcegroup/{id}"]),
    ("sts", &["acs:ram:*:{account}:role/{id}"]),
];

/// The patterns of each service, by what policies call it. A service that tells its resources not apart has none.
pub(crate) fn resource_patterns(catalog: &Catalog) -> BTreeMap<String, Vec<String>> {
    let mut patterns: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (code, own) in OURS {
        patterns.insert((*code).to_owned(), own.iter().map(|pattern| (*pattern).to_owned()).collect());
    }
    for service in catalog.services().filter(|service| service.level == Level::Resource) {
        let own = patterns.entry(service.ram_code.clone()).or_default();
        let of_types = service.resources.values().map(|resource| &resource.arn);
        let of_tables = service.tables.values().filter_map(|table| table.arn.as_ref());
        for pattern in of_types.chain(of_tables).filter_map(written) {
            if !own.contains(&pattern) {
                own.push(pattern);
            }
        }
        own.sort();
    }
    patterns
}

/// The pattern of a template. What is below another thing goes by the ARN of that, whose identifier is one like any.
fn written(template: &Template) -> Option<String> {
    let Template::Text(pieces) = template else { return None };
    let mut pattern = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => pattern.push_str(text),
            Piece::Name(name) => {
                let word = name.path.last().map_or("id", String::as_str);
                let word = if matches!(word, "region" | "account") { word } else { "id" };
                pattern.push_str(&format!("{{{word}}}"));
            }
        }
    }
    Some(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_services_say_what_their_arns_look_like() {
        let patterns = resource_patterns(&Catalog::load(&[]).unwrap());
        assert_eq!(
            patterns["ecs"],
            [
                "acs:ecs:{region}:{account}:disk/{id}",
                "acs:ecs:{region}:{account}:image/{id}",
                "acs:ecs:{region}:{account}:instance/{id}",
                "acs:ecs:{region}:{account}:securitygroup/{id}",
            ]
        );
        assert_eq!(patterns["rds"], ["acs:rds:{region}:{account}:dbinstance/{id}"], "each once");
        let of_vpc = &patterns["vpc"];
        for kind in ["vpc/{id}", "vswitch/{id}", "physicalconnection/{id}"] {
            assert!(of_vpc.iter().any(|pattern| pattern.ends_with(kind)), "{kind}: {of_vpc:?}");
        }
        assert!(!patterns.contains_key("sofa"), "only * counts there");
    }

    #[test]
    fn every_pattern_is_an_arn_of_an_account() {
        for pattern in resource_patterns(&Catalog::load(&[]).unwrap()).values().flatten() {
            let parts: Vec<&str> = pattern.splitn(5, ':').collect();
            assert_eq!((parts.len(), parts[0], parts[3]), (5, "acs", "{account}"), "{pattern}");
            assert!(matches!(parts[2], "*" | "{region}"), "{pattern}");
            assert!(parts[4].contains('{'), "{pattern}");
        }
    }
}
