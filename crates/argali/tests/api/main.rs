//! Everything that can be done over HTTP: each operation by each kind of caller, and what must hold whatever is sent.
//!
//! Tests share one server where they can: each makes an account of its own there, which nothing of another account
//! can reach. A test that moves the clock, looks at the records or restarts has a server to itself.

#![cfg(test)]

mod access;
mod actiontrail;
mod apply;
mod argali;
mod audit;
mod backend;
mod backup;
mod bad_input;
mod can_i_command;
mod compatibility;
mod concurrency;
mod crash;
mod demo;
mod dev;
mod ecs;
mod express_connect;
mod federation;
mod ims;
mod mns;
mod oss;
mod policy_case;
mod policy_command;
mod ram;
mod rds;
mod refusal;
mod requirement;
mod resource_manager;
mod revocation;
mod secrets;
mod signature;
mod slb;
mod sofa;
mod sts;
mod throttle;
mod tower;
mod vpc;
mod why_command;

mod expect;
mod passkey;
mod person;
mod process;
mod shape;
mod stage;
mod wire;
mod world;
