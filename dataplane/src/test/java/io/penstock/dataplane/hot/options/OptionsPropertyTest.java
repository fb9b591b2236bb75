package io.penstock.dataplane.hot.options;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.testkit.RandomPacket4;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.sys.MappedMemory;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;

/** Whatever the options are, and whatever a hook makes of them afterwards: nothing outside the header is touched. */
class OptionsPropertyTest {

    private static final int CHUNK_SHIFT = 12;
    private static final MappedMemory MEMORY =
            MappedMemory.reserveChunked(2L << CHUNK_SHIFT, MappedMemory.Pages.NORMAL, CHUNK_SHIFT);
    private static final long IN = MEMORY.address();
    private static final long OUT = MEMORY.address() + (1L << CHUNK_SHIFT);
    private static final int SOURCE = 0x0A01_0002;
    private static final int DESTINATION = 0x0A02_0002;
    private static final int HERE = 0x0A01_0001;

    private static final OptionHost HOST = new OptionHost() {
        @Override
        public int receiveAddress(final long ip) {
            return HERE;
        }

        @Override
        public int forwardAddress(final long ip) {
            return HERE + 1;
        }

        @Override
        public boolean isUnicast(final int address) {
            return (address & 1) == 0;
        }

        @Override
        public int route(final int nextHop) {
            return Math.floorMod(nextHop, 3);
        }
    };

    private final OptionEcho echo = new OptionEcho();

    @AfterContainer
    static void close() {
        MEMORY.close();
    }

    /** The window of a packet that is nothing but its header shows every byte too many. */
    @Property(tries = 2000)
    void shouldStayInTheHeaderWhenOptionsAreRandom(@ForAll final long seed, @ForAll final boolean plausible) {
        final Random random = new Random(seed);
        final byte[] options = plausible ? RandomPacket4.options(random, HERE, SOURCE, DESTINATION)
                : RandomPacket4.bytes(random, random.nextInt(41));
        final int headerBytes = put(options);
        long state = OptionsReceive.receive(IN, headerBytes, 1234, HOST);
        if (!OptionState.isProblem(state) && OptionState.hasSourceRoute(state)) {
            state = SourceRoute.receive(IN, state, random.nextInt(3), HOST);
        }
        if (OptionState.isProblem(state)) {
            final int pointer = OptionState.pointer(state);
            assertTrue(pointer >= Ipv4Layout.DESTINATION && pointer < headerBytes, "pointer=" + pointer);
        } else if (!OptionState.isRefused(state)) {
            final boolean forwarded = OptionState.isChanged(state);
            OptionsForward.forward(IN, headerBytes, state, HOST);
            assertTrue(Checksum.verifyIpv4(IN, headerBytes), "forwarded=" + forwarded);
        }
        answer(state);
        damage(random, headerBytes);
        OptionsForward.forward(IN, headerBytes, state, HOST);
        answer(state);
    }

    @Property(tries = 500)
    void shouldDoNothingWhenOptionsMeanNothing(@ForAll final long seed) {
        final Random random = new Random(seed);
        final byte[] options = new byte[random.nextInt(41)];
        Arrays.fill(options, (byte) 1);
        if (options.length >= 11) {
            options[0] = (byte) Ipv4Layout.OPTION_SECURITY;
            options[1] = 11;
        }
        final int headerBytes = put(options);
        assertEquals(OptionState.NONE, OptionsReceive.receive(IN, headerBytes, 0, HOST));
        assertTrue(echo.prepare(IN, OptionState.NONE, HOST));
        assertEquals(0, echo.bytes());
        assertEquals(SOURCE, echo.destination(IN));
    }

    private void answer(final long state) {
        Regions.window(OUT, Ipv4Layout.MAX_HEADER_BYTES);
        if (echo.prepare(IN, state, HOST)) {
            assertTrue(echo.bytes() <= 40 && echo.bytes() % 4 == 0, "bytes=" + echo.bytes());
            Regions.window(OUT, Ipv4Layout.HEADER_BYTES + echo.bytes());
            echo.write(OUT, SOURCE, HERE, 99);
        }
    }

    /** What a hook may do between receipt and forwarding. */
    private static void damage(final Random random, final int headerBytes) {
        for (int i = random.nextInt(4); i > 0 && headerBytes > Ipv4Layout.HEADER_BYTES; i--) {
            Memory.putByte(IN + Ipv4Layout.HEADER_BYTES + random.nextInt(headerBytes - Ipv4Layout.HEADER_BYTES),
                    (byte) (random.nextBoolean() ? random.nextInt() : random.nextInt(50)));
        }
    }

    private static int put(final byte[] options) {
        final byte[] packet =
                RandomPacket4.packet(0, 7, 0, 64, 17, SOURCE, DESTINATION, options, new byte[0]);
        Regions.unwindow(IN);
        Memory.copyFromArray(packet, 0, IN, packet.length);
        Regions.window(IN, packet.length);
        return packet.length;
    }
}
