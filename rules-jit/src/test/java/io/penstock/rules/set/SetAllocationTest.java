package io.penstock.rules.set;

import io.penstock.os.testkit.Allocation;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.set.NoWorkers;
import io.penstock.rules.hot.set.PacketSet;
import io.penstock.rules.hot.set.SetQuery;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SetAllocationTest {

    private static final int ROUNDS = 3_000;

    @ParameterizedTest
    @ValueSource(strings = {
        "bitmap:ip range 10.0.0.0/24 counters", "bitmap:ip,mac range 10.0.0.0/24 timeout 5", "bitmap:port range 0-100 skbinfo", "hash:ip",
        "hash:ip timeout 10 counters comment skbinfo", "hash:mac", "hash:ip,mac", "hash:net counters", "hash:net,net", "hash:ip,port",
        "hash:net,port", "hash:ip,port,ip", "hash:ip,port,net", "hash:ip,mark", "hash:net,port,net", "hash:net,iface timeout 10"})
    void shouldNotTouchTheHeapWhenPacketsAskAndChange(final String words) throws SetProblem {
        try (SetRegistry sets = new SetRegistry(new NoWorkers(), () -> 1); SetPacket packets = new SetPacket()) {
            sets.create(SetLines.spec(List.of(("s " + words).split(" "))), false);
            sets.create(SetLines.spec(List.of("l", "list:set", "counters")), false);
            sets.add("l", SetLines.element(SetType.LIST_SET, List.of("s")), false);
            final PacketSet set = sets.acquire("s", "test").orElseThrow().get();
            final PacketSet list = sets.acquire("l", "test").orElseThrow().get();
            final RulePacket one = packets.of("10.0.0.1 10.0.0.2 udp 1 2", 1);
            final SetQuery query = new SetQuery(3, 5, false, true, true, SetQuery.GREATER, 0, SetQuery.NO_CONDITION, 0, true, SetQuery.NO_TIMEOUT);
            Allocation.atMost(ROUNDS - 1, () -> {
                for (int i = 0; i < ROUNDS; i++) {
                    one.nowNs += 1_000_000;
                    set.add(one, query);
                    set.test(one, query);
                    list.test(one, query);
                    set.delete(one, query);
                    list.add(one, query);
                    list.delete(one, query);
                }
            });
        }
    }
}
