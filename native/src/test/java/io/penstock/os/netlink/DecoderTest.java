package io.penstock.os.netlink;

import static io.penstock.os.netlink.MessageFixture.attribute;
import static io.penstock.os.netlink.MessageFixture.bytes;
import static io.penstock.os.netlink.MessageFixture.join;
import static io.penstock.os.netlink.MessageFixture.message;
import static io.penstock.os.netlink.MessageFixture.view;
import static io.penstock.os.netlink.MessageFixture.word;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.sys.Errno;
import io.penstock.os.sys.SysException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Messages as the kernel lays them out, and such as it never would. */
class DecoderTest {

    private static final byte[] ROUTE_HEADER = join(bytes(2, 24, 0, 0x10, 254, 4, 0, 1), word(0));

    @Test
    void shouldReadMultipathRouteWhenNextHopsAreNested() {
        final byte[] first = attribute(5, "10.0.0.2");
        final byte[] second = attribute(18, join(bytes(10, 0), IpAddress.parse("fe80::9").toBytes()));
        final Route route = RouteDecoder.route(view(message(Rtnl.RTM_NEWROUTE, 0, ROUTE_HEADER,
                attribute(1, "192.0.2.0"), attribute(6, -2), attribute(15, 1000),
                attribute(8, attribute(2, 1400)),
                attribute(9,
                        join(bytes(8 + first.length, 0, 4, 2), word(7), first),
                        join(bytes(8 + second.length, 0, 0x10, 0), word(8), second)))));

        assertEquals(new RouteKey(IpAddress.parse("192.0.2.0"), 24, IpAddress.parse("0.0.0.0"), 0, 1000, 0x10, -2),
                route.key());
        assertEquals(1400, route.mtu());
        assertEquals(RouteType.UNICAST, route.type());
        assertEquals(List.of(
                new NextHop(IpAddress.parse("10.0.0.2"), 7, 3, NextHop.ONLINK, 0),
                new NextHop(IpAddress.parse("fe80::9"), 8, 1, NextHop.LINKDOWN, 0)), route.nextHops());
        assertTrue(route.nextHops().getFirst().onlink());
        assertTrue(route.nextHops().getLast().linkDown());
    }

    @Test
    void shouldLeaveOutRouteWhenItIsAnException() {
        assertNull(RouteDecoder.route(view(message(
                Rtnl.RTM_NEWROUTE, 0, bytes(2, 32, 0, 0, 254, 4, 0, 1), word(0x200)))));
    }

    @Test
    void shouldTellRoutesApartWhenTheyDifferInAMetricWithoutComponent() {
        final Route one = RouteDecoder.route(view(message(
                Rtnl.RTM_NEWROUTE, 0, ROUTE_HEADER, attribute(8, attribute(8, 1000)))));
        final Route other = RouteDecoder.route(view(message(
                Rtnl.RTM_NEWROUTE, 0, ROUTE_HEADER, attribute(8, attribute(8, 1001)))));
        assertEquals(one.withNextHops(List.of()).key(), other.key());
        assertTrue(one.otherAttributes() != other.otherAttributes());
    }

    @Test
    void shouldReadLinkWhenAttributesAreInAnyOrder() {
        final Link link = LinkDecoder.link(view(message(Rtnl.RTM_NEWLINK, 0,
                bytes(0, 0, 1, 0), word(5), word(0x11043), word(0),
                attribute(18, attribute(1, "veth".getBytes(StandardCharsets.UTF_8))),
                attribute(1, bytes(2, 0, 0, 0, 0, 0xFF)), attribute(4, 9000), attribute(3, bytes('d', '0', 0)),
                attribute(32, 4), attribute(31, 3), attribute(5, 6), attribute(37, 0), attribute(10, 9))));
        assertEquals(new Link(5, "d0", 0x0200000000FFL, 9000, 0x11043, 4, 3, "veth", 1, 9, 6, 0), link);
        assertTrue(link.up() && link.running());
    }

    @Test
    void shouldIgnoreLinkWhenABridgeSpeaksOfItsPort() {
        assertNull(LinkDecoder.link(view(message(Rtnl.RTM_DELLINK, 0, bytes(7, 0, 1, 0), word(5), word(0), word(0)))));
    }

