"""gdb printers for Quastra's strings, lists and maps."""
