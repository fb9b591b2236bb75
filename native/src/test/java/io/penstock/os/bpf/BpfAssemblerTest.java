package io.penstock.os.bpf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.penstock.os.bpf.BpfIsa.Alu;
import io.penstock.os.bpf.BpfIsa.Atomic;
import io.penstock.os.bpf.BpfIsa.Cond;
import io.penstock.os.bpf.BpfIsa.Helper;
import io.penstock.os.bpf.BpfIsa.Reg;
import io.penstock.os.bpf.BpfIsa.Width;
import org.junit.jupiter.api.Test;

/** The encodings are those of RFC 9669, written out as bytes: opcode, registers, offset, immediate. */
class BpfAssemblerTest {

    private final BpfAssembler code = new BpfAssembler();

    @Test
    void shouldEncodeArithmeticAsTheStandardSays() {
        code.mov(Reg.R0, -1).mov(Reg.R6, Reg.R1).alu(Alu.ADD, Reg.R2, 14).alu32(Alu.AND, Reg.R3, Reg.R4).neg(Reg.R5)
                .toBigEndian(Reg.R7, 16);

        assertWords("b7 00 0000 ffffffff", "bf 16 0000 00000000", "07 02 0000 0000000e", "5c 43 0000 00000000",
                "87 05 0000 00000000", "dc 07 0000 00000010");
    }

    @Test
    void shouldEncodeMemoryAccessAsTheStandardSays() {
        code.load(Width.HALF, Reg.R1, Reg.R2, 12).load(Width.BYTE, Reg.R1, Reg.R2, 0)
                .store(Width.DOUBLE, Reg.R10, -8, Reg.R3).store(Width.WORD, Reg.R10, -12, 5)
                .atomic(Atomic.ADD, Width.DOUBLE, Reg.R1, 8, Reg.R2).atomic(Atomic.FETCH_ADD, Width.WORD, Reg.R1, 8, Reg.R2);

        assertWords("69 21 000c 00000000", "71 21 0000 00000000", "7b 3a fff8 00000000", "62 0a fff4 00000005",
                "db 21 0008 00000000", "c3 21 0008 00000001");
    }

    @Test
    void shouldEncodeWideConstantsInTwoWords() {
        code.loadImm64(Reg.R3, 0x1122_3344_8566_7788L);

        assertWords("18 03 0000 85667788", "00 00 0000 11223344");
    }

    @Test
    void shouldResolveJumpsInBothDirections() {
        code.label("back").mov(Reg.R0, 0).jump(Cond.EQ, Reg.R1, 7, "end").jump32(Cond.SLT, Reg.R1, Reg.R2, "back")
                .jump("end").call(Helper.REDIRECT_MAP).label("end").exit();

        assertWords("b7 00 0000 00000000", "15 01 0003 00000007", "ce 21 fffd 00000000", "05 00 0001 00000000",
                "85 00 0000 00000033", "95 00 0000 00000000");
    }

    @Test
    void shouldPrintTheProgramInTheVerifiersWords() {
        code.load(Width.WORD, Reg.R2, Reg.R1, 4).jump(Cond.NE, Reg.R2, 0, "out").loadImm64(Reg.R3, 255)
                .atomic(Atomic.FETCH_ADD, Width.DOUBLE, Reg.R3, 0, Reg.R2).store(Width.BYTE, Reg.R3, -1, 9)
                .alu32(Alu.LSH, Reg.R2, 3).label("out").call(Helper.REDIRECT).exit();

        assertEquals("""
                   0: r2 = *(u32 *)(r1 +4)
                   1: if r2 != 0 goto out
                   2: r3 = 0xff ll
                   4: lock fetch_add *(u64 *)(r3 +0), r2
                   5: *(u8 *)(r3 -1) = 9
                   6: w2 <<= 3
                out:
                   7: call redirect#23
                   8: exit
                """, code.toString());
    }

    @Test
    void shouldRefuseWhenALabelIsMissingTwiceOrBehindTheEnd() {
        code.jump("nowhere").exit();
        assertEquals("a label is never set: label=nowhere jump at=0; set it with label()",
                assertThrows(IllegalStateException.class, code::toLongs).getMessage());

        code.label("here");
        assertEquals("a label is set twice: label=here at=2 and=2",
                assertThrows(IllegalStateException.class, () -> code.label("here")).getMessage());

        final BpfAssembler open = new BpfAssembler().jump("end").label("end");
        assertEquals("a label is behind the last instruction: label=end jump at=0; end the program with exit()",
                assertThrows(IllegalStateException.class, open::toLongs).getMessage());
    }

    @Test
    void shouldRefuseWhenAJumpIsTooFar() {
        code.jump("far");
        for (int i = 0; i < 32768; i++) {
            code.mov(Reg.R0, i);
        }
        code.label("far").exit();

        assertEquals("a jump is too far: label=far jump at=0 distance=32768 limit=32767; put the target nearer or jump twice",
                assertThrows(IllegalStateException.class, code::toLongs).getMessage());
    }

    @Test
    void shouldRefuseWhatTheInstructionCannotHold() {
        assertEquals("an offset has 16 bits: offset=40000 at=0",
                assertThrows(IllegalArgumentException.class, () -> code.load(Width.BYTE, Reg.R1, Reg.R2, 40000)).getMessage());
        assertEquals("R10, the frame pointer, is read-only; copy it with mov and change the copy",
                assertThrows(IllegalArgumentException.class, () -> code.alu(Alu.ADD, Reg.R10, -4)).getMessage());
        assertEquals("an atomic operation is on 4 or 8 bytes: width=HALF", assertThrows(IllegalArgumentException.class,
                () -> code.atomic(Atomic.ADD, Width.HALF, Reg.R1, 0, Reg.R2)).getMessage());
        assertEquals("a byte swap is of 16, 32 or 64 bits: bits=8",
                assertThrows(IllegalArgumentException.class, () -> code.toBigEndian(Reg.R1, 8)).getMessage());
    }

    @Test
    void shouldGiveDifferentNamesWhenUniqueLabelsAreAskedFor() {
        assertNotEquals(code.uniqueLabel("x"), code.uniqueLabel("x"));
    }

    @Test
    void shouldKnowTheCallsNumberWhenTheProcessorIsSupported() {
        assertEquals(321, BpfCall.number("amd64"));
        assertEquals(280, BpfCall.number("aarch64"));
        assertEquals("the number of bpf(2) is not known here: os.arch=riscv64; use amd64 or aarch64",
                assertThrows(UnsupportedOperationException.class, () -> BpfCall.number("riscv64")).getMessage());
    }

    private void assertWords(final String... expected) {
        final String[] actual = new String[code.size()];
        final long[] words = code.toLongs();
        for (int i = 0; i < actual.length; i++) {
            actual[i] = String.format("%02x %02x %04x %08x",
                    words[i] & 0xFF, words[i] >>> 8 & 0xFF, words[i] >>> 16 & 0xFFFF, words[i] >>> 32);
        }
        assertArrayEquals(expected, actual);
    }
}
