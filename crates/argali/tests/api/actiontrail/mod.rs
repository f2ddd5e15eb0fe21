//! ActionTrail: who did what, looked up by either side.

mod delivery;
mod key_use;
mod lookup;
mod trail;
