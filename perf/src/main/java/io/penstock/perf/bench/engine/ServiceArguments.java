package io.penstock.perf.bench.engine;

import io.penstock.dataplane.ipvs.schedule.SchedulerKind;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.perf.bench.measure.Options;
import io.penstock.perf.connections.ServiceMix;
import io.penstock.perf.connections.ServiceNetwork;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of {@code bench engine} that are about virtual services. Threads: main. */
final class ServiceArguments {

    private static final int MAX_SHARE = 100;
    private static final List<String> OWN = List.of("--servers", "--scheduler", "--reply-share");
    private static final List<String> ALONE = List.of(
            "--in", "--hooks", "--inject", "--hook-jar", "--routes", "--routes6", "--rules", "--rules-file", "--connections", "--table");

    @Option(names = "--services", paramLabel = "MIX", description = "Let the flows be clients' of a virtual service, whose connections are "
            + "there: nat, direct, tunnel (IPIP), fullnat; or new (nat, every packet begins a connection: of TCP, unless --protocol says "
            + "otherwise, they all stay, and the measurement ends at 16 million). A packet that is lost, or not the service's, fails the "
            + "measurement.")
    private String mix;

    @Option(names = "--servers", paramLabel = "N", defaultValue = "10", description = "With --services: the service's servers "
            + "(default ${DEFAULT-VALUE}).")
    private int servers;

    @Option(names = "--scheduler", paramLabel = "NAME", defaultValue = "rr", description = "With --services: who chooses among them "
            + "(default ${DEFAULT-VALUE}).")
    private String scheduler;

    @Option(names = "--reply-share", paramLabel = "PER_CENT", defaultValue = "0", description = "With --services nat or fullnat: how many "
            + "of the packets are servers' answers (default ${DEFAULT-VALUE}).")
    private int replyShare;

    /** Refuses what does not go together. */
    void check(final CommandSpec spec) {
        if (mix == null) {
            for (final String option : OWN) {
                if (isGiven(spec, option)) {
                    throw Options.usage(spec, option + " needs --services MIX, the virtual service that it is about");
                }
            }
            return;
        }
        if (mix() == null) {
            throw Options.usage(spec, "there are no --services '" + mix + "'; supported are " + String.join(", ", ServiceMix.names()));
        }
        for (final String option : ALONE) {
            if (isGiven(spec, option)) {
                throw Options.usage(spec, option + " and --services do not go together; leave one of them out");
            }
        }
        Options.check(spec, "--servers", servers, 1, ServiceNetwork.MAX_SERVERS);
        if (SchedulerKind.of(scheduler) == null) {
            throw Options.usage(spec,
                    "there is no --scheduler '" + scheduler + "'; supported are " + String.join(", ", SchedulerKind.names()));
        }
        Options.check(spec, "--reply-share", replyShare, 0, MAX_SHARE);
        if (replyShare > 0 && !mix().isAnswered()) {
            throw Options.usage(spec, "--reply-share is for answers that pass here; with --services " + mix + " there are none, leave it out");
        }
    }

    /** Whether a virtual service is the matter. */
    boolean any() {
        return mix != null;
    }

    /**
     * What it is.
     *
     * @param protocol of its packets, or -1 for the usual one
     */
    ServiceOptions options(final int protocol) {
        return new ServiceOptions(mix(), protocol(protocol), servers, scheduler, replyShare);
    }

    /** TCP or UDP, unless one is asked for. */
    int protocol(final int wanted) {
        return wanted >= 0 ? wanted : mix().isEstablished() ? IpProtocol.UDP : IpProtocol.TCP;
    }

    /** How they get to servers. */
    ServiceMix mix() {
        return ServiceMix.of(mix);
    }

    private static boolean isGiven(final CommandSpec spec, final String option) {
        return spec.commandLine().getParseResult().hasMatchedOption(option);
    }
}
