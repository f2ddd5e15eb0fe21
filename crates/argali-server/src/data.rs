//! The data folder: who may look into it, its master key, and what is opened in it.
//!
//! ```text
//! master.key      seals every secret; without it the rest is of no use
//! ca.key, ca.pem  Argali's own certificate authority, where TLS needs one
//! store/          accounts, identities, resources
//! store.restoring what is being restored from a backup, and no store yet
//! audit/          records of calls
//! objects/        bytes of objects
//! operator.sock   the operator's way in, while a server runs
//! ```

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use argali_core::audit::{self, Trail, TrailError, Verdict};
use argali_core::backend::{Backends, NoBackends};
use argali_core::env::Env;
use argali_core::federation::{Fetcher, Offline};
use argali_core::model::Key;
use argali_core::registry::Registry;
use argali_core::vault::SecretKey;
use argali_core::webhook::{NoPoster, Poster};
use argali_core::{Core, OpenError, Parts};
use argali_objects::Place;
use argali_store::{EmbeddedOptions, Store, StoreError};
use zeroize::Zeroizing;

use crate::config::Config;
use crate::private_file::{self, Held};

/// The folder of the records, in the data folder.
const STORE: &str = "store";
/// What it is called while it is being restored.
const RESTORING: &str = "store.restoring";
/// The file of the master key, in the data folder.
const MASTER_KEY: &str = "master.key";
/// The variable that gives the master key in place of the file.
const MASTER_KEY_VARIABLE: &str = "ARGALI_MASTER_KEY";

/// Where everything is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// In memory, and gone when the server ends.
    Memory,
    /// In a folder.
    Folder(PathBuf),
}

/// Why the data cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A file or folder cannot be used.
    #[error("cannot {doing} `{}`", path.display())]
    Io {
        /// What was tried, as a verb.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// The refusal.
        source: io::Error,
    },
    /// No folder is named, and there is no home folder to choose one in.
    #[error("there is no home folder to keep data in: name a folder with --data")]
    NoFolder,
    /// Other users of the machine can look into the folder.
    #[error("`{0}` is open to other users: run `chmod 700 {0}`")]
    OpenFolder(String),
    /// The key file can be read by others, or belongs to another user.
    #[error(
        "the master key `{0}` must belong to you and be closed to others: run `chown $(id -u) {0}; chmod 600 {0}`"
    )]
    OpenKey(String),
    /// The key is not 64 hexadecimal digits.
    #[error("the master key in {0} is not 64 hexadecimal digits")]
    BadKey(String),
    /// There is data, but not the key it was sealed with.
    #[error("`{0}` holds data but no master.key: put the key back, or give it in ARGALI_MASTER_KEY")]
    LostKey(String),
    /// There is nothing of which a backup could be made.
    #[error("there is no data in `{0}`: name the data folder with --data")]
    NoData(String),
    /// A restore did not come to its end, or is under way.
    #[error(
        "a restore into `{0}` has not come to its end: run `argali restore` again, or remove `{0}/{RESTORING}`"
    )]
    Restoring(String),
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The audit trail cannot be kept.
    #[error(transparent)]
    Trail(#[from] TrailError),
    /// The data was made by another version or with another key.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl Data {
    /// Where the bytes of objects lie.
    pub(crate) fn objects(&self) -> Place {
        match self {
            Self::Memory => Place::Memory,
            Self::Folder(folder) => Place::Folder(folder.join("objects")),
        }
    }

    /// The folder that `config` names, or else the one in the user's data folder.
    ///
    /// # Errors
    ///
    /// Fails if none is named and the user has no home folder.
    pub fn folder(config: &Config) -> Result<Self, DataError> {
        if !config.data.dir.as_os_str().is_empty() {
            return Ok(Self::Folder(config.data.dir.clone()));
        }
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let base =
            variable("XDG_DATA_HOME").or_else(|| variable("HOME").map(|home| home.join(".local/share")));
        base.map(|base| Self::Folder(base.join("argali"))).ok_or(DataError::NoFolder)
    }
}

