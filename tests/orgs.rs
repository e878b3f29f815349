//! Organisations: tables with a plan, the territory as of a day, groups, mergers, and the pages of all of them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test fail as the test does")]

#[path = "orgs/command.rs"]
mod command;
#[path = "common/district.rs"]
mod district;
#[path = "orgs/pages.rs"]
mod pages;
mod run;
#[path = "orgs/tables.rs"]
mod tables;
#[path = "orgs/territory.rs"]
mod territory;
#[path = "orgs/world.rs"]
mod world;
