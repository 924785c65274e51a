//! For tests: the application, with data in a folder of its own.

use std::ops::Deref;

use tempfile::TempDir;

use crate::{App, Config, app};

/// The application; its data is removed with it.
pub(crate) struct Here {
    app: App,
    _folder: TempDir,
}

impl Here {
    /// With these flags.
    pub(crate) fn with(flags: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let data = folder.path().to_str().unwrap();
        let config = Config::read([&["parlour", "--data", data], flags].concat()).unwrap();
        Self { app: app(&config).unwrap(), _folder: folder }
    }
}

impl Deref for Here {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}
