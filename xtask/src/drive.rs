//! Drives progenitor, and asserts of each setting that it took effect.
//!
//! A replacement, conversion or patch whose name or schema matches nothing is ignored without a word; so is a setting that a
//! new version understands differently. What is printed is therefore counted against the model.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TypeImpl, TypePatch};
use quote::{ToTokens, quote};
use schemars08::schema::{InstanceType, SchemaObject};
use syn::{Fields, Item, ItemMod, ItemStruct};

use crate::{
    Error,
    model::{Field, Kind, Model, Shape},
};

/// Components that are written by hand: name and path.
pub(crate) const BY_HAND: [(&str, &str); 2] = [("Metadata", "crate::Metadata"), ("Pence", "crate::Pence")];

/// String formats that have a type: format, path, the last segment of the path, kind.
const FORMATS: [(&str, &str, &str, Kind); 3] = [
    ("date", "::jiff::civil::Date", "Date", Kind::Date),
    ("date-time", "::jiff::Timestamp", "Timestamp", Kind::Timestamp),
    ("password", "crate::Secret", "Secret", Kind::Secret),
];

/// What progenitor prints for a lowered spec.
pub(crate) fn drive(lowered: serde_json::Value, model: &Model) -> Result<syn::File, Error> {
    let document = serde_json::from_value(lowered).map_err(|error| Error::Progenitor(error.to_string()))?;
    let mut generator = Generator::new(&settings(model));
    let tokens =
        generator.generate_tokens(&document).map_err(|error| Error::Progenitor(error.to_string()))?;
    let types = generator.get_type_space();
    let unwanted = [
        ("chrono", types.uses_chrono()),
        ("regress", types.uses_regress()),
        ("uuid", types.uses_uuid()),
        ("futures", generator.uses_futures()),
        ("rand", generator.uses_websockets()),
    ];
    if let Some((name, _)) = unwanted.iter().find(|(_, used)| *used) {
        return Err(Error::Printed(format!("it needs the crate {name}")));
    }
    let file = syn::parse2(tokens).map_err(|error| Error::Printed(error.to_string()))?;
    assert_settings(&file, model)?;
    Ok(file)
}

fn settings(model: &Model) -> GenerationSettings {
    let like_str = [TypeImpl::Display, TypeImpl::FromStr];
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote!(crate::Session))
        .with_map_type("::std::collections::BTreeMap")
        .with_crate("credicorp-gen", progenitor::CrateVers::Any, None)
        .with_derive("PartialEq");
    for (format, path, ..) in FORMATS {
        let schema = SchemaObject {
            instance_type: Some(InstanceType::String.into()),
            format: Some(format.to_owned()),
            ..SchemaObject::default()
        };
        settings.with_conversion(schema, path, like_str.into_iter());
    }
    for (name, path) in replacements(model) {
        settings.with_replacement(name, path, like_str.into_iter());
    }
    for name in structs(model) {
        let mut patch = TypePatch::default();
        settings.with_patch(name, patch.with_attr("#[non_exhaustive]").with_attr(schema(name, model)));
    }
    settings
}

/// The components that progenitor shall not print, with the type to name instead.
fn replacements(model: &Model) -> Vec<(&str, String)> {
    let printed_here = model.types.iter().filter(|(_, of)| matches!(of.shape, Shape::Id | Shape::Enum(_)));
    let by_hand = BY_HAND.iter().filter(|(name, _)| model.types.contains_key(*name));
    printed_here
        .map(|(name, _)| (name.as_str(), format!("crate::types::{name}")))
        .chain(by_hand.map(|(name, path)| (*name, (*path).to_owned())))
        .collect()
}

/// The attribute that derives a struct's JSON Schema. It names the fields that may be `null`, for the derive lets every
/// `Option` be.
fn schema(name: &str, model: &Model) -> TokenStream {
    let nullable = model.fields(name).filter(|(_, field)| field.nullable).map(|(name, _)| name);
    let nullable = nullable.collect::<Vec<_>>().join(" ");
    quote! {
        #[cfg_attr(
            feature = "schemars",
            derive(::schemars::JsonSchema),
            schemars(transform = crate::schema::NullOnlyIn(#nullable))
        )]
    }
}

fn structs(model: &Model) -> BTreeSet<&str> {
    let structs = model.types.iter().filter(|(_, of)| matches!(of.shape, Shape::Struct { .. }));
    structs.map(|(name, _)| name.as_str()).collect()
}

fn assert_settings(file: &syn::File, model: &Model) -> Result<(), Error> {
    let types =
        module(&file.items, "types").ok_or_else(|| Error::Printed("there is no `mod types`".to_owned()))?;
    let printed: Vec<&ItemStruct> = items(types).iter().filter_map(as_struct).collect();
    assert_interface(file)?;
    assert_replaced(types, model)?;
    assert_patched(&printed, model)?;
    assert_converted(file, model)
}

