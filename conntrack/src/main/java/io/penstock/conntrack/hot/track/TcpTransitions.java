package io.penstock.conntrack.hot.track;

import io.penstock.os.hot.packet.TcpLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Which state a TCP connection goes to, by direction, state and what a segment is.
 *
 * <p>A segment is what the first of these flags says that it has: RST, SYN (with ACK or without), FIN, ACK.
 *
 * <p>The tables have a word per state, in {@link TcpState}'s order, with a letter per event: SYN, SYN/ACK, FIN, ACK, RST. A letter is the next state
 * (S SYN_SENT, R SYN_RECV, E ESTABLISHED, F FIN_WAIT, W CLOSE_WAIT, L LAST_ACK, T TIME_WAIT, C CLOSE, B SYN_SENT2); {@code .} leaves the state
 * and lets the packet pass, as the ends may know more than we do; {@code -} is invalid. What RFC 9293, 3.3.2 and 3.10.7 make of them:
 * <ul>
 *   <li>SYN of the original direction opens, and opens anew after TIME_WAIT or CLOSE. In between it may be a new attempt of an end that has
 *       forgotten the connection: the other end answers with an ACK (RFC 5961, 4), and both get on without us. SYN of the reply direction is the
 *       other half of a simultaneous open, or, in TIME_WAIT, opens anew from the other side.</li>
 *   <li>SYN/ACK answers a SYN of the original direction. In that direction it belongs to a simultaneous open alone. Later ones are repetitions.</li>
 *   <li>FIN without an open is nonsense; the first one closes one half, the second one both.</li>
 *   <li>ACK of the original direction ends the open, begins a connection that is picked up, acknowledges the first FIN (CLOSE_WAIT) or
 *       the last (TIME_WAIT). In the reply direction it says nothing before the SYN/ACK: the answer of an end that still has an older connection.</li>
 *   <li>RST ends all that has begun; whether it is believed depends on its sequence number.</li>
 * </ul>
 *
 * <p>Source: RFC 9293; the cells agree with Linux 6.18, asked for each that a packet can reach.
 */
final class TcpTransitions {

    static final int SYN = 0;
    static final int SYN_ACK = 1;
    static final int FIN = 2;
    static final int ACK = 3;
    static final int RST = 4;
    /** No segment yet. */
    static final int NO_EVENT = 5;

    /** The packet passes and changes nothing. */
    static final int IGNORED = 14;
    /** The packet makes no sense. */
    static final int INVALID = 15;

    private static final String ORIGINAL_TABLE = "S--E- S---C .RFEC .-FEC .-LWC .-LWC .-LTC S-TTC S-CCC BR--C";
    private static final String REPLY_TABLE = "----- BR-.C -.FRC -.FEC -.LWC -.LWC -.LTC S.TTC -.CCC BR-.C";
    /** States at their numbers. */
    private static final String LETTERS = "NSREFWLTCB";
    private static final int STATE_LETTERS = 6;
    private static final int EVENT_BITS = 3;
    private static final int STATE_BITS = 4;
    private static final int TABLE_MASK = 0xFF;

    private static final byte[] TABLE = createTable();

    private TcpTransitions() {
    }

    /** The next state, {@link #IGNORED} or {@link #INVALID}. */
    static int next(final int direction, final int state, final int event) {
        return TABLE[index(direction, state, event) & TABLE_MASK];
    }

    /** What a segment is by its flags, which {@link PacketCheck} has let pass. */
    static int event(final int flags) {
        if ((flags & (TcpLayout.RST | TcpLayout.SYN | TcpLayout.FIN)) == 0) {
            return ACK;
        }
        if ((flags & TcpLayout.RST) != 0) {
            return RST;
        }
        if ((flags & TcpLayout.SYN) != 0) {
            return (flags & TcpLayout.ACK) != 0 ? SYN_ACK : SYN;
        }
        return FIN;
    }

    private static int index(final int direction, final int state, final int event) {
        return (direction << STATE_BITS | state) << EVENT_BITS | event;
    }

    private static byte[] createTable() {
        final byte[] table = new byte[TABLE_MASK + 1];
        Arrays.fill(table, (byte) INVALID);
        fill(table, 0, ORIGINAL_TABLE.getBytes(StandardCharsets.US_ASCII));
        fill(table, 1, REPLY_TABLE.getBytes(StandardCharsets.US_ASCII));
        return table;
    }

    private static void fill(final byte[] table, final int direction, final byte[] letters) {
        for (int state = 0; state < TcpState.COUNT; state++) {
            for (int event = SYN; event <= RST; event++) {
                table[index(direction, state, event)] = (byte) number(letters[state * STATE_LETTERS + event]);
            }
        }
    }

    private static int number(final byte letter) {
        switch (letter) {
            case '.':
                return IGNORED;
            case '-':
                return INVALID;
            default:
                return LETTERS.indexOf(letter);
        }
    }
}
