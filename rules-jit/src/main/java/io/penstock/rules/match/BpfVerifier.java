package io.penstock.rules.match;

import io.penstock.os.sys.Errno;
import io.penstock.rules.api.Kind;
import io.penstock.rules.hot.match.BpfCode;
import java.util.Arrays;
import java.util.List;

/**
 * What the kernel says to a program of the classic Berkeley packet filter: it knows its instructions, leaves by none but a return, divides
 * by no constant 0, and reads no memory that was not written on every way to there.
 *
 * <p>Source: the behaviour of the kernel's {@code bpf_check_classic}. Differs from Linux: a program that asks for netlink attributes or
 * for where the payload begins is refused, by {@code EOPNOTSUPP}.
 */
final class BpfVerifier {

    private static final int WORD_BITS = 32;

    private BpfVerifier() {
    }

    /** An errno. */
    static int check(final List<BpfInstruction> program) {
        final int length = program.size();
        if (length == 0 || BpfCode.instructionClass(program.getLast().code()) != BpfCode.RET) {
            return Errno.EINVAL;
        }
        int errno = Kind.FINE;
        for (int at = 0; at < length; at++) {
            final int found = check(program.get(at), length - at - 1);
            errno = found == Errno.EINVAL || errno == Kind.FINE ? found : errno;
            if (errno == Errno.EINVAL) {
                return errno;
            }
        }
        return isMemoryWritten(program) ? errno : Errno.EINVAL;
    }

    /** An errno for one instruction with so many behind it. */
    private static int check(final BpfInstruction one, final int behind) {
        final int code = one.code();
        final int k = one.k();
        if (!BpfCode.isKnown(code)) {
            return Errno.EINVAL;
        }
        final boolean isRight = switch (code) {
            case BpfCode.DIV_K, BpfCode.MOD_K -> k != 0;
            case BpfCode.LSH_K, BpfCode.RSH_K -> Integer.compareUnsigned(k, WORD_BITS) < 0;
            case BpfCode.LD_MEM, BpfCode.LDX_MEM, BpfCode.ST, BpfCode.STX ->
                Integer.compareUnsigned(k, BpfCode.MEMORY_WORDS) < 0;
            case BpfCode.JA -> Integer.compareUnsigned(k, behind) < 0;
            case BpfCode.LD_W_ABS, BpfCode.LD_H_ABS, BpfCode.LD_B_ABS ->
                Integer.compareUnsigned(k, BpfCode.ANCILLARY) < 0 || BpfCode.isAncillary(k);
            default -> BpfCode.instructionClass(code) != BpfCode.JMP || one.jumpTrue() < behind && one.jumpFalse() < behind;
        };
        if (!isRight) {
            return Errno.EINVAL;
        }
        return BpfCode.isAbsoluteLoad(code) && BpfCode.isForeign(k) ? Errno.EOPNOTSUPP : Kind.FINE;
    }

    private static boolean isMemoryWritten(final List<BpfInstruction> program) {
        // What is written on every way that was seen to an instruction.
        final int[] written = new int[program.size()];
        Arrays.fill(written, -1);
        int now = 0;
        for (int at = 0; at < program.size(); at++) {
            final BpfInstruction one = program.get(at);
            now &= written[at];
            switch (one.code()) {
                case BpfCode.ST, BpfCode.STX -> now |= 1 << one.k();
                case BpfCode.LD_MEM, BpfCode.LDX_MEM -> {
                    if ((now & 1 << one.k()) == 0) {
                        return false;
                    }
                }
                case BpfCode.JA -> {
                    written[at + 1 + one.k()] &= now;
                    now = -1;
                }
                default -> {
                    if (BpfCode.instructionClass(one.code()) == BpfCode.JMP) {
                        written[at + 1 + one.jumpTrue()] &= now;
                        written[at + 1 + one.jumpFalse()] &= now;
                        now = -1;
                    }
                }
            }
        }
        return true;
    }
}
