//! What a transaction costs, beside a raw log that does nothing but flush.
//!
//! `cargo bench -p argali-store [-- commit|read|open]`. The transaction is that of a real change:
//! it reads 7 rows and writes 6, about 1.6 kB. The log writes records of the same size with one
//! `fdatasync` for all that queue, to a file that grows; it is the ceiling.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "it is a bench")]
#![expect(clippy::disallowed_methods, reason = "it measures")]

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use argali_store::{EmbeddedOptions, Store, StoreError, Transaction};
use parking_lot::{Condvar, Mutex};

const CLIENTS: [u64; 2] = [1, 64];
const TIME: Duration = Duration::from_secs(4);
const TRANSACTION_BYTES: usize = 1600;
const USERS: u64 = 1_000_000;
const CHILD: &str = "ARGALI_STORE_BENCH_FILL";

fn main() {
    if let Some(dir) = std::env::var_os(CHILD) {
        fill(Path::new(&dir));
    }
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    if is_wanted("commit") {
        commits();
    }
    if is_wanted("read") {
        reads();
    }
    if is_wanted("open") {
        opening();
    }
}

fn commits() {
    for clients in CLIENTS {
        let dir = folder();
        let log = RawLog::new(&dir.path().join("raw"));
        let raw = run(clients, |_, _| log.append(&[7; TRANSACTION_BYTES]));
        log.close();
        let store = open(dir.path());
        let grouped = run(clients, |client, number| change(&store, client, number));
        let memory = Store::memory();
        let in_memory = run(clients, |client, number| change(&memory, client, number));
        println!("{clients:>2} clients   raw log   {raw}");
        println!("             embedded  {grouped}   {:.0} % of raw", 100.0 * grouped.rate / raw.rate);
        println!("             memory    {in_memory}");
    }
}

fn reads() {
    let dir = folder();
    for (name, store) in [("embedded", open(dir.path())), ("memory", Store::memory())] {
        for number in 0..20_000 {
            let ((), _durable) =
                store.transact(|transaction| write_rows(transaction, 0, number)).unwrap_or_else(fail);
        }
        let ((), durable) = store.transact(|transaction| write_rows(transaction, 0, 0)).unwrap_or_else(fail);
        durable.wait().unwrap();
        let begin = per_call(|_| drop(store.read().unwrap()));
        let get = per_call(|number| {
            assert!(store.read().unwrap().get(&record_key(0, number % 20_000)).unwrap().is_some());
        });
        let scan = per_call(|number| {
            // In the lower half, so that a full page follows.
            let start = [b"u".as_slice(), &[0; 8], &(hash(number) >> 1).to_be_bytes()].concat();
            let page = store.read().unwrap().scan(&start, b"\xff", 100).unwrap();
            assert_eq!(page.len(), 100);
        });
        println!("{name:<9} begin {begin:.0?}   begin and get {get:.0?}   begin and scan 100 {scan:.0?}");
    }
}

fn opening() {
    let dir = folder();
    let start = Instant::now();
    let ended = Command::new(std::env::current_exe().unwrap()).env(CHILD, dir.path()).status().unwrap();
    assert!(!ended.success(), "the child aborts");
    println!("filled with {USERS} users in {:.1?}, {} MB", start.elapsed(), megabytes(dir.path()));
    for attempt in ["after abort", "after close"] {
        let start = Instant::now();
        let store = open(dir.path());
        let opened = start.elapsed();
        let user = store.read().unwrap().get(&record_key(1, USERS - 1)).unwrap();
        assert!(user.is_some());
        println!("open {attempt} {opened:.0?}, first read after {:.0?}", start.elapsed());
        let get = per_call(|number| {
            let key = record_key(1, number.wrapping_mul(7_919) % USERS);
            assert!(store.read().unwrap().get(&key).unwrap().is_some());
        });
        println!("get of a random user {get:.0?}");
    }
}

/// Fills a store with users, a name and a key each, and ends without closing it.
fn fill(dir: &Path) -> ! {
    let store = open(dir);
    let mut last = None;
    for start in (0..USERS).step_by(50) {
        let changed = store.transact::<_, StoreError>(|transaction| {
            for number in start..start + 50 {
                transaction.put(&record_key(1, number), &[1; 300]);
                transaction.put(&index_key(1, number), &number.to_be_bytes());
                transaction.put(&[b"k".as_slice(), &hash(number).to_be_bytes()].concat(), &[2; 150]);
            }
            Ok(())
        });
        // Waiting for the one before keeps the groups small.
        if let Some(durable) = last.replace(changed.unwrap().1) {
            argali_store::Durable::wait(durable).unwrap();
        }
    }
    last.unwrap().wait().unwrap();
    std::process::abort()
}

/// A change as an operation makes it.
fn change(store: &Store, client: u64, number: u64) {
    let ((), durable) =
        store.transact(|transaction| write_rows(transaction, client, number)).unwrap_or_else(fail);
    durable.wait().unwrap();
}

