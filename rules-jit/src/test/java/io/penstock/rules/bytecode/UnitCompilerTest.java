package io.penstock.rules.bytecode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.api.RuleHook;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.match.BpfCode;
import io.penstock.rules.hot.match.HotBpf;
import io.penstock.rules.hot.match.HotU32;
import io.penstock.rules.hot.match.PacketInMemory;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is compiled does what is interpreted. */
final class UnitCompilerTest {

    private static final int PROGRAMS = 600;
    private static final int PACKETS = 20;
    private static final int[] LOADS = {BpfCode.LD_W_ABS, BpfCode.LD_H_ABS, BpfCode.LD_B_ABS};
    private static final int[] INDIRECT = {BpfCode.LD_W_IND, BpfCode.LD_H_IND, BpfCode.LD_B_IND};
    private static final int[] ARITHMETIC = {BpfCode.ADD_K, BpfCode.SUB_K, BpfCode.MUL_K, BpfCode.DIV_K, BpfCode.MOD_K, BpfCode.OR_K,
        BpfCode.AND_K, BpfCode.XOR_K, BpfCode.LSH_K, BpfCode.RSH_K};
    private static final int[] JUMPS = {BpfCode.JEQ_K, BpfCode.JGT_K, BpfCode.JGE_K, BpfCode.JSET_K};
    private static final int[] MOVES = {BpfCode.LD_IMM, BpfCode.LD_LEN, BpfCode.LDX_IMM, BpfCode.LDX_LEN, BpfCode.TAX, BpfCode.TXA,
        BpfCode.NEG, BpfCode.LDX_MSH};

    private final PacketInMemory memory = new PacketInMemory();
    private final Random random = new Random(20);

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void shouldCompareUnsignedWordsInclusively() {
        final RulePacket packet = memory.v4("80000000 00000005 ffffffff");
        assertTrue(u32(false, packet, 1, 1, 0, 0x8000_0000, 0x8000_0000));
        assertTrue(u32(false, packet, 1, 1, 0, 0x7FFF_FFFF, 0x8000_0001));
        assertFalse(u32(false, packet, 1, 1, 0, 0x8000_0001, 0x7FFF_FFFF));
        assertTrue(u32(false, packet, 1, 2, 4, 0, 4, 5, 6));
        assertTrue(u32(false, packet, 1, 1, 8, 0, -1));
        assertTrue(u32(true, packet, 1, 1, 4, 6, -1));
    }

    @Test
    void shouldFollowPlaceAndFailBehindPacket() {
        final RulePacket packet = memory.v4("45000000 00000004 00000000 11223344");
        assertTrue(u32(false, packet, 2, 1, 4, HotU32.AT, 8, 0x1122_3344, 0x1122_3344));
        assertFalse(u32(false, packet, 4, 1, 0, HotU32.RIGHT, 22, HotU32.AND, 0x3C, HotU32.AT, -8, 0, -1));
        assertFalse(u32(false, packet, 1, 1, 13, 0, -1));
        assertTrue(u32(true, packet, 1, 1, 13, 0, -1));
        assertFalse(u32(false, packet, 1, 1, -1, 0, -1));
    }

    @Test
    void shouldDoAsU32InterpreterDoes() {
        int taken = 0;
        for (int i = 0; i < PROGRAMS; i++) {
            final int[] program = u32Program();
            final boolean inverted = random.nextBoolean();
            final HotMatch interpreted = new HotU32(program, inverted);
            final HotMatch compiled = UnitCompiler.compileU32(program, inverted);
            for (int p = 0; p < PACKETS; p++) {
                final RulePacket packet = packet();
                final boolean expected = interpreted.matches(packet);
                assertEquals(expected, compiled.matches(packet), () -> Arrays.toString(program));
                taken += expected ? 1 : 0;
            }
        }
        assertTrue(taken > PROGRAMS && taken < PROGRAMS * (PACKETS - 1), "taken=" + taken);
    }

    @Test
    void shouldCompileLargestU32Program() {
        final IntStream.Builder program = IntStream.builder();
        for (int test = 0; test < 10; test++) {
            program.add(10).add(10).add(0);
            for (int step = 1; step < 10; step++) {
                program.add(HotU32.AT).add(1 << step);
            }
            for (int value = 0; value < 10; value++) {
                program.add(value << 20).add((value << 20) + 100_000);
            }
        }
        final int[] whole = program.build().toArray();
        assertEquals(new HotU32(whole, false).matches(packet()), UnitCompiler.compileU32(whole, false).matches(packet()));
    }

