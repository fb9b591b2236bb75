package io.penstock.rules.set.text;

import io.penstock.rules.set.SetType;
import io.penstock.rules.text.CNumber;
import java.util.ArrayList;
import java.util.List;

/** Reads elements, part by part, and the options that can follow one. */
final class ElementReader {

    /** Bytes of a set's name. */
    static final int NAME_BYTES = 31;

    /** Bytes of a device's name ({@code IFNAMSIZ}, without its end). */
    private static final int DEVICE_BYTES = 15;
    private static final int MOST_COMMENT = 255;
    /** Seconds whose milliseconds fit 31 bits. */
    private static final long MOST_TIMEOUT = 2_147_483;
    private static final int MAC_BYTES = 6;
    private static final int MAC_TEXT = 17;
    private static final int HEXADECIMAL = 16;
    private static final String PHYSDEV = "physdev:";

    private ElementReader() {
    }

    /** How a part of an element is read. */
    @FunctionalInterface
    interface Part {

        /** Reads it; false if it is wrong, which has been reported. */
        boolean read(Session session, Value value, String text);
    }

    /** A part and what it says. */
    record Place(Value value, Part part) {

        boolean read(final Session session, final String text) {
            return part.read(session, value, text);
        }
    }

    /** How the parts of a type's elements are read, in order. */
    static List<Place> places(final SetType type) {
        final List<Place> places = new ArrayList<>();
        for (final SetType.Part part : type.parts()) {
            final boolean isFirst = places.isEmpty();
            final Value address = isFirst ? Value.IP : Value.IP2;
            places.add(switch (part) {
                case IP -> new Place(address, address(type, isFirst));
                case NET -> new Place(address, AddressReader::anyOrNetwork);
                case MAC -> new Place(Value.ETHER, ElementReader::mac);
                case PORT -> new Place(Value.PORT, type.isBitmap() ? PortReader::tcpOrUdp : PortReader::withProtocol);
                case MARK -> new Place(Value.MARK, ElementReader::mark);
                case IFACE -> new Place(Value.IFACE, ElementReader::device);
                case SET -> new Place(Value.NAME, ElementReader::name);
            });
        }
        return List.copyOf(places);
    }

    private static Part address(final SetType type, final boolean isFirst) {
        if (type == SetType.BITMAP_IP) {
            return AddressReader::any;
        }
        return isFirst && type.isHash() ? AddressReader::anyOrSingle : AddressReader::single;
    }

    /** Reads an element. */
    static boolean read(final Session session, final TypeWords type, final String text) {
        final List<Place> places = type.places();
        final int parts = places.size();
        final int first = AddressReader.separator(text, ',');
        if (parts == 1) {
            return first >= 0 ? whole(session, type, text, first) : places.getFirst().read(session, text);
        }
        if (first < 0 && !type.isLastOptional()) {
            return session.report.syntax("Second element is missing from " + text + ".");
        }
        final String rest = first < 0 ? null : text.substring(first + 1);
        final int second = rest == null ? -1 : AddressReader.separator(rest, ',');
        if (parts == 2 && second >= 0) {
            return session.report.syntax("Two elem separators in " + text + ", but settype " + type.word() + " supports one.");
        }
        if (parts > 2 && second < 0) {
            return session.report.syntax("Third element is missing from " + text + ".");
        }
        final String last = second < 0 ? null : rest.substring(second + 1);
        if (last != null && AddressReader.separator(last, ',') >= 0) {
            return session.report.syntax("Three elem separators in " + text + ", but settype " + type.word() + " supports two.");
        }
        return places.getFirst().read(session, first < 0 ? text : text.substring(0, first))
                && (rest == null || places.get(1).read(session, last == null ? rest : rest.substring(0, second)))
                && (last == null || places.get(2).read(session, last));
    }

    /** A set of a list in its old form, {@code set,before,other}; other types have no separators. */
    private static boolean whole(final Session session, final TypeWords type, final String text, final int first) {
        if (type.type() != SetType.LIST_SET) {
            return session.report.syntax("Elem separator in " + text + ", but settype " + type.word() + " supports none.");
        }
        final String rest = text.substring(first + 1);
        final int second = AddressReader.separator(rest, ',');
        final String word = second < 0 ? "" : rest.substring(0, second);
        if (!word.equals("before") && !word.equals("after")) {
            return session.report.error("you must specify elements as setname,[before|after],setname");
        }
        if (!name(session, Value.NAME, text.substring(0, first)) || !reference(session, rest.substring(second + 1))) {
            return false;
        }
        session.said.element.before = word.equals("before");
        return true;
    }

    /** Whether a set's name is of a possible length. */
    static boolean isName(final Session session, final String text) {
        return text.length() <= NAME_BYTES
                || session.report.syntax("setname '" + text + "' is longer than " + NAME_BYTES + " characters");
    }

    private static boolean name(final Session session, final Value value, final String text) {
        if (!isName(session, text)) {
            return false;
        }
        session.said.element.name = text;
        session.said.say(value);
        return true;
    }

