// Nothing to call: malloc_counter.c and set_clock.c stand in for functions of the C library.
