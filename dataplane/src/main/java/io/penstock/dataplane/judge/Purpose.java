package io.penstock.dataplane.judge;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
        boolean explains(final Difference difference, final Run run, final PenstockRouter penstock) {
            return hasOddLinkLocal(difference.arrival().bytes());
        }
    },
    /**
     * An IPv4 redirect on one side only, all else the same, about a packet that leaves by the port it came by, and whose source
     * is reached by another one: the kernel looks the source up once more, by the port alone.
     */
    REDIRECT("redirects by a second source look-up") {
        @Override
        boolean explains(final Difference difference, final Run run, final PenstockRouter penstock) {
            final Arrival arrival = difference.arrival();
            final Reaction kernel = withoutRedirects(arrival, difference.kernel());
            final Reaction own = withoutRedirects(arrival, difference.penstock());
            final boolean onlyOne = Math.abs((difference.kernel().sent().size() - kernel.sent().size())
                    - (difference.penstock().sent().size() - own.sent().size())) == 1;
            return onlyOne && isLookedUpTwice(arrival, difference.penstock(), penstock)
                    && isSame(arrival, kernel, own);
        }
    },
    /**
     * A redirect or a route error on one side only, all else the same, to a host of which an earlier packet was of the kind that
     * {@link #REDIRECT} is about: whether a redirect was due then, sent or not, counts in the limit of both.
     */
    REDIRECT_LIMIT("limits that such redirects count in") {
        @Override
        boolean explains(final Difference difference, final Run run, final PenstockRouter penstock) {
            final Arrival arrival = difference.arrival();
            return Wire.isIpv4(arrival.bytes()) && Spent.isAboutLimits(difference)
                    && Stream.concat(difference.kernel().sent().stream(), difference.penstock().sent().stream())
                            .filter(sent -> Words.isOwnError(arrival.bytes(), sent.bytes()))
                            .allMatch(sent -> Spent.isLimited(arrival, sent.bytes()))
                    && IntStream.range(0, difference.index()).anyMatch(i ->
                            isFromSame(arrival, run.arrivals().get(i))
                                    && isLookedUpTwice(run.arrivals().get(i), run.penstock().get(i), penstock));
        }
    },
    /** An error that the kernel sends to a group or to all, because a source route that it reverses starts there. */
    ERROR_TO_MANY("errors to groups, by reversed source routes") {
        @Override
        boolean explains(final Difference difference, final Run run, final PenstockRouter penstock) {
            final Arrival arrival = difference.arrival();
            final List<Reaction.Sent> sent = difference.kernel().sent();
            return Wire.isIpv4(arrival.bytes()) && Wire.ipv4HeaderBytes(arrival.bytes()) > Wire.IPV4_BYTES
                    && difference.penstock().isDrop() && sent.size() == 1
                    && Words.isOwnError(arrival.bytes(), sent.getFirst().bytes()) && isToMany(sent.getFirst().bytes());
        }
    },
    /**
     * A route of several ways, some of which have no gateway: they are not used where others are. What they explain takes another
     * run to tell, and is told by {@link Judge}.
     */
    WAYS_WITHOUT_GATEWAY("multipath routes with ways that have no gateway") {
        @Override
        boolean explains(final Difference difference, final Run run, final PenstockRouter penstock) {
            return false;
        }
    },
    /**
     * Errors that the kernel sends to itself over loopback, because the translation of addresses made one of its own of the sender's; what its rules and
     * connections count of that is not compared. Told by {@link Judge}.
     */
    ERROR_TO_ITSELF("errors of the router to itself, behind address translation") {
        @Override
        boolean explains(final Difference difference, final Run run, final PenstockRouter penstock) {
            return false;
        }
    },
    /** A REJECT of a packet that a REJECT has made, or an error: what its rules count of that, and log, is not compared. Told by {@link Judge}. */
    ANSWER_TO_ANSWER("answers to answers") {
        @Override
        boolean explains(final Difference difference, final Run run, final PenstockRouter penstock) {
            return false;
        }
    },
    /** ff05::2, which the kernel joins only on devices that were there when forwarding was switched on. */
    SITE_ROUTERS("packets to ff05::2") {
        @Override
        boolean explains(final Difference difference, final Run run, final PenstockRouter penstock) {
            final byte[] bytes = difference.arrival().bytes();
            return Wire.isIpv6(bytes) && Wire.u64(bytes, DESTINATION6) == SITE_GROUPS
                    && Wire.u64(bytes, DESTINATION6 + Long.BYTES) == ALL_ROUTERS && difference.penstock().isDrop();
        }
    };

    /** More than a random set-up has, and a configuration may have. */
    private static final int PORTS = 64;
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
    abstract boolean explains(Difference difference, Run run, PenstockRouter penstock);

    /** The purpose that explains a difference, or null. */
    static Purpose of(final Difference difference, final Run run, final PenstockRouter penstock) {
        for (final Purpose purpose : values()) {
            if (purpose.explains(difference, run, penstock)) {
                return purpose;
            }
        }
        return null;
    }

    /** True for a packet that leaves by the port it came by, and whose source is reached by another one. */
    private static boolean isLookedUpTwice(final Arrival arrival, final Reaction own, final PenstockRouter penstock) {
        final List<Reaction.Sent> forwarded = Spent.withoutMessages(arrival, own).sent();
        return Wire.isIpv4(arrival.bytes()) && !forwarded.isEmpty() && forwarded.getFirst().port() == arrival.port()
                && !penstock.isReachedBy(arrival.port(), Wire.u32(arrival.bytes(), SOURCE4));
    }

    private static boolean isFromSame(final Arrival arrival, final Arrival earlier) {
        return Wire.isIpv4(earlier.bytes()) && Wire.u32(earlier.bytes(), SOURCE4) == Wire.u32(arrival.bytes(), SOURCE4);
    }

    private static boolean isSame(final Arrival arrival, final Reaction kernel, final Reaction own) {
        return new Comparison(PORTS).of(0, arrival, kernel, own) == null;
    }

    private static boolean isToMany(final byte... packet) {
        return Wire.u8(packet, DESTINATION4) >= FIRST_GROUP && Wire.u8(packet, DESTINATION4) < FIRST_GROUP + 16
                || Wire.u32(packet, DESTINATION4) == ALL_HOSTS4;
    }

    /** True for an IPv6 packet that {@link #LINK_LOCAL} is about. */
    static boolean hasOddLinkLocal(final byte... bytes) {
        return Wire.isIpv6(bytes) && (isOddLinkLocal(bytes, SOURCE6) || isOddLinkLocal(bytes, DESTINATION6));
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
