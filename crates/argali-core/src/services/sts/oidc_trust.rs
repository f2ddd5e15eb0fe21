//! What a role's trust policy is asked about somebody for whom an OIDC provider stands.

use argali_policy::{Context as Conditions, Principal as Asking, Request as Question, Resource};

use crate::dispatch::assume_role_conditions;
use crate::identifier::AccountId;
use crate::model::OidcProvider;
use crate::name::RoleName;
use crate::session::{Circumstances, Federation};
use crate::time::Timestamp;

/// All that goes into the question, by whoever asks it: whoever comes with a token, and whoever tries one.
pub(in crate::services) struct FederatedQuestion {
    account: AccountId,
    /// The role.
    pub(in crate::services) arn: String,
    provider_arn: String,
    conditions: Conditions,
}

impl FederatedQuestion {
    /// Whether the role lets in whom the provider's token was about.
    pub(in crate::services) fn new(
        (account, role): (AccountId, &RoleName),
        provider: &OidcProvider,
        federation: &Federation,
        circumstances: &Circumstances,
        now: Timestamp,
    ) -> Self {
        let mut conditions = assume_role_conditions(circumstances, None, now);
        federation.add_conditions(&provider.client_ids, &mut conditions);
        Self {
            account,
            arn: format!("acs:ram:*:{account}:role/{role}"),
            provider_arn: provider.arn(account),
            conditions,
        }
    }

    /// The question as policies are asked it.
    pub(in crate::services) fn ask(&self) -> Question<'_> {
        Question {
            principal: Asking::Federated { account: self.account.as_str(), provider_arn: &self.provider_arn },
            action: "sts:AssumeRole",
            resource: Resource { arn: &self.arn, owner: self.account.as_str() },
            context: &self.conditions,
        }
    }
}
