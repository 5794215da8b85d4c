//! The bag diagnostics are collected in, and what is shown of it.
//!
//! In: every error and warning, in the order the stages find them. Out: a [`Report`], in which each mistake
//! stands once, in the order of the source:
//!
//! ```text
//! T2000 at 4..9 ┐ same code, same span: dropped        ┌ T2000 at 4..9
//! T2000 at 4..9 ┘                                  →   │   note: `x` is unknown
//! N5000 at 4..9 ─ same span, another code: a note      └
//! B3900 at 20..21, a warning inside #[allow(B3900)]: dropped
//! T2080 at 30..31, where an earlier phase has an error at 28..40: dropped
//! ```
//!
//! [`ErrorReported`] is proof that an error was put into a bag: only [`Diagnostics::error`] makes one, and
//! the error nodes of every tree carry it.

use crate::{Diagnostic, Level, SourceMap, Span};
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// How many diagnostics of one phase are shown.
pub const SHOWN_PER_PHASE: usize = 20;
/// How many errors, and how many warnings, of one phase are kept. Of a text with more nobody reads all, and they would
/// take gigabytes.
const KEPT_PER_PHASE: usize = 10_000;
/// How many notes folding may add to one diagnostic.
const FOLDED_NOTES: usize = 3;

/// Proof that an error is in a bag. Not constructible elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ErrorReported(());

/// The bag.
#[derive(Debug, Default)]
pub struct Diagnostics {
    list: Vec<Entry>,
    /// What is in `list`, to drop duplicates. Never iterated over.
    seen: HashSet<(Span, &'static str)>,
    /// What the lexer and the parser (`L`, `P`) found wrong. Asked for at each name that is not known.
    syntax: Vec<Span>,
    /// `#[allow(code)]`: warnings with this code inside this span are not wanted.
    allowed: Vec<(Span, String)>,
    errors: usize,
    phase: u32,
    /// Errors and warnings of this phase.
    of_phase: [usize; 2],
    /// Errors and warnings that were not kept.
    beyond: [usize; 2],
    /// Where the errors are that another bag holds, see [`Diagnostics::beside`].
    others: Option<Arc<[Span]>>,
}

/// How much was in a bag.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    lengths: [usize; 3],
    errors: usize,
    phase: u32,
    of_phase: [usize; 2],
    beyond: [usize; 2],
}

#[derive(Clone, Debug)]
struct Entry {
    diagnostic: Diagnostic,
    phase: u32,
    shown: bool,
}

/// A bag that several threads add to: what is taken out of it does not depend on who came first.
#[derive(Debug, Default)]
pub struct SharedDiagnostics(Mutex<Vec<Diagnostic>>);

impl SharedDiagnostics {
    pub fn add(&self, diags: Diagnostics) {
        if !diags.list.is_empty() {
            let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let room = (2 * KEPT_PER_PHASE).saturating_sub(list.len());
            list.extend(diags.into_vec().into_iter().take(room));
        }
    }
    pub fn error(&self, diagnostic: Diagnostic) -> ErrorReported {
        let mut one = Diagnostics::new();
        let proof = one.error(diagnostic);
        self.add(one);
        proof
    }
    /// All of it, in the order of the source; of those with one code at one span the same one every time.
    pub fn take(&self) -> Diagnostics {
        let mut list = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        fn labels(of: &Diagnostic) -> impl Iterator<Item = (Span, &str)> {
            of.secondary.iter().map(|label| (label.span, label.text.as_str()))
        }
        list.sort_by(|a, b| {
            let place = (a.primary.span, a.code, a.level).cmp(&(b.primary.span, b.code, b.level));
            place.then_with(|| labels(a).cmp(labels(b))).then_with(|| a.message.cmp(&b.message))
        });
        let mut diags = Diagnostics::new();
        list.into_iter().for_each(|diagnostic| diags.add(diagnostic, 0));
        diags
    }
}

