package io.penstock.perf.bench.update;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.netlink.IpAddress;
import io.penstock.perf.bench.engine.ChainCounts;
import io.penstock.perf.rules.Flow;
import io.penstock.perf.rules.RuleMix;
import io.penstock.perf.rules.RuleSet;
import io.penstock.rules.api.TableName;
import java.util.List;

/**
 * Single rules of a large table are changed, as with iptables -A, -D, -I, -R: each change lets the marker be dropped, or passed again to
 * the last rule, which takes all that is not dropped.
 */
final class ChangeScenario implements UpdateScenario {

    private static final int FLOWS = 16_128;
    /** Candidates for the marker: it has to be TCP's. */
    private static final int MARKERS = 100;
    private static final String FORWARD = "FORWARD";
    private static final String CHAIN = "MARKED";
    private static final double MS_PER_SECOND = 1e3;

    private final RuleSet set;
    private final int changes;
    private final int intervalMs;
    private final Flow marker;
    private final List<String> commands;

    ChangeScenario(final int rules, final int changes, final int intervalMs) {
        this.set = RuleSet.of(RuleMix.CLASSBENCH, rules, FLOWS + MARKERS);
        this.changes = changes;
        this.intervalMs = intervalMs;
        this.marker = set.flows().subList(FLOWS, FLOWS + MARKERS).stream().filter(flow -> flow.protocol() == IpProtocol.TCP).findFirst()
                .orElseThrow();
        final String middle = FORWARD + ' ' + rules / 2 + ' ';
        this.commands = List.of(
                "-D " + CHAIN + " -j DROP",
                "-I " + middle + selector() + " -j DROP",
                "-R " + middle + selector(),
                "-R " + middle + selector() + " -j DROP",
                "-D " + middle.strip(),
                "-A " + CHAIN + " -j DROP");
    }

    @Override
    public String name() {
        return "changes";
    }

    @Override
    public String text() {
        return "changes of single rules (-A, -D, -I, -R) in FORWARD of table filter, mix " + set.mix().text();
    }

    @Override
    public Flow marker() {
        return marker;
    }

    @Override
    public List<Flow> flows() {
        return set.flows().subList(0, FLOWS);
    }

    @Override
    public TableName table() {
        return TableName.FILTER;
    }

    @Override
    public int rules() {
        return set.rules().size() + 3;
    }

    @Override
    public UpdateEngine.Change first(final UpdateEngine engine) {
        final String text = set.saveText();
        final int rules = text.indexOf("-A ");
        return engine.restore(text.substring(0, rules) + ':' + CHAIN + " - [0:0]\n-A " + FORWARD + ' ' + selector() + " -j " + CHAIN
                + "\n-A " + CHAIN + " -m mark --mark 0x1\n-A " + CHAIN + " -j DROP\n" + text.substring(rules));
    }

    @Override
    public int laterCount() {
        return changes;
    }

    @Override
    public UpdateEngine.Change later(final UpdateEngine engine, final int number) {
        return engine.iptables(commands.get(number % commands.size()));
    }

    @Override
    public double pauseSeconds() {
        return intervalMs / MS_PER_SECOND;
    }

    @Override
    public String wrong(final UpdateEngine engine) {
        final PacedPort port = engine.port();
        final ChainCounts counts = new ChainCounts(engine.read(table()));
        final long dropped = engine.ruleDrops();
        counts.expect(FORWARD, counts.rules(FORWARD) - 1, port.offered() - port.lost() - port.flipPackets(0) - dropped);
        counts.expect(FORWARD, counts.rules(FORWARD), 0);
        return counts.wrong();
    }

    private String selector() {
        return "-s " + IpAddress.v4(marker.source()) + "/32 -d " + IpAddress.v4(marker.destination()) + "/32 -p tcp -m tcp --sport "
                + marker.sourcePort() + " --dport " + marker.destinationPort();
    }
}
