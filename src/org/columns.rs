//! What a table of organisations may say of each: columns, their headings, and the words in their cells.

use super::record::{Reporting, Text};
use crate::ids::OrgType;
use crate::lang::Words;
use crate::text;

/// What a column of the registry holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The own code.
    Code,
    /// The full name.
    Name,
    /// Region, municipality, school.
    Kind,
    /// The organisation above.
    Above,
    /// The short name.
    Short,
    /// The first day.
    From,
    /// The last day.
    To,
    /// Who carries on its work.
    Successor,
    /// Who reports for it.
    Reports,
    /// The time zone.
    Zone,
    /// The groups that it belongs to.
    Groups,
    /// From when what differs holds.
    Since,
    /// Codes of a scheme.
    Scheme(&'static str),
    /// A plain text.
    Text(Text),
    /// A fact under a name of people's own, by the number of its column.
    Attribute(u16),
}

/// The headings of each column: letters and digits only, the product's own heading first.
const HEADINGS: [(Column, &[&str]); 21] = [
    (Column::Code, &["код", "кодорганизации", "кодоо", "кодоу", "кодшколы", "code"]),
    (
        Column::Name,
        &[
            "наименование",
            "название",
            "наименованиеорганизации",
            "наименованиеоо",
            "полноенаименование",
            "организация",
            "name",
        ],
    ),
    (Column::Kind, &["тип", "типорганизации", "видорганизации", "уровень", "type"]),
    (Column::Above, &["вышестоящая", "вышестоящаяорганизация", "муниципалитет", "подчинение", "входитв", "parent"]),
    (
        Column::Short,
        &["краткоенаименование", "сокращенноенаименование", "краткоеназвание", "сокращенноеназвание", "shortname"],
    ),
    (Column::From, &["действуетс", "датаоткрытия", "validfrom"]),
    (Column::To, &["действуетпо", "датазакрытия", "validto"]),
    (Column::Successor, &["правопреемник", "правопреемники", "преемник", "присоединенак", "successor"]),
    (Column::Scheme("inn"), &["инн", "иннорганизации", "inn"]),
    (Column::Scheme("exam"), &["кодогэегэ", "кодогэ", "кодегэ", "кодегэогэ", "кодгиа", "кодоогиа", "examcode", "exam"]),
    (Column::Scheme("fisoko"), &["логинфисоко", "фисоко", "логинвпр", "логиноо", "логин", "fisoko"]),
    (Column::Reports, &["отчитывается", "отчетность", "ктоотчитывается", "reports"]),
    (Column::Zone, &["часовойпояс", "часоваязона", "timezone"]),
    (Column::Groups, &["группы", "группа", "groups"]),
    (Column::Since, &["измененияс", "изменениядействуютс", "датаизменения", "changessince"]),
    (Column::Text(Text::Locality), &["населенныйпункт", "местонахождение", "город", "село", "locality"]),
    (Column::Text(Text::Address), &["адрес", "почтовыйадрес", "юридическийадрес", "фактическийадрес", "address"]),
    (Column::Text(Text::Phone), &["телефон", "телефоны", "номертелефона", "phone"]),
    (Column::Text(Text::Email), &["электроннаяпочта", "электронныйадрес", "адресэлектроннойпочты", "почта", "email"]),
    (Column::Text(Text::Site), &["сайт", "официальныйсайт", "адрессайта", "сайтоо", "site", "website"]),
    (Column::Text(Text::Head), &["должностьруководителя", "руководительдолжность", "headposition"]),
];

/// What a heading begins with whose column holds a fact of people's own: «Признак: численность».
const ATTRIBUTE: [&str; 3] = ["признак", "свойство", "attribute"];

/// The words for types that registries use; the last are branches of schools.
const KINDS: [(OrgType, bool, &[&str]); 4] = [
    (OrgType::Region, false, &["регион", "субъект", "region"]),
    (
        OrgType::Municipality,
        false,
        &["муниципалитет", "муниципальное образование", "район", "округ", "моуо", "омсу", "мо", "municipality"],
    ),
    (
        OrgType::School,
        false,
        &["школа", "оо", "оу", "общеобразовательная организация", "общеобразовательное учреждение", "school"],
    ),
    (OrgType::School, true, &["филиал", "филиал школы", "структурное подразделение", "branch"]),
];

