//! Icons, drawn in the colour of the text beside them and silent to screen readers.
//!
//! All drawings are one file that browsers keep, and a page only names those that it shows: drawn in place they would be
//! most of a page's bytes.
// SPEC: console, budgets.

use std::fmt::Write as _;
use std::sync::LazyLock;

use icondata_core::IconData;
use maud::{Markup, html};

use crate::asset::address;

/// A drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Icon {
    /// What the file calls it.
    name: &'static str,
    drawing: &'static IconData,
}

/// Makes a constant for each drawing that is used, and the list of them all.
macro_rules! icons {
    ($($name:ident),+ $(,)?) => {
        $(
            #[expect(non_upper_case_globals, reason = "drawings are called as their makers call them")]
            pub(crate) const $name: &Icon = &Icon { name: stringify!($name), drawing: icondata_lu::$name };
        )+
        const ALL: &[&Icon] = &[$($name),+];
    };
}

icons! {
    LuBell, LuBookOpen, LuBoxes, LuBuilding2, LuCheck, LuChevronDown, LuChevronRight, LuCircleAlert, LuCodeXml,
    LuDatabase, LuDownload, LuEllipsis, LuFingerprint, LuFlaskConical, LuFolder, LuFolderTree, LuHistory, LuHourglass,
    LuHouse, LuInbox, LuInfo, LuKeyRound, LuKeyboard, LuLanguages, LuLink, LuLogOut, LuMegaphone, LuMenu, LuMinus,
    LuMoon, LuPlus, LuRadio, LuRepeat, LuScanSearch, LuScrollText, LuSearch, LuServer, LuSettings,
    LuShieldCheck, LuStar, LuSun, LuSunMoon, LuTag, LuTrash2, LuTriangleAlert, LuUndo2, LuUpload, LuUser, LuUserPlus, LuUsers, LuVenetianMask,
    LuWaypoints, LuX,
}

/// The file with all drawings.
pub(crate) static FILE: LazyLock<String> = LazyLock::new(|| {
    let mut file = "<svg xmlns=\"http://www.w3.org/2000/svg\">".to_owned();
    for icon in ALL {
        // Writing to a text cannot fail.
        let symbol = |file: &mut String| {
            write!(file, "<symbol id=\"{}\" viewBox=\"0 0 24 24\">{}</symbol>", icon.name, icon.drawing.data)
        };
        symbol(&mut file).unwrap_or_default();
    }
    file + "</svg>"
});

/// Where that file is.
pub(crate) static ADDRESS: LazyLock<String> = LazyLock::new(|| address("icons.svg", &FILE));

/// An icon as a picture of 16 pixels.
pub(crate) fn icon(icon: &Icon) -> Markup {
    html! { svg.icon aria-hidden="true" { (drawing(icon)) } }
}

/// The drawing alone, for pictures that have a size and a colour of their own.
pub(crate) fn drawing(icon: &Icon) -> Markup {
    html! { use href=(format_args!("{}#{}", *ADDRESS, icon.name)) {} }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_drawing_is_in_the_file() {
        for icon in ALL {
            assert!(
                FILE.contains(&format!("<symbol id=\"{}\" viewBox=\"0 0 24 24\"><", icon.name)),
                "{icon:?}"
            );
        }
        assert_eq!(FILE.matches("<symbol").count(), ALL.len());
        assert!(!FILE.contains("style="), "nothing that the content policy forbids");
    }
}
