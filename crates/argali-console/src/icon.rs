//! Icons, drawn in the colour of the text beside them and silent to screen readers.

use icondata_core::IconData;
pub(crate) use icondata_lu::{
    LuBookOpen, LuBoxes, LuBuilding2, LuCheck, LuChevronDown, LuChevronRight, LuCircleAlert, LuCodeXml,
    LuDatabase, LuDownload, LuFingerprint, LuFlaskConical, LuFolder, LuFolderTree, LuHistory, LuHourglass,
    LuHouse, LuInbox, LuInfo, LuKeyRound, LuKeyboard, LuLanguages, LuLogOut, LuMegaphone, LuMenu, LuMinus,
    LuMoon, LuPlus, LuRadio, LuRepeat, LuScanSearch, LuScrollText, LuSearch, LuServer, LuSettings,
    LuShieldCheck, LuSun, LuSunMoon, LuTag, LuTriangleAlert, LuUndo2, LuUser, LuUsers, LuVenetianMask,
    LuWaypoints, LuX,
};
use maud::{Markup, PreEscaped, html};

/// An icon as a picture of 16 pixels.
pub(crate) fn icon(data: &IconData) -> Markup {
    html! {
        svg.icon viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round"
            stroke-linejoin="round" aria-hidden="true" { (PreEscaped(data.data)) }
    }
}
