package io.penstock.conntrack.hot.track;

import io.penstock.os.hot.packet.SctpLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Which state an SCTP association goes to, by direction, state and chunk. Chunks that are not in the table, DATA and SACK among them, change
 * nothing.
 *
 * <p>The tables have a word per state, in {@link SctpState}'s order, with a letter per chunk: INIT, INIT ACK, ABORT, SHUTDOWN, SHUTDOWN ACK, ERROR,
 * COOKIE ECHO, COOKIE ACK, SHUTDOWN COMPLETE, HEARTBEAT, HEARTBEAT ACK. A letter is the next state (C CLOSED, W COOKIE_WAIT, E COOKIE_ECHOED, A
 * ESTABLISHED, S SHUTDOWN_SENT, R SHUTDOWN_RECD, K SHUTDOWN_ACK_SENT, H HEARTBEAT_SENT); {@code =} leaves the state, {@code -} is invalid.
 *
 * <p>Source: RFC 9260, 4 (states), 5 (initialization), 8.3 (heartbeats), 9 (termination); the cells agree with Linux 6.18, asked for each
 * that a packet can reach.
 */
final class SctpTransitions {

    /** The chunk makes no sense. */
    static final int INVALID = 15;

    private static final String ORIGINAL_TABLE =
            "CCCCKCCCCHC =========== ==C===E==== ==C====A=== ==CS======= C=C=K====== C=C=K====== ==C=====C== WCCCKCCCC==";
    private static final String REPLY_TABLE =
            "----------- =W========= ==C===E==== ==C==C=A=== ==CR======= ==C=K====== ==C=K====== ==C=====C== ---------=A";
    /** States at their numbers. */
    private static final String LETTERS = "NCWEASRKH";
    private static final int STATE_LETTERS = 12;
    private static final int CHUNK_BITS = 4;
    private static final int STATE_BITS = 4;
    private static final int TABLE_MASK = 0x1FF;
    private static final int DIRECTIONS = 2;

    /** By chunk type less than 16: its place in a word, four bits each plus 1, 0 for none. */
    private static final long PLACES = place(SctpLayout.INIT, 0) | place(SctpLayout.INIT_ACK, 1) | place(SctpLayout.ABORT, 2)
            | place(SctpLayout.SHUTDOWN, 3) | place(SctpLayout.SHUTDOWN_ACK, 4) | place(SctpLayout.ERROR, 5)
            | place(SctpLayout.COOKIE_ECHO, 6) | place(SctpLayout.COOKIE_ACK, 7) | place(SctpLayout.SHUTDOWN_COMPLETE, 8)
            | place(SctpLayout.HEARTBEAT, 9) | place(SctpLayout.HEARTBEAT_ACK, 10);
    private static final int PLACED_TYPES = 16;

    private static final byte[] TABLE = createTable();

    private SctpTransitions() {
    }

    /** The next state, or {@link #INVALID}. */
    static int next(final int direction, final int state, final int chunkType) {
        final int place = chunkType < PLACED_TYPES ? (int) (PLACES >>> chunkType * 4) & 0xF : 0;
        return place == 0 ? state : TABLE[index(direction, state, place) & TABLE_MASK];
    }

    private static int index(final int direction, final int state, final int place) {
        return (direction << STATE_BITS | state) << CHUNK_BITS | place;
    }

    private static long place(final int chunkType, final int place) {
        return (long) (place + 1) << chunkType * 4;
    }

    private static byte[] createTable() {
        final byte[] table = new byte[TABLE_MASK + 1];
        Arrays.fill(table, (byte) INVALID);
        final byte[][] letters = {
            ORIGINAL_TABLE.getBytes(StandardCharsets.US_ASCII), REPLY_TABLE.getBytes(StandardCharsets.US_ASCII)
        };
        for (int direction = 0; direction < DIRECTIONS; direction++) {
            for (int state = 0; state < SctpState.COUNT; state++) {
                for (int place = 1; place < STATE_LETTERS; place++) {
                    final byte letter = letters[direction][state * STATE_LETTERS + place - 1];
                    table[index(direction, state, place)] = (byte) (letter == '=' ? state : letter == '-' ? INVALID : LETTERS.indexOf(letter));
                }
            }
        }
        return table;
    }
}
