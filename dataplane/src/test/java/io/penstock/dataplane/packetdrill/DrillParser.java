package io.penstock.dataplane.packetdrill;

import io.penstock.dataplane.packetdrill.DrillEvent.Time;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads scripts: of packetdrill's grammar what scripts about connection tracking need, an event a line.
 *
 * <p>Source: packetdrill's parser.y.
 */
final class DrillParser {

    private static final Pattern TIMED = Pattern.compile("(\\+?)(\\d+(?:\\.\\d*)?|\\.\\d+)\\s+(.*)");
    private static final Pattern SEGMENT = Pattern.compile(
            "([<>])\\s+([A-Z.]+)\\s+(\\d+):(\\d+)\\((\\d+)\\)(?:\\s+ack\\s+(\\d+))?(?:\\s+win\\s+(\\d+))?(?:\\s+<([^>]*)>)?");
    private static final Pattern CALL = Pattern.compile("(\\w+)\\((.*)\\)\\s*=\\s*(-?\\d+)(?:\\s+\\w+(?:\\s+\\(.*\\))?)?");
    private static final Pattern SHELL = Pattern.compile("`([^`]*)`");
    private static final Pattern OPTION = Pattern.compile("(mss|wscale) (\\d+)|TS val (\\d+) ecr (\\d+)|sackOK|nop|eol");

    private static final int END = 0;
    private static final int NO_OPERATION = 1;
    private static final int MAX_SEGMENT = 2;
    private static final int WINDOW_SCALE = 3;
    private static final int SACK_PERMITTED = 4;
    private static final int TIMESTAMPS = 8;

    private static final int NS_DIGITS = 9;

    private DrillParser() {
    }

    /**
     * Reads a script's lines.
     *
     * @throws IllegalArgumentException for the first line that is not understood
     */
    static List<DrillEvent> parse(final List<String> lines) {
        final List<DrillEvent> events = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            final String text = uncommented(lines.get(i)).strip();
            if (!text.isEmpty()) {
                try {
                    events.add(event(i + 1, text));
                } catch (final IllegalArgumentException e) {
                    throw new IllegalArgumentException("line " + (i + 1) + ": " + e.getMessage() + ": " + text, e);
                }
            }
        }
        return events;
    }

    private static String uncommented(final String line) {
        boolean isCommand = false;
        for (int i = 0; i < line.length(); i++) {
            isCommand ^= line.charAt(i) == '`';
            if (!isCommand && line.startsWith("//", i)) {
                return line.substring(0, i);
            }
        }
        return line;
    }

    private static DrillEvent event(final int line, final String text) {
        final Matcher timed = TIMED.matcher(text);
        final boolean hasTime = timed.matches();
        final String what = hasTime ? timed.group(3) : text;
        final Time time = hasTime ? new Time(!timed.group(1).isEmpty(), nanoseconds(timed.group(2))) : Time.AT_ONCE;
        final Matcher shell = SHELL.matcher(what);
        if (shell.matches()) {
            return new DrillEvent.Shell(line, time, shell.group(1).stripLeading());
        }
        final Matcher segment = SEGMENT.matcher(what);
        if (segment.matches()) {
            return segment(line, time, segment);
        }
        final Matcher call = CALL.matcher(what);
        if (call.matches()) {
            return new DrillEvent.Call(
                    line, time, call.group(1), List.of(call.group(2).split(",\\s*")), Integer.parseInt(call.group(3)));
        }
        throw new IllegalArgumentException("not understood");
    }

    private static DrillEvent segment(final int line, final Time time, final Matcher text) {
        final int flags = DrillFlags.of(text.group(2));
        final int sequence = Integer.parseUnsignedInt(text.group(3));
        final int bytes = Integer.parseInt(text.group(5));
        if (Integer.parseUnsignedInt(text.group(4)) - sequence != bytes) {
            throw new IllegalArgumentException("the numbers do not differ by the bytes");
        }
        if ((flags & DrillFlags.ACK) != 0 != (text.group(6) != null)) {
            throw new IllegalArgumentException("a dot and a number go together");
        }
        return new DrillEvent.Segment(line, time, text.group(1).equals("<"), flags, sequence, bytes,
                text.group(6) == null ? 0 : Integer.parseUnsignedInt(text.group(6)),
                text.group(7) == null ? -1 : Integer.parseInt(text.group(7)),
                text.group(8) == null ? new byte[0] : options(text.group(8)));
    }

    private static byte[] options(final String text) {
        final ByteArrayOutputStream options = new ByteArrayOutputStream();
        for (final String word : text.split(",")) {
            final Matcher option = OPTION.matcher(word.strip());
            if (!option.matches()) {
                throw new IllegalArgumentException("no such option: " + word.strip());
            }
            options.writeBytes(option(option));
        }
        if (options.size() % 4 != 0) {
            throw new IllegalArgumentException("options are no multiple of four bytes");
        }
        return options.toByteArray();
    }

    private static byte[] option(final Matcher text) {
        return switch (text.group().charAt(0)) {
            case 'm' -> ByteBuffer.allocate(4).put((byte) MAX_SEGMENT).put((byte) 4).putShort((short) Integer.parseInt(text.group(2))).array();
            case 'w' -> new byte[] {WINDOW_SCALE, 3, (byte) Integer.parseInt(text.group(2))};
            case 'T' -> ByteBuffer.allocate(10).put((byte) TIMESTAMPS).put((byte) 10).putInt(Integer.parseUnsignedInt(text.group(3)))
                    .putInt(Integer.parseUnsignedInt(text.group(4))).array();
            case 's' -> new byte[] {SACK_PERMITTED, 2};
            case 'n' -> new byte[] {NO_OPERATION};
            default -> new byte[] {END};
        };
    }

    private static long nanoseconds(final String seconds) {
        return new BigDecimal(seconds).movePointRight(NS_DIGITS).longValueExact();
    }
}
