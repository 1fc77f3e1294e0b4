//! The door: connections come in, requests go to the exchange, and a connection can be cut.

mod line;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};

use crate::clock;
use crate::control;
use crate::door;
use crate::exchange;
use crate::pages;
use crate::shared::Shared;

pub(crate) use line::Cut;
use line::Line;

/// After a connection could not be taken, most likely for want of file descriptors.
const BREATH: Duration = Duration::from_millis(50);

pub(crate) async fn accept_until_closed(listener: TcpListener, shared: Arc<Shared>) {
    let own = control::routes().merge(pages::routes()).layer(axum::middleware::from_fn(door::keep));
    let router = own.fallback(exchange::serve).with_state(Arc::clone(&shared));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shared.closed() => return,
        };
        match accepted {
            Ok((stream, _)) => {
                shared.tasks.spawn(converse(stream, router.clone(), Arc::clone(&shared)));
            }
            Err(_) => clock::pause(BREATH).await,
        }
    }
}

/// Serves one connection until it ends, is cut, or the sandbox closes.
async fn converse(stream: TcpStream, router: Router, shared: Arc<Shared>) {
    // Small answers go out at once; without it they only come later.
    let _ = stream.set_nodelay(true);
    let cut = Cut::default();
    let service = TowerToHyperService::new(router);
    let service = {
        let cut = cut.clone();
        service_fn(move |mut request: http::Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(cut.clone());
            service.call(request)
        })
    };
    let line = TokioIo::new(Line::new(stream, cut.clone()));
    let mut connection = std::pin::pin!(http1::Builder::new().serve_connection(line, service));
    tokio::select! {
        // An error here is the peer's going away.
        _ = connection.as_mut() => {}
        () = cut.made() => {}
        () = shared.closed() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}
