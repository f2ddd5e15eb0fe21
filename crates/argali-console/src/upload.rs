//! How many long forms, with a file or a document, may be on their way to the console at once: each is held in memory as
//! a whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How long the body of a form with a file may be, in bytes.
pub const LONGEST_UPLOAD: usize = 32 << 20;
/// How many may be on their way at once.
const MOST_AT_ONCE: usize = 8;

/// Counts those that are on their way.
#[derive(Debug, Default)]
pub(crate) struct Uploads(Arc<AtomicUsize>);

/// How long the body of a form with the metadata of a provider may be, in bytes: as long as metadata may be for which
/// each byte has to be written as three, and the other fields.
const LONGEST_METADATA: usize = 4 << 20;

/// How long the body of a form may be that is sent to a path, if it may be longer than most.
fn longest_at(path: &str) -> Option<usize> {
    let is_object = path.contains("/oss/") && path.ends_with("/upload");
    if is_object || path.ends_with("/operator/backup/verify") {
        return Some(LONGEST_UPLOAD);
    }
    let is_provider = path.rsplit_once("/sso/saml/").is_some_and(|(_, name)| !name.contains('/'));
    is_provider.then_some(LONGEST_METADATA)
}

/// Room for one of them, until it is dropped.
#[derive(Debug)]
pub struct UploadRoom {
    taken: Arc<AtomicUsize>,
    longest: usize,
}

impl UploadRoom {
    /// How long the body may be, in bytes.
    pub fn longest(&self) -> usize {
        self.longest
    }
}

impl Uploads {
    /// Whether forms that are sent to a path may bring more than others.
    pub(crate) fn are_at(path: &str) -> bool {
        longest_at(path).is_some()
    }

    /// Room for another that is sent to a path, if there is any.
    pub(crate) fn room(&self, path: &str) -> Option<UploadRoom> {
        let longest = longest_at(path)?;
        let taken = self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, |count| {
            (count < MOST_AT_ONCE).then_some(count + 1)
        });
        taken.ok().map(|_| UploadRoom { taken: Arc::clone(&self.0), longest })
    }
}

impl Drop for UploadRoom {
    fn drop(&mut self) {
        self.taken.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_given_back() {
        let uploads = Uploads::default();
        let room = || uploads.room("/console/oss/photos/upload");
        let mut rooms: Vec<_> = (0..MOST_AT_ONCE).map(|_| room().unwrap()).collect();
        assert!(room().is_none());
        rooms.pop();
        assert!(room().is_some());
    }

    #[test]
    fn only_forms_that_need_it_may_be_long() {
        for (path, longest) in [
            ("/console/oss/photos/upload", Some(LONGEST_UPLOAD)),
            ("/console/as/company-a/ops/sso/saml/new", Some(LONGEST_METADATA)),
            ("/console/sso/saml/corp", Some(LONGEST_METADATA)),
            // It waits for a verification, where many forms are kept.
            ("/console/sso/user", None),
            ("/console/sso/saml/corp/delete", None),
            ("/console/sso/oidc/new", None),
            ("/console/ram/policies/new", None),
        ] {
            assert_eq!(longest_at(path), longest, "{path}");
        }
    }
}
