//! What the spec says of an operation, for whoever sends its request.
//!
//! The transport learns from here whether to add a token and an `Idempotency-Key`; no list of that kind is kept by hand.

use http::Method;

/// One operation of the API.
#[derive(Debug)]
#[non_exhaustive]
pub struct Operation {
    /// The spec's `operationId`, such as `create_application`.
    pub id: &'static str,
    /// The request's method.
    pub method: Method,
    /// The path with its placeholders, such as `/partner/v1/applications/{id}`.
    pub path: &'static str,
    /// The scope that the token must have.
    pub scope: Option<&'static str>,
    /// Whether the request takes an `Idempotency-Key`.
    pub idempotency: Idempotency,
    /// Whether the request carries a bearer token.
    pub authenticated: bool,
    /// Whether a success carries a secret, so that its body must not be kept, shown or logged.
    pub answers_secret: bool,
}

impl Operation {
    /// What holds for a request that the spec does not know, by its method: a token, a key if it changes something, and
    /// possibly a secret in its answer. `None` for a method that HTTP does not define for requests to a resource.
    pub fn unlisted(method: &Method) -> Option<&'static Self> {
        const fn of(method: Method, idempotency: Idempotency) -> Operation {
            let (id, path) = ("request", "{path}");
            Operation {
                id,
                method,
                path,
                scope: None,
                idempotency,
                authenticated: true,
                answers_secret: true,
            }
        }
        static UNLISTED: [Operation; 7] = [
            of(Method::GET, Idempotency::None),
            of(Method::HEAD, Idempotency::None),
            of(Method::OPTIONS, Idempotency::None),
            of(Method::POST, Idempotency::Optional),
            of(Method::PUT, Idempotency::Optional),
            of(Method::PATCH, Idempotency::Optional),
            of(Method::DELETE, Idempotency::Optional),
        ];
        UNLISTED.iter().find(|operation| operation.method == *method)
    }
}

/// Whether an operation takes an `Idempotency-Key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Idempotency {
    /// It takes none: it changes nothing.
    None,
    /// It takes one, and does without.
    Optional,
    /// It refuses to work without one.
    Required,
}

/// The operation of that `operationId`.
pub fn operation(id: &str) -> Option<&'static Operation> {
    crate::OPERATIONS.iter().find(|operation| operation.id == id)
}
