package io.penstock.dataplane.hot.pipeline;

import io.penstock.os.hot.memory.Memory;

/**
 * A parked packet's metadata, spilled to the headroom at the start of its frame's chunk.
 *
 * <pre>
 *   0               4               8               12              16
 *  +---------------+---------------+---------------+---------------+
 *  | data offset   | length        | network       | transport     |
 *  +---------------+---------------+---------------+---------------+
 *  | family        | protocol      | in port       | out port      |
 *  +---------------+---------------+---------------+---------------+
 *  | flags         | mark          | adjacency     | list          |
 *  +---------------+---------------+---------------+---------------+
 *  | priority      | user id       | registration number           |
 *  +---------------+---------------+---------------+---------------+
 *  | IPv4 options' state           | IPv4 options and destination, as
 *  +---------------+---------------+
 *    they came: 44 bytes                            | unused        |
 *  +---------------+---------------+---------------+---------------+
 *  | gateway, first half           | its other half                |
 *  +---------------+---------------+---------------+---------------+
 *  | connection's entry            | info          | generation    |
 *  +---------------+---------------+---------------+---------------+
 * </pre>
 */
final class ParkedLayout {

    /** Bytes of the record; the headroom of every port is larger. */
    static final int BYTES = 152;

    private static final int DATA_OFFSET = 0;
    private static final int LENGTH = 4;
    private static final int NETWORK = 8;
    private static final int TRANSPORT = 12;
    private static final int FAMILY = 16;
    private static final int PROTOCOL = 20;
    private static final int IN_PORT = 24;
    private static final int OUT_PORT = 28;
    private static final int FLAGS = 32;
    private static final int MARK = 36;
    private static final int ADJACENCY = 40;
    private static final int LIST = 44;
    private static final int PRIORITY = 48;
    private static final int UID = 52;
    private static final int SEQUENCE = 56;
    private static final int OPTIONS = 64;
    private static final int CAME_WITH = 72;
    private static final int GATEWAY_HIGH = 120;
    private static final int GATEWAY_LOW = 128;
    private static final int CONNECTION = 136;
    private static final int CONNECTION_INFO = 144;
    private static final int GENERATION = 148;

    private ParkedLayout() {
    }

    static void spill(final long chunk, final Batch b, final int slot) {
        Memory.putInt(chunk + DATA_OFFSET, (int) (b.frame[slot] - chunk));
        Memory.putInt(chunk + LENGTH, b.length[slot]);
        Memory.putInt(chunk + NETWORK, b.network[slot]);
        Memory.putInt(chunk + TRANSPORT, b.transport[slot]);
        Memory.putInt(chunk + FAMILY, b.family[slot]);
        Memory.putInt(chunk + PROTOCOL, b.protocol[slot]);
        Memory.putInt(chunk + IN_PORT, b.inPort[slot]);
        Memory.putInt(chunk + OUT_PORT, b.outPort[slot]);
        Memory.putInt(chunk + FLAGS, b.flags[slot]);
        Memory.putInt(chunk + MARK, b.mark[slot]);
        Memory.putInt(chunk + ADJACENCY, b.adjacency[slot]);
        Memory.putInt(chunk + UID, b.uid[slot]);
        Memory.putLong(chunk + OPTIONS, b.options[slot]);
        Memory.putLong(chunk + GATEWAY_HIGH, b.gatewayHigh[slot]);
        Memory.putLong(chunk + GATEWAY_LOW, b.gatewayLow[slot]);
        Memory.putLong(chunk + CONNECTION, b.connection[slot]);
        Memory.putInt(chunk + CONNECTION_INFO, b.connectionInfo[slot]);
        if ((b.flags[slot] & Batch.OPTIONS) != 0) {
            for (int i = 0; i < PacketOptions.WORDS; i++) {
                Memory.putInt(chunk + CAME_WITH + (long) i * Integer.BYTES, b.cameWith[slot * PacketOptions.WORDS + i]);
            }
        }
    }

    static void restore(final long chunk, final Batch b, final int slot) {
        b.frame[slot] = chunk + Memory.getInt(chunk + DATA_OFFSET);
        b.length[slot] = Memory.getInt(chunk + LENGTH);
        b.network[slot] = Memory.getInt(chunk + NETWORK);
        b.transport[slot] = Memory.getInt(chunk + TRANSPORT);
        b.family[slot] = Memory.getInt(chunk + FAMILY);
        b.protocol[slot] = Memory.getInt(chunk + PROTOCOL);
        b.inPort[slot] = Memory.getInt(chunk + IN_PORT);
        b.outPort[slot] = Memory.getInt(chunk + OUT_PORT);
        b.flags[slot] = Memory.getInt(chunk + FLAGS);
        b.mark[slot] = Memory.getInt(chunk + MARK);
        b.adjacency[slot] = Memory.getInt(chunk + ADJACENCY);
        b.uid[slot] = Memory.getInt(chunk + UID);
        b.options[slot] = Memory.getLong(chunk + OPTIONS);
        b.gatewayHigh[slot] = Memory.getLong(chunk + GATEWAY_HIGH);
        b.gatewayLow[slot] = Memory.getLong(chunk + GATEWAY_LOW);
        b.connection[slot] = Memory.getLong(chunk + CONNECTION);
        b.connectionInfo[slot] = Memory.getInt(chunk + CONNECTION_INFO);
        if ((b.flags[slot] & Batch.OPTIONS) != 0) {
            for (int i = 0; i < PacketOptions.WORDS; i++) {
                b.cameWith[slot * PacketOptions.WORDS + i] = Memory.getInt(chunk + CAME_WITH + (long) i * Integer.BYTES);
            }
        }
        b.outcome[slot] = Outcome.NONE;
    }

    static void place(final long chunk, final int list, final int priority, final long sequence) {
        Memory.putInt(chunk + LIST, list);
        Memory.putInt(chunk + PRIORITY, priority);
        Memory.putLong(chunk + SEQUENCE, sequence);
    }

    /** Notes the generation of the packet's connection. */
    static void setGeneration(final long chunk, final int generation) {
        Memory.putInt(chunk + GENERATION, generation);
    }

    static int generation(final long chunk) {
        return Memory.getInt(chunk + GENERATION);
    }

    static int list(final long chunk) {
        return Memory.getInt(chunk + LIST);
    }

    static int priority(final long chunk) {
        return Memory.getInt(chunk + PRIORITY);
    }

    static long sequence(final long chunk) {
        return Memory.getLong(chunk + SEQUENCE);
    }
}