impl Diagnostics {
    pub fn new() -> Diagnostics {
        Diagnostics::default()
    }
    /// A bag for one part of the work on something in which `others` says where errors are already: they are no part of
    /// this bag, but known to it.
    pub fn beside(others: &Arc<[Span]>) -> Diagnostics {
        Diagnostics { others: (!others.is_empty()).then(|| others.clone()), ..Diagnostics::default() }
    }
    /// Where the errors of this bag are: for [`Diagnostics::beside`].
    pub fn error_spans(&self) -> Arc<[Span]> {
        self.iter().filter(|it| it.level == Level::Error).map(|it| it.primary.span).collect()
    }
    /// Adds an error, unless one with this code stands at this span already.
    pub fn error(&mut self, diagnostic: Diagnostic) -> ErrorReported {
        debug_assert_eq!(diagnostic.level, Level::Error);
        self.add(diagnostic, self.phase);
        ErrorReported(())
    }
    pub fn warn(&mut self, diagnostic: Diagnostic) {
        debug_assert_eq!(diagnostic.level, Level::Warning);
        self.add(diagnostic, self.phase);
    }
    fn add(&mut self, diagnostic: Diagnostic, phase: u32) {
        let kind = diagnostic.level as usize;
        if self.of_phase[kind] >= KEPT_PER_PHASE {
            self.beyond[kind] += 1;
        } else if self.seen.insert((diagnostic.primary.span, diagnostic.code)) {
            self.of_phase[kind] += 1;
            self.errors += usize::from(diagnostic.level == Level::Error);
            if diagnostic.code.starts_with(['L', 'P']) {
                self.syntax.push(diagnostic.primary.span);
            }
            self.list.push(Entry { diagnostic, phase, shown: true });
        }
    }
    /// Silences the warnings `code` whose primary span lies within `span`: `#[allow(code)]` on that item.
    pub fn allow(&mut self, span: Span, code: impl Into<String>) {
        self.allowed.push((span, code.into()));
    }
    /// What is added from here on belongs to the next phase: each phase shows [`SHOWN_PER_PHASE`].
    pub fn begin_phase(&mut self) {
        self.phase += 1;
        self.of_phase = [0; 2];
    }
    /// Where the bag stands, to come back to.
    pub fn mark(&self) -> Mark {
        let Diagnostics { list, syntax, allowed, errors, phase, of_phase, beyond, .. } = self;
        Mark {
            lengths: [list.len(), syntax.len(), allowed.len()],
            errors: *errors,
            phase: *phase,
            of_phase: *of_phase,
            beyond: *beyond,
        }
    }
    /// Forgets what came in since.
    pub fn roll_back(&mut self, to: Mark) {
        let [list, syntax, allowed] = to.lengths;
        for entry in self.list.drain(list..) {
            self.seen.remove(&(entry.diagnostic.primary.span, entry.diagnostic.code));
        }
        self.syntax.truncate(syntax);
        self.allowed.truncate(allowed);
        (self.errors, self.phase, self.of_phase, self.beyond) = (to.errors, to.phase, to.of_phase, to.beyond);
    }
    /// Have there been more errors than are kept? Then it is not worth while to explain the next one well, and an error's
    /// place is not always known.
    pub fn is_full(&self) -> bool {
        self.beyond[Level::Error as usize] > 0
    }
    /// Have there been more errors in this phase than anybody reads? To look for what may be meant takes time with all the
    /// names of a program, and is done for these many at most.
    pub fn is_crowded(&self) -> bool {
        self.of_phase[Level::Error as usize] >= 10 * SHOWN_PER_PHASE
    }
    pub fn has_errors(&self) -> bool {
        self.errors > 0 || self.others.is_some()
    }
    /// Is an error, of this bag or of what it is beside, at a place that satisfies this?
    pub fn has_error_at(&self, is_there: impl Fn(Span) -> bool) -> bool {
        let own = self.iter().filter(|it| it.level == Level::Error).map(|it| it.primary.span);
        own.chain(self.others.iter().flat_map(|spans| spans.iter().copied())).any(is_there)
    }
    /// Does it hold nothing?
    pub fn is_empty(&self) -> bool {
        self.list.is_empty() && self.allowed.is_empty() && self.beyond == [0; 2]
    }
    /// Proof of an error, if there was one.
    pub fn error_reported(&self) -> Option<ErrorReported> {
        self.has_errors().then_some(ErrorReported(()))
    }
    /// Takes over what another bag holds, as part of this bag's phase.
    pub fn append(&mut self, other: Diagnostics) {
        self.allowed.extend(other.allowed);
        for (own, beyond) in self.beyond.iter_mut().zip(other.beyond) {
            *own += beyond;
        }
        for entry in other.list {
            self.add(entry.diagnostic, self.phase);
        }
    }
    /// Did the lexer or the parser find something wrong inside this?
    pub fn is_broken_inside(&self, around: Span) -> bool {
        self.syntax.iter().any(|&span| around.contains(span))
    }
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter().map(|entry| &entry.diagnostic)
    }
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.list.into_iter().map(|entry| entry.diagnostic).collect()
    }

    /// Suppresses, folds, sorts and limits. `sources` names places in folded notes.
    pub fn report(self, sources: &SourceMap) -> Report {
        let Diagnostics { mut list, allowed, beyond, .. } = self;
        list.retain(|entry| !is_allowed(&entry.diagnostic, &allowed));
        for entry in &mut list {
            let fixes = entry.diagnostic.suggestions.iter_mut().flat_map(|it| &mut it.fixes);
            fixes.for_each(|fix| fix.indent(sources));
        }
        drop_inside_earlier(&mut list);
        let list = fold_same_span(fold_cascades(list, sources));
        Report::of(list, beyond)
    }
}

