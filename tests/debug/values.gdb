(gdb) break values.qst:35
Breakpoint 1 at 0x…: file ./debug/values.qst, line 35.
(gdb) run

Breakpoint 1, values::total (shapes=slice of 3 = {...}, first=...) at ./debug/values.qst:35
35	    sum + first.area() //# total
(gdb) info args
shapes = slice of 3 = {values::Circle {radius: 2}, values::Square[&str] {side: 3, tag: "a"}, values::Part::Line{len: 4}}
first = values::Circle {radius: 1}
(gdb) print LIMIT
$1 = -5
(gdb) print MANY
$2 = 340282366920938463463374607431768211455
(gdb) print RATIO
$3 = 0.5
(gdb) print LETTER
$4 = 113 'q'
(gdb) print ON
$5 = true
(gdb) print values::LIMIT + 1
$6 = -4
(gdb) print COUNT
$7 = 7
(gdb) print TABLE
$8 = [1, 2, 3]
(gdb) print GREETING
$9 = "hello"
(gdb) print values::Circle::SIDES
$10 = 1
(gdb) print values::Circle::CENTRE
$11 = 0.25
(gdb) print values::Circle::CODE + values::Part::CODE
$12 = 43
(gdb) break values.qst:51
Breakpoint 2 at 0x…: file ./debug/values.qst, line 51.
(gdb) continue

Breakpoint 2, values::main () at ./debug/values.qst:51
51	    println("{LIMIT} {MANY} {LETTER} {ON} {COUNT} {TABLE[1]} {GREETING} {add(1)}") //# end
(gdb) info locals
add = values::main.{closure}#0 {step: 2}
step = 2
found = [array of 2 = {core::option::Option[i64]::some(1), core::option::Option[i64]::none}, array of 2 = {core::option::Option[i64]::none, core::option::Option[i64]::some(2)}]
parts = array of 3 = {values::Part::Dot, values::Part::Line{len: 1}, values::Part::Dot}
shapes = List of 3 = {values::Circle {radius: 2}, values::Square[&str] {side: 3, tag: "a"}, values::Part::Line{len: 4}}
circle = values::Circle {radius: 1}
