//! Text → [`Module`]: the lexer and the grammar, item by item.
//!
//! In: the text of a file. Out: its tree, whatever the text is; diagnostics for all that is wrong with it.
//!
//! ```text
//! fn f( { }     P1001 at the `(`, and a tree with the function `f`
//! fn g() { }    and `g`
//! ```
//!
//! An item that does not parse is repaired (`recover.rs`) and parsed again; its neighbours are not touched.

use crate::ast::{ItemId, Module, TextRange};
use crate::builder::Builder;
use crate::driver::Driver;
use crate::lexer::{Doc, Lexer, MAX_ERRORS};
use crate::recover;
use crate::token::Spanned;
use base::{Applicability, Diagnostic, Diagnostics, FileId, Symbol};

/// Parses a file. Never fails: what is not understood is an error node, and reported.
pub fn parse(text: &str, file: FileId, diagnostics: &mut Diagnostics) -> Module {
    let text = checked_len(text, file, diagnostics);
    let mut parser = Parser::new(text, file);
    while parser.next_item().is_some() {}
    if parser.lexer.stray_closer() {
        // A closer too many: the item at fault is one that seemed complete.
        parser = Parser::new(text, file);
        parser.lexer.recover_all();
        while parser.next_item().is_some() {}
    }
    parser.finish(diagnostics)
}

/// Where a file's items are: each with the blanks and comments before it, up to and with the end of its line or
/// its `;`; what follows the last one belongs to none.
///
/// An item is lexed and parsed without regard to its neighbours, so `parse` of one range gives the tree of its item,
/// with places relative to the range. After an edit only the items it touches need be parsed again.
pub fn split_items(text: &str, file: FileId) -> Vec<TextRange> {
    let mut lexer = Lexer::new(text, file);
    let (mut tokens, mut ranges, mut lo) = (Vec::new(), Vec::new(), 0);
    while lexer.next_item(&mut base::symbol::interner(), &mut tokens) {
        let hi = tokens.last().map_or(lo, |token| token.hi);
        ranges.push(TextRange::new(lo, hi));
        lo = hi;
    }
    ranges
}

/// Offsets are `u32`.
fn checked_len<'s>(text: &'s str, file: FileId, diagnostics: &mut Diagnostics) -> &'s str {
    if u32::try_from(text.len()).is_ok_and(|len| len < u32::MAX) {
        return text;
    }
    diagnostics.error(Diagnostic::error(
        "D8005",
        base::Span::new(file, 0, 0),
        "this file is larger than 4 GB",
    ));
    ""
}

struct Parser<'s> {
    lexer: Lexer<'s>,
    builder: Builder<'s>,
    driver: Driver,
    tokens: Vec<Spanned>,
    items: Vec<ItemId>,
    errors: Vec<Diagnostic>,
    /// The last item was a statement, and that was reported.
    stray: bool,
}

impl<'s> Parser<'s> {
    fn new(text: &'s str, file: FileId) -> Parser<'s> {
        let mut module = Module::new(file);
        module.reserve(text.len());
        Parser {
            lexer: Lexer::new(text, file),
            builder: Builder::new(module, text),
            driver: Driver::default(),
            tokens: Vec::new(),
            items: Vec::new(),
            errors: Vec::new(),
            stray: false,
        }
    }

    /// Parses the next item; none at the end of the text, or where the file must be read again.
    fn next_item(&mut self) -> Option<()> {
        // The interner is locked for one item at a time: files are parsed in parallel.
        if !self.lexer.next_item(&mut base::symbol::interner(), &mut self.tokens) || self.lexer.stray_closer()
        {
            return None;
        }
        let builder = &mut self.builder;
        // The first token of the next item may have been read, and the docs before it.
        let end = self.tokens.last().map_or(0, |token| token.hi);
        let own = self.lexer.docs.iter().take_while(|doc| doc.lo < end).count();
        builder.docs.extend(self.lexer.docs.drain(..own));
        let mark = builder.module.mark();
        let docs: Vec<Doc> = builder.docs.clone();
        let item = match self.driver.parse(builder, &self.tokens) {
            Ok(item) => {
                self.stray = false;
                item
            }
            Err(_stop) => {
                builder.abandon();
                builder.errors.clear();
                builder.module.rollback(&mark);
                builder.docs = docs;
                let file = builder.module.file;
                self.stray = recover::repair(
                    builder.source,
                    file,
                    &mut self.tokens,
                    &mut self.errors,
                    &self.lexer.errors,
                    self.stray,
                );
                // `repair` made a sentence of the tokens; if it did not, that is our mistake, and it shows as
                // an item that is missing, after an error.
                self.driver.parse(builder, &self.tokens).unwrap_or_else(|_stop| {
                    builder.abandon();
                    None
                })
            }
        };
        self.items.extend(item);
        self.errors.append(&mut builder.errors);
        let unused = std::mem::take(&mut builder.docs);
        self.unused_docs(unused);
        self.errors.truncate(MAX_ERRORS);
        Some(())
    }

    /// Warns of doc comments that no node took.
    fn unused_docs(&mut self, docs: Vec<Doc>) {
        let file = self.builder.module.file;
        for doc in docs {
            let span = base::Span::new(file, doc.lo, doc.hi);
            let mark = base::Span::new(file, doc.lo, doc.lo + 3);
            self.errors.push(
                Diagnostic::warning("L0008", span, "this comment documents nothing")
                    .note("`///` stands before an item, a field or a variant")
                    .fix("make it a plain comment", mark, "//", Applicability::MaybeIncorrect),
            );
        }
    }

    fn finish(mut self, diagnostics: &mut Diagnostics) -> Module {
        let unused = std::mem::take(&mut self.lexer.docs);
        self.unused_docs(unused);
        let mut module = self.builder.module;
        module.items = module.new_list(self.items);
        if !self.lexer.file_docs.is_empty() {
            module.docs = Some(Symbol::intern(&self.lexer.file_docs));
        }
        self.errors.append(&mut self.lexer.errors);
        self.errors.sort_by_key(|error| (error.primary.span.lo, error.primary.span.hi));
        for error in self.errors {
            match error.level {
                base::Level::Error => {
                    diagnostics.error(error);
                }
                base::Level::Warning => diagnostics.warn(error),
            }
        }
        module
    }
}
