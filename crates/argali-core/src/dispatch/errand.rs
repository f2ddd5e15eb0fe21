//! Errands: slow work that an operation needs done before it runs, outside of every transaction.
//!
//! An operation is judged and run without waiting, so that a snapshot is short-lived and a change can run again. What
//! takes long is named as an [`Errand`] instead: the dispatcher has it done once the caller is allowed, judges the
//! call anew, and hands the operation what came of it.

use std::fmt;
use std::sync::Arc;

use super::Request;
use crate::analysis::{Analysis, Looking};
use crate::audit::{Found, Query};
use crate::backend::{Backend, Heard, Passage};
use crate::core::Core;
use crate::error::{ApiError, ErrorCode};
use crate::federation::{KeySet, KeysError, WantedKeys};
use crate::guess::{Guess, Verdict};
use crate::identifier::AccountId;
use crate::model::survey::Survey;
use crate::password::PasswordHash;
use crate::pool::NotDone;
use crate::time::Timestamp;
use crate::vault::SecretText;
use crate::webhook::{Letter, PostError};

/// What is to be done.
#[derive(Debug)]
pub enum Errand {
    /// Nothing, this time.
    Nothing,
    /// Hashes a password that is to be set.
    NewPassword {
        /// The password.
        password: SecretText,
        /// Hashes of passwords that it must differ from.
        not_one_of: Vec<PasswordHash>,
    },
    /// Compares a password with the hash of the right one, and hashes the one that is to be set instead.
    ReplacePassword {
        /// The password until now, as it was typed.
        old: SecretText,
        /// The hash of the right one.
        hash: PasswordHash,
        /// Whose password it may be, so that nobody tries too many.
        guess: Guess,
        /// The password that is to be set.
        new: SecretText,
        /// Hashes of passwords that it must differ from.
        not_one_of: Vec<PasswordHash>,
    },
    /// Compares a password with the hash of the right one.
    ComparePassword {
        /// The password as it was typed.
        password: SecretText,
        /// The hash; none if nobody has such a password, which costs the same work.
        hash: Option<PasswordHash>,
        /// Whose password it may be, so that nobody tries too many.
        guess: Guess,
    },
    /// Reads records of calls.
    LookUp(Query),
    /// Looks at the credentials of everybody in an account.
    Survey(AccountId),
    /// Looks at all of an account for what somebody should look at.
    Analyze(AccountId),
    /// Gets the keys of an OIDC provider.
    FetchKeys(WantedKeys),
    /// Asks the backend of a declared service.
    AskBackend(Box<BackendQuestion>),
    /// Sends something to the receiver of a webhook.
    Post(Box<Letter>),
}

/// What became of a letter.
#[derive(Debug)]
pub struct Posted {
    /// The status of the receiver's answer, or why there is none.
    pub status: Result<u16, PostError>,
    /// How long that took, in milliseconds.
    pub took_ms: u32,
}

/// What is asked of the backend of a declared service.
#[derive(Debug)]
pub struct BackendQuestion {
    /// The name of the service.
    pub service: String,
    /// Who is asked.
    pub backend: Arc<Backend>,
    /// What, and in whose name.
    pub passage: Passage,
}

/// What came of an errand.
#[derive(Clone)]
pub enum Brought {
    /// Nothing was asked for.
    Nothing,
    /// The hash of a password that may be set.
    Hash(PasswordHash),
    /// The password is one of those that it must differ from.
    UsedBefore,
    /// Whether a password is the right one.
    Matches(bool),
    /// The records that were looked for.
    Records(Arc<Found>),
    /// What there is of credentials.
    Survey(Arc<Survey>),
    /// What somebody should look at.
    Analysis(Arc<Analysis>),
    /// The keys, or why they cannot be had.
    Keys(Result<Arc<KeySet>, Arc<KeysError>>),
    /// What a backend said.
    Backend(Arc<Heard>),
    /// What became of a letter.
    Posted(Arc<Posted>),
}

impl fmt::Debug for Brought {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "Nothing",
            Self::Hash(_) => "Hash",
            Self::UsedBefore => "UsedBefore",
            Self::Matches(_) => "Matches",
            Self::Records(_) => "Records",
            Self::Survey(_) => "Survey",
            Self::Analysis(_) => "Analysis",
            Self::Keys(_) => "Keys",
            Self::Backend(_) => "Backend",
            Self::Posted(_) => "Posted",
        })
    }
}

