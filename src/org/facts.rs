//! What `org(…)` says of an organisation in a form: itself, those above it by their types, and what is known of it.

use std::collections::BTreeMap;

use super::Org;

/// The facts of the first of some organisations, which stand above one another. Names of people's own come first, so that
/// none of them can hide what the registry itself says.
pub fn facts<'a>(upwards: &[&Org], known: impl IntoIterator<Item = &'a (String, String)>) -> BTreeMap<String, String> {
    let mut facts: BTreeMap<String, String> = known.into_iter().cloned().collect();
    facts.extend(upwards.iter().rev().map(|org| (org.kind.name().to_owned(), org.name.clone())));
    if let Some(org) = upwards.first() {
        let own = [
            ("code", org.code.as_str()),
            ("name", &org.name),
            ("short_name", &org.short_name),
            ("type", org.kind.name()),
            ("locality", &org.locality),
            ("reports", org.reports.name()),
        ];
        facts.extend(own.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }
    facts
}