/// The words for who reports; nothing at all says that it does so itself.
const REPORTING: [(Reporting, &[&str]); 3] = [
    (Reporting::Own, &["", "сама", "сам", "самостоятельно", "да", "own", "itself"]),
    (
        Reporting::Parent,
        &[
            "с вышестоящей",
            "вместе с вышестоящей",
            "в составе вышестоящей",
            "со школой",
            "с головной",
            "в составе головной",
            "parent",
        ],
    ),
    (Reporting::None, &["не отчитывается", "нет", "никто", "none"]),
];

impl Column {
    /// The name of its field on a page.
    pub fn field(self) -> String {
        match self {
            Column::Code => "code".to_owned(),
            Column::Name => "name".to_owned(),
            Column::Kind => "type".to_owned(),
            Column::Above => "parent".to_owned(),
            Column::Short => "short".to_owned(),
            Column::From => "from".to_owned(),
            Column::To => "to".to_owned(),
            Column::Successor => "successors".to_owned(),
            Column::Reports => "reports".to_owned(),
            Column::Zone => "zone".to_owned(),
            Column::Groups => "groups".to_owned(),
            Column::Since => "since".to_owned(),
            Column::Scheme(scheme) => format!("code-{scheme}"),
            Column::Text(text) => text.name().to_owned(),
            Column::Attribute(n) => format!("attribute-{n}"),
        }
    }

    /// What it is called; nothing for a fact, which has a name of people's own.
    pub fn words(self) -> Option<Words> {
        Some(Words::new(match self {
            Column::Code => "org.code",
            Column::Name => "org.name",
            Column::Kind => "org.kind",
            Column::Above => "org.above",
            Column::Short => "org.short",
            Column::From => "org.from",
            Column::To => "org.to",
            Column::Successor => "org.successor",
            Column::Reports => "org.reports",
            Column::Zone => "org.zone",
            Column::Groups => "org.groups",
            Column::Since => "org.since",
            Column::Scheme("inn") => "org.inn",
            Column::Scheme("exam") => "org.exam",
            Column::Scheme(_) => "org.fisoko",
            Column::Text(Text::Locality) => "org.locality",
            Column::Text(Text::Address) => "org.address",
            Column::Text(Text::Phone) => "org.phone",
            Column::Text(Text::Email) => "org.email",
            Column::Text(Text::Site) => "org.site",
            Column::Text(Text::Head) => "org.head",
            Column::Attribute(_) => return None,
        }))
    }
}

/// The column that a heading names.
pub(super) fn of_heading(heading: &str) -> Option<Column> {
    let letters: String = text::folded(heading).chars().filter(|c| c.is_alphanumeric()).collect();
    HEADINGS.iter().find(|(_, words)| words.contains(&letters.as_str())).map(|(column, _)| *column)
}

/// The name of the fact that a heading announces.
pub(super) fn attribute(heading: &str) -> Option<String> {
    let (word, name) = heading.split_once(':')?;
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    (ATTRIBUTE.contains(&text::folded(word).as_str()) && !name.is_empty()).then_some(name)
}

/// The type that a word means, and whether it means a branch.
pub(super) fn kind(typed: &str) -> Option<(OrgType, bool)> {
    let word = text::folded(typed);
    KINDS.iter().find(|(.., words)| words.contains(&word.as_str())).map(|(kind, branch, _)| (*kind, *branch))
}

/// Who reports, by a word.
pub(super) fn reporting(typed: &str) -> Option<Reporting> {
    let word = text::folded(typed);
    REPORTING.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(reports, _)| *reports)
}

/// The word for a type.
pub fn kind_words(kind: OrgType) -> Words {
    Words::new(match kind {
        OrgType::Region => "org.kind-region",
        OrgType::Municipality => "org.kind-municipality",
        OrgType::School => "org.kind-school",
    })
}

/// The word for who reports.
pub fn reporting_words(reports: Reporting) -> Words {
    Words::new(match reports {
        Reporting::Own => "org.reports-own",
        Reporting::Parent => "org.reports-parent",
        Reporting::None => "org.reports-none",
    })
}
