package io.penstock.rules.hot.target;

import io.penstock.os.hot.memory.Memory;

/** TCP options as netfilter's targets walk them: whatever stands there, a step goes on by at least one byte. */
final class TcpOptions {

    private static final int PADDING = 1;

    private TcpOptions() {
    }

    /** How far it is from an option to the next; of one that is not padding or an end, the byte behind its kind is read. */
    static int bytes(final long tcp, final int option) {
        if (Memory.getUnsignedByte(tcp + option) <= PADDING) {
            return 1;
        }
        return Math.max(1, Memory.getUnsignedByte(tcp + option + 1));
    }
}
