//! What becomes of bytes: kept through restarts, gone when nothing needs them, never half there.

use std::io::Write;
use std::net::TcpStream;
use std::path::Path;

use argali_testkit::{Engine, TestServer, minutes};

use super::Shop;

fn files(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let count = |path: std::path::PathBuf| if path.is_dir() { files(&path) } else { 1 };
    entries.map(|entry| count(entry.unwrap().path())).sum()
}

#[test]
fn objects_outlive_the_server() {
    let server = TestServer::builder().engine(Engine::Embedded).start();
    let shop = Shop::on(&server);
    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    shop.oss.put(&shop.bucket, "a", &bytes).must();
    let server = server.restart();
    let again = server.oss_client(Some(shop.owner.client.credentials()));
    assert_eq!(again.get(&shop.bucket, "a").must().body, bytes);
    again.put(&shop.bucket, "b", b"after").must();
    assert_eq!(again.get(&shop.bucket, "b").must().body, b"after");
}

#[test]
fn an_upload_that_breaks_off_leaves_nothing() {
    let server = TestServer::builder().engine(Engine::Embedded).start();
    let shop = Shop::on(&server);
    let folder = server.folder().unwrap().join("objects");
    let (target, headers) = shop.oss.call("PUT", &shop.bucket, "half").signed();
    let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let mut stream = TcpStream::connect(server.oss()).unwrap();
    write!(stream, "PUT {target} HTTP/1.1\r\n{lines}content-length: 600000\r\n\r\n").unwrap();
    stream.write_all(&vec![1; 400_000]).unwrap();
    stream.flush().unwrap();
    let being_written = || files(&folder.join("new"));
    for _ in 0..100 {
        if being_written() > 0 {
            break;
        }
        std::thread::park_timeout(std::time::Duration::from_millis(20));
    }
    assert_eq!(being_written(), 1);
    drop(stream);
    for _ in 0..100 {
        if being_written() == 0 {
            break;
        }
        std::thread::park_timeout(std::time::Duration::from_millis(20));
    }
    assert_eq!((being_written(), files(&folder)), (0, 0));
    assert_eq!(shop.oss.get(&shop.bucket, "half").outcome(), "404 NoSuchKey");
}

#[test]
fn what_earlier_runs_left_is_swept_at_the_start() {
    let server = TestServer::builder().engine(Engine::Embedded).start();
    let shop = Shop::on(&server);
    shop.oss.put(&shop.bucket, "kept", b"kept").must();
    let folder = server.folder().unwrap().join("objects");
    // Finished, and the process ended before a record spoke of it; and one that was being written.
    let run = std::fs::read_dir(folder.join("blobs")).unwrap().next().unwrap().unwrap().path();
    let number = run.file_name().unwrap().to_str().unwrap().to_owned();
    std::fs::create_dir_all(run.join("ee")).unwrap();
    std::fs::write(run.join("ee").join(format!("{number}ee{}", "0".repeat(22))), b"unknown").unwrap();
    std::fs::write(folder.join("new/unfinished"), b"half").unwrap();
    assert_eq!(files(&folder), 3);
    let server = server.restart();
    let folder = server.folder().unwrap().join("objects");
    for _ in 0..100 {
        if files(&folder) == 1 {
            break;
        }
        std::thread::park_timeout(std::time::Duration::from_millis(20));
    }
    assert_eq!(files(&folder), 1);
    let again = server.oss_client(Some(shop.owner.client.credentials()));
    assert_eq!(again.get(&shop.bucket, "kept").must().body, b"kept");
}

#[test]
fn bytes_of_what_is_gone_are_discarded_and_kept_for_a_minute() {
    let server = TestServer::start();
    let shop = Shop::on(&server);
    shop.oss.put(&shop.bucket, "a", b"one").must();
    shop.oss.put(&shop.bucket, "a", b"two").must();
    shop.oss.call("DELETE", &shop.bucket, "a").send().must();
    let discarded =
        || server.core().discarded_blobs(server.core().env().now().plus_seconds(-60), 10).unwrap().len();
    assert_eq!(discarded(), 0);
    server.clock().advance(minutes(2));
    assert_eq!(discarded(), 2);
}
