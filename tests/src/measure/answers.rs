//! What the server of the measurements answers.

/// A token.
pub const TOKEN: &str = r#"{"access_token":"eyJhbGciOiJFUzI1NiJ9.e30.c2ln","expires_in":3600,"scope":"applications:read","token_type":"Bearer"}"#;

/// An application.
pub const APPLICATION: &str = r#"{"id":"app_8Kd2c9Qm","status":"created","amount_pence":2500000,"term_months":12,"business":{"company_number":"16093826"},"purpose":"working_capital","redirect_uri":"https://yourapp.com/return","handoff_url":"https://apply.credicorp.co.uk/s/3fa7","metadata":{"order":"88421"},"created_at":"2026-06-29T10:14:02Z"}"#;

/// A page of 100 applications.
pub fn page() -> String {
    format!(r#"{{"data":[{}],"has_more":true,"next_cursor":"cur_2"}}"#, [APPLICATION; 100].join(","))
}
