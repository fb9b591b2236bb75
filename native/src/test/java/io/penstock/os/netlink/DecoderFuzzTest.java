package io.penstock.os.netlink;

import static io.penstock.os.netlink.MessageFixture.attribute;
import static io.penstock.os.netlink.MessageFixture.bytes;
import static io.penstock.os.netlink.MessageFixture.join;
import static io.penstock.os.netlink.MessageFixture.message;
import static io.penstock.os.netlink.MessageFixture.word;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.os.sys.SysException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/**
 * Random and damaged messages: each gives an object or {@link MalformedMessageException}, and what lies around a message
 * in the datagram never matters.
 */
class DecoderFuzzTest {

    private static final List<Function<NetlinkMessage, Object>> DECODERS = List.of(
            LinkDecoder::link, LinkDecoder::address, LinkDecoder::neighbour, RouteDecoder::route, RouteDecoder::nextHop,
            RuleDecoder::rule, m -> {
                NetlinkSocket.checkResult(m, "fuzz");
                return null;
            });

    @Property(tries = 2000)
    void shouldGiveObjectOrErrorWhenBytesAreRandom(@ForAll @Size(max = 200) final byte[] body, @ForAll final short flags) {
        decodeAll(message(Rtnl.NLMSG_ERROR, flags, body));
    }

    @Property(tries = 500)
    void shouldGiveObjectOrErrorWhenHeaderIsRandom(@ForAll @Size(max = 64) final byte[] bytes) {
        for (int at = 0; at <= bytes.length;) {
            try {
                at = NetlinkMessage.at(bytes, at, bytes.length).next();
            } catch (final MalformedMessageException e) {
                return;
            }
        }
    }

    @Property(tries = 2000)
    void shouldGiveObjectOrErrorWhenMessageIsDamaged(@ForAll final long seed) {
        final Random random = new Random(seed);
        final byte[] message = SAMPLES.get(random.nextInt(SAMPLES.size())).clone();
        for (int i = 0; i <= random.nextInt(4); i++) {
            message[4 + random.nextInt(message.length - 4)] = (byte) random.nextInt();
        }
        final int length = random.nextInt(4) == 0 ? 16 + random.nextInt(message.length - 15) : message.length;
        final byte[] cut = Arrays.copyOf(message, length);
        Bytes.putInt(cut, 0, length);
        decodeAll(cut);
    }

    private static void decodeAll(final byte[] message) {
        for (final Function<NetlinkMessage, Object> decoder : DECODERS) {
            assertEquals(decode(decoder, message, (byte) 0), decode(decoder, message, (byte) 0xFF));
        }
    }

    /** Decodes the message between bytes of one value; what it throws counts as its result. */
    private static Object decode(final Function<NetlinkMessage, Object> decoder, final byte[] message, final byte around) {
        final byte[] datagram = new byte[message.length + 64];
        Arrays.fill(datagram, around);
        System.arraycopy(message, 0, datagram, 32, message.length);
        try {
            return decoder.apply(NetlinkMessage.at(datagram, 32, datagram.length));
        } catch (final MalformedMessageException | SysException e) {
            return e.getMessage();
        }
    }

    private static final byte[] HOP = attribute(5, "10.0.0.2");
    private static final byte[] METRICS = attribute(8, attribute(2, 1400), attribute(8, 1000));

    private static final List<byte[]> SAMPLES = List.of(
            message(Rtnl.RTM_NEWROUTE, 0, join(bytes(2, 24, 0, 0, 254, 4, 0, 1), word(0)), attribute(1, "192.0.2.0"),
                    METRICS, attribute(9, join(bytes(16, 0, 0, 2), word(7), HOP), join(bytes(16, 0, 0, 2), word(8), HOP))),
            message(Rtnl.RTM_NEWROUTE, 0, join(bytes(10, 64, 0, 0, 254, 4, 0, 1), word(0)), attribute(1, "2001:db8::"),
                    attribute(5, "fe80::1"), attribute(4, 3), attribute(30, 12)),
            message(Rtnl.RTM_NEWLINK, 0, bytes(0, 0, 1, 0), word(5), word(3), word(0), attribute(3, bytes('d', 0)),
                    attribute(18, attribute(1, bytes('t', 'u', 'n', 0))), attribute(1, bytes(2, 0, 0, 0, 0, 1))),
            message(Rtnl.RTM_NEWADDR, 0, bytes(2, 32, 0, 0), word(3), attribute(1, "10.0.0.2"), attribute(2, "10.0.0.1")),
            message(Rtnl.RTM_NEWNEIGH, 0, bytes(10, 0, 0, 0), word(4), bytes(2, 0, 0, 1), attribute(1, "fe80::2"),
                    attribute(2, bytes(1, 2, 3, 4, 5, 6)), attribute(15, 1)),
            message(Rtnl.RTM_NEWRULE, 0, bytes(2, 0, 8, 0, 0, 0, 0, 1), word(0), attribute(2, "10.0.0.0"), attribute(6, 100),
                    attribute(20, word(1), word(2)), attribute(23, bytes(1, 0, 2, 0))),
            message(Rtnl.RTM_NEWNEXTHOP, 0, bytes(0, 0, 0, 0), word(0), attribute(1, 9), attribute(2, new byte[16])),
            message(Rtnl.NLMSG_ERROR, Rtnl.NLM_F_ACK_TLVS, word(-22), message(24, 0, new byte[12]),
                    attribute(1, bytes('x', 0))));
}
