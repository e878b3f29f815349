//! A form for the browser's script: its trees, and what they look at. What only the server computes is `["?"]`.

use serde_json::{Map, Value as Json, json};

use crate::expr::{Expr, Kind, Value, json as tree};
use crate::form::answers::{Answers, place};
use crate::form::fill::Context;
use crate::form::model::{Field, Form};

impl Form {
    /// The form as the script reads it, with its answers; nothing where there is nothing to compute, show or hold.
    pub fn for_browser(&self, answers: &Answers, context: &Context) -> Option<Json> {
        let lively =
            |field: &Field| field.relevant.is_some() || field.calculation.is_some() || field.constraint.is_some();
        if !self.fields.iter().any(lively) && self.conditions.is_empty() {
            return None;
        }
        let parameters: Map<String, Json> =
            self.parameters.iter().map(|(name, value)| (name.clone(), tree::value(value))).collect();
        Some(json!({
            "fields": (0..self.fields.len()).map(|field| self.field_for_browser(field)).collect::<Vec<_>>(),
            "tables": (0..self.tables.len()).map(|table| self.table_for_browser(table)).collect::<Vec<_>>(),
            "conditions": self.conditions.iter().map(branch).collect::<Vec<_>>(),
            "order": self.order,
            "parameters": parameters,
            "today": context.today.map(|day| tree::value(&Value::Date(day))),
            "values": self.values_for_browser(answers, context),
        }))
    }

    fn field_for_browser(&self, number: usize) -> Json {
        let field = &self.fields[number];
        json!({
            "name": field.name,
            "table": field.table,
            "type": field.kind.name,
            "missing": field.missing,
            "within": field.within,
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
    fn table_for_browser(&self, number: usize) -> Json {
        let table = &self.tables[number];
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
    fn values_for_browser(&self, answers: &Answers, context: &Context) -> Vec<Json> {
        let placed = place(self, answers, context).values;
        let asked = placed.present().filter(|(field, ..)| self.fields[*field].calculation.is_none());
        asked.map(|(field, row, value)| json!([field, row, tree::value(value)])).collect()
    }
}

fn branch(expr: &Expr) -> Json {
    tree::browser(expr).unwrap_or_else(|_| json!(["?"]))
}
