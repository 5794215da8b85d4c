# gdb printers for Quastra: strings, lists, maps, sets, deques, counted owners, and what is behind a `dyn`.
#
# gdb runs this when it loads a program, where its auto-load safe path allows; records and unions need no
# printer, gdb shows them as they are. Made for the layouts of stdlib/core: a change there is a change here.
#
#     (gdb) print names
#     $1 = List of 2 = {"Ada", "Grace"}

import re

import gdb
import gdb.printing

# A damaged or not yet initialised value must not make gdb read for ever.
LIMIT = 1 << 20


def text_of(data, length):
    length = int(length)
    if length == 0:
        return ""
    if not 0 < length <= LIMIT:
        raise gdb.MemoryError("no text has %d bytes" % length)
    return bytes(gdb.selected_inferior().read_memory(int(data), length)).decode("utf-8", "replace")


def elements(values):
    """The elements of a List."""
    start, length = values["start"], int(values["len"])
    if length > LIMIT or int(values["capacity"]) < length and start.type.target().sizeof:
        raise gdb.MemoryError("not initialised")
    return (start[i] for i in range(length))


def payload(option):
    """What a `some` holds, or None."""
    for field in option.type.fields():
        if field.name == "some":
            inner = option[field]
            return inner[inner.type.fields()[0]]
    return None


class String:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        values = self.value["bytes"]
        return text_of(values["start"], values["len"])

    def display_hint(self):
        return "string"


class Str:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        return text_of(self.value["data_ptr"], self.value["length"])

    def display_hint(self):
        return "string"


class Sequence:
    """Something with elements: a list, a slice, a deque, a set."""

    name = "List"

    def __init__(self, value):
        self.value = value

    def items(self):
        return elements(self.value)

    def count(self):
        return int(self.value["len"])

    def to_string(self):
        return "%s of %d" % (self.name, self.count())

    def children(self):
        try:
            for index, item in enumerate(self.items()):
                yield "[%d]" % index, item
        except gdb.MemoryError:
            return

    def display_hint(self):
        return "array"


class Slice(Sequence):
    name = "slice"

    def items(self):
        data, length = self.value["data_ptr"], self.count()
        return (data[i] for i in range(min(length, LIMIT)))

    def count(self):
        return int(self.value["length"])


class Array(Sequence):
    """gdb takes all elements of an array for the variant that the first one is, and may end over it: asks for each by itself."""

    name = "array"

    def items(self):
        # `struct`: a namespace may be called so too. Without the declaration that this unit has of it.
        element = gdb.lookup_type("struct " + self.value.type.target().name).strip_typedefs()
        data = gdb.Value(int(self.value.address)).cast(element.pointer())
        return (data[i] for i in range(self.count()))

    def count(self):
        return self.value.type.range()[1] + 1


class Deque(Sequence):
    name = "Deque"

    def items(self):
        slots = self.value["slots"]
        size, front = int(slots["len"]), int(self.value["front"])
        for i in range(self.count()):
            item = payload(slots["start"][(front + i) & (size - 1)])
            if item is not None:
                yield item


class Set(Sequence):
    name = "Set"

    def items(self):
        return (key for key, _ in entries(self.value["map"]))

    def count(self):
        return int(self.value["map"]["len"])


def entries(value):
    """Keys and values of a Map, in order."""
    for slot in elements(value["entries"]):
        pair = payload(slot)
        if pair is not None:
            yield pair["__0"], pair["__1"]


class Map:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        return "Map of %d" % int(self.value["len"])

    def children(self):
        try:
            for index, (key, value) in enumerate(entries(self.value)):
                yield "key%d" % index, key
                yield "value%d" % index, value
        except gdb.MemoryError:
            return

    def display_hint(self):
        return "map"


class Counted:
    """An Rc or Arc: its value and how many own it."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        shared = self.value["shared"]
        if int(shared) == 0:
            return "moved"
        return "owned by %d" % int(shared["strong"])

    def children(self):
        if int(self.value["shared"]) != 0:
            yield "value", self.value["shared"]["value"]


class Dyn:
    """A reference to a `dyn`, or its owner: the value behind it. The type goes by the name of the table's symbol too."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        data, table = int(self.value["data_ptr"]), int(self.value["vtable"])
        try:
            with gdb.with_parameter("print demangle", False):
                symbol = gdb.execute("info symbol %d" % table, to_string=True).split()[0]
            found = gdb.Value(data).cast(gdb.lookup_type(symbol).strip_typedefs().pointer()).dereference()
            found.fetch_lazy()
            return found
        except gdb.error:  # not initialised, or without debug information
            return "dyn at 0x%x, table at 0x%x" % (data, table)


PRINTERS = [
    (re.compile(pattern), printer)
    for pattern, printer in [
        (r"^core::string::String$", String),
        (r"^&(mut )?str$", Str),
        (r"^&(mut )?\[.*\]$", Slice),
        (r"^(&(mut )?|core::boxed::Box\[)dyn ", Dyn),
        (r"^core::list::List\[", Sequence),
        (r"^core::deque::Deque\[", Deque),
        (r"^core::map::Map\[", Map),
        (r"^core::set::Set\[", Set),
        (r"^core::rc::Rc\[", Counted),
        (r"^core::arc::Arc\[", Counted),
    ]
]


class Quastra(gdb.printing.PrettyPrinter):
    def __init__(self):
        super().__init__("quastra")

    def __call__(self, value):
        type = value.type.strip_typedefs()
        if type.code == gdb.TYPE_CODE_ARRAY and type.target().name and value.address is not None:
            return Array(value) if type.target().code == gdb.TYPE_CODE_STRUCT else None
        if type.code != gdb.TYPE_CODE_STRUCT or not type.name:
            return None
        for pattern, printer in PRINTERS:
            if pattern.match(type.name):
                return printer(value)
        return None


gdb.printing.register_pretty_printer(gdb.current_objfile(), Quastra(), replace=True)
