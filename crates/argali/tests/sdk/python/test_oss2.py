"""Object storage across accounts, with oss2: what a role lets in may what the role may, in either signature."""

import io
import json
import os

import oss2
import pytest
from delegation_oss import BUCKET, ENDPOINT, POLICY_OF_EVERYBODY, assume, set_up

REGION = "cn-hangzhou"


def auth(key, style):
    if key.token:
        kind = oss2.AUTH_VERSION_4 if style == "v4" else oss2.AUTH_VERSION_1
        return oss2.StsAuth(key.id, key.secret, key.token, auth_version=kind)
    return (oss2.AuthV4 if style == "v4" else oss2.Auth)(key.id, key.secret)


def bucket(key, style, name=BUCKET):
    return oss2.Bucket(auth(key, style), f"http://{ENDPOINT}", name, region=REGION)


@pytest.fixture(scope="module")
def keys(story):
    """The owner of the bucket, and sessions of another account's user with all rights and with those of a reader."""
    alice = set_up(story)
    owner = story.company_a
    bucket(owner, story.style).create_bucket()
    return owner, assume(story, alice, "oss-admin"), assume(story, alice, "oss-reader")


@pytest.fixture
def full(story, keys):
    return bucket(keys[1], story.style)


@pytest.fixture
def reader(story, keys):
    return bucket(keys[2], story.style)


def test_objects(full, reader):
    headers = {"x-oss-meta-author": "alice", "Content-Type": "text/plain"}
    put = full.put_object("dir/运维 1+.txt", b"0123456789", headers=headers)
    assert put.status == 200 and put.crc is not None
    read = reader.get_object("dir/运维 1+.txt")
    assert read.read() == b"0123456789" and read.headers["x-oss-meta-author"] == "alice"
    assert reader.get_object("dir/运维 1+.txt", byte_range=(2, 4)).read() == b"234"
    assert reader.head_object("dir/运维 1+.txt").content_length == 10
    assert reader.get_object_meta("dir/运维 1+.txt").content_length == 10
    assert reader.object_exists("dir/运维 1+.txt") and not reader.object_exists("absent")
    with pytest.raises(oss2.exceptions.NotModified):
        reader.get_object("dir/运维 1+.txt", headers={"if-none-match": put.etag})
    with pytest.raises(oss2.exceptions.NoSuchKey):
        reader.get_object("absent")


def test_a_reader_writes_nothing(reader, full):
    full.put_object("kept", b"x")
    for write in [
        lambda: reader.put_object("kept", b"y"),
        lambda: reader.delete_object("kept"),
        lambda: reader.batch_delete_objects(["kept"]),
        lambda: reader.init_multipart_upload("kept"),
        lambda: reader.append_object("log", 0, b"x"),
        lambda: reader.put_object_acl("kept", oss2.OBJECT_ACL_PUBLIC_READ),
        lambda: reader.put_bucket_acl(oss2.BUCKET_ACL_PUBLIC_READ),
        lambda: reader.delete_bucket(),
    ]:
        with pytest.raises(oss2.exceptions.AccessDenied) as refused:
            write()
        assert refused.value.status == 403 and b"<AccessDeniedDetail>" in refused.value.body
    assert reader.get_object("kept").read() == b"x"


def test_lists(full, reader):
    for key in ["list/a", "list/b", "list/sub/c", "list/sub/d"]:
        full.put_object(key, b"x")
    listed = [found.key for found in oss2.ObjectIterator(reader, prefix="list/", delimiter="/", max_keys=1)]
    assert listed == ["list/a", "list/b", "list/sub/"]
    listed = [found.key for found in oss2.ObjectIteratorV2(reader, prefix="list/", max_keys=2)]
    assert listed == ["list/a", "list/b", "list/sub/c", "list/sub/d"]
    service = oss2.Service(full.auth, f"http://{ENDPOINT}", region=REGION)
    assert [found.name for found in oss2.BucketIterator(service)] == [BUCKET]


