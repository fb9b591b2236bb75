package io.penstock.dataplane.route;

import io.penstock.os.netlink.IpAddress;
import io.penstock.os.netlink.Route;
import io.penstock.os.netlink.RouteKey;
import io.penstock.os.netlink.Rule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the kernel would do and the forwarding table does not, in sentences for the operator.
 *
 * <p>Threads: the control thread.
 */
final class RoutingNotes {

    private static final int TABLE_DEFAULT = 253;
    private static final int TABLE_LOCAL = 255;
    private static final int PRIORITY_LOCAL = 0;
    private static final int PRIORITY_MAIN = 32766;
    private static final int PRIORITY_DEFAULT = 32767;

    private final Map<Integer, Set<RouteKey>> otherTables = new TreeMap<>();
    private final Set<RouteKey> byTos = new HashSet<>();
    private final Set<RouteKey> bySource = new HashSet<>();
    private final Map<RouteKey, String> multipath = new LinkedHashMap<>();
    private final Set<String> extraRules = new LinkedHashSet<>();
    private final Refused refused;
    private boolean noAdjacency;
    /** What the sentences told so far are about, of those that still hold. */
    private Set<String> told = Set.of();

    RoutingNotes(final Refused refused) {
        this.refused = refused;
    }

    /** True if routes of this key take part; if not, they are noted, or no longer when none is left. */
    boolean follows(final RouteKey key, final List<Route> now) {
        multipath.remove(key);
        if (key.table() < TABLE_DEFAULT || key.table() > TABLE_LOCAL) {
            note(otherTables.computeIfAbsent(key.table(), t -> new HashSet<>()), key, now);
            return false;
        }
        if (key.tos() != 0) {
            note(byTos, key, now);
            return false;
        }
        if (key.sourceLength() != 0) {
            note(bySource, key, now);
            return false;
        }
        return true;
    }

    void rules(final List<Rule> rules) {
        extraRules.clear();
        for (final Rule rule : rules) {
            if (!isStandard(rule)) {
                extraRules.add((rule.family() == IpAddress.V4 ? "IPv4" : "IPv6") + " priority=" + rule.priority()
                        + " table=" + rule.table());
            }
        }
    }

    /** True if IPv4 has rules besides the standard ones. */
    boolean hasExtraRules4() {
        return extraRules.stream().anyMatch(rule -> rule.startsWith("IPv4"));
    }

    void multipathOnLink(final RouteKey key) {
        multipath.put(key, "the route to " + prefix(key) + " has several next hops, some without a gateway: those are left "
                + "out; give each a gateway with 'via'");
    }

    void multipathTooWide(final RouteKey key, final int nextHops) {
        multipath.put(key, "the route to " + prefix(key) + " has too many next hops: next hops=" + nextHops
                + ", of which the first 128 are used");
    }

    void noAdjacency() {
        noAdjacency = true;
    }

    List<String> list() {
        return List.copyOf(sentences().values());
    }

    /** What holds now and did not when this was called before; that a count is another one is not news. */
    List<String> news() {
        final Map<String, String> now = sentences();
        final List<String> news = new ArrayList<>();
        now.forEach((about, sentence) -> {
            if (!told.contains(about)) {
                news.add(sentence);
            }
        });
        told = Set.copyOf(now.keySet());
        return news;
    }

    /** The sentences by what they are about. */
    private Map<String, String> sentences() {
        final Map<String, String> found = new LinkedHashMap<>();
        if (!extraRules.isEmpty()) {
            final String rules = String.join("; ", extraRules);
            found.put(rules, "routing rules besides the standard ones are not followed: " + rules
                    + "; routes are taken from the tables local, main and default, see 'ip rule'");
        }
        otherTables.forEach((table, keys) -> {
            if (!keys.isEmpty()) {
                found.put("table " + table, "routes of other tables are not used: table=" + table + " routes=" + keys.size()
                        + "; move what is needed to the table main, see 'ip route show table " + table + '\'');
            }
        });
        putCount(found, byTos, "routes for a type of service are not used", "ip -4 route show table main");
        putCount(found, bySource, "routes for a source prefix are not used", "ip -6 route show table main");
        multipath.values().forEach(sentence -> found.put(sentence, sentence));
        if (refused.count() > 0) {
            found.put("full", "the forwarding table is full: prefixes left out=" + refused.count() + "; aggregate routes");
        }
        if (noAdjacency) {
            found.put("adjacencies",
                    "no adjacency was left for a route or a neighbour; fewer neighbours or distinct next hops are needed");
        }
        return found;
    }

    private static void putCount(final Map<String, String> found, final Set<RouteKey> keys, final String what,
            final String command) {
        if (!keys.isEmpty()) {
            found.put(what, what + ": routes=" + keys.size() + "; see '" + command + '\'');
        }
    }

    private static void note(final Set<RouteKey> keys, final RouteKey key, final List<Route> now) {
        if (now.isEmpty()) {
            keys.remove(key);
        } else {
            keys.add(key);
        }
    }

    /** The rules that every namespace has: local, main, and for IPv4 default, without selectors. */
    private static boolean isStandard(final Rule rule) {
        final int table = switch (rule.priority()) {
            case PRIORITY_LOCAL -> TABLE_LOCAL;
            case PRIORITY_MAIN -> TABLE_LOCAL - 1;
            case PRIORITY_DEFAULT -> TABLE_DEFAULT;
            default -> -1;
        };
        return rule.table() == table && rule.action() == Rule.Action.TABLE && !rule.inverted() && rule.sourceLength() == 0
                && rule.destinationLength() == 0 && rule.tos() == 0 && rule.markMask() == 0
                && rule.inputDevice().isEmpty() && rule.outputDevice().isEmpty() && rule.ipProtocol() == 0
                && rule.sourcePorts() == 0 && rule.destinationPorts() == 0 && rule.uids() == -1
                && rule.suppressPrefixLength() == -1 && rule.suppressGroup() == -1 && !rule.l3Master()
                && rule.otherAttributes() == 0;
    }

    private static Prefix prefix(final RouteKey key) {
        return new Prefix(key.destination(), key.prefixLength());
    }
}
