//! Did you mean: [`base::did_you_mean`] for symbols.

use base::{Symbol, did_you_mean};

/// The candidate nearest to `wrong`, whatever their order.
pub(crate) fn nearest(wrong: Symbol, candidates: impl IntoIterator<Item = Symbol>) -> Option<Symbol> {
    let texts: Vec<&str> =
        candidates.into_iter().map(Symbol::as_str).filter(|text| !text.is_empty()).collect();
    did_you_mean(wrong.as_str(), texts).map(Symbol::intern)
}