    @Test
    void shouldTellPeerFromOwnAddressWhenLinkIsPointToPoint() {
        final Address address = LinkDecoder.address(view(message(Rtnl.RTM_NEWADDR, 0, bytes(2, 32, 0x80, 0), word(3),
                attribute(1, "10.0.0.2"), attribute(2, "10.0.0.1"), attribute(8, 0x281))));
        assertEquals(new Address(IpAddress.parse("10.0.0.1"), 32, 3, 0, 0x281, IpAddress.parse("10.0.0.2"), null), address);
    }

    @Test
    void shouldReadManagedNeighbourWhenFlagsAreExtended() {
        final Neighbour neighbour = LinkDecoder.neighbour(view(message(Rtnl.RTM_NEWNEIGH, 0,
                bytes(10, 0, 0, 0), word(4), bytes(2, 0, 0x80, 1),
                attribute(1, "fe80::2"), attribute(2, bytes(1, 2, 3, 4, 5, 6)), attribute(15, 1))));
        assertEquals(new Neighbour(IpAddress.parse("fe80::2"), 4, Neighbour.REACHABLE, 0x010203040506L, 0x10080), neighbour);
        assertTrue(neighbour.managed() && neighbour.router() && neighbour.usable());
    }

    @Test
    void shouldReadRuleWhenItSelectsByMark() {
        final Rule rule = RuleDecoder.rule(view(message(Rtnl.RTM_NEWRULE, 0,
                bytes(2, 0, 8, 0, 0, 0, 0, 1), word(2),
                attribute(2, "10.0.0.0"), attribute(6, 100), attribute(10, 7), attribute(16, 0xFF), attribute(15, 1000),
                attribute(14, -1), attribute(20, word(5), word(6)), attribute(24, bytes(80, 0, 81, 0)),
                attribute(3, bytes('d', '0', 0)))));
        assertEquals(new Rule(2, 100, Rule.Action.TABLE, 1000, 0, true, IpAddress.parse("10.0.0.0"), 8,
                IpAddress.parse("0.0.0.0"), 0, 0, 7, 0xFF, "d0", "", 0, 0, 80 << 16 | 81, 5L << 32 | 6, -1, -1, false, 0, 0),
                rule);
    }

    @Test
    void shouldReadGroupWhenNextHopObjectHasMembers() {
        assertEquals(
                new NextHopObject(9, false, null,
                        List.of(new NextHopObject.Member(1, 1), new NextHopObject.Member(2, 0x0203 + 1))),
                RouteDecoder.nextHop(view(message(Rtnl.RTM_NEWNEXTHOP, 0, bytes(0, 0, 0, 0), word(0), attribute(1, 9),
                        attribute(2, word(1), bytes(0, 0, 0, 0), word(2), bytes(3, 2, 0, 0))))));
    }

    @Test
    void shouldRefuseWhenLengthExceedsDatagram() {
        final byte[] message = message(Rtnl.RTM_NEWROUTE, 0, ROUTE_HEADER);
        Bytes.putInt(message, 0, message.length + 1);
        assertMalformed("malformed netlink message: length=29 left=28", () -> view(message));
        Bytes.putInt(message, 0, -1);
        assertMalformed("malformed netlink message: length=4294967295 left=28", () -> view(message));
        assertMalformed("malformed netlink message: a header needs 16 bytes: left=12",
                () -> NetlinkMessage.at(message, 16, message.length));
    }

    @Test
    void shouldRefuseWhenFixedHeaderIsCut() {
        assertMalformed("malformed netlink message: type=24 has bytes=4, needed: 4 at offset=8",
                () -> RouteDecoder.route(view(message(Rtnl.RTM_NEWROUTE, 0, word(2)))));
    }

    @Test
    void shouldRefuseWhenAttributeRunsOver() {
        final byte[] attribute = attribute(1, "10.0.0.0");
        Bytes.putShort(attribute, 0, 9);
        assertMalformed("malformed netlink message: attribute length=9 left=8",
                () -> RouteDecoder.route(view(message(Rtnl.RTM_NEWROUTE, 0, ROUTE_HEADER, attribute))));
        Bytes.putShort(attribute, 0, 3);
        assertMalformed("malformed netlink message: attribute length=3 left=8",
                () -> RouteDecoder.route(view(message(Rtnl.RTM_NEWROUTE, 0, ROUTE_HEADER, attribute))));
    }