fn is_allowed(diagnostic: &Diagnostic, allowed: &[(Span, String)]) -> bool {
    let at = diagnostic.primary.span;
    diagnostic.level == Level::Warning
        && allowed.iter().any(|(span, code)| code == diagnostic.code && span.contains(at))
}

/// What a phase finds wrong inside something that an earlier phase found wrong follows from that.
fn drop_inside_earlier(list: &mut Vec<Entry>) {
    let mut phases: BTreeMap<u32, Vec<Span>> = BTreeMap::new();
    for Entry { diagnostic, phase, .. } in list.iter().filter(|it| it.diagnostic.level == Level::Error) {
        phases.entry(*phase).or_default().push(diagnostic.primary.span);
    }
    let phases: Vec<(u32, Around)> = phases.into_iter().map(|(phase, it)| (phase, Around::new(it))).collect();
    list.retain(|entry| {
        let mut earlier = phases.iter().take_while(|(phase, _)| *phase < entry.phase);
        !earlier.any(|(_, around)| around.any(entry.diagnostic.primary.span))
    });
}

/// Answers whether one of many spans is around another, in logarithmic time: there may be thousands of both.
struct Around {
    /// Sorted.
    spans: Vec<Span>,
    /// The furthest end of a span of that file up to the one of this index.
    furthest: Vec<u32>,
}

impl Around {
    fn new(mut spans: Vec<Span>) -> Around {
        spans.sort();
        let mut furthest: Vec<u32> = Vec::with_capacity(spans.len());
        for (index, span) in spans.iter().enumerate() {
            let before = index.checked_sub(1).filter(|&it| spans[it].file == span.file);
            furthest.push(before.map_or(0, |it| furthest[it]).max(span.hi));
        }
        Around { spans, furthest }
    }

    /// Is one of them around `inner`, and not it itself?
    fn any(&self, inner: Span) -> bool {
        let place = |span: &Span| (span.file, span.lo);
        let reaches = |count: usize, hi: u32| {
            let last = count.checked_sub(1).filter(|&it| self.spans[it].file == inner.file);
            last.is_some_and(|it| self.furthest[it] >= hi)
        };
        // Those that begin earlier; those that begin with it and end later.
        let earlier = self.spans.partition_point(|it| place(it) < place(&inner));
        let not_later = self.spans.partition_point(|it| place(it) <= place(&inner));
        reaches(earlier, inner.hi) || reaches(not_later, inner.hi + 1)
    }
}

