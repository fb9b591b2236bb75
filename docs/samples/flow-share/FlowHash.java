package samples;

import io.penstock.os.hot.memory.Memory;
import io.penstock.rules.hot.RulePacket;

/** A number for each flow: by its addresses, protocol and ports. */
final class FlowHash {

    private static final int SOURCE4 = 12;
    private static final int SOURCE6 = 8;
    private static final int ADDRESSES4 = 8;
    private static final int ADDRESSES6 = 32;
    private static final int PORTS = 4;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int VERSION_4 = 4;
    private static final int SPREAD = 0x9E37_79B1;

    private FlowHash() {
    }

    /** Not negative. The network header is whole; what is behind it may be cut off, or a later fragment's data. */
    static int of(final RulePacket packet) {
        final boolean v4 = packet.version == VERSION_4;
        final long addresses = packet.network + (v4 ? SOURCE4 : SOURCE6);
        final int bytes = v4 ? ADDRESSES4 : ADDRESSES6;
        int hash = packet.protocol;
        for (int at = 0; at < bytes; at += Integer.BYTES) {
            hash = mix(hash, Memory.getInt(addresses + at));
        }
        if ((packet.protocol == TCP || packet.protocol == UDP) && packet.fragmentOffset == 0 && packet.transportLength >= PORTS) {
            hash = mix(hash, Memory.getInt(packet.transport));
        }
        return (hash ^ hash >>> 15) & Integer.MAX_VALUE;
    }

    private static int mix(final int hash, final int word) {
        return Integer.rotateLeft(hash ^ word, 13) * SPREAD;
    }
}
