; ModuleID = 'main'
source_filename = "tests/tour/tour.qst"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@str = private unnamed_addr constant [9 x i8] c"together ", align 1
@str.1 = private unnamed_addr constant [0 x i8] zeroinitializer, align 1
@str.2 = private unnamed_addr constant [19 x i8] c"tests/tour/tour.qst", align 1

@"main.{entry}" = hidden alias i32 (), ptr @_RNSC4main5entry
@main.main = hidden alias void (), ptr @_RNvC4main4main
@main.area = hidden alias i64 (ptr), ptr @_RNvC4main4area

; Function Attrs: uwtable
define hidden noundef i32 @_RNSC4main5entry() #0 section ".text._RNSC4main5entry" !dbg !4 {
start:
  %_0 = alloca i32, align 4
  %_1 = alloca [0 x i8], align 1
  br label %bb0

bb0:                                              ; preds = %start
  call void @_RNvC4main4main(), !dbg !9
  br label %bb1, !dbg !9

bb1:                                              ; preds = %bb0
  %0 = call noundef i32 @_RINvNtC4core5error11main_resultuE(), !dbg !9
  store i32 %0, ptr %_0, align 4, !dbg !9
  br label %bb2, !dbg !9

bb2:                                              ; preds = %bb1
  %1 = load i32, ptr %_0, align 4, !dbg !9
  ret i32 %1, !dbg !9
}

; Function Attrs: uwtable
define hidden void @_RNvC4main4main() #0 section ".text._RNvC4main4main" !dbg !10 {
start:
  %_0 = alloca [0 x i8], align 1
  %_1 = alloca [48 x i8], align 8
  %_2 = alloca [24 x i8], align 8
  %_3 = alloca [24 x i8], align 8
  %_4 = alloca i64, align 8
  %_7 = alloca [16 x i8], align 8
  %_8 = alloca ptr, align 8
  %_12 = alloca ptr, align 8
  %_15 = alloca [32 x i8], align 8
  %_18 = alloca [32 x i8], align 8
  %_21 = alloca [64 x i8], align 8
  %_22 = alloca [64 x i8], align 8
  %_24 = alloca [32 x i8], align 8
    #dbg_declare(ptr %_1, !14, !DIExpression(), !33)
    #dbg_declare(ptr %_4, !21, !DIExpression(), !34)
    #dbg_declare(ptr %_7, !24, !DIExpression(), !35)
    #dbg_declare(ptr %_12, !30, !DIExpression(), !36)
  %spill = alloca [32 x i8], align 8
  br label %bb0

bb0:                                              ; preds = %start
  %0 = getelementptr inbounds i8, ptr %_2, i64 8, !dbg !37
  store i64 2, ptr %0, align 8, !dbg !37
  store i64 0, ptr %_2, align 8, !dbg !37
  %1 = getelementptr inbounds i8, ptr %_3, i64 8, !dbg !38
  store i64 3, ptr %1, align 8, !dbg !38
  %2 = getelementptr inbounds i8, ptr %_3, i64 16, !dbg !38
  store i64 4, ptr %2, align 8, !dbg !38
  store i64 1, ptr %_3, align 8, !dbg !38
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %_1, ptr align 8 %_2, i64 24, i1 false), !dbg !39
  %3 = getelementptr inbounds i8, ptr %_1, i64 24, !dbg !39
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %3, ptr align 8 %_3, i64 24, i1 false), !dbg !39
  store i64 0, ptr %_4, align 8, !dbg !40
  %4 = call { ptr, i64 } @_RNvNtNtNtC4core5slice4iter14___Shape_3b__2_9into_iter(ptr noundef nonnull align 8 dereferenceable(48) %_1), !dbg !41
  %5 = extractvalue { ptr, i64 } %4, 0, !dbg !41
  %6 = extractvalue { ptr, i64 } %4, 1, !dbg !41
  br label %bb1, !dbg !41

bb1:                                              ; preds = %bb0
  store ptr %5, ptr %_7, align 8, !dbg !35
  %7 = getelementptr inbounds i8, ptr %_7, i64 8, !dbg !35
  store i64 %6, ptr %7, align 8, !dbg !35
  br label %bb2, !dbg !42

bb2:                                              ; preds = %bb10, %bb1
  %8 = call noundef ptr @_RNvINtNtNtC4core5slice4iter9SliceIterC5ShapeE4next(ptr noalias noundef nonnull align 8 dereferenceable(16) %_7), !dbg !35
  store ptr %8, ptr %_8, align 8, !dbg !35
  br label %bb3, !dbg !35