/// How what lies outside is reached.
#[derive(Debug)]
pub(crate) struct Outside {
    /// Identity providers.
    pub(crate) fetcher: Arc<dyn Fetcher>,
    /// Backends of declared services.
    pub(crate) backends: Arc<dyn Backends>,
    /// Receivers of webhooks.
    pub(crate) poster: Arc<dyn Poster>,
}

impl Outside {
    /// Nothing is reached.
    pub(crate) fn none() -> Self {
        Self { fetcher: Arc::new(Offline), backends: Arc::new(NoBackends), poster: Arc::new(NoPoster) }
    }
}

/// Opens everything in `data`, or makes it.
pub(crate) fn open(
    config: &Config,
    data: &Data,
    env: Env,
    registry: Registry,
    outside: Outside,
) -> Result<Core, DataError> {
    let (store, trail, master_key) = match data {
        Data::Memory => (Store::memory(), Trail::in_memory(), SecretKey::generate(&env)),
        Data::Folder(folder) => {
            prepare_folder(folder)?;
            if restoring_folder(folder).exists() {
                return Err(DataError::Restoring(folder.display().to_string()));
            }
            let store_folder = store_folder(folder);
            let key = master_key(folder, store_folder.exists(), &env)?;
            let store = Store::embedded(&store_folder, &store_options(config))?;
            // Another key would sign the trail anew.
            Core::check(&store, &key)?;
            (store, Trail::in_folder(audit_folder(folder), config.trail(&key))?, key)
        }
    };
    let Outside { fetcher, backends, poster } = outside;
    let settings = config.settings();
    Ok(Core::open(Parts { store, env, settings, registry, trail, master_key, fetcher, backends, poster })?)
}

/// How the store in a data folder is kept.
pub(crate) fn store_options(config: &Config) -> EmbeddedOptions {
    EmbeddedOptions {
        cache_bytes: config.data.cache_mib << 20,
        gather_bytes: config.data.gather_mib << 20,
        family: Key::table_of,
    }
}

/// Where the store lies in the data folder.
pub(crate) fn store_folder(folder: &Path) -> PathBuf {
    folder.join(STORE)
}

/// Where it lies until it is restored.
pub(crate) fn restoring_folder(folder: &Path) -> PathBuf {
    folder.join(RESTORING)
}

/// Where records of calls lie in the data folder.
pub(crate) fn audit_folder(folder: &Path) -> PathBuf {
    folder.join("audit")
}

