//! The policies of one principal in one scope, as one pool.

use std::sync::Arc;

use crate::{Document, PolicyLabel};

/// A pool of policies. Which of them a statement stands in plays no part in a decision.
///
/// Build it once for a principal and keep it; share the documents between principals.
#[derive(Debug, Default)]
pub struct PolicySet {
    policies: Box<[(PolicyLabel, Arc<Document>)]>,
}

impl PolicySet {
    /// Pools policies.
    #[must_use]
    pub fn new(policies: impl IntoIterator<Item = (PolicyLabel, Arc<Document>)>) -> Self {
        Self { policies: policies.into_iter().collect() }
    }

    /// The empty pool.
    #[must_use]
    pub fn none() -> &'static Self {
        static NONE: std::sync::LazyLock<PolicySet> = std::sync::LazyLock::new(PolicySet::default);
        &NONE
    }

    /// Whether it has no policy.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty()
    }

    /// The policies, in the order given.
    pub fn iter(&self) -> impl Iterator<Item = (&PolicyLabel, &Arc<Document>)> {
        self.policies.iter().map(|(label, document)| (label, document))
    }
}
