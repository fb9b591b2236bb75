package io.penstock.dataplane.judge;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.MappedMemory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the kernel's rules write to the kernel's log, which is one for the whole machine: lines that name devices of a case.
 *
 * <p>Nothing tells whose a line is where another judge's devices have the same names: so one at a time lets packets go, by a lock on a file.
 *
 * <p>The kernel writes there for other namespaces than the first one only where {@code net.netfilter.nf_log_all_netns} says so.
 *
 * <p>Source: Documentation/ABI/testing/dev-kmsg. Threads: one.
 */
final class KernelLog implements AutoCloseable {

    private static final Path SWITCH = Path.of("/proc/sys/net/netfilter/nf_log_all_netns");
    private static final Path TURNS = Path.of(System.getProperty("java.io.tmpdir"), "penstock-judge.lock");
    private static final String DEVICE = "/dev/kmsg";
    private static final int O_RDONLY_NONBLOCK_CLOEXEC = 0x800 | 0x80000;
    /** Bytes of a record: the longest has 1,024 of text, each of which may take four, and what is said of it. */
    private static final int RECORD_BYTES = 1 << 13;
    private static final int LEVEL = 7;
    private static final Pattern DEVICES = Pattern.compile("IN=(\\S*) OUT=(\\S*) ");
    private static final int ESCAPE_CHARS = 4;
    private static final int HEX = 16;

    private final FileChannel turns;
    private final int fd;
    private final MappedMemory memory;
    private final List<String> devices;
    private boolean lost;

    private KernelLog(final FileChannel turns, final int fd, final List<String> devices) {
        this.turns = turns;
        this.fd = fd;
        this.memory = MappedMemory.reserve(RECORD_BYTES, MappedMemory.Pages.NORMAL);
        this.devices = devices;
    }

    /** Whether the kernel writes about namespaces such as the judge's. */
    static boolean isOn() {
        try {
            return Files.readString(SWITCH).strip().equals("1");
        } catch (final IOException e) {
            // There is none: the judge itself is in such a namespace.
            return false;
        }
    }

    /** Reads lines about these devices, from now on; null where {@link #isOn} is false. */
    static KernelLog open(final List<String> devices) {
        if (!isOn()) {
            return null;
        }
        final int fd = Linux.open(DEVICE, O_RDONLY_NONBLOCK_CLOEXEC, 0);
        Linux.check(fd, "open(" + DEVICE + ')');
        return new KernelLog(turns(), fd, List.copyOf(devices));
    }

    private static FileChannel turns() {
        try {
            return FileChannel.open(TURNS, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (final IOException e) {
            throw new JudgeException("cannot open " + TURNS + ": " + e.getMessage() + "; judge keeps a lock there while rules log", e);
        }
    }

    /** Waits for this judge's turn; what is in the log by then is nobody's. Its end gives the turn to another one. */
    FileLock begin() {
        try {
            final FileLock turn = turns.lock();
            drain(_ -> { });
            lost = false;
            return turn;
        } catch (final IOException e) {
            throw new JudgeException("cannot lock " + TURNS + ": " + e.getMessage(), e);
        }
    }

    /** Hands over what is there: a record each, level first. */
    void drain(final int packet, final List<Logged> into) {
        drain(record -> {
            final int semicolon = record.indexOf(';');
            final String text = unescaped(record.substring(semicolon + 1, record.indexOf('\n')));
            if (isOurs(text)) {
                into.add(new Logged(packet, Integer.parseInt(record.substring(0, record.indexOf(','))) & LEVEL, text));
            }
        });
    }

    /** True when the kernel has overwritten lines before they were read. */
    boolean hasLost() {
        return lost;
    }

    @Override
    public void close() {
        Linux.close(fd);
        memory.close();
        try {
            turns.close();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void drain(final Consumer<String> taker) {
        while (true) {
            final long length = Linux.read(fd, memory.address(), RECORD_BYTES);
            if (length == -Errno.EAGAIN) {
                return;
            }
            if (length == -Errno.EPIPE) {
                lost = true;
                continue;
            }
            Linux.check(length, "read(" + DEVICE + ')');
            final byte[] record = new byte[(int) length];
            Memory.copyToArray(memory.address(), record, 0, record.length);
            taker.accept(new String(record, StandardCharsets.ISO_8859_1));
        }
    }

    private boolean isOurs(final String text) {
        final Matcher names = DEVICES.matcher(text);
        return names.find() && (devices.contains(names.group(1)) || devices.contains(names.group(2)));
    }

    /** Bytes that are no printable characters are told as backslash, x and two digits. */
    private static String unescaped(final String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\' && i + ESCAPE_CHARS <= text.length() && text.charAt(i + 1) == 'x') {
                bytes.write(Integer.parseInt(text, i + 2, i + ESCAPE_CHARS, HEX));
                i += ESCAPE_CHARS - 1;
            } else {
                bytes.write(text.charAt(i));
            }
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }
}
