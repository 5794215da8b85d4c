(gdb) break tree.qst:29
Breakpoint 1 at 0x…: file ./debug/tree.qst, line 29.
(gdb) run

Breakpoint 1, tree::Tree[i64]::depth (self=0x…) at ./debug/tree.qst:29
29	                deepest + 1 //# depth
(gdb) info locals
deepest = 0
left = 0x…
right = 0x…
(gdb) bt 2
#0  tree::Tree[i64]::depth (self=0x…) at ./debug/tree.qst:29
#1  0x… in tree::Tree[i64]::depth (self=0x…) at ./debug/tree.qst:28
(gdb) delete
(gdb) break tree.qst:47
Breakpoint 2 at 0x…: file ./debug/tree.qst, line 47.
(gdb) continue

Breakpoint 2, tree::main () at ./debug/tree.qst:47
47	    println("{depth} {add(1)} {ages.len()}") //# end
(gdb) info locals
depth = 2
add = tree::main.{closure}#0 {step: 0x…}
step = 10
ages = Map of 2 = {["Ada"] = 36, ["Grace"] = 85}
tree = tree::Tree[i64]::Node{left: 0x…, value: 5, right: 0x…}
(gdb) break tree.qst:44
Breakpoint 3 at 0x…: file ./debug/tree.qst, line 44.
(gdb) continue

Breakpoint 3, tree::main::{closure} (x=1) at ./debug/tree.qst:44
44	        sum //# closure
(gdb) info args
x = 1
(gdb) info locals
sum = 11
step = 10
(gdb) bt 2
#0  tree::main::{closure} (x=1) at ./debug/tree.qst:44
#1  0x… in tree::main () at ./debug/tree.qst:47
