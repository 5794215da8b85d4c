//! One unit of code generation: an LLVM module and what it has declared so far.
//!
//! In: the program and a [`UnitId`]. Out: an LLVM module with the functions of that unit; functions of other
//! units are declared, constants and strings it uses are private copies.

use crate::call_abi::FnAbi;
use crate::compile::Settings;
use crate::debuginfo::emit::DebugCx;
use crate::ir::Ir;
use abi::AbiTy;
use base::{IndexVec, SourceMap};
use inkwell::GlobalVisibility;
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::context::Context;
use inkwell::intrinsics::Intrinsic;
use inkwell::module::{Linkage, Module};
use inkwell::targets::TargetMachine;
use inkwell::types::{AnyTypeEnum, AsTypeRef, BasicType, BasicTypeEnum};
use inkwell::values::{AsValueRef, FunctionValue, PointerValue};
use mir::{ConstId, InstanceId, Program, RETURN, Scalar, UnitId};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// A function as this module knows it, and how to call it.
type Declared<'ll> = (FunctionValue<'ll>, Rc<FnAbi>);

pub struct UnitCx<'ll, 'p> {
    pub ir: Ir<'ll>,
    pub module: Module<'ll>,
    pub program: &'p Program,
    pub sources: &'p SourceMap,
    pub settings: &'p Settings,
    pub id: UnitId,
    /// Of the standard library.
    pub is_library: bool,
    pub attributes: Attributes,
    pub debug: Option<DebugCx<'ll, 'p>>,
    pub(crate) strings: RefCell<HashMap<Vec<u8>, PointerValue<'ll>>>,
    pub(crate) consts: RefCell<HashMap<ConstId, PointerValue<'ll>>>,
    declared: RefCell<IndexVec<InstanceId, Option<Declared<'ll>>>>,
}

impl<'ll, 'p> UnitCx<'ll, 'p> {
    pub fn new(
        ctx: &'ll Context,
        program: &'p Program,
        sources: &'p SourceMap,
        settings: &'p Settings,
        machine: &TargetMachine,
        id: UnitId,
    ) -> UnitCx<'ll, 'p> {
        let unit = &program.units[id];
        let module = ctx.create_module(unit.name.as_str());
        module.set_source_file_name(&sources.file(unit.file).name);
        module.set_triple(&machine.get_triple());
        module.set_data_layout(&machine.get_target_data().get_data_layout());
        let debug =
            settings.debug.as_ref().map(|shared| DebugCx::new(ctx, &module, sources, settings, shared, unit));
        UnitCx {
            ir: Ir::new(ctx),
            module,
            program,
            sources,
            settings,
            id,
            is_library: sources.file(unit.file).name.starts_with(abi::codes::LIBRARY_PREFIX),
            attributes: Attributes::default(),
            debug,
            strings: RefCell::default(),
            consts: RefCell::default(),
            declared: RefCell::new(IndexVec::from_elem(None, program.functions.len())),
        }
    }

