"""The drivers: real sockets, threads and clocks that turn I/O into events and obey the machines."""
