//! Interpolated texts: a record of the texts between the values, and the values with their formats.
//!
//! ```text
//! "{name}: {price:.2}"   ⇒   Format(Arguments { texts: &["", ": ", ""], pieces: &[piece(&name, spec(…)), piece(&price, spec(…))] })
//! ```

use super::body::BodyCx;
use super::format_spec::{Count, Spec, parse};
use crate::resolve::Want;
use crate::{ExprId, ExprKind, FieldInit, LangItem, Lit, Res, UnaryOp};
use base::{Diagnostic, ErrorReported, Span, Symbol};
use syntax::ast;

impl BodyCx<'_> {
    pub fn interpolated(&mut self, parts: ast::List<ast::PartId>, span: Span) -> ExprId {
        match self.arguments(parts, span) {
            Ok(arguments) => self.add(ExprKind::Format { arguments }, span),
            Err(reported) => self.error(reported, span),
        }
    }

    fn arguments(&mut self, parts: ast::List<ast::PartId>, span: Span) -> Result<ExprId, ErrorReported> {
        let def = self.cx.lang(LangItem::FmtArguments, span)?;
        let mut texts = Vec::new();
        let mut pieces = Vec::new();
        let mut text = String::new();
        for id in self.cx.ast.list(parts) {
            let part_span = self.cx.span(id);
            match self.cx.ast[id].kind {
                ast::PartKind::Text(part) => text.push_str(part.as_str()),
                ast::PartKind::Expr { expr, format } => {
                    texts.push(self.text(&text, span));
                    text.clear();
                    let piece = self.piece(expr, format, part_span)?;
                    pieces.push(piece);
                }
            }
        }
        texts.push(self.text(&text, span));
        let field = |cx: &mut Self, name: &str, list: Vec<ExprId>| {
            let list = cx.add(ExprKind::Array(list), span);
            let value = cx.reference(false, list, span);
            FieldInit { name: Symbol::intern(name), name_span: span, value }
        };
        let fields = vec![field(self, "texts", texts), field(self, "pieces", pieces)];
        let res = Res::Def(def);
        Ok(self.add(ExprKind::Record { res, args: Vec::new(), fields, base: None, path_span: span }, span))
    }

    fn text(&mut self, text: &str, span: Span) -> ExprId {
        self.add(ExprKind::Lit(Lit::Str(Symbol::intern(text))), span)
    }

    fn piece(
        &mut self,
        expr: ast::ExprId,
        format: Option<ast::Name>,
        span: Span,
    ) -> Result<ExprId, ErrorReported> {
        let value = self.expr(expr);
        let value_span = self.span_of(value);
        let value = self.reference(false, value, value_span);
        let (text, format_span) = match format {
            Some(format) => (format.as_str(), self.cx.span(format)),
            None => ("", span),
        };
        let spec = match parse(text) {
            Ok(spec) => spec,
            Err(wrong) => {
                let at = match self.cx.derived {
                    Some(derived) => derived,
                    None => {
                        let lo = format_span.lo + wrong.at as u32;
                        Span { lo, hi: lo + wrong.len as u32, ..format_span }
                    }
                };
                let error = Diagnostic::error("N5016", at, wrong.message).note(
                    "a format is: fill and `<`, `^` or `>`; `+`; `#`; `0`; width; `.` and precision; \
                     `?`, `x`, `X`, `o`, `b`, `e` or `E`",
                );
                return Err(self.cx.error(error));
            }
        };
        let item = if spec.is_debug { LangItem::FmtPieceDebug } else { LangItem::FmtPiece };
        let spec = self.spec(&spec, format_span)?;
        let callee = self.lang_value(item, span)?;
        Ok(self.add(ExprKind::Call { callee, args: vec![value, spec] }, span))
    }

    fn spec(&mut self, spec: &Spec, span: Span) -> Result<ExprId, ErrorReported> {
        let callee = self.lang_value(LangItem::FmtSpec, span)?;
        let fill = self.add(ExprKind::Lit(Lit::Char(spec.fill)), span);
        let align = self.int(u128::from(spec.align), "u8", span);
        let flags = self.int(u128::from(spec.flags), "u32", span);
        let width = self.count(&spec.width, span)?;
        let precision = self.count(&spec.precision, span)?;
        Ok(self.add(ExprKind::Call { callee, args: vec![fill, align, flags, width, precision] }, span))
    }

    /// A width or precision: −1 where not given, a number, or a variable (`{x:width$}`).
    fn count(&mut self, count: &Count, span: Span) -> Result<ExprId, ErrorReported> {
        match count {
            Count::None => {
                let one = self.int(1, "i64", span);
                Ok(self.add(ExprKind::Unary { op: UnaryOp::Neg, operand: one }, span))
            }
            Count::Given(value) => Ok(self.int(u128::from(*value), "i64", span)),
            Count::Named { name, at } => {
                let symbol = Symbol::intern(name);
                let name = ast::Name::new(symbol, span.lo + *at as u32);
                let name_span = self.cx.span(name);
                match self.lookup(symbol, Want::Value) {
                    Some(Ok(local)) => {
                        let operand = self.local(local, name_span);
                        let def = crate::resolve::ty(
                            crate::TyKind::Path { res: Res::Prim(crate::PrimTy::I64), args: Vec::new() },
                            name_span,
                        );
                        Ok(self.add(ExprKind::Cast { operand, ty: def }, name_span))
                    }
                    Some(Err(crate::names::Found::Def(def))) => {
                        let operand = self
                            .add(ExprKind::Def { def, self_args: Vec::new(), args: Vec::new() }, name_span);
                        let ty = crate::resolve::ty(
                            crate::TyKind::Path { res: Res::Prim(crate::PrimTy::I64), args: Vec::new() },
                            name_span,
                        );
                        Ok(self.add(ExprKind::Cast { operand, ty }, name_span))
                    }
                    Some(Err(found)) => Err(self.cx.report_kind(name_span, symbol, found, "a number")),
                    None => {
                        let locals: Vec<Symbol> = self.scope.iter().map(|&(name, _)| name).collect();
                        Err(self.cx.report_unknown_among(name, Want::Value, &locals))
                    }
                }
            }
        }
    }
}