bb3:                                              ; preds = %bb2
  %9 = load ptr, ptr %_8, align 8, !dbg !35
  %10 = icmp eq ptr %9, null, !dbg !35
  %11 = select i1 %10, i64 1, i64 0, !dbg !35
  switch i64 %11, label %bb11 [
    i64 1, label %bb4
    i64 0, label %bb8
  ], !dbg !35

bb4:                                              ; preds = %bb3
  store ptr @str, ptr %_18, align 8, !dbg !43
  %12 = getelementptr inbounds i8, ptr %_18, i64 8, !dbg !43
  store i64 9, ptr %12, align 8, !dbg !43
  %13 = getelementptr inbounds i8, ptr %_18, i64 16, !dbg !43
  store ptr @str.1, ptr %13, align 8, !dbg !43
  %14 = getelementptr inbounds i8, ptr %13, i64 8, !dbg !43
  store i64 0, ptr %14, align 8, !dbg !43
  call void @_RNvNtC4core3fmt4spec(ptr noalias writable sret([32 x i8]) align 8 dereferenceable(32) %_24, i32 noundef 32, i8 noundef 0, i32 noundef 0, i64 noundef -1, i64 noundef -1), !dbg !44
  br label %bb5, !dbg !44

bb5:                                              ; preds = %bb4
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %spill, ptr align 8 %_24, i64 32, i1 false), !dbg !44
  call void @_RINvNtC4core3fmt5piecexE(ptr noalias writable sret([64 x i8]) align 8 dereferenceable(64) %_22, ptr noundef nonnull align 8 dereferenceable(8) %_4, ptr noalias noundef align 8 dereferenceable(32) %spill), !dbg !44
  br label %bb6, !dbg !44

bb6:                                              ; preds = %bb5
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %_21, ptr align 8 %_22, i64 64, i1 false), !dbg !43
  store ptr %_18, ptr %_15, align 8, !dbg !43
  %15 = getelementptr inbounds i8, ptr %_15, i64 8, !dbg !43
  store i64 2, ptr %15, align 8, !dbg !43
  %16 = getelementptr inbounds i8, ptr %_15, i64 16, !dbg !43
  store ptr %_21, ptr %16, align 8, !dbg !43
  %17 = getelementptr inbounds i8, ptr %16, i64 8, !dbg !43
  store i64 1, ptr %17, align 8, !dbg !43
  call void @_RINvNtC4core2io7printlnC9ArgumentsE(ptr noalias noundef align 8 dereferenceable(32) %_15), !dbg !45
  br label %bb7, !dbg !45

bb7:                                              ; preds = %bb6
  ret void, !dbg !46

bb8:                                              ; preds = %bb3
  %18 = load ptr, ptr %_8, align 8, !dbg !36
  store ptr %18, ptr %_12, align 8, !dbg !36
  %19 = load ptr, ptr %_12, align 8, !dbg !47
  %20 = call noundef i64 @_RNvC4main4area(ptr noundef nonnull align 8 dereferenceable(24) %19), !dbg !47
  br label %bb9, !dbg !47

bb9:                                              ; preds = %bb8
  %21 = load i64, ptr %_4, align 8, !dbg !48
  %22 = call { i64, i1 } @llvm.sadd.with.overflow.i64(i64 %21, i64 %20), !dbg !48
  %23 = extractvalue { i64, i1 } %22, 0, !dbg !48
  %24 = extractvalue { i64, i1 } %22, 1, !dbg !48
  br i1 %24, label %panic, label %bb10, !dbg !48

bb10:                                             ; preds = %bb9
  store i64 %23, ptr %_4, align 8, !dbg !48
  br label %bb2, !dbg !49

bb11:                                             ; preds = %bb3
  unreachable, !dbg !35

panic:                                            ; preds = %bb9
  call void @qrt_panic_arithmetic(i32 0, ptr @str.2, i64 19, i32 21, i32 9), !dbg !48
  unreachable, !dbg !48
}

; Function Attrs: nounwind uwtable
declare hidden noundef i32 @_RINvNtC4core5error11main_resultuE() #1

; Function Attrs: nocallback nofree nounwind willreturn memory(argmem: readwrite)
declare void @llvm.memcpy.p0.p0.i64(ptr noalias writeonly captures(none), ptr noalias readonly captures(none), i64, i1 immarg) #2

