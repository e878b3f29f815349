//! Keys of stored things, each of its own type so that they cannot be mixed up.

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id! {
    /// An organisation.
    OrgId
}
id! {
    /// A report: one form, period, wave, organisation.
    ReportId
}
id! {
    /// One act on a report.
    RevisionId
}
id! {
    /// One import of one file.
    BatchId
}
id! {
    /// An account.
    AccountId
}
id! {
    /// An access key of an account.
    TokenId
}
id! {
    /// A personal link: the number by which people speak of it.
    LinkId
}
id! {
    /// One file of organisations that was loaded.
    OrgBatchId
}
id! {
    /// A group of organisations across the tree.
    GroupId
}

/// The kinds of organisation that the tree of territories is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OrgType {
    /// A region: ministry, institute.
    Region,
    /// A municipality: department of education, methodical centre.
    Municipality,
    /// A school.
    School,
}

impl OrgType {
    /// All types, from the top of the tree down.
    pub const ALL: [OrgType; 3] = [OrgType::Region, OrgType::Municipality, OrgType::School];

    /// The word used in form files, files of organisations, JSON and the data file.
    pub fn name(self) -> &'static str {
        match self {
            OrgType::Region => "region",
            OrgType::Municipality => "municipality",
            OrgType::School => "school",
        }
    }

    /// The type by its word.
    pub fn from_name(name: &str) -> Option<Self> {
        OrgType::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// The scheme of an organisation's own code; the other schemes are codes that others gave it.
pub const OWN_CODE: &str = "code";

/// The schemes of codes that others give to organisations: ИНН, code at the exams, login in ФИС ОКО.
pub const SCHEMES: [&str; 3] = ["inn", "exam", "fisoko"];
