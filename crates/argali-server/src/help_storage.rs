//! What to do about the codes that object storage has of its own.

/// Codes, or their beginnings, each with what to do.
pub(crate) const ADVICE: &[(&str, &str)] = &[
    (
        "AccessDenied",
        "Your policies do not allow this; of a bucket, neither do its policy and ACL. AccessDeniedDetail names the action and what is missing; the owner can allow it.",
    ),
    ("BucketAlreadyExists", "Names of buckets are unique among all accounts: choose another."),
    ("BucketNotEmpty", "Delete the bucket's objects, and abort its uploads in parts, first."),
    ("EntityTooLarge", "One request carries 5 GiB at most, a document 2 MiB: upload in parts, or send less."),
    ("EntityTooSmall", "All parts but the last have 100 KiB at least: upload larger ones."),
    ("FileAlreadyExists", "The object is there, and the request forbids to replace it: choose another name."),
    ("IncompleteBody", "Fewer or more bytes came than Content-Length says: send the request again."),
    ("InvalidArgument", "A header or parameter is not acceptable: the message names it."),
    (
        "InvalidBucketName",
        "A bucket's name has 3 to 63 lower-case letters, digits and hyphens, and begins and ends with none of the last.",
    ),
    ("InvalidDigest", "The bytes that came are not those of the Content-MD5: send the request again."),
    (
        "InvalidObjectName",
        "An object's name has 1 to 1,023 bytes of UTF-8, and no part of it is . or .. alone.",
    ),
    ("InvalidPartOrder", "Name the parts in the order of their numbers, each once."),
    ("InvalidPart", "A part was not uploaded, or not with this ETag: list the parts of the upload."),
    ("InvalidPolicyDocument", "The bucket's policy is not valid: the message says what and where."),
    ("InvalidRange", "The range begins after the object's end: read its Content-Length."),
    ("InvalidTag", "A tag's key has 1 to 128 characters, its value up to 256, and each key stands once."),
    ("MalformedXML", "The document is not what the operation takes: compare it with the reference."),
    ("MethodNotAllowed", "What is named does not have this method: check method and sub-resource."),
    ("NoSuchBucketPolicy", "The bucket has no policy: put one first."),
    ("NoSuchBucket", "There is no bucket of this name: check it, or create the bucket."),
    ("NoSuchCORSConfiguration", "The bucket has no rules for other origins: put some first."),
    ("NoSuchKey", "There is no object of this name: check it, or list the bucket."),
    ("NoSuchTagSet", "The bucket has no tags: put some first."),
    ("NoSuchUpload", "The upload is not there: it was completed or aborted, or never begun. Begin another."),
    ("NotImplemented", "This is not offered here: docs/deviations.md of the server names what is not."),
    (
        "ObjectNotAppendable",
        "Only objects that were made by appending are appended to: delete it, or choose another name.",
    ),
    (
        "PositionNotEqualToLength",
        "Append at the object's present length, which x-oss-next-append-position tells.",
    ),
    ("PreconditionFailed", "A condition of the request does not hold: read the object's headers again."),
    ("QpsLimitExceeded", "Too many requests: wait a moment and send fewer at once."),
    ("RequestTargetTooLong", "The address is longer than 32 KiB: say less in the query."),
    ("RequestTimeTooSkewed", "The request's time is more than 15 minutes from the server's: set your clock."),
    ("RequestTimeout", "The bytes came too slowly: send the request again, or in smaller parts."),
    ("SecurityTokenExpired", "The session is past its end: call AssumeRole again."),
    (
        "TooManyBuckets",
        "The account has as many buckets as it may: delete one, or ask the operator for more.",
    ),
    (
        "XAmzContentSHA256Mismatch",
        "The bytes that came are not those whose hash was signed: sign the hash of what you send.",
    ),
];
