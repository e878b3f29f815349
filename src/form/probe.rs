//! Which rows an indicator concerns at all, and which rows of a report have both of its parts.

use jiff::civil::Date;

use crate::expr::{Expr, Kind, Scalar, Value};
use crate::form::fill::{Context, View};
use crate::form::measure::parts;
use crate::form::model::{Form, Indicator};
use crate::form::slots::Slots;

/// Numbers that everything is answered with when a rule is tried out.
const NUMBERS: [f64; 6] = [1.0, 0.0, 50.0, 2.0, 1000.0, 10.0];

impl Form {
    /// Whether each row of an indicator's table can have a figure. A rule such as
    /// `if(row('procedure') = 'vpr', ${failed}, '')` leaves rows out whatever is answered, and then nobody is missed in
    /// them. It is tried out with everything answered in several ways; where a rule looks outside the report, every row
    /// may.
    pub fn concerned_rows(&self, indicator: &Indicator) -> Vec<bool> {
        let rows = indicator.over.map_or(1, |table| self.tables[table].rows.len());
        if std::iter::once(&indicator.numerator).chain(&indicator.denominator).any(looks_outside) {
            return vec![true; rows];
        }
        let mut concerned = vec![false; rows];
        let context = Context::default();
        let mut ways: Vec<Slots> =
            NUMBERS.into_iter().enumerate().map(|(way, number)| self.everything(way, number)).collect();
        self.blank_what_never_shows(&mut ways);
        for slots in &ways {
            let previous = vec![slots.clone(); 2];
            let view = View::new(self, slots, &context, &previous);
            for (row, concerned) in concerned.iter_mut().enumerate() {
                *concerned |= parts(&view.at(indicator.over, row), indicator).is_some();
            }
        }
        concerned
    }

    /// Whether each row of a report has both parts of an indicator.
    pub fn rows_with_parts(&self, indicator: &Indicator, values: &Slots, context: &Context) -> Vec<bool> {
        let previous: Vec<Slots> = context.previous.iter().map(|values| Slots::of(self, values)).collect();
        let view = View::new(self, values, context, &previous);
        let rows = indicator.over.map_or(1, |table| view.rows_of(table));
        (0..rows).map(|row| parts(&view.at(indicator.over, row), indicator).is_some()).collect()
    }

    /// For each row of a column whether no answer whatever brings its cell to light: what shows it looks only at the row
    /// and at parameters.
    pub fn never_shown(&self, field: usize) -> Vec<bool> {
        let own = &self.fields[field];
        let rows = 0..self.height(field);
        let Some(relevant) = own.relevant.as_ref().filter(|expr| expr.references().is_empty() && !expr.calls("today"))
        else {
            return rows.map(|row| self.is_grey(field, row)).collect();
        };
        let (nothing, context) = (Slots::empty(self), Context::default());
        let view = View::new(self, &nothing, &context, &[]);
        let shows = |row| view.at(own.table, row).evaluate(relevant) == Value::Boolean(true);
        rows.map(|row| self.is_grey(field, row) || !shows(row)).collect()
    }

    /// Empties the cells that are hidden whichever way everything is answered, and if nothing is.
    fn blank_what_never_shows(&self, ways: &mut [Slots]) {
        let (context, nothing) = (Context::default(), Slots::empty(self));
        let mut hidden = Vec::new();
        for (index, field) in self.fields.iter().enumerate() {
            let Some(relevant) = &field.relevant else { continue };
            for row in 0..self.height(index) {
                let shows = |slots: &Slots| {
                    View::new(self, slots, &context, &[]).at(field.table, row).evaluate(relevant)
                        == Value::Boolean(true)
                };
                if !ways.iter().chain([&nothing]).any(shows) {
                    hidden.push((index, row));
                }
            }
        }
        for slots in ways {
            hidden.iter().for_each(|(field, row)| slots.set(*field, *row, Value::Empty));
        }
    }

    /// Everything answered and computed.
    fn everything(&self, way: usize, number: f64) -> Slots {
        let mut slots = Slots::empty(self);
        for (index, field) in self.fields.iter().enumerate() {
            let choices = self.choices_of(index);
            let value = match field.kind.value.scalar {
                Scalar::Number => Value::Number(number),
                Scalar::Boolean => Value::Boolean(way.is_multiple_of(2)),
                Scalar::Date => Date::new(2024, 1, 1).map_or(Value::Empty, Value::Date),
                _ if choices.is_empty() => Value::text("1"),
                _ => Value::text(choices[way % choices.len()].name.as_str()),
            };
            let value = if field.value_type().list { Value::List(vec![value]) } else { value };
            for row in 0..self.height(index).max(1) {
                slots.set(index, row, value.clone());
            }
        }
        slots
    }
}

fn looks_outside(expr: &Expr) -> bool {
    let mut outside = expr.calls("children") || expr.calls("org");
    expr.root.walk(&mut |node| outside |= matches!(&node.kind, Kind::Reference(reference) if reference.form.is_some()));
    outside
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_cell_is_never_shown_where_only_its_row_says_so() {
        let table = |relevant: &str| {
            let text = format!(
                "id = \"f\"\ntitle = \"F\"\n[[group]]\n[[group.question]]\nname = \"t\"\ntype = \"table\"\n\
                 [[group.question.row]]\nname = \"a\"\nkind = \"x\"\n[[group.question.row]]\nname = \"b\"\nkind = \"y\"\n\
                 [[group.question.column]]\nname = \"n\"\ntype = \"integer\"\n\
                 [[group.question.column]]\nname = \"m\"\ntype = \"integer\"\n{relevant}\n"
            );
            crate::form::read(&text, "f.toml").unwrap().never_shown(1)
        };
        assert_eq!(table(""), [false, false]);
        assert_eq!(table("relevant = \"row('kind') = 'x'\""), [false, true]);
        assert_eq!(table("relevant = \"${n} = 37 and row('kind') = 'x'\""), [false, false], "an answer may show it");
    }

    #[test]
    fn a_rule_leaves_rows_out_whatever_is_answered() {
        let text = include_str!("../../tests/fixtures/export/exams.toml");
        let table = r#"

[[indicator]]
name = "by_name"
label = "По одной строке"
unit = "percent"
over = "results"
by = "results"
numerator = "if(row('name') = 'rus', ${failed}, '')"
denominator = "${participants}"

[[indicator]]
name = "never_shown"
label = "По показанным строкам"
over = "results"
by = "results"
numerator = "if(${low}, 1, 0)"

[[indicator]]
name = "many"
label = "Там, где много участников"
over = "results"
by = "results"
numerator = "if(${participants} > 40, ${failed}, '')"
"#;
        let form = crate::form::read(&format!("{text}{table}"), "exams.toml").unwrap();
        let concerned =
            |name: &str| form.concerned_rows(form.indicators.iter().find(|indicator| indicator.name == name).unwrap());
        assert_eq!(concerned("failed_share"), [true, true, true]);
        assert_eq!(concerned("by_name"), [false, true, false]);
        assert_eq!(concerned("never_shown"), [true, true, true], "if(empty, a, b) is b");
        assert_eq!(concerned("many"), [true, true, true]);
    }
}
