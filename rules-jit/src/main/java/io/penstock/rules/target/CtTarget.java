package io.penstock.rules.target;

import io.penstock.conntrack.hot.ConnTemplate;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.sys.Errno;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.api.TableName;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.api.TargetParser;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.target.HotTrack;
import io.penstock.rules.hot.target.HotUntrack;
import io.penstock.rules.text.CNumber;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * CT: how the packet's connection is to be tracked, and NOTRACK: that it is not.
 *
 * @param alias     whether it was given as NOTRACK
 * @param notrack   whether there is no connection
 * @param helper    the helper's name, empty for none
 * @param timeout   the timeout policy's name, empty for none
 * @param events    which events are told, a mask over {@link #EVENTS}
 * @param newExpected whether new expectations are told
 * @param zoneFlags in which direction the zone counts, and whether the packet's mark is the zone
 * @param zone      the zone
 */
public record CtTarget(
        boolean alias,
        boolean notrack,
        String helper,
        String timeout,
        int events,
        boolean newExpected,
        int zoneFlags,
        int zone)
        implements RunnableTarget {

    /** The zone counts in the original direction. */
    static final int ZONE_ORIGINAL = 1;
    /** The zone counts in the reply direction. */
    static final int ZONE_REPLY = 1 << 1;
    /** The packet's mark is the zone. */
    static final int ZONE_MARK = 1 << 2;

    /** Events' names in the order of their printing. */
    private static final List<String> EVENTS = List.of(
            "new", "related", "destroy", "reply", "assured", "protoinfo", "helper", "mark", "natseqinfo", "secmark");

    private static final int HELPER_LENGTH = 15;
    private static final int TIMEOUT_LENGTH = 31;

    private static final Set<IpFamily> BOTH = Set.of(IpFamily.values());
    private static final Set<IpFamily> ONLY4 = Set.of(IpFamily.IPV4);

    /** The kernel's helpers by protocol, with the families that they have. */
    private static final Map<Integer, Map<String, Set<IpFamily>>> HELPERS = Map.of(
            IpProtocol.TCP, Map.of(
                    "ftp", BOTH, "irc", ONLY4, "sip", BOTH, "sane", BOTH, "pptp", ONLY4, "Q.931", BOTH),
            IpProtocol.UDP, Map.of(
                    "sip", BOTH, "tftp", BOTH, "amanda", BOTH, "netbios-ns", ONLY4, "snmp", ONLY4, "RAS", BOTH, "H.245", BOTH));

    private static final String HELP = """
            CT target options:
             --notrack\t\t\tDon't track connection
             --helper name\t\t\tUse conntrack helper 'name' for connection
             --timeout name \t\tUse timeout policy 'name' for connection
             --ctevents event[,event...]\tGenerate specified conntrack events for connection
             --expevents event[,event...]\tGenerate specified expectation events for connection
             --zone {ID|mark}\t\tAssign/Lookup connection in zone ID/packet nfmark
             --zone-orig {ID|mark}\t\tSame as 'zone' option, but only applies to ORIGINAL direction
             --zone-reply {ID|mark} \tSame as 'zone' option, but only applies to REPLY direction
            """;

    private static final String NOTRACK_HELP = """
            NOTRACK does not take any options
            """;

    static final TargetKind KIND = Definition.of("CT", HELP, scope -> new Parser(),
            OptionSpec.of("notrack", OptionType.NONE),
            OptionSpec.of("helper", OptionType.STRING),
            OptionSpec.of("timeout", OptionType.STRING),
            OptionSpec.of("ctevents", OptionType.STRING),
            OptionSpec.of("expevents", OptionType.STRING),
            OptionSpec.of("zone-orig", OptionType.STRING),
            OptionSpec.of("zone-reply", OptionType.STRING),
            OptionSpec.of("zone", OptionType.STRING))
            .revised(2)
            .in(TableName.RAW);
    static final TargetKind NOTRACK = Definition.of("NOTRACK", NOTRACK_HELP, scope -> new NotrackParser())
            .listed("CT")
            .revised(2)
            .in(TableName.RAW);

    @Override
    public TargetKind kind() {
        return alias ? NOTRACK : KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        if (!alias) {
            write(out, "--");
        }
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        if (alias) {
            out.append(" NOTRACK");
        } else {
            write(out.append(" CT"), "");
        }
    }

    private void write(final StringBuilder out, final String dashes) {
        final String begin = ' ' + dashes;
        if (notrack) {
            out.append(begin).append("notrack");
        }
        if (!helper.isEmpty()) {
            out.append(begin).append("helper ").append(helper);
        }
        if (!timeout.isEmpty()) {
            out.append(begin).append("timeout ").append(timeout);
        }
        if (events != 0) {
            char separator = ' ';
            out.append(begin).append("ctevents");
            for (int i = 0; i < EVENTS.size(); i++) {
                if ((events >>> i & 1) != 0) {
                    out.append(separator).append(EVENTS.get(i));
                    separator = ',';
                }
            }
        }
        if (newExpected) {
            out.append(begin).append("expevents new");
        }
        if (zone != 0 || (zoneFlags & ZONE_MARK) != 0) {
            out.append(begin).append("zone").append(switch (zoneFlags & (ZONE_ORIGINAL | ZONE_REPLY)) {
                case ZONE_ORIGINAL -> "-orig ";
                case ZONE_REPLY -> "-reply ";
                default -> " ";
            });
            out.append((zoneFlags & ZONE_MARK) != 0 ? "mark" : Integer.toString(zone));
        }
    }

    @Override
    public int check(final Place place) {
        if (notrack) {
            return Kind.FINE;
        }
        if (!helper.isEmpty() && !hasHelper(place)) {
            return ToolText.ENOENT;
        }
        if (timeout.isEmpty()) {
            return Kind.FINE;
        }
        // No timeout policy has a name here.
        return place.protocol() == 0 || place.protocolInverted() ? Errno.EINVAL : ToolText.ENOENT;
    }

    @Override
    public String missing() {
        return helper.isEmpty() && timeout.isEmpty() ? "" : (helper.isEmpty() ? "--timeout" : "--helper")
                + " is not there yet; --notrack, --zone, --zone-orig, --zone-reply and --ctevents are";
    }

    @Override
    public HotTarget bind(final BindScope scope) {
        if (notrack) {
            return new HotUntrack();
        }
        scope.tracksConnections();
        final int directions = zoneFlags & (ZONE_ORIGINAL | ZONE_REPLY);
        // Who asks for events of expectations alone is told of no others.
        final int told = events == 0 && !newExpected ? ConnTemplate.ALL_EVENTS : events;
        return new HotTrack(ConnTemplate.of(
                zone, directions != ZONE_REPLY, directions != ZONE_ORIGINAL, (zoneFlags & ZONE_MARK) != 0, told));
    }

    private boolean hasHelper(final Place place) {
        return !place.protocolInverted()
                && HELPERS.getOrDefault(place.protocol(), Map.of()).getOrDefault(helper, Set.of()).contains(place.family());
    }

    private static final class NotrackParser implements TargetParser {

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            throw new IllegalStateException("NOTRACK has no options: option=" + option.name());
        }

        @Override
        public Target finish() {
            return new CtTarget(true, true, "", "", 0, false, 0, 0);
        }
    }

    private static final class Parser implements TargetParser {

        private boolean notrack;
        private String helper = "";
        private String timeout = "";
        private int events;
        private boolean newExpected;
        private int zoneFlags;
        private int zone;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            switch (option.name()) {
                case "notrack" -> notrack = true;
                case "helper" -> helper = ToolText.cut(value.text(), HELPER_LENGTH);
                case "timeout" -> timeout = ToolText.cut(value.text(), TIMEOUT_LENGTH);
                case "ctevents" -> events = events(EVENTS, value.text());
                case "expevents" -> newExpected = events(EVENTS.subList(0, 1), value.text()) != 0;
                case "zone-orig" -> zone(value.text(), ZONE_ORIGINAL);
                case "zone-reply" -> zone(value.text(), ZONE_REPLY);
                default -> zone(value.text(), 0);
            }
        }

        private static int events(final List<String> known, final String text) {
            int mask = 0;
            for (final String event : text.split(",", -1)) {
                final int index = known.indexOf(event);
                if (index < 0) {
                    throw ParameterProblem.parameter("Unknown event type \"%s\"", event);
                }
                mask |= 1 << index;
            }
            return mask;
        }

        private void zone(final String text, final int direction) {
            zoneFlags |= direction;
            zone = 0;
            if (text.equalsIgnoreCase("mark")) {
                zoneFlags |= ZONE_MARK;
                return;
            }
            final CNumber number = CNumber.whole(text, 0, CNumber.UNSIGNED_16);
            if (number == null) {
                throw ParameterProblem.parameter("Cannot parse %s as a zone ID", text);
            }
            zone = (int) number.value();
        }

        @Override
        public Target finish() {
            return new CtTarget(false, notrack, helper, timeout, events, newExpected, zoneFlags, zone);
        }
    }
}
