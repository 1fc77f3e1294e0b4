//! The order in which a request is looked at: token, scope, rate, key, body, stored answer, validation, execution.

use std::time::Duration;

use http::header;
use serde_json::Value;

use super::input::{Input, offences_of, read_json};
use super::{BODY_LIMIT, Exchange};
use crate::answer::Answer;
use crate::idempotency::{Begun, Fingerprint, Name};
use crate::oauth;
use crate::operations;
use crate::problem::Problem;
use crate::spec::{KeyRule, Operation, Place, Route};
use crate::tokens::Claims;

impl Exchange {
    /// Executes the operation, after a delay if one was injected; what comes out follows the spec.
    pub(super) async fn execute(&self, operation: &Operation, delay: Option<Duration>) -> Answer {
        let answer = if operation.id == "create_token" {
            self.wait(delay).await;
            match &self.body {
                Some(body) => oauth::answer(&self.shared, &self.headers, body),
                None => oauth::Refusal::payload_too_large(BODY_LIMIT).answer(),
            }
        } else {
            let answer = self.perform(operation, delay).await;
            answer.unwrap_or_else(|problem| Answer::problem(problem, &self.request_id))
        };
        self.check(Some(operation), answer)
    }

    async fn perform(&self, operation: &Operation, delay: Option<Duration>) -> Result<Answer, Problem> {
        let caller = self.authenticate(operation)?;
        let _admitted = self.shared.rate_limits.admit(operation, self.shared.clock.now())?;
        let key = self.idempotency_key(operation)?;
        let body = self.body.as_deref().ok_or_else(|| Problem::payload_too_large(BODY_LIMIT))?;
        let json = operation.body.as_ref().map(|_| read_json(&self.headers, body)).transpose()?;
        let Some(key) = key else {
            self.wait(delay).await;
            return self.run(operation, json);
        };
        let name = Name { operation: operation.id.clone(), project: caller.project, key };
        let claim =
            match self.shared.keys.begin(name, Fingerprint::of(&self.path, body), self.shared.clock.now())? {
                Begun::Replay(answer) => return Ok(answer),
                Begun::First(claim) => claim,
            };
        self.wait(delay).await;
        let answer =
            self.run(operation, json).unwrap_or_else(|problem| Answer::problem(problem, &self.request_id));
        claim.finish(&answer);
        Ok(answer)
    }

    async fn wait(&self, delay: Option<Duration>) {
        if let Some(delay) = delay {
            let clock = &self.shared.clock;
            clock.reach(clock.now().saturating_add(delay).unwrap_or(jiff::Timestamp::MAX)).await;
        }
    }

    /// Validates and executes.
    fn run(&self, operation: &Operation, json: Option<Value>) -> Result<Answer, Problem> {
        let Route::Found { path_values, .. } = self.shared.spec.route(&self.method, &self.path) else {
            return Err(Problem::route_not_found(&self.method, &self.path));
        };
        let handler = operations::handler(&operation.id);
        let query = self.query.as_deref();
        let input = Input::validate(self.shared.spec, operation, handler, &path_values, query, json)?;
        match handler {
            Some(handler) => (handler.run)(&self.shared, &input),
            None => Err(Problem::not_emulated(&operation.id, "")),
        }
    }

    fn authenticate(&self, operation: &Operation) -> Result<Claims, Problem> {
        let missing = || {
            Problem::unauthenticated("unauthorized", "There is no bearer token in the Authorization header.")
        };
        let value = self
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .ok_or_else(missing)?;
        let (_, token) = value
            .split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .ok_or_else(missing)?;
        let claims = self.shared.tokens.check(token.trim(), self.shared.clock.now())?;
        match &operation.scope {
            Some(scope) if !claims.allows(scope) => Err(Problem::insufficient_scope(scope)),
            _ => Ok(claims),
        }
    }

    fn idempotency_key(&self, operation: &Operation) -> Result<Option<String>, Problem> {
        let rule = operation.parameters.iter().find(|parameter| parameter.place == Place::Header);
        let Some(rule) = rule.filter(|_| operation.key != KeyRule::None) else { return Ok(None) };
        let mut values = self.headers.get_all(&rule.name).iter();
        let Some(value) = values.next() else {
            let required = operation.key == KeyRule::Required;
            return if required { Err(Problem::parameter_missing(&rule.name)) } else { Ok(None) };
        };
        let key = String::from_utf8_lossy(value.as_bytes()).into_owned();
        let mut offences = offences_of(rule, &Value::from(key.as_str()))?;
        if values.next().is_some() {
            offences.push(crate::problem::FieldError::new(
                &rule.name,
                "invalid_value",
                "must not be there twice",
            ));
        }
        Problem::of_fields(offences).map_or(Ok(Some(key)), Err)
    }
}
