package io.penstock.os.bpf;

import java.util.Locale;

/**
 * The words of the eBPF instruction set that the {@link BpfAssembler} accepts.
 *
 * <p>One instruction is eight bytes, in the machine's order:
 * <pre>
 *   0        8    12   16               32                              64
 *  +--------+----+----+----------------+--------------------------------+
 *  | opcode |dst |src |  offset, s16   |        immediate, s32          |
 *  +--------+----+----+----------------+--------------------------------+
 * </pre>
 *
 * <p>Source: RFC 9669 (BPF Instruction Set Architecture). Differs from it: only little-endian machines are supported, on
 * which the register byte holds dst in its low half.
 */
public final class BpfIsa {

    static final int CLASS_LD = 0x00;
    static final int CLASS_LDX = 0x01;
    static final int CLASS_ST = 0x02;
    static final int CLASS_STX = 0x03;
    static final int CLASS_ALU32 = 0x04;
    static final int CLASS_JMP = 0x05;
    static final int CLASS_JMP32 = 0x06;
    static final int CLASS_ALU64 = 0x07;
    static final int CLASS_MASK = 0x07;

    /** The operand is a register; without it, the immediate. */
    static final int SOURCE_REGISTER = 0x08;
    static final int OPERATION_MASK = 0xf0;

    static final int MODE_IMM = 0x00;
    static final int MODE_MEM = 0x60;
    static final int MODE_ATOMIC = 0xc0;
    static final int MODE_MASK = 0xe0;

    static final int ALU_NEG = 0x80;
    static final int ALU_END = 0xd0;
    static final int JMP_JA = 0x00;
    static final int JMP_CALL = 0x80;
    static final int JMP_EXIT = 0x90;

    /** ld_imm64, a constant: source register 0. */
    static final int LD_IMM64 = CLASS_LD | Width.DOUBLE.code | MODE_IMM;
    /** ld_imm64 of a map's address from its descriptor: BPF_PSEUDO_MAP_FD. */
    static final int PSEUDO_MAP_FD = 1;
    /** ld_imm64 of an address inside an array map's only value: BPF_PSEUDO_MAP_VALUE. */
    static final int PSEUDO_MAP_VALUE = 2;

    private BpfIsa() {
    }

    /** The eleven registers: R0 result, R1 to R5 arguments (lost in calls), R6 to R9 kept, R10 the frame pointer. */
    public enum Reg {
        R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10
    }

    /** How many bytes a load or store moves. */
    public enum Width {
        BYTE(0x10, 1), HALF(0x08, 2), WORD(0x00, 4), DOUBLE(0x18, 8);

        final int code;
        final int bytes;

        Width(final int code, final int bytes) {
            this.code = code;
            this.bytes = bytes;
        }

        static Width of(final int opcode) {
            for (final Width width : values()) {
                if (width.code == (opcode & 0x18)) {
                    return width;
                }
            }
            throw new AssertionError(opcode);
        }
    }

    /** Arithmetic; division and remainder are unsigned, as is {@link #RSH}. */
    public enum Alu {
        ADD(0x00, "+="), SUB(0x10, "-="), MUL(0x20, "*="), DIV(0x30, "/="), OR(0x40, "|="), AND(0x50, "&="),
        LSH(0x60, "<<="), RSH(0x70, ">>="), MOD(0x90, "%="), XOR(0xa0, "^="), MOV(0xb0, "="), ARSH(0xc0, "s>>=");

        final int code;
        final String sign;

        Alu(final int code, final String sign) {
            this.code = code;
            this.sign = sign;
        }
    }

    /** Conditions of jumps: unsigned unless the name starts with S; {@code SET} is true when {@code a & b} is not 0. */
    public enum Cond {
        EQ(0x10, "=="), GT(0x20, ">"), GE(0x30, ">="), SET(0x40, "&"), NE(0x50, "!="), SGT(0x60, "s>"), SGE(0x70, "s>="),
        LT(0xa0, "<"), LE(0xb0, "<="), SLT(0xc0, "s<"), SLE(0xd0, "s<=");

        final int code;
        final String sign;

        Cond(final int code, final String sign) {
            this.code = code;
            this.sign = sign;
        }
    }

    /** Atomic operations on a word or double word in memory; the fetching ones return the old value in the source. */
    public enum Atomic {
        ADD(0x00), OR(0x40), AND(0x50), XOR(0xa0), FETCH_ADD(0x01), FETCH_OR(0x41), FETCH_AND(0x51), FETCH_XOR(0xa1),
        /** Swaps memory and source. */
        EXCHANGE(0xe1),
        /** Compares memory with R0, stores the source if equal, leaves the old value in R0. */
        COMPARE_EXCHANGE(0xf1);

        final int code;

        Atomic(final int code) {
            this.code = code;
        }
    }

    /** The kernel functions that programs here call. Source: bpf-helpers(7). */
    public enum Helper {
        /** R0 = address of the value under the key at R2 in map R1, or 0. */
        MAP_LOOKUP_ELEM(1),
        /** R0 = nanoseconds of CLOCK_MONOTONIC. */
        KTIME_GET_NS(5),
        /** R0 = the processor's number. */
        GET_SMP_PROCESSOR_ID(8),
        /** Puts a VLAN tag of type R2 (network order) and content R3 beside packet R1; R0 = 0 or less. Traffic control only. */
        SKB_VLAN_PUSH(18),
        /** Sends the frame to device R1; R2 = flags. */
        REDIRECT(23),
        /** Copies R4 bytes of packet R1 from offset R2 to R3; R0 = 0, or less when the packet is shorter. Traffic control only. */
        SKB_LOAD_BYTES(26),
        /** Puts R2 bytes of zeros before the Ethernet header of packet R1; R3 = 0; R0 = 0 or less. Traffic control only. */
        SKB_CHANGE_HEAD(43),
        /** R0 = the user that owns the socket of packet R1. Traffic control only. */
        GET_SOCKET_UID(47),
        /** Sends the frame to entry R2 of map R1; R0 = R3 when there is no such entry. */
        REDIRECT_MAP(51),
        /** Moves the end of frame R1 by R2 bytes; R0 = 0 or less. All pointers into the frame are lost. XDP only. */
        XDP_ADJUST_TAIL(65),
        /** Copies R4 bytes from R3 into frame R1 at offset R2; R0 = 0 or less. XDP only. */
        XDP_STORE_BYTES(190);

        final int id;

        Helper(final int id) {
            this.id = id;
        }

        static String name(final int id) {
            for (final Helper helper : values()) {
                if (helper.id == id) {
                    return helper.name().toLowerCase(Locale.ROOT) + '#' + id;
                }
            }
            return "helper#" + id;
        }
    }
}
