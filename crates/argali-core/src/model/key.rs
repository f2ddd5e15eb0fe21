//! Where records lie: keys that sort by account, then by table, then by name.
//!
//! Account ids come first, so that accounts can later be spread over several clusters. Parts of variable
//! length end with a NUL, which no name can hold; numbers have eight bytes, highest first, so that both sort
//! as people would.

use crate::identifier::AccountId;

/// Tables that belong to no account.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum GlobalTable {
    /// Settings of the whole installation.
    Setting = 1,
    /// Account ids, for the operator's list.
    Account = 2,
    /// Account aliases and whose they are.
    Alias = 3,
    /// E-mail addresses of owners and of which account each is.
    OwnerEmail = 17,
    /// AccessKeys by id: whose a key is must be known before its account is.
    AccessKey = 4,
    /// Keys that seal security tokens.
    TokenKey = 5,
    /// Nonces of changing calls, by the time at which they may be forgotten.
    Nonce = 6,
    /// Audit records that wait to be written to a segment.
    AuditOutbox = 7,
    /// Answers of calls with a `ClientToken`, by the time at which they may be forgotten.
    RepeatedCallExpiry = 8,
    /// Sessions that were ended by hand, by the time at which that may be forgotten.
    EndedSessionExpiry = 14,
    /// What lies in recycle bins, and deletions of roles, by the time at which they go for good.
    RecycledExpiry = 20,
    /// Console logons by the hash of what the browser holds.
    ConsoleCookie = 15,
    /// The same by the time at which they may be forgotten.
    ConsoleSessionExpiry = 16,
    /// OAuth applications by id, and whose they are.
    ApplicationOwner = 30,
    /// Names of buckets and whose they are.
    BucketOwner = 40,
    /// Blobs that belong to something.
    Blob = 41,
    /// Blobs that belong to nothing any more, by the time since when.
    DiscardedBlob = 42,
    /// Runs of the server, as far as blobs go.
    BlobRuns = 43,
    /// How far trails have been delivered, by account and name.
    TrailDelivery = 44,
    /// How far webhooks have come, by account and id.
    WebhookProgress = 45,
    /// Queues by when tidying looks at them.
    QueueLook = 50,
}

/// Tables that every account has its own of.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum AccountTable {
    /// The account itself.
    Account = 1,
    /// How often access has changed in the account.
    Generation = 2,
    /// How many of a kind there are.
    Counter = 3,
    /// How many entries stretches of other tables have.
    Stretch = 4,
    /// Users by name.
    User = 10,
    /// Names of users by id.
    UserById = 11,
    /// AccessKey ids by owner.
    AccessKeyByOwner = 12,
    /// Login profiles by user.
    LoginProfile = 14,
    /// What the account asks of passwords.
    PasswordPolicy = 15,
    /// What the account asks of logons.
    SecurityPreference = 16,
    /// MFA devices by name.
    MfaDevice = 17,
    /// Names of MFA devices by id.
    MfaDeviceById = 18,
    /// Ids of MFA devices by user.
    MfaDeviceOfUser = 19,
    /// Passkeys by user.
    Passkey = 29,
    /// Console logons.
    ConsoleSession = 24,
    /// What logons left behind, by user.
    LogonTrace = 25,
    /// Console logons by whose they are.
    ConsoleSessionOfOwner = 26,
    /// Roles that users have switched to, the latest first.
    RecentRole = 27,
    /// Where these lie, by user, account and name.
    RecentRoleByName = 28,
    /// Roles that users have marked as favourites, by user, account and name.
    FavouriteRole = 35,
    /// How the console looks to somebody, by the number of whose it is.
    ConsolePreference = 37,
    /// Groups by name.
    Group = 20,
    /// Names of groups by id.
    GroupById = 21,
    /// Groups of a user.
    GroupOfUser = 22,
    /// Users of a group.
    UserOfGroup = 23,
    /// Roles by name.
    Role = 30,
    /// Roles of any account that trust this one and are shown to it.
    RoleTrusting = 31,
    /// Sessions that were ended by hand.
    EndedSession = 32,
    /// When roles were deleted of which there may be sessions yet, by id.
    DeletedRole = 36,
    /// Names of roles by id.
    RoleById = 33,
    /// What became of the last wish to delete a service-linked role, by its name.
    RoleDeletion = 34,
    /// Custom policies by name.
    Policy = 40,
    /// Versions of custom policies.
    PolicyVersion = 41,
    /// Names of custom policies by id.
    PolicyById = 44,
    /// Policies by the principal they are attached to.
    Attachment = 42,
    /// Principals by the policy that is attached to them.
    AttachmentByPolicy = 43,
    /// Principals and policies by the scope in which they are attached.
    AttachmentByScope = 45,
    /// When attachments were used last, as they lie by principal.
    GrantUse = 46,
    /// Resource groups by id.
    ResourceGroup = 50,
    /// Ids of resource groups by name.
    ResourceGroupByName = 51,
    /// What the account has decided about its resource groups.
    ResourceGroupSettings = 52,
    /// Rules that put resources into groups.
    AutoGroupingRule = 53,
    /// What such rules have moved.
    Regrouping = 54,
    /// Resources of declared services.
    Resource = 60,
    /// Resources of declared services by what they refer to.
    ResourceReference = 61,
    /// Resources of declared services by resource group.
    ResourceByGroup = 62,
    /// Resources of declared services by tag.
    ResourceByTag = 63,
    /// Answers of calls with a `ClientToken`.
    RepeatedCall = 64,
    /// Resources of declared services by region and the values of what lists are narrowed by.
    ResourceByValue = 65,
    /// How many resources have such a value.
    ResourceCount = 66,
    /// Resources of declared services that go to another state, by when they are there.
    ResourceInTransit = 67,
    /// Trails of ActionTrail.
    Trail = 90,
    /// OIDC providers by name.
    OidcProvider = 70,
    /// Names of OIDC providers by id.
    OidcProviderById = 71,
    /// SAML providers by name.
    SamlProvider = 72,
    /// Names of SAML providers by id.
    SamlProviderById = 73,
    /// How users come in through an identity provider.
    UserSso = 74,
    /// OAuth applications by name.
    Application = 75,
    /// Names of OAuth applications by id.
    ApplicationById = 76,
    /// Their secrets.
    AppSecret = 77,
    /// OAuth applications that are installed in the account, its own or others'.
    Installation = 78,
    /// Where the account's OAuth applications are installed.
    InstalledIn = 79,
    /// When AccessKeys were used last.
    LastUse = 80,
    /// From which networks the account's AccessKeys may be used.
    KeyNetworkPolicy = 83,
    /// Buckets by name.
    Bucket = 100,
    /// How much lies in buckets.
    BucketUsage = 101,
    /// Objects by bucket and name.
    Object = 102,
    /// Uploads in parts, by bucket and name.
    Upload = 103,
    /// Parts by upload.
    UploadPart = 104,
    /// Users in the recycle bin, by id.
    RecycledUser = 81,
    /// AccessKeys in the recycle bin, by id.
    RecycledKey = 82,
    /// The last report on the account's credentials.
    CredentialReport = 120,
    /// Its rows.
    CredentialReportPart = 121,
    /// The last report on how the account keeps its identities.
    GovernanceReport = 123,
    /// AccessKeys in the recycle bin, by whose they are.
    RecycledKeyOfUser = 122,
    /// Queues by region and name.
    Queue = 130,
    /// Where the messages of queues begin.
    QueueLine = 131,
    /// What messages say, by queue and number.
    Message = 132,
    /// What has become of them.
    MessageState = 133,
    /// Messages that can be received, by queue, priority and number.
    ReadyMessage = 134,
    /// Messages that cannot be received yet, by queue and when they can.
    HiddenMessage = 135,
    /// Topics by region and name.
    Topic = 136,
    /// Subscriptions by topic and name.
    Subscription = 137,
    /// Telephones and mailboxes to verify users by, by user.
    VerificationInfo = 38,
    /// Service credentials by owner.
    ServiceCredential = 39,
    /// Findings of the analyzer that were put away.
    ArchivedFinding = 140,
    /// Webhooks by id.
    Webhook = 150,
    /// What webhooks sent lately.
    WebhookAttempts = 151,
}