    @Test
    void shouldRefuseWhenAddressIsOfAnotherFamily() {
        assertMalformed("malformed netlink message: family=2 but attribute type=1 bytes=16",
                () -> RouteDecoder.route(view(message(Rtnl.RTM_NEWROUTE, 0, ROUTE_HEADER, attribute(1, "2001:db8::")))));
        assertMalformed("malformed netlink message: address in attribute type=1 bytes=5",
                () -> RouteDecoder.route(view(message(Rtnl.RTM_NEWROUTE, 0, ROUTE_HEADER, attribute(1, new byte[5])))));
    }

    @Test
    void shouldRefuseWhenPrefixIsLongerThanAddress() {
        assertMalformed("malformed netlink message: prefix length=33 of 10.0.0.0",
                () -> RouteDecoder.route(view(message(Rtnl.RTM_NEWROUTE, 0,
                        bytes(2, 33, 0, 0, 254, 4, 0, 1), word(0), attribute(1, "10.0.0.0")))));
    }

    @Test
    void shouldRefuseWhenNextHopRunsOver() {
        assertMalformed("malformed netlink message: next hop length=12 left=8",
                () -> RouteDecoder.route(view(message(Rtnl.RTM_NEWROUTE, 0, ROUTE_HEADER,
                        attribute(9, bytes(12, 0, 0, 0), word(7))))));
        assertMalformed("malformed netlink message: attribute type=9 has bytes=1, needed: 2 at offset=0",
                () -> RouteDecoder.route(view(message(Rtnl.RTM_NEWROUTE, 0, ROUTE_HEADER, attribute(9, bytes(12))))));
    }

    @Test
    void shouldQuoteKernelWhenErrorHasText() {
        final byte[] text = "Nexthop has invalid gateway.\0".getBytes(StandardCharsets.UTF_8);
        final byte[] original = message(Rtnl.RTM_NEWROUTE, 0, new byte[12]);
        final String expected = "route add: EINVAL (invalid argument); the kernel says: Nexthop has invalid gateway.";
        final NetlinkMessage capped = view(message(Rtnl.NLMSG_ERROR, Rtnl.NLM_F_CAPPED | Rtnl.NLM_F_ACK_TLVS,
                word(-Errno.EINVAL), Arrays.copyOf(original, 16), attribute(1, text)));
        assertEquals(expected, assertThrows(SysException.class,
                () -> NetlinkSocket.checkResult(capped, "route add")).getMessage());
        final NetlinkMessage whole = view(message(Rtnl.NLMSG_ERROR, Rtnl.NLM_F_ACK_TLVS,
                word(-Errno.EINVAL), original, attribute(1, text)));
        assertEquals(expected, assertThrows(SysException.class,
                () -> NetlinkSocket.checkResult(whole, "route add")).getMessage());
        final NetlinkMessage plain = view(message(Rtnl.NLMSG_ERROR, 0, word(-Errno.ENODEV), original));
        assertEquals("route add: ENODEV (no such device)", assertThrows(SysException.class,
                () -> NetlinkSocket.checkResult(plain, "route add")).getMessage());
    }

    @Test
    void shouldCoverWhatWasPutWhenRequestGrows() {
        final NetlinkRequest request = new NetlinkRequest(Rtnl.RTM_NEWNEIGH, Rtnl.NLM_F_CREATE).put8(1).put16(2).put32(3);
        request.attribute(7, "x".repeat(300)).attribute(8, 9);
        final byte[] bytes = request.encode(77);
        final NetlinkMessage message = view(bytes);
        assertEquals(bytes.length, Bytes.getInt(bytes, 0));
        assertEquals(77, message.sequence());
        assertEquals(Rtnl.NLM_F_CREATE | Rtnl.NLM_F_REQUEST, message.flags());
        final Attributes attributes = message.attributes(7);
        assertTrue(attributes.next());
        assertEquals("x".repeat(300), attributes.getString());
        assertTrue(attributes.next());
        assertEquals(9, attributes.getInt());
        assertTrue(!attributes.next());
    }

    private static void assertMalformed(final String text, final Executable code) {
        assertEquals(text, assertThrows(MalformedMessageException.class, code).getMessage());
    }
}
