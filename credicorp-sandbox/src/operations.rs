//! What each operation does: a table from the spec's ids to functions, each of which reads its input, asks the state, and answers.
//!
//! Every operation of the spec is in it, but for `create_token`, which is another protocol. The spec has validated the input before.

mod accounts;
mod applications;
mod decisions;
mod identity;
mod list;
mod payments;
mod webhook_endpoints;

use serde_json::Value;

use crate::answer::Answer;
use crate::exchange::Input;
use crate::problem::{FieldError, Problem};
use crate::shared::Shared;
use crate::spec::Spec;
use crate::webhooks::check_url;
use crate::world::{NewApplication, NewPaymentLink};

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
    plain("accept_offer", decisions::accept_offer),
    checked("create_payment_link", NewPaymentLink::check, payments::create_link),
    plain("get_payment_link", payments::get_link),
    plain("create_disbursement", payments::create_disbursement),
    plain("create_collection", payments::create_collection),
    plain("list_payments", payments::list),
    plain("get_payment", payments::get),
    plain("list_accounts", accounts::list),
    plain("get_account", accounts::get),
    plain("get_account_schedule", accounts::schedule),
    plain("create_identity_check", identity::create),
    plain("get_identity_check", identity::get),
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
    fn every_operation_of_the_spec_is_emulated() {
        let spec = Spec::load().unwrap();
        for handler in HANDLERS {
            assert!(spec.operation(handler.operation).is_some(), "{}", handler.operation);
        }
        let ids = spec.operations().iter().map(|operation| operation.id.as_str());
        let missing: Vec<_> = ids.filter(|id| handler(id).is_none()).collect();
        assert_eq!(missing, ["create_token"]);
    }
}
