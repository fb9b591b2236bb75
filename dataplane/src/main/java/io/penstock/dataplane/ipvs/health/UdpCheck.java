package io.penstock.dataplane.ipvs.health;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Whether the server answers a datagram; or, where no answer is asked for, whether nobody says that it does not take it.
 *
 * <p>Without an answer to wait for, a server is well when the time is over and no ICMP error has come: such a check always lasts
 * its whole time.
 *
 * @param payload what is sent
 * @param expect  what the answer begins with; empty for any answer; null for none
 */
public record UdpCheck(byte[] payload, byte[] expect) implements Check {

    /** Bytes of an answer that are looked at: the longest datagram. */
    private static final int ANSWER_BYTES = 65_535;

    /** Bytes of an answer that a message quotes. */
    private static final int QUOTED_BYTES = 32;

    @Override
    public String kind() {
        return "udp";
    }

    @Override
    public String run(final CheckRun run) throws CheckFailure, IOException, InterruptedException {
        final DatagramChannel channel = run.datagrams();
        channel.write(ByteBuffer.wrap(payload));
        final ByteBuffer answer = ByteBuffer.allocate(ANSWER_BYTES);
        try {
            channel.read(answer);
        } catch (final ClosedChannelException e) {
            if (expect == null && run.isOver()) {
                return "no error";
            }
            throw e;
        }
        if (expect == null) {
            return "answered";
        }
        final byte[] got = Arrays.copyOf(answer.array(), answer.position());
        if (!startsWith(got, expect)) {
            throw CheckFailure.of("answered " + quoted(got) + ", wanted " + quoted(expect));
        }
        return "answered";
    }

    private static boolean startsWith(final byte[] whole, final byte[] start) {
        return whole.length >= start.length && Arrays.equals(whole, 0, start.length, start, 0, start.length);
    }

    private static String quoted(final byte[] bytes) {
        final byte[] some = Arrays.copyOf(bytes, Math.min(bytes.length, QUOTED_BYTES));
        final String rest = some.length < bytes.length ? "..." : "";
        for (final byte b : some) {
            if (b < ' ' || b == 0x7F) {
                return "0x" + HexFormat.of().formatHex(some) + rest;
            }
        }
        return '\'' + new String(some, StandardCharsets.US_ASCII) + rest + '\'';
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof UdpCheck udp && Arrays.equals(payload, udp.payload) && Arrays.equals(expect, udp.expect);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(payload) * 31 + Arrays.hashCode(expect);
    }
}
