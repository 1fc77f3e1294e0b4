//! Which operation a request means: the path first, then the method.
//!
//! A literal segment beats a parameter (`/payments/links` is not the payment `links`), and a known path under another method is
//! not an unknown path. Nothing is percent-decoded: an id needs no encoding, and an encoded one is another id.

use http::Method;

use super::Spec;
use super::operation::Operation;

/// A path with `{name}` for its parameters.
#[derive(Debug)]
pub(crate) struct Template {
    segments: Vec<Segment>,
}

#[derive(Debug)]
enum Segment {
    Literal(String),
    Parameter(String),
}

/// What came of the search.
#[derive(Debug)]
pub(crate) enum Route<'a> {
    Found {
        operation: &'a Operation,
        path_values: Vec<(&'a str, &'a str)>,
    },
    /// The path exists under these methods only.
    OtherMethods(String),
    Unknown,
}

impl Template {
    pub(super) fn new(path: &str) -> Self {
        let segments = path.split('/').map(|segment| {
            match segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}')) {
                Some(name) => Segment::Parameter(name.to_owned()),
                None => Segment::Literal(segment.to_owned()),
            }
        });
        Self { segments: segments.collect() }
    }

    /// The values of the parameters; `None` if the path is another one.
    fn matches<'a>(&'a self, path: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
        let mut given = path.split('/');
        let mut values = Vec::new();
        for segment in &self.segments {
            let given = given.next()?;
            match segment {
                Segment::Literal(literal) if literal == given => {}
                Segment::Parameter(name) if !given.is_empty() => values.push((name.as_str(), given)),
                _ => return None,
            }
        }
        given.next().is_none().then_some(values)
    }

    /// The same path up to the names of its parameters.
    fn same_path(&self, other: &Self) -> bool {
        self.segments.len() == other.segments.len()
            && self.segments.iter().zip(&other.segments).all(|pair| match pair {
                (Segment::Literal(one), Segment::Literal(other)) => one == other,
                (Segment::Parameter(_), Segment::Parameter(_)) => true,
                _ => false,
            })
    }

    fn parameters(&self) -> usize {
        self.segments.iter().filter(|segment| matches!(segment, Segment::Parameter(_))).count()
    }
}

impl Spec {
    pub(crate) fn route<'a>(&'a self, method: &Method, path: &'a str) -> Route<'a> {
        let candidates =
            self.operations.iter().filter(|operation| operation.template.matches(path).is_some());
        let Some(best) = candidates.min_by_key(|operation| operation.template.parameters()) else {
            return Route::Unknown;
        };
        let here: Vec<_> =
            self.operations.iter().filter(|operation| operation.template.same_path(&best.template)).collect();
        match here.iter().find(|operation| operation.method == *method) {
            Some(operation) => {
                Route::Found { operation, path_values: operation.template.matches(path).unwrap_or_default() }
            }
            None => {
                let methods: Vec<_> = here.iter().map(|operation| operation.method.as_str()).collect();
                Route::OtherMethods(methods.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(method: Method, path: &str) -> String {
        match Spec::load().unwrap().route(&method, path) {
            Route::Found { operation, path_values } => format!("{} {path_values:?}", operation.id),
            Route::OtherMethods(methods) => methods,
            Route::Unknown => "unknown".to_owned(),
        }
    }

    #[test]
    fn a_path_leads_to_its_operation() {
        assert_eq!(route(Method::POST, "/oauth/token"), "create_token []");
        assert_eq!(
            route(Method::GET, "/partner/v1/applications/app_1"),
            r#"get_application [("id", "app_1")]"#
        );
        assert_eq!(route(Method::GET, "/partner/v1/payments/pay_1"), r#"get_payment [("id", "pay_1")]"#);
        assert_eq!(
            route(Method::GET, "/partner/v1/payments/links/p_1"),
            r#"get_payment_link [("id", "p_1")]"#
        );
    }

    #[test]
    fn a_literal_segment_beats_a_parameter() {
        assert_eq!(route(Method::POST, "/partner/v1/payments/links"), "create_payment_link []");
        assert_eq!(route(Method::GET, "/partner/v1/payments/links"), "POST");
    }

    #[test]
    fn another_method_is_not_another_path() {
        assert_eq!(route(Method::DELETE, "/partner/v1/applications"), "GET, POST");
        assert_eq!(route(Method::POST, "/partner/v1/webhook_endpoints/whend_1"), "GET, PATCH, DELETE");
    }

    #[test]
    fn anything_else_is_unknown() {
        for path in
            ["/", "/partner/v1/applications/", "/partner/v1/applications//submit", "/partner/v2/applications"]
        {
            assert_eq!(route(Method::GET, path), "unknown", "{path}");
        }
    }
}
