//! `seam devices`.

use seam_engine::device::{self, Preference};

use crate::{Failure, print};

pub fn run() -> Result<u8, Failure> {
    let chosen = device::choose(Preference::Auto).map_err(|err| Failure::new(1, err))?;
    let mut is_marked = false;
    for listing in device::list() {
        let is_chosen = !is_marked && listing.refused.is_none() && listing.kind == chosen.kind;
        is_marked |= is_chosen;
        let mark = if is_chosen { '*' } else { ' ' };
        let refused = listing
            .refused
            .map(|reason| format!(" (refused: {reason})"))
            .unwrap_or_default();
        print(&format!(
            "{mark} {:8} {}{refused}",
            listing.option, listing.name
        ))?;
    }
    print("\n* is what `--device auto` takes")?;
    Ok(0)
}
