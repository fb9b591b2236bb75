package io.penstock.rules.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.sys.Errno;
import io.penstock.rules.api.Kind;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.match.HashlimitSettings;
import io.penstock.rules.hot.match.HashlimitTable;
import io.penstock.rules.hot.match.HotHashlimit;
import io.penstock.rules.hot.match.PacketInMemory;
import io.penstock.rules.hot.match.RecentTable;
import org.junit.jupiter.api.Test;

/** What /proc/net/xt_recent and /proc/net/ipt_hashlimit say; the form was read off Linux 6.18. */
final class ProcFilesTest {

    private static final long S = 1_000_000_000;

    private static String read(final RecentFile file) {
        final StringBuilder out = new StringBuilder();
        file.read(out);
        return out.toString();
    }

    @Test
    void shouldListAddressesWithTheirTimes() {
        try (RecentTable table = new RecentTable(-1, -1, RecentTable.DEFAULT_ADDRESSES)) {
            table.require(0);
            final RecentFile file = new RecentFile(table);
            assertEquals(Kind.FINE, file.write("+1.2.3.4\n", S));
            assertEquals(Kind.FINE, file.write("+01.02.03.04", 2 * S));
            assertEquals(Kind.FINE, file.write("+2001:db8::1\n+9.9.9.9\n", 3 * S));
            final long first = Jiffies.at(S);
            final long second = Jiffies.at(2 * S);
            final long third = Jiffies.at(3 * S);
            assertEquals(Jiffies.PER_SECOND, second - first);
            assertEquals("src=1.2.3.4 ttl: 0 last_seen: " + second + " oldest_pkt: 2 " + first + ", " + second + "\n"
                    + "src=2001:0db8:0000:0000:0000:0000:0000:0001 ttl: 0 last_seen: " + third + " oldest_pkt: 1 " + third + "\n",
                    read(file));
            assertEquals(Kind.FINE, file.write("-1.2.3.4", S));
            assertEquals(Kind.FINE, file.write("-5.5.5.5", S));
            assertTrue(read(file).startsWith("src=2001"));
            assertEquals(Kind.FINE, file.write("/anything", S));
            assertEquals("", read(file));
        }
    }

    @Test
    void shouldRefuseWhatTheKernelRefuses() {
        try (RecentTable table = new RecentTable(-1, -1, RecentTable.DEFAULT_ADDRESSES)) {
            table.require(0);
            final RecentFile file = new RecentFile(table);
            for (final String text : new String[] {"1.2.3.4", "+1.2.3", "+foo", "+1.2.3.4.5", "+1.2.3.4 x", "+ 1.2.3.4", "\n", "x",
                "+1.2.3.400", "++1.1.1.1", "+fe80::1%1", "+2001:0db8:1111:2222:3333:4444:5555:66667777\n"}) {
                assertEquals(Errno.EINVAL, file.write(text, S), text);
            }
            assertEquals(Kind.FINE, file.write("", S));
            assertEquals("", read(file));
        }
    }

    @Test
    void shouldWrapTheRingOfTimesAsTheKernelDoes() {
        try (RecentTable table = new RecentTable(-1, -1, RecentTable.DEFAULT_ADDRESSES)) {
            table.require(0);
            final RecentFile file = new RecentFile(table);
            for (int i = 0; i < 34; i++) {
                file.write("+10.9.9.9", i * S);
            }
            assertTrue(read(file).startsWith("src=10.9.9.9 ttl: 0 last_seen: " + Jiffies.at(33 * S) + " oldest_pkt: 2 "
                    + Jiffies.at(32 * S) + ", " + Jiffies.at(33 * S) + ", " + Jiffies.at(2 * S) + ", "), read(file));
        }
    }

    @Test
    void shouldListFlowsWithTheirCredit() {
        final HashlimitSettings settings = new HashlimitSettings(false, HashlimitSettings.SOURCE | HashlimitSettings.DESTINATION_PORT,
                HashlimitCredits.of(200_000), HashlimitCredits.of(1_000_000), HashlimitCredits.PER_SECOND, 0, 0, 0, 0, 0, 1000, 10_000, 32,
                32);
        try (HashlimitTable table = new HashlimitTable(settings, 0); PacketInMemory memory = new PacketInMemory()) {
            final RulePacket packet = memory.v4("4500001c 00000000 40110000 7f000001 0a0000ff 0007 0035 0008 0000");
            packet.protocol = 17;
            packet.nowNs = S;
            new HotHashlimit(table, settings.mode()).matches(packet);
            final StringBuilder out = new StringBuilder();
            new HashlimitFile(table).read(out, 3 * S);
            final String cap = Long.toString(HashlimitCredits.of(1_000_000));
            assertEquals("8 127.0.0.1:0->0.0.0.0:53 " + cap + ' ' + cap + ' ' + HashlimitCredits.of(200_000) + '\n', out.toString());
            out.setLength(0);
            new HashlimitFile(table).read(out, 12 * S);
            assertEquals("", out.toString());
        }
    }
}
