//! How the story is shown: who does what, the call, the answer.

use argali_protocol::ApiFailure;
use serde_json::Value;

use crate::client::{Api, CallError, Client};
use crate::failure::{Exit, Failure};
use crate::output::{Output, Paint, shown};

/// How much of a long parameter is shown, in characters.
const SHOWN_CHARS: usize = 128;

/// Who acts.
#[derive(Clone, Debug)]
pub(crate) struct Actor {
    /// What the audience calls them.
    pub(crate) name: &'static str,
    /// Which side they are on.
    pub(crate) side: Side,
    pub(crate) client: Client,
}

/// The two enterprises.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Side {
    A,
    B,
}

/// A call that is shown.
pub(crate) struct Step<'a> {
    /// What the actor does, as the rest of a sentence.
    pub(crate) does: &'a str,
    pub(crate) api: Api<'a>,
    pub(crate) action: &'a str,
    pub(crate) params: &'a [(&'a str, &'a str)],
}

/// Where the story is told.
#[derive(Debug)]
pub(crate) struct Stage<'a> {
    output: &'a Output,
    paint: Paint,
    steps: u32,
}

impl<'a> Stage<'a> {
    pub(crate) fn new(output: &'a Output) -> Self {
        Self { output, paint: output.paint(), steps: 0 }
    }

    /// Says something between steps.
    pub(crate) fn say(&self, text: &str) -> Result<(), Failure> {
        self.output.text(&format!("{text}\n"))
    }

    /// Begins a part of the story.
    pub(crate) fn chapter(&self, title: &str) -> Result<(), Failure> {
        self.say(&format!("\n{}", self.paint.bold(title)))
    }

    /// A step of the operator, who uses no API call.
    pub(crate) fn operator(&mut self, does: &str, command: &str, answer: &str) -> Result<(), Failure> {
        let who = self.paint.bold("operator");
        self.sentence(&who, does)?;
        self.say(&self.paint.dim(&format!("    $ {command}")))?;
        self.say(&format!("    {} {answer}", self.paint.green("✓")))
    }

    /// A step that must be done; `show` says what of the answer is worth a look.
    pub(crate) fn done(
        &mut self,
        actor: &Actor,
        step: &Step<'_>,
        show: impl FnOnce(&Value) -> String,
    ) -> Result<Value, Failure> {
        self.announce(actor, step)?;
        match self.perform(actor, step) {
            Ok(answer) => {
                self.say(&format!("    {} {}", self.paint.green("✓"), shown(&show(&answer))))?;
                Ok(answer)
            }
            Err(CallError::Lost(failure)) => Err(failure),
            Err(CallError::Refused(failure)) => self.amiss(&format!("it was refused, with {failure}")),
        }
    }

    /// A step that must be refused with `code`.
    pub(crate) fn refused(
        &mut self,
        actor: &Actor,
        step: &Step<'_>,
        code: &str,
    ) -> Result<ApiFailure, Failure> {
        self.announce(actor, step)?;
        match self.perform(actor, step) {
            Ok(_) => self.amiss(&format!("it was carried out, and should have been refused with {code}")),
            Err(CallError::Lost(failure)) => Err(failure),
            Err(CallError::Refused(failure)) => {
                let sign = self.paint.red("✗ refused");
                let told = format!("{} {}: {}", failure.status, failure.code, shown(&failure.message));
                self.say(&format!("    {sign} {told}"))?;
                if let Some(detail) = &failure.access_denied_detail {
                    let why = format!(
                        "      why: {} by {}, for {} as {} {}",
                        detail.no_permission_type,
                        detail.policy_type,
                        detail.auth_action,
                        detail.auth_principal_type,
                        detail.auth_principal_display_name,
                    );
                    self.say(&self.paint.yellow(&shown(&why)))?;
                }
                if failure.code == code {
                    Ok(failure)
                } else {
                    self.amiss(&format!("it should have been refused with {code}"))
                }
            }
        }
    }

    /// The end of a story in which every step came out as it must.
    pub(crate) fn end(&self) -> Result<(), Failure> {
        let bold = |text| self.paint.bold(text);
        let dim = |text| self.paint.dim(text);
        self.say(&format!(
            "\n{} All {} steps came out as they must.\n\n\
             {}\n  argali serve                       {}\n  argali account create company-a    {}\n\n\
             {}\n  {}\n  Config(access_key_id=…, access_key_secret=…, endpoint=\"127.0.0.1:2742\", protocol=\"HTTP\")\n  \
             {}\n  export ALIBABA_CLOUD_ACCESS_KEY_ID=… ALIBABA_CLOUD_ACCESS_KEY_SECRET=…\n  argali call ram ListUsers",
            self.paint.green("✓"),
            self.steps,
            bold("A server that lasts"),
            dim("# its data is in ~/.local/share/argali"),
            dim("# prints the account's AccessKey, once"),
            bold("Your SDK, unmodified"),
            dim("# Python; the other official SDKs have the same two settings"),
            dim("# or from the shell"),
        ))
    }

    fn announce(&mut self, actor: &Actor, step: &Step<'_>) -> Result<(), Failure> {
        let who = match actor.side {
            Side::A => self.paint.cyan(actor.name),
            Side::B => self.paint.magenta(actor.name),
        };
        self.sentence(&who, step.does)?;
        let mut call = format!("    {} {}", step.api.product, step.action);
        for (name, value) in step.params {
            call.push_str(&format!(" {name}={}", cut(value)));
        }
        self.say(&self.paint.dim(&call))
    }

    fn sentence(&mut self, who: &str, does: &str) -> Result<(), Failure> {
        self.steps += 1;
        self.say(&format!("{:>2}. {who} {does}", self.steps))
    }

    fn perform(&self, actor: &Actor, step: &Step<'_>) -> Result<Value, CallError> {
        actor.client.call(step.api, step.action, &crate::seed::params(step.params))
    }

    fn amiss<T>(&self, what: &str) -> Result<T, Failure> {
        Err(Failure::new(Exit::No, format!("step {} did not come out as it must: {what}", self.steps)))
    }
}

fn cut(value: &str) -> String {
    if value.chars().count() <= SHOWN_CHARS {
        return value.to_owned();
    }
    let start: String = value.chars().take(SHOWN_CHARS - 1).collect();
    format!("{start}…")
}
