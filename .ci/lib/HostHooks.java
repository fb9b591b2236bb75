package hosthooks;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookModule;
import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookPoint;
import io.penstock.dataplane.api.HookRegistrar;
import io.penstock.dataplane.api.HookState;
import io.penstock.dataplane.api.Packet;
import io.penstock.dataplane.api.Priority;
import io.penstock.dataplane.api.Verdict;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.UdpLayout;
import java.util.List;

/**
 * What local.sh looks for, by a datagram's destination port: 7101 is dropped at LOCAL_IN, 7102 gets the mark 77 there; 7103 is
 * dropped at LOCAL_OUT, 7104 when its mark is 5, 7105 when user 65534 sent it; 7106 when it does not leave by d0.
 */
public final class HostHooks implements HookModule {

    @Override
    public void register(final HookRegistrar hooks) {
        hooks.register(List.of(
                HookOps.of("host-in", Family.INET, HookPoint.LOCAL_IN, Priority.FILTER, HostHooks::in),
                HookOps.of("host-out", Family.INET, HookPoint.LOCAL_OUT, Priority.FILTER, HostHooks::out)));
    }

    private static int in(final Packet packet, final HookState state) {
        final int port = port(packet);
        if (port == 7102) {
            packet.mark(77);
        }
        return port == 7101 ? Verdict.DROP : Verdict.ACCEPT;
    }

    private static int out(final Packet packet, final HookState state) {
        return switch (port(packet)) {
            case 7103 -> Verdict.DROP;
            case 7104 -> packet.mark() == 5 ? Verdict.DROP : Verdict.ACCEPT;
            case 7105 -> state.socketUid() == 65534 ? Verdict.DROP : Verdict.ACCEPT;
            case 7106 -> state.out().name().equals("d0") ? Verdict.ACCEPT : Verdict.DROP;
            default -> Verdict.ACCEPT;
        };
    }

    private static int port(final Packet packet) {
        return packet.protocol() == IpProtocol.UDP && packet.transportLength() >= UdpLayout.HEADER_BYTES
                ? UdpLayout.destinationPort(packet.transport()) : 0;
    }
}
