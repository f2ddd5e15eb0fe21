//! Icons, drawn in the colour of the text beside them and silent to screen readers.

use icondata_core::IconData;
pub(crate) use icondata_lu::{
    LuBoxes, LuBuilding2, LuChevronDown, LuChevronRight, LuCircleAlert, LuCodeXml, LuDatabase, LuFingerprint,
    LuFolder, LuFolderTree, LuHourglass, LuHouse, LuInfo, LuKeyRound, LuLanguages, LuLogOut, LuMenu, LuMoon,
    LuPlus, LuRepeat, LuScrollText, LuSearch, LuServer, LuSettings, LuShieldCheck, LuSun, LuSunMoon, LuTag,
    LuTriangleAlert, LuUndo2, LuUser, LuUsers, LuVenetianMask, LuWaypoints,
};
use maud::{Markup, PreEscaped, html};

/// An icon as a picture of 16 pixels.
pub(crate) fn icon(data: &IconData) -> Markup {
    html! {
        svg.icon viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round"
            stroke-linejoin="round" aria-hidden="true" { (PreEscaped(data.data)) }
    }
}