; Function Attrs: nounwind uwtable
declare hidden { ptr, i64 } @_RNvNtNtNtC4core5slice4iter14___Shape_3b__2_9into_iter(ptr noundef nonnull align 8 dereferenceable(48)) #1

; Function Attrs: uwtable
declare hidden noundef ptr @_RNvINtNtNtC4core5slice4iter9SliceIterC5ShapeE4next(ptr noalias noundef nonnull align 8 dereferenceable(16)) #0

; Function Attrs: nounwind uwtable
declare hidden void @_RNvNtC4core3fmt4spec(ptr noalias writable sret([32 x i8]) align 8 dereferenceable(32), i32 noundef, i8 noundef, i32 noundef, i64 noundef, i64 noundef) #1

; Function Attrs: nounwind uwtable
declare hidden void @_RINvNtC4core3fmt5piecexE(ptr noalias writable sret([64 x i8]) align 8 dereferenceable(64), ptr noundef nonnull align 8 dereferenceable(8), ptr noalias noundef align 8 dereferenceable(32)) #1

; Function Attrs: uwtable
declare hidden void @_RINvNtC4core2io7printlnC9ArgumentsE(ptr noalias noundef align 8 dereferenceable(32)) #0

; Function Attrs: uwtable
define hidden noundef i64 @_RNvC4main4area(ptr noundef nonnull align 8 dereferenceable(24) %0) #0 section ".text._RNvC4main4area" !dbg !50 {
start:
  %_0 = alloca i64, align 8
  %_1 = alloca ptr, align 8
  store ptr %0, ptr %_1, align 8
  %_3 = alloca ptr, align 8
  %_7 = alloca ptr, align 8
  %_8 = alloca ptr, align 8
    #dbg_declare(ptr %_1, !54, !DIExpression(), !61)
    #dbg_declare(ptr %_3, !55, !DIExpression(), !62)
    #dbg_declare(ptr %_7, !58, !DIExpression(), !63)
    #dbg_declare(ptr %_8, !60, !DIExpression(), !64)
  br label %bb0

bb0:                                              ; preds = %start
  %1 = load ptr, ptr %_1, align 8, !dbg !65
  %2 = load i64, ptr %1, align 8, !dbg !65
  switch i64 %2, label %bb7 [
    i64 0, label %bb1
    i64 1, label %bb4
  ], !dbg !65

bb1:                                              ; preds = %bb0
  %3 = load ptr, ptr %_1, align 8, !dbg !62
  %4 = getelementptr inbounds i8, ptr %3, i64 8, !dbg !62
  store ptr %4, ptr %_3, align 8, !dbg !62
  %5 = load ptr, ptr %_3, align 8, !dbg !66
  %6 = load i64, ptr %5, align 8, !dbg !66
  %7 = call { i64, i1 } @llvm.smul.with.overflow.i64(i64 3, i64 %6), !dbg !66
  %8 = extractvalue { i64, i1 } %7, 0, !dbg !66
  %9 = extractvalue { i64, i1 } %7, 1, !dbg !66
  br i1 %9, label %panic, label %bb2, !dbg !66

bb2:                                              ; preds = %bb1
  %10 = load ptr, ptr %_3, align 8, !dbg !66
  %11 = load i64, ptr %10, align 8, !dbg !66
  %12 = call { i64, i1 } @llvm.smul.with.overflow.i64(i64 %8, i64 %11), !dbg !66
  %13 = extractvalue { i64, i1 } %12, 0, !dbg !66
  %14 = extractvalue { i64, i1 } %12, 1, !dbg !66
  br i1 %14, label %panic1, label %bb3, !dbg !66

bb3:                                              ; preds = %bb2
  store i64 %13, ptr %_0, align 8, !dbg !66
  br label %bb6, !dbg !67

