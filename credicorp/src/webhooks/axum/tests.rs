use http::header::CONTENT_LENGTH;

use super::*;
use crate::ambient::wall_clock;
use crate::webhooks::testing::sign;

const SECRET: &str = "whsec_4Td1";
const EVENT: &[u8] = br#"{"id":"evt_1","type":"brand.new","data":{}}"#;

/// What a request with this body and these signatures gives: the event's id, or the answer.
async fn extracted(body: impl Into<Bytes>, signatures: &[&str]) -> Result<String, (u16, Bytes)> {
    let verifier = Verifier::new([SECRET]).unwrap();
    let mut request = Request::new(Body::from(body.into()));
    for signature in signatures {
        request.headers_mut().append("credicorp-signature", signature.parse().unwrap());
    }
    match Verified::from_request(request, &verifier).await {
        Ok(Verified(event)) => Ok(event.id.to_string()),
        Err(rejection) => {
            let response = rejection.into_response();
            let status = response.status().as_u16();
            let request = Request::new(response.into_body());
            Err((status, Bytes::from_request(request, &()).await.unwrap()))
        }
    }
}

#[tokio::test]
async fn a_genuine_delivery_comes_through() {
    let header = sign(EVENT, SECRET, wall_clock());
    assert_eq!(extracted(EVENT, &[&header]).await.unwrap(), "evt_1");
    let (time, signature) = header.split_once(',').unwrap();
    assert_eq!(extracted(EVENT, &[time, signature]).await.unwrap(), "evt_1", "one list in two lines");
}

#[tokio::test]
async fn whatever_is_not_genuine_is_a_400_that_says_nothing() {
    let genuine = sign(EVENT, SECRET, wall_clock());
    let forged = sign(EVENT, "whsec_other", wall_clock());
    let replayed = sign(EVENT, SECRET, "2026-06-29T10:14:02Z".parse().unwrap());
    let refused = [
        extracted(EVENT, &[]).await,
        extracted(EVENT, &[""]).await,
        extracted(EVENT, &["t=1"]).await,
        extracted(EVENT, &[&forged]).await,
        extracted(EVENT, &[&replayed]).await,
        extracted(EVENT, &[&genuine, &genuine]).await,
        extracted("{}", &[&genuine]).await,
        extracted("", &[&genuine]).await,
    ];
    for answer in refused {
        assert_eq!(answer, Err((400, Bytes::from_static(b"refused\n"))));
    }
}

#[tokio::test]
async fn what_is_genuine_and_cannot_be_read_is_a_422() {
    let body = b"[]";
    let header = sign(body, SECRET, wall_clock());
    assert_eq!(extracted(&body[..], &[&header]).await.unwrap_err().0, 422);
}

#[tokio::test]
async fn a_body_over_the_limit_is_a_413() {
    let header = sign(EVENT, SECRET, wall_clock());
    assert_eq!(extracted(vec![b' '; LONGEST_BODY + 1], &[&header]).await.unwrap_err().0, 413);
    let mut padded = EVENT.to_vec();
    padded.resize(LONGEST_BODY, b' ');
    let header = sign(&padded, SECRET, wall_clock());
    assert_eq!(extracted(padded, &[&header]).await.unwrap(), "evt_1");
}

#[tokio::test]
async fn a_length_that_is_announced_is_not_trusted() {
    let mut request = Request::new(Body::from(EVENT));
    request.headers_mut().insert(CONTENT_LENGTH, "1".parse().unwrap());
    let header = sign(EVENT, SECRET, wall_clock());
    request.headers_mut().insert("credicorp-signature", header.parse().unwrap());
    assert!(Verified::from_request(request, &Verifier::new([SECRET]).unwrap()).await.is_ok());
}
