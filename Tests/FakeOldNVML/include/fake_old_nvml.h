// Looked up by name at run time, as the driver's own is; nothing is declared.
