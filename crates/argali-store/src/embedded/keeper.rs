//! The keeper: moves sealed changes to tables, gives log segments back, and merges tables.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;

use parking_lot::{Condvar, Mutex};

use super::log::LogFolder;
use super::tables::Tables;
use crate::StoreError;

/// How many times what gathers may wait in memory to become a table. Then changes wait too.
const MAX_SEALED: usize = 4;

/// The thread that keeps the tables, and the way to ask it.
#[derive(Debug)]
pub(super) struct Keeper {
    desk: Arc<Desk>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Desk {
    tables: Tables,
    log: LogFolder,
    orders: Mutex<Orders>,
    /// Wakes the keeper.
    ordered: Condvar,
    /// Wakes who waits for room.
    done: Condvar,
}

#[derive(Debug, Default)]
struct Orders {
    /// The last segment whose groups are all sealed, until it is given back.
    over: Option<u64>,
    /// Why the last try did not succeed.
    failed: Option<StoreError>,
    closing: bool,
}

impl Keeper {
    pub(super) fn start(tables: Tables, log: LogFolder) -> Result<Keeper, std::io::Error> {
        let desk = Arc::new(Desk {
            tables,
            log,
            orders: Mutex::default(),
            ordered: Condvar::new(),
            done: Condvar::new(),
        });
        let thread = std::thread::Builder::new().name("store-keeper".to_owned());
        let thread = thread.spawn({
            let desk = Arc::clone(&desk);
            move || desk.keep_or_say_why()
        })?;
        Ok(Keeper { desk, thread: Some(thread) })
    }

    /// Says that all groups in the segments up to `number` are sealed.
    pub(super) fn segments_over(&self, number: u64) {
        let mut orders = self.desk.orders.lock();
        orders.over = Some(number);
        orders.failed.take_if(|error| matches!(error, StoreError::Full(_)));
        drop(orders);
        self.desk.ordered.notify_one();
    }

    /// Waits while too much is sealed.
    ///
    /// # Errors
    ///
    /// Fails if the keeper has failed. If the disk is full it tries again, so do others later.
    pub(super) fn wait_for_room(&self) -> Result<(), StoreError> {
        let mut orders = self.desk.orders.lock();
        if !matches!(orders.failed, None | Some(StoreError::Full(_))) {
            return orders.failed.clone().map_or(Ok(()), Err);
        }
        if self.desk.tables.sealed() < MAX_SEALED {
            return Ok(());
        }
        if orders.failed.take().is_some() {
            self.desk.ordered.notify_one();
        }
        while self.desk.tables.sealed() >= MAX_SEALED {
            if let Some(error) = &orders.failed {
                return Err(error.clone());
            }
            self.desk.done.wait(&mut orders);
        }
        Ok(())
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.desk.orders.lock().closing = true;
        self.desk.ordered.notify_one();
        if let Some(thread) = self.thread.take() {
            // What it leaves undone is in the log and is done after the next opening.
            thread.join().ok();
        }
    }
}

impl Desk {
    /// A keeper that is gone without a word would let changes wait for ever.
    fn keep_or_say_why(&self) {
        if catch_unwind(AssertUnwindSafe(|| self.keep())).is_err() {
            let error = StoreError::Engine("the keeper of the tables panicked".to_owned());
            self.orders.lock().failed = Some(error);
            self.done.notify_all();
        }
    }

    fn keep(&self) {
        while let Some(number) = self.next_order() {
            let outcome = self.tables.flush().and_then(|()| self.log.release(number));
            let mut orders = self.orders.lock();
            match outcome {
                Ok(()) if orders.over == Some(number) => orders.over = None,
                Ok(()) => {}
                Err(error) => orders.failed = Some(error),
            }
            drop(orders);
            self.done.notify_all();
            self.merge_until_ordered();
        }
    }

    /// Waits for something to do; nothing means to stop.
    fn next_order(&self) -> Option<u64> {
        let mut orders = self.orders.lock();
        loop {
            if orders.closing {
                return None;
            }
            match orders.over {
                Some(number) if orders.failed.is_none() => return Some(number),
                _ => self.ordered.wait(&mut orders),
            }
        }
    }

    fn merge_until_ordered(&self) {
        loop {
            {
                let orders = self.orders.lock();
                if orders.closing || orders.failed.is_some() || orders.over.is_some() {
                    return;
                }
            }
            match self.tables.merge() {
                Ok(true) => {}
                Ok(false) => return,
                // Merging is put off; the tables are as they were.
                Err(StoreError::Full(_)) => return,
                Err(error) => {
                    self.orders.lock().failed = Some(error);
                    return;
                }
            }
        }
    }
}
