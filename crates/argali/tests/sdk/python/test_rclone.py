"""rclone, as Debian packs it, copies a tree into object storage and out again with the credentials of a session."""

import os
import subprocess

from delegation_oss import BUCKET, ENDPOINT, assume, set_up


def rclone(key, *arguments):
    """Runs rclone, which speaks S3's form of the protocol, with nobody's settings."""
    settings = {
        "TYPE": "s3",
        # The provider "Alibaba" would put the bucket before the host, which is an address here.
        "PROVIDER": "Other",
        "ENDPOINT": f"http://{ENDPOINT}",
        "REGION": "cn-hangzhou",
        "FORCE_PATH_STYLE": "true",
        "ACCESS_KEY_ID": key.id,
        "SECRET_ACCESS_KEY": key.secret,
        "SESSION_TOKEN": key.token or "",
        "UPLOAD_CUTOFF": "6Mi",
        "CHUNK_SIZE": "5Mi",
    }
    environment = {f"RCLONE_CONFIG_ARGALI_{name}": value for name, value in settings.items()}
    environment["PATH"] = os.environ["PATH"]
    command = ["rclone", "--config", "", "--retries", "1", "--low-level-retries", "1", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def tree(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_a_tree_goes_in_and_comes_out(story, tmp_path):
    alice = set_up(story)
    full, reader = assume(story, alice, "oss-admin"), assume(story, alice, "oss-reader")
    source = tmp_path / "source"
    for name, content in {
        "a.txt": b"a",
        "empty": b"",
        "dir/sub/运维 1+&.txt": b"deep",
        "dir/large": os.urandom(13 << 20),
    }.items():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def done(key, *arguments):
        run = rclone(key, *arguments)
        assert run.returncode == 0, run.stderr
        return run.stdout

    done(full, "mkdir", f"argali:{BUCKET}")
    done(full, "copy", str(source), f"argali:{BUCKET}/in")
    listed = done(reader, "lsf", "--recursive", "--files-only", f"argali:{BUCKET}/in").splitlines()
    assert sorted(listed) == sorted(tree(source))
    done(reader, "check", str(source), f"argali:{BUCKET}/in")
    done(reader, "copy", f"argali:{BUCKET}/in", str(tmp_path / "back"))
    assert tree(tmp_path / "back") == tree(source)
    done(full, "copy", f"argali:{BUCKET}/in", f"argali:{BUCKET}/again")
    assert rclone(reader, "copy", str(source), f"argali:{BUCKET}/refused").returncode != 0
    done(full, "purge", f"argali:{BUCKET}/again")
    assert done(reader, "lsf", f"argali:{BUCKET}").splitlines() == ["in/"]
