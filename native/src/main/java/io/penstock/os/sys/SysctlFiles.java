package io.penstock.os.sys;

import io.penstock.os.hot.memory.Memory;
import java.util.Arrays;

/**
 * Settings below /proc/sys that are read again and again: their files stay open, and reading a number is one pread(2) and
 * allocates nothing.
 *
 * <p>A file belongs to the network namespace of the thread that opens it. One whose device is gone or renamed reads as
 * {@link #ABSENT} for ever after: it is to be opened again under the new name.
 *
 * <p>Source: proc_sys(5), pread(2). Threads: one at a time.
 */
public final class SysctlFiles implements AutoCloseable {

    /** The value of a setting that does not exist, or that is no number. */
    public static final long ABSENT = Long.MIN_VALUE;

    private static final int O_RDONLY_CLOEXEC = 0x80000;

    /** Bytes; the longest text that is read here, a list of message types, has less than a thousand. */
    private static final int BUFFER_BYTES = 4096;

    /** In place of a descriptor: the place is free. */
    private static final int CLOSED = -1;
    /** In place of a descriptor: there is no such setting. */
    private static final int NONE = -2;

    private final MappedMemory buffer = MappedMemory.reserve(BUFFER_BYTES, MappedMemory.Pages.NORMAL);
    private int[] fds = {};

    /** Opens the setting of a name with dots, and returns its number here; also if it does not exist. */
    public int open(final String name) {
        return add("/proc/sys/" + name.replace('.', '/'));
    }

    /** Opens {@code prefix.device.name}, of which the device may have dots of its own. */
    public int openIn(final String prefix, final String device, final String name) {
        return add("/proc/sys/" + prefix.replace('.', '/') + device + '/' + name);
    }

    /** The number that the setting is now, or {@link #ABSENT}. */
    public long value(final int file) {
        final int length = read(file);
        if (length <= 0) {
            return ABSENT;
        }
        final long address = buffer.address();
        final boolean negative = Memory.getByte(address) == '-';
        long value = 0;
        int digits = 0;
        for (int i = negative ? 1 : 0; i < length; i++) {
            final int digit = Memory.getByte(address + i) - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            value = value * 10 + digit;
            digits++;
        }
        return digits == 0 ? ABSENT : negative ? -value : value;
    }

    /** True if the setting's text is now these bytes, without the line's end; a setting that does not exist has none. */
    public boolean hasText(final int file, final byte[] text) {
        final int length = Math.max(0, textLength(read(file)));
        boolean same = length == text.length;
        for (int i = 0; same && i < length; i++) {
            same = Memory.getByte(buffer.address() + i) == text[i];
        }
        return same;
    }

    /** The setting's text without the line's end. */
    public byte[] text(final int file) {
        final byte[] text = new byte[Math.max(0, textLength(read(file)))];
        Memory.copyToArray(buffer.address(), text, 0, text.length);
        return text;
    }

    /** Closes one file; its number may be given to another. */
    public void closeFile(final int file) {
        if (fds[file] >= 0) {
            Linux.close(fds[file]);
        }
        fds[file] = CLOSED;
    }

    @Override
    public void close() {
        for (int file = 0; file < fds.length; file++) {
            closeFile(file);
        }
        buffer.close();
    }

    private int add(final String path) {
        int file = 0;
        while (file < fds.length && fds[file] != CLOSED) {
            file++;
        }
        if (file == fds.length) {
            fds = Arrays.copyOf(fds, file + 1);
        }
        final int fd = Linux.open(path, O_RDONLY_CLOEXEC, 0);
        fds[file] = fd < 0 ? NONE : fd;
        return file;
    }

    private int read(final int file) {
        return fds[file] < 0 ? 0 : (int) Linux.pread(fds[file], buffer.address(), BUFFER_BYTES, 0);
    }

    private int textLength(final int length) {
        return length > 0 && Memory.getByte(buffer.address() + length - 1) == '\n' ? length - 1 : length;
    }
}
