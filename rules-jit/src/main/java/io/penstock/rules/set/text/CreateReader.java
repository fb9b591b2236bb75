package io.penstock.rules.set.text;

import io.penstock.rules.text.CNumber;

/** Reads the options of sets that are made. */
final class CreateReader {

    private CreateReader() {
    }

    static boolean family(final Session session, final String text) {
        switch (text) {
            case "inet", "ipv4", "-4" -> session.said.family(AddressReader.IPV4);
            case "inet6", "ipv6", "-6" -> session.said.family(AddressReader.IPV6);
            case "any", "unspec" -> session.said.family(0);
            default -> {
                return session.report.syntax("unknown inet family " + text);
            }
        }
        return true;
    }

    private static boolean say(final Session session, final Value value, final long number) {
        if (number == NumberReader.NONE) {
            return false;
        }
        session.said.say(value);
        return true;
    }

    private static long word(final Session session, final String text) {
        return NumberReader.read(session, text, CNumber.UNSIGNED_32);
    }

    static boolean hashsize(final Session session, final String text) {
        session.said.hashsize = word(session, text);
        return say(session, Value.HASHSIZE, session.said.hashsize);
    }

    static boolean maxelem(final Session session, final String text) {
        session.said.maxelem = word(session, text);
        return say(session, Value.MAXELEM, session.said.maxelem);
    }

    static boolean markmask(final Session session, final String text) {
        session.said.markmask = word(session, text);
        return say(session, Value.MARKMASK, session.said.markmask);
    }

    static boolean initval(final Session session, final String text) {
        session.said.initval = word(session, text);
        return say(session, Value.INITVAL, session.said.initval);
    }

    static boolean size(final Session session, final String text) {
        session.said.size = word(session, text);
        return say(session, Value.SIZE, session.said.size);
    }

    static boolean bucketsize(final Session session, final String text) {
        final long size = NumberReader.read(session, text, CNumber.UNSIGNED_8);
        session.said.bucketsize = (int) size;
        return say(session, Value.BUCKETSIZE, size);
    }

    private static boolean excluded(final Session session) {
        return session.report.syntax("bitmask and netmask are mutually exclusive, provide only one");
    }

    static boolean netmask(final Session session, final String text) {
        if (session.said.has(Value.BITMASK)) {
            return excluded(session);
        }
        final int bits = AddressReader.bits(AddressReader.family(session));
        final int length = NumberReader.length(session, text, 1, bits);
        if (length < 0) {
            return session.report.syntax("netmask is out of the inclusive range of 1-" + bits);
        }
        session.said.netmask = length;
        return say(session, Value.NETMASK, length);
    }

    static boolean bitmask(final Session session, final String text) {
        if (session.said.has(Value.NETMASK)) {
            return excluded(session);
        }
        final int family = AddressReader.family(session);
        return AddressReader.read(session, Value.BITMASK, text, family)
                || session.report.syntax("bitmask is not valid for family = " + (family == AddressReader.IPV4 ? "inet" : "inet6"));
    }

    static boolean counters(final Session session, final String word) {
        return session.said.counters = true;
    }

    static boolean comment(final Session session, final String word) {
        return session.said.comment = true;
    }

    static boolean skbinfo(final Session session, final String word) {
        return session.said.skbinfo = true;
    }

    static boolean forceadd(final Session session, final String word) {
        return session.said.forceadd = true;
    }

    /** Options of old versions: a warning, once for what it would have said. */
    static boolean ignored(final Session session, final String word, final Value value, final String text) {
        if (!session.said.ignore(value)) {
            session.report.warn("Option '--" + name(value, word) + " " + text + "' is ignored. Please upgrade your syntax.");
        }
        return true;
    }

    /** The first option that says the same has given all of them its name in the warning. */
    private static String name(final Value value, final String word) {
        return value == Value.IP ? "from" : value == Value.IP_TO ? "to" : word;
    }
}