    @Test
    void shouldRunWhatTcpdumpCompiles() {
        // ip proto 6
        final long[] program = {
            HotBpf.instruction(BpfCode.LD_B_ABS, 0, 0, 9),
            HotBpf.instruction(BpfCode.JEQ_K, 0, 1, 6),
            HotBpf.instruction(BpfCode.RET, 0, 0, 1),
            HotBpf.instruction(BpfCode.RET, 0, 0, 0)
        };
        assertTrue(bpf(program, memory.v4("45000014 00000000 4006 0000 0a000001 0a000002")));
        assertFalse(bpf(program, memory.v4("45000014 00000000 4011 0000 0a000001 0a000002")));
        assertFalse(bpf(program, memory.v4("45000014 00000000 40")));
    }

    @Test
    void shouldSeeWhatIsBesidePacket() {
        final RulePacket packet = memory.v4("45000014 00000000 4006 0000 0a000001 0a000002");
        packet.mark = 7;
        packet.inIndex = 3;
        packet.worker = 1;
        assertTrue(isAbout(packet, BpfCode.PROTOCOL, 0x0800));
        assertTrue(isAbout(packet, BpfCode.MARK, 7));
        assertTrue(isAbout(packet, BpfCode.INTERFACE, 3));
        assertTrue(isAbout(packet, BpfCode.CPU, 1));
        assertTrue(isAbout(packet, BpfCode.RANDOM, 4711));
        assertTrue(isAbout(packet, BpfCode.LINK, 0xE0E1_E2E3));
        assertTrue(isAbout(packet, BpfCode.LINK + 14, 0x4500_0014));
        assertTrue(isAbout(packet, BpfCode.NETWORK + 16, 0x0A00_0002));
        assertFalse(isAbout(packet, BpfCode.NETWORK + 17, 0));
        packet.hook = RuleHook.POSTROUTING.ordinal();
        packet.outIndex = 9;
        assertTrue(isAbout(packet, BpfCode.INTERFACE, 9));
        packet.hook = RuleHook.OUTPUT.ordinal();
        packet.inIndex = 0;
        assertFalse(isAbout(packet, BpfCode.INTERFACE, 0));
        packet.frame = 0;
        assertFalse(isAbout(packet, BpfCode.LINK, 0));
    }

    @Test
    void shouldDoAsBpfInterpreterDoes() {
        int taken = 0;
        for (int i = 0; i < PROGRAMS; i++) {
            final long[] program = bpfProgram();
            final HotMatch interpreted = new HotBpf(program, 2);
            final HotMatch compiled = UnitCompiler.compileBpf(program);
            for (int p = 0; p < PACKETS; p++) {
                final RulePacket packet = packet();
                packet.worker = p & 1;
                final boolean expected = interpreted.matches(packet);
                assertEquals(expected, compiled.matches(packet), () -> Arrays.toString(program));
                taken += expected ? 1 : 0;
            }
        }
        assertTrue(taken > PROGRAMS && taken < PROGRAMS * (PACKETS - 1), "taken=" + taken);
    }

    private static boolean u32(final boolean inverted, final RulePacket packet, final int... program) {
        final boolean compiled = UnitCompiler.compileU32(program, inverted).matches(packet);
        assertEquals(new HotU32(program, inverted).matches(packet), compiled);
        return compiled;
    }

    private static boolean bpf(final long[] program, final RulePacket packet) {
        final boolean compiled = UnitCompiler.compileBpf(program).matches(packet);
        assertEquals(new HotBpf(program, 2).matches(packet), compiled);
        return compiled;
    }

    private static boolean isAbout(final RulePacket packet, final int k, final int value) {
        return bpf(new long[] {
            HotBpf.instruction(BpfCode.LD_W_ABS, 0, 0, k),
            HotBpf.instruction(BpfCode.JEQ_K, 0, 1, value),
            HotBpf.instruction(BpfCode.RET, 0, 0, 1),
            HotBpf.instruction(BpfCode.RET, 0, 0, 0)
        }, packet);
    }

