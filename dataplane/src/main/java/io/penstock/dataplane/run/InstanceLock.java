package io.penstock.dataplane.run;

import io.penstock.dataplane.cli.RuntimePaths;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The lock that keeps a second data plane out of a network namespace: {@code /run/penstock/INODE.lock}, or beside
 * {@code --socket PATH} under its name.
 *
 * <p>The lock is the kernel's, so that it goes with the process, whatever ends it. The lock file itself stays: removing it
 * would let two processes lock two files of one name.
 */
public final class InstanceLock implements AutoCloseable {

    private final FileChannel channel;
    private final FileLock lock;

    private InstanceLock(final FileChannel channel, final FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /** Locks the namespace for this process, or says which process has it. */
    public static InstanceLock lock(final Path socket) {
        final Path path = lockPath(socket);
        try {
            if (!Files.isDirectory(path.getParent())) {
                Files.createDirectories(path.getParent(),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            final FileChannel channel = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            final FileLock lock = tryLock(channel);
            if (lock == null) {
                final String owner = Files.readString(path).trim();
                channel.close();
                throw new RunException("a data plane runs already in this network namespace: pid=" + owner
                        + "; stop it with 'kill " + owner + "', or start this one in another namespace");
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(
                    (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
            return new InstanceLock(channel, lock);
        } catch (final IOException e) {
            throw new RunException("the lock file cannot be made: " + path + ": " + reason(e)
                    + "; run as root, or give --socket a path in a folder that you may write to", e);
        }
    }

    @Override
    public void close() {
        try {
            lock.release();
            channel.close();
        } catch (final IOException e) {
            throw new RunException("the lock file cannot be released", e);
        }
    }

    /** Null also where this process itself holds the lock, which the JDK tells by an exception. */
    private static FileLock tryLock(final FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (final OverlappingFileLockException e) {
            return null;
        }
    }

    /** The system's words: the messages of these exceptions are file names. */
    private static String reason(final IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission denied";
            case FileAlreadyExistsException exists -> "a file is where the folder should be";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> e.getMessage();
        };
    }

    private static Path lockPath(final Path socket) {
        final Path counters = RuntimePaths.counters(socket).toAbsolutePath();
        final String name = counters.getFileName().toString();
        return counters.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ".lock");
    }
}
