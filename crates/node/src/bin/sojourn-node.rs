//! `sojourn-node`: a node as a process of its own, without Python.

use sojourn_abi::{KEYS, Key, Kind, nearest};
use sojourn_node::live::{Node, Settings, Values};
use sojourn_node::mesh::Role;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use std::{env, fs, thread};

fn main() -> ExitCode {
    match run() {
        Ok(()) | Err(Stop::Help) => ExitCode::SUCCESS,
        Err(Stop::Usage(text)) => {
            eprintln!("error: {text}");
            ExitCode::from(2)
        }
        Err(Stop::Failed(text)) => {
            eprintln!("error: {text}");
            ExitCode::FAILURE
        }
    }
}

/// Why the process ends at once.
enum Stop {
    Help,
    Usage(String),
    Failed(String),
}

fn run() -> Result<(), Stop> {
    let settings = Settings::from_values(&values()?, Role::Node).map_err(Stop::Usage)?;
    let joins = !settings.join.is_empty();
    let node = Node::open(settings).map_err(|error| Stop::Failed(error.to_string()))?;
    if joins {
        node.connected(Duration::from_secs(10)).map_err(Stop::Failed)?;
    }
    // A closed standard output is nobody who wants to know.
    let _ = writeln!(std::io::stdout(), "{} {}", node.name(), node.addresses().join(" "));
    wait_for_end();
    node.close();
    Ok(())
}

/// Waits for SIGINT or SIGTERM, or for the end of standard input where the parent says so.
fn wait_for_end() {
    use rustix::process::{Signal, set_parent_process_death_signal};
    if env::var_os("SOJOURN_END_WITH_PARENT").is_some() {
        // Where the system cannot, the parent ends it itself.
        let _ = set_parent_process_death_signal(Some(Signal::TERM));
    }
    let signals = sojourn_node::ports::ending_signals();
    match signals {
        Ok(mut signals) => signals.wait(),
        Err(_) => loop {
            thread::park();
        },
    }
}

/// Values: flags before variables before files; what nobody says has its default.
fn values() -> Result<Values, Stop> {
    let mut flags = Values::new();
    let mut file = None;
    let mut words = env::args().skip(1);
    while let Some(word) = words.next() {
        let (flag, joined) = match word.split_once('=') {
            Some((flag, value)) => (flag.to_string(), Some(value.to_string())),
            None => (word, None),
        };
        match flag.as_str() {
            "-h" | "--help" => return Err(help()),
            "--version" => {
                println!("sojourn-node {}", env!("CARGO_PKG_VERSION"));
                return Err(Stop::Help);
            }
            _ => {}
        }
        let missing = || Stop::Usage(format!("{flag} needs a value"));
        if flag == "--config" {
            file = Some(PathBuf::from(joined.or_else(|| words.next()).ok_or_else(missing)?));
            continue;
        }
        let Some(key) = KEYS.iter().find(|key| key.flag == flag) else {
            let near = nearest(&flag, KEYS.iter().map(|key| key.flag));
            let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            return Err(Stop::Usage(format!("there is no option {flag}{hint}")));
        };
        let value = match key.kind {
            Kind::Switch => joined.unwrap_or_else(|| "true".into()),
            _ => joined.or_else(|| words.next()).ok_or_else(missing)?,
        };
        let known = flags.entry(key.name.into()).or_default();
        if !known.is_empty() && key.kind == Kind::Addresses {
            *known = format!("{known},{value}");
        } else {
            *known = value;
        }
    }
    let mut all = from_files(file)?;
    all.extend(from_variables());
    all.extend(flags);
    Ok(all)
}

fn help() -> Stop {
    println!(
        "A node of a realm: runs atoms, and takes and gives them.\n\nusage: sojourn-node [--config FILE] [OPTION VALUE]...\n"
    );
    for key in KEYS {
        println!("  {:<22} {}", key.flag, key.doc);
    }
    Stop::Help
}

fn from_variables() -> Values {
    let named = |key: &Key| Some((key.name.to_string(), env::var(key.env).ok()?));
    KEYS.iter().filter_map(named).collect()
}

/// The file that is named, or those that are looked for.
fn from_files(named: Option<PathBuf>) -> Result<Values, Stop> {
    if let Some(path) = named {
        return from_file(&path);
    }
    let home = || env::var_os("HOME").map(|home| Path::new(&home).join(".config"));
    let folder = env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).or_else(home);
    let places = [folder.map(|folder| folder.join("sojourn/config.toml")), Some("sojourn.toml".into())];
    let mut all = Values::new();
    for path in places.into_iter().flatten().filter(|path| path.is_file()) {
        all.extend(from_file(&path)?);
    }
    Ok(all)
}

fn from_file(path: &Path) -> Result<Values, Stop> {
    let told = |text: String| Stop::Usage(format!("{}: {text}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| told(error.to_string()))?;
    let tables: toml::Table =
        text.parse().map_err(|error: toml::de::Error| told(error.message().to_string()))?;
    let mut values = Values::new();
    for (table, keys) in &tables {
        let Some(keys) = keys.as_table() else {
            return Err(told(format!("{table} is no table; keys stand in tables like [realm]")));
        };
        for (name, value) in keys {
            let full = format!("{table}.{name}");
            if sojourn_node::live::key(&full).is_none() {
                let near = nearest(&full, KEYS.iter().map(|key| key.name));
                let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
                return Err(told(format!("there is no key {full}{hint}")));
            }
            values.insert(full, plain(value));
        }
    }
    Ok(values)
}

/// A value as a variable would say it.
fn plain(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(parts) => parts.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
