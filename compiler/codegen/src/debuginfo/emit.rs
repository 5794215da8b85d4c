//! LLVM's share of the debug information: functions, scopes, lines, variables; types only declared.
//!
//! In: bodies with spans and scopes. Out: metadata on the LLVM module.

use super::builder::{ARTIFICIAL, DebugBuilder, Meta, NO_FLAGS};
use super::desc::{TypeDescKind, TypeId};
use super::table::DebugTypes;
use crate::compile::Settings;
use crate::function::LocalRef;
use crate::unit::UnitCx;
use base::{FileId, Idx, IndexVec, SourceMap, Span};
use inkwell::context::Context;
use inkwell::module::{FlagBehavior, Module};
use inkwell::values::{FunctionValue, GlobalValue};
use mir::{Body, InstanceId, Local, PlaceElem, ScopeId, SourceInfo};
use std::cell::RefCell;
use std::collections::HashMap;
use typeck::Ty;

const DW_OP_DEREF: u64 = 0x06;
const DW_OP_PLUS_UCONST: u64 = 0x23;

/// Names are relative to where the compiler ran; an absolute folder would differ from machine to machine.
const FOLDER: &str = ".";

/// Of a unit.
pub struct DebugCx<'ll, 'p> {
    dib: DebugBuilder<'ll>,
    unit: Meta<'ll>,
    unit_file: Meta<'ll>,
    sources: &'p SourceMap,
    types: &'p DebugTypes,
    optimised: bool,
    word: u64,
    files: RefCell<HashMap<FileId, Meta<'ll>>>,
    namespaces: RefCell<HashMap<Vec<String>, Meta<'ll>>>,
    declared: RefCell<HashMap<TypeId, Meta<'ll>>>,
}

/// Of a function.
pub struct FunctionDebug<'ll> {
    subprogram: Meta<'ll>,
    file: FileId,
    scopes: RefCell<HashMap<ScopeId, Meta<'ll>>>,
    /// The function's scopes seen from another file (a macro's).
    elsewhere: RefCell<HashMap<(ScopeId, FileId), Meta<'ll>>>,
}

impl<'ll, 'p> DebugCx<'ll, 'p> {
    pub fn new(
        ctx: &'ll Context,
        module: &Module<'ll>,
        sources: &'p SourceMap,
        settings: &'p Settings,
        types: &'p DebugTypes,
        unit: &mir::Unit,
    ) -> DebugCx<'ll, 'p> {
        let flag = |key, value| {
            let value = ctx.i32_type().const_int(value, false);
            module.add_basic_value_flag(key, FlagBehavior::Warning, value);
        };
        flag("Debug Info Version", 3);
        flag("Dwarf Version", 5);
        let dib = DebugBuilder::new(ctx, module);
        let unit_file = dib.file(&sources.file(unit.file).name, FOLDER);
        let unit = dib.unit(unit_file, super::PRODUCER, settings.optimise);
        DebugCx {
            dib,
            unit,
            unit_file,
            sources,
            types,
            optimised: settings.optimise,
            word: settings.word,
            files: RefCell::default(),
            namespaces: RefCell::default(),
            declared: RefCell::default(),
        }
    }

    pub fn finalize(&self) {
        self.dib.finalize();
    }