    private static boolean reference(final Session session, final String text) {
        if (!isName(session, text)) {
            return false;
        }
        session.said.element.nameref = text;
        session.said.say(Value.NAMEREF);
        return true;
    }

    static boolean before(final Session session, final String text) {
        if (!reference(session, text)) {
            return false;
        }
        session.said.element.before = true;
        return true;
    }

    static boolean after(final Session session, final String text) {
        return reference(session, text);
    }

    private static boolean mac(final Session session, final Value value, final String text) {
        long address = 0;
        int at = 0;
        boolean isRight = text.length() <= MAC_TEXT;
        for (int i = 0; i < MAC_BYTES && isRight; i++) {
            final CNumber number = CNumber.read(text, at, HEXADECIMAL);
            final int end = number.end();
            final boolean isLast = i == MAC_BYTES - 1;
            isRight = number.value() >= 0 && number.value() <= CNumber.UNSIGNED_8
                    && (isLast ? end == text.length() : end < text.length() && text.charAt(end) == ':');
            address = address << Byte.SIZE | number.value();
            at = end + 1;
        }
        if (!isRight) {
            return session.report.syntax("cannot parse '" + text + "' as ethernet address");
        }
        session.said.element.mac = address;
        session.said.say(value);
        return true;
    }

    private static boolean mark(final Session session, final Value value, final String text) {
        final long mark = NumberReader.read(session, text, CNumber.UNSIGNED_32);
        if (mark == NumberReader.NONE) {
            return false;
        }
        session.said.element.mark = mark;
        session.said.say(value);
        session.report.reset();
        return true;
    }

    private static boolean device(final Session session, final Value value, final String text) {
        final boolean isPort = text.startsWith(PHYSDEV);
        final String name = isPort ? text.substring(PHYSDEV.length()) : text;
        session.said.element.physdev |= isPort;
        if (name.length() > DEVICE_BYTES) {
            return session.report.syntax("interface name '" + name + "' is longer than " + DEVICE_BYTES + " characters");
        }
        session.said.element.iface = name;
        session.said.say(value);
        return true;
    }

    static boolean timeout(final Session session, final String text) {
        final long seconds = NumberReader.read(session, text, MOST_TIMEOUT);
        session.said.element.timeout = seconds;
        return say(session, Value.TIMEOUT, seconds);
    }

    static boolean packets(final Session session, final String text) {
        session.said.element.packets = NumberReader.read(session, text, CNumber.UNSIGNED_64 - 1);
        return say(session, Value.PACKETS, session.said.element.packets);
    }

    static boolean bytes(final Session session, final String text) {
        session.said.element.bytes = NumberReader.read(session, text, CNumber.UNSIGNED_64 - 1);
        return say(session, Value.BYTES, session.said.element.bytes);
    }

    static boolean skbQueue(final Session session, final String text) {
        final long queue = NumberReader.read(session, text, CNumber.UNSIGNED_16);
        session.said.element.skbQueue = (int) queue;
        return say(session, Value.SKBQUEUE, queue);
    }

    private static boolean say(final Session session, final Value value, final long number) {
        if (number == NumberReader.NONE) {
            return false;
        }
        session.said.say(value);
        return true;
    }

    static boolean noMatch(final Session session, final String word) {
        return session.said.element.nomatch = true;
    }

    static boolean wildcard(final Session session, final String word) {
        return session.said.element.wildcard = true;
    }

    static boolean comment(final Session session, final String text) {
        if (text.indexOf('"') >= 0) {
            return session.report.syntax("\" character is not permitted in comments");
        }
        if (text.length() > MOST_COMMENT) {
            return session.report.syntax("Comment is longer than the maximum allowed " + MOST_COMMENT + " characters");
        }
        session.said.element.comment = text;
        session.said.say(Value.COMMENT);
        return true;
    }

    static boolean skbMark(final Session session, final String text) {
        final HexScan scan = new HexScan(text);
        long mask = CNumber.UNSIGNED_32;
        boolean isRight = scan.literal("0x") && scan.number();
        final long mark = scan.value();
        if (isRight && scan.literal("/0x") && scan.number()) {
            mask = scan.value();
        }
        if (!isRight) {
            return session.report.syntax("Invalid skbmark format, it should be:  MARK/MASK or MARK (see manpage)");
        }
        session.said.element.skbMark = (int) mark;
        session.said.element.skbMask = (int) mask;
        session.said.say(Value.SKBMARK);
        return true;
    }

    static boolean skbPriority(final Session session, final String text) {
        final HexScan scan = new HexScan(text);
        final boolean hasMajor = scan.number();
        final long major = scan.value();
        if (!hasMajor || !scan.literal(":") || !scan.number()) {
            return session.report.syntax("Invalid skbprio format, it should be:MAJOR:MINOR (see manpage)");
        }
        session.said.element.skbPrio = (int) (major << Short.SIZE | scan.value() & CNumber.UNSIGNED_16);
        session.said.say(Value.SKBPRIO);
        return true;
    }
}
