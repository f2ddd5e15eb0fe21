//! Uploads that are under way, and their parts.

use argali_policy::Context as Conditions;

use super::multipart::upload_of;
use super::scope::{Reach, on_bucket, on_object};
use crate::dispatch::DataContext;
use crate::error::ApiError;
use crate::model::{Bucket, Part, Upload, UploadId};
use crate::operation::{Access, DataOperation};
use crate::storage_name::{BucketName, ObjectKey};

/// Lists the parts of an upload, in their order.
#[derive(Clone, Debug)]
pub struct ListParts {
    /// Into which bucket.
    pub bucket: BucketName,
    /// What the object will be called.
    pub key: ObjectKey,
    /// Which upload.
    pub upload: UploadId,
    /// The number after which the list goes on.
    pub after: u32,
    /// How many are told at most.
    pub max_parts: usize,
}

/// Some of an upload's parts.
#[derive(Debug)]
pub struct PartPage {
    /// The parts.
    pub parts: Vec<Part>,
    /// Whether there are more.
    pub is_truncated: bool,
}

impl DataOperation for ListParts {
    const NAME: &'static str = "ListParts";
    const ACTION: &'static str = "oss:ListParts";
    const ACCESS: Access = Access::Read;
    type Subject = Bucket;
    type Answer = PartPage;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Bucket, ApiError> {
        let named = (&self.bucket, &self.key);
        let found = on_object(cx, named, Self::ACTION, Reach::Manage, Conditions::new())?;
        upload_of(cx, &found.bucket, &self.key, self.upload)?;
        Ok(found.bucket)
    }

    fn run(&self, cx: &mut DataContext<'_>, bucket: Bucket) -> Result<PartPage, ApiError> {
        let page = Part::page(cx.tx(), &bucket, self.upload, self.after, self.max_parts)?;
        Ok(PartPage { is_truncated: page.next.is_some(), parts: page.records })
    }
}

/// Lists uploads that are under way, in the order of the names.
#[derive(Clone, Debug)]
pub struct ListMultipartUploads {
    /// Into which bucket.
    pub bucket: BucketName,
    /// What the names begin with.
    pub prefix: String,
    /// Names that are the same up to here, after the prefix, are told once; nothing if empty.
    pub delimiter: String,
    /// The name after which the list goes on; from its beginning if empty.
    pub key_marker: String,
    /// The upload to that name after which it goes on.
    pub upload_marker: Option<UploadId>,
    /// How many uploads and common prefixes are told at most.
    pub max_uploads: usize,
}

/// Some of a bucket's uploads.
#[derive(Debug)]
pub struct UploadPage {
    /// The uploads.
    pub uploads: Vec<Upload>,
    /// What names up to the delimiter have in common, each once.
    pub common_prefixes: Vec<String>,
    /// Where the next page goes on, if there is one: a name, and the upload to it if that was told.
    pub next: Option<(String, Option<UploadId>)>,
}

impl DataOperation for ListMultipartUploads {
    const NAME: &'static str = "ListMultipartUploads";
    const ACTION: &'static str = "oss:ListMultipartUploads";
    const ACCESS: Access = Access::Read;
    type Subject = Bucket;
    type Answer = UploadPage;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Bucket, ApiError> {
        on_bucket(cx, &self.bucket, Self::ACTION, Conditions::new())
    }

    fn run(&self, cx: &mut DataContext<'_>, bucket: Bucket) -> Result<UploadPage, ApiError> {
        let after = (!self.key_marker.is_empty()).then(|| (self.key_marker.clone(), self.upload_marker));
        let mut page = UploadPage { uploads: Vec::new(), common_prefixes: Vec::new(), next: None };
        let (mut last, mut start) = (None, after);
        loop {
            const AT_ONCE: usize = 1_000;
            let from = start.as_ref().map(|(key, id)| (key.as_str(), *id));
            let rows = Upload::page(cx.tx(), &bucket, &self.prefix, from, AT_ONCE)?;
            let is_end = rows.len() < AT_ONCE;
            for upload in rows {
                let key = upload.key.as_str();
                start = Some((key.to_owned(), Some(upload.id)));
                let common = self.common_prefix(key);
                let is_told = |common: &str| page.common_prefixes.last().is_some_and(|told| told == common);
                // What was told as one before is not told again.
                if common.is_some_and(|common| is_told(common) || self.key_marker == common) {
                    continue;
                }
                if page.uploads.len() + page.common_prefixes.len() >= self.max_uploads {
                    page.next = last;
                    return Ok(page);
                }
                if let Some(common) = common {
                    last = Some((common.to_owned(), None));
                    page.common_prefixes.push(common.to_owned());
                } else {
                    last = Some((key.to_owned(), Some(upload.id)));
                    page.uploads.push(upload);
                }
            }
            if is_end {
                return Ok(page);
            }
        }
    }
}

impl ListMultipartUploads {
    fn common_prefix<'k>(&self, key: &'k str) -> Option<&'k str> {
        if self.delimiter.is_empty() {
            return None;
        }
        let at = key.strip_prefix(self.prefix.as_str())?.find(self.delimiter.as_str())?;
        key.get(..self.prefix.len() + at + self.delimiter.len())
    }
}
