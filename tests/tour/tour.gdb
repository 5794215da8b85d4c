(gdb) break area
Breakpoint 1 at 0x…: file ./tour/tour.qst, line 11.
(gdb) run

Breakpoint 1, main::area (shape=0x…) at ./tour/tour.qst:11
11	    match shape {
(gdb) backtrace
#0  main::area (shape=0x…) at ./tour/tour.qst:11
#1  0x… in main::main () at ./tour/tour.qst:21
(gdb) print *shape
$1 = main::Shape::Circle{radius: 2}
(gdb) finish
0x… in main::main () at ./tour/tour.qst:21
21	        sum += area(shape)
Value returned is $2 = 12
(gdb) next
22	    }
(gdb) info locals
iter = core::slice::iter::SliceIter[Shape] {rest: slice of 1 = {main::Shape::Rectangle{width: 3, height: 4}}}
sum = 12
shapes = array of 2 = {main::Shape::Circle{radius: 2}, main::Shape::Rectangle{width: 3, height: 4}}
(gdb) continue

Breakpoint 1, main::area (shape=0x…) at ./tour/tour.qst:11
11	    match shape {
