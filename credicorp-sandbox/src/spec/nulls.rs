//! A `null` in an optional field reads as absent; in a required one, and in a map's value, it stays and is refused.

use serde_json::Value;

use super::schema::Definitions;

pub(super) fn strip(schema: &Value, definitions: &Definitions, value: &mut Value) {
    let schema = definitions.follow(schema);
    for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        strip(part, definitions, value);
    }
    if let (Some(items), Some(values)) = (schema.get("items"), value.as_array_mut()) {
        values.iter_mut().for_each(|value| strip(items, definitions, value));
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    let (Some(properties), Some(object)) = (properties, value.as_object_mut()) else { return };
    let required = schema.get("required").and_then(Value::as_array);
    let is_required =
        |name: &str| required.is_some_and(|required| required.iter().any(|entry| entry == name));
    object.retain(|name, value| !value.is_null() || !properties.contains_key(name) || is_required(name));
    for (name, value) in object {
        if let Some(property) = properties.get(name) {
            strip(property, definitions, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::spec::Spec;

    #[test]
    fn only_optional_fields_lose_their_null() {
        let spec = Spec::load().unwrap();
        let body = spec.operation("create_application").unwrap().body.as_ref().unwrap();
        let mut value = json!({
            "business": { "company_number": null },
            "amount_pence": null,
            "purpose": null,
            "applicant": { "email": null, "first_name": "Ada" },
            "metadata": { "order": null },
            "unheard_of": null,
        });
        body.schema.strip_nulls(&mut value);
        let expected = json!({
            "business": { "company_number": null },
            "amount_pence": null,
            "applicant": { "first_name": "Ada" },
            "metadata": { "order": null },
            "unheard_of": null,
        });
        assert_eq!(value, expected);
    }
}