    /// How a scalar is held outside memory: a `bool` as one bit.
    pub fn scalar_type(&self, scalar: Scalar) -> BasicTypeEnum<'ll> {
        let ctx = self.ir.ctx;
        match scalar {
            Scalar::Int { size, .. } => self.ir.int(size as u64).into(),
            Scalar::Bool => ctx.bool_type().into(),
            Scalar::Char => ctx.i32_type().into(),
            Scalar::F32 => ctx.f32_type().into(),
            Scalar::F64 => ctx.f64_type().into(),
            Scalar::Pointer { .. } => self.ir.ptr().into(),
        }
    }

    /// In memory: a `bool` is a byte.
    pub fn memory_type(&self, scalar: Scalar) -> BasicTypeEnum<'ll> {
        match scalar {
            Scalar::Bool => self.ir.ctx.i8_type().into(),
            Scalar::Int { .. } | Scalar::Char | Scalar::F32 | Scalar::F64 | Scalar::Pointer { .. } => {
                self.scalar_type(scalar)
            }
        }
    }

    /// A Quastra function, declared here on first use, and how to call it.
    pub fn function(&self, id: InstanceId) -> Declared<'ll> {
        if let Some((function, abi)) = &self.declared.borrow()[id] {
            return (*function, abi.clone());
        }
        let callee = &self.program.functions[id];
        let locals = &callee.body.locals;
        let params = locals.iter().skip(1).take(callee.body.arg_count).map(|local| local.ty);
        let abi = Rc::new(self.fn_abi(params, locals[RETURN].ty));
        let symbol = &self.settings.symbols[base::Idx::index(id)];
        let function = self.module.add_function(symbol, self.fn_type(&abi), Some(Linkage::External));
        function.as_global_value().set_visibility(GlobalVisibility::Hidden);
        self.abi_attributes(&abi, &function);
        self.common_attributes(function);
        if callee.nounwind {
            self.give(function, "nounwind", 0);
        }
        if self.program.layout(abi.ret.0).uninhabited {
            self.give(function, "noreturn", 0);
            self.give(function, "cold", 0);
        }
        self.declared.borrow_mut()[id] = Some((function, abi.clone()));
        (function, abi)
    }

    /// A function of the runtime, from the one list.
    pub fn runtime(&self, name: &str) -> (FunctionValue<'ll>, &'static abi::RuntimeFn) {
        let row = abi::find(name).unwrap_or_else(|| panic!("the runtime has no function {name}"));
        if let Some(known) = self.module.get_function(name) {
            return (known, row);
        }
        let params: Vec<_> =
            row.params.iter().filter_map(|param| self.abi_type(param.ty)).map(Into::into).collect();
        let ty = match self.abi_type(row.result) {
            Some(result) => result.fn_type(&params, false),
            None => self.ir.ctx.void_type().fn_type(&params, false),
        };
        let function = self.module.add_function(name, ty, Some(Linkage::External));
        self.common_attributes(function);
        for (index, param) in row.params.iter().enumerate() {
            if param.ty == AbiTy::U8 {
                function.add_attribute(
                    AttributeLoc::Param(index as u32),
                    self.attributes.get(self.ir.ctx, "zeroext", 0),
                );
            }
        }
        if !row.unwinds {
            self.give(function, "nounwind", 0);
        }
        if row.cold {
            self.give(function, "cold", 0);
        }
        if row.noreturn() {
            self.give(function, "noreturn", 0);
        }
        if row.pure {
            self.give(function, "memory", 0);
            self.give(function, "willreturn", 0);
        }
        if row.reads {
            self.give(function, "memory", ARGUMENTS_READ);
            self.give(function, "willreturn", 0);
        }
        self.allocator_attributes(function, row);
        (function, row)
    }

    /// Lets LLVM remove allocations nobody looks at, and know that fresh memory is nobody else's.
    fn allocator_attributes(&self, function: FunctionValue<'ll>, row: &abi::RuntimeFn) {
        let position =
            |wanted: &str| row.params.iter().position(|param| param.name == wanted).map(|at| at as u32);
        let kind = match row.name {
            "qrt_alloc" => ALLOC_KIND_ALLOC | ALLOC_KIND_UNINITIALISED | ALLOC_KIND_ALIGNED,
            "qrt_alloc_zeroed" => ALLOC_KIND_ALLOC | ALLOC_KIND_ZEROED | ALLOC_KIND_ALIGNED,
            // Not of LLVM's kind: that one makes `free(realloc(p))` a `free(p)`, and ours may be given a pointer to
            // nothing, of size 0, which nobody may free.
            "qrt_realloc" => 0,
            "qrt_dealloc" => ALLOC_KIND_FREE,
            _ => return,
        };
        if kind != 0 {
            self.give(function, "allockind", kind);
            let family = self.ir.ctx.create_string_attribute("alloc-family", "qrt_alloc");
            function.add_attribute(AttributeLoc::Function, family);
        }
        if kind & ALLOC_KIND_FREE == 0 {
            function.add_attribute(AttributeLoc::Return, self.attributes.get(self.ir.ctx, "noalias", 0));
            function.add_attribute(AttributeLoc::Return, self.attributes.get(self.ir.ctx, "nonnull", 0));
            let size = position("new_size").or(position("size")).unwrap_or(0);
            self.give(function, "allocsize", (size as u64) << 32 | 0xffff_ffff);
        }
        let at = |index| AttributeLoc::Param(index);
        if let (Some(index), true) = (position("ptr"), kind != 0) {
            function.add_attribute(at(index), self.attributes.get(self.ir.ctx, "allocptr", 0));
        }
        if let (Some(index), true) = (position("align"), kind & ALLOC_KIND_ALLOC != 0) {
            function.add_attribute(at(index), self.attributes.get(self.ir.ctx, "allocalign", 0));
        }
    }

    pub fn abi_type(&self, ty: AbiTy) -> Option<BasicTypeEnum<'ll>> {
        Some(match ty {
            AbiTy::U8 => self.ir.int(1).into(),
            AbiTy::I32 | AbiTy::U32 => self.ir.int(4).into(),
            AbiTy::I64 | AbiTy::U64 => self.ir.int(8).into(),
            AbiTy::Isize | AbiTy::Usize => self.word().into(),
            AbiTy::F32 => self.ir.ctx.f32_type().into(),
            AbiTy::F64 => self.ir.ctx.f64_type().into(),
            AbiTy::ConstPtr | AbiTy::MutPtr => self.ir.ptr().into(),
            AbiTy::Unit | AbiTy::Never => return None,
        })
    }

    /// `usize`
    pub fn word(&self) -> inkwell::types::IntType<'ll> {
        self.ir.int(self.settings.word)
    }

    /// A function of LLVM itself: `llvm.sqrt`, of these types.
    pub fn intrinsic(&self, name: &str, types: &[BasicTypeEnum<'ll>]) -> FunctionValue<'ll> {
        let intrinsic = Intrinsic::find(name).unwrap_or_else(|| panic!("LLVM has no {name}"));
        intrinsic
            .get_declaration(&self.module, types)
            .unwrap_or_else(|| panic!("{name} is not for these types"))
    }

    pub fn give(&self, function: FunctionValue<'ll>, name: &'static str, value: u64) {
        function.add_attribute(AttributeLoc::Function, self.attributes.get(self.ir.ctx, name, value));
    }

    /// The same on every function, or the runtime's bitcode would not be inlined.
    pub fn common_attributes(&self, function: FunctionValue<'ll>) {
        for (key, value) in [("target-cpu", self.settings.cpu), ("probe-stack", "inline-asm")] {
            let attribute = self.ir.ctx.create_string_attribute(key, value);
            function.add_attribute(AttributeLoc::Function, attribute);
        }
        // Traces must pass through every frame.
        self.give(function, "uwtable", 2);
    }

    pub fn personality(&self) -> FunctionValue<'ll> {
        let name = abi::codes::PERSONALITY;
        self.module.get_function(name).unwrap_or_else(|| {
            let ty = self.ir.ctx.i32_type().fn_type(&[], true);
            self.module.add_function(name, ty, Some(Linkage::External))
        })
    }
}

