//! The type that a mapping is checked against: the input of the vendor's operation, with the form's own fields in it. Unknown,
//! missing and wrongly typed fields are then found as those of any operation are.

use super::define::{VendorField, VendorForm};
use crate::domain::connector::forms::FormLayout;
use crate::domain::value::{ObjectType, Type, TypeField};
use indexmap::IndexMap;
use std::sync::Arc;

impl VendorForm {
    /// The input of its operation.
    pub fn input_type(&self) -> Option<Type> {
        let (layout, operation) = (self.layout()?, self.connector.operation(&self.operation)?);
        let Type::Object(input) = operation.input_type() else { return None };
        let is_table = |field: &&VendorField| layout.kinds.get(&field.kind).is_some_and(|kind| kind.table);
        let (tables, plain): (Vec<&VendorField>, Vec<&VendorField>) =
            self.fields.iter().filter(|field| sent(layout, field)).partition(is_table);
        let mut arguments = input.fields.clone();
        let mut put = |argument: &Arc<str>, name: String, fields: Vec<&VendorField>| {
            let required = fields.iter().any(|field| field.required);
            let of = Type::Object(Arc::new(self.object(layout, &name, &fields)));
            arguments.insert(argument.clone(), TypeField { of, required, max_length: None });
        };
        match &layout.tables {
            Some(argument) => {
                put(&layout.fields, self.id.to_string(), plain);
                put(argument, self.id.to_string(), tables);
            }
            None => put(&layout.fields, self.id.to_string(), plain.into_iter().chain(tables).collect()),
        }
        Some(Type::Object(Arc::new(ObjectType { name: input.name.clone(), fields: arguments, open: false })))
    }

    fn object(&self, layout: &FormLayout, name: &str, fields: &[&VendorField]) -> ObjectType {
        let field = |field: &&VendorField| {
            let of = self.field_type(layout, field);
            (field.id.clone(), TypeField { of: of.0, required: field.required, max_length: of.1 })
        };
        ObjectType { name: Arc::from(name), fields: fields.iter().map(field).collect::<IndexMap<_, _>>(), open: false }
    }

    fn field_type(&self, layout: &FormLayout, field: &VendorField) -> (Type, Option<u32>) {
        let Some(kind) = layout.kinds.get(&field.kind) else { return (Type::Any, None) };
        if kind.table {
            let columns: Vec<&VendorField> = field.columns.iter().filter(|column| sent(layout, column)).collect();
            let row = self.object(layout, &format!("{}.{}", self.id, field.id), &columns);
            return (Type::List(Box::new(Type::Object(Arc::new(row))), None), None);
        }
        (kind.value.clone(), field.max_length.or(kind.max_length))
    }
}

/// Whether a mapping fills it.
fn sent(layout: &FormLayout, field: &VendorField) -> bool {
    !field.by_connector && layout.kinds.get(&field.kind).is_none_or(|kind| kind.sent)
}
