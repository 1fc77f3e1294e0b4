//! `operations.rs`: what the transport must know of each operation.

use crate::model::{Idempotency, Model};

/// The file.
pub(crate) fn operations(model: &Model) -> String {
    let mut code = "\
use http::Method;

use crate::{Idempotency, Operation};

/// Every operation of the API, by its id.
pub static OPERATIONS: &[Operation] = &[
"
    .to_owned();
    for (id, operation) in &model.operations {
        let idempotency = match operation.idempotency {
            Idempotency::None => "None",
            Idempotency::Optional => "Optional",
            Idempotency::Required => "Required",
        };
        code += &format!(
            "    Operation {{\n        id: {id:?},\n        method: Method::{},\n        path: {:?},\n        scope: {:?},\n        \
             idempotency: Idempotency::{idempotency},\n        authenticated: {},\n        answers_secret: {},\n    }},\n",
            operation.method,
            operation.path,
            operation.scope,
            operation.authenticated,
            model.answers_secret(operation),
        );
    }
    code + "];\n"
}
