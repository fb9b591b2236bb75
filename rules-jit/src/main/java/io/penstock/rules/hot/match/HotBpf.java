package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * Runs a program of the classic Berkeley packet filter: the reference of what {@link io.penstock.rules.bytecode.UnitCompiler} compiles.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The program was verified: it is what the kernel would take.</li>
 *   <li>An instruction is a long: from its upper end code (16 bits), jumps when true and when false (8 bits each), constant (32 bits).</li>
 *   <li>Each worker has a memory of its own, which need not be cleared: no program reads what it did not write.</li>
 * </ol>
 *
 * <p>A load from outside of the packet, and a division by 0, end the program: the packet is not such.
 *
 * <p>Source: the behaviour of the kernel's {@code bpf_prog_run} on skbs.
 */
public final class HotBpf implements HotMatch {

    private static final int CODE_SHIFT = 48;
    private static final int TRUE_SHIFT = 40;
    private static final int FALSE_SHIFT = 32;
    private static final int BYTE_MASK = 0xFF;

    private final long[] program;
    private final int[][] memories;

    /** A verified program, which is kept, for so many workers. */
    public HotBpf(final long[] program, final int workers) {
        this.program = program;
        this.memories = new int[workers][BpfCode.MEMORY_WORDS];
    }

    /** An instruction of a program. */
    public static long instruction(final int code, final int jumpTrue, final int jumpFalse, final int k) {
        return (long) code << CODE_SHIFT | (long) jumpTrue << TRUE_SHIFT | (long) jumpFalse << FALSE_SHIFT
                | Integer.toUnsignedLong(k);
    }

    /** An instruction's code. */
    public static int code(final long instruction) {
        return (int) (instruction >>> CODE_SHIFT);
    }

    /** How many instructions it leaves out when it holds. */
    public static int jumpTrue(final long instruction) {
        return (int) (instruction >>> TRUE_SHIFT) & BYTE_MASK;
    }

    /** How many instructions it leaves out when it does not. */
    public static int jumpFalse(final long instruction) {
        return (int) (instruction >>> FALSE_SHIFT) & BYTE_MASK;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final int[] memory = memories[packet.worker];
        int a = 0;
        int x = 0;
        int pc = 0;
        while (true) {
            final long one = program[pc++];
            final int code = code(one);
            final int k = (int) one;
            switch (code) {
                case BpfCode.LD_W_ABS, BpfCode.LD_H_ABS, BpfCode.LD_B_ABS -> {
                    if (k == BpfCode.XOR_X) {
                        a ^= x;
                    } else if (BpfCode.isAncillary(k)) {
                        if (!BpfPacket.has(packet, k)) {
                            return false;
                        }
                        a = BpfPacket.about(packet, k);
                    } else {
                        final long at = BpfPacket.place(packet, k, BpfCode.bytes(code));
                        if (at == BpfPacket.NOWHERE) {
                            return false;
                        }
                        a = load(code, at);
                    }
                }
                case BpfCode.LD_W_IND, BpfCode.LD_H_IND, BpfCode.LD_B_IND -> {
                    final long at = BpfPacket.place(packet, x + k, BpfCode.bytes(code));
                    if (at == BpfPacket.NOWHERE) {
                        return false;
                    }
                    a = load(code, at);
                }
                case BpfCode.LDX_MSH -> {
                    final long at = BpfPacket.place(packet, k, 1);
                    if (at == BpfPacket.NOWHERE) {
                        return false;
                    }
                    x = (Memory.getByte(at) & 0xF) * Integer.BYTES;
                }
                case BpfCode.LD_IMM -> a = k;
                case BpfCode.LD_MEM -> a = memory[k];
                case BpfCode.LD_LEN -> a = packet.length;
                case BpfCode.LDX_IMM -> x = k;
                case BpfCode.LDX_MEM -> x = memory[k];
                case BpfCode.LDX_LEN -> x = packet.length;
                case BpfCode.ST -> memory[k] = a;
                case BpfCode.STX -> memory[k] = x;
                case BpfCode.TAX -> x = a;
                case BpfCode.TXA -> a = x;
                case BpfCode.RET -> {
                    return k != 0;
                }
                case BpfCode.RET_A -> {
                    return a != 0;
                }
                case BpfCode.JA -> pc += k;
                default -> {
                    final int operand = (code & BpfCode.X) == 0 ? k : x;
                    final int operation = BpfCode.withConstant(code);
                    if (BpfCode.instructionClass(code) == BpfCode.JMP) {
                        pc += holds(operation, a, operand) ? jumpTrue(one) : jumpFalse(one);
                    } else {
                        if (operand == 0 && (operation == BpfCode.DIV_K || operation == BpfCode.MOD_K)) {
                            return false;
                        }
                        a = compute(operation, a, operand);
                    }
                }
            }
        }
    }

    private static int load(final int code, final long at) {
        return switch (BpfCode.bytes(code)) {
            case 1 -> Memory.getUnsignedByte(at);
            case 2 -> Memory.getUnsignedShortBE(at);
            default -> Memory.getIntBE(at);
        };
    }

    private static boolean holds(final int operation, final int a, final int operand) {
        return switch (operation) {
            case BpfCode.JEQ_K -> a == operand;
            case BpfCode.JGT_K -> Integer.compareUnsigned(a, operand) > 0;
            case BpfCode.JGE_K -> Integer.compareUnsigned(a, operand) >= 0;
            default -> (a & operand) != 0;
        };
    }

    private static int compute(final int operation, final int a, final int operand) {
        return switch (operation) {
            case BpfCode.ADD_K -> a + operand;
            case BpfCode.SUB_K -> a - operand;
            case BpfCode.MUL_K -> a * operand;
            case BpfCode.DIV_K -> Integer.divideUnsigned(a, operand);
            case BpfCode.MOD_K -> Integer.remainderUnsigned(a, operand);
            case BpfCode.OR_K -> a | operand;
            case BpfCode.AND_K -> a & operand;
            case BpfCode.XOR_K -> a ^ operand;
            case BpfCode.LSH_K -> a << operand;
            case BpfCode.RSH_K -> a >>> operand;
            default -> -a;
        };
    }
}
