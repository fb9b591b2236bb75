package io.penstock.os.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.sys.SysException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * For the fuzzer: the input is a datagram, and every message in it is decoded as each kind there is. A decoder gives an object or
 * {@link MalformedMessageException}, the same whatever lies around the message.
 */
public final class NetlinkFuzzTarget {

    private static final List<Function<NetlinkMessage, Object>> DECODERS = List.of(
            LinkDecoder::link, LinkDecoder::address, LinkDecoder::neighbour, RouteDecoder::route, RouteDecoder::nextHop,
            RuleDecoder::rule, NetlinkFuzzTarget::answer);

    /** Bytes in front of the datagram and behind it. */
    private static final int MARGIN = 32;

    private NetlinkFuzzTarget() {
    }

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(final byte[] datagram) {
        final byte[] zeros = surrounded(datagram, (byte) 0);
        final byte[] ones = surrounded(datagram, (byte) 0xFF);
        final int end = MARGIN + datagram.length;
        for (int at = MARGIN; at < end;) {
            final NetlinkMessage message;
            try {
                message = NetlinkMessage.at(zeros, at, end);
            } catch (final MalformedMessageException e) {
                return;
            }
            for (final Function<NetlinkMessage, Object> decoder : DECODERS) {
                assertEquals(decode(decoder, message), decode(decoder, NetlinkMessage.at(ones, at, end)));
            }
            assertTrue(message.next() > at, "no step forward");
            at = message.next();
        }
    }

    private static byte[] surrounded(final byte[] datagram, final byte around) {
        final byte[] whole = new byte[datagram.length + 2 * MARGIN];
        Arrays.fill(whole, around);
        System.arraycopy(datagram, 0, whole, MARGIN, datagram.length);
        return whole;
    }

    /** What it throws counts as its result. */
    private static Object decode(final Function<NetlinkMessage, Object> decoder, final NetlinkMessage message) {
        try {
            return decoder.apply(message);
        } catch (final MalformedMessageException e) {
            return e.getMessage();
        }
    }

    /** What the kernel says of a request; that it refused is a result, too. */
    private static Object answer(final NetlinkMessage message) {
        try {
            NetlinkSocket.checkResult(message, "fuzz");
            return "done";
        } catch (final SysException e) {
            return e.getMessage();
        }
    }
}