/// The number with which what follows a table's prefix begins: what [`Key::number`] wrote.
pub(super) fn leading_number(place: &[u8]) -> u64 {
    place.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

pub(super) const GLOBAL: u8 = 1;
pub(super) const OF_ACCOUNT: u8 = 2;

/// The key of a record, or the part that the keys of several have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(Vec<u8>);

impl Key {
    /// The start of a table that belongs to no account.
    pub fn global(table: GlobalTable) -> Self {
        Self(vec![GLOBAL, table as u8])
    }

    /// The start of a table of one account.
    pub fn account(account: AccountId, table: AccountTable) -> Self {
        let mut key = Vec::with_capacity(64);
        key.push(OF_ACCOUNT);
        key.extend_from_slice(account.as_str().as_bytes());
        key.push(0);
        key.push(table as u8);
        Self(key)
    }

    /// What the keys of a table begin with, read from one of them: a [`Family`](argali_store::Family).
    pub fn table_of(key: &[u8]) -> Option<&[u8]> {
        match key.first()? {
            &OF_ACCOUNT => key.get(..key.iter().position(|byte| *byte == 0)? + 2),
            _ => key.get(..2),
        }
    }

    /// The key with a name or other text appended, which must hold no NUL.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        debug_assert!(!text.contains('\0'), "names hold no NUL");
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(0);
        self
    }

    /// The key with a number appended.
    #[must_use]
    pub fn number(mut self, number: u64) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    /// The key with bytes of a fixed length appended.
    #[must_use]
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// The bytes of the key.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The first key after all that begin with this one.
    #[must_use]
    pub fn end(&self) -> Self {
        let mut end = self.0.clone();
        while let Some(last) = end.pop() {
            if last < u8::MAX {
                end.push(last + 1);
                break;
            }
        }
        Self(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shorter_account_id_is_no_prefix_of_a_longer_one() {
        let short = Key::account("11223".parse().unwrap(), AccountTable::User);
        let long = Key::account("1122334".parse().unwrap(), AccountTable::User);
        assert!(!long.as_bytes().starts_with(short.as_bytes()));
    }

    #[test]
    fn a_key_tells_its_table() {
        let users = Key::account("11223".parse().unwrap(), AccountTable::User);
        let alice = users.clone().text("alice");
        assert_eq!(Key::table_of(alice.as_bytes()), Some(users.as_bytes()));
        assert_eq!(Key::table_of(users.as_bytes()), Some(users.as_bytes()));
        assert_eq!(Key::table_of(&users.as_bytes()[..7]), None, "of an account, no table");
        let aliases = Key::global(GlobalTable::Alias);
        assert_eq!(Key::table_of(aliases.clone().text("a").as_bytes()), Some(aliases.as_bytes()));
        assert_eq!(Key::table_of(&[]), None);
    }

    #[test]
    fn the_end_of_a_prefix_is_past_everything_under_it() {
        let prefix = Key(vec![2, 7, 255]);
        assert_eq!(prefix.end(), Key(vec![2, 8]));
        let table = Key::global(GlobalTable::Alias);
        let inside = table.clone().text("\u{10ffff}");
        assert!(inside.as_bytes() >= table.as_bytes() && inside.as_bytes() < table.end().as_bytes());
    }
}
