package io.penstock.perf.sets;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SetLoopTest {

    private static final int PACKETS = 4_096;

    @ParameterizedTest
    @EnumSource(SetShape.class)
    void shouldFindThePacketsThatAreInTheSet(final SetShape shape) {
        for (final int entries : new int[] {10, 5_000}) {
            try (SetLoop loop = new SetLoop(shape, entries, PACKETS)) {
                assertEquals(loop.hits(), loop.run(loop.packets()));
            }
        }
    }
}
