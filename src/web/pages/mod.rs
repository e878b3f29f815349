//! The pages, one row each: mounting, the menu and the tests read this table.

mod accounts;
mod api;
mod assets;
mod attached;
mod behalf;
mod book;
pub(in crate::web) mod by_link;
mod confirm;
mod copies;
mod discard;
mod enter;
mod fill;
pub(in crate::web) mod forms;
mod health;
mod help;
mod history;
mod home;
mod import;
mod invite;
mod journal;
mod keep;
mod language;
mod links;
pub(in crate::web) mod manual;
mod me;
mod orgs;
mod overview;
mod pick;
mod plan;
mod programme;
mod reference;
mod register;
mod schools;
mod territory;
mod tokens;

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use poem::Response;
use poem::http::{Method, StatusCode, header};

use super::Site;
use super::layout;
use super::visit::{ANSWERS, FORM_TEXT, Reply, UPLOAD, Visit};
use crate::access::Right;
use crate::error::Result;
use crate::form::{Form, Respondent};
use crate::lang::Words;
use crate::org::{self, Org};
use crate::period::Period;
use crate::report::version::{self, Version};
use crate::report::{Key, State};

/// What a page takes with a request, and how many bytes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Nothing.
    None,
    /// Fields of a form.
    Form(usize),
    /// Fields of a questionnaire, of so many bytes, perhaps with files.
    Answers(usize),
    /// Fields and a file.
    File(usize),
}

/// How long the sending of anything may take, over the slowest line that is worth waiting for.
const SENDING: Duration = Duration::from_secs(15 * 60);

/// The slowest sender that is waited for, in bytes a second.
const SLOWEST: u64 = 16 << 10;

impl Content {
    /// How long its sending may take: half a minute for a few fields, longer for what may be large.
    pub(super) fn time(self) -> Duration {
        let whole = match self {
            Content::None => 0,
            Content::Form(bytes) => bytes,
            Content::Answers(_) | Content::File(_) => return SENDING,
        };
        SENDING.min(Duration::from_secs(30 + whole as u64 / SLOWEST))
    }
}

/// Whether a page shows or does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// It shows: `GET`.
    Show,
    /// It does: `POST`.
    Do,
}

/// A page.
#[derive(Clone, Copy)]
pub struct Page {
    /// Its address; `:name` stands for a part that varies.
    pub path: &'static str,
    /// Whether it shows or does.
    pub verb: Verb,
    /// The right that its action asks for; `None` for what everybody may see.
    pub right: Option<Right>,
    /// The word of its entry in the menu, a key of the catalogue.
    pub menu: Option<&'static str>,
    /// What it takes.
    pub content: Content,
    /// What it answers.
    pub(super) handler: fn(Visit) -> Reply,
}

/// The fields of an organisation.
const FIELDS: usize = 64 << 10;

/// A list of organisations, one a line.
const LIST: usize = 4 << 20;

const REPORT: &str = "/report/:form/:period/:org";
const CONFIRM: &str = "/report/:form/:period/:org/send";
const DISCARD: &str = "/report/:form/:period/:org/discard";
const REGISTER: &str = "/register/:form/:period";
const STAND_CONFIRM: &str = "/report/:form/:period/:org/confirm";
const EDIT: &str = "/form/:form/edit";
const PUBLISH: &str = "/form/:form/publish";

/// What pages are made to look like; nothing of it is anybody's.
pub(super) const ASSETS: &str = "/assets/:file";

const ENTER: &str = "/enter";
const INVITE: &str = "/invite";
const ME: &str = "/me";
const TOKENS: &str = "/me/tokens";
const NEW_ACCOUNT: &str = "/accounts/new";
const SCHOOLS: &str = "/accounts/schools";
const LINKS: &str = "/links/:form/:period";
const NEW_LINKS: &str = "/links/:form/:period/new";
const ACCOUNT: &str = "/account/:login";

/// A few fields.
const FEW: usize = 16 << 10;

/// A field for each of as many schools as are chosen at a time.
const MANY: usize = 512 << 10;

