//! The allocator of services that are linked with musl, whose own lets threads wait for one another.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
