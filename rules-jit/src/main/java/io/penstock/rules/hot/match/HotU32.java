package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * Looks at words of 32 bits in the packet, from its network header on: the reference of what
 * {@link io.penstock.rules.bytecode.UnitCompiler} compiles.
 *
 * <p>A program is a row of ints: for each test how many steps and how many values it has, then the place of the first word, then for each
 * further step what is done and with what, then each value's first and last. All numbers are unsigned. A word that is not in the packet
 * ends the tests: none of them holds.
 *
 * <p>Source: the behaviour of the kernel's {@code xt_u32}, which refuses shifts of 32 bits and more.
 */
public final class HotU32 implements HotMatch {

    /** Bits of the word are kept. */
    public static final int AND = 0;
    /** The word is shifted to the left. */
    public static final int LEFT = 1;
    /** The word is shifted to the right. */
    public static final int RIGHT = 2;
    /** The word is how much further on another one is looked for. */
    public static final int AT = 3;

    private final int[] program;
    private final boolean inverted;

    /** A program, which is kept. */
    public HotU32(final int[] program, final boolean inverted) {
        this.program = program;
        this.inverted = inverted;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        return holds(packet.network, packet.length) != inverted;
    }

    private boolean holds(final long data, final long length) {
        int pc = 0;
        while (pc < program.length) {
            final int steps = program[pc];
            final int values = program[pc + 1];
            pc += 2;
            long base = 0;
            long place = Integer.toUnsignedLong(program[pc++]);
            if (place + Integer.BYTES > length) {
                return false;
            }
            int word = Memory.getIntBE(data + place);
            for (int step = 1; step < steps; step++) {
                final int operator = program[pc];
                final int number = program[pc + 1];
                pc += 2;
                if (operator == AT) {
                    base += Integer.toUnsignedLong(word);
                    place = base + Integer.toUnsignedLong(number);
                    if (place + Integer.BYTES > length) {
                        return false;
                    }
                    word = Memory.getIntBE(data + place);
                } else {
                    word = operator == AND ? word & number : operator == LEFT ? word << number : word >>> number;
                }
            }
            if (!isAmong(word, pc, values)) {
                return false;
            }
            pc += 2 * values;
        }
        return true;
    }

    private boolean isAmong(final int word, final int from, final int values) {
        for (int at = from; at < from + 2 * values; at += 2) {
            if (Integer.compareUnsigned(program[at], word) <= 0 && Integer.compareUnsigned(word, program[at + 1]) <= 0) {
                return true;
            }
        }
        return false;
    }
}
