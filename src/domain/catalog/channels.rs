//! Channels of notices: read, and held against the operations and mappings they name.

use super::compile::Work;
use crate::domain::diagnostic::{Hint, Span, did_you_mean};
use crate::domain::mapping::Target;
use crate::domain::notice::{BUILT_IN, Channel, Tells};
use crate::domain::value::Type;
use std::sync::Arc;

/// One operation that a channel asks for.
struct Asked {
    operation: Arc<str>,
    map: Arc<str>,
    places: (Span, Span),
    /// It makes the centre's own object.
    opens: bool,
}

impl Asked {
    /// Where its key stands.
    fn at(&self, key: &str) -> String {
        if self.opens { format!("opens.{key}") } else { key.to_owned() }
    }
}

fn asked_of(channel: &Channel) -> Vec<Asked> {
    let shows = Asked { operation: channel.operation.clone(), map: channel.map.clone(), places: channel.places, opens: false };
    let opens = channel.opens.as_ref();
    let opens = opens.map(|opens| Asked { operation: opens.operation.clone(), map: opens.map.clone(), places: opens.places, opens: true });
    std::iter::once(shows).chain(opens).collect()
}

impl Work {
    pub(super) fn channels(&mut self) {
        self.catalog.channels = self.each("channel", |found, _, _| Channel::read(&found.node));
        if self.from.is_some() {
            return;
        }
        let (broken, shaky) = (self.broken(), self.shaky_roles());
        for index in 0..self.found.len() {
            let found = &self.found[index];
            let channel = self.catalog.channels.get(&found.id.value).filter(|_| found.kind.key == "channel").cloned();
            let Some(channel) = channel else { continue };
            if BUILT_IN.contains(&&*channel.id) {
                let (span, message) = (self.found[index].id.span, format!("the channel `{}` is there without a definition", channel.id));
                self.found[index].report.error("duplicate_definition", span, message).hint("give it another name");
            }
            let judged = !self.bindings_are_broken() && !shaky.contains(&*channel.role);
            for asked in asked_of(&channel) {
                if judged {
                    self.channel_operation(index, &channel, &asked);
                }
                if !broken.contains(&asked.map) {
                    self.channel_map(index, &channel, &asked);
                }
            }
            if let Some(opens) = channel.opens.as_ref().filter(|_| channel.tells != Tells::Centre) {
                let message = "only a centre has an object of its own for each instance";
                self.found[index]
                    .report
                    .error("wrong_type", opens.places.0, message)
                    .at("opens")
                    .hint("write `to: centre`, or leave it out");
            }
        }
        self.wanted_channels();
    }

    /// The default row of the bindings has the role, and every connection in it the operation: a notice that finds none is lost to
    /// whoever has this channel alone.
    fn channel_operation(&mut self, index: usize, channel: &Channel, asked: &Asked) {
        let bindings = self.catalog.bindings.clone();
        let span = asked.places.0;
        if bindings.default_row().is_none_or(|row| !row.roles.contains_key(&channel.role)) {
            let message = format!("the default row of the bindings gives the role `{}` no connection", channel.role);
            self.found[index].report.error("unbound_role", span, message).at(asked.at("operation")).hint("add the role to the default row");
            return;
        }
        let spoken = self.connectors_of_connections();
        for connection in bindings.rows.iter().filter_map(|row| row.roles.get(&channel.role)) {
            let Some(connector) = spoken.get(&connection.value).and_then(|id| self.catalog.connectors.get(id)).cloned() else { continue };
            let Some(operation) = connector.operation(&asked.operation) else {
                let known = connector.operations.keys().map(AsRef::as_ref);
                let near = did_you_mean(&asked.operation, known).map(Hint::meant);
                let message = format!("`{}` has no operation `{}`", connection.value, asked.operation);
                self.found[index].report.error("unknown_definition", span, message).at(asked.at("operation")).hint = near;
                continue;
            };
            if asked.opens && !operation.output.of.fields.contains_key("external_id") {
                let message = format!("`{}` has no output `external_id`, so what it makes could not be told again", asked.operation);
                let hint = "declare `external_id` in the operation's output";
                self.found[index].report.error("no_object", span, message).at(asked.at("operation")).hint(hint);
            }
        }
    }

    fn channel_map(&mut self, index: usize, channel: &Channel, asked: &Asked) {
        let (span, at) = (asked.places.1, asked.at("map"));
        let (Some(mapping), Some(source)) =
            (self.catalog.mappings.get(&asked.map).cloned(), self.catalog.mapping_sources.get(&asked.map).cloned())
        else {
            let known = self.catalog.mappings.keys().map(AsRef::as_ref);
            let near = did_you_mean(&asked.map, known).map(Hint::meant);
            let message = format!("there is no mapping `{}`", asked.map);
            self.found[index].report.error("unknown_definition", span, message).at(&at).hint = near;
            return;
        };
        let report = &mut self.found[index].report;
        let fits =
            matches!(&mapping.target, Target::Operation { role, operation } if *role == channel.role && *operation == asked.operation);
        if !fits {
            let message = format!("this mapping does not make the input of `{}.{}`", channel.role, asked.operation);
            report.error("wrong_mapping", span, message).at(&at);
        }
        let given = if channel.tells == Tells::Centre { "shown" } else { "notice" };
        for (name, of) in &source.inputs.names {
            if **name != *given || !matches!(of, Type::Object(object) if *object.name == *given) {
                let message = format!("the mapping takes `{name}`, and this channel gives `{given}` alone");
                report.error("missing_input", span, message).at(&at).hint(format!("write `inputs: {{{given}: {given}}}`"));
            }
        }
    }

    /// Channels that the directory names are there.
    fn wanted_channels(&mut self) {
        // What shows tasks tells nobody anything.
        let shows = |name: &Arc<str>| self.catalog.channels.get(name).is_some_and(|channel| channel.tells == Tells::Centre);
        let tells = self.ids("channel").into_iter().filter(|name| !shows(name));
        let known: Vec<Arc<str>> = BUILT_IN.iter().map(|name| Arc::from(*name)).chain(tells).collect();
        let directory = self.catalog.directory.clone();
        for index in 0..self.found.len() {
            if self.found[index].kind.key != "directory" {
                continue;
            }
            for (name, file, span) in directory.named_channels() {
                if known.contains(name) {
                    continue;
                }
                let near = did_you_mean(name, known.iter().map(AsRef::as_ref)).map(Hint::meant);
                let span: Span = *span;
                let diagnostic = self.found[index].report.error("unknown_definition", span, format!("there is no channel `{name}`"));
                diagnostic.hint = near;
                if let Some(file) = file {
                    diagnostic.file = file.clone();
                }
            }
            return;
        }
    }
}
