//! A mapping applied to a sample or a stored document, each value with the rule that made it and what that read.

use super::{Error, Overlay, Publishing};
use crate::domain::catalog::{Catalog, MappingSource};
use crate::domain::flow::instance::Visit;
use crate::domain::flow::{Instance, Step};
use crate::domain::ids::{DocumentId, TenantId};
use crate::domain::mapping::{InputType, MapError, Mapped, Mapping, VALUES};
use crate::store::{DocumentView, InstanceRow};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

/// What to apply to what.
#[derive(Clone, Debug)]
pub struct PreviewRequest {
    /// Tenant.
    pub tenant: TenantId,
    /// Texts over what is live.
    pub overlay: Overlay,
    /// The mapping.
    pub mapping: String,
    /// One member for each of its inputs.
    pub sample: Option<Json>,
    /// A stored document whose newest revision fills the input that takes its type, or `source` with what its source sent; what
    /// its newest instance was answered fills inputs that take the output of an operation.
    pub document: Option<DocumentId>,
}

/// What a mapping makes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = MappingPreview)]
pub struct Preview {
    /// The mapping.
    pub mapping: String,
    /// What it makes; absent when a rule fails.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<Object>)]
    pub output: Option<Json>,
    /// Every value of the output with its rule, in the order of the rules.
    pub rules: Vec<PreviewRule>,
    /// The rule that fails.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<PreviewError>,
    /// Microseconds that applying took.
    pub micros: u64,
}

/// A value and where it came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PreviewRule {
    /// Its path in the output.
    pub path: String,
    /// The value.
    pub value: Json,
    /// The rule.
    pub rule: RulePlace,
    /// What the rule read; empty for a constant.
    pub inputs: Vec<String>,
}

/// Where a rule stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RulePlace {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The rule's path inside the mapping.
    pub path: String,
}

/// Why a rule fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PreviewError {
    /// In words.
    pub message: String,
    /// The output it should make.
    pub target: String,
    /// The rule.
    pub rule: RulePlace,
}

impl Publishing {
    /// Applies a mapping. Nothing is sent and nothing is stored.
    ///
    /// # Errors
    /// When there is no such sound mapping, or the sample does not fit its inputs.
    pub async fn preview(&self, request: PreviewRequest) -> Result<Preview, Error> {
        self.own(request.tenant)?;
        let (catalog, findings) = self.compiled(&request.overlay).await?;
        let name = request.mapping.as_str();
        let (Some(mapping), Some(source)) = (catalog.mappings.get(name), catalog.mapping_sources.get(name)) else {
            return Err(if findings.is_empty() { Error::NotFound("mapping") } else { Error::Unsound(findings) });
        };
        let inputs = match (request.sample, request.document) {
            (Some(sample), None) => sample,
            (None, Some(document)) => self.sample(request.tenant, document, source).await?,
            _ => return Err(Error::Field("sample", "or `document` is required, and only one of them".to_owned())),
        };
        let known: Vec<&str> = source.names().collect();
        let strange = inputs.as_object().is_none_or(|members| members.keys().any(|key| !known.contains(&key.as_str())));
        if strange {
            return Err(Error::Field("sample", format!("must have one member for each input of the mapping: {}", known.join(", "))));
        }
        let scope = source.read(&inputs).map_err(|problem| Error::Field("sample", problem.to_string()))?;
        let began = self.clock.monotonic();
        let mapped = mapping.explain(&scope);
        let micros = u64::try_from(self.clock.monotonic().saturating_sub(began).as_micros()).unwrap_or(u64::MAX);
        let file = file_of(&catalog, name);
        Ok(match mapped {
            Ok(mapped) => {
                let rules = rules(mapping, &mapped, &file);
                Preview { mapping: request.mapping, output: Some(mapped.value.to_json()), rules, error: None, micros }
            }
            Err(error) => {
                let error = Some(failure(mapping, &error, &file));
                Preview { mapping: request.mapping, output: None, rules: Vec::new(), error, micros }
            }
        })
    }

