//! An expression in XLSForm's words: names of questions, XPath's functions, cells of tables one by one.

use super::names::Names;
use crate::expr::{Expr, Kind, Node, Reference, Slot, Value};
use crate::form::Form;
use crate::text;

/// Functions of ours that XLSForm has no words for.
const OURS: [&str; 9] = ["avg", "median", "sumif", "rank", "quantile", "org", "previous", "children", "peers"];

/// Functions that take the cells of a column of fixed rows one by one.
const OVER_CELLS: [&str; 8] = ["sum", "min", "max", "count", "count-non-empty", "countif", "concat", "join"];

/// Whether XLSForm has words for an expression; `lost` tells which fields it has not.
pub(super) fn speakable(form: &Form, expr: &Expr, lost: &dyn Fn(usize) -> bool) -> bool {
    node_speakable(form, &expr.root, None, lost)
}

fn node_speakable(form: &Form, node: &Node, within: Option<&str>, lost: &dyn Fn(usize) -> bool) -> bool {
    let inside = |node: &Node, within| node_speakable(form, node, within, lost);
    match &node.kind {
        Kind::Literal(_) | Kind::This | Kind::Name(_) | Kind::Parent => true,
        Kind::Reference(reference) => reference_speakable(form, reference, within, lost),
        Kind::Negate(inner) => inside(inner, None),
        Kind::Binary { sides, .. } => sides.iter().all(|side| inside(side, None)),
        Kind::Rows(rows) => {
            let fixed = form.tables.iter().any(|table| table.name == rows.of.path && table.repeat.is_none());
            !fixed && rows.conditions.iter().all(|condition| inside(condition, None))
        }
        Kind::Call(function, arguments) => {
            let counted = function.name != "countif" || arguments.first().is_some_and(|list| column(list).is_some());
            !OURS.contains(&function.name)
                && counted
                && arguments.iter().all(|argument| inside(argument, Some(function.name)))
        }
    }
}

fn reference_speakable(form: &Form, reference: &Reference, within: Option<&str>, lost: &dyn Fn(usize) -> bool) -> bool {
    match reference.slot {
        _ if reference.form.is_some() => false,
        Slot::Unbound => false,
        Slot::Field(field) | Slot::Here(field) | Slot::Cell(field, _) => !lost(field),
        Slot::Column(field) if form.in_repeat(field) => !lost(field),
        Slot::Column(field) => !lost(field) && within.is_some_and(|within| OVER_CELLS.contains(&within)),
        Slot::Rows(table) => form.tables[table].repeat.is_some(),
    }
}

/// The column that a node is.
fn column(node: &Node) -> Option<usize> {
    match &node.kind {
        Kind::Reference(Reference { slot: Slot::Column(field), .. }) => Some(*field),
        _ => None,
    }
}

/// Says an expression; in a table of fixed rows, for one of them.
pub(super) struct Speaking<'s> {
    pub form: &'s Form,
    pub names: &'s Names,
    /// The table and its row.
    pub row: Option<(usize, usize)>,
    pub source: &'s str,
}