impl Core {
    /// Does what an operation needs before it runs.
    pub(super) async fn carry_out(&self, request: &Request, errand: Errand) -> Result<Brought, ApiError> {
        match errand {
            Errand::Nothing => Ok(Brought::Nothing),
            Errand::NewPassword { password, not_one_of } => self.hash(password, not_one_of).await,
            Errand::ReplacePassword { old, hash, guess, new, not_one_of } => {
                if !self.compare(request, old, Some(hash), &guess).await? {
                    return Ok(Brought::Matches(false));
                }
                self.hash(new, not_one_of).await
            }
            Errand::ComparePassword { password, hash, guess } => {
                Ok(Brought::Matches(self.compare(request, password, hash, &guess).await?))
            }
            Errand::LookUp(query) => self.look_up(query).await.map(|found| Brought::Records(Arc::new(found))),
            Errand::Survey(account) => {
                self.survey(account).await.map(|found| Brought::Survey(Arc::new(found)))
            }
            Errand::Analyze(account) => {
                let analysis = self.analyze(account, request.now).await?;
                Ok(Brought::Analysis(Arc::new(analysis)))
            }
            Errand::FetchKeys(wanted) => Ok(Brought::Keys(self.issuer_keys().get(&wanted).await)),
            Errand::AskBackend(question) => {
                let BackendQuestion { service, backend, passage } = *question;
                let heard = Heard::new(service, self.backends().ask(&backend, &passage).await);
                Ok(Brought::Backend(Arc::new(heard)))
            }
            Errand::Post(letter) => Ok(Brought::Posted(Arc::new(self.post(&letter).await))),
        }
    }

    /// Sends a letter.
    pub async fn post(&self, letter: &Letter) -> Posted {
        let began = self.env().now();
        let status = self.poster().post(letter).await;
        let took_ms = self.env().now().as_millis().saturating_sub(began.as_millis());
        Posted { status, took_ms: u32::try_from(took_ms).unwrap_or_default() }
    }

    async fn look_up(&self, query: Query) -> Result<Found, ApiError> {
        let reader = self.trail().reader();
        let found = self.look_ups().run(move || reader.look_up(&query)).await;
        found.map_err(busy)?.map_err(ApiError::internal)
    }

    async fn survey(&self, account: AccountId) -> Result<Survey, ApiError> {
        let (store, recent) = (self.store().clone(), self.key_uses().of_account(account));
        let survey = move || Survey::of(store.read()?.as_ref(), account, &recent);
        Ok(self.look_ups().run(survey).await.map_err(busy)??)
    }

    async fn analyze(&self, account: AccountId, now: Timestamp) -> Result<Analysis, ApiError> {
        let (store, recent) = (self.store().clone(), self.key_uses().of_account(account));
        let (grants, records) = (self.grant_uses().of_account(account), self.trail().reader());
        let seen = Arc::clone(self.uses_seen());
        let analysis = move || {
            let snapshot = store.read()?;
            Analysis::of(Looking { tx: snapshot.as_ref(), account, now }, &recent, grants, &records, &seen)
        };
        self.look_ups().run(analysis).await.map_err(busy)?.map_err(ApiError::internal)
    }

    /// Whether a password is right. One guess too many never is, after the same work.
    async fn compare(
        &self,
        request: &Request,
        password: SecretText,
        hash: Option<PasswordHash>,
        guess: &Guess,
    ) -> Result<bool, ApiError> {
        let verdict = self.guesses().count(guess, request.id, request.now)?;
        match verdict {
            Verdict::Judge(delay) | Verdict::Waste(delay) if !delay.is_zero() => {
                tokio::time::sleep(delay).await;
            }
            Verdict::Judge(_) | Verdict::Waste(_) => {}
            Verdict::Refuse => return Err(guess.refused()),
        }
        let may_match = matches!(verdict, Verdict::Judge(_));
        let matches = self.passwords().compare(password, hash).await? && may_match;
        if matches {
            self.guesses().forgive(guess, request.id);
        }
        Ok(matches)
    }

    async fn hash(&self, password: SecretText, not_one_of: Vec<PasswordHash>) -> Result<Brought, ApiError> {
        let hash = self.passwords().hash_new(self.env(), password, not_one_of).await?;
        Ok(hash.map_or(Brought::UsedBefore, Brought::Hash))
    }
}

fn busy(not_done: NotDone) -> ApiError {
    match not_done {
        NotDone::TooMany => {
            let message = "Too many look into the records at this moment; try again shortly.";
            ApiError::new(ErrorCode::ServiceUnavailable, message)
        }
        NotDone::BrokeOff => ApiError::internal(not_done),
    }
}
