package io.penstock.perf.bench.wire;

import io.penstock.dataplane.demo.Programs;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.wire.SlowFrames;
import java.nio.file.Path;
import java.util.List;

/**
 * The devices of a {@link WireStand}.
 *
 * @param peer          what Penstock is compared with
 * @param tracking      what devices keep of flows
 * @param config        Penstock's configuration, or null
 * @param warmUpSeconds of traffic before the first measurement, for both devices alike
 * @param penstock      the command line that stands for {@code penstock}
 * @param slow          logs slow frames, or null; with it there can be no peer
 */
public record WireSetup(
        WirePeer peer, WireTracking tracking, Path config, double warmUpSeconds, List<String> penstock, SlowFrames slow) {

    /** Without a log of slow frames. */
    public WireSetup(
            final WirePeer peer, final WireTracking tracking, final Path config, final double warmUpSeconds, final List<String> penstock) {
        this(peer, tracking, config, warmUpSeconds, penstock, null);
    }

    /** The peer's part. */
    WireSetup ofPeer() {
        return new WireSetup(peer, peer.tracking(tracking), config, warmUpSeconds, penstock, slow);
    }

    /** Refuses a machine or a user that cannot have them; {@code command} is what is to be run, for messages. */
    public void require(final String command) {
        requireRoot(command);
        peer.require(tracking);
    }

    /** Refuses a machine or a user that cannot have network namespaces with traffic between them. */
    public static void requireRoot(final String command) {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new BenchException(command + " needs root, to make network namespaces and load XDP programs; run "
                    + "'sudo penstock " + command + "', or 'penstock bench engine', which needs no privilege");
        }
        if (!Programs.exist("ip")) {
            throw new BenchException(
                    command + " needs the program ip, to make network namespaces; run 'apt install iproute2'");
        }
        WireCpus.require();
    }
}
