//! What each operation does: a table from the spec's ids to functions, each of which reads its input, asks the state, and answers.
//!
//! An operation that is not in it is answered by 501 `not_emulated`, but for `create_token`, which is another protocol. The spec has
//! validated the input before.

mod applications;
mod decisions;
mod list;
mod webhook_endpoints;

use serde_json::Value;

use crate::answer::Answer;
use crate::exchange::Input;
use crate::problem::{FieldError, Problem};
use crate::shared::Shared;
use crate::spec::Spec;
use crate::webhooks::check_url;
use crate::world::NewApplication;

type Check = fn(&Spec, &Value) -> Vec<FieldError>;
type Run = fn(&Shared, &Input) -> Result<Answer, Problem>;

#[derive(Debug)]
pub(crate) struct Handler {
    operation: &'static str,
    /// What the schema of the body cannot say.
    pub(crate) check: Check,
    pub(crate) run: Run,
}

const HANDLERS: &[Handler] = &[
    checked("create_application", NewApplication::check, applications::create),
    plain("list_applications", applications::list),
    plain("get_application", applications::get),
    plain("submit_application", applications::submit),
    plain("withdraw_application", applications::withdraw),
    plain("get_decision", decisions::get),
    plain("refresh_decision", decisions::refresh),
    checked("create_webhook_endpoint", check_url, webhook_endpoints::create),
    plain("list_webhook_endpoints", webhook_endpoints::list),
    plain("get_webhook_endpoint", webhook_endpoints::get),
    checked("update_webhook_endpoint", check_url, webhook_endpoints::update),
    plain("delete_webhook_endpoint", webhook_endpoints::delete),
    plain("rotate_webhook_secret", webhook_endpoints::rotate_secret),
];

const fn checked(operation: &'static str, check: Check, run: Run) -> Handler {
    Handler { operation, check, run }
}

/// An operation whose body the schema says everything about.
const fn plain(operation: &'static str, run: Run) -> Handler {
    Handler { operation, check: |_, _| Vec::new(), run }
}

pub(crate) fn handler(operation: &str) -> Option<&'static Handler> {
    HANDLERS.iter().find(|handler| handler.operation == operation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_emulated_is_just_this() {
        let spec = Spec::load().unwrap();
        for handler in HANDLERS {
            assert!(spec.operation(handler.operation).is_some(), "{}", handler.operation);
        }
        let mut missing: Vec<_> = spec.operations().iter().map(|operation| operation.id.as_str()).collect();
        missing.retain(|id| handler(id).is_none() && *id != "create_token");
        missing.sort_unstable();
        assert_eq!(
            missing,
            [
                "accept_offer",
                "create_collection",
                "create_disbursement",
                "create_identity_check",
                "create_payment_link",
                "get_account",
                "get_account_schedule",
                "get_identity_check",
                "get_payment",
                "get_payment_link",
                "list_accounts",
                "list_payments",
            ]
        );
    }
}
