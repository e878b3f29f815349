//! Organisations as the API tells them.

use std::collections::HashMap;

use poem_openapi::{Enum, Object};

use crate::ids::{OrgId, OrgType};
use crate::org::{Details, Org};

/// A type of organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename = "OrgType", rename_all = "lowercase")]
pub(in crate::web::api) enum Kind {
    Region,
    Municipality,
    School,
}

impl From<Kind> for OrgType {
    fn from(kind: Kind) -> OrgType {
        match kind {
            Kind::Region => OrgType::Region,
            Kind::Municipality => OrgType::Municipality,
            Kind::School => OrgType::School,
        }
    }
}

/// An organisation by its code.
#[derive(Debug, Clone, Object)]
#[oai(rename = "OrgName")]
pub(in crate::web::api) struct Name {
    pub code: String,
    pub name: String,
}

impl Name {
    pub(in crate::web::api) fn of(org: &Org) -> Name {
        Name { code: org.code.clone(), name: org.label().to_owned() }
    }
}

/// An organisation in a list.
#[derive(Debug, Object)]
#[oai(rename = "Org", skip_serializing_if_is_none)]
pub(in crate::web::api) struct Line {
    pub code: String,
    pub name: String,
    pub short_name: Option<String>,
    pub r#type: String,
    pub parent: Option<String>,
    pub valid_from: Option<String>,
    pub valid_to: Option<String>,
}

impl Line {
    pub(in crate::web::api) fn of(org: &Org, codes: &HashMap<OrgId, &str>) -> Line {
        Line {
            code: org.code.clone(),
            name: org.name.clone(),
            short_name: Some(org.short_name.clone()).filter(|name| !name.is_empty()),
            r#type: org.kind.name().to_owned(),
            parent: org.parent.and_then(|parent| codes.get(&parent)).map(|code| (*code).to_owned()),
            valid_from: org.valid_from.map(|day| day.to_string()),
            valid_to: org.valid_to.map(|day| day.to_string()),
        }
    }
}

/// A part of the registry.
#[derive(Debug, Object)]
#[oai(rename = "Orgs")]
pub(in crate::web::api) struct Lines {
    pub total: usize,
    pub items: Vec<Line>,
}

/// A code that others gave an organisation.
#[derive(Debug, Object)]
#[oai(rename = "OrgCode")]
pub(in crate::web::api) struct Code {
    pub scheme: String,
    pub code: String,
}

/// An organisation with everything that is known of it.
#[derive(Debug, Object)]
#[oai(rename = "OrgDetails")]
pub(in crate::web::api) struct Whole {
    pub org: Line,
    pub codes: Vec<Code>,
    pub predecessors: Vec<Name>,
    pub successors: Vec<Name>,
}

impl Whole {
    pub(in crate::web::api) fn of(found: &Details) -> Whole {
        let codes = found.parent.iter().map(|parent| (parent.id, parent.code.as_str())).collect();
        let code = |(scheme, code): &(String, String)| Code { scheme: scheme.clone(), code: code.clone() };
        Whole {
            org: Line::of(&found.org, &codes),
            codes: found.codes.iter().map(code).collect(),
            predecessors: found.kin.before.iter().map(Name::of).collect(),
            successors: found.kin.after.iter().map(Name::of).collect(),
        }
    }
}
