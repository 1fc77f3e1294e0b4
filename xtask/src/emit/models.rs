//! `models.rs`: ids and open enums, as calls of the macros that hold their behaviour.

use crate::{
    emit::{doc, pascal},
    model::{Model, Shape},
};

/// The file.
pub(crate) fn models(model: &Model) -> String {
    let mut code = "use crate::text::{open_enum, string_id};\n".to_owned();
    for (name, of) in &model.types {
        match &of.shape {
            Shape::Id => {
                let others = either(name, model)
                    .map_or_else(String::new, |names| format!(" from {}", names.join(", ")));
                code += &format!("\nstring_id! {{\n{}    {name}{others}\n}}\n", doc("    ", &of.description));
            }
            Shape::Enum(values) => {
                code += &format!("\nopen_enum! {{\n{}    {name} {{\n", doc("    ", &of.description));
                for value in values {
                    code += &format!("        /// `{value}`.\n        {} = {value:?},\n", pascal(value));
                }
                code += "    }\n}\n";
            }
            Shape::Struct { .. } | Shape::Alias(_) => {}
        }
    }
    code
}

/// `DecisionOrApplicationId` takes a `DecisionId` or an `ApplicationId`.
fn either(name: &str, model: &Model) -> Option<Vec<String>> {
    let kinds = name.strip_suffix("Id")?.split("Or");
    let ids: Vec<String> = kinds.map(|kind| format!("{kind}Id")).collect();
    let all =
        ids.len() > 1 && ids.iter().all(|id| model.types.get(id).is_some_and(|of| of.shape == Shape::Id));
    all.then_some(ids)
}
