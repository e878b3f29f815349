//! Which choices a question offers: a filter chooses among them by other answers.

use crate::expr::Value;
use crate::form::choices::Choice;
use crate::form::fill::{Context, Filled, View};
use crate::form::model::{Field, Form};
use crate::lang::Words;

impl Form {
    /// The choices that a question offers as it is answered now, in order.
    pub fn offered<'a>(&'a self, (field, row): (usize, usize), by: (&'a Filled, &'a Context)) -> Vec<&'a Choice> {
        let (filled, context) = by;
        let view = View::new(self, &filled.values, context, &[]).at(self.fields[field].table, row);
        self.choices_in(field, context).iter().filter(|choice| offers(&view, field, choice)).collect()
    }
}

/// What to say of an answer with a choice that the filter leaves out; `None` where there is none.
pub(super) fn left_out(view: &View<'_>, field: usize, answer: &Value) -> Option<Words> {
    view.form.fields[field].choice_filter.as_ref()?;
    let list = view.form.choices_in(field, view.context);
    let chosen = answer.elements().iter().filter_map(|code| list.find(&code.as_text()));
    let wrong: Vec<String> =
        chosen.filter(|choice| !offers(view, field, choice)).map(|choice| choice.label.clone()).collect();
    (!wrong.is_empty()).then(|| Words::new("form.answer-choice-left-out").with("found", wrong.join("», «")))
}

/// An empty filter offers nothing, as an empty `relevant` hides; what `or_other` has added is always offered.
fn offers(view: &View<'_>, field: usize, choice: &Choice) -> bool {
    let filter = view.form.fields[field].choice_filter.as_ref().filter(|_| !choice.always);
    filter.is_none_or(|filter| view.of(choice).evaluate(filter) == Value::Boolean(true))
}

/// A default of a question that takes several codes is written as one text with spaces between them (XLSForm).
pub(super) fn offered(field: &Field, value: Value) -> Value {
    match value {
        Value::Text(codes) if field.value_type().list => codes_of(&codes),
        value => value,
    }
}

/// Stored codes of several choices.
pub(super) fn codes_of(joined: &str) -> Value {
    Value::List(joined.split(' ').filter(|code| !code.is_empty()).map(Value::text).collect())
}
