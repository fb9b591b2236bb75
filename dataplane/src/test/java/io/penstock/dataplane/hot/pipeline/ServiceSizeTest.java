package io.penstock.dataplane.hot.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.conntrack.hot.frag.GatheredPlan;
import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.testkit.FlowPackets;
import io.penstock.dataplane.testkit.IpPackets;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.ring.FrameStack;
import io.penstock.os.sys.MappedMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packets of services against the MTU of their way. */
final class ServiceSizeTest {

    private static final byte[] NO_OPTIONS = {};
    private static final String[] NAMES = {"fits", "fragments", "tells", "drops"};

    private final MappedMemory memory = MappedMemory.reserve(2 * FrameStack.LARGE_FRAME_BYTES, MappedMemory.Pages.NORMAL);
    private final Batch b = new Batch();

    @AfterEach
    void close() {
        memory.close();
    }

    @ParameterizedTest
    @CsvSource({"true, 100, 100, fits", "false, 101, 100, fragments", "true, 101, 100, tells"})
    void shouldAskWhetherFragmentsAreForbidden(final boolean df, final int bytes, final int mtu, final String expected) {
        ipv4(df, bytes, 0, 0);
        assertEquals(expected, NAMES[ServiceSize.fits(b, 0, mtu, false)]);
        assertEquals(expected, NAMES[ServiceSize.fitsTunnel(b, 0, mtu, true, false)]);
        assertEquals(mtu, ServiceSize.told(b, 0, mtu));
    }

    @ParameterizedTest
    @CsvSource({"true, 101, 100, fragments", "true, 100, 100, fits", "false, 101, 100, fragments"})
    void shouldSendAnErrorOnInAnyCaseWhenItIsIpv4(final boolean df, final int bytes, final int mtu, final String expected) {
        ipv4(df, bytes, 0, 0);
        assertEquals(expected, NAMES[ServiceSize.fits(b, 0, mtu, true)]);
    }

    @ParameterizedTest
    @CsvSource({"true, 101, 100, fragments", "true, 100, 100, fits"})
    void shouldSendItInFragmentsWhenDiscoveryIsOff(final boolean df, final int bytes, final int mtu, final String expected) {
        ipv4(df, bytes, 0, 0);
        assertEquals(expected, NAMES[ServiceSize.fitsTunnel(b, 0, mtu, false, false)]);
    }

    @ParameterizedTest
    @CsvSource({"true, 800, 1000, fragments", "true, 1000, 1000, fragments", "true, 1001, 1000, tells", "false, 1001, 1000, fragments"})
    void shouldCountTheLargestFragmentWhenThePacketWasPutTogether(
            final boolean df, final int largest, final int mtu, final String expected) {
        ipv4(df, 3000, Batch.GATHERED, largest);
        assertEquals(expected, NAMES[ServiceSize.fits(b, 0, mtu, false)]);
    }

    @ParameterizedTest
    @CsvSource({"1500, 1500, false, 0, fits", "1501, 1500, false, 0, tells", "1501, 1500, true, 0, drops",
        "1501, 1500, false, 2, drops"})
    void shouldNeverFragmentIpv6(final int bytes, final int mtu, final boolean isIcmpError, final int flags, final String expected) {
        ipv6(bytes, flags, 0);
        assertEquals(expected, NAMES[ServiceSize.fits(b, 0, mtu, isIcmpError)]);
        assertEquals(expected, NAMES[ServiceSize.fitsTunnel(b, 0, mtu, true, isIcmpError)]);
        assertEquals(expected, NAMES[ServiceSize.fitsTunnel(b, 0, mtu, false, isIcmpError)]);
    }

    @ParameterizedTest
    @CsvSource({"1280, fragments", "1281, tells"})
    void shouldTakeWhatEveryLinkCarriesWhenTheTunnelIsNarrower(final int bytes, final String expected) {
        ipv6(bytes, 0, 0);
        assertEquals(expected, NAMES[ServiceSize.fitsTunnel(b, 0, 1260, true, false)]);
        assertEquals(1280, ServiceSize.told(b, 0, 1260));
    }

    @ParameterizedTest
    @CsvSource({"1400, fragments", "1401, tells"})
    void shouldCountTheLargestFragmentOfIpv6(final int largest, final String expected) {
        ipv6(3000, Batch.GATHERED, largest);
        assertEquals(expected, NAMES[ServiceSize.fitsTunnel(b, 0, 1400, true, false)]);
    }

    private void ipv4(final boolean df, final int bytes, final int flags, final int largest) {
        put(Family.IPV4, IpPackets.of("10.0.0.1", "10.1.0.5", IpPackets.UDP, df ? Ipv4Layout.DONT_FRAGMENT : 0, NO_OPTIONS,
                new byte[bytes - 20]), flags, largest);
    }

    private void ipv6(final int bytes, final int flags, final int largest) {
        put(Family.IPV6, IpPackets.of("2001:db8::1", "2001:db8:1::5", IpPackets.UDP, new byte[bytes - 40]), flags, largest);
    }

    private void put(final Family family, final byte[] packet, final int flags, final int largest) {
        final byte[] frame = FlowPackets.frame(packet);
        final long at = (memory.address() + FrameStack.LARGE_FRAME_BYTES - 1 & -FrameStack.LARGE_FRAME_BYTES)
                + GatheredPackets.HEADROOM_BYTES;
        Memory.copyFromArray(frame, 0, at, frame.length);
        GatheredPlan.enclose(GatheredPackets.plan(at), family == Family.IPV4 ? 4 : 6, largest, false, 0);
        b.frame[0] = at;
        b.length[0] = frame.length;
        b.network[0] = EthernetLayout.HEADER_BYTES;
        b.family[0] = family.number();
        b.flags[0] = flags;
    }
}