impl Speaking<'_> {
    /// The expression in XLSForm's words.
    pub fn expression(&self, expr: &Expr) -> String {
        self.node(&expr.root, None)
    }

    fn node(&self, node: &Node, within: Option<&str>) -> String {
        match &node.kind {
            Kind::Reference(reference) => self.reference(reference, within),
            Kind::Negate(inner) => self.with(node, &[(inner, self.node(inner, None))]),
            Kind::Binary { sides, .. } => {
                let [left, right] = &**sides;
                self.with(node, &[(left, self.node(left, None)), (right, self.node(right, None))])
            }
            Kind::Call(function, arguments) => self.call(node, function.name, arguments),
            Kind::Rows(rows) => {
                let column = rows.column.as_ref().map(|(column, _)| format!("/{}", self.column_name(&rows.of, column)));
                let conditions = rows.conditions.iter().map(|condition| format!("[{}]", self.node(condition, None)));
                format!("${{{}}}{}{}", rows.of.path, conditions.collect::<String>(), column.unwrap_or_default())
            }
            Kind::Literal(_) | Kind::This | Kind::Name(_) | Kind::Parent => self.as_written(node),
        }
    }

    fn as_written(&self, node: &Node) -> String {
        self.source.get(node.span.start..node.span.end).unwrap_or_default().to_owned()
    }

    /// A node as written, with the nodes in it said anew.
    fn with(&self, node: &Node, parts: &[(&Node, String)]) -> String {
        let mut said = String::new();
        let mut at = node.span.start;
        for (part, text) in parts {
            said.push_str(self.source.get(at..part.span.start).unwrap_or_default());
            said.push_str(text);
            at = part.span.end;
        }
        said.push_str(self.source.get(at..node.span.end).unwrap_or_default());
        said
    }

    fn column_name(&self, of: &Reference, column: &Reference) -> String {
        let table = self.form.tables.iter().find(|table| table.name == of.path);
        let fields = table.map_or(&[][..], |table| &table.columns);
        let found = fields.iter().find(|field| self.form.fields[**field].name == column.path);
        found.map_or(column.path.clone(), |field| self.names.name(*field, None).to_owned())
    }

    fn reference(&self, reference: &Reference, within: Option<&str>) -> String {
        let named = match reference.slot {
            Slot::Field(field) => (field, None),
            Slot::Here(field) => (field, self.row.map(|(_, row)| row)),
            Slot::Cell(field, row) => (field, Some(row)),
            Slot::Column(field) if !self.form.in_repeat(field) => {
                let cells: Vec<String> = self.names.cells(field).map(|name| format!("${{{name}}}")).collect();
                return cells.join(", ");
            }
            Slot::Column(field) => (field, None),
            Slot::Rows(table) => return format!("${{{}}}", self.form.tables[table].name),
            Slot::Unbound => return format!("${{{}}}", reference.path),
        };
        let name = self.names.name(named.0, named.1);
        match within {
            _ if name.is_empty() => "''".to_owned(),
            Some("jr:choice-name") => format!("${{{name}}}"),
            // A stored «false» is a text, and not an empty one.
            _ if self.form.fields[named.0].kind.name == "boolean" => format!("boolean-from-string(${{{name}}})"),
            _ => format!("${{{name}}}"),
        }
    }

    fn call(&self, node: &Node, name: &str, arguments: &[Node]) -> String {
        let cells = arguments.first().and_then(column).filter(|field| !self.form.in_repeat(*field));
        match (name, cells) {
            ("isblank", _) => format!("({} = '')", self.node(&arguments[0], Some(name))),
            ("row", _) => self.of_row(arguments),
            ("position", _) if self.row.is_some() => self.row.map_or(0, |(_, row)| row + 1).to_string(),
            ("parameter", _) => self.parameter(arguments),
            ("sum", Some(field)) => self.each(field, |cell| format!("coalesce({cell}, 0)")),
            ("count" | "count-non-empty", Some(field)) => self.each(field, |cell| format!("number({cell} != '')")),
            ("countif", Some(field)) => {
                let value = self.node(&arguments[1], Some(name));
                self.each(field, |cell| format!("number({cell} = {value})"))
            }
            ("countif", None) => self.counted(arguments),
            ("jr:choice-name", _) => {
                let (value, of) = (self.node(&arguments[0], None), self.node(&arguments[1], Some(name)));
                format!("jr:choice-name({value}, '{of}')")
            }
            _ => {
                let said = arguments.iter().map(|argument| (argument, self.node(argument, Some(name))));
                self.with(node, &said.collect::<Vec<_>>())
            }
        }
    }

    /// Each cell of a column, added up.
    fn each(&self, field: usize, say: impl Fn(String) -> String) -> String {
        let cells = self.names.cells(field).map(|name| say(format!("${{{name}}}")));
        format!("({})", cells.collect::<Vec<_>>().join(" + "))
    }

    /// `countif(${r/x}, 1)` is `count(${r}[x = 1])`.
    fn counted(&self, arguments: &[Node]) -> String {
        let Some(field) = column(&arguments[0]) else { return String::new() };
        let repeat = self.form.fields[field].table.map_or("", |table| self.form.tables[table].name.as_str());
        let value = self.node(&arguments[1], None);
        format!("count(${{{repeat}}}[{} = {value}])", self.names.name(field, None))
    }

    fn of_row(&self, arguments: &[Node]) -> String {
        let word = arguments.first().and_then(Node::literal_text).unwrap_or_default();
        let Some((table, row)) = self.row else { return "''".to_owned() };
        let row = &self.form.tables[table].rows[row];
        let value = match word {
            "name" => Value::text(row.name.as_str()),
            "label" => Value::text(row.label.as_str()),
            "code" => Value::text(row.code.clone().unwrap_or_default()),
            other => row.attributes.get(other).cloned().unwrap_or_default(),
        };
        literal(&value)
    }

    fn parameter(&self, arguments: &[Node]) -> String {
        let word = arguments.first().and_then(Node::literal_text).unwrap_or_default();
        self.form.parameter(word).map_or_else(|| "''".to_owned(), literal)
    }
}

/// A value as XPath writes it; a list as codes with spaces between them, as several choices are stored.
fn literal(value: &Value) -> String {
    match value {
        Value::Number(number) => text::canonical(*number),
        Value::Boolean(truth) => format!("{truth}()"),
        Value::List(_) | Value::Shared(_) => {
            let each: Vec<String> = value.elements().iter().map(Value::as_text).collect();
            quoted(&each.join(" "))
        }
        other => quoted(&other.as_text()),
    }
}

fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{}\"", text.replace('"', "”")) } else { format!("'{text}'") }
}
