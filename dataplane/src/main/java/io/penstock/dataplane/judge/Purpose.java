package io.penstock.dataplane.judge;

import java.util.List;

/**
 * What differs from Linux on purpose, as ARCHITECTURE.md says and why: differences that are told apart and counted, but are
 * none.
 *
 * <p>Each is as narrow as it can be told: a packet falls under it for what it is, and where it can be, only for what differs.
 *
 * <p>Threads: any.
 */
enum Purpose {
    /**
     * Packets from or to a link-local address with one of bits 10 to 63 set, which RFC 4291 section 2.5.6 says are zeros: they
     * are routed as a port's fe80::/64 is.
     */
    LINK_LOCAL("odd link-local addresses") {
        @Override
        boolean explains(final Difference difference, final PenstockRouter penstock, final int ports) {
            final byte[] bytes = difference.arrival().bytes();
            return Wire.isIpv6(bytes) && (isOddLinkLocal(bytes, SOURCE6) || isOddLinkLocal(bytes, DESTINATION6));
        }
    },
    /**
     * An IPv4 redirect on one side only, all else the same, about a packet that leaves by the port it came by, and whose source
     * is reached by another one: the kernel looks the source up once more, by the port alone.
     */
    REDIRECT("redirects by a second source look-up") {
        @Override
        boolean explains(final Difference difference, final PenstockRouter penstock, final int ports) {
            final Arrival arrival = difference.arrival();
            final Reaction kernel = withoutRedirects(arrival, difference.kernel());
            final Reaction own = withoutRedirects(arrival, difference.penstock());
            final boolean onlyOne = Math.abs((difference.kernel().sent().size() - kernel.sent().size())
                    - (difference.penstock().sent().size() - own.sent().size())) == 1;
            return Wire.isIpv4(arrival.bytes()) && onlyOne && !own.sent().isEmpty()
                    && own.sent().getFirst().port() == arrival.port()
                    && !penstock.isReachedBy(arrival.port(), Wire.u32(arrival.bytes(), SOURCE4))
                    && new Comparison(ports).of(0, arrival, kernel, own) == null;
        }
    },
    /** An error that the kernel sends to a group or to all, because a source route that it reverses starts there. */
    ERROR_TO_MANY("errors to groups, by reversed source routes") {
        @Override
        boolean explains(final Difference difference, final PenstockRouter penstock, final int ports) {
            final Arrival arrival = difference.arrival();
            final List<Reaction.Sent> sent = difference.kernel().sent();
            return Wire.isIpv4(arrival.bytes()) && Wire.ipv4HeaderBytes(arrival.bytes()) > Wire.IPV4_BYTES
                    && difference.penstock().isDrop() && sent.size() == 1
                    && Words.isOwnError(arrival.bytes(), sent.getFirst().bytes()) && isToMany(sent.getFirst().bytes());
        }
    },
    /** ff05::2, which the kernel joins only on devices that were there when forwarding was switched on. */
    SITE_ROUTERS("packets to ff05::2") {
        @Override
        boolean explains(final Difference difference, final PenstockRouter penstock, final int ports) {
            final byte[] bytes = difference.arrival().bytes();
            return Wire.isIpv6(bytes) && Wire.u64(bytes, DESTINATION6) == SITE_GROUPS
                    && Wire.u64(bytes, DESTINATION6 + Long.BYTES) == ALL_ROUTERS && difference.penstock().isDrop();
        }
    };

    private static final long SITE_GROUPS = 0xFF05L << 48;
    private static final int ALL_ROUTERS = 2;
    private static final int ALL_HOSTS4 = -1;
    private static final int FIRST_GROUP = 224;
    private static final int DESTINATION4 = 16;
    private static final int SOURCE4 = 12;
    private static final int SOURCE6 = 8;
    private static final int DESTINATION6 = 24;
    /** fe80::/10. */
    private static final int LINK_LOCAL_BITS = 0xFE80_0000;
    private static final int LINK_LOCAL_MASK = 0xFFC0_0000;
    private static final int REDIRECT4 = 5;

    private final String words;

    Purpose(final String words) {
        this.words = words;
    }

    /** What it is, in words. */
    String words() {
        return words;
    }

    /** True when this is why the sides differ. */
    abstract boolean explains(Difference difference, PenstockRouter penstock, int ports);

    /** The purpose that explains a difference, or null. */
    static Purpose of(final Difference difference, final PenstockRouter penstock, final int ports) {
        for (final Purpose purpose : values()) {
            if (purpose.explains(difference, penstock, ports)) {
                return purpose;
            }
        }
        return null;
    }

    private static boolean isToMany(final byte... packet) {
        return Wire.u8(packet, DESTINATION4) >= FIRST_GROUP && Wire.u8(packet, DESTINATION4) < FIRST_GROUP + 16
                || Wire.u32(packet, DESTINATION4) == ALL_HOSTS4;
    }

    private static boolean isOddLinkLocal(final byte[] bytes, final int at) {
        final int first = Wire.u32(bytes, at);
        return (first & LINK_LOCAL_MASK) == LINK_LOCAL_BITS && (first != LINK_LOCAL_BITS || Wire.u32(bytes, at + 4) != 0);
    }

    private static Reaction withoutRedirects(final Arrival arrival, final Reaction reaction) {
        final List<Reaction.Sent> rest = reaction.sent().stream()
                .filter(sent -> !isRedirect(arrival, sent.bytes())).toList();
        return new Reaction(rest, reaction.delivered(), reaction.reason());
    }

    private static boolean isRedirect(final Arrival arrival, final byte... packet) {
        return Words.isOwnError(arrival.bytes(), packet) && Wire.u8(packet, Words.icmpOffset(packet)) == REDIRECT4;
    }
}
