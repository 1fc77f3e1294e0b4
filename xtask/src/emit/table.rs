//! `models.rs` of the tests: every component of the spec with its type, so that no test keeps a list of its own.

use crate::model::{Model, Shape};

/// The file.
pub(crate) fn table(model: &Model) -> String {
    let mut code = "\
use credicorp_gen::types::*;

use crate::models::Model;

/// Every component of the spec with its type.
pub const MODELS: &[Model] = &[
"
    .to_owned();
    let printed = model.types.iter().filter(|(name, of)| has_type(name, &of.shape));
    for (name, _) in printed {
        code += &format!("    Model::of::<{name}>({name:?}),\n");
    }
    code + "];\n"
}

/// An alias is no type in Rust, but for those that are written by hand.
fn has_type(name: &str, shape: &Shape) -> bool {
    !matches!(shape, Shape::Alias(_)) || crate::drive::BY_HAND.iter().any(|(by_hand, _)| *by_hand == name)
}