/// What `follows` a reported mistake becomes a note on it.
fn fold_cascades(list: Vec<Entry>, sources: &SourceMap) -> Vec<Entry> {
    let is_root = |entry: &Entry| entry.diagnostic.follows.is_none();
    let roots: BTreeMap<Span, usize> = (list.iter().enumerate().rev())
        .filter(|(_, entry)| is_root(entry))
        .map(|(index, entry)| (entry.diagnostic.primary.span, index))
        .collect();
    let root_of: Vec<Option<usize>> = (list.iter())
        .map(|entry| entry.diagnostic.follows.and_then(|span| roots.get(&span).copied()))
        .collect();
    fold(list, &root_of, |cascade| {
        let span = cascade.primary.span;
        let (line, column) = sources.line_col(span);
        format!("this also causes: {} ({}:{line}:{column})", cascade.message, sources.file(span.file).name)
    })
}

/// One place, one diagnostic: the first error at a span (or the first warning) takes the others as notes.
fn fold_same_span(list: Vec<Entry>) -> Vec<Entry> {
    let mut heads = BTreeMap::<Span, usize>::new();
    for (index, Entry { diagnostic, .. }) in list.iter().enumerate() {
        let head = heads.entry(diagnostic.primary.span).or_insert(index);
        if diagnostic.level < list[*head].diagnostic.level {
            *head = index;
        }
    }
    let head_of: Vec<Option<usize>> = (list.iter().enumerate())
        .map(|(index, entry)| Some(heads[&entry.diagnostic.primary.span]).filter(|&head| head != index))
        .collect();
    fold(list, &head_of, |other| format!("also here: {} [{}]", other.message, other.code))
}

/// Removes the entries that have a head, and adds `note` of each to its head.
fn fold(list: Vec<Entry>, head_of: &[Option<usize>], note: impl Fn(&Diagnostic) -> String) -> Vec<Entry> {
    let mut notes = vec![Vec::new(); list.len()];
    for (entry, head) in list.iter().zip(head_of) {
        if let Some(head) = *head {
            notes[head].push(note(&entry.diagnostic));
        }
    }
    let mut kept = Vec::new();
    for ((mut entry, head), mut notes) in list.into_iter().zip(head_of).zip(notes) {
        if head.is_none() {
            let more = notes.len().saturating_sub(FOLDED_NOTES);
            notes.truncate(FOLDED_NOTES);
            entry.diagnostic.notes.extend(notes);
            if more > 0 {
                entry.diagnostic.notes.push(format!("and {more} more that follow from it"));
            }
            kept.push(entry);
        }
    }
    kept
}

/// What there is to say, each mistake once, sorted by file, line and column.
#[derive(Debug, Default)]
pub struct Report {
    entries: Vec<Entry>,
    /// Errors and warnings that were not kept.
    beyond: [usize; 2],
}