bb4:                                              ; preds = %bb0
  %15 = load ptr, ptr %_1, align 8, !dbg !63
  %16 = getelementptr inbounds i8, ptr %15, i64 8, !dbg !63
  store ptr %16, ptr %_7, align 8, !dbg !63
  %17 = load ptr, ptr %_1, align 8, !dbg !64
  %18 = getelementptr inbounds i8, ptr %17, i64 16, !dbg !64
  store ptr %18, ptr %_8, align 8, !dbg !64
  %19 = load ptr, ptr %_7, align 8, !dbg !68
  %20 = load i64, ptr %19, align 8, !dbg !68
  %21 = load ptr, ptr %_8, align 8, !dbg !68
  %22 = load i64, ptr %21, align 8, !dbg !68
  %23 = call { i64, i1 } @llvm.smul.with.overflow.i64(i64 %20, i64 %22), !dbg !68
  %24 = extractvalue { i64, i1 } %23, 0, !dbg !68
  %25 = extractvalue { i64, i1 } %23, 1, !dbg !68
  br i1 %25, label %panic2, label %bb5, !dbg !68

bb5:                                              ; preds = %bb4
  store i64 %24, ptr %_0, align 8, !dbg !68
  br label %bb6, !dbg !67

bb6:                                              ; preds = %bb5, %bb3
  %26 = load i64, ptr %_0, align 8, !dbg !69
  ret i64 %26, !dbg !69

bb7:                                              ; preds = %bb0
  unreachable, !dbg !65

panic:                                            ; preds = %bb1
  call void @qrt_panic_arithmetic(i32 2, ptr @str.2, i64 19, i32 12, i32 27), !dbg !66
  unreachable, !dbg !66

panic1:                                           ; preds = %bb2
  call void @qrt_panic_arithmetic(i32 2, ptr @str.2, i64 19, i32 12, i32 27), !dbg !66
  unreachable, !dbg !66

panic2:                                           ; preds = %bb4
  call void @qrt_panic_arithmetic(i32 2, ptr @str.2, i64 19, i32 13, i32 40), !dbg !68
  unreachable, !dbg !68
}

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare { i64, i1 } @llvm.sadd.with.overflow.i64(i64, i64) #3

; Function Attrs: cold noreturn uwtable
declare void @qrt_panic_arithmetic(i32, ptr, i64, i32, i32) #4

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare { i64, i1 } @llvm.smul.with.overflow.i64(i64, i64) #3

; Function Attrs: uwtable
define i32 @quastra_main() #0 {
start:
  %0 = call i32 @_RNSC4main5entry() #5
  ret i32 %0
}

attributes #0 = { uwtable "probe-stack"="inline-asm" "target-cpu"="x86-64" }
attributes #1 = { nounwind uwtable "probe-stack"="inline-asm" "target-cpu"="x86-64" }
attributes #2 = { nocallback nofree nounwind willreturn memory(argmem: readwrite) }
attributes #3 = { nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none) }
attributes #4 = { cold noreturn uwtable "probe-stack"="inline-asm" "target-cpu"="x86-64" }
attributes #5 = { noinline }

!llvm.module.flags = !{!0, !1}
!llvm.dbg.cu = !{!2}

