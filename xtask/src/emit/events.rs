//! `events.rs`: the type of each webhook event, as a call of the macro that holds their behaviour.

use crate::{
    emit::{doc, pascal},
    model::Model,
    spec::resource_id,
};

/// The file.
pub(crate) fn events(model: &Model) -> String {
    let mut code = "use crate::{event::events, types::*};\n\nevents! {\n".to_owned();
    for (name, event) in &model.events {
        let id = resource_id(name);
        code += &doc("    ", &format!("`{name}`: {}", event.description));
        code += &doc("    ", &format!("Its `{id}` is what to read again."));
        code += &format!("    {name:?} => {}({}) by {id:?},\n", pascal(name), event.data);
    }
    code + "}\n"
}
