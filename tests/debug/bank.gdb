(gdb) break bank.Bank.transfer
Breakpoint 1 at 0x…: file ./debug/bank.qst, line 33.
(gdb) run

Breakpoint 1, bank::Bank::transfer (self=0x…, from=1, to=2, amount=500) at ./debug/bank.qst:33
33	        try self.find(to)
(gdb) bt 2
#0  bank::Bank::transfer (self=0x…, from=1, to=2, amount=500) at ./debug/bank.qst:33
#1  0x… in bank::main () at ./debug/bank.qst:56
(gdb) info args
self = 0x…
from = 1
to = 2
amount = 500
(gdb) break bank.qst:36
Breakpoint 2 at 0x…: file ./debug/bank.qst, line 36.
(gdb) continue

Breakpoint 2, bank::Bank::transfer (self=0x…, from=1, to=2, amount=500) at ./debug/bank.qst:36
36	        if available < amount { //# check
(gdb) next
37	            return err(TransferError.Insufficient { needed: amount, available })
(gdb) print available
$1 = 100
(gdb) print *source
$2 = bank::Account {id: 1, owner: "Ada", balance: 100}
(gdb) delete
(gdb) break bank.qst:59
Breakpoint 3 at 0x…: file ./debug/bank.qst, line 59.
(gdb) continue

Breakpoint 3, bank::main () at ./debug/bank.qst:59
59	    println("{name} {ratio} {letter} {pair.0} {found.is_some()} {nothing.is_none()} {numbers.len()}") //# end
(gdb) info locals
third = core::result::Result[(), TransferError]::err(bank::TransferError::UnknownAccount{id: 9})
second = core::result::Result[(), TransferError]::ok(())
first = core::result::Result[(), TransferError]::err(bank::TransferError::Insufficient{needed: 500, available: 100})
numbers = List of 3 = {3, 1, 4}
nothing = core::option::Option[Box[i64]]::none
found = core::option::Option[u64]::some(2)
pair = (7, true)
letter = 113 'q'
ratio = 0.25
name = "bank"
bank = bank::Bank {accounts: List of 2 = {bank::Account {id: 1, owner: "Ada", balance: 50}, bank::Account {id: 2, owner: "Grace", balance: 150}}}
(gdb) print bank.accounts
$3 = List of 2 = {bank::Account {id: 1, owner: "Ada", balance: 50}, bank::Account {id: 2, owner: "Grace", balance: 150}}
(gdb) kill
[Inferior 1 (process N) killed]
