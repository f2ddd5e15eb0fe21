//! Looking for secrets, in every way in which one could be written.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// How many bytes of a spelling are looked up at once; every spelling has more.
const BEGINNING: usize = 6;

/// Something that must be found nowhere.
pub(super) struct Planted {
    pub(super) what: String,
    /// Every way in which it could be written: as it is, in hexadecimal digits, in Base64 at any offset.
    pub(super) spellings: Vec<Vec<u8>>,
}

/// A secret that is long enough not to be somewhere by chance.
pub(super) fn planted(what: impl Into<String>, secret: &[u8]) -> Planted {
    let mut spellings =
        vec![secret.to_vec(), hex::encode(secret).into_bytes(), hex::encode_upper(secret).into_bytes()];
    for offset in 0..3 {
        let padded = [&vec![0; offset][..], secret].concat();
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            let encoded = engine.encode(&padded).into_bytes();
            // The first and last characters also depend on what stands beside the secret.
            let inner = if offset == 0 { 0 } else { 4 }..encoded.len() - 2;
            spellings.push(encoded[inner].to_vec());
        }
    }
    Planted { what: what.into(), spellings }
}

/// A code of six digits: many numbers hold those, so it is looked for as a value of its own.
pub(super) fn planted_code(what: impl Into<String>, code: &str) -> Planted {
    let values = [format!("\"{code}\""), format!("={code}"), format!("%22{code}%22"), hex::encode(code)];
    let mut spellings: Vec<_> = values.into_iter().map(String::into_bytes).collect();
    spellings.push(STANDARD_NO_PAD.encode(code).into_bytes());
    Planted { what: what.into(), spellings }
}

/// The first of the secrets that is in `bytes`, and where. Logs are long, so all are looked for in one pass.
pub(super) fn find<'a>(secrets: &'a [Planted], bytes: &[u8]) -> Option<(&'a str, usize)> {
    let mut by_beginning: BTreeMap<&[u8], Vec<(&str, &[u8])>> = BTreeMap::new();
    // Whether any spelling begins with these two bytes: what most places can be passed over by.
    let mut begins = vec![false; 1 << 16];
    let index = |pair: &[u8]| usize::from(pair[0]) << 8 | usize::from(pair[1]);
    for Planted { what, spellings } in secrets {
        for spelling in spellings {
            begins[index(spelling)] = true;
            by_beginning.entry(&spelling[..BEGINNING]).or_default().push((what, spelling));
        }
    }
    bytes.windows(BEGINNING).enumerate().filter(|(_, window)| begins[index(window)]).find_map(
        |(at, window)| {
            let mut here = by_beginning.get(window).into_iter().flatten();
            here.find(|(_, spelling)| bytes[at..].starts_with(spelling)).map(|(what, _)| (*what, at))
        },
    )
}

/// Fails if any of the secrets is in `bytes`.
#[track_caller]
pub(super) fn search(secrets: &[Planted], bytes: &[u8], place: &str) {
    if let Some((what, at)) = find(secrets, bytes) {
        panic!("{what} is in {place}, at byte {at}");
    }
}

/// Every file under a folder, but for the one that is the master key.
pub(super) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let (path, kind) = entry.map(|entry| (entry.path(), entry.file_type().unwrap())).unwrap();
        if kind.is_dir() {
            all.extend(files(&path));
        } else if kind.is_file() && path.file_name().is_some_and(|name| name != "master.key") {
            all.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    all
}

#[test]
fn the_search_finds_what_is_there() {
    let secrets =
        [planted("the secret", b"OuDFZ6hwPoTXrDmUZcKGmrqqSLGzz1"), planted_code("the code", "271828")];
    for before in ["", "x", "xy", "xyz"] {
        let text = [before.as_bytes(), b"OuDFZ6hwPoTXrDmUZcKGmrqqSLGzz1", b" and more"].concat();
        for written in [
            text.clone(),
            hex::encode(&text).into_bytes(),
            hex::encode_upper(&text).into_bytes(),
            STANDARD_NO_PAD.encode(&text).into_bytes(),
            URL_SAFE_NO_PAD.encode(&text).into_bytes(),
        ] {
            assert_eq!(find(&secrets, &written).map(|(what, _)| what), Some("the secret"), "{before:?}");
        }
    }
    for written in ["?AuthenticationCode=271828", r#"{"Code":"271828"}"#] {
        assert_eq!(find(&secrets, written.as_bytes()).map(|(what, _)| what), Some("the code"), "{written}");
    }
    assert_eq!(find(&secrets, b"it took 1271828 ns"), None);
}
