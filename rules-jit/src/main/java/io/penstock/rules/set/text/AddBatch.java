package io.penstock.rules.set.text;

import io.penstock.rules.set.SetElement;
import io.penstock.rules.set.SetProblem;

/**
 * Elements that lines of a file add to a set, or delete from it, one after another. Like ipset, which sends them to the kernel as a
 * message of a page, they wait until it is full or another command comes: a line that is wrong leaves undone what waits before it.
 *
 * <p>Its elements, not more than fit a page, are used again and again.
 */
final class AddBatch {

    /** Bytes of a message. */
    private static final int PAGE_BYTES = 4096;
    /** Bytes of an answer that repeats the message. */
    private static final int ANSWER_BYTES = 20;
    /** Bytes of the smallest element in a message, with its line. */
    private static final int SMALLEST_BYTES = 12;
    private static final int MOST = PAGE_BYTES / SMALLEST_BYTES;
    /** Bytes before the set's name: headers and the version of the protocol. */
    private static final int HEADER_BYTES = 28;
    private static final int ATTRIBUTE_BYTES = 4;
    private static final int WORD_BYTES = 8;
    private static final int NAME_ROOM = 32;
    private static final int DEVICE_ROOM = 16;
    private static final int COMMENT_ROOM = 256;
    private static final int[] WORDS = {SetElement.MARK, SetElement.CIDR, SetElement.PORT, SetElement.PORT_TO, SetElement.TIMEOUT,
        SetElement.PROTO, SetElement.CIDR2, SetElement.SKBPRIO, SetElement.SKBQUEUE};
    private static final int[] LONGS = {SetElement.BYTES, SetElement.PACKETS, SetElement.SKBMARK};
    private static final int[] ADDRESSES = {SetElement.IP, SetElement.IP_TO, SetElement.IP2, SetElement.IP2_TO};

    private final Session session;
    private final SetElement[] elements = new SetElement[MOST];
    private final int[] lines = new int[MOST];
    private CommandWord command;
    private String set;
    private boolean isExistFine;
    private int count;
    private int bytes;
    private boolean isFull;

    AddBatch(final Session session) {
        this.session = session;
    }

    /** Whether what waits is for the same set and the same command, or nothing waits. */
    boolean takes(final CommandWord which, final String name) {
        return count == 0 || command == which && set.equals(name);
    }

    /** Takes what the line said; false if what waited before could not be done, which has been reported. */
    boolean put(final CommandWord which) {
        if (count > 0 && !fits() && !send()) {
            return false;
        }
        if (count == 0) {
            command = which;
            set = session.said.set;
            isExistFine = session.isExistFine;
            bytes = HEADER_BYTES + ATTRIBUTE_BYTES + align(set.length() + 1) + WORD_BYTES + ATTRIBUTE_BYTES;
            fits();
        }
        final SetElement spare = elements[count];
        elements[count] = session.said.element;
        lines[count++] = session.line;
        session.said.element = spare == null ? new SetElement() : spare;
        return true;
    }

    /** Does what waits; false if that was refused, which has been reported. */
    boolean send() {
        final int waiting = count;
        count = 0;
        for (int i = 0; i < waiting; i++) {
            try {
                if (command == CommandWord.ADD) {
                    session.store.add(set, elements[i], isExistFine);
                } else {
                    session.store.delete(set, elements[i], isExistFine);
                }
            } catch (final SetProblem problem) {
                session.report.line(lines[i]);
                return session.report.error(ProblemText.of(command, problem.code()));
            }
        }
        return true;
    }

    /** Adds the bytes of what the line said, if there is room for it. */
    private boolean fits() {
        final SetElement element = session.said.element;
        final int before = bytes;
        isFull = bytes + ATTRIBUTE_BYTES > PAGE_BYTES;
        bytes += ATTRIBUTE_BYTES;
        final int addressBytes = element.family == AddressReader.IPV6 ? 2 * Long.BYTES : Integer.BYTES;
        for (final int address : ADDRESSES) {
            if (element.says(address)) {
                grow(ATTRIBUTE_BYTES + addressBytes, ATTRIBUTE_BYTES + addressBytes);
            }
        }
        for (final int word : WORDS) {
            if (element.says(word)) {
                grow(Integer.BYTES, Integer.BYTES);
            }
        }
        for (final int word : LONGS) {
            if (element.says(word)) {
                grow(Long.BYTES, Long.BYTES);
            }
        }
        if (element.before || element.physdev || element.nomatch || element.wildcard) {
            grow(Integer.BYTES, Integer.BYTES);
        }
        if (element.says(SetElement.MAC)) {
            grow(Long.BYTES, Long.BYTES);
        }
        text(element.says(SetElement.NAME) ? element.name : null, NAME_ROOM);
        text(element.says(SetElement.NAMEREF) ? element.nameref : null, NAME_ROOM);
        text(element.says(SetElement.IFACE) ? element.iface : null, DEVICE_ROOM);
        text(element.says(SetElement.COMMENT) ? element.comment : null, COMMENT_ROOM);
        grow(Integer.BYTES, Integer.BYTES);
        if (isFull) {
            bytes = before;
        }
        return !isFull;
    }

    private void text(final String text, final int room) {
        if (text != null) {
            grow(align(text.length() + 1), room);
        }
    }

    private void grow(final int value, final int room) {
        isFull |= bytes + ATTRIBUTE_BYTES + room + ANSWER_BYTES > PAGE_BYTES;
        bytes += ATTRIBUTE_BYTES + value;
    }

    private static int align(final int length) {
        return length + 3 & ~3;
    }
}
