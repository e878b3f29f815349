//! The fields of an organisation on a page: what is typed stays typed, and faults stand beside their fields.

use maud::{Markup, html};

use crate::error::{Fault, Place};
use crate::ids::{OrgType, SCHEMES};
use crate::lang::{Lang, Words};
use crate::org::columns::{self, Column};
use crate::org::edit::Typed;
use crate::org::group::Group;
use crate::org::record::Text;
use crate::org::{Org, Reporting, zone};
use crate::web::visit::Fields;

/// So many empty rows for facts are offered.
const SPARE: usize = 3;

/// So many facts are read at most.
const MOST: usize = 60;

/// More organisations above are typed without help.
const OFFERED: usize = 400;

/// Everything that the fields are made of.
pub(super) struct Sheet<'a> {
    pub typed: &'a Typed,
    pub faults: &'a [Fault],
    /// Organisations that may stand above.
    pub above: &'a [Org],
    pub groups: &'a [Group],
    /// The name of the organisation that stands above now.
    pub now_above: Option<&'a str>,
    /// Whether the organisation is a new one.
    pub new: bool,
    pub lang: Lang,
}

/// What a browser sent back.
pub(super) fn read(form: &Fields) -> Typed {
    let word = |name: &str| form.word(name).to_owned();
    let attributes = (0..MOST).map_while(|n| {
        let name = form.get(&format!("attribute-name-{n}"))?.trim().to_owned();
        Some((name, form.word(&format!("attribute-{n}")).to_owned()))
    });
    Typed {
        code: word("code"),
        name: word("name"),
        short_name: word("short"),
        kind: word("type"),
        parent: word("parent"),
        from: word("from"),
        to: word("to"),
        successors: word("successors"),
        reports: word("reports"),
        zone: word("zone"),
        groups: form.all("groups").map(str::to_owned).collect(),
        texts: Text::ALL.map(|text| (text, word(text.name()))).into_iter().collect(),
        codes: SCHEMES.map(|scheme| (scheme, word(&format!("code-{scheme}")))).into_iter().collect(),
        attributes: attributes.filter(|(name, value)| !name.is_empty() || !value.is_empty()).collect(),
        since: word("since"),
        mistake: form.has("mistake"),
        seal: word("seal"),
    }
}

