package io.penstock.os.sys;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The system calls that Penstock makes, through the C library.
 *
 * <p>Every method returns what the call returned, or {@code -errno} when it failed, as the kernel itself would; nothing
 * throws. {@link #check(long, String)} turns a failure into a {@link SysException}. Pointers are absolute addresses, so
 * that callers on the path allocate nothing. The errno is captured in one segment per thread.
 *
 * <p>Source: man pages, section 2, of each call. Threads: any.
 */
@SuppressWarnings("restricted")
public final class Linux {

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final VarHandle ERRNO_VALUE =
            CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ValueLayout.OfInt I = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong L = ValueLayout.JAVA_LONG;
    private static final AddressLayout P = ValueLayout.ADDRESS;

    private static final ThreadLocal<MemorySegment> STATE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CAPTURE));

    // Longs stand for pointers and size_t: on every 64-bit Linux ABI they travel in the same registers.
    private static final MethodHandle SOCKET = handle("socket", FunctionDescriptor.of(I, I, I, I));
    private static final MethodHandle BIND = handle("bind", FunctionDescriptor.of(I, I, L, I));
    private static final MethodHandle CONNECT = handle("connect", FunctionDescriptor.of(I, I, L, I));
    private static final MethodHandle GETSOCKNAME = handle("getsockname", FunctionDescriptor.of(I, I, L, L));
    private static final MethodHandle SETSOCKOPT = handle("setsockopt", FunctionDescriptor.of(I, I, I, I, L, I));
    private static final MethodHandle GETSOCKOPT = handle("getsockopt", FunctionDescriptor.of(I, I, I, I, L, L));
    private static final MethodHandle SENDTO = handle("sendto", FunctionDescriptor.of(L, I, L, L, I, L, I));
    private static final MethodHandle RECVFROM = handle("recvfrom", FunctionDescriptor.of(L, I, L, L, I, L, L));
    private static final MethodHandle POLL = handle("poll", FunctionDescriptor.of(I, L, L, I));
    private static final MethodHandle MMAP = handle("mmap", FunctionDescriptor.of(L, L, L, I, I, I, L));
    private static final MethodHandle MUNMAP = handle("munmap", FunctionDescriptor.of(I, L, L));
    private static final MethodHandle MADVISE = handle("madvise", FunctionDescriptor.of(I, L, L, I));
    private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(I, I));
    private static final MethodHandle OPEN = handle("open", FunctionDescriptor.of(I, L, I, I), 2);
    private static final MethodHandle READ = handle("read", FunctionDescriptor.of(L, I, L, L));
    private static final MethodHandle PREAD = handle("pread", FunctionDescriptor.of(L, I, L, L, L));
    private static final MethodHandle CLOCK_GETRES = handle("clock_getres", FunctionDescriptor.of(I, I, L));
    private static final MethodHandle WRITE = handle("write", FunctionDescriptor.of(L, I, L, L));
    private static final MethodHandle WRITEV = handle("writev", FunctionDescriptor.of(L, I, L, I));
    private static final MethodHandle IOCTL = handle("ioctl", FunctionDescriptor.of(I, I, L, L), 2);
    private static final MethodHandle FCNTL = handle("fcntl", FunctionDescriptor.of(I, I, I, L), 2);
    private static final MethodHandle KILL = handle("kill", FunctionDescriptor.of(I, I, I));
    private static final MethodHandle SETNS = handle("setns", FunctionDescriptor.of(I, I, I));
    private static final MethodHandle UNSHARE = handle("unshare", FunctionDescriptor.of(I, I));
    private static final MethodHandle MOUNT = handle("mount", FunctionDescriptor.of(I, L, L, L, L, L));
    private static final MethodHandle SETAFFINITY = handle("sched_setaffinity", FunctionDescriptor.of(I, I, L, L));
    private static final MethodHandle GETAFFINITY = handle("sched_getaffinity", FunctionDescriptor.of(I, I, L, L));
    private static final MethodHandle SETSCHEDULER = handle("sched_setscheduler", FunctionDescriptor.of(I, I, I, L));
    private static final MethodHandle GETXATTR = handle("getxattr", FunctionDescriptor.of(L, L, L, L, L));
    private static final MethodHandle EVENTFD = handle("eventfd", FunctionDescriptor.of(I, I, I));
    private static final MethodHandle SYSCALL =
            handle("syscall", FunctionDescriptor.of(L, L, L, L, L, L, L, L), 1);
    private static final MethodHandle STRERROR = LINKER.downcallHandle(symbol("strerror"), FunctionDescriptor.of(P, I));

    private Linux() {
    }

    /** Returns the result of a call, or throws what it means. */
    public static long check(final long result, final String what) {
        if (result < 0) {
            throw new SysException(what, (int) -result);
        }
        return result;
    }

    /** socket(2). */
    public static int socket(final int family, final int type, final int protocol) {
        try {
            final MemorySegment state = STATE.get();
            final int result = (int) SOCKET.invokeExact(state, family, type, protocol);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** bind(2). */
    public static int bind(final int fd, final long address, final int length) {
        try {
            final MemorySegment state = STATE.get();
            final int result = (int) BIND.invokeExact(state, fd, address, length);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** connect(2). */
    public static int connect(final int fd, final long address, final int length) {
        try {
            final MemorySegment state = STATE.get();
            final int result = (int) CONNECT.invokeExact(state, fd, address, length);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** getsockname(2); {@code lengthAddress} points to an int. */
    public static int getsockname(final int fd, final long address, final long lengthAddress) {
        try {
            final MemorySegment state = STATE.get();
            final int result = (int) GETSOCKNAME.invokeExact(state, fd, address, lengthAddress);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** setsockopt(2). */
    public static int setsockopt(final int fd, final int level, final int name, final long value, final int length) {
        try {
            final MemorySegment state = STATE.get();
            final int result = (int) SETSOCKOPT.invokeExact(state, fd, level, name, value, length);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** setsockopt(2) of one int. Control only: allocates. */
    public static int setsockoptInt(final int fd, final int level, final int name, final int value) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment cell = arena.allocateFrom(I, value);
            return setsockopt(fd, level, name, cell.address(), 4);
        }
    }

    /** getsockopt(2); {@code lengthAddress} points to an int. */
    public static int getsockopt(
            final int fd, final int level, final int name, final long value, final long lengthAddress) {
        try {
            final MemorySegment state = STATE.get();
            final int result = (int) GETSOCKOPT.invokeExact(state, fd, level, name, value, lengthAddress);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** sendto(2). */
    public static long sendto(
            final int fd, final long buffer, final long bytes, final int flags, final long to, final int toLength) {
        try {
            final MemorySegment state = STATE.get();
            final long result = (long) SENDTO.invokeExact(state, fd, buffer, bytes, flags, to, toLength);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** recvfrom(2). */
    public static long recvfrom(
            final int fd, final long buffer, final long bytes, final int flags, final long from, final long fromLength) {
        try {
            final MemorySegment state = STATE.get();
            final long result = (long) RECVFROM.invokeExact(state, fd, buffer, bytes, flags, from, fromLength);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** poll(2); {@code fds} points to {@code count} structs pollfd. Never marked critical: it blocks. */
    public static int poll(final long fds, final long count, final int timeoutMs) {
        try {
            final MemorySegment state = STATE.get();
            final int result = (int) POLL.invokeExact(state, fds, count, timeoutMs);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** mmap(2); the mapping's address, or {@code -errno} (no user mapping has an address that high). */
    public static long mmap(
            final long address, final long bytes, final int protection, final int flags, final int fd, final long offset) {
        try {
            final MemorySegment state = STATE.get();
            final long result = (long) MMAP.invokeExact(state, address, bytes, protection, flags, fd, offset);
            return result == -1 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** munmap(2). */
    public static int munmap(final long address, final long bytes) {
        try {
            final MemorySegment state = STATE.get();
            final int result = (int) MUNMAP.invokeExact(state, address, bytes);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** madvise(2). */
    public static int madvise(final long address, final long bytes, final int advice) {
        try {
            final MemorySegment state = STATE.get();
            final int result = (int) MADVISE.invokeExact(state, address, bytes, advice);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** close(2). */
    public static int close(final int fd) {
        try {
            final MemorySegment state = STATE.get();
            final int result = (int) CLOSE.invokeExact(state, fd);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** open(2). Control only: allocates. */
    public static int open(final String path, final int flags, final int mode) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment state = STATE.get();
            final int result = (int) OPEN.invokeExact(state, arena.allocateFrom(path).address(), flags, mode);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** read(2). */
    public static long read(final int fd, final long buffer, final long bytes) {
        try {
            final MemorySegment state = STATE.get();
            final long result = (long) READ.invokeExact(state, fd, buffer, bytes);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** pread(2). */
    public static long pread(final int fd, final long buffer, final long bytes, final long offset) {
        try {
            final MemorySegment state = STATE.get();
            final long result = (long) PREAD.invokeExact(state, fd, buffer, bytes, offset);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** clock_getres(2); {@code resolution} points to a struct timespec. */
    public static int clockGetres(final int clock, final long resolution) {
        try {
            final MemorySegment state = STATE.get();
            final int result = (int) CLOCK_GETRES.invokeExact(state, clock, resolution);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** write(2). */
    public static long write(final int fd, final long buffer, final long bytes) {
        try {
            final MemorySegment state = STATE.get();
            final long result = (long) WRITE.invokeExact(state, fd, buffer, bytes);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** writev(2); {@code vectors} points to {@code count} structs iovec. */
    public static long writev(final int fd, final long vectors, final int count) {
        try {
            final MemorySegment state = STATE.get();
            final long result = (long) WRITEV.invokeExact(state, fd, vectors, count);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** ioctl(2) with one pointer or integer argument. */
    public static int ioctl(final int fd, final long request, final long argument) {
        try {
            final MemorySegment state = STATE.get();
            final int result = (int) IOCTL.invokeExact(state, fd, request, argument);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** fcntl(2) with one argument. */
    public static int fcntl(final int fd, final int command, final long argument) {
        try {
            final MemorySegment state = STATE.get();
            final int result = (int) FCNTL.invokeExact(state, fd, command, argument);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** kill(2); a negative process names a group. */
    public static int kill(final int process, final int signal) {
        try {
            final MemorySegment state = STATE.get();
            final int result = (int) KILL.invokeExact(state, process, signal);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** setns(2): moves the calling thread. */
    public static int setns(final int fd, final int kind) {
        try {
            final MemorySegment state = STATE.get();
            final int result = (int) SETNS.invokeExact(state, fd, kind);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** unshare(2): gives the calling thread namespaces of its own. */
    public static int unshare(final int flags) {
        try {
            final MemorySegment state = STATE.get();
            final int result = (int) UNSHARE.invokeExact(state, flags);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** mount(2) of a file system that is no device's. */
    public static int mount(final String name, final String target, final String type, final long flags) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment state = STATE.get();
            final int result = (int) MOUNT.invokeExact(state, arena.allocateFrom(name).address(),
                    arena.allocateFrom(target).address(), arena.allocateFrom(type).address(), flags, 0L);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** sched_setaffinity(2); thread 0 is the calling one. */
    public static int schedSetaffinity(final int thread, final long bytes, final long mask) {
        try {
            final MemorySegment state = STATE.get();
            final int result = (int) SETAFFINITY.invokeExact(state, thread, bytes, mask);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** sched_setscheduler(2); thread 0 is the calling one. */
    public static int schedSetscheduler(final int thread, final int policy, final long parameters) {
        try {
            final MemorySegment state = STATE.get();
            final int result = (int) SETSCHEDULER.invokeExact(state, thread, policy, parameters);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** sched_getaffinity(2); thread 0 is the calling one. */
    public static int schedGetaffinity(final int thread, final long bytes, final long mask) {
        try {
            final MemorySegment state = STATE.get();
            final int result = (int) GETAFFINITY.invokeExact(state, thread, bytes, mask);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** getxattr(2). Control only: allocates. */
    public static long getxattr(final String path, final String name, final long value, final long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment state = STATE.get();
            final long result = (long) GETXATTR.invokeExact(state,
                    arena.allocateFrom(path).address(), arena.allocateFrom(name).address(), value, bytes);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** eventfd(2). */
    public static int eventfd(final int initial, final int flags) {
        try {
            final MemorySegment state = STATE.get();
            final int result = (int) EVENTFD.invokeExact(state, initial, flags);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** syscall(2): for calls that the C library does not wrap, such as bpf(2). */
    public static long syscall(
            final long number, final long a, final long b, final long c, final long d, final long e, final long f) {
        try {
            final MemorySegment state = STATE.get();
            final long result = (long) SYSCALL.invokeExact(state, number, a, b, c, d, e, f);
            return result < 0 ? -errno(state) : result;
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    static String strerror(final int errno) {
        try {
            final MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
            return text.reinterpret(256).getString(0);
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    private static int errno(final MemorySegment state) {
        return (int) ERRNO_VALUE.get(state, 0L);
    }

    private static MethodHandle handle(final String name, final FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(symbol(name), descriptor, ERRNO);
    }

    private static MethodHandle handle(final String name, final FunctionDescriptor descriptor, final int firstVariadic) {
        return LINKER.downcallHandle(
                symbol(name), descriptor, ERRNO, Linker.Option.firstVariadicArg(firstVariadic));
    }

    private static MemorySegment symbol(final String name) {
        final SymbolLookup lookup = LINKER.defaultLookup();
        return lookup.find(name).orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name));
    }

    private static AssertionError unexpected(final Throwable e) {
        return new AssertionError("a down-call threw", e);
    }
}
