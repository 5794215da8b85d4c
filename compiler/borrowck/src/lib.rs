//! borrowck
