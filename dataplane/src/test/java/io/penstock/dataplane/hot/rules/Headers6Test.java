package io.penstock.dataplane.hot.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;
import io.penstock.rules.hot.RulePacket;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** As ip6tables of Linux 6.18 took such packets. */
class Headers6Test {

    private static final HexFormat HEX = HexFormat.of();
    private static final String ADDRESSES = "20010db8000000000000000000000001" + "20010db8000000000000000000000002";

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        // next header, payload, protocol, fragment offset, bytes of the transport
        "06, 00160050, 6, 0, 4",
        "3b, '', 59, 0, 0",
        // A destination options header that goes on behind the end, and one of which not even the length is there.
        "3c, 06ff0000, 6, 0, 0",
        "3c, 06, -1, 0, 1",
        // Routing and fragment headers need four bytes.
        "2b, 060000, -1, 0, 3",
        "2b, 06000000, 6, 0, 0",
        "2c, 060000, -1, 0, 3",
        "2c, 06000008, 6, 1, 0",
        // A later fragment: of no protocol when it is of an extension header, of none when it says so.
        "2c, 3c0000080000000006001234, -1, 0, 4",
        "2c, 3b00000800000000, 59, 1, 0",
        // The first fragment, and more than eight headers.
        "2c, 0600000100000000aabb, 6, 0, 2",
        "3c, 3c000000000000003c000000000000003c000000000000003c000000000000003c000000000000003c000000000000003c000000000000003c00000000000000110000000000000001, 17, 0, 1"
    })
    void shouldFindTheProtocolAsIp6tablesDoes(
            final String next, final String payload, final int protocol, final int fragmentOffset, final int transportLength) {
        final byte[] bytes = HEX.parseHex("60000000" + HEX.toHexDigits((short) (payload.length() / 2)) + next + "40" + ADDRESSES + payload);
        try (MappedMemory memory = MappedMemory.reserve(1, MappedMemory.Pages.NORMAL)) {
            final RulePacket packet = new RulePacket();
            // It ends where the memory does, so that checked mode finds what reads too far.
            packet.network = memory.address() + memory.bytes() - bytes.length;
            packet.length = bytes.length;
            Memory.copyFromArray(bytes, 0, packet.network, bytes.length);
            Headers6.find(packet);
            assertEquals(protocol, packet.protocol);
            assertEquals(fragmentOffset, packet.fragmentOffset);
            assertEquals(transportLength, packet.transportLength);
        }
    }
}
