package io.penstock.os.bpf;

import io.penstock.os.sys.Errno;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.SysException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The folder where attachments outlive the process that made them: on a bpffs of the outermost mount namespace that this
 * process's ancestors lead to.
 *
 * <p>Invariants:
 * <ol>
 *   <li>It is the same folder whatever mount namespace the process is in. ({@code ip netns exec} makes a new one, without the
 *       usual bpffs; what is mounted there goes when the last process in it ends, and every pin with it.)</li>
 *   <li>A bpffs is mounted only where there is none at the usual place.</li>
 *   <li>Paths in it are good while it is open, whatever becomes of the ancestors.</li>
 * </ol>
 *
 * <p>Source: bpf(2), mount_namespaces(7), proc(5) (mountinfo, root). Threads: any.
 */
public final class BpfFolder implements AutoCloseable {

    private static final String USUAL = "/sys/fs/bpf";
    private static final String OWN = "/run/penstock/bpf";
    private static final String FOLDER = "penstock";

    private static final int CLONE_NEWNS = 0x0002_0000;
    private static final int CLONE_FS = 0x0000_0200;
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final int O_PATH_DIRECTORY_CLOEXEC = 0x0020_0000 | 0x0001_0000 | 0x80000;

    private static final int MOUNT_POINT_FIELD = 4;

    private final int fd;
    private final String shown;

    private BpfFolder(final int fd, final String shown) {
        this.fd = fd;
        this.shown = shown;
    }

    /**
     * Opens the folder; makes it, and mounts a bpffs, where there is none.
     *
     * @throws SysException when no bpffs can be mounted
     */
    public static BpfFolder open() {
        final Path outermost = outermost();
        String mountPoint = mountPoint(outermost);
        if (mountPoint == null) {
            mountElsewhere(outermost);
            mountPoint = OWN;
        }
        final Path folder = inside(outermost, mountPoint);
        try {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (final FileAlreadyExistsException e) {
            return open(folder, mountPoint);
        } catch (final IOException e) {
            throw new UncheckedIOException("the folder for pinned programs cannot be made: " + mountPoint + '/' + FOLDER + ": "
                    + e.getMessage() + "; run as root", e);
        }
        return open(folder, mountPoint);
    }

    /** Opens the folder where it exists, or returns null: then nothing is pinned. */
    public static BpfFolder openExisting() {
        final Path outermost = outermost();
        final String mountPoint = mountPoint(outermost);
        if (mountPoint == null) {
            return null;
        }
        final Path folder = inside(outermost, mountPoint);
        return Files.isDirectory(folder) ? open(folder, mountPoint) : null;
    }

    /** A path in it. */
    public Path path(final String name) {
        return Path.of("/proc/self/fd/" + fd, name);
    }

    /** A path in it as an operator would type it. */
    public String shown(final String name) {
        return shown + '/' + name;
    }

    @Override
    public void close() {
        Linux.close(fd);
    }

    private static BpfFolder open(final Path folder, final String mountPoint) {
        final int fd = (int) Linux.check(Linux.open(folder.toString(), O_PATH_DIRECTORY_CLOEXEC, 0), "open(" + folder + ')');
        return new BpfFolder(fd, mountPoint + '/' + FOLDER);
    }

    private static Path inside(final Path process, final String mountPoint) {
        return Path.of(process + "/root" + mountPoint, FOLDER);
    }

    /** The /proc folder of the oldest ancestor whose mounts may be looked at, or of this process. */
    private static Path outermost() {
        Path found = Path.of("/proc/self");
        ProcessHandle process = ProcessHandle.current();
        while (process != null) {
            final Path folder = Path.of("/proc/" + process.pid());
            if (Files.isExecutable(folder.resolve("root/.")) && Files.exists(folder.resolve("ns/mnt"))) {
                found = folder;
            }
            process = process.parent().orElse(null);
        }
        return found;
    }

    /** Where a process sees a bpffs that this class uses, or null. */
    private static String mountPoint(final Path process) {
        final List<String> lines;
        try {
            lines = Files.readAllLines(process.resolve("mountinfo"));
        } catch (final IOException e) {
            throw new UncheckedIOException("the mounts cannot be read: " + e.getMessage() + "; run as root", e);
        }
        String found = null;
        for (final String line : lines) {
            final String[] fields = line.split(" ");
            if (line.contains(" - bpf ") && fields.length > MOUNT_POINT_FIELD) {
                final String point = fields[MOUNT_POINT_FIELD];
                if (point.equals(USUAL) || point.equals(OWN) && found == null) {
                    found = point;
                }
            }
        }
        return found;
    }

    /** On a thread of its own: who moves to another mount namespace leaves the process's root and working directory. */
    private static void mountElsewhere(final Path process) {
        final AtomicReference<RuntimeException> failure = new AtomicReference<>();
        final Thread mounter = Thread.ofPlatform().name("bpffs").start(() -> {
            try {
                mount(process);
            } catch (final SysException | UncheckedIOException e) {
                failure.set(e);
            }
        });
        try {
            mounter.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a bpffs was being mounted", e);
        }
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    private static void mount(final Path process) {
        final String mounts = process + "/ns/mnt";
        final int there = (int) Linux.check(Linux.open(mounts, O_RDONLY_CLOEXEC, 0), "open(" + mounts + ')');
        try {
            Linux.check(Linux.unshare(CLONE_FS), "unshare(CLONE_FS)");
            Linux.check(Linux.setns(there, CLONE_NEWNS), "setns(" + mounts + ')');
        } finally {
            Linux.close(there);
        }
        try {
            Files.createDirectories(Path.of(OWN),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (final IOException e) {
            throw new UncheckedIOException("the mount point of a bpffs cannot be made: " + OWN + ": " + e.getMessage(), e);
        }
        final int result = Linux.mount("bpf", OWN, "bpf", 0);
        if (result < 0 && result != -Errno.EBUSY) {
            throw new SysException("mount(bpf, " + OWN + ')', -result,
                    "mount one yourself with 'mount -t bpf bpf " + USUAL + "', or use on-death: kernel");
        }
    }
}
