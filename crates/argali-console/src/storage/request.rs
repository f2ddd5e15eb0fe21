//! What changes object storage, as requests and as commands of the vendor's tool.
// SPEC: wire protocol, OSS.

use argali_core::operation::DataOperation;
use argali_core::services::oss::{
    DeleteBucket, DeleteBucketPolicy, DeleteBucketTagging, DeleteMultipleObjects, PutBucket, PutBucketAcl,
    PutBucketPolicy, PutBucketResourceGroup, PutBucketTagging, PutObject,
};
use argali_core::storage_name::BucketName;
use argali_protocol::{encode_document, encode_object_name};
use serde_json::{Map, Value, json};

use super::place::Place;
use crate::part::call::quoted;

/// An operation that can be written as a request.
pub(crate) trait Written: DataOperation {
    /// The request.
    fn request(&self) -> Request;
}

/// A request to object storage.
#[derive(Debug)]
pub(crate) struct Request {
    method: &'static str,
    bucket: String,
    /// The path, with its query.
    target: String,
    headers: Vec<(&'static str, String)>,
    body: String,
    /// What the vendor's tool calls it: `put-bucket`.
    command: &'static str,
    /// What it takes besides the bucket.
    options: Vec<(&'static str, String)>,
}

impl Request {
    fn new(method: &'static str, bucket: &BucketName, target: &str, command: &'static str) -> Self {
        Self {
            method,
            bucket: bucket.to_string(),
            target: target.to_owned(),
            headers: Vec::new(),
            body: String::new(),
            command,
            options: Vec::new(),
        }
    }

    fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn option(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.options.push((name, value.into()));
        self
    }

    /// The same with a document, which the tool takes under the name of an option.
    fn bringing(self, option: &'static str, root: &str, members: Value) -> Self {
        let json = members.to_string();
        let members: Map<String, Value> = members.as_object().cloned().unwrap_or_default();
        let document = encode_document(root, &members).unwrap_or_default();
        let with = self.header("content-type", "application/xml").option(option, json);
        Self { body: String::from_utf8_lossy(&document).into_owned(), ..with }
    }

    /// The request as it is sent, but for what signs it.
    pub(super) fn written(&self, place: &Place) -> String {
        let Self { method, bucket, target, headers, body, .. } = self;
        let (host, target) = match (&place.host, place.names_buckets) {
            (host, true) => (format!("{bucket}.{host}"), target.clone()),
            (host, false) => (host.clone(), format!("/{bucket}{target}")),
        };
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
        format!("{method} {target} HTTP/1.1\nhost: {host}\n{headers}\n{body}").trim_end().to_owned()
    }

    /// The command that sends it.
    pub(super) fn command(&self, place: &Place) -> String {
        let mut command = format!("ossutil api {} --bucket {}", self.command, quoted(&self.bucket));
        let mut at = vec![("endpoint", place.origin())];
        if !place.names_buckets {
            at.push(("addressing-style", "path".to_owned()));
        }
        for (name, value) in self.options.iter().chain(&at) {
            command.push_str(&format!(" \\\n  --{name} {}", quoted(value)));
        }
        command
    }
}

/// Declares how operations are written.
macro_rules! requests {
    ($($name:ident => |$operation:ident| $request:expr;)*) => {$(
        impl Written for $name {
            fn request(&self) -> Request {
                let $operation = self;
                $request
            }
        }
    )*};
}

requests! {
    PutBucket => |it| {
        let request = Request::new("PUT", &it.bucket, "/", "put-bucket");
        let class = it.storage_class.as_str();
        let request = match it.acl {
            Some(acl) => request.header("x-oss-acl", acl.as_str()).option("acl", acl.as_str()),
            None => request,
        };
        let request = match it.resource_group.as_deref() {
            Some(group) => request.header("x-oss-resource-group-id", group).option("resource-group-id", group),
            None => request,
        };
        let members = json!({ "StorageClass": class });
        request.bringing("create-bucket-configuration", "CreateBucketConfiguration", members)
    };
    DeleteBucket => |it| Request::new("DELETE", &it.bucket, "/", "delete-bucket");
    PutBucketAcl => |it| Request::new("PUT", &it.bucket, "/?acl", "put-bucket-acl")
        .header("x-oss-acl", it.acl.as_str())
        .option("acl", it.acl.as_str());
    PutBucketPolicy => |it| {
        let request = Request::new("PUT", &it.bucket, "/?policy", "put-bucket-policy");
        Request { body: it.policy.clone(), ..request.option("body", it.policy.as_str()) }
    };
    DeleteBucketPolicy => |it| Request::new("DELETE", &it.bucket, "/?policy", "delete-bucket-policy");
    PutBucketTagging => |it| {
        let tags = it.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value }));
        let members = json!({ "TagSet": { "Tag": tags.collect::<Vec<_>>() } });
        Request::new("PUT", &it.bucket, "/?tagging", "put-bucket-tags").bringing("tagging", "Tagging", members)
    };
    DeleteBucketTagging => |it| Request::new("DELETE", &it.bucket, "/?tagging", "delete-bucket-tags");
    PutBucketResourceGroup => |it| {
        let members = json!({ "ResourceGroupId": it.resource_group });
        Request::new("PUT", &it.bucket, "/?resourceGroup", "put-bucket-resource-group")
            .bringing("bucket-resource-group-configuration", "BucketResourceGroupConfiguration", members)
    };
    DeleteMultipleObjects => |it| {
        let objects = it.keys.iter().map(|key| json!({ "Key": key.as_str() }));
        let members = json!({ "Quiet": true, "Object": objects.collect::<Vec<_>>() });
        Request::new("POST", &it.bucket, "/?delete", "delete-multiple-objects")
            .bringing("delete", "Delete", members)
    };
    PutObject => |it| {
        let key = it.key.as_str();
        let name = key.rsplit('/').next().unwrap_or(key);
        let target = format!("/{}", encode_object_name(key));
        let kind = it.description.headers.get("content-type").cloned();
        let request = Request::new("PUT", &it.bucket, &target, "put-object")
            .header("content-type", kind.unwrap_or_else(|| "application/octet-stream".to_owned()))
            .option("key", key)
            .option("body", format!("file://{name}"));
        Request { body: format!("({name})"), ..request }
    };
}

