//! Which part of a bucket or an object a request is about: its sub-resource.

use argali_core::error::ApiError;
use argali_core::services::oss::{invalid_argument, storage_error};
use argali_protocol::{Params, is_oss_sub_resource};

/// Sub-resources that are served.
const SERVED: [&str; 14] = [
    "acl",
    "append",
    "bucketInfo",
    "cors",
    "delete",
    "location",
    "objectMeta",
    "policy",
    "resourceGroup",
    "stat",
    "tagging",
    "uploadId",
    "uploads",
    "versioning",
];

/// Query parameters that say how, not what.
const ATTRIBUTES: [&str; 30] = [
    "Expires",
    "OSSAccessKeyId",
    "Signature",
    "continuation-token",
    "delimiter",
    "encoding-type",
    "fetch-owner",
    "key-marker",
    "list-type",
    "marker",
    "max-keys",
    "max-parts",
    "max-uploads",
    "part-number-marker",
    "partNumber",
    "position",
    "prefix",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "security-token",
    "sequential",
    "start-after",
    "tag-key",
    "tag-value",
    "upload-id-marker",
    "x-id",
];

/// The sub-resource that a request names, if it names one.
///
/// What is not served is refused: it must not be taken for a request about the whole. A request that changes something
/// may have no parameter that is not known, for the same reason.
pub(crate) fn selector(query: &Params<'_>, is_change: bool) -> Result<Option<&'static str>, ApiError> {
    let mut selected = None;
    for (name, _) in query.iter() {
        let served = SERVED.iter().find(|served| **served == name);
        if let Some(served) = served {
            if selected.replace(*served).is_some() {
                return Err(invalid_argument(
                    "The request names two sub-resources: send a request for each.",
                ));
            }
            continue;
        }
        let is_known = ATTRIBUTES.contains(&name) || name.starts_with("X-Amz-") || is_of_signature(name);
        if !is_known && (is_change || is_oss_sub_resource(name)) {
            let shown: String = name.chars().filter(char::is_ascii_graphic).take(64).collect();
            let message = format!("The sub-resource {shown} is not offered here: leave it out.");
            return Err(storage_error("NotImplemented", 501, message));
        }
    }
    Ok(selected)
}

fn is_of_signature(name: &str) -> bool {
    const PARTS: [&str; 7] = [
        "signature-version",
        "credential",
        "date",
        "expires",
        "additional-headers",
        "security-token",
        "signature",
    ];
    name.strip_prefix("x-oss-").is_some_and(|part| PARTS.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(query: &str, is_change: bool) -> Result<Option<&'static str>, String> {
        let query = Params::from_query(query).unwrap();
        selector(&query, is_change).map_err(|error| error.code().wire().into_owned())
    }

    #[test]
    fn what_is_not_served_is_not_taken_for_the_whole() {
        for query in ["lifecycle", "website", "prefix=a&logging", "x-oss-process=image"] {
            assert_eq!(of(query, false), Err("NotImplemented".to_owned()), "{query}");
        }
        assert_eq!(of("object-lock", true), Err("NotImplemented".to_owned()));
        assert_eq!(of("object-lock", false), Ok(None));
        assert_eq!(of("acl&policy", false), Err("InvalidArgument".to_owned()));
        for is_change in [false, true] {
            assert_eq!(of("", is_change), Ok(None));
            assert_eq!(of("uploadId=1&partNumber=2", is_change), Ok(Some("uploadId")));
            assert_eq!(of("acl&Signature=x&Expires=1&OSSAccessKeyId=y", is_change), Ok(Some("acl")));
            assert_eq!(of("X-Amz-Signature=x&tagging", is_change), Ok(Some("tagging")));
        }
    }
}
