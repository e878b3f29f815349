//! The journal: who changed data and rights, and who took answers out of the system, when, from where. It is only added
//! to.

pub mod actions;
pub mod store;

use jiff::Timestamp;

use crate::access::Role;

macro_rules! deeds {
    ($($(#[$doc:meta])* $variant:ident = $word:literal),* $(,)?) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Deed { $($(#[$doc])* $variant),* }

        impl Deed {
            /// Everything that is written down.
            pub const ALL: &[Deed] = &[$(Deed::$variant),*];

            /// The word in the data file.
            pub fn word(self) -> &'static str {
                match self { $(Deed::$variant => $word),* }
            }

            /// The deed of a word.
            pub fn from_word(word: &str) -> Option<Deed> {
                match word { $($word => Some(Deed::$variant),)* _ => None }
            }
        }
    };
}

deeds! {
    /// Somebody signed in.
    SignIn = "sign-in",
    /// Somebody chose a password with a one-time link.
    PasswordSet = "password-set",
    /// Somebody changed their own password.
    PasswordChanged = "password-changed",
    /// Somebody asks for a code with their password from now on.
    SecondOn = "second-on",
    /// Somebody asks for a code no more.
    SecondOff = "second-off",
    /// Sessions were ended by their holder.
    SessionsEnded = "sessions-ended",
    /// An account was made.
    AccountMade = "account-made",
    /// What an account may do, or how it is called, was changed.
    AccountChanged = "account-changed",
    /// An account was closed.
    AccountClosed = "account-closed",
    /// A closed account was opened.
    AccountOpened = "account-opened",
    /// A one-time link was made.
    LinkMade = "link-made",
    /// A link or a token was taken back.
    LinkRevoked = "link-revoked",
    /// A token for programs was made.
    TokenMade = "token-made",
    /// An access key of a program was revoked.
    TokenRevoked = "token-revoked",
    /// Organisations were imported from a table.
    OrgsImported = "orgs-imported",
    /// A table of organisations was taken back.
    OrgsUndone = "orgs-undone",
    /// An organisation was added, changed, closed or opened.
    OrgChanged = "org-changed",
    /// Two organisations turned out to be one.
    OrgsUnited = "orgs-united",
    /// A group of organisations was changed.
    GroupChanged = "group-changed",
    /// A version of a form was published.
    FormPublished = "form-published",
    /// A workbook with answers was downloaded.
    BookTaken = "book-taken",
    /// A file that was attached to a report was downloaded.
    FileTaken = "file-taken",
    /// A workbook of links, accounts or the journal was downloaded.
    ListTaken = "list-taken",
    /// A copy of the data file was made.
    CopyMade = "copy-made",
    /// An answer was saved.
    ReportSaved = "report-save",
    /// A report was sent.
    ReportSent = "report-send",
    /// A report was returned with remarks.
    ReportReturned = "report-return",
    /// A report was accepted.
    ReportAccepted = "report-accept",
    /// An import set answers.
    ReportImported = "report-import",
    /// Something was taken back.
    ReportUndone = "report-undo",
    /// What was sent was taken back.
    ReportWithdrawn = "report-withdraw",
}

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Who, by their login.
    pub who: String,
    /// How people call them, if they have an account.
    pub name: Option<String>,
    /// As what; nothing where that was not written down.
    pub role: Option<Role>,
    /// From which address; nothing on the server's own machine.
    pub address: String,
    /// What.
    pub deed: Deed,
    /// To whom or what.
    pub about: String,
}

/// Which lines are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Only of this login.
    pub who: Option<String>,
    /// Only from this moment on.
    pub from: Option<Timestamp>,
    /// Only before this moment.
    pub before: Option<Timestamp>,
}
