//! What somebody could do, asked before it is tried: for buttons that are of no use to whoever looks at them.
//!
//! Each wish is judged as its call would be, by the same code, and nothing comes of it: neither a record nor a use of
//! what lets it through. It decides nothing; whatever is tried is judged again.
// SPEC: console, rules that hold everywhere: buttons the viewer may not use are disabled with the reason.

use std::fmt;
use std::sync::Arc;

use argali_policy::Context as Conditions;
use argali_protocol::{Format, Params};
use argali_store::Transaction;

use super::authenticate::Authenticated;
use super::context::{Context, OpenContext};
use super::data_context::DataContext;
use super::logon::LogonCredential;
use super::{Request, Visit};
use crate::audit::Draft;
use crate::caller::{Identity, Origin};
use crate::core::Core;
use crate::error::{ApiError, ErrorCode};
use crate::hosted::check_gates;
use crate::identifier::RequestId;
use crate::operation::{DataOperation, Ready};
use crate::registry::Registered;

/// What would come of a wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// Nothing known is in the way.
    Open,
    /// No policy allows it to whoever wishes it.
    NotAllowed,
    /// The service of this name, as files and gates call it, is closed to identities of other accounts.
    Closed(String),
}

/// Something that somebody may want to do.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The version of the API, and the operation.
    operation: (String, String),
    how: How,
}

#[derive(Clone)]
enum How {
    /// A call with these parameters.
    Call(Vec<(String, String)>),
    /// A call whose parameters are not known yet.
    Somehow,
    /// An operation of a data plane.
    Data(Arc<Authorize>),
}

type Authorize = dyn Fn(&mut DataContext<'_>) -> Result<(), ApiError> + Send + Sync;

impl Wish {
    /// A call of an operation with these parameters, by the version of its API. If one is missing, or is none, it is as
    /// if none were known.
    pub fn call<'p>(
        version: &str,
        action: impl Into<String>,
        params: impl IntoIterator<Item = (&'p str, &'p str)>,
    ) -> Self {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let how = How::Call(params.into_iter().map(owned).collect());
        Self { operation: (version.to_owned(), action.into()), how }
    }

    /// A call of an operation whose parameters are not known yet: it is hopeless if no policy allows the action on
    /// anything.
    pub fn somehow(version: &str, action: impl Into<String>) -> Self {
        Self { operation: (version.to_owned(), action.into()), how: How::Somehow }
    }

    /// An operation of a data plane.
    pub fn data<O: DataOperation + Send + Sync + 'static>(api: &str, operation: O) -> Self {
        let authorize = move |cx: &mut DataContext<'_>| operation.authorize(cx).map(drop);
        Self { operation: (api.to_owned(), O::NAME.to_owned()), how: How::Data(Arc::new(authorize)) }
    }

    /// What policies call it.
    pub fn action(&self, core: &Core) -> Option<&'static str> {
        self.registered(core).map(|operation| operation.action)
    }

    fn registered<'c>(&self, core: &'c Core) -> Option<&'c Registered> {
        core.registry().find(&self.operation.0, &self.operation.1).ok()
    }
}

impl fmt::Debug for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Call(_) => "Call",
            Self::Somehow => "Somehow",
            Self::Data(_) => "Data",
        })
    }
}

impl Core {
    /// What would come of several choices of wishes: a choice is open if one of its wishes at least would not be refused
    /// to whoever is logged on, and else as its first wish is. What else may be in the way is not looked for.
    ///
    /// # Errors
    ///
    /// Fails if the logon has ended, or the store cannot be read.
    pub fn outlook(
        &self,
        origin: Origin,
        logon: &LogonCredential,
        choices: &[Vec<Wish>],
    ) -> Result<Vec<Outlook>, ApiError> {
        let (id, now) = (RequestId::generate(self.env()), self.env().now());
        let request = Request { id, now, origin, format: Format::Json };
        let mut snapshot = self.store().read()?;
        let caller =
            self.authenticate_logon(&request, logon, snapshot.as_ref(), &mut Draft::new(&request))?;
        let mut outlook = |wish: &Wish| {
            let Some(operation) = wish.registered(self) else { return Outlook::Open };
            let asking = Asking { core: self, request: &request, operation, caller: &caller };
            asking.judge(wish, snapshot.as_mut()).map_or_else(|error| Outlook::of(&error), |()| Outlook::Open)
        };
        let mut best = |choice: &Vec<Wish>| {
            let mut first = None;
            for found in choice.iter().map(&mut outlook) {
                if found == Outlook::Open {
                    return found;
                }
                first.get_or_insert(found);
            }
            first.unwrap_or(Outlook::NotAllowed)
        };
        Ok(choices.iter().map(&mut best).collect())
    }
}

/// A wish, and whose it is.
#[derive(Clone, Copy)]
struct Asking<'a> {
    core: &'a Core,
    request: &'a Request,
    operation: &'a Registered,
    caller: &'a Authenticated,
}

impl Asking<'_> {
    fn judge(self, wish: &Wish, tx: &mut dyn Transaction) -> Result<(), ApiError> {
        let Self { core, request, operation, caller } = self;
        let mut draft = Draft::new(request);
        let visit = Visit { request, operation, authenticated: Some(caller), brought: None, waited: false };
        let open = OpenContext::new(core, visit, tx, &mut draft).on_trial();
        match &wish.how {
            How::Somehow => self.judge_action(open.tx()),
            How::Data(authorize) => {
                let conditions = Conditions::new();
                authorize(&mut DataContext::new(open, Some(&caller.standing), &conditions))
            }
            How::Call(params) => {
                let params = params.iter().map(|(name, value)| (name.as_str(), value.as_str()));
                match operation.endpoint.prepare(&Params::from_pairs(params)?) {
                    Ok(Ready::Open(_)) => Ok(()),
                    Ok(Ready::Signed(prepared)) => {
                        Context::new(open, &caller.standing).authorize(prepared.as_ref())
                    }
                    Err(_) => self.judge_action(open.tx()),
                }
            }
        }
    }

    /// Refuses an action that no policy of the caller's allows on anything, or of a service that is closed to it.
    fn judge_action(self, tx: &dyn Transaction) -> Result<(), ApiError> {
        let (standing, action) = (&self.caller.standing, self.operation.action);
        let is_owner = matches!(standing.caller().identity(), Identity::Account);
        let is_open = standing.session_policy().is_none_or(|policy| policy.may_allow(action));
        if is_owner || (is_open && standing.permissions().may_allow(action)) {
            let gates: Vec<&str> = self.operation.endpoint.gate().into_iter().collect();
            return check_gates((self.core.registry().catalog(), tx), standing.caller(), &gates);
        }
        Err(ApiError::new(ErrorCode::NoPermission, "No policy of the caller allows it."))
    }
}

impl Outlook {
    /// What a failure says of it: whatever is no refusal comes of what is yet to be entered.
    fn of(error: &ApiError) -> Self {
        if let Some(gate) = error.gate() {
            return Self::Closed(gate.to_owned());
        }
        match error.code() {
            ErrorCode::NoPermission | ErrorCode::ForbiddenRam => Self::NotAllowed,
            ErrorCode::Declared(code, _) if code == "AccessDenied" || code.starts_with("Forbidden") => {
                Self::NotAllowed
            }
            _ => Self::Open,
        }
    }
}