!0 = !{i32 2, !"Debug Info Version", i32 3}
!1 = !{i32 2, !"Dwarf Version", i32 5}
!2 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !3, producer: "quastra 0.1.0 (LLVM 22)", isOptimized: false, runtimeVersion: 0, emissionKind: FullDebug)
!3 = !DIFile(filename: "tests/tour/tour.qst", directory: ".")
!4 = distinct !DISubprogram(name: "{entry}", linkageName: "_RNSC4main5entry", scope: !5, file: !3, line: 17, type: !6, scopeLine: 17, spFlags: DISPFlagDefinition, unit: !2)
!5 = !DINamespace(name: "main", scope: null)
!6 = !DISubroutineType(types: !7)
!7 = !{!8}
!8 = !DIBasicType(name: "i32", size: 32, encoding: DW_ATE_signed)
!9 = !DILocation(line: 17, column: 1, scope: !4)
!10 = distinct !DISubprogram(name: "main", linkageName: "_RNvC4main4main", scope: !5, file: !3, line: 17, type: !11, scopeLine: 17, spFlags: DISPFlagDefinition, unit: !2, retainedNodes: !13)
!11 = !DISubroutineType(types: !12)
!12 = !{null}
!13 = !{!14, !21, !24, !30}
!14 = !DILocalVariable(name: "shapes", scope: !15, file: !3, line: 18, type: !16)
!15 = distinct !DILexicalBlock(scope: !10, file: !3, line: 18, column: 76)
!16 = !DICompositeType(tag: DW_TAG_array_type, baseType: !17, size: 384, align: 64, elements: !19)
!17 = !DICompositeType(tag: DW_TAG_structure_type, name: "Shape", scope: !5, file: !3, size: 192, align: 64, flags: DIFlagFwdDecl, elements: !18)
!18 = !{}
!19 = !{!20}
!20 = !DISubrange(count: 2, lowerBound: 0)
!21 = !DILocalVariable(name: "sum", scope: !22, file: !3, line: 19, type: !23)
!22 = distinct !DILexicalBlock(scope: !15, file: !3, line: 19, column: 16)
!23 = !DIBasicType(name: "i64", size: 64, encoding: DW_ATE_signed)
!24 = !DILocalVariable(name: "iter", scope: !25, file: !3, line: 20, type: !26, flags: DIFlagArtificial)
!25 = distinct !DILexicalBlock(scope: !22, file: !3, line: 20, column: 5)
!26 = !DICompositeType(tag: DW_TAG_structure_type, name: "SliceIter[Shape]", scope: !27, file: !3, size: 128, align: 64, flags: DIFlagFwdDecl, elements: !18)
!27 = !DINamespace(name: "iter", scope: !28)
!28 = !DINamespace(name: "slice", scope: !29)
!29 = !DINamespace(name: "core", scope: null)
!30 = !DILocalVariable(name: "shape", scope: !31, file: !3, line: 20, type: !32)
!31 = distinct !DILexicalBlock(scope: !25, file: !3, line: 20, column: 9)
!32 = !DIDerivedType(tag: DW_TAG_pointer_type, name: "&Shape", baseType: !17, size: 64, align: 64, dwarfAddressSpace: 0)
!33 = !DILocation(line: 18, column: 9, scope: !15)
!34 = !DILocation(line: 19, column: 9, scope: !22)
!35 = !DILocation(line: 20, column: 18, scope: !25)
!36 = !DILocation(line: 20, column: 9, scope: !31)
!37 = !DILocation(line: 18, column: 19, scope: !10)
!38 = !DILocation(line: 18, column: 36, scope: !10)
!39 = !DILocation(line: 18, column: 18, scope: !10)
!40 = !DILocation(line: 19, column: 15, scope: !15)
!41 = !DILocation(line: 20, column: 18, scope: !22)
!42 = !DILocation(line: 20, column: 5, scope: !25)
!43 = !DILocation(line: 23, column: 13, scope: !22)
!44 = !DILocation(line: 23, column: 24, scope: !22)
!45 = !DILocation(line: 23, column: 5, scope: !22)
!46 = !DILocation(line: 24, column: 1, scope: !10)
!47 = !DILocation(line: 21, column: 16, scope: !31)
!48 = !DILocation(line: 21, column: 9, scope: !31)
!49 = !DILocation(line: 22, column: 5, scope: !25)
!50 = distinct !DISubprogram(name: "area", linkageName: "_RNvC4main4area", scope: !5, file: !3, line: 10, type: !51, scopeLine: 10, spFlags: DISPFlagDefinition, unit: !2, retainedNodes: !53)
!51 = !DISubroutineType(types: !52)
!52 = !{!23, !32}
!53 = !{!54, !55, !58, !60}
!54 = !DILocalVariable(name: "shape", arg: 1, scope: !50, file: !3, line: 10, type: !32)
!55 = !DILocalVariable(name: "radius", scope: !56, file: !3, line: 12, type: !57)
!56 = distinct !DILexicalBlock(scope: !50, file: !3, line: 12, column: 9)
!57 = !DIDerivedType(tag: DW_TAG_pointer_type, name: "&i64", baseType: !23, size: 64, align: 64, dwarfAddressSpace: 0)
!58 = !DILocalVariable(name: "width", scope: !59, file: !3, line: 13, type: !57)
!59 = distinct !DILexicalBlock(scope: !50, file: !3, line: 13, column: 9)
!60 = !DILocalVariable(name: "height", scope: !59, file: !3, line: 13, type: !57)
!61 = !DILocation(line: 10, column: 1, scope: !50)
!62 = !DILocation(line: 12, column: 16, scope: !56)
!63 = !DILocation(line: 13, column: 21, scope: !59)
!64 = !DILocation(line: 13, column: 28, scope: !59)
!65 = !DILocation(line: 11, column: 11, scope: !50)
!66 = !DILocation(line: 12, column: 27, scope: !56)
!67 = !DILocation(line: 14, column: 5, scope: !50)
!68 = !DILocation(line: 13, column: 40, scope: !59)
!69 = !DILocation(line: 15, column: 1, scope: !50)
