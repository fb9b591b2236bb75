package io.penstock.dataplane.hot.ipvs.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.dataplane.ipvs.model.TunnelSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What tunnels take of an MTU. */
final class TunnelSizeTest {

    @ParameterizedTest
    @CsvSource({"true, IPIP, NONE, 20", "true, GRE, NONE, 24", "true, GRE, FULL, 28", "true, GRE, REMOTE, 24", "true, GUE, NONE, 32",
        "true, GUE, FULL, 32", "true, GUE, REMOTE, 32", "false, IPIP, NONE, 40", "false, GRE, FULL, 48", "false, GUE, NONE, 52"})
    void shouldCountAllThatComesInFrontOfThePacket(
            final boolean isIpv4, final TunnelSpec.Kind kind, final TunnelSpec.Checksum checksum, final int bytes) {
        final Tunnel tunnel = new Tunnel(kind.ordinal(), 0, checksum.ordinal(), isIpv4, 0, 1);
        assertEquals(bytes, TunnelSize.overhead(tunnel, false));
        assertEquals(kind == TunnelSpec.Kind.GUE ? bytes + 8 : bytes, TunnelSize.overhead(tunnel, true));
    }

    @Test
    void shouldNumberKindsAsTheModelDoes() {
        assertEquals(TunnelSpec.Kind.IPIP.ordinal(), Tunnel.IPIP);
        assertEquals(TunnelSpec.Kind.GUE.ordinal(), Tunnel.GUE);
        assertEquals(TunnelSpec.Kind.GRE.ordinal(), Tunnel.GRE);
        assertEquals(TunnelSpec.Checksum.NONE.ordinal(), Tunnel.NONE);
        assertEquals(TunnelSpec.Checksum.FULL.ordinal(), Tunnel.FULL);
        assertEquals(TunnelSpec.Checksum.REMOTE.ordinal(), Tunnel.REMOTE);
    }
}
