//! Choosing schools from a list that may be long: a search narrows what is shown and keeps what is ticked.

use std::collections::{HashMap, HashSet};

use maud::{Markup, html};

use crate::ids::OrgId;
use crate::lang::{Lang, Words};
use crate::org::Org;
use crate::text::folded;
use crate::web::visit::Visit;

/// So many are shown at a time.
const SHOWN: usize = 1000;

/// A school to choose.
pub(super) struct Row<'a> {
    pub org: &'a Org,
    /// What is said of it.
    pub said: Vec<String>,
    /// Whether it is ticked before anybody has chosen.
    pub usual: bool,
    /// Whether the switches of the page let it be shown.
    pub fits: bool,
}

/// The schools of a page, which of them are shown and which are ticked.
pub(super) struct Choice<'a> {
    rows: Vec<Row<'a>>,
    above: HashMap<OrgId, String>,
    sought: String,
    shown: HashSet<OrgId>,
    /// How many more a narrower search would show.
    beyond: usize,
    ticked: HashSet<OrgId>,
}

impl<'a> Choice<'a> {
    /// What a visit has chosen among the rows; `orgs` name what is above them.
    pub fn of(visit: &Visit, rows: Vec<Row<'a>>, orgs: &[Org]) -> Choice<'a> {
        let above = orgs.iter().map(|org| (org.id, org.label().to_owned())).collect();
        let sought = visit.form.word("q").to_owned();
        let mut choice = Choice { rows, above, sought, shown: HashSet::new(), beyond: 0, ticked: HashSet::new() };
        let words: Vec<String> = folded(&choice.sought).split(' ').map(str::to_owned).collect();
        let fits = |row: &&Row<'_>| {
            let text =
                folded(&format!("{} {} {} {}", row.org.code, row.org.name, row.org.short_name, choice.place(row)));
            row.fits && words.iter().all(|word| text.contains(word))
        };
        let fitting: Vec<OrgId> = choice.rows.iter().filter(fits).map(|row| row.org.id).collect();
        let shown: HashSet<OrgId> = fitting.iter().take(SHOWN).copied().collect();
        let codes: HashSet<&str> = visit.form.all("org").collect();
        let begun = visit.form.has("do");
        let ticked = |row: &&Row<'_>| match (begun, visit.form.word("do")) {
            (false, _) => row.usual && shown.contains(&row.org.id),
            (true, "all") if shown.contains(&row.org.id) => true,
            (true, "none") if shown.contains(&row.org.id) => false,
            _ => codes.contains(row.org.code.as_str()),
        };
        choice.ticked = choice.rows.iter().filter(ticked).map(|row| row.org.id).collect();
        choice.beyond = fitting.len().saturating_sub(SHOWN);
        choice.shown = shown;
        choice
    }

    fn place(&self, row: &Row<'_>) -> &str {
        row.org.parent.and_then(|parent| self.above.get(&parent)).map(String::as_str).unwrap_or_default()
    }

    /// Those that are ticked.
    fn ticked(&self) -> impl Iterator<Item = &Row<'a>> {
        self.rows.iter().filter(|row| self.ticked.contains(&row.org.id))
    }

    /// The list with its search; `switches` narrow it too. All of it belongs to a form.
    pub fn show(&self, switches: &Markup, lang: Lang) -> Markup {
        let shown = self.rows.iter().filter(|row| self.shown.contains(&row.org.id)).collect::<Vec<_>>();
        let aside: Vec<&Row<'_>> = self.ticked().filter(|row| !self.shown.contains(&row.org.id)).collect();
        html! {
            fieldset.question.choosing {
                legend { (lang.t("choose.legend")) }
                // What Enter in a field does.
                button.default type="submit" name="do" value="show" tabindex="-1" aria-hidden="true" {}
                (switches)
                div.search {
                    label for="q" { (lang.t("web.search-label")) }
                    div.line {
                        input type="search" id="q" name="q" value=(self.sought) autocomplete="off";
                        button type="submit" name="do" value="show" { (lang.t("web.show")) }
                    }
                }
                @for row in &aside { input type="hidden" name="org" value=(row.org.code); }
                p.muted role="status" {
                    (Words::new("choose.ticked").with("n", self.ticked.len()).say(lang))
                    @if !aside.is_empty() { " " (Words::new("choose.aside").with("n", aside.len()).say(lang)) }
                }
                @if shown.is_empty() { p.box.quiet { (lang.t("choose.nobody")) } }
                @else {
                    p.line {
                        button.quiet type="submit" name="do" value="all" { (lang.t("choose.all")) }
                        button.quiet type="submit" name="do" value="none" { (lang.t("choose.none")) }
                    }
                    (self.table(&shown, lang))
                    @if self.beyond > 0 { p.muted { (Words::new("web.more-found").with("n", self.beyond).say(lang)) } }
                }
            }
        }
    }

    fn table(&self, shown: &[&Row<'a>], lang: Lang) -> Markup {
        let told = shown.iter().any(|row| !row.said.is_empty());
        html! {
            div.scroll role="region" tabindex="0" aria-label=(lang.t("choose.legend")) {
                table.list.stacked.ticks {
                    thead { tr {
                        th scope="col" { (lang.t("web.org")) }
                        th scope="col" { (lang.t("choose.place")) }
                        @if told { th scope="col" { (lang.t("choose.said")) } }
                    } }
                    tbody { @for row in shown {
                        tr {
                            th scope="row" { label.choice {
                                input type="checkbox" name="org" value=(row.org.code) checked[self.ticked.contains(&row.org.id)];
                                span { (row.org.label()) " " span.muted { (row.org.code) } }
                            } }
                            td data-label=(lang.t("choose.place")) { (self.place(row)) }
                            @if told { td data-label=(lang.t("choose.said")) { (row.said.join("; ")) } }
                        }
                    } }
                }
            }
        }
    }
}