impl Report {
    fn of(mut entries: Vec<Entry>, beyond: [usize; 2]) -> Report {
        entries.sort_by_key(|Entry { diagnostic, .. }| {
            (diagnostic.primary.span, diagnostic.level, diagnostic.code)
        });
        let mut shown = BTreeMap::<u32, usize>::new();
        // Errors take the places first: a warning never hides one.
        for level in [Level::Error, Level::Warning] {
            for entry in entries.iter_mut().filter(|entry| entry.diagnostic.level == level) {
                let count = shown.entry(entry.phase).or_default();
                *count += 1;
                entry.shown = *count <= SHOWN_PER_PHASE;
            }
        }
        Report { entries, beyond }
    }
    /// All of them: for machines.
    pub fn all(&self) -> impl Iterator<Item = &Diagnostic> {
        self.entries.iter().map(|entry| &entry.diagnostic)
    }
    /// At most [`SHOWN_PER_PHASE`] a phase: for people.
    pub fn shown(&self) -> impl Iterator<Item = &Diagnostic> {
        self.entries.iter().filter(|entry| entry.shown).map(|entry| &entry.diagnostic)
    }
    pub fn errors(&self) -> usize {
        self.count(Level::Error, |_| true)
    }
    pub fn warnings(&self) -> usize {
        self.count(Level::Warning, |_| true)
    }
    /// `… and 3 errors and 1 warning more`, if the limit hid some.
    pub fn rest(&self) -> Option<String> {
        let hidden = |level| self.count(level, |entry| !entry.shown);
        let text = counts(hidden(Level::Error), hidden(Level::Warning));
        (!text.is_empty()).then(|| format!("… and {text} more"))
    }
    /// `2 errors and 1 warning`; empty when there is nothing.
    pub fn summary(&self) -> String {
        counts(self.errors(), self.warnings())
    }
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
    fn count(&self, level: Level, of: impl Fn(&Entry) -> bool) -> usize {
        let kept = self.entries.iter().filter(|entry| entry.diagnostic.level == level && of(entry)).count();
        kept + self.beyond[level as usize]
    }
}

