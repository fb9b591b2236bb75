package io.penstock.perf.bench.update;

import io.penstock.perf.bench.engine.ChainCounts;
import io.penstock.perf.rules.Flow;
import io.penstock.perf.rules.ServiceRules;
import io.penstock.rules.api.TableName;
import io.penstock.rules.model.TableSnapshot;
import java.util.List;
import java.util.stream.IntStream;

/** A set with the structure of kube-proxy's is restored again and again; whether strangers are dropped differs from time to time. */
final class RestoreScenario implements UpdateScenario {

    private static final int FLOWS = 16_128;

    private final ServiceRules set = new ServiceRules();
    private final int restores;
    /** Prepared: to write the text is the caller's, not the command's. */
    private final List<String> texts = List.of(set.saveText("DROP"), set.saveText("ACCEPT"));

    RestoreScenario(final int restores) {
        this.restores = restores;
    }

    @Override
    public String name() {
        return "restore";
    }

    @Override
    public String text() {
        return "restores of a set with kube-proxy's structure, table mangle";
    }

    @Override
    public Flow marker() {
        return set.stranger();
    }

    @Override
    public List<Flow> flows() {
        return IntStream.range(0, FLOWS).mapToObj(set::flow).toList();
    }

    @Override
    public TableName table() {
        return TableName.MANGLE;
    }

    @Override
    public int rules() {
        return set.rules();
    }

    @Override
    public UpdateEngine.Change first(final UpdateEngine engine) {
        return engine.restore(texts.getFirst());
    }

    @Override
    public int laterCount() {
        return restores - 1;
    }

    @Override
    public UpdateEngine.Change later(final UpdateEngine engine, final int number) {
        return engine.restore(texts.get(1 - number % 2));
    }

    @Override
    public double pauseSeconds() {
        return -1;
    }

    @Override
    public String wrong(final UpdateEngine engine) {
        final PacedPort port = engine.port();
        final TableSnapshot table = engine.read(table());
        final ChainCounts counts = new ChainCounts(table);
        final long packets = port.offered() - port.lost() - port.flipPackets(port.flips() - 1);
        final long strangers = packets / PacedPort.BURST;
        counts.expect("PREROUTING", 0, packets);
        counts.expect("KUBE-MARK-MASQ", 0, strangers);
        counts.expect("KUBE-POSTROUTING", 0, packets - strangers);
        counts.expect("KUBE-POSTROUTING", 1, strangers);
        counts.expect("KUBE-POSTROUTING", 2, strangers);
        long services = 0;
        for (int service = 0; service < ServiceRules.SERVICES; service++) {
            final long its = counts.of("KUBE-SERVICES", service);
            services += its;
            final long endpoints = set.endpoints(service).stream().mapToLong(chain -> counts.of(chain, 1)).sum();
            counts.expect("packets of " + set.service(service) + "'s endpoints", its, endpoints);
        }
        counts.expect("packets of all services", packets, services);
        return counts.wrong();
    }
}