/// A second name for a function, unless something has it.
pub fn alias<'ll>(module: &Module<'ll>, function: FunctionValue<'ll>, name: &str) {
    if module.get_function(name).is_some() || module.get_global(name).is_some() {
        return;
    }
    let Ok(name) = std::ffi::CString::new(name) else { return };
    let ty = function.get_type().as_type_ref();
    let value = function.as_global_value().as_pointer_value().as_value_ref();
    // SAFETY: type and function are this module's; the name is copied.
    unsafe {
        let alias = llvm_sys::core::LLVMAddAlias2(module.as_mut_ptr(), ty, 0, value, name.as_ptr());
        llvm_sys::core::LLVMSetVisibility(alias, llvm_sys::LLVMVisibility::LLVMHiddenVisibility);
    }
}

/// `memory(argmem: read)`: two bits a place, arguments in the lowest.
const ARGUMENTS_READ: u64 = 1;
const ALLOC_KIND_ALLOC: u64 = 1;
const ALLOC_KIND_FREE: u64 = 4;
const ALLOC_KIND_UNINITIALISED: u64 = 8;
const ALLOC_KIND_ZEROED: u64 = 16;
const ALLOC_KIND_ALIGNED: u64 = 32;

/// Kinds of attributes by name, looked up once.
#[derive(Default)]
pub struct Attributes {
    kinds: RefCell<Vec<(&'static str, u32)>>,
}

impl Attributes {
    fn kind(&self, name: &'static str) -> u32 {
        let mut kinds = self.kinds.borrow_mut();
        if let Some(&(_, kind)) = kinds.iter().find(|(known, _)| *known == name) {
            return kind;
        }
        let kind = Attribute::get_named_enum_kind_id(name);
        assert_ne!(kind, 0, "LLVM has no attribute {name}");
        kinds.push((name, kind));
        kind
    }

    pub fn get(&self, ctx: &Context, name: &'static str, value: u64) -> Attribute {
        ctx.create_enum_attribute(self.kind(name), value)
    }

    pub fn typed(&self, ctx: &Context, name: &'static str, ty: AnyTypeEnum<'_>) -> Attribute {
        ctx.create_type_attribute(self.kind(name), ty)
    }
}
