package io.penstock.perf.bench.peer;

import io.penstock.os.netlink.IpAddress;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A connection in a peer's listing: whom it began with, and where its answers come from and go to.
 *
 * <pre>
 *   udp,orig=(src=10.0.0.1,dst=198.18.0.1,sport=1,dport=2),reply=(src=198.18.0.1,dst=192.0.2.2,sport=2,dport=1)
 *   ipv4 2 udp 17 29 src=10.0.0.1 dst=198.18.0.1 sport=1 dport=2 [UNREPLIED] src=198.18.0.1 dst=192.0.2.2 sport=2 dport=1 ...
 * </pre>
 *
 * <p>Source: ovs-appctl's dpctl/dump-conntrack, and the kernel's /proc/net/nf_conntrack.
 *
 * @param client      the original source
 * @param source      what that was translated to
 * @param sourcePort  its port
 * @param destination what the original destination was translated to
 * @param destinationPort its port
 */
record TranslatedFlow(int client, int source, int sourcePort, int destination, int destinationPort) {

    private static final String ENDS = "src=([0-9.]+)[ ,]dst=([0-9.]+)[ ,]sport=(\\d+)[ ,]dport=(\\d+)";
    private static final Pattern CONNECTION = Pattern.compile("(?m)^.*\\budp\\b.*?" + ENDS + ".*?" + ENDS);

    /** All UDP connections of a listing. */
    static List<TranslatedFlow> parse(final String listing) {
        return CONNECTION.matcher(listing).results().map(TranslatedFlow::of).toList();
    }

    private static TranslatedFlow of(final MatchResult at) {
        return new TranslatedFlow(address(at.group(1)), address(at.group(6)), Integer.parseInt(at.group(8)), address(at.group(5)),
                Integer.parseInt(at.group(7)));
    }

    private static int address(final String text) {
        return IpAddress.parse(text).toInt();
    }
}
