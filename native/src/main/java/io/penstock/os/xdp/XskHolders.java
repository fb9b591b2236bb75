package io.penstock.os.xdp;

import io.penstock.os.sys.Linux;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The processes that have AF_XDP sockets open. Which queue a socket has bound only XDP_SOCKETS_DIAG tells, which many kernels
 * lack; but every socket tells its protocol's name in the extended attribute {@code system.sockprotoname}, and for these it
 * is {@code XDP}.
 *
 * <p>Source: net/socket.c's sockfs xattr handler, as lsof(8) uses it; proc(5). Control, any thread; slow: reads all of /proc
 * that the caller may see.
 */
final class XskHolders {

    private static final String ATTRIBUTE = "system.sockprotoname";
    private static final int NAME_BYTES = 32;

    private XskHolders() {
    }

    /** Other processes with AF_XDP sockets, as {@code 1234 (name)}. */
    static List<String> others() {
        final List<String> found = new ArrayList<>();
        final long self = ProcessHandle.current().pid();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (final Path process : processes) {
                if (!process.getFileName().toString().equals(Long.toString(self)) && sockets(process) > 0) {
                    found.add(process.getFileName() + " (" + name(process) + ')');
                }
            }
        } catch (final IOException | DirectoryIteratorException e) {
            // No /proc: then nobody can be named, and the message says where to look instead.
            found.clear();
        }
        return found;
    }

    /** How many AF_XDP sockets this process has open. */
    static int own() {
        return sockets(Path.of("/proc/self"));
    }

    private static int sockets(final Path process) {
        int count = 0;
        try (DirectoryStream<Path> fds = Files.newDirectoryStream(process.resolve("fd"))) {
            for (final Path fd : fds) {
                if (isXdp(fd)) {
                    count++;
                }
            }
        } catch (final IOException | DirectoryIteratorException e) {
            // The process ended meanwhile, or is another user's: what was counted before stands.
            return count;
        }
        return count;
    }

    private static boolean isXdp(final Path fd) {
        try {
            if (!Files.readSymbolicLink(fd).toString().startsWith("socket:")) {
                return false;
            }
        } catch (final IOException e) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment name = arena.allocate(NAME_BYTES);
            return Linux.getxattr(fd.toString(), ATTRIBUTE, name.address(), NAME_BYTES - 1) > 0
                    && "XDP".equals(name.getString(0));
        }
    }

    private static String name(final Path process) {
        try {
            return Files.readString(process.resolve("comm")).trim();
        } catch (final IOException e) {
            return "gone";
        }
    }
}
