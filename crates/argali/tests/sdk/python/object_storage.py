"""Calls operations of object storage with alibabacloud-oss-v2, for operation.py: each as it is meant to be called."""

import xml.etree.ElementTree as ET

import alibabacloud_oss_v2 as oss

POLICY = '{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:GetObject","Principal":["1"],"Resource":"*"}]}'

# The form of an upload's number; there is none of this number.
UPLOAD = "0" * 32


def tagging():
    return oss.Tagging(tag_set=oss.TagSet(tags=[oss.Tag(key="k", value="v")]))


def cors():
    rule = oss.CORSRule(allowed_origins=["*"], allowed_methods=["GET"])
    return oss.CORSConfiguration(cors_rules=[rule])


def of_bucket(method, request, **more):
    return lambda client, p: getattr(client, method)(getattr(oss, request)(bucket=p["Bucket"], **more))


def of_object(method, request, **more):
    return lambda client, p: getattr(client, method)(
        getattr(oss, request)(bucket=p["Bucket"], key=p.get("Key", "key"), **more)
    )


def resource_group(client, p):
    wanted = oss.BucketResourceGroupConfiguration(resource_group_id=p.get("ResourceGroupId", ""))
    request = oss.PutBucketResourceGroupRequest(bucket=p["Bucket"], bucket_resource_group_configuration=wanted)
    return client.put_bucket_resource_group(request)


# What a call needs besides bucket and object plays no part in whether it is allowed.
CALLS = {
    "ListBuckets": lambda client, p: client.list_buckets(
        oss.ListBucketsRequest(resource_group_id=p.get("ResourceGroupId"))
    ),
    "PutBucket": of_bucket("put_bucket", "PutBucketRequest"),
    "DeleteBucket": of_bucket("delete_bucket", "DeleteBucketRequest"),
    "PutBucketAcl": of_bucket("put_bucket_acl", "PutBucketAclRequest", acl="private"),
    "PutBucketPolicy": of_bucket("put_bucket_policy", "PutBucketPolicyRequest", body=POLICY),
    "DeleteBucketPolicy": of_bucket("delete_bucket_policy", "DeleteBucketPolicyRequest"),
    "PutBucketTagging": of_bucket("put_bucket_tags", "PutBucketTagsRequest", tagging=tagging()),
    "DeleteBucketTagging": of_bucket("delete_bucket_tags", "DeleteBucketTagsRequest"),
    "PutBucketResourceGroup": resource_group,
    "PutBucketCors": of_bucket("put_bucket_cors", "PutBucketCorsRequest", cors_configuration=cors()),
    "DeleteBucketCors": of_bucket("delete_bucket_cors", "DeleteBucketCorsRequest"),
    "DeleteMultipleObjects": of_bucket(
        "delete_multiple_objects", "DeleteMultipleObjectsRequest", objects=[oss.DeleteObject(key="key")]
    ),
    "PutObject": of_object("put_object", "PutObjectRequest", body=b"x"),
    "AppendObject": of_object("append_object", "AppendObjectRequest", position=0, body=b"x"),
    "CopyObject": of_object("copy_object", "CopyObjectRequest", source_key="source"),
    "DeleteObject": of_object("delete_object", "DeleteObjectRequest"),
    "PutObjectAcl": of_object("put_object_acl", "PutObjectAclRequest", acl="private"),
    "PutObjectTagging": of_object("put_object_tagging", "PutObjectTaggingRequest", tagging=tagging()),
    "DeleteObjectTagging": of_object("delete_object_tagging", "DeleteObjectTaggingRequest"),
    "InitiateMultipartUpload": of_object("initiate_multipart_upload", "InitiateMultipartUploadRequest"),
    "UploadPart": of_object("upload_part", "UploadPartRequest", part_number=1, upload_id=UPLOAD, body=b"x"),
    "UploadPartCopy": of_object(
        "upload_part_copy", "UploadPartCopyRequest", part_number=1, upload_id=UPLOAD, source_key="source"
    ),
    "CompleteMultipartUpload": of_object(
        "complete_multipart_upload", "CompleteMultipartUploadRequest", upload_id=UPLOAD, complete_all="yes"
    ),
    "AbortMultipartUpload": of_object("abort_multipart_upload", "AbortMultipartUploadRequest", upload_id=UPLOAD),
}


def client_of(key, endpoint):
    config = oss.config.load_default()
    config.credentials_provider = oss.credentials.StaticCredentialsProvider(key["id"], key["secret"], key.get("token"))
    config.region = "cn-hangzhou"
    config.endpoint = f"http://{endpoint}"
    config.use_path_style = True
    config.retry_max_attempts = 1
    return oss.Client(config)


def call(line):
    """What the SDK made of the answer, in the form of operation.py."""
    params = line["params"]
    client = client_of(line["key"], params.pop("Endpoint"))
    try:
        result = CALLS[line["action"]](client, params)
    except oss.exceptions.OperationError as error:
        cause = error.unwrap()
        detail = ET.fromstring(cause.snapshot).find("AccessDeniedDetail/AuthAction")
        denied = detail.text if detail is not None else None
        return {"code": cause.code, "status": cause.status_code, "denied": denied}
    names = [bucket.name for bucket in getattr(result, "buckets", None) or []]
    return {"body": {"RequestId": result.request_id, "Buckets": names}}
