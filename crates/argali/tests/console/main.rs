//! The console's pages, over HTTP and in a real browser.

#![cfg(test)]

mod delegation;
mod estate;
mod every_page;
mod grant;
mod journey;
mod journey_delegation;
mod logon;
mod oss;
mod resource;
mod resource_group;
mod role;
mod safety;
mod session;
mod stage;
mod switch_role;
mod trust;
mod user;
