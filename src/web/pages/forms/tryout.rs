//! The form as a school sees it, filled with answers that are stored nowhere, and all that follows from them.

use jiff::civil::Date;
use maud::{Markup, html};

use super::around::Around;
use super::faults::Checked;
use crate::form::{self, Answers, Context, Filled, Form, Indicator, Measure, Unit};
use crate::lang::{Lang, Words};
use crate::report::{Explanations, part_explanations};
use crate::text;
use crate::web::pages::{recent_periods, today};
use crate::web::questionnaire::{self, Paper};
use crate::web::visit::Fields;

/// A form with more places than this is not shown while it is being written.
const CELLS: usize = 3000;

/// So many calculations are listed at once.
const LISTED: usize = 300;

/// A form with the answers that it is tried with.
pub(super) struct Trial<'f> {
    form: &'f Form,
    answers: Answers,
    explanations: Explanations,
    context: Context,
    filled: Filled,
    around: Around,
    /// Somebody has asked what follows from the answers.
    asked: bool,
    lang: Lang,
}

impl<'f> Trial<'f> {
    /// The answers that a browser sent with the text, else those that a new report begins with.
    pub fn of(checked: &'f Checked, sent: &Fields, asked: bool, lang: Lang) -> Option<Trial<'f>> {
        let form = checked.form.as_ref()?;
        let mut context = Context { organisations: checked.organisations.clone(), ..surroundings(form, today()) };
        let around = Around::of(form, checked, sent, &context);
        (context.previous, context.others) = around.known(form, checked, &context);
        let given = sent.0.iter().any(|(name, _)| name.starts_with("a:"));
        let read = || questionnaire::read((form, &context), sent, &Answers::default(), lang);
        let answers = if given { read() } else { form.defaults(&context) };
        let (answers, explanations) = part_explanations(answers);
        let filled = form.fill(&answers, &context);
        context.peers = around.peers(form, &filled);
        Some(Trial { form, answers, explanations, context, filled, around, asked, lang })
    }

    /// The questionnaire.
    pub fn questionnaire(&self) -> Markup {
        let cells: usize = (0..self.form.fields.len()).map(|field| self.form.height(field)).sum();
        if cells > CELLS {
            return html! { p.box.quiet { (Words::new("forms.too-large").with("n", cells).say(self.lang)) } };
        }
        let said = |fault: &&crate::error::Fault| self.asked || fault.code != "required";
        let paper = Paper {
            form: self.form,
            filled: &self.filled,
            answers: &self.answers,
            explanations: &self.explanations,
            context: &self.context,
            faults: self.filled.faults.iter().filter(said).cloned().collect(),
            fill: true,
            files: None,
            lang: self.lang,
        };
        html! {
            @if let Some(description) = &self.form.description { p.lead { (description) } }
            @if self.asked { (questionnaire::summary(&paper)) }
            (paper.sections())
        }
    }

    /// Where answers of earlier periods and of other forms are written, if the form looks at any.
    pub fn around(&self) -> Markup {
        self.around.fields(self.lang)
    }

    /// What follows from the answers, once somebody asks.
    pub fn results(&self) -> Markup {
        if !self.asked {
            return html! {};
        }
        let lang = self.lang;
        let json = form::filled_json(self.form, &self.filled, &self.context, lang);
        html! {
            @if self.filled.blocked() { p.box.bad { (lang.t("forms.try-blocked")) } }
            @else { p.box.good { (lang.t("forms.try-fine")) } }
            @if self.around.faulty() { p.box.warn { (lang.t("forms.around-faulty")) } }
            (self.calculated())
            (self.indicators())
            (self.lists())
            details {
                summary { (lang.t("forms.try-json")) }
                pre.listing { code { (format!("{json:#}")) } }
            }
        }
    }

    fn calculated(&self) -> Markup {
        let fields = (0..self.form.fields.len()).filter(|field| self.form.fields[*field].calculation.is_some());
        let places: Vec<(usize, usize)> = fields
            .flat_map(|field| (0..self.filled.values.height(field)).map(move |row| (field, row)))
            .take(LISTED)
            .collect();
        html! {
            @if !places.is_empty() {
                h3 { (self.lang.t("forms.try-calculated")) }
                table.list {
                    tbody {
                        @for (field, row) in places {
                            @let path = self.form.path(field, row);
                            @let value = self.filled.values.get(field, row);
                            @let shown = self.form.show(field, value, self.lang);
                            tr {
                                th scope="row" { (questionnaire::named(self.form, &path, self.lang)) " " span.code { (path) } }
                                td.number { (if shown.is_empty() { "—" } else { &shown }) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn indicators(&self) -> Markup {
        let lines: Vec<(&Indicator, &Measure)> = self
            .form
            .indicators
            .iter()
            .flat_map(|one| self.filled.measures.iter().filter(|m| m.indicator == one.name).map(move |m| (one, m)))
            .collect();
        html! {
            @if !self.form.indicators.is_empty() {
                h3 { (self.lang.t("forms.try-indicators")) }
                @if lines.is_empty() { p.muted { (self.lang.t("forms.try-none")) } }
                @else {
                    table.list {
                        tbody {
                            @for (indicator, measure) in lines {
                                tr {
                                    th scope="row" { (indicator.label) @if !measure.row.is_empty() { ": " (self.row(indicator, &measure.row)) } }
                                    td.number { (figure(indicator, measure, self.lang)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn row(&self, indicator: &Indicator, name: &str) -> String {
        let table = indicator.over.map(|table| &self.form.tables[table]);
        let row = table.and_then(|table| table.rows.iter().find(|row| row.name == name));
        row.map_or_else(|| name.to_owned(), |row| row.label.clone())
    }

    fn lists(&self) -> Markup {
        let stored = self.filled.as_values(self.form);
        let period = self.context.period.map(|period| period.genitive().say(self.lang)).unwrap_or_default();
        html! {
            @if !self.form.classifications.is_empty() {
                h3 { (self.lang.t("forms.try-lists")) }
                table.list {
                    tbody {
                        @for list in &self.form.classifications {
                            @let verdict = self.form.classify(list, &stored, &self.context);
                            tr {
                                th scope="row" { (list.label.replace("{period}", &period)) }
                                td {
                                    @match verdict.is_in {
                                        Some(true) => (self.lang.t("forms.try-in")),
                                        Some(false) => (self.lang.t("forms.try-out")),
                                        None => (self.lang.t("forms.try-unknown")),
                                    }
                                    @if let Some(ground) = verdict.ground { ": " (list.grounds[ground].label) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// «3 из 10 = 30 %».
fn figure(indicator: &Indicator, measure: &Measure, lang: Lang) -> String {
    let number = |n: f64| text::number(text::round15(n), lang);
    let Some(denominator) = measure.denominator else { return number(measure.numerator) };
    let parts = Words::new("forms.try-parts")
        .with("numerator", number(measure.numerator))
        .with("denominator", number(denominator))
        .say(lang);
    if denominator == 0.0 {
        return parts;
    }
    match indicator.unit {
        Unit::Number => format!("{parts} = {}", number(measure.numerator / denominator)),
        Unit::Percent | Unit::PercentChange => {
            format!("{parts} = {}{}%", number(100.0 * measure.numerator / denominator), text::NBSP)
        }
    }
}

/// What surrounds a report that is only tried: the period of today; what is known of other reports is written beside it.
fn surroundings(form: &Form, today: Date) -> Context {
    let period = recent_periods(form).into_iter().find(|period| period.start() <= today);
    Context { period, today: Some(today), ..Context::default() }
}