impl Sheet<'_> {
    /// All fields.
    pub(super) fn fields(&self) -> Markup {
        let typed = self.typed;
        html! {
            section.part aria-labelledby="main-part" {
                h2 #main-part { (self.lang.t("orgs.part-main")) }
                @if self.new { (self.line(Column::Code, &typed.code, Some("orgs.code-hint"))) }
                (self.line(Column::Name, &typed.name, None))
                (self.line(Column::Short, &typed.short_name, None))
                (self.kind())
                (self.parent())
                (self.reports())
                (self.line(Column::From, &typed.from, Some("orgs.day-hint")))
                (self.line(Column::To, &typed.to, Some("orgs.to-hint")))
                (self.line(Column::Successor, &typed.successors, Some("orgs.successors-hint")))
            }
            section.part aria-labelledby="contacts-part" {
                h2 #contacts-part { (self.lang.t("orgs.part-contacts")) }
                @for text in Text::ALL {
                    @let hint = (text == Text::Head).then_some("orgs.head-hint");
                    (self.line(Column::Text(text), typed.texts.get(&text).map(String::as_str).unwrap_or_default(), hint))
                }
                (self.zone())
            }
            section.part aria-labelledby="codes-part" {
                h2 #codes-part { (self.lang.t("orgs.codes")) }
                @for scheme in SCHEMES {
                    @let codes = typed.codes.get(scheme).map(String::as_str).unwrap_or_default();
                    (self.line(Column::Scheme(scheme), codes, (scheme == "exam").then_some("orgs.codes-hint")))
                }
            }
            (self.attributes())
            @if !self.groups.is_empty() { (self.membership()) }
            @if !self.new { (self.since()) }
        }
    }

    fn word(&self, column: Column) -> String {
        column.words().map(|words| words.say(self.lang)).unwrap_or_default()
    }

    /// The faults of a field.
    fn faults_of(&self, field: &str) -> impl Iterator<Item = &Fault> {
        self.faults.iter().filter(move |fault| fault.at == Place::Field(field.to_owned()))
    }

    fn faulty(&self, field: &str) -> bool {
        self.faults_of(field).next().is_some()
    }

    fn told(&self, field: &str) -> Markup {
        html! {
            @if self.faulty(field) {
                div id={ (field) "-fault" } {
                    @for fault in self.faults_of(field) { p.fault { (fault.say(self.lang)) } }
                }
            }
        }
    }

    /// What a field is described by.
    fn described(&self, field: &str, hint: bool) -> Option<String> {
        let parts = [hint.then(|| format!("{field}-hint")), self.faulty(field).then(|| format!("{field}-fault"))];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    fn line(&self, column: Column, value: &str, hint: Option<&'static str>) -> Markup {
        self.listed(column, value, hint, None)
    }

    /// A line of text, perhaps with a list that a browser offers.
    fn listed(&self, column: Column, value: &str, hint: Option<&'static str>, list: Option<&str>) -> Markup {
        let field = column.field();
        html! {
            div.question.faulty[self.faulty(&field)] {
                label for=(field) { (self.word(column)) }
                @if let Some(hint) = hint { p.hint id={ (field) "-hint" } { (self.lang.t(hint)) } }
                input type="text" id=(field) name=(field) value=(value) autocomplete="off" list=[list]
                    aria-describedby=[self.described(&field, hint.is_some())]
                    aria-invalid=[self.faulty(&field).then_some("true")];
                (self.told(&field))
            }
        }
    }

    fn kind(&self) -> Markup {
        html! {
            div.question.faulty[self.faulty("type")] {
                label for="type" { (self.word(Column::Kind)) }
                select id="type" name="type" aria-describedby=[self.described("type", false)] {
                    @for kind in OrgType::ALL {
                        option value=(kind.name()) selected[kind.name() == self.typed.kind] {
                            (columns::kind_words(kind).say(self.lang))
                        }
                    }
                }
                (self.told("type"))
            }
        }
    }

    fn parent(&self) -> Markup {
        let offered = self.above.len() <= OFFERED;
        html! {
            (self.listed(Column::Above, &self.typed.parent, Some("orgs.parent-hint"), offered.then_some("above")))
            @if let Some(name) = self.now_above { p.hint.below { (Words::new("orgs.parent-now").with("name", name).say(self.lang)) } }
            @if offered {
                datalist #above { @for org in self.above { option value=(org.code) { (org.label()) } } }
            }
        }
    }

    fn reports(&self) -> Markup {
        html! {
            fieldset.question {
                legend { (self.word(Column::Reports)) }
                p.hint { (self.lang.t("orgs.reports-hint")) }
                div.choices {
                    @for reports in Reporting::ALL {
                        label.choice {
                            input type="radio" name="reports" value=(reports.name())
                                checked[reports.name() == self.typed.reports];
                            span { (columns::reporting_words(reports).say(self.lang)) }
                        }
                    }
                }
            }
        }
    }

    fn zone(&self) -> Markup {
        let known = zone::RUSSIAN.iter().find(|(name, ..)| *name == self.typed.zone);
        let value = known.map_or(self.typed.zone.as_str(), |(_, _, place)| place);
        html! {
            (self.listed(Column::Zone, value, Some("orgs.zone-hint"), Some("zones")))
            datalist #zones { @for (_, hours, place) in zone::RUSSIAN {
                option value=(place) { (Words::new("orgs.moscow").with("hours", signed(hours)).say(self.lang)) }
            } }
        }
    }

    fn attributes(&self) -> Markup {
        let rows = self.typed.attributes.iter().cloned();
        let rows = rows.chain(std::iter::repeat_n((String::new(), String::new()), SPARE));
        html! {
            section.part aria-labelledby="facts-part" {
                h2 #facts-part { (self.lang.t("orgs.attributes")) }
                p.hint { (self.lang.t("orgs.attributes-hint")) }
                @for (n, (name, value)) in rows.enumerate() {
                    @let field = format!("attribute-{n}");
                    fieldset.question.pair.faulty[self.faulty(&field)] {
                        legend.sr { (Words::new("orgs.attribute-n").with("number", (n + 1).to_string()).say(self.lang)) }
                        div {
                            label for={ "attribute-name-" (n) } { (self.lang.t("orgs.attribute")) }
                            input type="text" id={ "attribute-name-" (n) } name={ "attribute-name-" (n) } value=(name)
                                autocomplete="off";
                        }
                        div {
                            label for=(field) { (self.lang.t("orgs.value")) }
                            input type="text" id=(field) name=(field) value=(value) autocomplete="off"
                                aria-describedby=[self.described(&field, false)];
                        }
                        (self.told(&field))
                    }
                }
            }
        }
    }

    fn membership(&self) -> Markup {
        html! {
            section.part aria-labelledby="groups-part" {
                h2 #groups-part { (self.word(Column::Groups)) }
                div.choices.many role="group" aria-labelledby="groups-part" {
                    @for group in self.groups {
                        label.choice {
                            input type="checkbox" name="groups" value=(group.name)
                                checked[self.typed.groups.contains(&group.name)];
                            span { (group.name) }
                        }
                    }
                }
            }
        }
    }

    /// From when the changes hold.
    fn since(&self) -> Markup {
        html! {
            section.part aria-labelledby="since-part" {
                h2 #since-part { (self.lang.t("orgs.part-since")) }
                (self.line(Column::Since, &self.typed.since, Some("orgs.since-hint")))
                label.choice {
                    input type="checkbox" name="mistake" value="1" checked[self.typed.mistake];
                    span { (self.lang.t("orgs.mistake")) }
                }
            }
        }
    }
}

/// A difference of hours with its sign; nothing is no difference.
fn signed(hours: i8) -> String {
    match hours {
        0 => String::new(),
        hours if hours < 0 => format!("\u{2212}{}", hours.unsigned_abs()),
        hours => format!("+{hours}"),
    }
}

/// The faults in front of the fields, each leading to its field.
pub(super) fn summary(faults: &[Fault], lang: Lang) -> Markup {
    let field = |fault: &Fault| match &fault.at {
        Place::Field(field) => Some(format!("#{field}")),
        _ => None,
    };
    html! {
        @if !faults.is_empty() {
            div.box.bad #faults role="alert" tabindex="-1" autofocus {
                h2 { (lang.t("orgs.refused")) }
                ul { @for fault in faults {
                    li {
                        @if let Some(place) = field(fault) { a href=(place) { (fault.say(lang)) } }
                        @else { (fault.say(lang)) }
                    }
                } }
            }
        }
    }
}