/// Every page.
pub static ALL: &[Page] = &[
    shows("/", Right::Read, |visit| Box::pin(home::show(visit))).under("web.menu-reports"),
    shows("/forms/:form/:period", Right::Overview, |visit| Box::pin(overview::show(visit))),
    shows("/forms/:form/:period/book.xlsx", Right::Export, |visit| Box::pin(book::show(visit))),
    shows(REGISTER, Right::FillFor, |visit| Box::pin(register::show(visit))),
    does(REGISTER, Right::FillFor, Content::Form(ANSWERS), |visit| Box::pin(register::answer(visit))),
    shows("/report/:form/:period", Right::Fill, |visit| Box::pin(pick::show(visit))),
    shows(REPORT, Right::Read, |visit| Box::pin(fill::show(visit))),
    does(REPORT, Right::Fill, Content::Answers(ANSWERS), |visit| Box::pin(keep::answer(visit))),
    shows(CONFIRM, Right::Fill, |visit| Box::pin(confirm::show(visit))),
    does(CONFIRM, Right::Fill, Content::Form(FEW), |visit| Box::pin(confirm::send(visit))),
    shows(DISCARD, Right::Fill, |visit| Box::pin(discard::show(visit))),
    does(DISCARD, Right::Fill, Content::Form(FEW), |visit| Box::pin(discard::discard(visit))),
    does(STAND_CONFIRM, Right::Fill, Content::Form(FEW), |visit| Box::pin(behalf::confirm(visit))),
    shows("/report/:form/:period/:org/history", Right::Read, |visit| Box::pin(history::show(visit))),
    shows("/report/:form/:period/:org/files/:hash/:name", Right::Read, |visit| Box::pin(attached::show(visit))),
    shows("/orgs", Right::Overview, |visit| Box::pin(orgs::list::show(visit))).under("web.menu-orgs"),
    shows("/orgs/new", Right::ManageOrgs, |visit| Box::pin(orgs::edit::new(visit))),
    does("/orgs/new", Right::ManageOrgs, Content::Form(FIELDS), |visit| Box::pin(orgs::edit::add(visit))),
    shows("/orgs/import", Right::ManageOrgs, |visit| Box::pin(orgs::import::show(visit))),
    does("/orgs/import", Right::ManageOrgs, Content::File(UPLOAD), |visit| Box::pin(orgs::import::look(visit))),
    does("/orgs/import/apply", Right::ManageOrgs, Content::Form(LIST), |visit| Box::pin(orgs::import::apply(visit))),
    does("/orgs/import/undo", Right::ManageOrgs, Content::Form(FIELDS), |visit| Box::pin(orgs::import::undo(visit))),
    shows("/orgs/groups", Right::Overview, |visit| Box::pin(orgs::groups::show(visit))),
    does("/orgs/groups", Right::ManageOrgs, Content::Form(LIST), |visit| Box::pin(orgs::groups::decide(visit))),
    shows("/orgs/merge", Right::ManageOrgs, |visit| Box::pin(orgs::merge::show(visit))),
    does("/orgs/merge", Right::ManageOrgs, Content::Form(FIELDS), |visit| Box::pin(orgs::merge::merge(visit))),
    shows("/org/:org", Right::Overview, |visit| Box::pin(orgs::one::show(visit))),
    shows("/org/:org/edit", Right::ManageOrgs, |visit| Box::pin(orgs::edit::show(visit))),
    does("/org/:org/edit", Right::ManageOrgs, Content::Form(FIELDS), |visit| Box::pin(orgs::edit::save(visit))),
    shows("/org/:org/close", Right::ManageOrgs, |visit| Box::pin(orgs::close::show(visit))),
    does("/org/:org/close", Right::ManageOrgs, Content::Form(FIELDS), |visit| Box::pin(orgs::close::decide(visit))),
    does("/org/:org/forget", Right::ManageOrgs, Content::Form(FIELDS), |visit| Box::pin(orgs::edit::forget(visit))),
    shows("/import", Right::Import, |visit| Box::pin(import::show(visit))).under("web.menu-import"),
    does("/import", Right::Import, Content::File(UPLOAD), |visit| Box::pin(plan::show(visit))),
    does("/import/apply", Right::Import, Content::Form(FEW), |visit| Box::pin(plan::apply(visit))),
    does("/import/undo", Right::Import, Content::Form(FEW), |visit| Box::pin(plan::undo(visit))),
    shows("/forms", Right::PublishForms, |visit| Box::pin(forms::list::show(visit))).under("forms.menu"),
    shows("/forms/new", Right::PublishForms, |visit| Box::pin(forms::new::show(visit))),
    does("/forms/new", Right::PublishForms, Content::Form(FEW), |visit| Box::pin(forms::new::begin(visit))),
    does("/forms/new/xlsform", Right::PublishForms, Content::File(UPLOAD), |visit| {
        Box::pin(forms::xlsform::begin(visit))
    }),
    shows("/form/:form", Right::PublishForms, |visit| Box::pin(forms::one::show(visit))),
    does("/form/:form", Right::PublishForms, Content::Form(FEW), |visit| Box::pin(forms::one::discard(visit))),
    shows("/form/:form/text", Right::PublishForms, |visit| Box::pin(forms::text::show(visit))),
    shows(EDIT, Right::PublishForms, |visit| Box::pin(forms::edit::show(visit))),
    does(EDIT, Right::PublishForms, Content::Form(FORM_TEXT), |visit| Box::pin(forms::edit::answer(visit))),
    shows(PUBLISH, Right::PublishForms, |visit| Box::pin(forms::publish::show(visit))),
    does(PUBLISH, Right::PublishForms, Content::Form(FEW), |visit| Box::pin(forms::publish::publish(visit))),
    shows("/copies", Right::Backup, |visit| Box::pin(copies::show(visit))),
    does("/copies", Right::Backup, Content::Form(1 << 10), |visit| Box::pin(copies::make(visit))),
    shows("/accounts", Right::ManageAccounts, |visit| Box::pin(accounts::list::show(visit))).under("account.menu"),
    shows(NEW_ACCOUNT, Right::ManageAccounts, |visit| Box::pin(accounts::new::show(visit))),
    does(NEW_ACCOUNT, Right::ManageAccounts, Content::Form(FEW), |visit| Box::pin(accounts::new::make(visit))),
    shows(SCHOOLS, Right::ManageAccounts, |visit| Box::pin(accounts::schools::show(visit))),
    does(SCHOOLS, Right::ManageAccounts, Content::Form(MANY), |visit| Box::pin(accounts::schools::answer(visit))),
    does("/accounts/schools/letters.xlsx", Right::ManageAccounts, Content::Form(MANY), |visit| {
        Box::pin(accounts::schools::workbook(visit))
    }),
    shows("/links", Right::ManageAccounts, |visit| Box::pin(links::show(visit))),
    shows(LINKS, Right::ManageAccounts, |visit| Box::pin(links::list::show(visit))),
    does(LINKS, Right::ManageAccounts, Content::Form(MANY), |visit| Box::pin(links::list::answer(visit))),
    shows(NEW_LINKS, Right::ManageAccounts, |visit| Box::pin(links::new::show(visit))),
    does(NEW_LINKS, Right::ManageAccounts, Content::Form(MANY), |visit| Box::pin(links::new::answer(visit))),
    does("/links/:form/:period/letters.xlsx", Right::ManageAccounts, Content::Form(MANY), |visit| {
        Box::pin(links::letters::workbook(visit))
    }),
    shows(ACCOUNT, Right::ManageAccounts, |visit| Box::pin(accounts::one::show(visit))),
    does(ACCOUNT, Right::ManageAccounts, Content::Form(FEW), |visit| Box::pin(accounts::one::answer(visit))),
    shows("/journal", Right::Journal, |visit| Box::pin(journal::show(visit))).under("journal.menu"),
    shows("/journal/book.xlsx", Right::Journal, |visit| Box::pin(journal::book(visit))),
    shows(ME, Right::Own, |visit| Box::pin(me::show(visit))),
    does(ME, Right::Own, Content::Form(FEW), |visit| Box::pin(me::answer(visit))),
    shows(TOKENS, Right::Own, |visit| Box::pin(tokens::show(visit))),
    does(TOKENS, Right::Own, Content::Form(FEW), |visit| Box::pin(tokens::answer(visit))),
    shows("/help", Right::Read, |visit| Box::pin(help::show(visit))).under("web.menu-help").for_all(),
    shows("/help/forms", Right::Read, |visit| Box::pin(manual::show(visit))).for_all(),
    shows("/help/reference", Right::Read, |visit| Box::pin(reference::show(visit))).for_all(),
    shows("/api", Right::Read, |visit| Box::pin(api::show(visit))).for_all(),
    shows(ENTER, Right::Read, |visit| Box::pin(enter::show(visit))).for_all(),
    does(ENTER, Right::Read, Content::Form(FEW), |visit| Box::pin(enter::answer(visit))).for_all(),
    does("/leave", Right::Read, Content::Form(FEW), |visit| Box::pin(enter::leave(visit))).for_all(),
    shows(INVITE, Right::Read, |visit| Box::pin(invite::show(visit))).for_all(),
    does(INVITE, Right::Read, Content::Form(FEW), |visit| Box::pin(invite::accept(visit))).for_all(),
    shows(by_link::PATH, Right::Read, |visit| Box::pin(by_link::show(visit))).for_all(),
    does(by_link::PATH, Right::Read, Content::Form(FEW), |visit| Box::pin(by_link::enter(visit))).for_all(),
    does("/language", Right::Read, Content::Form(4 << 10), |visit| Box::pin(language::choose(visit))).for_all(),
    shows("/health", Right::Read, |visit| Box::pin(health::show(visit))).for_all(),
    shows("/health.json", Right::Read, |visit| Box::pin(health::json(visit))).for_all(),
    shows("/metrics", Right::Read, |visit| Box::pin(health::metrics(visit))).for_all(),
    shows(ASSETS, Right::Read, |visit| Box::pin(assets::show(visit))).for_all(),
];

