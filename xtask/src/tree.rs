//! The files: reading the spec, comparing what is committed with what it gives, writing.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use similar::TextDiff;

use crate::{Error, Generated, SPEC, SPEC_JSON};

/// The workspace.
#[derive(Clone, Debug)]
pub struct Tree {
    root: PathBuf,
}

/// A file that is not what the spec gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// It says something else, or is not there: a unified diff.
    Changed(String),
    /// It stands in a generated folder, and the spec does not give it: its path.
    Stray(String),
}

impl Tree {
    /// The workspace that this crate is a member of.
    pub fn workspace() -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self::at(here.parent().unwrap_or(here))
    }

    /// A workspace elsewhere.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The text of the spec.
    pub fn spec(&self) -> Result<String, Error> {
        self.read(SPEC)?.ok_or_else(|| Error::File(format!("{SPEC} is not there")))
    }

    /// The text of the spec that the committed code was made from, if there is any.
    pub fn baseline(&self) -> Result<Option<String>, Error> {
        self.read(SPEC_JSON)
    }

    /// How the committed files differ from what the spec gives, the strays last.
    pub fn compare(&self, generated: &Generated) -> Result<Vec<Difference>, Error> {
        let mut differences = Vec::new();
        for (path, code) in &generated.files {
            let committed = self.read(path)?.unwrap_or_default();
            if committed != *code {
                let diff = TextDiff::from_lines(&committed, code);
                let unified =
                    diff.unified_diff().header(&format!("a/{path}"), &format!("b/{path}")).to_string();
                differences.push(Difference::Changed(unified));
            }
        }
        differences.extend(self.strays(generated)?.into_iter().map(Difference::Stray));
        Ok(differences)
    }

    /// Writes the files that differ and removes strays, and says which.
    pub fn write(&self, generated: &Generated) -> Result<Vec<String>, Error> {
        let mut touched = Vec::new();
        for (name, code) in &generated.files {
            if self.read(name)?.as_ref() != Some(code) {
                let path = self.root.join(name);
                let folder = path.parent().unwrap_or(&self.root);
                fs::create_dir_all(folder).map_err(|error| failed("make", folder, &error))?;
                fs::write(&path, code).map_err(|error| failed("write", &path, &error))?;
                touched.push(format!("{name} written"));
            }
        }
        for stray in self.strays(generated)? {
            let path = self.root.join(&stray);
            fs::remove_file(&path).map_err(|error| failed("remove", &path, &error))?;
            touched.push(format!("{stray} removed: nothing generates it any more"));
        }
        Ok(touched)
    }

    /// Files in the folders of generated ones that are not among these.
    fn strays(&self, generated: &Generated) -> Result<Vec<String>, Error> {
        let mut found = BTreeMap::new();
        for folder in generated.files.keys().filter_map(|path| Path::new(path).parent()) {
            let Ok(entries) = fs::read_dir(self.root.join(folder)) else {
                continue;
            };
            for entry in entries {
                let entry = entry.map_err(|error| failed("list", folder, &error))?;
                let path = folder.join(entry.file_name()).to_string_lossy().replace('\\', "/");
                found.insert(path.clone(), !generated.files.contains_key(&path));
            }
        }
        Ok(found.into_iter().filter(|(_, stray)| *stray).map(|(path, _)| path).collect())
    }

    fn read(&self, path: &str) -> Result<Option<String>, Error> {
        let path = self.root.join(path);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed("read", &path, &error)),
        }
    }
}

fn failed(action: &str, path: &Path, error: &std::io::Error) -> Error {
    Error::File(format!("cannot {action} {}: {error}", path.display()))
}
