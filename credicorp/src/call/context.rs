//! What a plan needs to run: the account and the options, and the way into the generated endpoints.

use std::sync::Arc;

use credicorp_gen::{Operation, Session, Transport, TransportFuture};

use super::plan::RawResult;
use super::{Call, List, Read, Write};
use crate::account::Account;
use crate::error::Error;
use crate::pipeline::Options;
use crate::response::Response;

/// The account and the options of one call.
#[derive(Debug, Clone)]
pub struct Context {
    pub(crate) account: Account,
    pub(crate) options: Options,
}

impl Context {
    pub(crate) fn new(account: Account) -> Self {
        Self { account, options: Options::default() }
    }

    /// The generated endpoints, sending through the pipeline with this call's options.
    pub(crate) fn raw(self) -> credicorp_gen::Client {
        let core = Arc::clone(&self.account.core);
        credicorp_gen::Client::new_with_client(
            core.base.as_str(),
            core.http.clone(),
            Session::from(Arc::new(self)),
        )
    }

    /// Sends a request through the pipeline, with a token if the operation needs one.
    pub(super) async fn send_with_token(
        &self,
        request: &mut reqwest::Request,
        operation: &'static Operation,
    ) -> Result<credicorp_gen::Response, Error> {
        let tokens = self.account.tokens();
        let tokens = operation.authenticated.then_some(&tokens);
        self.account.core.call(request, operation, &self.options, tokens).await
    }

    /// A call that reads.
    pub(crate) fn read<T, M, F>(
        &self,
        endpoint: impl FnOnce(credicorp_gen::Client) -> F + Send + 'static,
    ) -> Call<Read<T>, M>
    where
        F: Future<Output = RawResult<T>> + Send + 'static,
    {
        Call::new(self.clone(), Read::new(endpoint))
    }

    /// A call that changes something.
    pub(crate) fn write<T, M, F>(
        &self,
        endpoint: impl FnOnce(credicorp_gen::Client) -> F + Send + 'static,
    ) -> Call<Write<T>, M>
    where
        F: Future<Output = RawResult<T>> + Send + 'static,
    {
        Call::new(self.clone(), Write::new(endpoint))
    }

    /// A call for a page of a list.
    pub(crate) fn list<Q, M>(&self, query: Q) -> Call<List<Q>, M> {
        Call::new(self.clone(), List::new(query))
    }
}

/// The one implementor of the seam.
impl Transport for Context {
    fn base(&self) -> &reqwest::Url {
        self.account.core.base.as_url()
    }

    fn send<'a>(
        &'a self,
        mut request: reqwest::Request,
        operation: &'static Operation,
    ) -> TransportFuture<'a> {
        Box::pin(async move {
            let answer = self.send_with_token(&mut request, operation).await;
            answer.map_err(|error| credicorp_gen::Error::Transport(Box::new(error)))
        })
    }
}

/// The raw answer as the public one.
pub(crate) fn finish<T>(answer: RawResult<T>) -> Result<Response<T>, Error> {
    let (value, parts, body) = answer?.into_parts();
    Ok(Response::new(value, parts, body))
}