const fn shows(path: &'static str, right: Right, handler: fn(Visit) -> Reply) -> Page {
    Page { path, verb: Verb::Show, right: Some(right), menu: None, content: Content::None, handler }
}

const fn does(path: &'static str, right: Right, content: Content, handler: fn(Visit) -> Reply) -> Page {
    Page { path, verb: Verb::Do, right: Some(right), menu: None, content, handler }
}

impl Page {
    /// The method of HTTP.
    pub fn method(&self) -> Method {
        match self.verb {
            Verb::Show => Method::GET,
            Verb::Do => Method::POST,
        }
    }

    const fn for_all(self) -> Page {
        Page { right: None, ..self }
    }

    const fn under(self, word: &'static str) -> Page {
        Page { menu: Some(word), ..self }
    }
}

/// The form and period of an address.
async fn of_address(visit: &Visit) -> Result<(Version, Period)> {
    let Site { db, actor, .. } = &*visit.site;
    let version = version::actions::newest(db, actor, visit.param("form")).await?;
    let period = version::period(&version.form, visit.param("period"))?;
    Ok((version, period))
}

/// The report of an address.
async fn report_of_address(visit: &Visit) -> Result<(Key, Org)> {
    let (version, period) = of_address(visit).await?;
    let org = org::actions::by_code(&visit.site.db, &visit.site.actor, visit.param("org")).await?;
    Ok((Key::new(&version.form, period, org.id), org))
}

