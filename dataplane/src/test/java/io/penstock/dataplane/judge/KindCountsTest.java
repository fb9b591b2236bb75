package io.penstock.dataplane.judge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.judge.random.RuleKinds;
import io.penstock.rules.api.IpFamily;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rules by the kinds that they have. */
class KindCountsTest {

    @Test
    void shouldCountRulesAndThoseThatTookAPacket() {
        final KindCounts counts = new KindCounts(RuleKinds::of);
        counts.add(Map.of(IpFamily.IPV4, """
                *filter
                :FORWARD ACCEPT [9:900]
                [3:300] -A FORWARD -p tcp -m tcp --dport 80 -m limit --limit 1/hour -j LOG
                [0:0] -A FORWARD -m limit --limit 2/hour -m limit --limit 1/hour -j ACCEPT
                COMMIT
                """));
        assertArrayEquals(new long[] {2, 1}, counts.counts().get("IPv4 -m limit"));
        assertArrayEquals(new long[] {1, 1}, counts.counts().get("IPv4 -j LOG"));
        final StringBuilder text = new StringBuilder();
        counts.write(text);
        assertTrue(text.toString().contains(" IPv4 -m tcp=1/1"), text::toString);
        assertTrue(text.toString().contains("kinds that took no packet: IPv4 -j CHECKSUM, "), text::toString);
    }
}