/// Positional, `HooksMode::Expected`, the inner type, the map type.
fn assert_interface(file: &syn::File) -> Result<(), Error> {
    let whole = file.to_token_stream().to_string();
    let expected = [
        ("one client with the session inside", "pub (crate) inner : crate :: Session", 1),
        ("one check that the hooks are implemented", "fn assert_client_hooks", 1),
        ("no default hooks", "for & Client", 0),
        ("no builders", "mod builder", 0),
        ("no hash maps", "HashMap", 0),
    ];
    for (what, text, count) in expected {
        let found = whole.matches(text).count();
        if found != count {
            return Err(Error::Printed(format!("{what}: `{text}` stands there {found} times, not {count}")));
        }
    }
    Ok(())
}

/// `with_replacement`: a type that was to be replaced is not printed, and nothing but the structs of the spec is.
fn assert_replaced(types: &ItemMod, model: &Model) -> Result<(), Error> {
    let named = items(types).iter().filter_map(|item| match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Enum(item) => Some(item.ident.to_string()),
        _ => None,
    });
    let printed: BTreeSet<String> = named.collect();
    let expected: BTreeSet<String> = structs(model).into_iter().map(str::to_owned).collect();
    match printed.symmetric_difference(&expected).next() {
        None => Ok(()),
        Some(name) if expected.contains(name) => Err(Error::Printed(format!("the type {name} is missing"))),
        Some(name) => Err(Error::Printed(format!("there is a type {name} that nobody asked for"))),
    }
}

/// `with_patch` and `with_derive`: every struct is `#[non_exhaustive]` and `PartialEq`, and derives its own JSON Schema.
fn assert_patched(structs: &[&ItemStruct], model: &Model) -> Result<(), Error> {
    for item in structs {
        let attributes: String =
            item.attrs.iter().map(|attribute| attribute.to_token_stream().to_string()).collect();
        let schema = schema(&item.ident.to_string(), model).to_string();
        for wanted in ["# [non_exhaustive]", "PartialEq", &schema] {
            if !attributes.contains(wanted) {
                return Err(Error::Printed(format!("the type {} is not `{wanted}`", item.ident)));
            }
        }
        let (fields, expected) = (item.fields.len(), model.fields(&item.ident.to_string()).count());
        if fields != expected || !matches!(item.fields, Fields::Named(_)) {
            return Err(Error::Printed(format!(
                "the type {} has {fields} fields, not {expected}",
                item.ident
            )));
        }
    }
    Ok(())
}

/// `with_conversion` and `with_crate`: each type that stands for a schema is named as often as that schema is.
fn assert_converted(file: &syn::File, model: &Model) -> Result<(), Error> {
    let parameters = model.operations.values().flat_map(|operation| operation.parameters.values());
    let fields = model.types.keys().flat_map(|name| model.fields(name)).map(|(_, field)| field);
    let all: Vec<&Field> = parameters.chain(fields).collect();
    let count = |kind: &Kind| all.iter().filter(|field| field.kind.innermost() == kind).count();
    for (format, path, ident, kind) in &FORMATS {
        assert_count(file, &format!("format {format} as {path}"), ident, count(kind))?;
    }
    let clearable =
        model.patched().into_iter().flat_map(|name| model.fields(name)).filter(|(_, field)| field.nullable);
    assert_count(file, "nullable fields of a PATCH as Nullable", "Nullable", clearable.count())
}

fn assert_count(file: &syn::File, what: &str, ident: &str, expected: usize) -> Result<(), Error> {
    let found = idents(file.to_token_stream(), ident);
    if found == expected {
        return Ok(());
    }
    Err(Error::Printed(format!("{what}: `{ident}` stands there {found} times, not {expected}")))
}

/// How often an identifier stands in a stream of tokens.
fn idents(tokens: TokenStream, ident: &str) -> usize {
    let each = tokens.into_iter().map(|token| match token {
        proc_macro2::TokenTree::Ident(found) => usize::from(found == ident),
        proc_macro2::TokenTree::Group(group) => idents(group.stream(), ident),
        _ => 0,
    });
    each.sum()
}

/// The module of that name.
pub(crate) fn module<'a>(items: &'a [Item], name: &str) -> Option<&'a ItemMod> {
    items.iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == name => Some(module),
        _ => None,
    })
}

fn items(module: &ItemMod) -> &[Item] {
    module.content.as_ref().map_or(&[], |(_, items)| items)
}

fn as_struct(item: &Item) -> Option<&ItemStruct> {
    match item {
        Item::Struct(item) => Some(item),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