/// Makes the folder for its owner alone. One that exists must be closed to others, or empty so that it can be.
// SPEC: security, keys and secrets, K1.
pub(crate) fn prepare_folder(folder: &Path) -> Result<(), DataError> {
    let io = |doing| move |source| DataError::Io { doing, path: folder.to_owned(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(io("make"))?;
    let mode = fs::metadata(folder).map_err(io("look at"))?.mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    if fs::read_dir(folder).map_err(io("read"))?.next().is_some() {
        return Err(DataError::OpenFolder(folder.display().to_string()));
    }
    fs::set_permissions(folder, Permissions::from_mode(0o700)).map_err(io("close to others"))
}

/// Whether the records of calls of the data in `folder` are what was written. A server may be running on it.
///
/// # Errors
///
/// Fails if there is no data, or its master key or records cannot be read.
pub fn verify_trail(folder: &Path) -> Result<Verdict, DataError> {
    let records = audit_folder(folder);
    let io = |source| DataError::Io { doing: "read", path: records.clone(), source };
    fs::metadata(&records).map_err(io)?;
    let key = master_key(folder, true, &Env::system())?;
    audit::verify(&records, &audit::head_key(&key)).map_err(io)
}

/// The key from the environment or the file; at the first start the file is made.
pub(crate) fn master_key(folder: &Path, has_data: bool, env: &Env) -> Result<SecretKey, DataError> {
    if let Ok(text) = std::env::var(MASTER_KEY_VARIABLE) {
        return parse_key(&Zeroizing::new(text), &format!("the variable {MASTER_KEY_VARIABLE}"));
    }
    let path = folder.join(MASTER_KEY);
    let io = |doing| {
        let path = path.clone();
        move |source| DataError::Io { doing, path, source }
    };
    match private_file::read(&path).map_err(io("read"))? {
        Held::Text(text) => parse_key(&text, &format!("`{}`", path.display())),
        Held::Open => Err(DataError::OpenKey(path.display().to_string())),
        Held::Nothing if has_data => Err(DataError::LostKey(folder.display().to_string())),
        Held::Nothing => {
            let key = SecretKey::generate(env);
            let text = Zeroizing::new(format!("{}\n", hex::encode(key.expose())));
            private_file::write(folder, MASTER_KEY, &text).map_err(io("write"))?;
            Ok(key)
        }
    }
}

fn parse_key(text: &str, place: &str) -> Result<SecretKey, DataError> {
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text.trim(), bytes.as_mut_slice())
        .map_err(|_| DataError::BadKey(place.to_owned()))?;
    Ok(SecretKey::new(*bytes))
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;

    use super::*;

    fn open_folder(folder: &Path) -> Result<Core, DataError> {
        let data = Data::Folder(folder.to_owned());
        open(&Config::default(), &data, Env::system(), Registry::default(), Outside::none())
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn the_folder_and_its_key_are_made_for_the_owner_alone() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("deep/data");
        drop(open_folder(&folder).unwrap());
        assert_eq!((mode(&folder), mode(&folder.join("master.key"))), (0o700, 0o600));
        let key = fs::read(folder.join("master.key")).unwrap();
        drop(open_folder(&folder).unwrap());
        assert_eq!(fs::read(folder.join("master.key")).unwrap(), key, "the key stays");
        assert!(!folder.join("master.key.new").exists());
    }

    #[test]
    fn what_others_could_read_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("data");
        drop(open_folder(&folder).unwrap());
        fs::set_permissions(folder.join("master.key"), Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(open_folder(&folder).unwrap_err(), DataError::OpenKey(_)));
        fs::set_permissions(folder.join("master.key"), Permissions::from_mode(0o600)).unwrap();
        fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
        assert!(matches!(open_folder(&folder).unwrap_err(), DataError::OpenFolder(_)));
        let empty = home.path().join("empty");
        fs::create_dir(&empty).unwrap();
        fs::set_permissions(&empty, Permissions::from_mode(0o755)).unwrap();
        drop(open_folder(&empty).unwrap());
        assert_eq!(mode(&empty), 0o700, "an empty folder is closed");
    }

    #[test]
    fn a_lost_or_wrong_key_stops_the_start_and_changes_nothing() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("data");
        let key = folder.join("master.key");
        drop(open_folder(&folder).unwrap());
        let right = fs::read(&key).unwrap();
        let head = fs::read(folder.join("audit/head")).unwrap();
        fs::remove_file(&key).unwrap();
        assert!(matches!(open_folder(&folder).unwrap_err(), DataError::LostKey(_)));
        assert!(!key.exists(), "no other key is made in its place");
        for (text, wrong) in [("ab".repeat(32), false), ("ab".repeat(31), true), ("zz".repeat(32), true)] {
            let mut file =
                OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&key).unwrap();
            file.write_all(text.as_bytes()).unwrap();
            let error = open_folder(&folder).unwrap_err();
            assert_eq!(matches!(error, DataError::BadKey(_)), wrong, "{error}");
            assert_eq!(matches!(error, DataError::Open(OpenError::WrongMasterKey)), !wrong, "{error}");
            assert_eq!(fs::read(folder.join("audit/head")).unwrap(), head);
        }
        fs::write(&key, right).unwrap();
        drop(open_folder(&folder).unwrap());
    }

    #[test]
    fn two_cannot_have_the_same_data_open() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("data");
        let first = open_folder(&folder).unwrap();
        assert!(matches!(open_folder(&folder).unwrap_err(), DataError::Store(StoreError::InUse(_))));
        drop(first);
    }
}
