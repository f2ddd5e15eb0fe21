//! Old bytes of what object storage keeps still read, as those of other records do in `golden`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::golden::{Counting, Still, check};
use super::{
    Acl, BlobId, Bucket, BucketUsage, CorsRule, Description, Object, ObjectKind, Part, Piece, Redundancy,
    Runs, StorageClass, Upload, UploadId,
};
use crate::env::Env;
use crate::time::Timestamp;

#[test]
fn what_every_format_wrote_of_objects_reads_as_the_same() {
    let env = Env::new(Arc::new(Still), Arc::new(Counting));
    let at = Timestamp::from_millis(1_750_000_000_123);
    let text = |key: &str, value: &str| BTreeMap::from([(key.to_owned(), value.to_owned())]);
    let bucket = Bucket {
        id: 7,
        name: "company-a-logs".parse().unwrap(),
        owner: "11223344".parse().unwrap(),
        created_at: at,
        acl: Acl::PublicRead,
        storage_class: StorageClass::Ia,
        redundancy: Redundancy::Zrs,
        group: "rg-acfm11223344".parse().unwrap(),
        tags: text("team", "ops"),
        policy: Some("{}".to_owned()),
        policy_revision: 3,
        cors: vec![CorsRule {
            allowed_origins: vec!["*".to_owned()],
            allowed_methods: vec!["GET".to_owned()],
            allowed_headers: vec!["x-oss-*".to_owned()],
            expose_headers: vec!["ETag".to_owned()],
            max_age_s: Some(600),
        }],
        cors_vary: true,
    };
    check("Bucket", &bucket);
    check("BucketUsage", &BucketUsage { bytes: 5, objects: 2, uploads: 1 });
    let piece = Piece { blob: BlobId::generate(&env, 9), size: 5 };
    let description = Description {
        headers: text("content-type", "text/plain"),
        metadata: text("author", "alice"),
        tags: text("team", "ops"),
        acl: Some(Acl::Private),
        storage_class: StorageClass::Standard,
    };
    let object = Object {
        pieces: vec![piece],
        size: 5,
        etag: "25F9E794323B453885F5181F1B624D0B".to_owned(),
        crc64: 11_051_210_869_376_104_954,
        modified_at: at,
        kind: ObjectKind::Multipart,
        description: description.clone(),
    };
    check("Object", &object);
    let upload =
        Upload { id: UploadId::generate(&env), key: "dir/a".parse().unwrap(), begun_at: at, description };
    check("Upload", &upload);
    check("Part", &Part { number: 3, piece, md5: [5; 16], crc64: 6, modified_at: at });
    check("Runs", &Runs { latest: 4, swept: 2 });
}