    private RulePacket packet() {
        final byte[] bytes = new byte[1 + random.nextInt(64)];
        for (int i = 0; i < bytes.length; i++) {
            // Small numbers, so that places they name are in the packet.
            bytes[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : random.nextInt(12) * random.nextInt(2));
        }
        final RulePacket packet = memory.put(4, 0, bytes);
        packet.mark = random.nextInt(3);
        packet.inIndex = random.nextInt(2);
        return packet;
    }

    private int[] u32Program() {
        final IntStream.Builder program = IntStream.builder();
        for (int tests = 1 + random.nextInt(2); tests > 0; tests--) {
            final int steps = 1 + random.nextInt(4);
            final int values = 1 + random.nextInt(3);
            program.add(steps).add(values).add(random.nextInt(24));
            for (int step = 1; step < steps; step++) {
                final int operator = random.nextInt(4);
                program.add(operator);
                program.add(operator == HotU32.AND ? random.nextInt() >>> random.nextInt(32)
                        : operator == HotU32.AT ? random.nextInt(16) : random.nextInt(34));
            }
            for (int value = 0; value < values; value++) {
                final int low = random.nextInt() >>> random.nextInt(32);
                program.add(low).add(random.nextBoolean() ? low : random.nextInt());
            }
        }
        return program.build().toArray();
    }

    /** A program as the verifier takes it: memory is written first. */
    private long[] bpfProgram() {
        final int length = BpfCode.MEMORY_WORDS + 2 + random.nextInt(40);
        final long[] program = new long[length];
        for (int i = 0; i < length; i++) {
            program[i] = i < BpfCode.MEMORY_WORDS
                    ? HotBpf.instruction(random.nextBoolean() ? BpfCode.ST : BpfCode.STX, 0, 0, i)
                    : i >= length - 2
                            ? HotBpf.instruction(random.nextBoolean() ? BpfCode.RET : BpfCode.RET_A, 0, 0, random.nextInt(2))
                            : bpfInstruction(length - 1 - i);
        }
        return program;
    }

    private long bpfInstruction(final int behind) {
        final int small = random.nextInt(24);
        return switch (random.nextInt(9)) {
            case 0 -> HotBpf.instruction(any(LOADS), 0, 0, small);
            case 1 -> HotBpf.instruction(any(LOADS), 0, 0, place());
            case 2 -> HotBpf.instruction(any(INDIRECT), 0, 0, random.nextInt(4) == 0 ? place() : random.nextInt(4) - 2);
            case 3, 4 -> arithmetic();
            case 5 -> HotBpf.instruction(
                    any(JUMPS) | random.nextInt(2) * BpfCode.X, random.nextInt(behind), random.nextInt(behind), small);
            case 6 -> HotBpf.instruction(any(MOVES), 0, 0, small);
            case 7 -> HotBpf.instruction(random.nextBoolean() ? BpfCode.LD_MEM : BpfCode.LDX_MEM, 0, 0, small % 16);
            default -> random.nextInt(4) == 0
                    ? HotBpf.instruction(BpfCode.JA, 0, 0, random.nextInt(behind))
                    : HotBpf.instruction(random.nextBoolean() ? BpfCode.ST : BpfCode.STX, 0, 0, small % 16);
        };
    }

    private int place() {
        return switch (random.nextInt(4)) {
            case 0 -> BpfCode.LINK + random.nextInt(30);
            case 1 -> BpfCode.NETWORK + random.nextInt(30);
            case 2 -> Integer.MAX_VALUE - random.nextInt(6);
            default -> BpfCode.ANCILLARY + 4 * any(new int[] {0, 1, 2, 5, 6, 7, 9, 10, 11});
        };
    }

    private long arithmetic() {
        final int operation = any(ARITHMETIC);
        final int operand = operation == BpfCode.LSH_K || operation == BpfCode.RSH_K
                ? random.nextInt(32)
                : 1 + random.nextInt() >>> random.nextInt(31);
        return HotBpf.instruction(operation | random.nextInt(2) * BpfCode.X, 0, 0, Math.max(1, operand));
    }

    private int any(final int[] numbers) {
        return numbers[random.nextInt(numbers.length)];
    }
}