    /// Inputs from a stored document: its content where its type is taken, what the source sent for `source`, and what its
    /// newest instance was answered where a mapping takes the output of an operation.
    pub(super) async fn sample(&self, tenant: TenantId, document: DocumentId, source: &MappingSource) -> Result<Json, Error> {
        let view = self.store.document(tenant, document).await?.ok_or(Error::NotFound("document"))?;
        self.unmasked(&view)?;
        let number = view.document.revision;
        let revision = self.store.revision(tenant, document, number).await?.ok_or(Error::NotFound("revision"))?;
        let json = |text: &str| serde_json::from_str::<Json>(text).unwrap_or_default();
        let mut inputs = Map::new();
        for (name, _) in &source.inputs.names {
            let value = match name.as_ref() {
                "source" => json(&revision.payload),
                "doc" => json(&revision.body),
                _ => match self.answered(view.instances.first(), source, name) {
                    Some(output) => output,
                    None => continue,
                },
            };
            inputs.insert(name.to_string(), value);
        }
        if let Some(seen) = &source.values
            && let Some(Json::Object(mut values)) = self.values_for(&view.document.kind, inputs.get("doc"))
        {
            // A draft of the bindings may have others than what is live.
            values.retain(|name, _| !seen.usual.member(name).is_unset());
            inputs.insert(VALUES.to_owned(), Json::Object(values));
        }
        Ok(Json::Object(inputs))
    }

    /// What the bindings give for a document; none where they cannot tell, as when it no longer fits its type.
    fn values_for(&self, kind: &str, body: Option<&Json>) -> Option<Json> {
        let live = self.live.now();
        let catalog = live.catalog();
        let document = catalog.documents.get(kind)?.validate(body?).ok()?;
        Some(catalog.bindings.resolve(kind, &document.value, &[]).ok()?.values.to_json())
    }

    /// Refuses a document with masked fields: what is made of it would show them under other names.
    pub(super) fn unmasked(&self, view: &DocumentView) -> Result<(), Error> {
        let definitions = self.live.now();
        let known = definitions.catalog().documents.get(view.document.kind.as_str());
        if known.is_some_and(|known| known.sensitive.is_empty()) { Ok(()) } else { Err(Error::Masked) }
    }

    /// The last output of the operation that an input is declared with, in an instance; none where it was not called there.
    fn answered(&self, instance: Option<&InstanceRow>, source: &MappingSource, input: &str) -> Option<Json> {
        let declared = source.definition.inputs.iter().find(|(name, _)| name.as_ref() == input)?;
        let InputType::Output { connector, operation } = &declared.1.value else { return None };
        let row = instance?;
        let live = self.live.now();
        let version = live.version(&row.version)?;
        let state: Instance = serde_json::from_str(&row.state).ok()?;
        let fits = |visit: &&Visit| {
            let spoken = visit.connection.as_deref().and_then(|connection| live.connector(connection));
            version.flow().step(&visit.step).and_then(Step::operation) == Some(operation.as_ref())
                && spoken.is_some_and(|spoken| spoken.id == *connector)
        };
        state.visits.iter().rev().filter(fits).find_map(|visit| visit.output.clone())
    }
}

fn file_of(catalog: &Catalog, mapping: &str) -> String {
    catalog.definition("mapping", mapping).map(|definition| definition.path.to_string()).unwrap_or_default()
}

fn rules(mapping: &Mapping, mapped: &Mapped, file: &str) -> Vec<PreviewRule> {
    let places = mapped.places();
    let one = |origin: &crate::domain::mapping::Origin| PreviewRule {
        path: origin.path.clone(),
        value: places.get(&origin.path).map_or(Json::Null, |value| value.to_json()),
        rule: RulePlace { file: file.to_owned(), line: origin.span.line, path: mapping.infos[origin.rule].path.clone() },
        inputs: origin.inputs.clone(),
    };
    mapped.origins.iter().map(one).collect()
}

fn failure(mapping: &Mapping, error: &MapError, file: &str) -> PreviewError {
    let rule = RulePlace { file: file.to_owned(), line: error.span.line, path: mapping.infos[error.rule].path.clone() };
    PreviewError { message: error.to_string(), target: error.target.clone(), rule }
}
