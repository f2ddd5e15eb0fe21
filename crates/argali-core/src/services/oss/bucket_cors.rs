//! Which pages of other origins browsers let ask on a person's behalf.

use argali_policy::Context as Conditions;

use super::error::{invalid_argument, storage_error};
use super::scope::on_bucket;
use crate::core::Core;
use crate::dispatch::DataContext;
use crate::error::ApiError;
use crate::model::{Bucket, CorsRule};
use crate::operation::{Access, DataOperation};
use crate::storage_name::BucketName;

const MOST_RULES: usize = 20;
const METHODS: [&str; 5] = ["GET", "PUT", "DELETE", "POST", "HEAD"];

/// Gives a bucket rules in place of those before.
#[derive(Clone, Debug)]
pub struct PutBucketCors {
    /// Which bucket.
    pub bucket: BucketName,
    /// The rules; the first that fits counts.
    pub rules: Vec<CorsRule>,
    /// Whether answers say that they depend on the origin.
    pub vary: bool,
}

impl DataOperation for PutBucketCors {
    const NAME: &'static str = "PutBucketCors";
    const ACTION: &'static str = "oss:PutBucketCors";
    const ACCESS: Access = Access::Resource;
    type Subject = Bucket;
    type Answer = ();

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Bucket, ApiError> {
        on_bucket(cx, &self.bucket, Self::ACTION, Conditions::new())
    }

    fn run(&self, cx: &mut DataContext<'_>, mut bucket: Bucket) -> Result<(), ApiError> {
        if self.rules.is_empty() || self.rules.len() > MOST_RULES {
            return Err(invalid_argument("A bucket has 1 to 20 CORS rules: send as many."));
        }
        self.rules.iter().try_for_each(check)?;
        bucket.cors.clone_from(&self.rules);
        bucket.cors_vary = self.vary;
        bucket.save(cx.tx_mut());
        Ok(())
    }
}

fn check(rule: &CorsRule) -> Result<(), ApiError> {
    if rule.allowed_origins.is_empty() || rule.allowed_methods.is_empty() {
        return Err(invalid_argument("A CORS rule names at least one AllowedOrigin and one AllowedMethod."));
    }
    if rule.allowed_methods.iter().any(|method| !METHODS.contains(&method.as_str())) {
        return Err(invalid_argument("AllowedMethod is one of GET, PUT, DELETE, POST and HEAD."));
    }
    let many = |text: &&String| {
        text.matches('*').count() > 1 || text.len() > 1_024 || text.chars().any(char::is_control)
    };
    if rule.allowed_origins.iter().chain(&rule.allowed_headers).any(|text| many(&text)) {
        return Err(invalid_argument("AllowedOrigin and AllowedHeader have at most one * each."));
    }
    let plain =
        |text: &String| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if !rule.expose_headers.iter().all(plain) {
        return Err(invalid_argument("ExposeHeader is the name of one header, without *."));
    }
    Ok(())
}

/// Takes a bucket's rules away.
#[derive(Clone, Debug)]
pub struct DeleteBucketCors {
    /// Which bucket.
    pub bucket: BucketName,
}

impl DataOperation for DeleteBucketCors {
    const NAME: &'static str = "DeleteBucketCors";
    const ACTION: &'static str = "oss:PutBucketCors";
    const ACCESS: Access = Access::Resource;
    type Subject = Bucket;
    type Answer = ();

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Bucket, ApiError> {
        on_bucket(cx, &self.bucket, Self::ACTION, Conditions::new())
    }

    fn run(&self, cx: &mut DataContext<'_>, mut bucket: Bucket) -> Result<(), ApiError> {
        bucket.cors.clear();
        bucket.save(cx.tx_mut());
        Ok(())
    }
}

/// Shows a bucket's rules.
#[derive(Clone, Debug)]
pub struct GetBucketCors {
    /// Which bucket.
    pub bucket: BucketName,
}

impl DataOperation for GetBucketCors {
    const NAME: &'static str = "GetBucketCors";
    const ACTION: &'static str = "oss:GetBucketCors";
    const ACCESS: Access = Access::Read;
    type Subject = Bucket;
    type Answer = Bucket;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Bucket, ApiError> {
        on_bucket(cx, &self.bucket, Self::ACTION, Conditions::new())
    }

    fn run(&self, _: &mut DataContext<'_>, bucket: Bucket) -> Result<Bucket, ApiError> {
        if bucket.cors.is_empty() {
            let message = "The bucket has no CORS rules: put some with PutBucketCors.";
            return Err(storage_error("NoSuchCORSConfiguration", 404, message));
        }
        Ok(bucket)
    }
}

/// The rules of a bucket, and whether answers depend on the origin: for browsers, which ask before anybody is known.
///
/// Nothing else of the bucket is told, and a bucket without rules is as good as none.
pub fn cors_rules(core: &Core, name: &BucketName) -> Result<(Vec<CorsRule>, bool), ApiError> {
    let bucket = Bucket::find(core.store().read()?.as_ref(), name)?;
    Ok(bucket.map(|bucket| (bucket.cors, bucket.cors_vary)).unwrap_or_default())
}