    fn file(&self, id: FileId) -> Meta<'ll> {
        *self
            .files
            .borrow_mut()
            .entry(id)
            .or_insert_with(|| self.dib.file(&self.sources.file(id).name, FOLDER))
    }

    fn namespace(&self, path: &[String]) -> Meta<'ll> {
        let Some((last, above)) = path.split_last() else { return self.unit };
        if let Some(&known) = self.namespaces.borrow().get(path) {
            return known;
        }
        let scope = self.dib.namespace(self.namespace(above), last);
        self.namespaces.borrow_mut().insert(path.to_vec(), scope);
        scope
    }

    /// A type: scalars and pointers whole, what has a name declared.
    fn ty(&self, id: TypeId) -> Meta<'ll> {
        if let Some(&known) = self.declared.borrow().get(&id) {
            return known;
        }
        let desc = &self.types.table.types[id];
        let (bits, align) = (desc.size * 8, desc.align as u32 * 8);
        let file = self.unit_file;
        let ty = match &desc.kind {
            TypeDescKind::Base(encoding) => self.dib.basic(&desc.name, bits, encoding.dwarf().0 as u32),
            TypeDescKind::Record(_) | TypeDescKind::Union { .. } => {
                self.dib.declaration(self.namespace(&desc.namespace), &desc.name, file, bits, align)
            }
            TypeDescKind::Enumeration { repr, variants } => {
                let (scope, repr) = (self.namespace(&desc.namespace), self.ty(*repr));
                self.dib.enumeration(scope, &desc.name, file, bits, align, variants, repr)
            }
            TypeDescKind::Pointer(to) => self.dib.pointer(&desc.name, self.ty(*to), bits, align),
            TypeDescKind::Array(element, count) => self.dib.array(self.ty(*element), *count, bits, align),
            TypeDescKind::Function { params, ret } => {
                let params: Vec<_> = params.iter().map(|&param| self.ty(param)).collect();
                self.dib.signature(file, ret.map(|ret| self.ty(ret)), &params)
            }
        };
        self.declared.borrow_mut().insert(id, ty);
        ty
    }

    pub fn function(
        &self,
        u: &UnitCx<'ll, 'p>,
        id: InstanceId,
        value: FunctionValue<'ll>,
    ) -> FunctionDebug<'ll> {
        let function = &u.program.functions[id];
        let (body, path) = (&function.body, &function.path);
        let mut scope: Vec<String> = path.module.iter().map(|part| part.to_string()).collect();
        scope.extend(path.self_ty.clone());
        let mut name = path.name.clone();
        if !path.args.is_empty() {
            name += &format!("[{}]", path.args.join(", "));
        }
        let file = self.file(body.span.file);
        let (line, _) = self.sources.line_col(body.span);
        let locals = body.locals.iter().skip(1).take(body.arg_count);
        let params: Vec<_> = locals.map(|local| self.ty(self.types.id(local.ty))).collect();
        let ret = body.locals[mir::RETURN].ty;
        let ret = (!ret.is_unit() && !ret.is_never()).then(|| self.ty(self.types.id(ret)));
        let signature = self.dib.signature(file, ret, &params);
        let symbol = &u.settings.symbols[id.index()];
        let scope = self.namespace(&scope);
        let subprogram =
            self.dib.function(value, scope, &name, symbol, file, line, signature, self.optimised);
        FunctionDebug {
            subprogram,
            file: body.span.file,
            scopes: RefCell::default(),
            elsewhere: RefCell::default(),
        }
    }

    /// Tells the debugger of a static.
    pub fn declare_static(
        &self,
        u: &UnitCx<'ll, '_>,
        item: &mir::StaticItem,
        ty: Ty,
        global: GlobalValue<'ll>,
    ) {
        let mut scope: Vec<String> = item.path.module.iter().map(|part| part.to_string()).collect();
        scope.extend(item.path.self_ty.clone());
        let (line, _) = self.sources.line_col(item.span);
        let (scope, file) = (self.namespace(&scope), self.file(item.span.file));
        let align = u.program.layout(ty).align as u32 * 8;
        let ty = self.ty(self.types.id(ty));
        self.dib.global(global, scope, &item.path.name, file, line, ty, align);
    }

    fn scope(&self, function: &FunctionDebug<'ll>, body: &Body, id: ScopeId) -> Meta<'ll> {
        if let Some(&known) = function.scopes.borrow().get(&id) {
            return known;
        }
        let scope = match body.scopes.get(id).map(|data| (data.parent, data.span)) {
            Some((Some(parent), span)) => {
                let parent = self.scope(function, body, parent);
                let (line, column) = self.sources.line_col(span);
                self.dib.block(parent, self.file(span.file), line, column)
            }
            // The outermost one is the function itself.
            Some((None, _)) | None => function.subprogram,
        };
        function.scopes.borrow_mut().insert(id, scope);
        scope
    }

    fn location(&self, function: &FunctionDebug<'ll>, body: &Body, id: ScopeId, span: Span) -> Meta<'ll> {
        let mut scope = self.scope(function, body, id);
        if span.file != function.file {
            let mut elsewhere = function.elsewhere.borrow_mut();
            scope = *elsewhere
                .entry((id, span.file))
                .or_insert_with(|| self.dib.block_file(scope, self.file(span.file)));
        }
        let (line, column) = self.sources.line_col(span);
        self.dib.location(scope, line, column)
    }

    /// The position of the instructions built from here on.
    pub fn locate(&self, u: &UnitCx<'ll, '_>, function: &FunctionDebug<'ll>, body: &Body, info: SourceInfo) {
        self.dib.locate(&u.ir.b, self.location(function, body, info.scope, info.span));
    }

    /// Tells the debugger where each variable is. The builder stands in the prologue.
    pub fn declare_variables(
        &self,
        u: &UnitCx<'ll, '_>,
        function: &FunctionDebug<'ll>,
        body: &Body,
        locals: &IndexVec<Local, LocalRef<'ll>>,
    ) {
        for variable in &body.variables {
            let LocalRef::Memory(slot) = locals[variable.place.local] else { continue };
            let mut way = Vec::new();
            if !self.projection(u, body, &variable.place, &mut way) {
                continue;
            }
            let mut address = slot;
            if slot.as_instruction().is_none() {
                // The address came in a register that the function soon uses for something else.
                address = crate::ir::built(u.ir.b.build_alloca(u.ir.ptr(), "address"));
                u.ir.store(address, slot.into(), self.word);
                way.insert(0, DW_OP_DEREF);
            }
            let ty = self.ty(self.types.id(variable.place.ty(&body.locals)));
            let (line, _) = self.sources.line_col(variable.span);
            let file = self.file(variable.span.file);
            let flags = if variable.artificial { ARTIFICIAL } else { NO_FLAGS };
            let scope = match variable.parameter {
                Some(_) => function.subprogram,
                None => self.scope(function, body, variable.scope),
            };
            let name = variable.name.as_str();
            let declared = self.dib.variable(scope, name, variable.parameter, file, line, ty, flags);
            let location = match variable.parameter {
                Some(_) => self.dib.location(scope, line, 1),
                None => self.location(function, body, variable.scope, variable.span),
            };
            self.dib.declare(&u.ir.b, address, declared, way, location);
        }
    }

    /// The way from a local's address to the variable's, for what closures have captured.
    fn projection(&self, u: &UnitCx<'ll, '_>, body: &Body, place: &mir::Place, way: &mut Vec<u64>) -> bool {
        let mut ty = body.locals[place.local].ty;
        for elem in &place.projection {
            match elem {
                PlaceElem::Deref => {
                    way.push(DW_OP_DEREF);
                    ty = mir::place_ty::deref_ty(ty);
                }
                PlaceElem::Field(field, field_ty) => {
                    let offset = match &u.program.layout(ty).fields {
                        mir::FieldsLayout::Offsets(offsets) => offsets[*field],
                        mir::FieldsLayout::Primitive | mir::FieldsLayout::Array { .. } => 0,
                    };
                    way.extend([DW_OP_PLUS_UCONST, offset]);
                    ty = *field_ty;
                }
                PlaceElem::Index(_)
                | PlaceElem::ConstantIndex { .. }
                | PlaceElem::Subslice { .. }
                | PlaceElem::Downcast(_) => return false,
            }
        }
        true
    }
}
