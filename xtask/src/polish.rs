//! Small changes to what progenitor printed, where it has no setting.
//!
//! Each counts what it changed and compares that with the model, so that a new version of progenitor cannot slip past one.
//!
//! - A URL is put together by the session, which has the base parsed already; a path value that is no id stops the call.
//! - The `accept` header is the transport's, which adds it to the copy that it sends.
//! - The `api-version` header, the empty hooks and the constructor that panics are not printed.
//! - The client's `Debug` is written by hand: the derived one would show what its `reqwest::Client` was configured with.
//! - The error is ours and has no parameter.
//! - Lists and maps read `null` as absent, `Metadata` is a plain field, `Nullable` tells `null` from absence.

use quote::ToTokens;
use syn::{
    Attribute, Expr, ExprCall, ExprLit, ExprMethodCall, ExprReference, Field, File, ImplItem, Item, ItemMod,
    ItemStruct, Lit, Stmt, Type, parse_quote,
    punctuated::Punctuated,
    visit_mut::{self, VisitMut},
};

use crate::{
    Error,
    model::{Kind, Model, Shape},
};

/// The two files that are made of progenitor's output.
#[derive(Debug)]
pub(crate) struct Polished {
    /// The client with its endpoints.
    pub client: String,
    /// The structs.
    pub types: String,
}

/// Polishes progenitor's output.
pub(crate) fn polish(mut printed: File, model: &Model) -> Result<Polished, Error> {
    let types = types(take_module(&mut printed.items, "types")?, model)?;
    take_module(&mut printed.items, "prelude")?;
    let operations = model.operations.len();
    let path_values = model.operations.values().map(|operation| operation.path.matches('{').count()).sum();
    let answers = model.operations.values().filter(|operation| operation.answer.is_some()).count();
    let mut pass = Endpoints::default();
    pass.visit_file_mut(&mut printed);
    for (what, found, expected) in [
        ("URLs put together by the session", pass.urls, operations),
        ("path values checked", pass.path_values, path_values),
        ("accept headers left to the transport", pass.accepts, answers),
        ("errors without a parameter", pass.errors, operations),
        ("statements of version and hooks taken out", pass.statements, operations * 3),
        ("version headers taken out", pass.headers, operations),
        ("constructors that panic taken out", pass.constructors, 1),
        ("imports narrowed", pass.imports, 1),
        ("clients that show what they are made of", pass.derives, 1),
    ] {
        expect(what, found, expected)?;
    }
    let items = printed.items;
    let client = parse_quote! {
        use crate::rt as progenitor_client;
        use crate::types;
        #(#items)*
    };
    Ok(Polished { client: prettyplease::unparse(&client), types: prettyplease::unparse(&types) })
}

fn expect(what: &str, found: usize, expected: usize) -> Result<(), Error> {
    if found == expected {
        return Ok(());
    }
    Err(Error::Printed(format!("{what}: {found}, not {expected}; has progenitor changed what it prints?")))
}

fn take_module(items: &mut Vec<Item>, name: &str) -> Result<Vec<Item>, Error> {
    let at = items.iter().position(|item| matches!(item, Item::Mod(module) if module.ident == name));
    match at.map(|at| items.remove(at)) {
        Some(Item::Mod(ItemMod { content: Some((_, items)), .. })) => Ok(items),
        _ => Err(Error::Printed(format!("there is no module {name}"))),
    }
}

/// What is changed in the endpoints, counted.
#[derive(Default)]
struct Endpoints {
    urls: usize,
    path_values: usize,
    accepts: usize,
    errors: usize,
    statements: usize,
    headers: usize,
    constructors: usize,
    imports: usize,
    derives: usize,
}

