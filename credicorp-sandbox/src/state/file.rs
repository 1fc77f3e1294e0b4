//! The file itself: never half written, never wider than its owner, never taken for something that it is not.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use super::State;
use crate::error::Error;
use crate::sync::lock;

/// How a file says what it is.
const FORMAT: &str = "credicorp-sandbox state";
/// Counts up whenever an older sandbox would misread what is written.
const VERSION: u64 = 1;
const FRESH: &str = "move it away to start afresh";

#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    version: u64,
    state: &'a State,
}

#[derive(Deserialize)]
struct Header {
    format: String,
    version: u64,
}

#[derive(Deserialize)]
struct Read {
    state: State,
}

/// Where a sandbox keeps its state.
#[derive(Debug)]
pub(crate) struct StateFile {
    path: PathBuf,
    /// Held from taking the state to its being in place, so that an older one never replaces a newer one.
    saving: Mutex<()>,
}

impl StateFile {
    pub(crate) fn at(path: &Path) -> Result<Self, Error> {
        let path = std::path::absolute(path).map_err(|error| {
            Error::caused(format!("{} is no path for a state file", path.display()), error)
        })?;
        Ok(Self { path, saving: Mutex::default() })
    }

    /// What the file holds, if there is one, and the seed to go on with: the file's, which must be the one that is asked for.
    pub(crate) fn load(&self, seed: Option<u64>) -> Result<(Option<u64>, Option<State>), Error> {
        let state = self.read()?;
        match (seed, state.as_ref().map(|state| state.seed)) {
            (Some(seed), Some(found)) if seed != found => Err(Error::new(format!(
                "the state file {} is of a sandbox with the seed {found}, and the seed {seed} is set; leave the seed unset, or {FRESH}",
                self.path.display()
            ))),
            (seed, found) => Ok((found.or(seed), state)),
        }
    }

    /// `None` if there is no file yet, but could be.
    fn read(&self) -> Result<Option<State>, Error> {
        let path = self.path.display();
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return if self.folder().is_dir() {
                    Ok(None)
                } else {
                    Err(Error::new(format!(
                        "the state file {path} has no folder to be in; create that first"
                    )))
                };
            }
            Err(error) => {
                let message =
                    format!("the state file {path} cannot be read; set a file that can, or {FRESH}");
                return Err(Error::caused(message, error));
            }
        };
        let header = serde_json::from_slice::<Header>(&bytes).map_err(|error| self.damaged(&error))?;
        if header.format != FORMAT {
            return Err(Error::new(format!("{path} is not the state of a sandbox; set another state file")));
        }
        if header.version != VERSION {
            return Err(Error::new(format!(
                "the state file {path} is of format version {}, and this sandbox reads version {VERSION}; use the sandbox \
                 that wrote it, or {FRESH}",
                header.version
            )));
        }
        let read = serde_json::from_slice::<Read>(&bytes).map_err(|error| self.damaged(&error))?;
        Ok(Some(read.state))
    }

    /// The error's own text may quote the file.
    fn damaged(&self, error: &serde_json::Error) -> Error {
        Error::new(format!(
            "the state file {} is damaged or not the state of a sandbox (line {}, column {}); put back a good copy, set another \
             file, or {FRESH}",
            self.path.display(),
            error.line(),
            error.column()
        ))
    }

    /// Replaces the file by the state that `take` gives.
    pub(crate) fn save(&self, take: impl FnOnce() -> State) -> Result<(), Error> {
        let _alone = lock(&self.saving);
        self.replace(&take()).map_err(|error| {
            Error::caused(format!("the state cannot be saved to {}", self.path.display()), error)
        })
    }

    fn replace(&self, state: &State) -> io::Result<()> {
        let bytes = serde_json::to_vec_pretty(&Written { format: FORMAT, version: VERSION, state })?;
        // What a symbolic link leads to is replaced, not the link.
        let target = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let (mut file, new) = create_beside(&target)?;
        let written = file.write_all(&bytes).and_then(|()| file.sync_all());
        drop(file);
        let written = written.and_then(|()| fs::rename(&new, &target));
        if written.is_err() {
            // The first error is the one to tell of.
            let _ = fs::remove_file(&new);
        }
        written
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }
}

/// A new file in the same folder, under a name that is free: one that was cut off may have left its own behind.
fn create_beside(target: &Path) -> io::Result<(File, PathBuf)> {
    let name = target.file_name().unwrap_or_default();
    let mut number = 0;
    loop {
        let mut new = OsString::from(".");
        new.push(name);
        new.push(format!(".{}-{number}.tmp", std::process::id()));
        let new = target.with_file_name(new);
        match create(&new) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && number < 1_000 => number += 1,
            created => return created.map(|file| (file, new)),
        }
    }
}

/// Nobody but its owner can read it at any time.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
