//! MIR to MIR. The order is the table; what each pass needs and leaves is in the table too.
//!
//! In: a body that [`mir::build`] made and move checking found right. [`lower`] takes it to phase `Lowered`; [`optimise`]
//! takes a monomorphic one to `Optimised`. In debug builds [`mir::verify`] runs after every pass and names the one that
//! broke something. How to add a pass: `README.md` beside this folder.
//!
//! ```text
//! drop(_1) -> bb2      ⇒  elaborate_drops  ⇒      switch(copy _7) [0: bb2, otherwise: bb3]    bb3: { drop(_1) -> bb2; }
//! ```

pub mod elaborate_drops;
pub mod remove_dead;
pub mod simplify_cfg;

use hir::DefId;
use mir::facts::Facts;
use mir::names::Names;
use mir::{Body, Phase};

/// Something that is true of a body once a pass has run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Every `Drop` drops all of its place.
    DropsElaborated,
    /// Every block can be reached, none only jumps on.
    CfgSimple,
    /// No local is written and never read.
    NoDeadLocals,
}

/// What passes may look at.
#[derive(Clone, Copy)]
pub struct PassCx<'a> {
    pub facts: &'a dyn Facts,
    pub names: &'a dyn Names,
    /// `#[lang("box_free")]`, if the library has it.
    pub box_free: Option<DefId>,
}

pub struct Pass {
    pub name: &'static str,
    pub run: fn(&mut Body, &PassCx<'_>),
    pub needs: &'static [Fact],
    pub leaves: &'static [Fact],
}

/// `Built` to `Lowered`: correct programs only, nothing is decided by taste.
pub const LOWER: &[Pass] = &[
    Pass { name: "elaborate_drops", run: elaborate_drops::run, needs: &[], leaves: &[Fact::DropsElaborated] },
    // Elaboration leaves jumps to jumps, and cleanup blocks without anything to clean up.
    Pass {
        name: "simplify_cfg",
        run: simplify_cfg::run,
        needs: &[Fact::DropsElaborated],
        leaves: &[Fact::CfgSimple],
    },
    Pass {
        name: "remove_dead",
        run: remove_dead::run,
        needs: &[Fact::CfgSimple],
        leaves: &[Fact::NoDeadLocals],
    },
];

/// `Mono` to `Optimised`.
pub const OPTIMISE: &[Pass] = &[
    Pass { name: "simplify_cfg", run: simplify_cfg::run, needs: &[], leaves: &[Fact::CfgSimple] },
    Pass {
        name: "remove_dead",
        run: remove_dead::run,
        needs: &[Fact::CfgSimple],
        leaves: &[Fact::NoDeadLocals],
    },
];

/// Makes drops explicit.
pub fn lower(body: &mut Body, cx: &PassCx<'_>) {
    verified(body, cx, "building");
    run_all(LOWER, body, cx, &mut |_, _| {});
}

pub fn optimise(body: &mut Body, cx: &PassCx<'_>) {
    run_all(OPTIMISE, body, cx, &mut |_, _| {});
    body.phase = Phase::Optimised;
}

/// Runs a table of passes. `after` sees the body after each, for `--emit=mir:PASS`.
pub fn run_all(passes: &[Pass], body: &mut Body, cx: &PassCx<'_>, after: &mut dyn FnMut(&Pass, &Body)) {
    for pass in passes {
        (pass.run)(body, cx);
        verified(body, cx, pass.name);
        after(pass, body);
    }
}

fn verified(body: &Body, cx: &PassCx<'_>, after: &str) {
    if cfg!(debug_assertions) {
        mir::verify::assert_valid(body, cx.names, after);
    }
}

#[cfg(test)]
mod tests;