def test_parts_copies_and_appending(full, tmp_path):
    content = os.urandom(700_000)
    upload = full.init_multipart_upload("made")
    parts = []
    for number, start in enumerate(range(0, len(content), 250_000), 1):
        result = full.upload_part("made", upload.upload_id, number, content[start : start + 250_000])
        parts.append(oss2.models.PartInfo(number, result.etag, part_crc=result.crc))
    assert [part.part_number for part in oss2.PartIterator(full, "made", upload.upload_id)] == [1, 2, 3]
    full.complete_multipart_upload("made", upload.upload_id, parts)
    assert full.get_object("made").read() == content
    file = tmp_path / "content"
    file.write_bytes(content)
    oss2.resumable_upload(full, "resumed", str(file), multipart_threshold=200_000, part_size=200_000)
    oss2.resumable_download(full, "resumed", str(tmp_path / "back"), multiget_threshold=200_000, part_size=150_000)
    assert (tmp_path / "back").read_bytes() == content
    full.copy_object(BUCKET, "made", "copied")
    assert full.get_object("copied").read() == content
    upload = full.init_multipart_upload("given-up")
    assert [found.key for found in oss2.MultipartUploadIterator(full)] == ["given-up"]
    full.abort_multipart_upload("given-up", upload.upload_id)
    appended = full.append_object("log", 0, b"first ")
    appended = full.append_object("log", appended.next_position, b"second", init_crc=appended.crc)
    assert full.get_object("log").read() == b"first second"
    with pytest.raises(oss2.exceptions.PositionNotEqualToLength):
        full.append_object("log", 3, b"x")
    full.put_object("streamed", io.BytesIO(content))
    assert full.get_object("streamed").read() == content


def test_what_is_set(full):
    full.put_object("set", b"x")
    full.put_object_acl("set", oss2.OBJECT_ACL_PRIVATE)
    assert full.get_object_acl("set").acl == oss2.OBJECT_ACL_PRIVATE
    rule = oss2.models.TaggingRule()
    rule.add("team", "ops")
    full.put_object_tagging("set", oss2.models.Tagging(rule))
    assert full.get_object_tagging("set").tag_set.tagging_rule == {"team": "ops"}
    full.delete_object_tagging("set")
    full.put_bucket_tagging(oss2.models.Tagging(rule))
    assert full.get_bucket_tagging().tag_set.tagging_rule == {"team": "ops"}
    cors = oss2.models.CorsRule(allowed_origins=["*"], allowed_methods=["GET"], max_age_seconds=60)
    full.put_bucket_cors(oss2.models.BucketCors([cors]))
    assert full.get_bucket_cors().rules[0].allowed_methods == ["GET"]
    full.put_bucket_policy(json.dumps(POLICY_OF_EVERYBODY))
    assert json.loads(full.get_bucket_policy().policy) == POLICY_OF_EVERYBODY
    anonymous = oss2.Bucket(oss2.AnonymousAuth(), f"http://{ENDPOINT}", BUCKET)
    full.put_object("public/a", b"for all")
    assert anonymous.get_object("public/a").read() == b"for all"
    full.delete_bucket_policy()
    with pytest.raises(oss2.exceptions.AccessDenied):
        anonymous.get_object("public/a")
    info = full.get_bucket_info()
    assert info.name == BUCKET and info.owner.id == "11223344" and info.location == "oss-cn-hangzhou"
    assert full.get_bucket_acl().acl == oss2.BUCKET_ACL_PRIVATE
    assert full.get_bucket_location().location == "oss-cn-hangzhou"
    assert full.get_bucket_stat().object_count > 0


def test_links(full, reader):
    import requests

    url = full.sign_url("PUT", "linked", 60, slash_safe=True)
    assert requests.put(url, data=b"by link").status_code == 200
    url = reader.sign_url("GET", "linked", 60, slash_safe=True)
    assert requests.get(url).content == b"by link"
    assert requests.delete(url).status_code == 403
    keys = [found.key for found in oss2.ObjectIterator(full)]
    assert set(full.batch_delete_objects(keys).deleted_keys) == set(keys)