#[cfg(test)]
mod tests {
    use argali_core::model::Acl;

    use super::*;

    fn place(host: &str, names_buckets: bool) -> Place {
        Place { scheme: "http", host: host.to_owned(), names_buckets }
    }

    #[test]
    fn requests_and_commands_say_the_same() {
        let [domain, listener] = [place("oss.example", true), place("127.0.0.1:2744", false)];
        let bucket: BucketName = "pages".parse().unwrap();
        let acl = PutBucketAcl { bucket: bucket.clone(), acl: Acl::PublicRead }.request();
        assert_eq!(
            acl.written(&domain),
            "PUT /?acl HTTP/1.1\nhost: pages.oss.example\nx-oss-acl: public-read"
        );
        assert_eq!(
            acl.written(&listener),
            "PUT /pages/?acl HTTP/1.1\nhost: 127.0.0.1:2744\nx-oss-acl: public-read"
        );
        let command =
            "ossutil api put-bucket-acl --bucket pages \\\n  --acl public-read \\\n  --endpoint http://";
        assert_eq!(acl.command(&domain), format!("{command}oss.example"));
        let by_path = "127.0.0.1:2744 \\\n  --addressing-style path";
        assert_eq!(acl.command(&listener), format!("{command}{by_path}"));
        let tags = vec![("team".to_owned(), "it's".to_owned())];
        let tags = PutBucketTagging { bucket, tags }.request();
        assert!(tags.written(&domain).contains("<Key>team</Key>"), "{}", tags.written(&domain));
        assert!(tags.command(&domain).contains("--tagging '{\"TagSet\""), "{}", tags.command(&domain));
    }
}
