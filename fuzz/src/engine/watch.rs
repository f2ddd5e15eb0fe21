//! Looks over the shoulder of a target: catches its panics on whatever thread, and ends the process if it hangs.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Once};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::{folder, now, write};

/// How long an input may take before it is taken for a hang that never ends.
const HANGS: Duration = Duration::from_secs(20);
/// How often that is looked for.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Panics that nobody has asked for yet: where, and what was said.
static PANICS: Mutex<Vec<Panic>> = Mutex::new(Vec::new());

/// How many targets have an input in their hands.
static IN_HAND: AtomicUsize = AtomicUsize::new(0);

/// A panic.
#[derive(Clone, Debug)]
pub(super) struct Panic {
    /// File and line.
    pub(super) place: String,
    pub(super) message: String,
}

impl Panic {
    /// What is no panic, but as bad.
    pub(super) fn without_place(message: String) -> Self {
        Self { place: String::new(), message }
    }
}

/// The input that a target has in its hands, and since when.
type InHand = Arc<Mutex<Option<(Vec<u8>, Instant)>>>;

/// Watches one target until it is dropped.
pub(super) struct Watch {
    in_hand: InHand,
    /// When it goes, so does the thread.
    _alive: Sender<()>,
}

impl Watch {
    pub(super) fn start(target: &'static str) -> Self {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            let usual = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |info| {
                if IN_HAND.load(Ordering::SeqCst) == 0 {
                    return usual(info);
                }
                let place =
                    info.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
                PANICS.lock().push(Panic { place, message: text_of(info.payload()) });
            }));
        });
        let in_hand = InHand::default();
        let (alive, ended) = channel::<()>();
        let watched = Arc::clone(&in_hand);
        std::thread::spawn(move || {
            while ended.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
                let in_hand = watched.lock();
                if let Some((input, since)) = in_hand.as_ref().filter(|(_, since)| since.elapsed() > HANGS) {
                    write(&folder("findings").join(target), "hang", input);
                    eprintln!(
                        "{target}: hangs since {} s; its input is among the findings",
                        since.elapsed().as_secs()
                    );
                    std::process::exit(3);
                }
            }
        });
        Self { in_hand, _alive: alive }
    }

    /// Hands an input over; what comes of it, or the panic of whatever thread.
    pub(super) fn over(&self, input: &[u8], hand_over: impl FnOnce() -> u64) -> Result<u64, Panic> {
        *self.in_hand.lock() = Some((input.to_vec(), now()));
        IN_HAND.fetch_add(1, Ordering::SeqCst);
        let outcome = catch_unwind(AssertUnwindSafe(hand_over));
        IN_HAND.fetch_sub(1, Ordering::SeqCst);
        *self.in_hand.lock() = None;
        let panics = std::mem::take(&mut *PANICS.lock());
        match (outcome, panics.into_iter().next()) {
            (Ok(outcome), None) => Ok(outcome),
            (_, Some(panic)) => Err(panic),
            (Err(payload), None) => Err(Panic::without_place(text_of(payload.as_ref()))),
        }
    }
}

fn text_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("a panic without words").to_owned()
}