fn today() -> Date {
    jiff::Zoned::now().date()
}

/// The periods that people ask for now: the one to come, this one, and two before it.
fn recent_periods(form: &Form) -> Vec<Period> {
    let Some(now) = Period::containing(form.period, today()) else { return Vec::new() };
    let next = now.end().tomorrow().ok().and_then(|day| Period::containing(form.period, day));
    let before = [1, 2].into_iter().filter_map(|periods| now.back(periods));
    let mut periods: Vec<Period> = next.into_iter().chain([now]).chain(before).collect();
    periods.dedup();
    periods
}

/// The word for how far a report is.
fn state_word(state: State) -> Words {
    Words::new(match state {
        State::Empty => "web.state-empty",
        State::Draft => "web.state-draft",
        State::Sent => "web.state-sent",
        State::Correcting => "web.state-correcting",
        State::Accepted => "web.state-accepted",
    })
}

/// Goes on to another page.
pub(super) fn go_to(address: &str) -> Response {
    Response::builder().status(StatusCode::SEE_OTHER).header(header::LOCATION, address).finish()
}

/// The address of a report.
fn report_address(key: &Key, org: &Org) -> String {
    layout::address(&["report", &key.form, &key.period.id(), &org.code])
}

/// The address of the overview that a report belongs to.
fn overview_address(form: &str, period: Period) -> String {
    layout::address(&["forms", form, &period.id()])
}

/// The pages above those of a report, for whoever may see more than that report.
fn way(site: &Site, form: &Form, period: Period) -> Vec<(String, String)> {
    if !site.actor.may(Right::Overview) {
        return Vec::new();
    }
    let lang = site.lang;
    let overview = format!("{}, {}", form.title, period.label().say(lang));
    vec![("/".to_owned(), lang.t("web.menu-reports")), (overview_address(&form.id, period), overview)]
}

/// Whether a form is filled by schools: personal links are for those.
fn schools_fill(form: &Form) -> bool {
    !form.is_programme() && form.by.first() == Some(&Respondent::School)
}

/// The published forms that are filled.
async fn forms(site: &Site) -> Result<Vec<Arc<Form>>> {
    Ok(forms_and_programmes(site).await?.0)
}

/// The published forms that are filled, and the programmes that read them.
async fn forms_and_programmes(site: &Site) -> Result<(Vec<Arc<Form>>, Vec<Arc<Form>>)> {
    let versions = version::actions::list(&site.db, &site.actor).await?;
    Ok(versions.into_iter().map(|version| version.form).partition(|form| !form.is_programme()))
}
