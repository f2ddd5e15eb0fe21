//! How much something is.

use crate::text::oss::BYTES;
use crate::visit::Visit;

/// So many bytes, in the unit that people read.
pub(crate) fn size(visit: &Visit<'_>, bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1 << 10 {
        return visit.fill(BYTES, &[&bytes.to_string()]);
    }
    let mut tenths = bytes.saturating_mul(10) >> 10;
    let mut unit = 0;
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        (tenths, unit) = (tenths >> 10, unit + 1);
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS.get(unit).copied().unwrap_or_default())
}
