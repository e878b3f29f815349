//! Svod: forms in files, reports of schools, workbooks of figures, in one binary with one data file.

pub mod access;
pub mod account;
pub mod backup;
pub mod cli;
pub mod config;
pub mod db;
pub mod error;
pub mod export;
pub mod expr;
pub mod form;
pub mod ids;
pub mod import;
pub mod indicator;
pub mod journal;
pub mod lang;
pub mod org;
pub mod period;
pub mod report;
pub mod sheet;
pub mod text;
pub mod web;
