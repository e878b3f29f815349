//! The expression language: one grammar, one spanned tree, several readers.
//!
//! A text becomes a tree ([`parse`]), the tree is bound and typed ([`check`]), and a reader gives it its meaning:
//! [`evaluate`] in Rust. The readers for the browser and for workbooks read the same tree.

mod dates;
mod eval;
pub mod excel;
mod formulas;
pub mod functions;
pub mod json;
mod lexer;
mod lists;
mod logic;
pub mod loose;
mod numbers;
mod parser;
mod patterns;
mod rows;
mod shared;
mod texts;
mod tree;
mod types;
mod value;
mod works;

pub use eval::{Surroundings, evaluate, evaluate_node};
pub use parser::{bare_name, parse, parse_filter, parse_through};
pub use shared::Shared;
pub use tree::{Expr, ExprFault, Kind, Node, OPERATORS, Op, Reference, Rows, Slot, Span};
pub use types::{Names, Scalar, Type, check};
pub use value::{Value, number_json};
pub use works::Works;
