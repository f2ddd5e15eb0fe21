//! Receiving messages, and looking at them.

use super::error::no_such_message;
use super::scope::{FoundQueue, Site, on_messages};
use super::send::check_batch;
use super::value::WAIT_SECONDS;
use crate::dispatch::{Awaited, DataContext, Wait};
use crate::error::ApiError;
use crate::message_name::QueueName;
use crate::model::{Backlog, Message, MessageState};
use crate::operation::{Access, DataOperation};

/// Messages with what they have become, the most urgent first. Never none.
type Messages = Vec<(MessageState, Message)>;

/// Declares operations that receive messages: they are invisible from then on.
macro_rules! receives {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            /// Where.
            pub site: Site,
            /// From which queue.
            pub queue: QueueName,
            /// How many at most.
            pub at_most: usize,
            /// For how many seconds it waits if there is none, if not as long as the queue says.
            pub wait_s: Option<i64>,
        }

        impl DataOperation for $name {
            const NAME: &'static str = stringify!($name);
            // SPEC: service authorization, mns: batch forms use the same action.
            const ACTION: &'static str = "mns:ReceiveMessage";
            const ACCESS: Access = Access::Resource;
            type Subject = (FoundQueue, u32);
            type Answer = Messages;

            fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Self::Subject, ApiError> {
                let found = on_messages(cx, (&self.site, &self.queue), Self::ACTION)?;
                check_batch(self.at_most)?;
                let wait_s = WAIT_SECONDS.read(self.wait_s)?;
                let wait_s = wait_s.unwrap_or(found.queue.settings.polling_wait_s);
                Ok((found, wait_s))
            }

            fn run(&self, cx: &mut DataContext<'_>, (found, _): Self::Subject) -> Result<Messages, ApiError> {
                receive(cx, &found, self.at_most)
            }
        }

        impl Awaited for $name {
            fn wait(&self, (found, longest_s): &Self::Subject) -> Wait {
                Wait { account: found.owner, queue: found.queue.id, longest_s: *longest_s }
            }

            fn is_there(&self, cx: &DataContext<'_>, (found, _): &Self::Subject) -> Result<bool, ApiError> {
                Ok(Backlog::of(cx.tx(), found.owner, &found.queue)?.has_visible(cx.tx(), cx.now())?)
            }

            fn nothing() -> ApiError {
                no_such_message()
            }
        }
    )*};
}

receives! {
    /// Receives a message.
    ReceiveMessage;
    /// Receives up to sixteen messages.
    BatchReceiveMessage;
}

fn receive(cx: &mut DataContext<'_>, found: &FoundQueue, at_most: usize) -> Result<Messages, ApiError> {
    let FoundQueue { owner, queue } = found;
    let mut backlog = Backlog::of(cx.tx(), *owner, queue)?;
    let (now, env) = (cx.now(), cx.env());
    let receipt = || u64::from_be_bytes(env.random());
    let invisible_s = queue.settings.visibility_timeout_s;
    let taken = backlog.take(cx.tx_mut(), (now, at_most), invisible_s, receipt)?;
    if taken.is_empty() { Err(no_such_message()) } else { Ok(taken) }
}

/// Declares operations that look at messages: nothing becomes of them.
macro_rules! peeks {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            /// Where.
            pub site: Site,
            /// In which queue.
            pub queue: QueueName,
            /// How many at most.
            pub at_most: usize,
        }

        impl DataOperation for $name {
            const NAME: &'static str = stringify!($name);
            // SPEC: service authorization, mns: batch forms use the same action.
            const ACTION: &'static str = "mns:PeekMessage";
            const ACCESS: Access = Access::Read;
            type Subject = FoundQueue;
            type Answer = Messages;

            fn authorize(&self, cx: &mut DataContext<'_>) -> Result<FoundQueue, ApiError> {
                let found = on_messages(cx, (&self.site, &self.queue), Self::ACTION)?;
                check_batch(self.at_most)?;
                Ok(found)
            }

            fn run(&self, cx: &mut DataContext<'_>, found: FoundQueue) -> Result<Messages, ApiError> {
                let backlog = Backlog::of(cx.tx(), found.owner, &found.queue)?;
                let seen = backlog.peek(cx.tx(), cx.now(), self.at_most)?;
                if seen.is_empty() { Err(no_such_message()) } else { Ok(seen) }
            }
        }
    )*};
}

peeks! {
    /// Looks at the message that would be received.
    PeekMessage;
    /// Looks at up to sixteen messages that would be received.
    BatchPeekMessage;
}
