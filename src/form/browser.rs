//! A form for the browser's script: its trees, and what they look at. What only the server computes is `["?"]`.

use serde_json::{Map, Value as Json, json};

use crate::expr::{Expr, Kind, Value, json as tree};
use crate::form::answers::{Answers, place};
use crate::form::fill::Context;
use crate::form::model::{Field, Form};
use crate::form::slots::Slots;

impl Form {
    /// The form as the script reads it, with its answers, as JSON text; nothing where there is nothing to compute, show
    /// or hold.
    pub fn for_browser(&self, answers: &Answers, context: &Context) -> Option<String> {
        let fixed = self.trees.get_or_init(|| self.fixed_for_browser()).as_ref()?;
        let placed = place(self, answers, context).values;
        let tables: Vec<Json> = (0..self.tables.len()).map(|table| self.table_for_browser(table, &placed)).collect();
        let today = context.today.map(|day| tree::value(&Value::Date(day)));
        let (tables, today, values) = (json!(tables), json!(today), json!(self.values_for_browser(&placed)));
        Some(format!("{{{fixed},\"tables\":{tables},\"today\":{today},\"values\":{values}}}"))
    }

    /// What is the same for every report, made once for each form: the members of an object, without its braces.
    fn fixed_for_browser(&self) -> Option<String> {
        let lively =
            |field: &Field| field.relevant.is_some() || field.calculation.is_some() || field.constraint.is_some();
        if !self.fields.iter().any(lively) && self.conditions.is_empty() {
            return None;
        }
        let parameters: Map<String, Json> =
            self.parameters.iter().map(|(name, value)| (name.clone(), tree::value(value))).collect();
        let fixed = json!({
            "fields": (0..self.fields.len()).map(|field| self.field_for_browser(field)).collect::<Vec<_>>(),
            "conditions": self.conditions.iter().map(branch).collect::<Vec<_>>(),
            "order": self.order,
            "parameters": parameters,
        });
        Some(fixed.to_string().strip_prefix('{')?.strip_suffix('}')?.to_owned())
    }

    fn field_for_browser(&self, number: usize) -> Json {
        let field = &self.fields[number];
        json!({
            "name": field.name,
            "table": field.table,
            "type": field.kind.name,
            "missing": field.missing,
            "within": field.within,
            "grey": (0..self.height(number)).filter(|row| self.is_grey(number, *row)).collect::<Vec<_>>(),
            "relevant": field.relevant.as_ref().map(branch),
            "calculation": field.calculation.as_ref().map(branch),
            "constraint": field.constraint.as_ref().map(branch),
            // Whether a choice is still offered is the server's to say.
            "filtered": field.choice_filter.is_some(),
            "message": field.constraint_message,
            "choices": self.named_choices(number),
        })
    }

    /// The labels of a question's choices, where `jr:choice-name()` asks for them.
    fn named_choices(&self, number: usize) -> Json {
        let asks = |expr: &Expr| expr.calls("jr:choice-name");
        let exprs = self
            .fields
            .iter()
            .flat_map(|field| [&field.relevant, &field.calculation, &field.constraint].into_iter().flatten());
        if !exprs.chain(&self.conditions).any(asks) {
            return Json::Null;
        }
        let labels: Map<String, Json> =
            self.choices_of(number).iter().map(|choice| (choice.name.clone(), json!(choice.label))).collect();
        if labels.is_empty() { Json::Null } else { Json::Object(labels) }
    }

    /// The rows with the attributes that expressions ask for by `row()`.
    fn table_for_browser(&self, number: usize, placed: &Slots) -> Json {
        let table = &self.tables[number];
        if table.repeat.is_some() {
            // Rows are added by the server, which sends the form again.
            return json!({"name": table.name, "repeat": true, "rows": vec![json!({}); placed.rows(self, number)]});
        }
        let mut asked: Vec<&str> = Vec::new();
        for field in table.columns.iter().map(|column| &self.fields[*column]) {
            for expr in [&field.relevant, &field.calculation, &field.constraint].into_iter().flatten() {
                expr.root.walk(&mut |node| {
                    if let Kind::Call(function, arguments) = &node.kind
                        && function.name == "row"
                    {
                        asked.extend(arguments.first().and_then(|word| word.literal_text()));
                    }
                });
            }
        }
        asked.sort_unstable();
        asked.dedup();
        let row = |at: usize| {
            let told =
                asked.iter().map(|word| ((*word).to_owned(), tree::value(&self.row_attribute(number, at, word))));
            let mut told: Map<String, Json> = told.collect();
            told.insert("name".to_owned(), json!(table.rows[at].name));
            Json::Object(told)
        };
        json!({"name": table.name, "rows": (0..table.rows.len()).map(row).collect::<Vec<_>>()})
    }

    /// The answers that are there, those of hidden questions too: field, row, value.
    fn values_for_browser(&self, placed: &Slots) -> Vec<Json> {
        let asked = placed.present().filter(|(field, ..)| self.fields[*field].calculation.is_none());
        asked.map(|(field, row, value)| json!([field, row, tree::value(value)])).collect()
    }
}

fn branch(expr: &Expr) -> Json {
    tree::browser(expr).unwrap_or_else(|_| json!(["?"]))
}
