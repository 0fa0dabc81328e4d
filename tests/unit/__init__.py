"""One module at a time, against a second opinion where there is one."""
