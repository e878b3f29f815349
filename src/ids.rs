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
