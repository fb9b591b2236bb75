package io.penstock.dataplane.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.penstock.os.netns.NetNs;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Where something is done, and what comes of it. */
class NamespaceThreadTest {

    @Test
    @Privileged
    void shouldBeInTheNamespaceItWasMadeInWhoeverAsks() throws Exception {
        try (TestNetNs there = TestNetNs.create("n")) {
            final long inode = NetNs.within(there.name(), NetNs::inode);
            try (NamespaceThread thread = NetNs.within(there.name(), () -> NamespaceThread.here("test"))) {
                final AtomicLong seen = new AtomicLong();
                assertThrows(IllegalArgumentException.class, () -> thread.call(() -> {
                    throw new IllegalArgumentException();
                }));
                thread.call(() -> seen.set(NetNs.inode()));
                assertEquals(inode, seen.get());
            }
        }
    }

    @Test
    void shouldThrowWhatIsThrownThereAndRefuseWhenItIsClosed() {
        final NamespaceThread thread = NamespaceThread.here("test");
        final RuntimeException unchecked = new IllegalArgumentException("a");
        assertSame(unchecked, assertThrows(RuntimeException.class, () -> thread.call(() -> {
            throw unchecked;
        })));
        final Error error = new AssertionError("b");
        assertSame(error, assertThrows(Error.class, () -> thread.call(() -> {
            throw error;
        })));
        thread.close();
        assertThrows(IllegalStateException.class, () -> thread.call(() -> { }));
    }
}
