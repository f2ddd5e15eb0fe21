//! The console's pages, over HTTP and in a real browser.

#![cfg(test)]

mod every_page;
mod grant;
mod journey;
mod logon;
mod role;
mod safety;
mod stage;
mod switch_role;
mod user;
