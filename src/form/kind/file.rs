//! `file`: a scanned order, a photograph, a list. Its value is the file's name.

use serde_json::Value as Json;

use super::text::show;
use super::{CellRule, Control, Kind, Unread};
use crate::expr::{Scalar, Type, Value};
use crate::form::attachment::Attachment;
use crate::lang::Words;

/// One file; see [`Attachment`] for how it is stored.
pub(super) static FILE: Kind = Kind {
    name: "file",
    value: Type::one(Scalar::Text),
    asked: true,
    listed: false,
    control: Control::File,
    cell: CellRule::Text,
    read: |json, _| {
        let file = Attachment::read(json).ok_or_else(|| Unread::wrong(Words::new("form.answer-file")))?;
        Ok(Value::text(file.name))
    },
    type_in: |typed, _| Json::from(typed),
    show,
    bounds: (None, None),
};
