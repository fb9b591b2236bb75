package io.penstock.rules.target;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * CLUSTERIP: shares an address among machines, each taking a part of the connections.
 *
 * @param fresh      whether it makes the address's group; otherwise it says nothing more
 * @param hashMode   what of a connection chooses the machine
 * @param mac        the group's link address
 * @param totalNodes how many machines there are
 * @param localNode  which of them this is
 * @param hashInit   the hash's start, 32 bits unsigned
 */
public record ClusteripTarget(boolean fresh, String hashMode, String mac, int totalNodes, int localNode, int hashInit)
        implements Target {

    private static final int MAX_NODES = 16;
    private static final long MAX_HASH = 0xFFFF_FFFFL;
    private static final List<String> HASH_MODES =
            List.of("sourceip", "sourceip-sourceport", "sourceip-sourceport-destport");
    private static final Set<String> FULL = Set.of("new", "hashmode", "clustermac", "total-nodes", "local-node");

    private static final String HELP = """
            CLUSTERIP target options:
              --new\t\t\t Create a new ClusterIP
              --hashmode <mode>\t\t Specify hashing mode
            \t\t\t\t\tsourceip
            \t\t\t\t\tsourceip-sourceport
            \t\t\t\t\tsourceip-sourceport-destport
              --clustermac <mac>\t\t Set clusterIP MAC address
              --total-nodes <num>\t\t Set number of total nodes in cluster
              --local-node <num>\t\t Set the local node number
              --hash-init <num>\t\t Set init value of the Jenkins hash
            """;

    static final TargetKind KIND = Definition.of("CLUSTERIP", HELP, Parser::new,
            OptionSpec.of("new", OptionType.NONE),
            OptionSpec.of("hashmode", OptionType.STRING),
            OptionSpec.of("clustermac", OptionType.ETHERNET),
            OptionSpec.of("total-nodes", OptionType.UINT16).between(0, MAX_NODES),
            OptionSpec.of("local-node", OptionType.UINT16).between(0, MAX_NODES),
            OptionSpec.of("hash-init", OptionType.UINT32).between(0, MAX_HASH))
            .only(IpFamily.IPV4);

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        if (fresh) {
            out.append(" --new --hashmode ").append(hashMode).append(" --clustermac ").append(mac).append(" --total-nodes ");
            out.append(totalNodes).append(" --local-node ").append(localNode).append(" --hash-init ");
            out.append(Integer.toUnsignedString(hashInit));
        }
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" CLUSTERIP");
        if (fresh) {
            out.append(" hashmode=").append(hashMode).append(" clustermac=").append(mac).append(" total_nodes=");
            out.append(totalNodes).append(" local_node=").append(localNode).append(" hash_init=");
            out.append(Integer.toUnsignedString(hashInit));
        }
    }

    @Override
    public int check(final Place place) {
        return ToolText.ENOENT;
    }

    private static final class Parser extends CheckedParser {

        private static final HexFormat MAC = HexFormat.ofDelimiter(":").withUpperCase();

        private final Set<String> given = new HashSet<>();
        private String hashMode = HASH_MODES.get(0);
        private String mac = "00:00:00:00:00:00";
        private int totalNodes;
        private int localNode;
        private int hashInit;

        Parser(final ParseScope scope) {
            Absent.warn("CLUSTERIP", scope);
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            given.add(option.name());
            switch (option.name()) {
                case "hashmode" -> {
                    hashMode = value.text();
                    if (!HASH_MODES.contains(hashMode)) {
                        throw ParameterProblem.parameter("Unknown hashmode \"%s\"", hashMode);
                    }
                }
                case "clustermac" -> {
                    if ((value.address()[0] & 1) == 0) {
                        throw ParameterProblem.parameter("MAC has to be a multicast ethernet address");
                    }
                    mac = MAC.formatHex(value.address());
                }
                case "total-nodes" -> totalNodes = (int) value.low();
                case "local-node" -> localNode = (int) value.low();
                case "hash-init" -> hashInit = (int) value.low();
                default -> {
                    // The flag itself is in the set.
                }
            }
        }

        @Override
        void verify() {
            if (!given.isEmpty() && !given.containsAll(FULL)) {
                throw ParameterProblem.parameter("CLUSTERIP target: Invalid parameter combination");
            }
        }

        @Override
        Target target() {
            return new ClusteripTarget(!given.isEmpty(), hashMode, mac, totalNodes, localNode, hashInit);
        }
    }
}
