// Nothing to call: see faulty_disk.c.