fn write_rows(transaction: &mut dyn Transaction, client: u64, number: u64) -> Result<(), StoreError> {
    let account = client.to_be_bytes();
    let key = |kind: &[u8]| [kind, &account].concat();
    // The key that signed, its user, that one's policies, the name, the counter, the generation,
    // and whether the nonce is used.
    for read in
        [key(b"key"), key(b"user"), key(b"policies"), index_key(client, number), nonce_key(number, client)]
    {
        if let Some(found) = transaction.get(&read)? {
            drop(found);
        }
    }
    let count = transaction.get(&key(b"count"))?.map_or(0, |bytes| bytes.len());
    let generation = transaction.get(&key(b"generation"))?.map_or(0, |bytes| bytes.len());
    assert!(count <= 8 && generation <= 8);
    transaction.put(&record_key(client, number), &[1; 300]);
    transaction.put(&index_key(client, number), &number.to_be_bytes());
    transaction.put(&key(b"count"), &number.to_be_bytes());
    transaction.put(&key(b"generation"), &number.to_be_bytes());
    transaction.put(&nonce_key(number, client), &[3; 30]);
    transaction.put(&[b"audit".as_slice(), &number.to_be_bytes(), &account].concat(), &[4; 600]);
    Ok(())
}

fn record_key(account: u64, number: u64) -> Vec<u8> {
    [b"u".as_slice(), &account.to_be_bytes(), &hash(number).to_be_bytes()].concat()
}

fn index_key(account: u64, number: u64) -> Vec<u8> {
    [b"n".as_slice(), &account.to_be_bytes(), format!("user-{:012}", hash(number)).as_bytes()].concat()
}

fn nonce_key(number: u64, client: u64) -> Vec<u8> {
    [b"nonce".as_slice(), &hash(number ^ (client << 32)).to_be_bytes()].concat()
}

/// Spreads keys, as identifiers are.
fn hash(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb)
}

/// What clients got done.
struct Outcome {
    rate: f64,
    p50: Duration,
    p99: Duration,
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:>7.0}/s   p50 {:>8.0?}   p99 {:>8.0?}", self.rate, self.p50, self.p99)
    }
}

fn run(clients: u64, call: impl Fn(u64, u64) + Sync) -> Outcome {
    let (over, times) = (AtomicBool::new(false), Mutex::new(Vec::new()));
    let start = Instant::now();
    std::thread::scope(|scope| {
        for client in 0..clients {
            let (over, times, call) = (&over, &times, &call);
            scope.spawn(move || {
                let mut own = Vec::new();
                for number in 0.. {
                    let begun = Instant::now();
                    call(client, number);
                    own.push(begun.elapsed());
                    if over.load(Ordering::Relaxed) {
                        break;
                    }
                }
                times.lock().extend(own);
            });
        }
        std::thread::sleep(TIME);
        over.store(true, Ordering::Relaxed);
    });
    let elapsed = start.elapsed();
    let mut times = times.into_inner();
    times.sort();
    let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
    Outcome { rate: times.len() as f64 / elapsed.as_secs_f64(), p50: at(50), p99: at(99) }
}

fn per_call(call: impl Fn(u64)) -> Duration {
    let times = 50_000;
    let start = Instant::now();
    for number in 0..times {
        call(number);
    }
    start.elapsed() / u32::try_from(times).unwrap()
}

/// A log that groups: whoever finds nobody flushing flushes for all who wait.
struct RawLog {
    shared: Arc<RawShared>,
    thread: std::thread::JoinHandle<()>,
}

#[derive(Default)]
struct RawShared {
    queue: Mutex<(Vec<u8>, u64, bool)>,
    queued: Condvar,
    flushed: AtomicU64,
    progress: Mutex<()>,
    flushed_some: Condvar,
}

impl RawLog {
    fn new(path: &Path) -> RawLog {
        let shared = Arc::new(RawShared::default());
        let file = File::create(path).unwrap();
        let thread = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || shared.flush(&file)
        });
        RawLog { shared, thread }
    }

    fn append(&self, record: &[u8]) {
        let number = {
            let mut queue = self.shared.queue.lock();
            queue.0.extend(record);
            queue.1 += 1;
            queue.1
        };
        self.shared.queued.notify_one();
        let mut progress = self.shared.progress.lock();
        while self.shared.flushed.load(Ordering::Acquire) < number {
            self.shared.flushed_some.wait(&mut progress);
        }
    }

    fn close(self) {
        self.shared.queue.lock().2 = true;
        self.shared.queued.notify_one();
        self.thread.join().unwrap();
    }
}

impl RawShared {
    fn flush(&self, mut file: &File) {
        let mut bytes = Vec::new();
        loop {
            let last = {
                let mut queue = self.queue.lock();
                while queue.0.is_empty() && !queue.2 {
                    self.queued.wait(&mut queue);
                }
                if queue.0.is_empty() {
                    return;
                }
                bytes.clear();
                std::mem::swap(&mut bytes, &mut queue.0);
                queue.1
            };
            file.write_all(&bytes).unwrap();
            file.sync_data().unwrap();
            let progress = self.progress.lock();
            self.flushed.store(last, Ordering::Release);
            drop(progress);
            self.flushed_some.notify_all();
        }
    }
}

fn open(dir: &Path) -> Store {
    Store::embedded(dir, &EmbeddedOptions::default()).unwrap()
}

/// On the disk of the build, because `/tmp` may be memory.
fn folder() -> tempfile::TempDir {
    let place = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target");
    std::fs::create_dir_all(&place).unwrap();
    tempfile::tempdir_in(place).unwrap()
}

fn megabytes(dir: &Path) -> u64 {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| match entry.metadata().unwrap() {
            folder if folder.is_dir() => megabytes(&entry.path()),
            file => file.len() / 1_000_000,
        })
        .sum()
}

fn fail<T>(error: StoreError) -> T {
    panic!("{error}")
}
