// Nothing to call: see malloc_counter.c.
