//! `requests.rs`: constructors and setters of what is sent.
//!
//! A struct that may gain fields cannot be written out by its users. So each part of a request has `new` with what is
//! required, in the order of the spec's `required`, and a setter by the plain name of each field that is not.

use std::collections::BTreeSet;

use crate::{
    Error,
    emit::doc,
    model::{Field, Kind, Model, Shape},
};

/// Keywords of Rust that an API may well use as the name of a field; progenitor puts an underscore behind them.
pub(crate) const KEYWORDS: [&str; 12] =
    ["as", "default", "for", "in", "match", "mod", "move", "ref", "static", "type", "use", "where"];

/// The file.
pub(crate) fn requests(model: &Model) -> Result<String, Error> {
    let mut code = "use crate::types::*;\n".to_owned();
    let patched = model.patched();
    for name in model.requested() {
        let Some(Shape::Struct { fields, required }) = model.types.get(name).map(|of| &of.shape) else {
            continue;
        };
        code += &format!("impl {name} {{\n");
        code += &constructor(name, model, required);
        for (field_name, of) in fields.iter().filter(|(_, field)| !field.required) {
            code += &setters(field_name, of, model, patched.contains(name));
        }
        code += "}\n";
    }
    let file = syn::parse_file(&code)
        .map_err(|error| Error::Printed(format!("requests.rs does not parse: {error}")))?;
    Ok(prettyplease::unparse(&file))
}

fn constructor(name: &str, model: &Model, required: &[String]) -> String {
    let fields: std::collections::BTreeMap<_, _> = model.fields(name).collect();
    let given = required.iter().filter_map(|name| Some((ident(name), fields.get(name.as_str())?)));
    let (mut arguments, mut values) = (String::new(), String::new());
    for (name, field) in given {
        let (of, value) = argument(&field.kind, &name, model);
        arguments += &format!("{name}: {of}, ");
        values += &format!("{name}: {value}, ");
    }
    let absent: BTreeSet<_> =
        fields.iter().filter(|(_, field)| !field.required).map(|(name, _)| ident(name)).collect();
    for name in absent {
        values += &format!("{name}: Default::default(), ");
    }
    let text = if required.is_empty() {
        "Makes one with nothing set."
    } else {
        "Makes one of what the API requires."
    };
    format!("{}pub fn new({arguments}) -> Self {{ Self {{ {values} }} }}\n", doc("", text))
}

fn setters(name: &str, field: &Field, model: &Model, patched: bool) -> String {
    let name = &ident(name);
    let (of, value) = argument(&field.kind, name, model);
    let plain =
        matches!(&field.kind, Kind::List(_) | Kind::Map(_) | Kind::Object) || is_metadata(&field.kind);
    let clearable = patched && field.nullable;
    let value = match () {
        () if clearable => format!("Some(Nullable::Value({value}))"),
        () if plain && !patched && !field.nullable => value,
        () => format!("Some({value})"),
    };
    let docs = doc("", described(field, model));
    let mut code = format!(
        "{docs}#[must_use]\npub fn {name}(mut self, {name}: {of}) -> Self {{ self.{name} = {value}; self }}\n"
    );
    if clearable {
        let docs = doc("", &format!("Clears [`{name}`](Self::{name}): `null` is sent."));
        code += &format!(
            "{docs}#[must_use]\npub fn clear_{name}(mut self) -> Self {{ self.{name} = Some(Nullable::Null); self }}\n"
        );
    }
    code
}

fn described<'a>(field: &'a Field, model: &'a Model) -> &'a str {
    let of_type =
        || field.kind.name().and_then(|name| model.types.get(name)).map_or("", |of| of.description.as_str());
    if field.description.is_empty() { of_type() } else { &field.description }
}

/// The type of an argument, and the expression that makes a field's value of it.
fn argument(kind: &Kind, name: &str, model: &Model) -> (String, String) {
    let into = format!("{name}.into()");
    match kind {
        Kind::Text => ("impl Into<String>".to_owned(), into),
        Kind::Secret => ("impl Into<Secret>".to_owned(), into),
        Kind::Named(_) if is_metadata(kind) => {
            let of = "impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>";
            (of.to_owned(), format!("{name}.into_iter().collect()"))
        }
        Kind::Named(of) if model.types.get(of).is_some_and(|of| of.shape == Shape::Id) => {
            (format!("impl Into<{of}>"), into)
        }
        Kind::List(inner) => {
            let (of, value) = argument(inner, "each", model);
            let collect = if value == "each" { "" } else { ".map(Into::into)" };
            (format!("impl IntoIterator<Item = {of}>"), format!("{name}.into_iter(){collect}.collect()"))
        }
        other => (path(other), name.to_owned()),
    }
}

fn path(kind: &Kind) -> String {
    match kind {
        Kind::Date => "::jiff::civil::Date".to_owned(),
        Kind::Timestamp => "::jiff::Timestamp".to_owned(),
        Kind::Int32 => "i32".to_owned(),
        Kind::Int64 => "i64".to_owned(),
        Kind::Boolean => "bool".to_owned(),
        Kind::Named(name) => name.clone(),
        Kind::Text => "String".to_owned(),
        Kind::Secret => "Secret".to_owned(),
        Kind::List(inner) => format!("Vec<{}>", path(inner)),
        Kind::Map(inner) => format!("::std::collections::BTreeMap<String, {}>", path(inner)),
        Kind::Object => "::serde_json::Map<String, ::serde_json::Value>".to_owned(),
        Kind::Other => "::serde_json::Value".to_owned(),
    }
}

fn is_metadata(kind: &Kind) -> bool {
    matches!(kind, Kind::Named(name) if name == "Metadata")
}

fn ident(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("{name}_") } else { name.to_owned() }
}
