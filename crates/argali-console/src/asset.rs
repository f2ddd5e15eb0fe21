//! The style sheet, the script, the mark and the icons, under addresses that hold what is in them.

use sha2::{Digest, Sha256};

use crate::answer::Answer;
use crate::icon;

const STYLE: &str = include_str!("../static/console.css");
const SCRIPT: &str = include_str!("../static/console.js");
const MARK: &str = include_str!("../static/mark.svg");

/// Every file, with its address.
#[derive(Debug)]
pub(crate) struct Assets {
    /// The style sheet's address.
    pub(crate) style: String,
    /// The script's.
    pub(crate) script: String,
    /// The mark's.
    pub(crate) mark: String,
}

impl Assets {
    pub(crate) fn new() -> Self {
        Self {
            style: address("console.css", STYLE),
            script: address("console.js", SCRIPT),
            mark: address("mark.svg", MARK),
        }
    }

    /// The file at `path`.
    pub(crate) fn at(&self, path: &str) -> Option<Answer> {
        if path == self.style {
            Some(Answer::asset("text/css;charset=utf-8", STYLE))
        } else if path == self.script {
            Some(Answer::asset("text/javascript;charset=utf-8", SCRIPT))
        } else if path == self.mark {
            Some(Answer::asset("image/svg+xml", MARK))
        } else if path == icon::ADDRESS.as_str() {
            Some(Answer::asset("image/svg+xml", &icon::FILE))
        } else {
            None
        }
    }
}

/// Where a file is that has this name and content.
pub(crate) fn address(name: &str, content: &str) -> String {
    let hash = hex::encode(Sha256::digest(content));
    format!("/console/static/{}/{name}", hash.get(..16).unwrap_or(&hash))
}

#[cfg(test)]
mod tests;
