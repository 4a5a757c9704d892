//! Checks JSON against a JSON Schema, as far as the schemas of glomers go: a keyword that is not known
//! here fails the test.

use serde_json::Value;

/// A schema, with the definitions that it refers to.
pub(crate) struct JsonSchema(pub(crate) Value);

impl JsonSchema {
    /// What is wrong in the instance, a line for each problem.
    pub(crate) fn problems(&self, instance: &Value) -> Vec<String> {
        self.check(&self.0, instance, "")
    }

    fn check(&self, schema: &Value, instance: &Value, at: &str) -> Vec<String> {
        let keywords = schema.as_object().unwrap_or_else(|| panic!("{at}: no schema: {schema}"));
        let problems = keywords.iter().flat_map(|(keyword, value)| match keyword.as_str() {
            // Read together with another keyword, or says nothing about an instance.
            "$schema" | "$defs" | "title" | "description" | "properties" => Vec::new(),
            "$ref" => {
                let path = value.as_str().and_then(|path| path.strip_prefix('#'));
                let target = self.0.pointer(path.expect("a path in the same schema"));
                self.check(target.expect("a definition"), instance, at)
            }
            "anyOf" => {
                let tried: Vec<_> =
                    list(value).iter().map(|schema| self.check(schema, instance, at)).collect();
                let is_one = tried.iter().any(Vec::is_empty);
                if is_one { Vec::new() } else { tried.concat() }
            }
            "items" => {
                let items = instance.as_array().into_iter().flatten().enumerate();
                items
                    .flat_map(|(index, item)| self.check(value, item, &format!("{at}/{index}")))
                    .collect()
            }
            "additionalProperties" => self.fields(&schema["properties"], value, instance, at),
            _ => wrong(keyword, value, instance)
                .map(|text| format!("{at}: {text}"))
                .into_iter()
                .collect(),
        });
        problems.collect()
    }

    /// Checks the fields of an object: the known ones, and the others.
    fn fields(&self, known: &Value, others: &Value, instance: &Value, at: &str) -> Vec<String> {
        let fields = instance.as_object().into_iter().flatten();
        fields
            .flat_map(|(name, value)| match known.get(name).unwrap_or(others) {
                Value::Bool(false) => vec![format!("{at}: {name} is not allowed")],
                schema => self.check(schema, value, &format!("{at}/{name}")),
            })
            .collect()
    }
}

/// What a keyword about the instance alone has against it.
fn wrong(keyword: &str, value: &Value, instance: &Value) -> Option<String> {
    let is_wrong = match keyword {
        "type" => {
            let types = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
            !types.iter().any(|it| is_of_type(instance, it.as_str().expect("a type")))
        }
        "enum" => !list(value).contains(instance),
        "minimum" => {
            let least = value.as_f64().expect("a number");
            instance.as_f64().is_some_and(|number| number < least)
        }
        "minLength" => {
            let least = value.as_u64().expect("a number");
            instance.as_str().is_some_and(|text| (text.chars().count() as u64) < least)
        }
        "required" => {
            let is_missing = |name: &Value| instance.get(name.as_str().expect("a name")).is_none();
            instance.is_object() && list(value).iter().any(is_missing)
        }
        _ => panic!("the keyword {keyword} is not known here"),
    };
    is_wrong.then(|| format!("{instance} does not fit {keyword} {value}"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("no list: {value}"))
}

fn is_of_type(instance: &Value, name: &str) -> bool {
    match name {
        "object" => instance.is_object(),
        "array" => instance.is_array(),
        "string" => instance.is_string(),
        "boolean" => instance.is_boolean(),
        "null" => instance.is_null(),
        "number" => instance.is_number(),
        "integer" => instance.is_i64() || instance.is_u64(),
        _ => panic!("there is no type {name}"),
    }
}
