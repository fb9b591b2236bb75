package io.penstock.dataplane.hot.ipvs.state;

import io.penstock.os.hot.packet.TcpLayout;
import java.nio.charset.StandardCharsets;

/**
 * Which state a TCP connection goes to, by direction, state and what a segment is: the first of RST, SYN, FIN and ACK that it has.
 *
 * <p>The tables have a word per state, in the order of {@link ServiceStates}' numbers, with a letter per event: SYN, FIN, ACK, RST. A letter is the next
 * state (E ESTABLISHED, S SYN_SENT, R SYN_RECV, F FIN_WAIT, T TIME_WAIT, C CLOSE, W CLOSE_WAIT, L LAST_ACK, I LISTEN, A SYNACK); {@code =} leaves
 * the state. What they come to:
 * <ul>
 *   <li>A client's ACK in SYN_RECV establishes: the SYN/ACK of a server that answers directly is never seen. {@code secure_tcp} believes it only where
 *       answers do not pass here; where they do, it waits for the server's SYN/ACK (SYNACK), and then for one more segment of the server's.</li>
 *   <li>Where answers do not pass here, a client's FIN is all that is seen of the end: FIN_WAIT. Otherwise it is CLOSE_WAIT until the server's FIN.</li>
 *   <li>A server's SYN opens in its direction: SYN_SENT, which the client's SYN/ACK establishes, as it is a SYN first (active FTP).</li>
 *   <li>A connection that is picked up is established by an ACK of any direction, and over with a FIN.</li>
 *   <li>RST closes, but not when it comes from the end that opened while the other has not answered (SYN_RECV, SYN_SENT).</li>
 * </ul>
 *
 * <p>Source: ip_vs_proto_tcp.c, the state tables and {@code tcp_state_idx}.
 */
final class TcpTable {

    private static final String INPUT = "RCEC =W=C E==C =TE= RT=C R==C R=== R==C R=C= R=== RTER";
    private static final String OUTPUT = "STEC =F=C ==== =TEC S==C S=== S=== ST=C S==C ==EC RTEC";
    private static final String INPUT_ONLY = "RCEC =F=C E==C =TE= R==C R==C R=== R==C R=C= R=== RTEC";
    private static final String SECURE_INPUT = "RCEC =W=C E==C =T== RT=C R==C R=== R==C R=C= R=== ===C";
    private static final String SECURE_OUTPUT = "STEC =F=C ==== ATEC S==C S=== S=== ST=C S==C ==EC =TEC";
    private static final String SECURE_INPUT_ONLY = "ACEC =F=C E==C =TE= A==C A==C A=== A==C A=C= A=== =TEC";
    /** States at their numbers. */
    private static final String LETTERS = "NESRFTCWLIA";
    private static final int WORD_LETTERS = 5;

    private static final int SYN = 0;
    private static final int FIN = 1;
    private static final int ACK = 2;
    private static final int RST = 3;
    private static final int EVENTS = 4;

    private static final int EVENT_BITS = 2;
    private static final int STATE_BITS = 4;
    private static final int DIRECTION_BITS = 2;
    private static final int SECURE = 1 << DIRECTION_BITS;
    private static final int TABLE_MASK = (1 << DIRECTION_BITS + 1 + STATE_BITS + EVENT_BITS) - 1;

    private static final byte[] TABLE = createTable();

    private TcpTable() {
    }

    static int next(final int state, final int direction, final int flags, final boolean secure) {
        final int event;
        if ((flags & (TcpLayout.RST | TcpLayout.SYN | TcpLayout.FIN)) == 0) {
            if ((flags & TcpLayout.ACK) == 0) {
                return ServiceStates.TCP_CLOSE;
            }
            event = ACK;
        } else {
            event = (flags & TcpLayout.RST) != 0 ? RST : (flags & TcpLayout.SYN) != 0 ? SYN : FIN;
        }
        return TABLE[index(secure ? direction | SECURE : direction, state, event) & TABLE_MASK];
    }

    private static int index(final int direction, final int state, final int event) {
        return (direction << STATE_BITS | state) << EVENT_BITS | event;
    }

    private static byte[] createTable() {
        final byte[] table = new byte[TABLE_MASK + 1];
        fill(table, ServiceStates.INPUT, INPUT);
        fill(table, ServiceStates.OUTPUT, OUTPUT);
        fill(table, ServiceStates.INPUT_ONLY, INPUT_ONLY);
        fill(table, ServiceStates.INPUT | SECURE, SECURE_INPUT);
        fill(table, ServiceStates.OUTPUT | SECURE, SECURE_OUTPUT);
        fill(table, ServiceStates.INPUT_ONLY | SECURE, SECURE_INPUT_ONLY);
        return table;
    }

    private static void fill(final byte[] table, final int direction, final String words) {
        final byte[] letters = words.getBytes(StandardCharsets.US_ASCII);
        for (int state = 0; state < ServiceStates.TCP_COUNT; state++) {
            for (int event = 0; event < EVENTS; event++) {
                final byte letter = letters[state * WORD_LETTERS + event];
                table[index(direction, state, event)] = (byte) (letter == '=' ? state : LETTERS.indexOf(letter));
            }
        }
    }
}
