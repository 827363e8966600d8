//! Outputs from the form of an answer: scalars by name, lists of objects as rows.

use super::{Form, Names, OUTPUTS_MAX, Output};

/// Objects within objects that are looked into; deeper ones are left out.
const DEPTH_MAX: usize = 3;

/// The outputs an answer of this form suggests, and whether some were left out.
pub fn outputs(form: &Form) -> (Vec<Output>, bool) {
    let (mut out, mut names) = (Vec::new(), Names::default());
    match form {
        Form::List(row) => out.push(rows("items", "$", row, &mut names)),
        other => walk(other, "$", "", true, 0, &mut names, &mut out),
    }
    let cut = out.len() > OUTPUTS_MAX;
    out.truncate(OUTPUTS_MAX);
    (out, cut)
}

fn walk(form: &Form, path: &str, prefix: &str, required: bool, depth: usize, names: &mut Names, out: &mut Vec<Output>) {
    let Form::Object(members) = form else { return };
    let told = members.iter().filter(|(name, ..)| !name.starts_with("__") && !name.starts_with('@'));
    for (name, form, there) in told {
        let (from, required) = (member(path, name), required && *there);
        let long = if prefix.is_empty() { name.clone() } else { format!("{prefix}_{name}") };
        match form {
            Form::Object(_) if depth + 1 < DEPTH_MAX => {
                // An envelope of one member is no part of a name.
                let prefix = if members.len() == 1 { prefix.to_owned() } else { long };
                walk(form, &from, &prefix, required, depth + 1, names, out);
            }
            Form::Object(_) => {}
            Form::List(row) => out.push(rows(&long, &from, row, names)),
            scalar => out.push(Output { name: names.take(&long), from, form: scalar.clone(), optional: !required, fields: Vec::new() }),
        }
    }
}

/// A list: of rows where its elements are objects.
fn rows(name: &str, path: &str, row: &Form, names: &mut Names) -> Output {
    let mut fields = Vec::new();
    walk(row, "$", "", true, 1, &mut Names::default(), &mut fields);
    fields.retain(|field| !matches!(field.form, Form::List(_)));
    fields.truncate(OUTPUTS_MAX);
    let form = Form::List(Box::new(row.clone()));
    Output { name: names.take(name), from: format!("{path}[*]"), form, optional: false, fields }
}

/// The path of a member; names that are no plain ones stand in brackets.
fn member(path: &str, name: &str) -> String {
    let plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && name.chars().next().is_some_and(|first| !first.is_ascii_digit());
    if plain { format!("{path}.{name}") } else { format!("{path}['{}']", name.replace('\\', "\\\\").replace('\'', "\\'")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};

    fn told(sample: &Json) -> Vec<String> {
        let (outputs, _) = outputs(&Form::of_sample(sample));
        let one = |output: &Output| {
            let fields: Vec<_> = output.fields.iter().map(|field| format!("{}={}", field.name, field.from)).collect();
            format!(
                "{}={} {}{}",
                output.name,
                output.from,
                output.form.word(),
                if fields.is_empty() { String::new() } else { format!(" {{{}}}", fields.join(" ")) }
            )
        };
        outputs.iter().map(one).collect()
    }

    #[test]
    fn scalars_and_rows_are_found_in_the_usual_envelopes() {
        assert_eq!(told(&json!([{"id": 1, "lines": [1]}])), ["items=$[*] [object] {id=$.id}"]);
        assert_eq!(
            told(&json!({"d": {"results": [{"__metadata": {"uri": "x"}, "PurchaseOrder": "1"}]}})),
            ["results=$.d.results[*] [object] {purchase_order=$.PurchaseOrder}"]
        );
        assert_eq!(
            told(&json!({"@odata.context": "x", "id": 1, "supplier": {"name": "a", "a-b": {"c": true}}, "tags": ["x"]})),
            ["id=$.id int", "supplier_name=$.supplier.name string", "supplier_a_b_c=$.supplier['a-b'].c bool", "tags=$.tags[*] [string]"]
        );
        assert_eq!(told(&json!("only text")), Vec::<String>::new());
    }

    #[test]
    fn too_many_are_cut_and_said_to_be() {
        let wide: Json = (0..100).map(|number| (format!("f{number}"), json!(1))).collect::<serde_json::Map<_, _>>().into();
        let (outputs, cut) = outputs(&Form::of_sample(&wide));
        assert_eq!((outputs.len(), cut), (OUTPUTS_MAX, true));
    }
}
