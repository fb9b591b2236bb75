package io.penstock.rules.match;

import static io.penstock.rules.api.ParameterProblem.parameter;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotCluster;

/**
 * Whether the packet's connection is for this node of a cluster, by a hash of its source.
 *
 * @param nodes    how many there are, 1 to 32
 * @param mask     which of them this one is
 * @param inverted whether it must be for another one
 * @param seed     of the hash
 */
public record ClusterMatch(int nodes, int mask, boolean inverted, int seed) implements RunnableMatch {

    private static final int MAX_NODES = 32;

    static final MatchKind KIND = DescribedMatchKind.of(
            "cluster",
            0,
            """
            cluster match options:
              --cluster-total-nodes <num>		Set number of total nodes in cluster
              [!] --cluster-local-node <num>	Set the local node number
              [!] --cluster-local-nodemask <num>	Set the local node mask
              --cluster-hash-seed <num>		Set seed value of the Jenkins hash
            """,
            scope -> new Parser(),
            OptionSpec.of("cluster-total-nodes", OptionType.UINT32).between(1, MAX_NODES).needed(),
            OptionSpec.of("cluster-local-node", OptionType.UINT32).between(1, MAX_NODES).inverted()
                    .excluding("cluster-local-nodemask"),
            // The limits are the real tool's, though they are wrong for a mask.
            OptionSpec.of("cluster-local-nodemask", OptionType.UINT32).between(1, MAX_NODES).inverted()
                    .excluding("cluster-local-node"),
            OptionSpec.of("cluster-hash-seed", OptionType.UINT32).needed());

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(inverted ? " !" : "").append(String.format(
                " --cluster-local-nodemask 0x%08x --cluster-total-nodes %d --cluster-hash-seed 0x%08x", mask, nodes, seed));
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(inverted ? " cluster !" : " cluster ")
                .append(String.format("node_mask=0x%08x total_nodes=%d hash_seed=0x%08x", mask, nodes, seed));
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        scope.tracksConnections();
        return new HotCluster(nodes, mask, inverted, seed);
    }

    private static final class Parser implements MatchParser {

        private int nodes;
        private int mask;
        private boolean inverted;
        private int seed;
        private boolean isSeeded;
        private String local;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            switch (option.name()) {
                case "cluster-total-nodes" -> nodes = (int) value.low();
                case "cluster-hash-seed" -> {
                    seed = (int) value.low();
                    isSeeded = true;
                }
                default -> {
                    local = option.name();
                    mask = local.equals("cluster-local-node") ? 1 << (int) value.low() - 1 : (int) value.low();
                    inverted |= value.inverted();
                }
            }
        }

        @Override
        public void finalCheck() {
            if (local == null) {
                throw parameter("cluster match: `--cluster-local-node' or`--cluster-local-nodemask' is missing");
            }
            if (nodes == 0 || !isSeeded || Integer.toUnsignedLong(mask) < 1L << nodes) {
                return;
            }
            throw local.equals("cluster-local-node")
                    ? parameter("cluster match: `--cluster-local-node' must be <= `--cluster-total-nodes'")
                    : parameter("cluster match: `--cluster-local-nodemask' too big for `--cluster-total-nodes'");
        }

        @Override
        public Match finish() {
            return new ClusterMatch(nodes, mask, inverted, seed);
        }
    }
}
