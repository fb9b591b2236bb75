package io.penstock.rules.text;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.TargetKind;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The kinds of matches and targets that rules may name. Immutable. */
public final class Extensions {

    /** Bytes of a name, with its end ({@code XT_EXTENSION_MAXNAMELEN}). */
    public static final int NAME_BYTES = 29;

    private final Map<String, MatchKind> matches4 = new HashMap<>();
    private final Map<String, MatchKind> matches6 = new HashMap<>();
    private final Map<String, TargetKind> targets4 = new HashMap<>();
    private final Map<String, TargetKind> targets6 = new HashMap<>();
    private final Map<Kind, List<LongOption>> options = new IdentityHashMap<>();

    /** A registry; of two kinds with the same name and family, the later one counts. */
    public Extensions(final List<MatchKind> matches, final List<TargetKind> targets) {
        matches.forEach(kind -> put(kind, matches4, matches6));
        targets.forEach(kind -> put(kind, targets4, targets6));
        matches.forEach(kind -> options.put(kind, LongOption.of(kind)));
        targets.forEach(kind -> options.put(kind, LongOption.of(kind)));
    }

    private static <T extends Kind> void put(final T kind, final Map<String, T> kinds4, final Map<String, T> kinds6) {
        if (kind.families().contains(IpFamily.IPV4)) {
            kinds4.put(kind.name(), kind);
        }
        if (kind.families().contains(IpFamily.IPV6)) {
            kinds6.put(kind.name(), kind);
        }
    }

    /** The kind of matches of that name, or null. ICMPv6's has three names. */
    public MatchKind match(final String name, final IpFamily family) {
        final String known = name.equals("icmpv6") || name.equals("ipv6-icmp") ? "icmp6" : name;
        return (family == IpFamily.IPV4 ? matches4 : matches6).get(known);
    }

    /** The kind of targets of that name, or null. */
    public TargetKind target(final String name, final IpFamily family) {
        return (family == IpFamily.IPV4 ? targets4 : targets6).get(name);
    }

    /** A kind's options as long options. */
    List<LongOption> options(final Kind kind) {
        return options.get(kind);
    }
}