fn counts(errors: usize, warnings: usize) -> String {
    let some = |count: usize, noun| match count {
        0 => None,
        1 => Some(format!("1 {noun}")),
        _ => Some(format!("{count} {noun}s")),
    };
    let parts: Vec<String> =
        [some(errors, "error"), some(warnings, "warning")].into_iter().flatten().collect();
    parts.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FileId;

    fn sources() -> SourceMap {
        let mut sources = SourceMap::default();
        sources.add("a.qst".into(), "one\ntwo\nthree\n".into());
        sources.add("b.qst".into(), "one\n".into());
        sources
    }
    fn at(file: u32, lo: u32) -> Span {
        Span::new(FileId(file), lo, lo + 1)
    }
    fn lines(report: &Report) -> Vec<String> {
        let line =
            |it: &Diagnostic| format!("{:?} {} {} {:?}", it.primary.span, it.code, it.message, it.notes);
        report.all().map(line).collect()
    }

    #[test]
    fn duplicates_are_dropped_and_the_rest_is_sorted() {
        let mut bag = Diagnostics::new();
        bag.error(Diagnostic::error("T2000", at(1, 0), "third"));
        bag.error(Diagnostic::error("T2000", at(0, 8), "second"));
        bag.error(Diagnostic::error("T2000", at(0, 8), "again"));
        bag.error(Diagnostic::error("T2000", at(0, 4), "first"));
        let report = bag.report(&sources());
        assert_eq!(
            lines(&report),
            ["0:4..5 T2000 first []", "0:8..9 T2000 second []", "1:0..1 T2000 third []"]
        );
        assert_eq!(report.summary(), "3 errors");
    }

    #[test]
    fn an_error_takes_what_else_is_said_of_its_span() {
        let mut bag = Diagnostics::new();
        bag.warn(Diagnostic::warning("B3900", at(0, 4), "a warning"));
        bag.error(Diagnostic::error("T2000", at(0, 4), "the error"));
        let report = bag.report(&sources());
        assert_eq!(lines(&report), [r#"0:4..5 T2000 the error ["also here: a warning [B3900]"]"#]);
    }

    #[test]
    fn consequences_are_notes_on_their_cause_where_it_is_reported() {
        let mut bag = Diagnostics::new();
        for lo in [0, 4, 5, 6, 8] {
            bag.error(Diagnostic::error("T2000", at(0, lo), format!("effect {lo}")).follows(at(1, 2)));
        }
        bag.error(Diagnostic::error("T2000", at(0, 9), "alone").follows(at(1, 3)));
        bag.error(Diagnostic::error("N5000", at(1, 2), "cause"));
        let report = bag.report(&sources());
        let notes = r#"["this also causes: effect 0 (a.qst:1:1)", "this also causes: effect 4 (a.qst:2:1)", "this also causes: effect 5 (a.qst:2:2)", "and 2 more that follow from it"]"#;
        assert_eq!(
            lines(&report),
            ["0:9..10 T2000 alone []".to_string(), format!("1:2..3 N5000 cause {notes}")]
        );
    }

    #[test]
    fn what_lies_inside_an_earlier_mistake_is_dropped() {
        let mut bag = Diagnostics::new();
        bag.error(Diagnostic::error("P1021", Span::new(FileId(0), 2, 8), "chained"));
        bag.error(Diagnostic::error("P1000", at(0, 4), "of the same phase"));
        bag.begin_phase();
        bag.error(Diagnostic::error("T2080", at(0, 5), "inside"));
        bag.error(Diagnostic::error("T2000", Span::new(FileId(0), 1, 8), "around"));
        bag.error(Diagnostic::error("T2000", at(0, 8), "behind"));
        let report = bag.report(&sources());
        let messages: Vec<_> = report.all().map(|it| it.message.as_str()).collect();
        assert_eq!(messages, ["around", "chained", "of the same phase", "behind"]);
    }

    #[test]
    fn allowed_warnings_are_not_shown_and_errors_cannot_be_allowed() {
        let mut bag = Diagnostics::new();
        bag.allow(Span::new(FileId(0), 0, 5), "B3900");
        bag.allow(Span::new(FileId(0), 0, 5), "T2000");
        bag.warn(Diagnostic::warning("B3900", at(0, 4), "inside"));
        bag.warn(Diagnostic::warning("B3900", at(0, 5), "outside"));
        bag.warn(Diagnostic::warning("B3901", at(0, 3), "another code"));
        bag.error(Diagnostic::error("T2000", at(0, 0), "an error"));
        let report = bag.report(&sources());
        let messages: Vec<_> = report.all().map(|it| it.message.as_str()).collect();
        assert_eq!(messages, ["an error", "another code", "outside"]);
    }

    #[test]
    fn twenty_a_phase_are_shown_errors_first() {
        let mut bag = Diagnostics::new();
        (0..5).for_each(|lo| bag.warn(Diagnostic::warning("B3900", at(0, lo), "a warning")));
        (5..24).for_each(|lo| _ = bag.error(Diagnostic::error("T2000", at(0, lo), "an error")));
        bag.begin_phase();
        (24..46).for_each(|lo| _ = bag.error(Diagnostic::error("T2001", at(0, lo), "an error")));
        let report = bag.report(&sources());
        assert_eq!((report.all().count(), report.shown().count()), (46, 40));
        assert_eq!(report.shown().filter(|it| it.level == Level::Warning).count(), 1);
        assert_eq!(report.rest().as_deref(), Some("… and 2 errors and 4 warnings more"));
    }

    #[test]
    fn a_million_errors_are_counted_and_not_kept() {
        let mut bag = Diagnostics::new();
        for lo in 0..1_000_000 {
            bag.error(Diagnostic::error("T2000", at(0, lo), ""));
        }
        bag.begin_phase();
        bag.error(Diagnostic::error("T2001", at(1, 0), "the next phase"));
        assert!(bag.is_full());
        let report = bag.report(&sources());
        assert_eq!((report.all().count(), report.shown().count()), (KEPT_PER_PHASE + 1, 21));
        assert_eq!(report.summary(), "1000001 errors");
        assert_eq!(report.rest().as_deref(), Some("… and 999980 errors more"));
    }

    #[test]
    fn appending_keeps_the_count_right() {
        let (mut one, mut two) = (Diagnostics::new(), Diagnostics::new());
        one.error(Diagnostic::error("T2000", at(0, 0), "same"));
        two.error(Diagnostic::error("T2000", at(0, 0), "same"));
        one.append(two);
        assert!(one.has_errors() && one.error_reported().is_some());
        assert_eq!(one.report(&sources()).errors(), 1);
    }
}
