use super::*;

#[test]
fn an_error_is_small_and_goes_between_threads() {
    fn sendable<T: Send + Sync + Clone + 'static>() {}
    sendable::<Error>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

#[test]
fn an_error_that_was_sent_before_it_found_no_connection_is_not_called_unsent() {
    let facts = Facts { sent: true, attempts: 2, ..Facts::default() };
    let error = Error::network(ErrorKind::Connect, "no connection could be made").with_facts(facts);
    assert_eq!((error.kind(), error.may_have_been_sent()), (ErrorKind::Transport, true));
    assert!(!error.to_string().contains("nothing was sent"));
}

#[test]
fn an_enormous_error_body_is_not_looked_into() {
    let items = vec!["\"a\""; 600].join(",");
    let body = format!(r#"{{"error":{{"code":"c","fields":[{items}]}}}}"#);
    assert_eq!(envelope::Envelope::read(body.as_bytes()).fields.len(), 1, "the same field once");
    let distinct: Vec<String> = (0..600).map(|number| format!("\"a{number}\"")).collect();
    let body = format!(r#"{{"error":{{"code":"c","fields":[{}]}}}}"#, distinct.join(","));
    assert_eq!(envelope::Envelope::read(body.as_bytes()).fields.len(), 256);
    let padded = format!("{body}{}", " ".repeat(1024 * 1024));
    assert_eq!(envelope::Envelope::read(padded.as_bytes()), envelope::Envelope::default());
}
