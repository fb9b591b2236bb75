package io.penstock.rules.bytecode;

import static io.penstock.rules.bytecode.UnitCompiler.FREE_VAR;
import static io.penstock.rules.bytecode.UnitCompiler.LENGTH_VAR;
import static io.penstock.rules.bytecode.UnitCompiler.NETWORK_VAR;

import io.penstock.rules.hot.match.HotU32;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;

/** Writes a program of {@link HotU32} as bytecode. */
final class U32Unit implements UnitCompiler.Unit {

    /** The word found so far: an int. */
    private static final int WORD_VAR = FREE_VAR;
    /** From where {@link HotU32#AT} counts: a long. */
    private static final int BASE_VAR = FREE_VAR + 1;
    /** The low 32 bits. */
    private static final long UNSIGNED = 0xFFFF_FFFFL;

    private final int[] program;

    U32Unit(final int[] program) {
        this.program = program;
    }

    @Override
    public void write(final CodeBuilder code, final Label yes, final Label no) {
        int pc = 0;
        while (pc < program.length) {
            final int steps = program[pc];
            final int values = program[pc + 1];
            pc += 2;
            code.lconst_0().lstore(BASE_VAR);
            word(code, program[pc++], no);
            for (int step = 1; step < steps; step++) {
                step(code, program[pc], program[pc + 1], no);
                pc += 2;
            }
            values(code, pc, values, no);
            pc += 2 * values;
        }
        code.goto_(yes);
    }

    private static void step(final CodeBuilder code, final int operator, final int number, final Label no) {
        if (operator == HotU32.AT) {
            code.lload(BASE_VAR).iload(WORD_VAR).i2l().loadConstant(UNSIGNED).land().ladd().lstore(BASE_VAR);
            word(code, number, no);
            return;
        }
        code.iload(WORD_VAR).loadConstant(number);
        switch (operator) {
            case HotU32.AND -> code.iand();
            case HotU32.LEFT -> code.ishl();
            default -> code.iushr();
        }
        code.istore(WORD_VAR);
    }

    /** Loads the word that lies so far from the base. */
    private static void word(final CodeBuilder code, final int offset, final Label no) {
        final long place = Integer.toUnsignedLong(offset);
        code.lload(BASE_VAR).loadConstant(place + Integer.BYTES).ladd().iload(LENGTH_VAR).i2l().lcmp().ifgt(no);
        code.lload(NETWORK_VAR).lload(BASE_VAR).ladd().loadConstant(place).ladd();
        UnitCompiler.load(code, Integer.BYTES);
        code.istore(WORD_VAR);
    }

    private void values(final CodeBuilder code, final int from, final int values, final Label no) {
        final Label found = code.newLabel();
        for (int at = from; at < from + 2 * values; at += 2) {
            final int low = program[at];
            final int high = program[at + 1];
            if (low == high) {
                code.iload(WORD_VAR).loadConstant(low).if_icmpeq(found);
            } else if (Integer.compareUnsigned(low, high) < 0) {
                // Unsigned, word - low is at most high - low; signed comparison asks for the upper bit turned over.
                code.iload(WORD_VAR).loadConstant(low - Integer.MIN_VALUE).isub();
                code.loadConstant(high - low + Integer.MIN_VALUE).if_icmple(found);
            }
        }
        code.goto_(no).labelBinding(found);
    }
}
