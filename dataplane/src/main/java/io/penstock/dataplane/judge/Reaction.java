package io.penstock.dataplane.judge;

import java.util.List;

/**
 * What one side did with one packet.
 *
 * @param sent      what left, by port and in order within each
 * @param delivered what this host got
 * @param reason    why a packet of which nothing is left was dropped, or empty where the side does not say
 */
public record Reaction(List<Sent> sent, List<byte[]> delivered, String reason) {

    /** Nothing left and nobody says why. */
    static final Reaction NOTHING = new Reaction(List.of(), List.of(), "");

    /**
     * A packet that left.
     *
     * @param port  the port's index
     * @param bytes the packet from its IP header on
     */
    public record Sent(int port, byte[] bytes) {
    }

    /** True when nothing came of the packet. */
    public boolean isDrop() {
        return sent.isEmpty() && delivered.isEmpty();
    }
}
