package io.penstock.rules.match;

import io.penstock.rules.hot.match.HashlimitTable;
import io.penstock.rules.text.AddressText;

/**
 * A list of {@code -m hashlimit} as a text: what /proc/net/ipt_hashlimit/NAME or /proc/net/ip6t_hashlimit/NAME says. The order is that of
 * the places in the table; the kernel's is that of a hash. Control thread.
 */
public final class HashlimitFile {

    private static final long NS_PER_S = 1_000_000_000;
    private static final int PORT_BITS = 16;
    private static final int PORT_MASK = 0xFFFF;

    private final HashlimitTable table;

    /** The text of a list. */
    public HashlimitFile(final HashlimitTable table) {
        this.table = table;
    }

    /** Writes a line for each flow that is not gone. */
    public void read(final StringBuilder out, final long nowNs) {
        final long[] flow = new long[HashlimitTable.WORDS];
        table.collect(nowNs);
        for (int i = 0; i < table.used(); i++) {
            if (table.copy(i, nowNs, flow)) {
                line(out, flow, nowNs);
            }
        }
    }

    private void line(final StringBuilder out, final long[] flow, final long nowNs) {
        final int ports = (int) flow[HashlimitTable.PORTS];
        out.append((flow[HashlimitTable.ENDS_NS] - nowNs) / NS_PER_S).append(' ');
        address(out, flow[HashlimitTable.SOURCE_HIGH], flow[HashlimitTable.SOURCE_LOW]);
        out.append(':').append(ports >>> PORT_BITS).append("->");
        address(out, flow[HashlimitTable.DESTINATION_HIGH], flow[HashlimitTable.DESTINATION_LOW]);
        out.append(':').append(ports & PORT_MASK);
        for (int i = HashlimitTable.CREDIT; i <= HashlimitTable.COST; i++) {
            out.append(' ').append(Long.toUnsignedString(flow[i]));
        }
        out.append('\n');
    }

    private void address(final StringBuilder out, final long high, final long low) {
        if (table.settings().isV6()) {
            RecentFile.groups(out, high, low);
        } else {
            out.append(AddressText.ipv4((int) low));
        }
    }
}