impl VisitMut for Endpoints {
    fn visit_item_mut(&mut self, item: &mut Item) {
        if let Item::Use(import) = item
            && import.to_token_stream().to_string().contains("ByteStream")
        {
            self.imports += 1;
            *item = parse_quote! {
                #[allow(unused_imports)]
                use progenitor_client::{ClientInfo, Error, ResponseValue};
            };
        }
        visit_mut::visit_item_mut(self, item);
    }

    fn visit_item_struct_mut(&mut self, item: &mut ItemStruct) {
        for attribute in &mut item.attrs {
            if attribute.to_token_stream().to_string() == "# [derive (Clone , Debug)]" {
                self.derives += 1;
                *attribute = parse_quote!(#[derive(Clone)]);
            }
        }
    }

    fn visit_item_impl_mut(&mut self, item: &mut syn::ItemImpl) {
        let before = item.items.len();
        item.items.retain(|item| !matches!(item, ImplItem::Fn(function) if function.sig.ident == "new"));
        self.constructors += before - item.items.len();
        visit_mut::visit_item_impl_mut(self, item);
    }

    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        let before = block.stmts.len();
        block.stmts.retain(|statement| !is_superfluous(statement));
        self.statements += before - block.stmts.len();
        // The header map held the version alone, and goes with it.
        block.stmts.retain(|statement| {
            !matches!(statement, Stmt::Local(local) if local.pat.to_token_stream().to_string() == "mut header_map")
        });
        visit_mut::visit_block_mut(self, block);
    }

    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        visit_mut::visit_expr_mut(self, expression);
        match expression {
            Expr::MethodCall(call) if call.method == "headers" => {
                self.headers += 1;
                *expression = (*call.receiver).clone();
            }
            Expr::MethodCall(call)
                if call.method == "header"
                    && call
                        .args
                        .first()
                        .is_some_and(|name| name.to_token_stream().to_string().ends_with(":: ACCEPT")) =>
            {
                self.accepts += 1;
                *expression = (*call.receiver).clone();
            }
            Expr::Macro(found) if found.mac.path.is_ident("format") => {
                if let Some(pieces) = self.pieces(&found.mac) {
                    self.urls += 1;
                    *expression = parse_quote!(self.inner.url(&[#(#pieces),*]));
                }
            }
            _ => {}
        }
    }

    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if path.to_token_stream().to_string() == "Error < () >" {
            self.errors += 1;
            *path = parse_quote!(Error);
        }
        visit_mut::visit_path_mut(self, path);
    }
}

impl Endpoints {
    /// What `format!("{}/fixed/{}/…", self.baseurl, encode_path(&id.to_string()))` puts together, without the base.
    fn pieces(&mut self, format: &syn::Macro) -> Option<Vec<Expr>> {
        let arguments = format.parse_body_with(Punctuated::<Expr, syn::Token![,]>::parse_terminated).ok()?;
        let mut arguments = arguments.into_iter();
        let Expr::Lit(ExprLit { lit: Lit::Str(template), .. }) = arguments.next()? else { return None };
        let template = template.value();
        let mut fixed = template.strip_prefix("{}")?.split("{}");
        arguments.next().filter(|base| base.to_token_stream().to_string() == "self . baseurl")?;
        let first = fixed.next()?;
        let mut pieces = vec![parse_quote!(#first)];
        for (argument, after) in arguments.zip(fixed) {
            let Expr::Call(ExprCall { func, args, .. }) = argument else { return None };
            let Expr::Reference(ExprReference { expr, .. }) = args.into_iter().next()? else { return None };
            let Expr::MethodCall(ExprMethodCall { receiver, .. }) = *expr else { return None };
            self.path_values += usize::from(func.to_token_stream().to_string() == "encode_path");
            pieces.push(parse_quote!(#func(#receiver.as_str())?));
            pieces.extend((!after.is_empty()).then(|| parse_quote!(#after)));
        }
        Some(pieces)
    }
}

fn is_superfluous(statement: &Stmt) -> bool {
    let text = statement.to_token_stream().to_string();
    let is_await = |start: &str| text.starts_with(start) && text.ends_with(". await ? ;");
    text.starts_with("header_map . append") && text.contains("api_version")
        || is_await("self . pre (")
        || is_await("self . post (")
}

/// Changes the structs, and drops what only closed types would need.
fn types(mut items: Vec<Item>, model: &Model) -> Result<File, Error> {
    take_module(&mut items, "error")?;
    let unused = items.iter().all(|item| !item.to_token_stream().to_string().contains("error ::"));
    expect("types that can fail to convert", usize::from(!unused), 0)?;
    let mut counts = Counts::default();
    for item in &mut items {
        if let Item::Struct(item) = item {
            soften(item, model, &mut counts);
        }
    }
    let expected = Counts::of(model);
    expect("lists and maps that read null", counts.collections, expected.collections)?;
    expect("metadata as a plain field", counts.metadata, expected.metadata)?;
    expect("fields that tell null from absence", counts.nullable, expected.nullable)?;
    Ok(parse_quote!(#(#items)*))
}

#[derive(Default)]
struct Counts {
    collections: usize,
    metadata: usize,
    nullable: usize,
}

impl Counts {
    /// What the model says there is to soften.
    fn of(model: &Model) -> Self {
        let patched = model.patched();
        let mut counts = Self::default();
        for name in model
            .types
            .iter()
            .filter(|(_, of)| matches!(of.shape, Shape::Struct { .. }))
            .map(|(name, _)| name)
        {
            for (_, field) in model.fields(name).filter(|(_, field)| !field.required || field.nullable) {
                match &field.kind {
                    _ if patched.contains(name.as_str()) => counts.nullable += usize::from(field.nullable),
                    Kind::List(_) | Kind::Map(_) | Kind::Object => {
                        counts.collections += usize::from(!field.nullable)
                    }
                    Kind::Named(kind) if kind == "Metadata" => counts.metadata += 1,
                    _ => {}
                }
            }
        }
        counts
    }
}

fn soften(item: &mut ItemStruct, model: &Model, counts: &mut Counts) {
    let patched = model.patched().contains(item.ident.to_string().as_str());
    for field in &mut item.fields {
        let of = field.ty.to_token_stream().to_string();
        if of.contains("Nullable") {
            counts.nullable += 1;
            Home.visit_field_mut(field);
            serde(field, r#"default, deserialize_with = "crate::nullable::present""#);
        } else if of == ":: std :: option :: Option < crate :: Metadata >" && !patched {
            counts.metadata += 1;
            field.ty = parse_quote!(crate::Metadata);
            field.attrs.retain(|attribute| !attribute.path().is_ident("serde"));
            serde(field, r#"default, deserialize_with = "crate::rt::null_as_default""#);
            serde(field, r#"skip_serializing_if = "crate::Metadata::is_empty""#);
        } else if has_default(field) {
            counts.collections += 1;
            serde(field, r#"deserialize_with = "crate::rt::null_as_default""#);
        }
    }
}

/// A type of ours is named by way of this crate, not as one of another.
struct Home;

impl VisitMut for Home {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if path.leading_colon.is_some() && path.segments[0].ident == "credicorp_gen" {
            path.leading_colon = None;
            path.segments[0] = parse_quote!(crate);
        }
        visit_mut::visit_path_mut(self, path);
    }
}

fn serde(field: &mut Field, options: &str) {
    let options: proc_macro2::TokenStream = options.parse().unwrap_or_default();
    field.attrs.push(parse_quote!(#[serde(#options)]));
}

/// Whether serde fills the field in where it is absent; an `Option` it fills in by itself.
fn has_default(field: &Field) -> bool {
    let is_default =
        |attribute: &Attribute| attribute.to_token_stream().to_string().starts_with("# [serde (default");
    !matches!(&field.ty, Type::Path(path) if path.to_token_stream().to_string().starts_with(":: std :: option"))
        && field.attrs.iter().any(is_default)
}
