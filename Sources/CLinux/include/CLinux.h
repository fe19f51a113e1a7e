#ifndef BRAIN_CLINUX_H
#define BRAIN_CLINUX_H

/// A new eventfd(2), counter 0, close-on-exec and non-blocking; -1 and errno where there is none.
int clinux_eventfd(void);

/// Names the calling thread for ps, top and gdb; the kernel keeps the first 15 bytes (pthread_setname_np(3)).
void clinux_set_thread_name(const char *name);

/// Has each block of 128 KiB or more given back to the kernel when it is freed, as in the beginning: by itself glibc
/// raises that bound to the largest block that was ever freed (mallopt(3), M_MMAP_THRESHOLD).
void clinux_return_large_blocks(void);

/// Gives the pages that the allocator keeps free back to the kernel (malloc_trim(3)).
void clinux_release_free_memory(void);

#endif
