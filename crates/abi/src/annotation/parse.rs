//! Lines `key=value`.

use super::Annotation;
use super::error::AnnotationError;
use super::keys::{ANNOTATION_KEYS, AnnotationKey, ValueKind};
use crate::name::{is_alias, is_name};
use crate::nearest::nearest;
use crate::quantity;
use crate::wire::{Alias, Restart};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Most bytes of the name of a host or function.
const PART_BYTES: usize = 256;
/// Most bytes of a text.
const TEXT_BYTES: usize = 1024;

/// A line that says something: its number from 1 on, its key, its value.
pub(super) type Line<'t> = (usize, &'t AnnotationKey, &'t str);

/// The key of this name.
///
/// # Errors
/// There is none; says which one is near.
pub(super) fn key_of(name: &str, line: Option<usize>) -> Result<&'static AnnotationKey, AnnotationError> {
    if let Some(key) = ANNOTATION_KEYS.iter().find(|key| key.name == name) {
        return Ok(key);
    }
    let near = nearest(name, ANNOTATION_KEYS.iter().map(|key| key.name));
    let hint = near.map_or_else(all_keys, |near| format!("did you mean {near}?"));
    Err(AnnotationError::new(line, format!("there is no key {}", shown(name)), hint))
}

fn all_keys() -> String {
    let names: Vec<&str> = ANNOTATION_KEYS.iter().map(|key| key.name).collect();
    format!("there are {}", names.join(", "))
}

/// All lines that say something, each with a key that there is and a value of its kind.
pub(super) fn lines(text: &str) -> Result<Vec<Line<'_>>, AnnotationError> {
    let mut said = Vec::new();
    for (place, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let number = place + 1;
        let Some((name, value)) = line.split_once('=') else {
            let text = format!("{} is not key=value", shown(line));
            return Err(AnnotationError::new(Some(number), text, "write it so, or leave it out"));
        };
        let key = key_of(name.trim(), Some(number))?;
        let value = value.trim();
        check(key, value, Some(number))?;
        said.push((number, key, value));
    }
    Ok(said)
}

/// Whether a value is of its key's kind.
pub(super) fn check(key: &AnnotationKey, value: &str, line: Option<usize>) -> Result<(), AnnotationError> {
    let wanted = match key.kind {
        ValueKind::Name | ValueKind::Tag if !is_name(value) => {
            "letters, digits and . _ -, at most 64".to_string()
        }
        ValueKind::Alias if alias(value).is_none() => "scope:alias, such as topic:prices".to_string(),
        ValueKind::Choice if !key.choices.contains(&value) => format!("one of {}", key.choices.join(", ")),
        ValueKind::Bytes if quantity::bytes(value).is_none() => {
            "a number of bytes, such as 64MiB".to_string()
        }
        ValueKind::Count if value.parse::<u32>().is_err() => "a whole number".to_string(),
        ValueKind::Duration if value.is_empty() || milliseconds(value).is_none() => {
            "a time, such as 500ms, 10s, 5m".to_string()
        }
        ValueKind::Switch if !["true", "false"].contains(&value) => "true or false".to_string(),
        ValueKind::Function if !is_function(value) => "module.function, such as sojourn_v1.send".to_string(),
        ValueKind::Place if !is_place(value) => "host:port, such as example.org:443 or *:443".to_string(),
        ValueKind::Channel if crate::channel(value).is_none() => {
            "path:mode, such as /ch/light/data:rw, where the mode is r, w or rw".to_string()
        }
        ValueKind::Text if value.is_empty() || !is_text(value, TEXT_BYTES) => {
            format!("a text of at most {TEXT_BYTES} bytes")
        }
        _ => return Ok(()),
    };
    let text = format!("{} is {}", key.name, shown(value));
    Err(AnnotationError::new(line, text, format!("it should be {wanted}")))
}

/// What the lines say together. They have been checked.
pub(super) fn annotation(lines: &[Line<'_>]) -> Annotation {
    let mut said = Annotation::default();
    for (_, key, value) in lines {
        let text = || String::from(*value);
        match key.name {
            "name" => said.name = Some(text()),
            "alias" => said.aliases.extend(alias(value)),
            "kind" => said.reactive = *value == "reactive",
            "objective" => said.objective = text(),
            "needs.memory" => said.needs.memory_bytes = quantity::bytes(value).unwrap_or(0),
            "needs.tag" => said.needs.tags.push(text()),
            "needs.function" => said.needs.functions.push(text()),
            "limit.memory" => said.limits.memory_bytes = quantity::bytes(value).unwrap_or(0),
            "limit.mailbox" => said.limits.mailbox_messages = value.parse().unwrap_or(0),
            "checkpoint" => said.checkpoint_ms = milliseconds(value).unwrap_or(0),
            "restart" => said.restart = restart(value),
            "restarts" => said.most_restarts = value.parse().unwrap_or(0),
            "durable" => said.durable = *value == "true",
            "layout" => said.layout = Some(text()),
            "grant.connect" => said.connect.push(text()),
            "grant.listen" => said.listen.push(text()),
            "channel" => said.channels.extend(crate::channel(value)),
            "channel.to" => said.channel_to = Some(text()),
            _ => {}
        }
    }
    said
}

fn restart(value: &str) -> Restart {
    match value {
        "start" => Restart::Start,
        "image" => Restart::Image,
        _ => Restart::Never,
    }
}

fn alias(value: &str) -> Option<Alias> {
    let (scope, alias) = value.split_once(':')?;
    let fits = is_name(scope) && is_alias(alias);
    fits.then(|| Alias { scope: scope.into(), alias: alias.into() })
}

fn milliseconds(value: &str) -> Option<u64> {
    let time = quantity::duration(value)?;
    u64::try_from(time.as_millis()).ok()
}

fn is_text(text: &str, most: usize) -> bool {
    text.len() <= most && !text.chars().any(char::is_control)
}

fn is_function(value: &str) -> bool {
    let part = |part: &str| !part.is_empty() && is_text(part, PART_BYTES);
    value.split_once('.').is_some_and(|(module, function)| part(module) && part(function))
}

fn is_place(value: &str) -> bool {
    let Some((host, port)) = value.rsplit_once(':') else { return value == "*" };
    let host_fits = !host.is_empty() && is_text(host, PART_BYTES) && !host.contains(char::is_whitespace);
    host_fits && (port == "*" || port.parse::<u16>().is_ok())
}

/// Something somebody wrote, no longer than it can be read.
fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let start: String = text.chars().take(MOST).collect();
    let more = if text.chars().nth(MOST).is_some() { "..." } else { "" };
    format!("{start:?}{more}")
}
