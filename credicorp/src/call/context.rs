//! What a plan needs to run: the account and the options, and the way into the generated endpoints.

use std::sync::Arc;

use credicorp_gen::{Operation, ResponseValue, Session, Transport, TransportFuture};

use super::{Call, Read, Write};
use crate::client::Account;
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

    /// A call that reads.
    pub(crate) fn read<T, M, F>(
        &self,
        endpoint: impl FnOnce(credicorp_gen::Client) -> F + Send + 'static,
    ) -> Call<Read<T>, M>
    where
        F: Future<Output = Result<ResponseValue<T>, credicorp_gen::Error>> + Send + 'static,
    {
        Call::new(self.clone(), Read::new(endpoint))
    }

    /// A call that changes something.
    pub(crate) fn write<T, M, F>(
        &self,
        endpoint: impl FnOnce(credicorp_gen::Client) -> F + Send + 'static,
    ) -> Call<Write<T>, M>
    where
        F: Future<Output = Result<ResponseValue<T>, credicorp_gen::Error>> + Send + 'static,
    {
        Call::new(self.clone(), Write::new(endpoint))
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
            let tokens = self.account.tokens();
            let tokens = operation.authenticated.then_some(&tokens);
            let answer = self.account.core.call(&mut request, operation, &self.options, tokens).await;
            answer.map_err(|error| credicorp_gen::Error::Transport(Box::new(error)))
        })
    }
}

/// The raw answer as the public one.
pub(crate) fn finish<T>(
    answer: Result<ResponseValue<T>, credicorp_gen::Error>,
) -> Result<Response<T>, Error> {
    let (value, parts, body) = answer?.into_parts();
    Ok(Response::new(value, parts, body))
}
