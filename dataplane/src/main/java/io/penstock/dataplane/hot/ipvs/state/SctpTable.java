package io.penstock.dataplane.hot.ipvs.state;

import io.penstock.os.hot.packet.SctpLayout;
import java.nio.charset.StandardCharsets;

/**
 * Which state an SCTP association goes to, by direction, state and chunk. States are those of the server, as what passes here tells of them.
 *
 * <p>The tables have a word per state, in the order of {@link ServiceStates}' numbers, with a letter per kind of chunk: data (DATA and all that is not
 * named here), INIT, INIT ACK, COOKIE ECHO, COOKIE ACK, SHUTDOWN, SHUTDOWN ACK, SHUTDOWN COMPLETE, ERROR, ABORT. A letter is the next state (1 INIT1, I
 * INIT, S COOKIE_SENT, R COOKIE_REPLIED, W COOKIE_WAIT, C COOKIE, H COOKIE_ECHOED, E ESTABLISHED, D SHUTDOWN_SENT, V SHUTDOWN_RECEIVED, K
 * SHUTDOWN_ACK_SENT, J REJECTED, X CLOSED); {@code =} leaves the state. What they come to:
 * <ul>
 *   <li>A client opens: INIT1, INIT if it says so again, COOKIE_SENT with the server's INIT ACK, COOKIE_REPLIED with its own COOKIE ECHO, ESTABLISHED
 *       with the server's COOKIE ACK. A server's ABORT of the first INIT is REJECTED.</li>
 *   <li>A server opens: COOKIE_WAIT, COOKIE with the client's INIT ACK, COOKIE_ECHOED with its own COOKIE ECHO, ESTABLISHED with the client's COOKIE ACK.
 *       A client's ABORT of the INIT is REJECTED.</li>
 *   <li>Where answers do not pass here, a client's COOKIE ECHO establishes.</li>
 *   <li>An association that is picked up is established by data, or by a COOKIE ACK.</li>
 * </ul>
 *
 * <p>Source: ip_vs_proto_sctp.c, {@code sctp_events} and {@code sctp_states}; RFC 9260, 4.
 */
final class SctpTable {

    private static final String INPUT = "E1WREVXXXX =IWI==IX=X ==W====X=X ===R=====X =========X ==C======J =========X ====E===XX "
            + "=====V===X ======X==X =========X ======XX=X =I=======X =I========";
    private static final String OUTPUT = "EWSHEDKXXX =WSHEDK=XJ =WSHEDK=XX =W=HEDK=XX =W=HEDK=XX ===HED===X =W=HED===X =W==ED===X "
            + "=====D===X =W====K==X =W====K==X =W=======X =W=======X =W========";
    private static final String INPUT_ONLY = "E1HEEVXXXX =IHE==IX=X ==HE===X=X =IHEE==X=X =IHEE==X=X EIHE=====J ====E====X ====E====X "
            + "=====VX==X ======X==X =======X=X ======XX=X =I=======X =I========";
    /** States at their numbers. */
    private static final String LETTERS = "N1ISRWCHEDVKJX";
    private static final int KINDS = 10;
    private static final int WORD_LETTERS = KINDS + 1;

    /** By chunk type less than 16: its place in a word, four bits each; 0 is data. */
    private static final long PLACES = place(SctpLayout.INIT, 1) | place(SctpLayout.INIT_ACK, 2) | place(SctpLayout.COOKIE_ECHO, 3)
            | place(SctpLayout.COOKIE_ACK, 4) | place(SctpLayout.SHUTDOWN, 5) | place(SctpLayout.SHUTDOWN_ACK, 6)
            | place(SctpLayout.SHUTDOWN_COMPLETE, 7) | place(SctpLayout.ERROR, 8) | place(SctpLayout.ABORT, 9);
    private static final int PLACED_TYPES = 16;

    private static final int PLACE_BITS = 4;
    private static final int STATE_BITS = 4;
    private static final int DIRECTION_BITS = 2;
    private static final int TABLE_MASK = (1 << DIRECTION_BITS + STATE_BITS + PLACE_BITS) - 1;

    private static final byte[] TABLE = createTable();

    private SctpTable() {
    }

    static int next(final int state, final int direction, final int chunkType) {
        final int place = chunkType < PLACED_TYPES ? (int) (PLACES >>> chunkType * PLACE_BITS) & 0xF : 0;
        return TABLE[index(direction, state, place) & TABLE_MASK];
    }

    private static int index(final int direction, final int state, final int place) {
        return (direction << STATE_BITS | state) << PLACE_BITS | place;
    }

    private static long place(final int chunkType, final int place) {
        return (long) place << chunkType * PLACE_BITS;
    }

    private static byte[] createTable() {
        final byte[] table = new byte[TABLE_MASK + 1];
        fill(table, ServiceStates.INPUT, INPUT);
        fill(table, ServiceStates.OUTPUT, OUTPUT);
        fill(table, ServiceStates.INPUT_ONLY, INPUT_ONLY);
        return table;
    }

    private static void fill(final byte[] table, final int direction, final String words) {
        final byte[] letters = words.getBytes(StandardCharsets.US_ASCII);
        for (int state = 0; state < ServiceStates.SCTP_COUNT; state++) {
            for (int place = 0; place < KINDS; place++) {
                final byte letter = letters[state * WORD_LETTERS + place];
                table[index(direction, state, place)] = (byte) (letter == '=' ? state : LETTERS.indexOf(letter));
            }
        }
    }
}
