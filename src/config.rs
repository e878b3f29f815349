//! What every command is told: where the data is, where the forms are, which language.

use std::path::PathBuf;

use crate::lang::Lang;

/// The settings shared by all commands.
#[derive(Debug, Clone)]
pub struct Config {
    /// The folder of the data file.
    pub data: PathBuf,
    /// The folder of form files; where it is absent, the embedded copies are used.
    pub forms: PathBuf,
    /// The language of messages.
    pub lang: Lang,
    /// JSON on standard output instead of text for people on standard error.
    pub json: bool,
}
