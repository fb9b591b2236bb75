package io.penstock.rules.hot.match;

/**
 * The instructions of the classic Berkeley packet filter, and where the kernel's extensions begin.
 *
 * <p>Source: S. McCanne, V. Jacobson, "The BSD packet filter", 1993; linux/filter.h, linux/bpf_common.h.
 */
public final class BpfCode {

    /** Words of a program's memory. */
    public static final int MEMORY_WORDS = 16;

    /** Class: loads of A. */
    public static final int LD = 0x00;
    /** Class: loads of X. */
    public static final int LDX = 0x01;
    /** Stores A. */
    public static final int ST = 0x02;
    /** Stores X. */
    public static final int STX = 0x03;
    /** Class: arithmetic on A. */
    public static final int ALU = 0x04;
    /** Class: jumps. */
    public static final int JMP = 0x05;
    /** Class: the end; alone, by a constant. */
    public static final int RET = 0x06;
    /** Class: moves between A and X. */
    public static final int MISC = 0x07;
    /** The operand is X, not the constant. */
    public static final int X = 0x08;

    public static final int LD_W_ABS = 0x20;
    public static final int LD_H_ABS = 0x28;
    public static final int LD_B_ABS = 0x30;
    public static final int LD_W_IND = 0x40;
    public static final int LD_H_IND = 0x48;
    public static final int LD_B_IND = 0x50;
    public static final int LD_IMM = 0x00;
    public static final int LD_MEM = 0x60;
    public static final int LD_LEN = 0x80;
    public static final int LDX_IMM = 0x01;
    public static final int LDX_MEM = 0x61;
    public static final int LDX_LEN = 0x81;
    /** Loads X with the length of the IPv4 header whose first byte it names. */
    public static final int LDX_MSH = 0xB1;
    public static final int ADD_K = 0x04;
    public static final int SUB_K = 0x14;
    public static final int MUL_K = 0x24;
    public static final int DIV_K = 0x34;
    public static final int OR_K = 0x44;
    public static final int AND_K = 0x54;
    public static final int LSH_K = 0x64;
    public static final int RSH_K = 0x74;
    public static final int NEG = 0x84;
    public static final int MOD_K = 0x94;
    public static final int XOR_K = 0xA4;
    public static final int JA = 0x05;
    public static final int JEQ_K = 0x15;
    public static final int JGT_K = 0x25;
    public static final int JGE_K = 0x35;
    public static final int JSET_K = 0x45;
    public static final int RET_A = 0x16;
    public static final int TAX = 0x07;
    public static final int TXA = 0x87;

    /** From here on, offsets count from the Ethernet header ({@code SKF_LL_OFF}). */
    public static final int LINK = -0x20_0000;
    /** From here on, offsets count from the network header ({@code SKF_NET_OFF}). */
    public static final int NETWORK = -0x10_0000;
    /** From here on, absolute loads ask for something about the packet ({@code SKF_AD_OFF}). */
    public static final int ANCILLARY = -0x1000;

    public static final int PROTOCOL = ANCILLARY;
    public static final int PACKET_TYPE = ANCILLARY + 4;
    public static final int INTERFACE = ANCILLARY + 8;
    public static final int NETLINK_ATTRIBUTE = ANCILLARY + 12;
    public static final int NESTED_ATTRIBUTE = ANCILLARY + 16;
    public static final int MARK = ANCILLARY + 20;
    public static final int QUEUE = ANCILLARY + 24;
    public static final int HARDWARE_TYPE = ANCILLARY + 28;
    public static final int RECEIVE_HASH = ANCILLARY + 32;
    public static final int CPU = ANCILLARY + 36;
    /** Not a load: A exclusive or X. */
    public static final int XOR_X = ANCILLARY + 40;
    public static final int VLAN_TAG = ANCILLARY + 44;
    public static final int VLAN_TAG_PRESENT = ANCILLARY + 48;
    public static final int PAYLOAD_OFFSET = ANCILLARY + 52;
    public static final int RANDOM = ANCILLARY + 56;
    public static final int VLAN_PROTOCOL = ANCILLARY + 60;

    /** Above it, 0 is a word, 1 a half, 2 a byte. */
    private static final int SIZE_SHIFT = 3;
    private static final int CLASS_MASK = 0x07;
    private static final int OPERATION_MASK = 0xF7;

    private BpfCode() {
    }

    /** What sort of instruction it is. */
    public static int instructionClass(final int code) {
        return code & CLASS_MASK;
    }

    /** The same with the constant as its operand. */
    public static int withConstant(final int code) {
        return code & ~X;
    }

    /** How many bytes a load takes. */
    public static int bytes(final int code) {
        return Integer.BYTES >> (code >> SIZE_SHIFT & 3);
    }

    /** Whether it loads from a place that is a constant. */
    public static boolean isAbsoluteLoad(final int code) {
        return code == LD_W_ABS || code == LD_H_ABS || code == LD_B_ABS;
    }

    /** Whether there is such an instruction. */
    public static boolean isKnown(final int code) {
        return switch (code) {
            case LD_W_ABS, LD_H_ABS, LD_B_ABS, LD_W_IND, LD_H_IND, LD_B_IND, LD_IMM, LD_MEM, LD_LEN -> true;
            case LDX_IMM, LDX_MEM, LDX_LEN, LDX_MSH, ST, STX, NEG, JA, RET, RET_A, TAX, TXA -> true;
            default -> isArithmeticOrJump(code);
        };
    }

    /** Whether an absolute load's place is one that asks for something about the packet. */
    public static boolean isAncillary(final int k) {
        return k >= ANCILLARY && k <= VLAN_PROTOCOL && (k & 3) == 0;
    }

    /** Whether it asks for something that there is not here. */
    public static boolean isForeign(final int k) {
        return k == NETLINK_ATTRIBUTE || k == NESTED_ATTRIBUTE || k == PAYLOAD_OFFSET;
    }

    private static boolean isArithmeticOrJump(final int code) {
        if (code >>> Byte.SIZE != 0) {
            return false;
        }
        return switch (code & OPERATION_MASK) {
            case ADD_K, SUB_K, MUL_K, DIV_K, OR_K, AND_K, LSH_K, RSH_K, MOD_K, XOR_K, JEQ_K, JGT_K, JGE_K, JSET_K -> true;
            default -> false;
        };
    }
}
