//! How a run is started or resumed.

use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

/// An engine, by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum EngineName {
    /// Wasmtime: compiles, runs at full speed.
    #[default]
    Wasmtime,
    /// wasmi: interprets, runs anywhere.
    Wasmi,
}

impl EngineName {
    /// The name as users write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wasmtime => "wasmtime",
            Self::Wasmi => "wasmi",
        }
    }
}

impl FromStr for EngineName {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "wasmtime" => Ok(Self::Wasmtime),
            "wasmi" => Ok(Self::Wasmi),
            _ => Err(format!("there is no engine {name:?}; there are wasmtime and wasmi")),
        }
    }
}

/// Where a run's standard streams lead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Console {
    /// Output is read through `Run::stdout` and `Run::stderr`.
    #[default]
    Captured,
    /// Output goes to this process's own streams as it comes.
    Inherited,
}

/// What a guest reads from its standard input.
#[derive(Clone, Debug, Default)]
pub enum Stdin {
    /// Nothing: at its end from the beginning. A resumed guest still gets what it had not read.
    #[default]
    Empty,
    /// These bytes, then the end. A resumed guest gets them after what it had not read.
    Bytes(Vec<u8>),
    /// An open file, pipe or the like, of which no more is taken than the guest reads.
    Descriptor(Arc<OwnedFd>),
    /// This process's own standard input.
    Inherited,
}

/// A directory that the guest sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Where the guest sees it, for example `/data`.
    pub guest: String,
    /// What it sees there.
    pub source: MountSource,
}

/// What is mounted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MountSource {
    /// Files in memory, which move in the image: path and contents.
    Memory(Vec<(String, Vec<u8>)>),
    /// A directory of this machine, which stays here.
    HostDirectory(PathBuf),
}

/// How to start a module.
#[derive(Clone, Debug)]
pub struct StartOptions {
    /// Arguments, the program's name first.
    pub args: Vec<String>,
    /// Environment: names and values.
    pub env: Vec<(String, String)>,
    /// Standard input.
    pub stdin: Stdin,
    /// Directories that the guest sees.
    pub mounts: Vec<Mount>,
    /// Addresses to listen on for it, as `HOST:PORT`: its descriptors 3 and on, told in `LISTEN_FDS`.
    pub listen: Vec<String>,
    /// The engine.
    pub engine: EngineName,
    /// Stop at exactly this poll (1 is the first).
    pub stop_at: Option<u64>,
    /// Where output leads.
    pub console: Console,
    /// The export to call; it takes nothing.
    pub entry: String,
}

impl Default for StartOptions {
    fn default() -> Self {
        Self {
            args: Vec::new(),
            env: Vec::new(),
            stdin: Stdin::default(),
            mounts: Vec::new(),
            listen: Vec::new(),
            engine: EngineName::default(),
            stop_at: None,
            console: Console::default(),
            entry: "_start".into(),
        }
    }
}

/// How to resume an image.
#[derive(Clone, Debug, Default)]
pub struct ResumeOptions {
    /// The module, when neither the image nor the store of this machine has it.
    pub module: Option<crate::Module>,
    /// Standard input.
    pub stdin: Stdin,
    /// Directories that replace those of the image which have the same name for the guest.
    pub mounts: Vec<Mount>,
    /// Addresses to listen on in place of those that it had, in their order. Connections that it had are reset.
    pub listen: Vec<String>,
    /// The engine.
    pub engine: EngineName,
    /// Stop at exactly this poll (1 is the first that has not been met yet).
    pub stop_at: Option<u64>,
    /// Where output leads.
    pub console: Console,
}
