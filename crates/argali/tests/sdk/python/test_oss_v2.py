"""Object storage across accounts, with alibabacloud-oss-v2."""

import alibabacloud_oss_v2 as oss
import pytest
import requests
from delegation_oss import BUCKET, ENDPOINT, assume, set_up


def client(key, style):
    config = oss.config.load_default()
    config.credentials_provider = oss.credentials.StaticCredentialsProvider(key.id, key.secret, key.token)
    config.region = "cn-hangzhou"
    config.endpoint = f"http://{ENDPOINT}"
    config.signature_version = style
    config.use_path_style = True
    config.retry_max_attempts = 1
    return oss.Client(config)


@pytest.fixture(scope="module")
def clients(story):
    alice = set_up(story)
    client(story.company_a, story.style).put_bucket(oss.PutBucketRequest(bucket=BUCKET))
    return [client(assume(story, alice, role), story.style) for role in ("oss-admin", "oss-reader")]


def refused(call):
    with pytest.raises(oss.exceptions.OperationError) as caught:
        call()
    return caught.value.unwrap()


def test_objects(clients):
    full, reader = clients
    body = b"0123456789"
    put = full.put_object(
        oss.PutObjectRequest(bucket=BUCKET, key="dir/运维 1+.txt", body=body, metadata={"author": "alice"})
    )
    assert put.status_code == 200 and put.hash_crc64
    got = reader.get_object(oss.GetObjectRequest(bucket=BUCKET, key="dir/运维 1+.txt"))
    assert got.body.content == body and got.metadata["author"] == "alice"
    got = reader.get_object(oss.GetObjectRequest(bucket=BUCKET, key="dir/运维 1+.txt", range_header="bytes=2-4"))
    assert got.body.content == b"234"
    error = refused(lambda: reader.put_object(oss.PutObjectRequest(bucket=BUCKET, key="b", body=b"x")))
    assert (error.status_code, error.code) == (403, "AccessDenied")
    error = refused(lambda: reader.get_object(oss.GetObjectRequest(bucket=BUCKET, key="absent")))
    assert (error.status_code, error.code) == (404, "NoSuchKey")
    assert reader.is_object_exist(BUCKET, "dir/运维 1+.txt") and reader.is_bucket_exist(BUCKET)


def test_lists_parts_and_copies(clients):
    full, reader = clients
    for key in ["list/a", "list/b", "list/sub/c"]:
        full.put_object(oss.PutObjectRequest(bucket=BUCKET, key=key, body=b"x"))
    pages = reader.list_objects_v2_paginator(limit=1)
    request = oss.ListObjectsV2Request(bucket=BUCKET, prefix="list/")
    assert [o.key for page in pages.iter_page(request) for o in page.contents or []] == ["list/a", "list/b", "list/sub/c"]
    init = full.initiate_multipart_upload(oss.InitiateMultipartUploadRequest(bucket=BUCKET, key="made"))
    parts = []
    for number in (1, 2):
        part = full.upload_part(
            oss.UploadPartRequest(
                bucket=BUCKET, key="made", upload_id=init.upload_id, part_number=number, body=bytes([number]) * 150_000
            )
        )
        parts.append(oss.UploadPart(part_number=number, etag=part.etag))
    full.complete_multipart_upload(
        oss.CompleteMultipartUploadRequest(
            bucket=BUCKET,
            key="made",
            upload_id=init.upload_id,
            complete_multipart_upload=oss.CompleteMultipartUpload(parts=parts),
        )
    )
    whole = reader.get_object(oss.GetObjectRequest(bucket=BUCKET, key="made")).body.content
    assert whole == b"\1" * 150_000 + b"\2" * 150_000
    full.copy_object(oss.CopyObjectRequest(bucket=BUCKET, key="copied", source_key="made"))
    assert reader.head_object(oss.HeadObjectRequest(bucket=BUCKET, key="copied")).content_length == 300_000
    many = [oss.DeleteObject(key=key) for key in ("made", "copied")]
    gone = full.delete_multiple_objects(oss.DeleteMultipleObjectsRequest(bucket=BUCKET, objects=many))
    assert {found.key for found in gone.deleted_objects} == {"made", "copied"}


def test_links(clients):
    full, _ = clients
    link = full.presign(oss.PutObjectRequest(bucket=BUCKET, key="linked"))
    assert requests.put(link.url, data=b"by link").status_code == 200
    link = full.presign(oss.GetObjectRequest(bucket=BUCKET, key="linked"))
    assert requests.get(link.url).content == b"by link"
